//! The six operations, queries, and what a document says about itself.

use std::fs;

use omniview_plugintest::JsonResult;
use omniview_sdk::{ErrorCode, FilterPredicate, FindInput, HealthStatus, Json, ListInput};
use rstest::rstest;
use serde_json::json;

use super::desk::{CONNECTION, DOCUMENT, Desk};

fn places(documents: &[Json]) -> Vec<String> {
    let place = |document: &Json| {
        let document = document.to_value().unwrap();
        format!(
            "{}/{}",
            document["folder"].as_str().unwrap(),
            document["name"].as_str().unwrap()
        )
    };
    documents.iter().map(place).collect()
}

#[tokio::test]
async fn a_document_lives_from_create_to_delete() {
    let desk = Desk::open().await;
    let todo = json!({"name": "todo.txt", "text": "Rest."});
    let created = desk
        .h
        .create(DOCUMENT, todo)
        .in_namespace("inbox")
        .await
        .json();
    assert_eq!(
        (&created["folder"], &created["bytes"]),
        (&json!("inbox"), &json!(5))
    );
    assert_eq!(
        fs::read_to_string(desk.path("inbox/todo.txt")).unwrap(),
        "Rest."
    );

    let read = desk
        .h
        .get(DOCUMENT, "todo.txt")
        .in_namespace("inbox")
        .await
        .json();
    assert_eq!(read, created);
    let mut changed = read;
    changed["text"] = json!("Work.");
    let updated = desk.h.update(DOCUMENT, "todo.txt", &changed).await.json();
    assert_eq!(updated["text"], "Work.");
    assert_ne!(updated["version"], created["version"]);
    assert_eq!(
        fs::read_to_string(desk.path("inbox/todo.txt")).unwrap(),
        "Work."
    );

    let deleted = desk
        .h
        .delete(DOCUMENT, "todo.txt")
        .in_namespace("inbox")
        .await
        .json();
    assert_eq!(deleted, Some(updated));
    assert!(!desk.path("inbox/todo.txt").exists());
    let gone = desk
        .h
        .get(DOCUMENT, "todo.txt")
        .in_namespace("inbox")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(gone.message(), "there is no document inbox/todo.txt");
    let left: Vec<_> = fs::read_dir(desk.path("inbox")).unwrap().collect();
    assert!(
        left.is_empty(),
        "what changes are prepared in is gone: {left:?}"
    );
    desk.close().await;
}

#[tokio::test]
async fn what_another_program_wrote_is_neither_overwritten_nor_created_over() {
    let desk = Desk::open().await;
    desk.write("inbox/todo.txt", "Rest.");
    let copy = desk.h.get(DOCUMENT, "todo.txt").await.json();
    desk.write("inbox/todo.txt", "Urgent!");

    let stale = desk
        .h
        .update(DOCUMENT, "todo.txt", &copy)
        .expect_error(ErrorCode::Conflict)
        .await;
    assert_eq!(
        stale.message(),
        "the document inbox/todo.txt has changed since then"
    );
    let another = json!({"name": "todo.txt", "folder": "inbox", "text": "Sleep."});
    let taken = desk
        .h
        .create(DOCUMENT, another)
        .expect_error(ErrorCode::AlreadyExists)
        .await;
    assert_eq!(
        taken.message(),
        "there is a document inbox/todo.txt already"
    );
    assert_eq!(
        fs::read_to_string(desk.path("inbox/todo.txt")).unwrap(),
        "Urgent!"
    );

    desk.h
        .update(DOCUMENT, "todo.txt", json!({"text": "Whatever."}))
        .await;
    assert_eq!(
        fs::read_to_string(desk.path("inbox/todo.txt")).unwrap(),
        "Whatever."
    );
    desk.close().await;
}

#[tokio::test]
async fn a_call_without_a_namespace_means_the_only_document_of_that_name() {
    let desk = Desk::open().await;
    desk.write("notes/a.txt", "a");
    assert_eq!(
        desk.h.get(DOCUMENT, "a.txt").await.json()["folder"],
        "notes"
    );
    desk.write("inbox/a.txt", "b");
    let ambiguous = desk
        .h
        .delete(DOCUMENT, "a.txt")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(
        ambiguous.message(),
        "a document \"a.txt\" is in several folders: inbox, notes"
    );
    desk.h
        .get(DOCUMENT, "b.txt")
        .expect_error(ErrorCode::NotFound)
        .await;
    let homeless = json!({"name": "new.txt", "folder": "attic"});
    desk.h
        .create(DOCUMENT, homeless)
        .expect_error(ErrorCode::NotFound)
        .await;
    desk.close().await;
}

#[tokio::test]
async fn documents_are_filtered_ordered_cut_into_pages_and_searched() {
    let desk = Desk::open().await;
    for (below, text) in [
        ("notes/short.txt", "tea"),
        ("inbox/long.txt", "green tea with milk"),
        ("inbox/other.txt", "coffee"),
    ] {
        desk.write(below, text);
    }
    let largest = ListInput::all().order_by_descending("bytes").page_size(2);
    let page = desk.h.list(DOCUMENT, largest.clone()).await;
    assert_eq!(places(&page.result), ["inbox/long.txt", "inbox/other.txt"]);
    assert_eq!(page.total_count, 3);
    let rest = desk
        .h
        .list(DOCUMENT, largest.cursor(page.next_cursor.unwrap()))
        .await;
    assert_eq!(places(&rest.result), ["notes/short.txt"]);

    let small = FindInput::all().filter(FilterPredicate::lt("bytes", 10));
    let found = desk.h.find(DOCUMENT, small.clone()).await;
    assert_eq!(
        places(&found.result),
        ["inbox/other.txt", "notes/short.txt"]
    );
    let says_tea = desk.h.find(DOCUMENT, small.text("tea")).await;
    assert_eq!(places(&says_tea.result), ["notes/short.txt"]);
    let folders = desk.h.get_connection_namespaces(CONNECTION).await;
    assert_eq!(folders, Some(vec!["inbox".to_owned(), "notes".to_owned()]));
    desk.close().await;
}

#[rstest]
#[case::a_text("Rest.", HealthStatus::Healthy, "Rest.")]
#[case::nothing("", HealthStatus::Healthy, "")]
#[case::no_utf8(b"\xff\xfe", HealthStatus::Degraded, "not UTF-8")]
#[case::far_too_much(vec![b'x'; (1 << 20) + 1], HealthStatus::Degraded, "too long")]
#[tokio::test]
async fn a_file_is_shown_or_says_why_not(
    #[case] content: impl AsRef<[u8]>,
    #[case] status: HealthStatus,
    #[case] said: &str,
) {
    let desk = Desk::open().await;
    desk.write("inbox/file", &content);
    let file = desk.h.get(DOCUMENT, "file").await.json();
    let shown = if file["text"].is_null() {
        &file["problem"]
    } else {
        &file["text"]
    };
    assert_eq!(
        (shown, &file["bytes"]),
        (&json!(said), &json!(content.as_ref().len()))
    );
    let health = desk
        .h
        .assess_health(DOCUMENT, &file)
        .await
        .expect("documents have health");
    assert_eq!(health.status, status);
    desk.close().await;
}
