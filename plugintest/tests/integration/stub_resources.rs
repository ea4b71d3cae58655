//! A stubbed type does what the test says.

use std::time::Duration;

use omniview_plugintest::{
    Harness, JsonResult, added, deleted, state,
    stub::{Fault, Stub, StubConnections, StubError, StubOperation, WatchScript, stub_plugin},
};
use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResult, ConnectionScope, ErrorCode, FilterPredicate,
    FindInput, ListInput, ResourceOperationError, ResourcePluginConfig, SyncPolicy, WatchState,
};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{POD, connected, sync_failure};

#[tokio::test(start_paused = true)]
async fn it_has_the_capabilities_that_are_picked_and_no_other() {
    let (plain, _) = Stub::resource(POD).build();
    let (full, _) = Stub::resource("core::v1::Node")
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .health(|_| Default::default())
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(plain)
        .resource(full);
    let h = Harness::mount(config);
    let plain = h.resource_capabilities(POD).await;
    assert!(plain.can_get && !plain.watchable && !plain.has_health && !plain.filterable);
    let full = h.resource_capabilities("core::v1::Node").await;
    assert!(full.watchable && full.has_health && !full.has_actions);
    h.shutdown().await;
}

/// Contract: CFG-12
#[tokio::test(start_paused = true)]
async fn faults_happen_in_order_and_then_it_works_again() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let conflict = ResourceOperationError::new(ErrorCode::Conflict, "changed meanwhile");
    pods.next(StubOperation::Get, Fault::Error(conflict))
        .next(StubOperation::Get, Fault::Raw("http 502".to_owned()))
        .next(StubOperation::Get, Fault::Panic("boom".to_owned()))
        .next(StubOperation::Get, Fault::Hang)
        .next(StubOperation::Get, Fault::Delay(Duration::from_secs(4)));
    h.get(POD, "web-1").expect_error(ErrorCode::Conflict).await;
    let raw = h.get(POD, "web-1").expect_error(ErrorCode::Internal).await;
    let cause = raw.cause().unwrap();
    assert_eq!(cause.downcast_ref::<StubError>().unwrap().0, "http 502");
    let panic = h.get(POD, "web-1").expect_error(ErrorCode::Internal).await;
    assert!(panic.message().contains("boom"), "{panic}");
    h.get(POD, "web-1").expect_error(ErrorCode::Timeout).await;
    let begun = Instant::now();
    h.get(POD, "web-1").await;
    assert_eq!(begun.elapsed(), Duration::from_secs(4));
    h.get(POD, "web-1").await;
    assert_eq!(pods.calls(StubOperation::Get), 6);

    pods.always(StubOperation::Get, Fault::Raw("down".to_owned()));
    h.get(POD, "web-1").expect_error(ErrorCode::Internal).await;
    h.get(POD, "web-1").expect_error(ErrorCode::Internal).await;
    pods.heal(StubOperation::Get);
    h.get(POD, "web-1").await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn every_call_is_remembered_with_its_context_and_input() {
    let (h, pods) = connected().await;
    h.create(POD, json!({"id": "web-1"}))
        .in_namespace("a")
        .await;
    let call = pods.last(StubOperation::Create);
    assert_eq!(
        call.input,
        json!({"input": {"id": "web-1"}, "namespace": "a"})
    );
    assert_eq!(call.meta.as_ref().unwrap().key(), POD);
    assert_eq!(call.client, Some(1));
    assert_eq!(call.connection_id(), "dev");
    let text = sync_failure(|| pods.last(StubOperation::Delete));
    assert_eq!(text, "the stub got no call of Delete");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn objects_are_ordered_paged_and_filtered() {
    let (h, pods) = connected().await;
    for (id, rank) in [
        ("a", json!(2)),
        ("b", json!(null)),
        ("c", json!(10)),
        ("d", json!(2)),
    ] {
        pods.insert(json!({"id": id, "rank": rank}));
    }
    let ids = |objects: Vec<serde_json::Value>| -> String {
        objects
            .iter()
            .map(|object| object["id"].as_str().unwrap())
            .collect()
    };
    let ascending = h.list(POD, ListInput::all().order_by("rank")).await;
    assert_eq!(ids(ascending.json()), "adcb");
    let descending = h
        .list(POD, ListInput::all().order_by_descending("rank"))
        .await;
    assert_eq!(ids(descending.json()), "bcad");
    let page = h.list(POD, ListInput::all().page(2, 3)).await;
    assert_eq!(
        (ids(page.json()), page.total_count, page.next_cursor),
        ("d".to_owned(), 4, None)
    );
    let first = h.list(POD, ListInput::all().page_size(3)).await;
    let cursor = first.next_cursor.unwrap();
    let rest = h
        .list(POD, ListInput::all().page_size(3).cursor(cursor))
        .await;
    assert_eq!(ids(rest.json()), "d");
    h.list(POD, ListInput::all().cursor("x"))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    h.shutdown().await;

    let (unfiltered, _) = Stub::resource(POD)
        .objects([json!({"id": "a", "x": 1}), json!({"id": "b"})])
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(unfiltered);
    let h = Harness::mount(config);
    h.connect("dev").await;
    let found = h
        .find(
            POD,
            FindInput::all().filter(FilterPredicate::not_exists("x")),
        )
        .await;
    assert_eq!(ids(found.json()), "b");
    let input = FindInput::all().filter(FilterPredicate::new("x", "gt".into(), 0));
    h.find(POD, input)
        .expect_error(ErrorCode::Unsupported)
        .await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_created_on_one_connection_is_on_no_other() {
    let (h, pods) = connected().await;
    h.connect("prod").await;
    h.create(POD, json!({"id": "web-1"})).on("dev").await;
    h.create(POD, json!({"id": "web-1"}))
        .on("dev")
        .expect_error(ErrorCode::AlreadyExists)
        .await;
    h.get(POD, "web-1")
        .on("prod")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.wait_for(added("web-1").on("dev")).await;
    h.nothing_for(Duration::from_secs(1)).on("prod").await;
    pods.insert(json!({"id": "shared"}));
    h.wait_for(added("shared").on("dev")).await;
    h.wait_for(added("shared").on("prod")).await;
    assert_eq!(pods.objects("prod").len(), 1);
    assert_eq!(pods.objects("dev").len(), 2);
    h.delete(POD, "shared").on("prod").await;
    h.wait_for(deleted("shared").on("dev")).await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_object_without_an_id_is_refused() {
    let (h, pods) = connected().await;
    h.create(POD, json!({"name": "web-1"}))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    h.create(POD, json!([]))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    let text = sync_failure(|| pods.insert(json!({"name": "x"})).calls(StubOperation::Get));
    assert_eq!(
        text,
        r#"an object of a stub is a JSON object with a text "id", found {"name":"x"}"#
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn attempts_of_a_watch_follow_their_scripts() {
    use WatchState::{Error, Synced, Syncing};

    let plugin = stub_plugin();
    let error = || ResourceOperationError::new(ErrorCode::Unavailable, "gone");
    plugin.pods.insert(json!({"id": "web-1"})).next_watches([
        WatchScript::Fail(error()),
        WatchScript::Panic("boom".to_owned()),
        WatchScript::SyncThenFail(error()),
        WatchScript::Follow,
    ]);
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    h.wait_for(state(POD, Synced)).times(2).await;
    plugin.pods.break_watches(error());
    h.wait_for(state(POD, Synced)).times(3).await;
    h.recording().of(POD).assert_adds(3).assert_states(&[
        Syncing, Error, Syncing, Error, Syncing, Synced, Error, Syncing, Synced, Error, Syncing,
        Synced,
    ]);
    assert_eq!(plugin.pods.calls(StubOperation::Watch), 5);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_is_refused_ends_early_or_never_syncs_as_scripted() {
    let plugin = stub_plugin();
    plugin
        .pods
        .next_watches([WatchScript::Forbidden, WatchScript::ReturnEarly]);
    plugin.pods.always_watch(WatchScript::NeverSync);
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    let refused = h.wait_for(state(POD, WatchState::Forbidden)).await;
    assert!(
        refused
            .to_string()
            .contains("FORBIDDEN FORBIDDEN: the stub refuses"),
        "{refused}"
    );
    h.ensure_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Stopped)).await;
    let mark = h.mark();
    h.ensure_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Syncing))
        .since(mark)
        .await;
    h.nothing_for(Duration::from_secs(60)).await;
    h.shutdown().await;
}

/// Contract: SCP-02
#[tokio::test(start_paused = true)]
async fn a_watch_keeps_to_its_scope() {
    let connections = StubConnections::new(["dev"]).scope(ConnectionScope::explicit(["a"]));
    let (pods, control) = Stub::resource(POD)
        .watchable()
        .objects([
            json!({"id": "1", "namespace": "a"}),
            json!({"id": "2", "namespace": "b"}),
        ])
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    control.insert(json!({"id": "3", "namespace": "b"}));
    control.insert(json!({"id": "4", "namespace": "a"}));
    h.wait_for(added("4")).await;
    h.recording().assert_adds(2);
    let scope = control
        .last(StubOperation::Watch)
        .context
        .watch_scope()
        .cloned();
    assert_eq!(scope.unwrap().partitions, ["a"]);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_action_is_executed_by_its_handler() {
    let (pods, _) = Stub::resource(POD)
        .action(ActionDescriptor::new("scale", "Scale"), |input| {
            let replicas = input.params.get("replicas").cloned();
            let replicas = replicas.ok_or(StubError("no replicas".to_owned()))?;
            Ok(ActionResult::new("scaled").with_data("replicas", replicas))
        })
        .error_classifier(|error| {
            let error = error.downcast_ref::<StubError>()?;
            Some(ResourceOperationError::invalid_input(error.0.clone()))
        })
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect("dev").await;
    let input = ActionInput::new("web-1");
    let scaled = h
        .execute_action(POD, "scale", input.clone().param("replicas", 3))
        .await;
    assert_eq!(scaled.data["replicas"], 3);
    let refused = h.execute_action(POD, "scale", input);
    refused.expect_error(ErrorCode::InvalidInput).await;
    h.shutdown().await;
}

#[test]
fn a_stub_of_a_malformed_key_is_refused() {
    assert_eq!(
        sync_failure(|| Stub::resource("Pod")),
        r#"a stub needs a key: resource key "Pod" is not of the form group::version::kind"#
    );
}
