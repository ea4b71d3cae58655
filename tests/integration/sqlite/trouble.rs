//! Databases that are not there, are no databases, or are locked; calls that are taken back.

use std::{pin::pin, time::Duration};

use omniview_sdk::{ConnectionStatusCode, ErrorCode, ListInput};
use omniview_tests::sqlite::{Database, Shops, schema};
use rstest::rstest;
use rusqlite::Connection;
use serde_json::json;

use super::shop::{CONNECTION, CUSTOMER, Shop, mount};

#[rstest]
#[case::nothing("", ErrorCode::InvalidInput, "no `database`")]
#[case::no_such_file("no-such-directory/shop.db", ErrorCode::NotFound, "unable to open")]
#[case::another_kind_of_file(file!(), ErrorCode::Internal, "not a database")]
#[case::a_database_of_something_else(
    "file::memory:",
    ErrorCode::Unavailable,
    "no such table: branches"
)]
#[tokio::test]
async fn what_is_no_shop_fails_the_start(
    #[case] database: &str,
    #[case] code: ErrorCode,
    #[case] said: &str,
) {
    // Tests run in the directory of their package, and `file!()` begins at that of the workspace.
    let database = match database {
        file if file == file!() => format!("../{file}"),
        other => other.to_owned(),
    };
    let h = mount(Shops::new().shop(CONNECTION, &database));
    let error = h.start_connection(CONNECTION).expect_error(code).await;
    assert!(error.message().contains(said), "{error}");
    assert!(!error.suggestions().is_empty(), "{error}");
    h.shutdown().await;
}

#[tokio::test]
async fn a_database_may_be_in_memory_and_shared() {
    let uri = "file:a_database_may_be_in_memory?mode=memory&cache=shared";
    let outside = Connection::open(uri).unwrap();
    schema::create(&outside, &["north"]).unwrap();
    let h = mount(Shops::new().shop(CONNECTION, uri));
    h.connect(CONNECTION).await;
    h.create(CUSTOMER, json!({"id": "ada", "name": "Ada"}))
        .await;
    let count: i64 = outside
        .query_one("SELECT count(*) FROM customers", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 1);
    assert_eq!(
        h.get_connection_namespaces(CONNECTION).await,
        Some(vec!["north".to_owned()])
    );
    h.shutdown().await;
}

#[tokio::test]
async fn a_call_on_a_locked_database_is_left_at_its_deadline_and_the_next_is_answered() {
    let shop = Shop::open().await;
    // Nobody else is to have the database's only seat.
    shop.h.stop_connection_watch(CONNECTION).await;
    shop.outside.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // The clock does not go on by itself while the thread waits at the lock.
    tokio::time::pause();
    let hour = Duration::from_secs(3600);
    let ada = json!({"id": "ada", "name": "Ada"});
    let create = shop.h.create(CUSTOMER, ada).with_timeout(hour);
    let mut create = pin!(create.attempt());
    assert!(futures::poll!(&mut create).is_pending());
    // Timers count in milliseconds.
    tokio::time::advance(hour + Duration::from_millis(1)).await;
    let error = create.await.unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Timeout);
    let said = "did not complete before its deadline";
    assert!(error.message().contains(said), "{error}");
    tokio::time::resume();

    shop.outside.execute_batch("COMMIT").unwrap();
    shop.h.list(CUSTOMER, ListInput::all()).await;
    shop.close().await;
}

#[tokio::test]
async fn a_job_that_nobody_waits_for_never_begins() {
    let uri = "file:a_job_that_nobody_waits_for?mode=memory&cache=shared";
    let outside = Connection::open(uri).unwrap();
    schema::create(&outside, &[]).unwrap();
    let database = Database::open(uri).await.unwrap();

    let (go, gate) = std::sync::mpsc::channel::<()>();
    let first = database.call(move |_| Ok(gate.recv().is_ok()));
    let mut second = Box::pin(database.call(|database| {
        database.execute("INSERT INTO branches VALUES ('north')", [])?;
        Ok(())
    }));
    let mut first = Box::pin(first);
    assert!(futures::poll!(&mut first).is_pending());
    assert!(
        futures::poll!(&mut second).is_pending(),
        "it is queued behind the first"
    );
    drop(second);
    go.send(()).unwrap();
    assert!(first.await.unwrap());
    let branches = database
        .call(|database| {
            Ok(
                database.query_one("SELECT count(*) FROM branches", [], |row| {
                    row.get::<_, i64>(0)
                })?,
            )
        })
        .await
        .unwrap();
    assert_eq!(branches, 0);
    database.close().await;
    let closed = database.call(|_| Ok(())).await.unwrap_err();
    assert!(
        closed.to_string().contains("the client was closed"),
        "{closed}"
    );
}

#[tokio::test]
async fn a_panic_on_the_thread_is_the_callers_and_the_thread_goes_on() {
    let uri = "file:a_panic_on_the_thread?mode=memory&cache=shared";
    let outside = Connection::open(uri).unwrap();
    schema::create(&outside, &[]).unwrap();
    let database = std::sync::Arc::new(Database::open(uri).await.unwrap());
    let calling = std::sync::Arc::clone(&database);
    let call = tokio::spawn(async move {
        calling
            .call(|_| -> omniview_sdk::PluginResult<()> { panic!("tilt") })
            .await
    });
    let panic = call.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"tilt"));
    database.call(|_| Ok(())).await.unwrap();
    database.close().await;
}

#[tokio::test]
async fn the_status_of_a_connection_is_that_of_its_file() {
    let shop = Shop::open().await;
    assert_eq!(
        shop.h.check_connection(CONNECTION).await.status,
        ConnectionStatusCode::Connected
    );
    // A note that is missing where it may not be: a defect that reads and writes do not notice.
    shop.stock();
    shop.outside
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'note     TEXT', 'note TEXT NOT NULL')
                 WHERE name = 'orders';
             PRAGMA writable_schema = OFF;
             PRAGMA schema_version = 99;",
        )
        .unwrap();
    let status = shop.h.check_connection(CONNECTION).await;
    assert_eq!(status.status, ConnectionStatusCode::Error, "{status:?}");
    assert_eq!(status.error, "NULL value in orders.note");
    shop.close().await;
}
