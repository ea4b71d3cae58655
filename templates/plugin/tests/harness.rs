//! The plugin through the eyes of an engine.

use omniview_plugintest::{
    Harness, JsonResult, assert_json_eq, deleted,
    fault::{Fault, Faults, PluginMethod},
    state,
};
use omniview_sdk::{ErrorCode, FilterPredicate, FindInput, HealthStatus, WatchState};
use plugin::client::Backend;
use serde_json::json;

const TASK: &str = "todo::v1::Task";

async fn connected() -> Harness {
    let h = Harness::mount(plugin::config(Backend::default()));
    h.connect("home").await;
    h
}

#[tokio::test(start_paused = true)]
async fn a_task_is_created_found_and_judged() {
    let h = connected().await;
    let shelf = json!({"id": "t1", "title": "Mend the shelf", "state": "open"});
    h.create(TASK, shelf.clone()).await;
    h.create(TASK, json!({"id": "t2", "title": "Rest", "state": "done"}))
        .await;

    let open = FindInput::all().filter(FilterPredicate::eq("state", "open"));
    assert_json_eq!(h.find(TASK, open).await.json(), [&shelf]);
    let health = h.assess_health(TASK, shelf).await.unwrap();
    assert_eq!(health.status, HealthStatus::Pending);

    h.create(TASK, json!({"id": "t1"}))
        .expect_error(ErrorCode::AlreadyExists)
        .await;
    h.get(TASK, "t3").expect_error(ErrorCode::NotFound).await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_listens_is_told_of_every_change() {
    let h = connected().await;
    h.wait_for(state(TASK, WatchState::Synced)).await;
    h.create(
        TASK,
        json!({"id": "t1", "title": "Mend the shelf", "state": "open"}),
    )
    .await;
    h.update(
        TASK,
        "t1",
        json!({"id": "t1", "title": "Mend the shelf", "state": "done"}),
    )
    .await;
    h.delete(TASK, "t1").await;
    h.wait_for(deleted("t1")).await;
    insta::assert_snapshot!(h.shutdown().await);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_breaks_is_tried_again() {
    let faults = Faults::new();
    let h = Harness::mount(faults.wrap(plugin::config(Backend::default())));
    h.connect("home").await;
    h.wait_for(state(TASK, WatchState::Synced)).await;
    let mark = h.mark();
    faults.break_watches(Fault::failed("connection reset"));
    h.wait_for(state(TASK, WatchState::Synced))
        .since(mark)
        .await;
    assert_eq!(faults.calls(PluginMethod::Watch), 2);
    h.shutdown().await;
}
