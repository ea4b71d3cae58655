//! A server that refuses, fails or is silent: one structured error, and everything else goes on.

use std::{fmt::Debug, time::Duration};

use omniview_plugintest::{Harness, JsonResult, added, state};
use omniview_sdk::{
    ConnectionStatusCode, ErrorCode, Fault as AtFault, ListInput, ResourceOperationError, Result,
    WatchState,
};
use omniview_tests::http::{self, CONNECTION, Fault, Libraries, LibraryServer, TOKEN};
use rstest::rstest;
use serde_json::json;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::library::{BOOK, book, mount, open};

/// A deadline that no request reaches in real time.
const HOUR: Duration = Duration::from_secs(3600);

/// Waits until the server has the request and is silent, then lets the deadline of the call pass: the clock is paused.
async fn left_hanging<T: Debug>(
    server: &LibraryServer,
    hanging: JoinHandle<Result<T>>,
) -> ResourceOperationError {
    while server.faults_met() == 0 {
        tokio::task::yield_now().await;
    }
    // Nothing is under way but the answer that never comes, so that the clock goes to the deadline at once.
    tokio::time::pause();
    let error = hanging.await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Timeout);
    // What the plugin says, and not the harness about a plugin that is silent too.
    let said = "did not complete before its deadline";
    assert!(error.message().contains(said), "{error}");
    error
}

#[rstest]
#[case(401, ErrorCode::Unauthorized, AtFault::Backend)]
#[case(403, ErrorCode::Forbidden, AtFault::Backend)]
#[case(404, ErrorCode::NotFound, AtFault::Caller)]
#[case(409, ErrorCode::Conflict, AtFault::Caller)]
#[case(500, ErrorCode::Unavailable, AtFault::Backend)]
#[tokio::test]
async fn a_status_is_an_error_with_its_code_while_other_calls_go_on(
    #[case] status: u16,
    #[case] code: ErrorCode,
    #[case] fault: AtFault,
) {
    let (server, h) = open().await;
    for id in ["dune", "waves"] {
        server.put("fiction", id, book(id));
    }
    let path = "/shelves/fiction/books/dune";
    server.fault(path, Fault::Status(status));

    let dune = json!({"title": "Dune"});
    for error in [
        h.get(BOOK, "dune")
            .in_namespace("fiction")
            .expect_error(code.clone())
            .await,
        h.update(BOOK, "dune", &dune)
            .in_namespace("fiction")
            .expect_error(code.clone())
            .await,
        h.delete(BOOK, "dune")
            .in_namespace("fiction")
            .expect_error(code.clone())
            .await,
    ] {
        assert_eq!(error.fault(), fault, "{error:?}");
        assert_eq!(error.connection().map(|id| id.as_str()), Some(CONNECTION));
        assert_eq!(error.key().map(|key| key.as_str()), Some(BOOK));
        assert_eq!(error.id(), Some("dune"));
        let asked = format!("{}{path} was answered with {status}", server.url());
        assert!(error.message().contains(&asked), "{error:?}");
        assert!(error.cause().is_some(), "{error:?}");
        assert!(!error.suggestions().is_empty(), "{error:?}");
    }

    h.get(BOOK, "waves").in_namespace("fiction").await;
    assert_eq!(h.list(BOOK, ListInput::all()).await.total_count, 2);
    server.recover();
    h.get(BOOK, "dune").in_namespace("fiction").await;
    h.shutdown().await;
}

#[tokio::test]
async fn the_conflicts_of_the_library_are_told_apart() {
    let (server, h) = open().await;
    let stale = h
        .create(BOOK, book("dune"))
        .in_namespace("fiction")
        .await
        .json();
    let error = h
        .create(BOOK, book("dune"))
        .in_namespace("fiction")
        .expect_error(ErrorCode::AlreadyExists)
        .await;
    assert!(
        error
            .message()
            .ends_with("shelf \"fiction\" has a book \"dune\""),
        "{error}"
    );

    server.put("fiction", "dune", json!({"title": "changed meanwhile"}));
    h.update(BOOK, "dune", &stale)
        .in_namespace("fiction")
        .expect_error(ErrorCode::Conflict)
        .await;
    assert_eq!(
        server.book("fiction", "dune").unwrap()["title"],
        "changed meanwhile"
    );
    h.shutdown().await;
}

#[rstest]
#[case::no_object(json!([1, 2]))]
#[case::no_id(json!({"title": "Dune"}))]
#[case::a_number_for_an_id(json!({"id": 7}))]
#[tokio::test]
async fn what_is_no_book_is_invalid_input(#[case] book: serde_json::Value) {
    let (_server, h) = open().await;
    h.create(BOOK, book)
        .in_namespace("fiction")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    h.shutdown().await;
}

#[tokio::test]
async fn a_call_that_hangs_is_left_at_its_deadline() {
    let (server, h) = open().await;
    h.stop_connection_watch(CONNECTION).await;
    server.fault("/shelves/fiction/books/dune", Fault::Hang);
    let deadline = Instant::now() + HOUR;
    let call = h
        .get(BOOK, "dune")
        .in_namespace("fiction")
        .with_timeout(HOUR);
    let error = left_hanging(&server, tokio::spawn(call.attempt())).await;
    assert!(Instant::now() >= deadline);
    assert_eq!(error.id(), Some("dune"));
    tokio::time::resume();
    h.shutdown().await;
}

