//! What a test author gets wrong, and what the harness says then. The texts are its interface.

use std::time::Duration;

use insta::assert_snapshot;
use omniview_plugintest::{
    Harness, JsonResult, added, deleted, state,
    stub::{Stub, WatchScript, stub_plugin},
};
use omniview_sdk::{ErrorCode, ListInput, WatchState};
use serde::Deserialize;
use serde_json::json;

use crate::support::{POD, connected, failure, sync_failure};

#[tokio::test(start_paused = true)]
async fn a_key_that_nobody_serves_names_the_nearest() {
    let (h, _pods) = connected().await;
    assert_snapshot!(failure(h.list("core::v1::Pods", ListInput::all())).await, @r#"
    `list` of core::v1::Pods failed with NOT_FOUND
      message: resource type core::v1::Pods is not known to this plugin
      suggestion: the nearest type is core::v1::Pod
      fault: Caller
      input: {"namespaces":[],"order":[],"pagination":{"page":0,"pageSize":0}}
      at plugintest/tests/integration/misuse.rs
    "#);
    assert_snapshot!(failure(h.get("core.v1.Pod", "web-1")).await, @r#"
    `get` of core.v1.Pod "web-1" failed with INVALID_INPUT
      message: resource key "core.v1.Pod" is not of the form group::version::kind
      suggestion: write the key as group::version::kind
      fault: Caller
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_fixture_without_an_id_is_refused_with_what_it_is() {
    assert_snapshot!(sync_failure(|| Stub::resource(POD).objects([json!({"name": "web-1"})])), @r#"an object of a stub is a JSON object with a text "id", found {"name":"web-1"}"#);
    let (h, _pods) = connected().await;
    assert_snapshot!(failure(h.create(POD, json!({"name": "web-1"}))).await, @r#"
    `create` of core::v1::Pod on connection "dev" failed with INVALID_INPUT
      message: an object of a stub has a text "id"
      fault: Caller
      input: {"input":{"name":"web-1"},"namespace":""}
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_read_as_another_type_is_shown() {
    #[derive(Debug, Deserialize)]
    struct Pod {
        #[expect(dead_code, reason = "only read")]
        replicas: u32,
    }
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let pod = h.get(POD, "web-1").await;
    assert_snapshot!(sync_failure(|| pod.to::<Pod>()), @r#"
    the result is no `integration::misuse::an_answer_that_is_read_as_another_type_is_shown::{{closure}}::Pod`: missing field `replicas` at line 1 column 14
      result: {"id":"web-1"}
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_never_syncs_is_told_by_what_it_did_instead() {
    let plugin = stub_plugin();
    plugin.pods.always_watch(WatchScript::NeverSync);
    plugin.pods.insert(json!({"id": "web-1"}));
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    assert_snapshot!(failure(h.wait_for(state(POD, WatchState::Synced))).await, @r"
    waited 10s for SYNCED of core::v1::Pod, which did not come
      nearest: #1 dev core::v1::Pod SYNCING (SYNCING instead of SYNCED)
      recorded (2 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod ADD web-1
      in a test: a watcher calls `sink.synced(count)` once it has told what exists
      at plugintest/tests/integration/misuse.rs
    ");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_key_is_the_nearest() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    h.wait_for(added("web-1")).await;
    let wait = h.wait_for(added("web-1").of("apps::v1::Deployment"));
    assert_snapshot!(failure(wait).await, @r#"
    waited 10s for ADD "web-1" of apps::v1::Deployment, which did not come
      nearest: #3 dev core::v1::Pod ADD web-1 (key "core::v1::Pod" instead of "apps::v1::Deployment")
      recorded: nothing
        and 3 events of other types
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_kind_is_the_nearest() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let wait = h.wait_for(deleted("web-1").of(POD));
    assert_snapshot!(failure(wait.within(Duration::from_secs(1))).await, @r#"
    waited 1s for DELETE "web-1" of core::v1::Pod, which did not come
      nearest: #3 dev core::v1::Pod ADD web-1 (ADD instead of DELETE)
      recorded (3 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod SYNCED (0)
        #3 +0ns dev core::v1::Pod ADD web-1
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_second_connect_is_no_error_and_makes_no_second_client() {
    let plugin = stub_plugin();
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    assert!(h.connect("dev").await.is_connected());
    assert_eq!(plugin.connections.created().len(), 1);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_before_the_first_connect_says_what_is_missing() {
    let h = Harness::mount(stub_plugin().config);
    assert_snapshot!(failure(h.get(POD, "web-1")).await, @r#"
    `get` of core::v1::Pod "web-1" failed with NOT_CONNECTED
      message: no connection is started, and the session names none
      suggestion: start a connection first
      fault: Caller
      in a test: `h.connect(id).await` comes before the call
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/misuse.rs
    "#);
    assert_snapshot!(failure(h.connect("staging")).await, @r#"
    `start_connection` on connection "staging" failed with NOT_FOUND
      message: there is no connection "staging"
      suggestion: the nearest connections are "dev", "prod"
      suggestion: list the connections, or load them again
      fault: Caller
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_over_two_connections_says_how_to_choose() {
    let (h, _pods) = connected().await;
    h.connect("prod").await;
    assert_snapshot!(failure(h.get(POD, "web-1")).await, @r#"
    `get` of core::v1::Pod "web-1" failed with AMBIGUOUS_CONNECTION
      message: several connections are started, and the session names none: dev, prod
      suggestion: name one of them in the session
      fault: Caller
      in a test: `.on(id)` chooses for one call, `Harness::builder(config).connection(id)` for all
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_used_after_the_shut_down_is_told_so() {
    let (h, _pods) = connected().await;
    // The harness itself is gone with its shut-down; a call that was prepared before it is not.
    let late = h.get(POD, "web-1");
    let connecting = h.connect("dev");
    let waiting = h.wait_for(added("web-1"));
    h.shutdown().await;
    assert_snapshot!(failure(late).await, @r#"
    `get` of core::v1::Pod "web-1" failed with CLOSED
      message: `get` of core::v1::Pod was called on a plugin that is closed
      suggestion: build the plugin again: one that was closed stays closed
      fault: Caller
      in a test: await every call before `shutdown` or `close`
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/misuse.rs
    "#);
    assert_snapshot!(failure(connecting).await, @r#"
    `start_connection` on connection "dev" failed with CLOSED
      message: `start_connection` on connection "dev" was called on a plugin that is closed
      suggestion: build the plugin again: one that was closed stays closed
      fault: Caller
      in a test: await every call before `shutdown` or `close`
      at plugintest/tests/integration/misuse.rs
    "#);
    assert_snapshot!(failure(waiting).await, @r#"
    waited 10s for ADD "web-1", which did not come
      note: the listener has ended: listen_for_events: the plugin was closed (CLOSED)
      recorded (3 events):
        #1 +0ns dev core::v1::Pod SYNCING
        #2 +0ns dev core::v1::Pod SYNCED (0)
        #3 +0ns dev core::v1::Pod STOPPED
      at plugintest/tests/integration/misuse.rs
    "#);
}

#[tokio::test(start_paused = true)]
async fn an_expectation_that_the_call_fails_shows_what_it_answered() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let call = h.list(POD, ListInput::all());
    assert_snapshot!(failure(call.expect_error(ErrorCode::Forbidden)).await, @r#"
    `list` of core::v1::Pod had to fail with FORBIDDEN and succeeded
      answer: ListResult { result: [{"id":"web-1"}], success: true, total_count: 1, next_cursor: None }
      input: {"namespaces":[],"order":[],"pagination":{"page":0,"pageSize":0}}
      at plugintest/tests/integration/misuse.rs
    "#);
    h.shutdown().await;
}
