//! A plugin of one's own, broken on purpose.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use insta::assert_snapshot;
use omniview_plugintest::{
    Harness, JsonResult, deleted,
    fault::{Fault, Faults, PluginMethod},
    state,
    stub::{Stub, StubClient, StubConnections, stub_plugin},
};
use omniview_sdk::{
    ActionDescriptor, ActionInput, CallContext, Connection, ConnectionScope, DiscoveredTypes,
    DiscoveryProvider, EditorSchema, ErrorCode, FilterField, FilterFieldType, FindInput,
    HealthStatus, ListInput, PluginResult, ResolvedRelationship, ResourceDefinition, ResourceEvent,
    ResourceHealth, ResourcePluginConfig, ScaleHint, ScaleLevel, SyncPolicy, WatchState,
    async_trait,
};
use serde_json::json;
use tokio::time::Instant;

use crate::support::{POD, failure, sync_failure};

const NODE: &str = "core::v1::Node";

struct NothingMore(Arc<AtomicUsize>);

#[async_trait]
impl DiscoveryProvider<StubClient> for NothingMore {
    async fn discover(
        &self,
        _: &CallContext,
        _: &Connection,
        _: &Arc<StubClient>,
    ) -> PluginResult<DiscoveredTypes> {
        Ok(DiscoveredTypes::default())
    }

    async fn on_connection_removed(&self, _: &CallContext, _: &Connection) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A plugin with every capability, and how many connections its discovery was told are gone.
fn everything() -> (ResourcePluginConfig<StubClient>, Arc<AtomicUsize>) {
    let connections = StubConnections::new(["dev", "prod"])
        .watchable()
        .refreshable()
        .schemas([EditorSchema::default()])
        .scope(ConnectionScope::all());
    let (pods, _) = Stub::resource(POD)
        .watchable()
        .sync_policy(SyncPolicy::OnConnect)
        .definition_provider(ResourceDefinition::default())
        .actions([ActionDescriptor::new("restart", "Restart").streaming()])
        .error_classifier(|_| None)
        .schema(json!({"type": "object"}))
        .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
        .searchable()
        .scale_hint(ScaleHint::new(ScaleLevel::Few))
        .relationships([])
        .resolved_relationships([ResolvedRelationship::default()])
        .health(|_| ResourceHealth::new(HealthStatus::Healthy))
        .events([ResourceEvent::default()])
        .objects([json!({"id": "web-1"})])
        .build();
    let (nodes, _) = Stub::resource(NODE).build();
    let gone = Arc::new(AtomicUsize::new(0));
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods)
        .resource(nodes)
        .discovery(NothingMore(gone.clone()));
    (config, gone)
}

/// A plugin with every capability, wrapped and connected, and the hand on it.
async fn wrapped() -> (Harness, Faults) {
    let faults = Faults::new();
    let h = Harness::mount(faults.wrap(everything().0));
    h.connect("dev").await;
    (h, faults)
}

