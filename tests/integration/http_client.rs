//! The HTTP plugin's client against the library, before any SDK is in between.

use std::time::Duration;

use futures::future::join_all;
use omniview_sdk::{BoxError, ErrorClassifier, ErrorCode, Fault, Json, ResourceOperationError};
use omniview_tests::http::{self, HttpClient, HttpErrors, LibraryServer, TOKEN};
use rstest::rstest;
use serde_json::{Value, json};

async fn library() -> (LibraryServer, HttpClient) {
    let server = LibraryServer::start().await;
    let client = HttpClient::new(&server.url(), TOKEN).unwrap();
    (server, client)
}

fn ids(books: &[Json]) -> Vec<String> {
    let id = |book: &Json| book.to_value().unwrap()["id"].as_str().unwrap().to_owned();
    books.iter().map(id).collect()
}

fn classified(error: &BoxError) -> ResourceOperationError {
    HttpErrors
        .classify(&**error)
        .unwrap_or_else(|| panic!("the classifier does not know {error:?}"))
}

#[tokio::test]
async fn a_listing_walks_every_page_of_the_server() {
    let (server, client) = library().await;
    for number in 0..45 {
        let shelf = http::SHELVES[number % 3];
        server.put(shelf, &format!("b{number:02}"), json!({"year": number}));
    }

    let all = client.books(None).await.unwrap();
    assert_eq!(
        server.requests("/books").await,
        3,
        "45 books are three pages of 20"
    );
    let mut seen = ids(&all);
    seen.sort();
    let expected: Vec<String> = (0..45).map(|number| format!("b{number:02}")).collect();
    assert_eq!(seen, expected);

    let poetry = client.books(Some("poetry")).await.unwrap();
    assert_eq!(poetry.len(), 15);
    assert!(client.books(Some("cellar")).await.unwrap().is_empty());
}

#[tokio::test]
async fn exactly_full_pages_are_not_followed_by_an_empty_one() {
    let (server, client) = library().await;
    for number in 0..20 {
        server.put("poetry", &format!("b{number:02}"), json!({}));
    }
    assert_eq!(client.books(None).await.unwrap().len(), 20);
    assert_eq!(server.requests("/books").await, 1);
}

#[rstest]
#[case::a_space("a b")]
#[case::a_slash("a/b")]
#[case::a_percent_sign("100%25")]
#[case::a_question("who?#now")]
#[case::beyond_ascii("Überbuch-本")]
#[tokio::test]
async fn an_id_may_hold(#[case] id: &str) {
    let (server, client) = library().await;
    let book = Json::from(json!({"id": id, "title": "odd"}));
    client.add_book("fiction", &book).await.unwrap();
    assert_eq!(server.book("fiction", id).unwrap()["title"], "odd");
    let read = client.book("fiction", id).await.unwrap();
    assert_eq!(read.to_value().unwrap()["id"], id);
    assert_eq!(ids(&client.books(None).await.unwrap()), [id]);
    client.remove_book("fiction", id).await.unwrap();
    assert_eq!(server.book("fiction", id), None);
}

#[tokio::test]
async fn a_stale_revision_is_a_conflict_and_no_revision_is_none() {
    let (server, client) = library().await;
    server.put("fiction", "dune", json!({"title": "Dune"}));
    let read: Value = client
        .book("fiction", "dune")
        .await
        .unwrap()
        .to_value()
        .unwrap();
    server.put("fiction", "dune", json!({"title": "Dune Messiah"}));

    let stale = client
        .replace_book("fiction", "dune", &Json::from(read))
        .await
        .unwrap_err();
    assert_eq!(*classified(&stale).code(), ErrorCode::Conflict);
    assert_eq!(
        server.book("fiction", "dune").unwrap()["title"],
        "Dune Messiah"
    );

    let unconditional = Json::from(json!({"title": "Dune again"}));
    client
        .replace_book("fiction", "dune", &unconditional)
        .await
        .unwrap();
    assert_eq!(
        server.book("fiction", "dune").unwrap()["title"],
        "Dune again"
    );
}

#[rstest]
#[case(400, ErrorCode::InvalidInput, Fault::Caller)]
#[case(401, ErrorCode::Unauthorized, Fault::Backend)]
#[case(403, ErrorCode::Forbidden, Fault::Backend)]
#[case(404, ErrorCode::NotFound, Fault::Caller)]
#[case(409, ErrorCode::Conflict, Fault::Caller)]
#[case(418, ErrorCode::Internal, Fault::Plugin)]
#[case(422, ErrorCode::InvalidInput, Fault::Caller)]
#[case(429, ErrorCode::Unavailable, Fault::Backend)]
#[case(500, ErrorCode::Unavailable, Fault::Backend)]
#[case(503, ErrorCode::Unavailable, Fault::Backend)]
#[tokio::test]
async fn a_status_has_a_code(#[case] status: u16, #[case] code: ErrorCode, #[case] fault: Fault) {
    let (server, client) = library().await;
    server.fault("/shelves/fiction", http::Fault::Status(status));
    let error = classified(&client.book("fiction", "dune").await.unwrap_err());
    assert_eq!((error.code(), error.fault()), (&code, fault));
    let url = server.url();
    assert!(
        error.message().starts_with(&format!(
            "GET {url}/shelves/fiction/books/dune was answered with {status}"
        )),
        "{error}"
    );
    assert!(!format!("{error} {error:?} {client:?}").contains(TOKEN));
    client
        .health()
        .await
        .expect("other paths are not concerned");
}

