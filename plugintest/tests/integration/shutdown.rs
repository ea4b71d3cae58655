//! The end of a harness: what is joined, and what is reported.

use omniview_plugintest::{
    Harness, HarnessBuilder, added, state,
    stub::{Fault, StubOperation, WatchScript, stub_plugin},
};
use omniview_sdk::{
    CallContext, ErrorCode, ResourceOperationError, WatchState, build_resource_controller,
};
use serde_json::json;

use crate::support::{POD, connected};

#[tokio::test(start_paused = true)]
async fn a_shut_down_destroys_every_client_and_returns_the_whole_recording() {
    let plugin = stub_plugin();
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    h.connect("prod").await;
    h.wait_for(state(POD, WatchState::Synced).on("prod")).await;
    let recording = h.shutdown().await;
    for connection in ["dev", "prod"] {
        assert_eq!(
            recording.on(connection).last().unwrap().state(),
            Some(WatchState::Stopped)
        );
    }
    assert_eq!(plugin.connections.created().len(), 2);
    assert!(plugin.connections.live().is_empty());
    plugin.connections.assert_each_destroyed_once();
}

#[tokio::test(start_paused = true)]
async fn after_a_close_every_call_is_refused_and_a_shut_down_is_clean() {
    let (h, _pods) = connected().await;
    h.close().await;
    h.get(POD, "x").expect_error(ErrorCode::Closed).await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_ignores_its_cancellation_does_not_hold_up_the_end() {
    let plugin = stub_plugin();
    plugin.pods.always_watch(WatchScript::IgnoreCancellation);
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.shutdown().await;
    plugin.connections.assert_each_destroyed_once();
}

#[tokio::test(start_paused = true)]
async fn a_destroy_that_fails_still_counts() {
    let plugin = stub_plugin();
    let error = ResourceOperationError::new(ErrorCode::Unavailable, "logout failed");
    plugin
        .connections
        .always(StubOperation::DestroyClient, Fault::Error(error));
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_destroy_that_never_ends_does_not_hold_up_the_end() {
    let plugin = stub_plugin();
    plugin
        .connections
        .always(StubOperation::DestroyClient, Fault::Hang);
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    h.shutdown().await;
    plugin.connections.assert_each_destroyed_once();
}

#[tokio::test(start_paused = true)]
async fn a_harness_that_is_dropped_takes_the_plugin_with_it() {
    let plugin = stub_plugin();
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    // Something that keeps the provider itself alive.
    let provider = h.provider().clone();
    drop(h);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    plugin.connections.assert_each_destroyed_once();
    drop(provider);
}

#[tokio::test(start_paused = true)]
async fn a_harness_over_a_provider_has_the_same_verbs() {
    let plugin = stub_plugin();
    let provider = build_resource_controller(&CallContext::new(), plugin.config).unwrap();
    let h = HarnessBuilder::over(provider).connection("dev").mount();
    h.connect("dev").await;
    h.connect("prod").await;
    h.create(POD, json!({"id": "web-1"})).await;
    h.get(POD, "web-1").await;
    h.get(POD, "web-1")
        .on("prod")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.wait_for(added("web-1").on("dev")).await;
    h.shutdown().await;
}
