//! Following a library that changes behind the plugin's back.

use std::time::Duration;

use omniview_plugintest::{added, deleted, state, updated};
use omniview_sdk::WatchState;
use omniview_tests::http::{CONNECTION, Fault, Libraries, LibraryServer, TOKEN};
use serde_json::json;
use tokio::time::Instant;

use super::library::{BOOK, book, mount, open};

#[tokio::test]
async fn what_is_there_comes_first_and_every_change_after_it() {
    let server = LibraryServer::start().await;
    server.put("fiction", "dune", book("dune"));
    server.put("poetry", "waves", book("waves"));
    let h = mount(Libraries::new().library(CONNECTION, &server.url(), TOKEN));
    h.connect(CONNECTION).await;

    let synced = h.wait_for(state(BOOK, WatchState::Synced)).await;
    assert_eq!(synced.to_string(), "library library::v1::Book SYNCED (2)");
    h.recording().assert_adds(2);

    server.put("science", "moon", book("moon"));
    let add = h.wait_for(added("moon").in_namespace("science")).await;
    assert_eq!(add.json()["title"], "The book moon");

    server.put("fiction", "dune", json!({"title": "Dune Messiah"}));
    let update = h.wait_for(updated("dune").in_namespace("fiction")).await;
    assert_eq!(update.json()["title"], "Dune Messiah");

    server.remove("fiction", "dune");
    let delete = h.wait_for(deleted("dune").in_namespace("fiction")).await;
    assert_eq!(
        delete.json(),
        update.json(),
        "the last known state goes along"
    );

    h.stop_connection_watch(CONNECTION).await;
    h.recording()
        .assert_adds(3)
        .assert_updates(1)
        .assert_deletes(1)
        .assert_states(&[WatchState::Syncing, WatchState::Synced, WatchState::Stopped]);
    h.shutdown().await;
}

#[tokio::test]
async fn a_change_through_the_plugin_is_told_too() {
    let (_server, h) = open().await;
    h.create(BOOK, book("dune")).in_namespace("fiction").await;
    h.wait_for(added("dune")).await;
    h.update(BOOK, "dune", json!({"title": "Dune, again"}))
        .in_namespace("fiction")
        .await;
    let update = h.wait_for(updated("dune")).await;
    assert_eq!(update.json()["title"], "Dune, again");
    h.delete(BOOK, "dune").in_namespace("fiction").await;
    h.wait_for(deleted("dune")).await;
    h.shutdown().await;
}

#[tokio::test]
async fn a_refused_listing_is_forbidden_until_the_watch_is_asked_for_again() {
    let server = LibraryServer::start().await;
    server.fault("/books", Fault::Status(403));
    let h = mount(Libraries::new().library(CONNECTION, &server.url(), TOKEN));
    h.connect(CONNECTION).await;

    let forbidden = h.wait_for(state(BOOK, WatchState::Forbidden)).await;
    assert!(
        forbidden.to_string().contains("FORBIDDEN: GET http://"),
        "{forbidden}"
    );
    h.recording()
        .assert_states(&[WatchState::Syncing, WatchState::Forbidden]);
    assert!(!h.is_resource_watch_running(CONNECTION, BOOK).await);

    server.recover();
    h.ensure_resource_watch(CONNECTION, BOOK).await;
    h.wait_for(state(BOOK, WatchState::Synced)).await;
    h.shutdown().await;
}

#[tokio::test]
async fn a_server_that_fails_for_a_while_is_an_error_and_then_synced_again() {
    let (server, h) = open().await;
    server.put("fiction", "dune", book("dune"));
    h.wait_for(state(BOOK, WatchState::Synced)).await;

    server.fault("/books", Fault::Status(503));
    let mark = h.mark();
    let error = h.wait_for(state(BOOK, WatchState::Error)).since(mark).await;
    assert!(
        error.to_string().contains("UNAVAILABLE: GET http://"),
        "{error}"
    );
    h.get(BOOK, "dune").in_namespace("fiction").await;

    server.recover();
    h.wait_for(state(BOOK, WatchState::Synced))
        .since(mark)
        .await;
    server.remove("fiction", "dune");
    h.wait_for(deleted("dune")).since(mark).await;
    h.shutdown().await;
}

#[tokio::test]
async fn a_listing_that_hangs_keeps_no_stop_waiting() {
    let (server, h) = open().await;
    h.wait_for(state(BOOK, WatchState::Synced)).await;
    server.fault("/books", Fault::Hang);
    while server.faults_met() == 0 {
        tokio::task::yield_now().await;
    }
    // From here on there is nothing to wait for but the answer that never comes, and the grace period.
    tokio::time::pause();
    let asked = Instant::now();
    h.stop_connection(CONNECTION).await;
    assert_eq!(
        asked.elapsed(),
        Duration::ZERO,
        "a watcher that has to be aborted takes the whole grace period"
    );
    tokio::time::resume();
    let last = h.recording().last().and_then(|seen| seen.state());
    assert_eq!(last, Some(WatchState::Stopped));
    h.shutdown().await;
}
