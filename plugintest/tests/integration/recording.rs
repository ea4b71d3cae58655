//! The recording: one order, one line an event.

use insta::assert_snapshot;
use omniview_plugintest::{
    Harness, added, deleted, state,
    stub::{Stub, StubConnections},
};
use omniview_sdk::{ResourcePluginConfig, WatchState};
use serde_json::json;

use crate::support::{POD, connected, sync_failure};

#[tokio::test(start_paused = true)]
async fn a_recording_prints_one_event_a_line() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1", "namespace": "default"}));
    h.wait_for(added("web-1")).await;
    pods.insert(json!({"id": "web-1", "namespace": "default", "phase": "Running"}));
    h.delete(POD, "web-1").await;
    h.wait_for(deleted("web-1")).await;
    let recording = h.shutdown().await;
    assert_snapshot!(recording, @"
    dev core::v1::Pod SYNCING
    dev core::v1::Pod SYNCED (0)
    dev core::v1::Pod ADD default/web-1
    dev core::v1::Pod UPDATE default/web-1
    dev core::v1::Pod DELETE default/web-1
    dev core::v1::Pod STOPPED
    ");
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_narrowed_by_what_events_are_about() {
    let connections = StubConnections::new(["dev", "prod"]);
    let (pods, control) = Stub::resource(POD).watchable().build();
    let (nodes, _) = Stub::resource("core::v1::Node")
        .watchable()
        .objects([json!({"id": "node-1"})])
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods)
        .resource(nodes);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.connect("prod").await;
    for connection in ["dev", "prod"] {
        h.wait_for(state(POD, WatchState::Synced).on(connection))
            .await;
        h.wait_for(state("core::v1::Node", WatchState::Synced).on(connection))
            .await;
    }
    let mark = h.mark();
    control
        .on("dev")
        .insert(json!({"id": "web-1", "namespace": "a"}));
    h.wait_for(added("web-1")).await;

    let recording = h.recording();
    assert_snapshot!(recording.grouped(), @"
    dev core::v1::Node SYNCING
    dev core::v1::Node ADD node-1
    dev core::v1::Node SYNCED (1)
    dev core::v1::Pod SYNCING
    dev core::v1::Pod SYNCED (0)
    dev core::v1::Pod ADD a/web-1
    prod core::v1::Node SYNCING
    prod core::v1::Node ADD node-1
    prod core::v1::Node SYNCED (1)
    prod core::v1::Pod SYNCING
    prod core::v1::Pod SYNCED (0)
    ");
    recording
        .of("core::v1::Node")
        .on("prod")
        .assert_adds(1)
        .assert_states(&[WatchState::Syncing, WatchState::Synced]);
    assert_eq!(
        recording.since(mark).to_string(),
        "dev core::v1::Pod ADD a/web-1\n"
    );
    assert_eq!(recording.with_id("web-1").len(), 1);
    assert_eq!(recording.in_namespace("a").len(), 1);
    assert_eq!(
        recording.objects().len() + recording.states().len(),
        recording.len()
    );
    recording.assert_updates(0).assert_deletes(0);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_recording_as_json_has_the_whole_payload() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1", "labels": {"app": "web"}}));
    let seen = h.wait_for(added("web-1")).await;
    let value = h.recording().to_value();
    assert_eq!(value[seen.number - 1], seen.to_value());
    omniview_plugintest::assert_json_eq!(
        seen.to_value(),
        json!({
            "number": 3,
            "atMillis": 0,
            "kind": "ADD",
            "payload": {
                "data": {"id": "web-1", "labels": {"app": "web"}},
                "pluginId": "stub",
                "key": POD,
                "connection": "dev",
                "id": "web-1",
                "namespace": "",
                "metadata": {"uid": "uid-1", "labels": {"app": "web"}},
            },
        })
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_count_or_sequence_lists_the_recording() {
    let (h, _pods) = connected().await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let recording = h.recording();
    assert_snapshot!(sync_failure(|| recording.assert_adds(1).len()), @"
    expected 1 ADD event, found 0
      recorded (2 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod SYNCED (0)
    ");
    assert_snapshot!(
        sync_failure(|| recording.assert_states(&[WatchState::Synced]).len()),
        @"
    expected the states [SYNCED], found [SYNCING, SYNCED]
      recorded (2 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod SYNCED (0)
    "
    );
    h.shutdown().await;
}