#[tokio::test]
async fn others_are_answered_while_a_call_hangs_until_it_is_taken_back() {
    let (server, h) = open().await;
    server.put("fiction", "waves", book("waves"));
    server.fault("/shelves/fiction/books/dune", Fault::Hang);
    let taken_back = CancellationToken::new();
    let call = h
        .get(BOOK, "dune")
        .in_namespace("fiction")
        .with_cancellation(taken_back.clone());
    let hanging = tokio::spawn(call.attempt());
    while server.faults_met() == 0 {
        tokio::task::yield_now().await;
    }

    h.get(BOOK, "waves").in_namespace("fiction").await;
    h.list(BOOK, ListInput::all()).await;
    assert!(!hanging.is_finished());

    taken_back.cancel();
    let error = hanging.await.unwrap().unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Cancelled);
    h.shutdown().await;
}

#[tokio::test]
async fn a_wrong_token_keeps_its_connection_stopped_and_no_other() {
    let server = LibraryServer::start().await;
    let libraries = Libraries::new()
        .library("right", &server.url(), TOKEN)
        .library("wrong", &server.url(), "s3same-open");
    let h = mount(libraries);
    h.connect("right").await;

    let error = h
        .start_connection("wrong")
        .expect_error(ErrorCode::Unauthorized)
        .await;
    assert_eq!(error.suggestions(), ["set a valid token on the connection"]);
    assert!(!format!("{error:?} {error}").contains("s3same-open"));
    h.get(BOOK, "dune")
        .on("wrong")
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.list(BOOK, ListInput::all()).on("right").await;
    h.shutdown().await;
}

#[tokio::test]
async fn an_expired_token_is_renewed_under_calls_and_watches() {
    let server = LibraryServer::start().await;
    let h = mount(Libraries::new().renewable(CONNECTION, &server.url(), TOKEN, http::RENEWAL));
    h.connect(CONNECTION).await;
    h.wait_for(state(BOOK, WatchState::Synced)).await;

    // Once: a request whose new token has expired as well is refused.
    server.accept("reader-8");
    h.list(BOOK, ListInput::all()).await;
    server.put("fiction", "dune", book("dune"));
    h.wait_for(added("dune")).await;
    h.recording()
        .assert_states(&[WatchState::Syncing, WatchState::Synced]);
    h.shutdown().await;
}

#[tokio::test]
async fn credentials_are_refreshed_in_place() {
    let server = LibraryServer::start().await;
    let libraries = Libraries::new()
        .renewable("renewable", &server.url(), TOKEN, http::RENEWAL)
        .library("fixed", &server.url(), TOKEN);
    let h = mount(libraries);
    h.connect("renewable").await;
    h.connect("fixed").await;
    // A watch would meet the old token too, and renew it by itself.
    h.stop_connection_watch("renewable").await;
    server.accept("reader-8");
    h.refresh_connection("renewable").await;
    assert_eq!(server.requests("/token").await, 1);
    h.list(BOOK, ListInput::all()).on("renewable").await;
    assert_eq!(
        server.requests("/token").await,
        1,
        "the client has the new token already"
    );

    let error = h
        .refresh_connection("fixed")
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert_eq!(
        error.message(),
        "the connection has no secret to renew its token with"
    );
    h.list(BOOK, ListInput::all())
        .on("fixed")
        .expect_error(ErrorCode::Unauthorized)
        .await;
    h.shutdown().await;
}

#[rstest]
#[case::no_url_at_all("library", ErrorCode::InvalidInput)]
#[case::nobody_there("http://127.0.0.1:1", ErrorCode::Unavailable)]
#[tokio::test]
async fn a_url_that_leads_nowhere_fails_the_start(#[case] url: &str, #[case] code: ErrorCode) {
    let h = mount(Libraries::new().library(CONNECTION, url, TOKEN));
    let error = h.start_connection(CONNECTION).expect_error(code).await;
    assert!(error.message().contains(url), "{error}");
    h.shutdown().await;
}

#[tokio::test]
async fn a_server_that_hangs_bounds_a_start_by_the_deadline() {
    let server = LibraryServer::start().await;
    server.fault("/health", Fault::Hang);
    let h = mount(Libraries::new().library(CONNECTION, &server.url(), TOKEN));
    let start = h.start_connection(CONNECTION).with_timeout(HOUR);
    left_hanging(&server, tokio::spawn(start.attempt())).await;
    tokio::time::resume();
    server.recover();
    h.connect(CONNECTION).await;
    h.shutdown().await;
}

#[tokio::test]
async fn the_status_of_a_connection_follows_its_server() {
    let (server, h) = open().await;
    server.accept("another token");
    let refused = h.check_connection(CONNECTION).await;
    assert_eq!(refused.status, ConnectionStatusCode::Unauthorized);
    assert!(refused.error.contains("401"), "{refused:?}");
    h.list(BOOK, ListInput::all())
        .expect_error(ErrorCode::Unauthorized)
        .await;

    server.recover();
    server.fault("/health", Fault::Status(503));
    assert_eq!(
        h.check_connection(CONNECTION).await.status,
        ConnectionStatusCode::Unavailable
    );
    server.recover();
    assert_eq!(
        h.check_connection(CONNECTION).await.status,
        ConnectionStatusCode::Connected
    );
    h.shutdown().await;
}

#[tokio::test]
async fn the_token_is_printed_nowhere() {
    let server = LibraryServer::start().await;
    let h = Harness::mount(http::config(&server.url(), TOKEN));
    h.connect(CONNECTION).await;
    let status = h.get_connection(CONNECTION).await;
    let loaded = h.load_connections().await;
    let printed = format!("{status:?} {loaded:?} {h:?}");
    let written = serde_json::to_string(&status).unwrap();
    assert!(
        !printed.contains(TOKEN) && !written.contains(TOKEN),
        "{printed} {written}"
    );
    h.shutdown().await;
}
