//! Waiting for events, and what is said when they do not come.

use std::{sync::Arc, time::Duration};

use insta::assert_snapshot;
use omniview_plugintest::{
    Harness, Mark, added, any_event, deleted, event_where, state,
    stub::{Fault, StubOperation, WatchScript, stub_plugin},
    updated,
};
use omniview_sdk::{ErrorCode, ResourceOperationError, WatchState};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::support::{POD, connected, failure, raw_failure};

#[tokio::test(start_paused = true)]
async fn an_event_is_waited_for_by_what_happened_and_to_what() {
    let (h, pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced).on("dev")).await;
    pods.insert(json!({"id": "web-1", "namespace": "a"}))
        .insert(json!({"id": "web-1", "namespace": "a", "phase": "Running"}))
        .remove_in("a", "web-1");
    let pattern = added("web-1").of(POD).on("dev").in_namespace("a");
    let seen = h.wait_for(pattern).await;
    assert_eq!(seen.json()["id"], "web-1");
    let seen = h.wait_for(updated("web-1").of(POD)).await;
    assert_eq!(seen.json()["phase"], "Running");
    let seen = h.wait_for(deleted("web-1")).await;
    assert_eq!(seen.to_string(), "dev core::v1::Pod DELETE a/web-1");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_looks_at_what_was_recorded_before_unless_it_is_told_a_mark() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let first = h.wait_for(added("web-1")).await;
    assert_eq!(h.wait_for(added("web-1")).await, first);

    let mark = h.mark();
    let again = h.wait_for(added("web-1")).since(mark);
    again.attempt().await.unwrap_err();
    pods.remove("web-1").insert(json!({"id": "web-1"}));
    let second = h.wait_for(added("web-1")).since(mark).await;
    assert!(second.number > first.number);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_nth_event_can_be_waited_for() {
    let plugin = stub_plugin();
    let fail = WatchScript::Fail(ResourceOperationError::internal("no"));
    plugin.pods.next_watches([fail.clone(), fail]);
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    let third = h.wait_for(state(POD, WatchState::Syncing)).times(3).await;
    assert_eq!(third.at, Duration::from_millis(1_500));
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_predicate_has_a_name() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-7"}));
    let pattern = event_where("a pod with a seven", |event| {
        event.id().is_some_and(|id| id.contains('7'))
    });
    assert_eq!(h.wait_for(pattern).await.id(), Some("web-7"));
    let pattern = event_where("a pod with an eight", |event| event.id() == Some("8"));
    let text = failure(h.wait_for(pattern.of(POD)).within(Duration::from_secs(3))).await;
    assert!(
        text.starts_with(
            "waited 3s for a pod with an eight of core::v1::Pod, which did not come\n"
        ),
        "{text}"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_times_out_shows_the_nearest_miss_and_what_was_seen() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1", "namespace": "a"}))
        .insert(json!({"id": "web-2", "namespace": "a"}));
    h.wait_for(added("web-2")).await;
    let pattern = added("web-1").of(POD).on("prod").in_namespace("b");
    assert_snapshot!(failure(h.wait_for(pattern)).await, @r#"
    waited 10s for ADD "web-1" of core::v1::Pod in namespace "b" on connection "prod", which did not come
      nearest: #3 dev core::v1::Pod ADD a/web-1 (connection "dev" instead of "prod", namespace "a" instead of "b")
      recorded (4 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod SYNCED (0)
        #3 +0ns dev core::v1::Pod ADD a/web-1
        #4 +0ns dev core::v1::Pod ADD a/web-2
      at plugintest/tests/integration/waits.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_not_reached_shows_the_last_other_one() {
    let plugin = stub_plugin();
    let error = ResourceOperationError::new(ErrorCode::Timeout, "no answer from 10.0.0.1");
    plugin.pods.always_watch(WatchScript::Fail(error));
    let h = Harness::builder(plugin.config)
        .timeout(Duration::from_secs(2))
        .mount();
    h.connect("dev").await;
    let text = failure(h.wait_for(state(POD, WatchState::Synced))).await;
    assert_snapshot!(text, @r"
    waited 2s for SYNCED of core::v1::Pod, which did not come
      nearest: #6 dev core::v1::Pod ERROR TIMEOUT: no answer from 10.0.0.1 (ERROR instead of SYNCED)
      recorded (6 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod ERROR TIMEOUT: no answer from 10.0.0.1
        #3 +500ms dev core::v1::Pod SYNCING
        #4 +500ms dev core::v1::Pod ERROR TIMEOUT: no answer from 10.0.0.1
        #5 +1.5s dev core::v1::Pod SYNCING
        #6 +1.5s dev core::v1::Pod ERROR TIMEOUT: no answer from 10.0.0.1
      in a test: the watch has failed: mend what its last state says
      at plugintest/tests/integration/waits.rs
    ");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_after_a_mark_says_what_it_did_not_look_at() {
    let (h, _pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let wait = h.wait_for(state(POD, WatchState::Stopped)).since(h.mark());
    assert_snapshot!(failure(wait).await, @"
    waited 10s for STOPPED of core::v1::Pod, which did not come
      recorded: nothing
      not looked at: the first 2 events, recorded before the mark
      at plugintest/tests/integration/waits.rs
    ");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn events_that_came_too_seldom_are_counted() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let wait = h.wait_for(added("web-1").of(POD)).times(3);
    let text = failure(wait).await;
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "waited 10s for ADD \"web-1\" of core::v1::Pod to come 3 times, and it came once"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn only_the_last_twenty_events_are_listed() {
    let (h, pods) = connected().await;
    for number in 0..30 {
        pods.insert(json!({"id": format!("web-{number}")}));
    }
    let text = failure(h.wait_for(deleted("x").of(POD))).await;
    assert!(
        text.contains("recorded (32 events, 12 earlier ones left out):\n    #13 "),
        "{text}"
    );
    let text = failure(h.wait_for(deleted("x").of("core::v1::Node"))).await;
    assert!(
        text.contains("recorded: nothing\n    and 32 events of other types"),
        "{text}"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_harness_that_does_not_listen_says_so() {
    let plugin = stub_plugin();
    let h = Harness::builder(plugin.config).without_listener().mount();
    h.connect("dev").await;
    let text = failure(h.wait_for(state(POD, WatchState::Synced))).await;
    assert!(
        text.contains("note: the harness does not listen: it was built with `without_listener()`"),
        "{text}"
    );
    let text = failure(h.nothing_for(Duration::from_secs(1))).await;
    assert!(
        text.starts_with("nothing can be said about events: the harness does not listen"),
        "{text}"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_names_its_line() {
    let (h, _pods) = connected().await;
    let wait = h.wait_for(added("x"));
    let line = line!() - 1;
    let text = raw_failure(wait).await;
    assert!(
        text.contains(&format!("\n  at {}:{line}:", file!())),
        "{text}"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn silence_takes_its_whole_time_and_no_more() {
    let (h, _pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let begun = Instant::now();
    h.nothing_for(Duration::from_secs(30)).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(30));
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_in_the_silence_fails_at_once() {
    let (h, pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let later = pods.clone();
    let task = tokio::spawn(async move {
        sleep(Duration::from_secs(4)).await;
        later.insert(json!({"id": "web-1"}));
    });
    let text = failure(h.nothing_for(Duration::from_secs(30)).of(POD)).await;
    assert_snapshot!(text, @"
    expected no event of core::v1::Pod for 30s, and after 4s came dev core::v1::Pod ADD web-1
      recorded (1 event):
        #3 +4s dev core::v1::Pod ADD web-1
      at plugintest/tests/integration/waits.rs
    ");
    task.await.unwrap();
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn silence_can_be_narrowed() {
    let (h, pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let later = pods.clone();
    let task = tokio::spawn(async move {
        sleep(Duration::from_secs(1)).await;
        later.insert(json!({"id": "web-1"}));
    });
    let long = Duration::from_secs(5);
    tokio::join!(
        h.nothing_for(long).of("core::v1::Node").into_future(),
        h.nothing_for(long).on("prod").into_future(),
        h.nothing_for(long).matching(deleted("web-1")).into_future(),
    );
    task.await.unwrap();
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_raced_and_dropped() {
    let (h, pods) = connected().await;
    let h = Arc::new(h);
    let lost = h.wait_for(added("never")).attempt();
    tokio::select! {
        _ = lost => panic!("it never comes"),
        () = sleep(Duration::from_secs(1)) => {}
    }
    pods.insert(json!({"id": "web-1"}));
    h.wait_for(any_event()).since(Mark::START).await;
    h.wait_for(added("web-1")).await;
    pods.next(StubOperation::Get, Fault::Hang);
    Arc::into_inner(h).unwrap().shutdown().await;
}
