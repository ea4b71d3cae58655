//! Following a directory in which others create, change, rename and delete.

use std::fs;

use omniview_plugintest::{added, deleted, event_where, state, updated};
use omniview_sdk::{WatchEvent, WatchState};
use serde_json::json;

use super::desk::{CONNECTION, DOCUMENT, Desk};

/// An event with this text; a program that writes in steps has others told before it.
fn says(event: &WatchEvent, text: &str) -> bool {
    event
        .data()
        .and_then(|data| data.to_value().ok())
        .is_some_and(|data| data["text"] == text)
}

#[tokio::test]
async fn what_is_there_comes_first_and_what_others_do_after_it() {
    let desk = Desk::closed();
    desk.write("inbox/a.txt", "first");
    desk.h.connect(CONNECTION).await;
    let synced = desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    assert_eq!(synced.to_string(), "desk files::v1::Document SYNCED (1)");

    desk.write("notes/b.txt", "second");
    desk.h.wait_for(added("b.txt").in_namespace("notes")).await;
    desk.h
        .wait_for(event_where("b.txt with its text", |event| {
            says(event, "second")
        }))
        .await;

    desk.write("inbox/a.txt", "changed");
    desk.h
        .wait_for(event_where("a.txt changed", |event| says(event, "changed")))
        .await;

    let mark = desk.h.mark();
    fs::rename(desk.path("inbox/a.txt"), desk.path("notes/c.txt")).unwrap();
    let gone = desk
        .h
        .wait_for(deleted("a.txt").in_namespace("inbox"))
        .since(mark)
        .await;
    assert_eq!(
        gone.json()["text"],
        "changed",
        "the last known state goes along"
    );
    let there = desk
        .h
        .wait_for(added("c.txt").in_namespace("notes"))
        .since(mark)
        .await;
    assert_eq!(there.json()["text"], "changed");

    fs::remove_file(desk.path("notes/b.txt")).unwrap();
    desk.h
        .wait_for(deleted("b.txt").in_namespace("notes"))
        .await;
    desk.h.recording().assert_adds(3).assert_deletes(2);
    desk.close().await;
}

#[tokio::test]
async fn a_change_through_the_plugin_is_told_once_and_whole() {
    let desk = Desk::open().await;
    desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    let todo = json!({"name": "todo.txt", "text": "Rest."});
    desk.h.create(DOCUMENT, todo).in_namespace("inbox").await;
    let add = desk.h.wait_for(added("todo.txt")).await;
    assert_eq!(add.json()["text"], "Rest.", "nobody sees it half written");
    desk.h
        .update(DOCUMENT, "todo.txt", json!({"text": "Work."}))
        .await;
    let update = desk.h.wait_for(updated("todo.txt")).await;
    assert_eq!(update.json()["text"], "Work.");
    desk.h.delete(DOCUMENT, "todo.txt").await;
    desk.h.wait_for(deleted("todo.txt")).await;
    desk.h
        .recording()
        .assert_adds(1)
        .assert_updates(1)
        .assert_deletes(1);
    desk.close().await;
}

#[tokio::test]
async fn a_folder_that_comes_goes_and_comes_again_is_followed() {
    let desk = Desk::open().await;
    desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    for text in ["once", "twice", "thrice"] {
        let mark = desk.h.mark();
        fs::create_dir(desk.path("trips")).unwrap();
        desk.write("trips/rome.txt", text);
        desk.h
            .wait_for(event_where(text, |event| says(event, text)))
            .since(mark)
            .await;
        desk.write("trips/rome.txt", "over");
        desk.h
            .wait_for(event_where("over", |event| says(event, "over")))
            .since(mark)
            .await;
        fs::remove_dir_all(desk.path("trips")).unwrap();
        desk.h
            .wait_for(deleted("rome.txt").in_namespace("trips"))
            .since(mark)
            .await;
    }
    desk.close().await;
}

#[tokio::test]
async fn many_changes_at_once_end_in_what_is_there() {
    let desk = Desk::open().await;
    desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    for number in 0..200 {
        desk.write(&format!("inbox/{number}.txt"), "draft");
        desk.write(&format!("inbox/{number}.txt"), "final");
        if number % 2 == 1 {
            fs::rename(
                desk.path(&format!("inbox/{number}.txt")),
                desk.path(&format!("notes/{number}.txt")),
            )
            .unwrap();
        }
    }
    for number in 0..200 {
        let folder = ["inbox", "notes"][number % 2];
        let name = format!("{number}.txt");
        let is_it = move |event: &WatchEvent| {
            event.id() == Some(&name) && event.namespace() == Some(folder) && says(event, "final")
        };
        desk.h
            .wait_for(event_where(format!("{number}.txt in the end"), is_it))
            .await;
    }
    desk.close().await;
}

#[tokio::test]
async fn reading_is_no_change() {
    let desk = Desk::closed();
    desk.write("inbox/a.txt", "text");
    desk.h.connect(CONNECTION).await;
    desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    let mark = desk.h.mark();
    fs::read(desk.path("inbox/a.txt")).unwrap();
    desk.h.get(DOCUMENT, "a.txt").await;
    // What comes next is told next: nothing was told of the reading.
    desk.write("notes/b.txt", "");
    desk.h.wait_for(added("b.txt")).since(mark).await;
    assert_eq!(desk.h.recording().since(mark).len(), 1);
    desk.close().await;
}

#[tokio::test]
async fn a_directory_that_goes_is_an_error_and_synced_again_when_it_is_back() {
    let desk = Desk::closed();
    desk.write("inbox/a.txt", "text");
    desk.h.connect(CONNECTION).await;
    desk.h.wait_for(state(DOCUMENT, WatchState::Synced)).await;
    let mark = desk.h.mark();
    fs::rename(desk.path(""), desk.elsewhere("away")).unwrap();
    let error = desk
        .h
        .wait_for(state(DOCUMENT, WatchState::Error))
        .since(mark)
        .await;
    assert!(error.to_string().contains("UNAVAILABLE"), "{error}");
    fs::rename(desk.elsewhere("away"), desk.path("")).unwrap();
    desk.h
        .wait_for(state(DOCUMENT, WatchState::Synced))
        .since(mark)
        .await;
    desk.close().await;
}