#[tokio::test]
async fn the_message_of_the_server_reaches_the_reader() {
    let (server, client) = library().await;
    let book = Json::from(json!({"id": "dune"}));
    client.add_book("fiction", &book).await.unwrap();
    let error = classified(&client.add_book("fiction", &book).await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::AlreadyExists);
    assert_eq!(
        error.message(),
        format!(
            "POST {}/shelves/fiction/books was answered with 409 Conflict: shelf \"fiction\" has a book \"dune\"",
            server.url()
        )
    );
    assert_eq!(
        error.suggestions(),
        ["choose another id, or update the book that has it"]
    );
}

#[tokio::test]
async fn a_wrong_token_is_unauthorized() {
    let (server, _) = library().await;
    let intruder = HttpClient::new(&server.url(), "guess").unwrap();
    let error = classified(&intruder.health().await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unauthorized);
    assert_eq!(error.suggestions(), ["set a valid token on the connection"]);
}

#[tokio::test]
async fn a_token_that_has_expired_is_renewed_once_and_the_request_sent_again() {
    let (server, client) = library().await;
    let client = client.with_renewal(http::RENEWAL);
    server.accept("reader-8");
    client.books(None).await.unwrap();
    client.health().await.unwrap();
    assert_eq!(server.requests("/token").await, 1, "the new token is kept");
    assert_eq!(server.requests("/books").await, 2);

    // A library that refuses its own new token is not asked for ever.
    server.fault("/books", http::Fault::Status(401));
    let error = classified(&client.books(None).await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unauthorized);
    assert_eq!(server.requests("/token").await, 2);
    assert_eq!(server.requests("/books").await, 4);
}

#[tokio::test]
async fn requests_that_find_the_token_expired_at_once_share_one_renewal() {
    let (server, client) = library().await;
    let client = client.with_renewal(http::RENEWAL);
    server.accept("reader-8");
    let all = join_all((0..8).map(|_| client.books(None))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(server.requests("/token").await, 1);
    assert_eq!(server.requests("/books").await, 16);

    // Who waits for a renewal that is given up renews it.
    server.accept("reader-9");
    server.fault_times("/token", http::Fault::Hang, 1);
    let met = server.faults_met();
    let given_up = tokio::select! {
        listed = client.books(None) => Some(listed),
        () = async { while server.faults_met() == met { tokio::task::yield_now().await; } } => None,
    };
    assert!(given_up.is_none(), "{given_up:?}");
    client.books(None).await.unwrap();
}

#[tokio::test]
async fn a_renewal_that_is_refused_says_so() {
    let (server, client) = library().await;
    let client = client.with_renewal("somebody else's");
    server.accept("reader-8");
    let error = classified(&client.books(None).await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unauthorized);
    assert!(
        error.message().contains("the secret is not known here"),
        "{error}"
    );
    assert!(!format!("{error} {error:?} {client:?}").contains("somebody"));
}

#[tokio::test]
async fn a_busy_library_is_asked_again_a_few_times() {
    let (server, client) = library().await;
    server.fault_times("/books", http::Fault::Busy { retry_after: 0 }, 3);
    client.books(None).await.unwrap();
    assert_eq!(server.requests("/books").await, 4);

    server.fault("/books", http::Fault::Busy { retry_after: 0 });
    let error = classified(&client.books(None).await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unavailable);
    assert_eq!(
        server.requests("/books").await,
        8,
        "once, and three times more"
    );
}

#[tokio::test]
async fn a_busy_library_is_not_asked_before_it_says() {
    let (server, client) = library().await;
    server.fault_times("/books", http::Fault::Busy { retry_after: 30 }, 1);
    let listing = tokio::spawn(async move { client.books(None).await.map(|books| books.len()) });
    while server.faults_met() == 0 {
        tokio::task::yield_now().await;
    }
    // The connection is made: from here on there is nothing to wait for in real time but an answer over loopback.
    tokio::time::pause();
    let busy = tokio::time::Instant::now();
    assert_eq!(listing.await.unwrap().unwrap(), 0);
    assert!(
        busy.elapsed() >= Duration::from_secs(30),
        "{:?}",
        busy.elapsed()
    );
    assert_eq!(server.requests("/books").await, 2);
}

#[tokio::test]
async fn a_library_that_is_busy_for_long_is_not_waited_for() {
    let (server, client) = library().await;
    server.fault("/books", http::Fault::Busy { retry_after: 3600 });
    let error = classified(&client.books(None).await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unavailable);
    assert!(
        error.message().ends_with(
            "was answered with 429 Too Many Requests: one reader after the other; it asks to wait 3600s"
        ),
        "{error}"
    );
    assert_eq!(server.requests("/books").await, 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_says_why() {
    // The port was free a moment ago, and nobody listens on it now.
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = HttpClient::new(&format!("http://127.0.0.1:{port}"), TOKEN).unwrap();
    let error = classified(&client.health().await.unwrap_err());
    assert_eq!(*error.code(), ErrorCode::Unavailable);
    assert!(
        error
            .message()
            .contains(&format!("http://127.0.0.1:{port}/health")),
        "{error}"
    );
    assert!(
        error.message().to_lowercase().contains("refused"),
        "{error}"
    );
}

#[rstest]
#[case("", "relative URL without a base")]
#[case("library.example", "relative URL without a base")]
#[case("ftp://library.example", "its scheme is not http")]
#[case("data:text", "its scheme is not http")]
fn a_url_that_is_none_is_refused_with_its_text(#[case] url: &str, #[case] why: &str) {
    let error = HttpClient::new(url, TOKEN).unwrap_err();
    let error = error.downcast::<ResourceOperationError>().unwrap();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert_eq!(
        error.message(),
        format!("{url:?} is not the URL of a library: {why}")
    );
}