#[tokio::test(start_paused = true)]
async fn a_wrapped_plugin_can_do_what_it_could_before_and_nothing_else() {
    let (own, _) = everything();
    let (wrapped, _) = everything();
    let wrapped = Faults::new().wrap(wrapped);
    assert_eq!(
        format!("{:?}", own.connections),
        format!("{:?}", wrapped.connections)
    );
    for (own, wrapped) in own.resources.iter().zip(&wrapped.resources) {
        assert_eq!(format!("{own:?}"), format!("{wrapped:?}"));
    }

    let (h, _) = (Harness::mount(own), ());
    let (broken, _faults) = self::wrapped().await;
    h.connect("dev").await;
    for key in [POD, NODE] {
        assert_eq!(
            h.resource_capabilities(key).await,
            broken.resource_capabilities(key).await
        );
    }
    assert_eq!(
        h.get(POD, "web-1").await.json(),
        broken.get(POD, "web-1").await.json()
    );
    h.shutdown().await;
    broken.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_is_refused_fails_hangs_is_slow_or_panics_as_it_was_planned() {
    let (h, faults) = wrapped().await;
    let get = || h.get(POD, "web-1");

    faults.next(PluginMethod::Get, Fault::refused(ErrorCode::Forbidden));
    let error = get().expect_error(ErrorCode::Forbidden).await;
    assert_eq!(
        error.message(),
        "a fault of the test: refused with FORBIDDEN"
    );

    faults.next(PluginMethod::Get, Fault::failed("http 502"));
    let error = get().expect_error(ErrorCode::Internal).await;
    assert!(error.message().contains("http 502"), "{error}");

    faults.next(PluginMethod::Get, Fault::Panic("index out of range".into()));
    let error = get().expect_error(ErrorCode::Internal).await;
    assert!(error.message().contains("index out of range"), "{error}");

    faults.next(PluginMethod::Get, Fault::Hang);
    get().expect_error(ErrorCode::Timeout).await;

    faults.next(PluginMethod::Get, Fault::Delay(Duration::from_secs(3)));
    let begun = Instant::now();
    get().await;
    assert_eq!(begun.elapsed(), Duration::from_secs(3));

    get().await;
    assert_eq!(faults.calls(PluginMethod::Get), 6);
    let call = faults.last(PluginMethod::Get);
    assert_eq!(call.input["id"], "web-1");
    assert_eq!(call.key().unwrap(), POD);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_planned_for_some_calls_comes_before_what_is_planned_for_all() {
    let (h, faults) = wrapped().await;
    let list = || h.list(POD, ListInput::all());
    faults
        .always(PluginMethod::List, Fault::refused(ErrorCode::Unavailable))
        .next_times(PluginMethod::List, 2, Fault::refused(ErrorCode::Conflict));
    list().expect_error(ErrorCode::Conflict).await;
    list().expect_error(ErrorCode::Conflict).await;
    list().expect_error(ErrorCode::Unavailable).await;
    faults.always(PluginMethod::List, Fault::refused(ErrorCode::Internal));
    list().expect_error(ErrorCode::Internal).await;
    faults.heal(PluginMethod::List);
    list().await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_fault_can_be_limited_to_a_type_and_to_a_connection() {
    let (h, faults) = wrapped().await;
    h.connect("prod").await;
    let only = faults.of(POD).on("prod");
    only.always(PluginMethod::List, Fault::refused(ErrorCode::Unavailable));
    h.list(POD, ListInput::all()).on("dev").await;
    h.list(NODE, ListInput::all()).on("prod").await;
    h.list(POD, ListInput::all())
        .on("prod")
        .expect_error(ErrorCode::Unavailable)
        .await;
    assert_eq!(only.calls(PluginMethod::List), 1);
    assert_eq!(faults.of(POD).calls(PluginMethod::List), 2);
    assert_eq!(faults.calls(PluginMethod::List), 3);

    // What one hand planned another leaves alone, unless that is a hand on everything.
    faults.on("dev").heal_all();
    h.list(POD, ListInput::all())
        .on("prod")
        .expect_error(ErrorCode::Unavailable)
        .await;
    faults.heal_all();
    h.list(POD, ListInput::all()).on("prod").await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_malformed_answer_has_the_number_of_objects_that_it_had() {
    let (h, faults) = wrapped().await;
    for method in [PluginMethod::Get, PluginMethod::List, PluginMethod::Delete] {
        faults.next(method, Fault::Malformed);
    }
    assert_eq!(h.get(POD, "web-1").await.json(), "malformed");
    let listed = h.list(POD, ListInput::all()).await;
    assert_eq!(listed.json(), ["malformed"]);
    assert_eq!(h.delete(POD, "web-1").await.json().unwrap(), "malformed");

    h.wait_for(deleted("web-1")).await;
    faults.next(PluginMethod::Watch, Fault::Malformed);
    let mark = h.mark();
    h.restart_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;
    let told = h.recording().since(mark).objects();
    assert_eq!(
        told.iter().next().unwrap().event.data().unwrap().as_str(),
        "\"malformed\""
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_running_watch_fails_on_one_connection_and_is_tried_again() {
    let (h, faults) = wrapped().await;
    h.connect("prod").await;
    for connection in ["dev", "prod"] {
        h.wait_for(state(POD, WatchState::Synced).on(connection))
            .await;
    }
    let mark = h.mark();
    faults
        .on("dev")
        .break_watches(Fault::failed("connection reset"));
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;
    assert_snapshot!(h.recording().since(mark), @r"
    dev core::v1::Pod ERROR INTERNAL: connection reset
    dev core::v1::Pod SYNCING
    dev core::v1::Pod ADD web-1
    dev core::v1::Pod SYNCED (1)
    ");
    h.nothing_for(Duration::from_secs(60)).await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_is_refused_for_good_panics_or_never_syncs() {
    let (h, faults) = wrapped().await;
    faults.next(PluginMethod::Watch, Fault::refused(ErrorCode::Forbidden));
    let mark = h.mark();
    h.restart_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Forbidden))
        .since(mark)
        .await;

    faults.next(PluginMethod::Watch, Fault::Panic("boom".into()));
    let mark = h.mark();
    h.restart_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Error)).since(mark).await;
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;

    faults.next(PluginMethod::Watch, Fault::Hang);
    let mark = h.mark();
    h.restart_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Syncing))
        .since(mark)
        .await;
    h.nothing_for(Duration::from_secs(60)).await;
    assert!(h.is_resource_watch_running("dev", POD).await);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn every_method_of_a_plugin_can_be_made_to_fail() {
    let (h, faults) = wrapped().await;
    macro_rules! refused {
        ($($method:ident: $call:expr,)*) => {$(
            faults.next(PluginMethod::$method, Fault::refused(ErrorCode::Conflict));
            $call.expect_error(ErrorCode::Conflict).await;
            assert!(faults.calls(PluginMethod::$method) > 0);
        )*};
    }
    refused! {
        Get: h.get(POD, "web-1"),
        List: h.list(POD, ListInput::all()),
        Find: h.find(POD, FindInput::all()),
        Create: h.create(POD, json!({"id": "web-2"})),
        Update: h.update(POD, "web-1", json!({})),
        Delete: h.delete(POD, "web-1"),
        ListActions: h.list_actions(POD),
        ExecuteAction: h.execute_action(POD, "restart", ActionInput::new("web-1")),
        ResourceSchema: h.resource_schema(POD),
        FilterFields: h.filter_fields(POD),
        Search: h.find(POD, FindInput::all().text("web")),
        ResolveRelationships: h.resolve_relationships(POD, "web-1"),
        AssessHealth: h.assess_health(POD, json!({})),
        Events: h.resource_events(POD, "web-1"),
        LoadConnections: h.load_connections(),
        CreateClient: h.connect("prod"),
        CheckConnection: h.check_connection("dev"),
        GetNamespaces: h.get_connection_namespaces("dev"),
        RefreshClient: h.refresh_connection("dev"),
        EditorSchemas: h.editor_schemas("dev"),
    }

    // What fails without an error for the caller.
    faults.next(
        PluginMethod::StreamAction,
        Fault::refused(ErrorCode::Conflict),
    );
    let told = h
        .action_events(POD, "restart", ActionInput::new("web-1"))
        .await;
    assert_eq!(told.last().unwrap().kind.as_str(), "error");
    for (method, count) in [
        (PluginMethod::ResolveScope, 1),
        (PluginMethod::Discover, 1),
        (PluginMethod::DestroyClient, 0),
    ] {
        assert_eq!(faults.on("dev").calls(method), count, "{method:?}");
    }
    let fault = Fault::refused(ErrorCode::Conflict);
    faults.next(PluginMethod::DestroyClient, fault);
    h.shutdown().await;
    assert_eq!(faults.on("dev").calls(PluginMethod::DestroyClient), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_the_configuration_can_fail_and_its_stream_goes_on() {
    let plugin = stub_plugin();
    let faults = Faults::new();
    faults.next(PluginMethod::WatchConnections, Fault::failed("disk full"));
    let h = Harness::mount(faults.wrap(plugin.config));
    h.load_connections().await;
    let mut changes = h.watch_connections().await;
    plugin.connections.remove("prod");
    assert_eq!(changes.next().await.unwrap().len(), 1);
    assert_eq!(faults.calls(PluginMethod::WatchConnections), 1);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn discovery_is_told_of_a_connection_that_is_gone_through_the_wrapper() {
    let (config, gone) = everything();
    let faults = Faults::new();
    faults.always(PluginMethod::Discover, Fault::Panic("no".into()));
    let h = Harness::mount(faults.wrap(config));
    h.connect("dev").await;
    h.delete_connection("dev").await;
    assert_eq!(gone.load(Ordering::Relaxed), 1);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_refused_says_so() {
    let plugin = stub_plugin();
    let faults = Faults::new();
    faults.next(
        PluginMethod::CreateClient,
        Fault::refused(ErrorCode::Unauthorized),
    );
    let h = Harness::mount(faults.wrap(plugin.config));
    assert_snapshot!(failure(h.connect("dev")).await, @r#"
    `start_connection` on connection "dev" failed with UNAUTHORIZED
      message: a fault of the test: refused with UNAUTHORIZED
      fault: Backend
      at plugintest/tests/integration/faults.rs
    "#);
    h.connect("dev").await;
    h.shutdown().await;
}

#[test]
fn what_is_asked_of_faults_wrongly_is_told() {
    let faults = Faults::new();
    assert_snapshot!(sync_failure(|| drop(faults.break_watches(Fault::Hang).clone())), @"a running watch can be made to fail, and not to Hang: plan that with `next(PluginMethod::Watch, …)`, and restart the watch");
    assert_snapshot!(sync_failure(|| faults.last(PluginMethod::Get)), @"the plugin got no call of Get");
}
