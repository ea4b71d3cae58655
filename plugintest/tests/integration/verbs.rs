//! Every method of the boundary has a verb, and each reaches its method.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness, JsonResult, added,
    stub::{Stub, StubConnections, StubControl, StubOperation, stub_plugin},
};
use omniview_sdk::{
    ActionDescriptor, ActionEventType, ActionInput, CallContext, Connection, ConnectionStatusCode,
    Delivery, EditorSchema, ErrorCode, EventSeverity, FilterField, FilterFieldType,
    FilterPredicate, FindInput, HealthStatus, Json, ListInput, RelationshipDescriptor,
    RelationshipType, ResolvedRelationship, ResourceEvent, ResourceGroup, ResourceHealth,
    ResourcePluginConfig, Session, WatchEvent, WatchEventSink,
};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::support::{POD, connected};

#[derive(Debug, PartialEq, Deserialize)]
struct Pod {
    id: String,
}

#[tokio::test(start_paused = true)]
async fn a_time_out_without_end_is_no_deadline() {
    let (h, pods) = connected().await;
    h.list(POD, ListInput::all())
        .with_timeout(Duration::MAX)
        .await;
    let call = pods.last(StubOperation::List);
    assert_eq!(call.context.deadline(), None);
    h.shutdown().await;
}

/// Contract: PT-01
#[tokio::test(start_paused = true)]
async fn the_operations() {
    let (h, _pods) = connected().await;
    let created = h
        .create(POD, json!({"id": "web-1"}))
        .in_namespace("a")
        .await;
    assert_eq!(created.json(), json!({"id": "web-1", "namespace": "a"}));
    h.create(POD, json!({"id": "web-2"}))
        .in_namespace("b")
        .await;
    let pod: Pod = h.get(POD, "web-1").in_namespace("a").await.to();
    assert_eq!(pod, Pod { id: "web-1".into() });
    let updated = h.update(POD, "web-1", json!({"phase": "Running"})).await;
    assert_eq!(updated.json()["phase"], "Running");

    let all = h.list(POD, ListInput::all()).await;
    assert_eq!(all.to::<Pod>().len(), 2);
    let some = h.list(POD, ListInput::all()).in_namespace("b").await;
    assert_eq!(some.json()[0]["id"], "web-2");
    let running = FindInput::all().filter(FilterPredicate::eq("phase", "Running"));
    assert_eq!(
        h.find(POD, running).await.to::<Pod>(),
        [Pod { id: "web-1".into() }]
    );
    let found = h.find(POD, FindInput::all().text("web-2")).await;
    assert_eq!(found.to::<Pod>(), [Pod { id: "web-2".into() }]);

    let deleted = h.delete(POD, "web-1").grace_period_seconds(0).await;
    assert_eq!(deleted.to::<Pod>(), Some(Pod { id: "web-1".into() }));
    h.shutdown().await;
}

/// Contract: PT-01
#[tokio::test(start_paused = true)]
async fn the_life_of_connections() {
    let connections = StubConnections::new(["dev", "prod"])
        .watchable()
        .refreshable()
        .namespaces(["a", "b"])
        .schemas([EditorSchema {
            uri: "stub://pod".into(),
            ..EditorSchema::default()
        }]);
    let (pods, _) = Stub::resource(POD).build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    assert_eq!(h.load_connections().await.len(), 2);
    assert!(h.connect("dev").await.is_connected());
    assert!(h.check_connection("dev").await.is_connected());
    assert_eq!(h.list_connections().await.len(), 2);
    let prod = h.get_connection("prod").await;
    assert_eq!(prod.status, ConnectionStatusCode::Disconnected);
    assert_eq!(
        h.get_connection_namespaces("dev").await.unwrap(),
        ["a", "b"]
    );
    assert_eq!(h.editor_schemas("dev").await[0].uri, "stub://pod");
    h.refresh_connection("dev").await;
    assert_eq!(connections.calls(StubOperation::RefreshClient), 1);

    let token = CancellationToken::new();
    let mut changes = h.watch_connections().with_cancellation(token.clone()).await;
    connections.put(Connection {
        id: "staging".into(),
        ..Connection::default()
    });
    assert_eq!(changes.next().await.unwrap().len(), 3);
    token.cancel();
    assert!(changes.next().await.is_none());

    let dev = Connection {
        name: "Development".into(),
        ..Connection::clone(prod.connection.as_deref().unwrap())
    };
    h.update_connection(dev).await;
    assert_eq!(&*h.disconnect("dev").await.id, "dev");
    h.stop_connection("dev")
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.delete_connection("prod").await;
    h.get_connection("prod")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

struct Forward(mpsc::UnboundedSender<Arc<WatchEvent>>);

impl WatchEventSink for Forward {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let _ = self.0.send(event);
        Delivery::Done
    }
}

/// Contract: PT-01, WAT-10
#[tokio::test(start_paused = true)]
async fn the_watches() {
    let (h, pods) = connected().await;
    h.start_connection_watch("dev").await;
    assert!(h.has_watch("dev").await);
    assert!(h.is_resource_watch_running("dev", POD).await);
    h.stop_resource_watch("dev", POD).await;
    assert!(!h.is_resource_watch_running("dev", POD).await);
    h.ensure_resource_watch("dev", POD).await;
    h.restart_resource_watch("dev", POD).await;
    assert!(h.get_watch_state("dev").await.resources.contains_key(POD));

    let (sender, mut second) = mpsc::unbounded_channel();
    let token = CancellationToken::new();
    let listening = h
        .listen_for_events(Arc::new(Forward(sender)))
        .with_cancellation(token.clone());
    let listening = tokio::spawn(listening.attempt());
    // It outlives the time-out of other calls.
    tokio::time::sleep(Duration::from_secs(60)).await;
    pods.insert(json!({"id": "web-1"}));
    assert_eq!(second.recv().await.unwrap().id(), Some("web-1"));
    h.wait_for(added("web-1")).await;
    token.cancel();
    listening.await.unwrap().unwrap();

    h.stop_connection_watch("dev").await;
    assert!(!h.has_watch("dev").await);
    h.shutdown().await;
}

fn everything() -> (
    ResourcePluginConfig<omniview_plugintest::stub::StubClient>,
    StubControl,
) {
    let (pods, control) = Stub::resource(POD)
        .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
        .schema(json!({"type": "object"}))
        .health(|_| ResourceHealth::new(HealthStatus::Degraded))
        .events([ResourceEvent {
            kind: EventSeverity::Warning,
            reason: "BackOff".into(),
            ..ResourceEvent::default()
        }])
        .relationships([RelationshipDescriptor::new(
            RelationshipType::RunsOn,
            "core::v1::Node",
            "runs on",
        )])
        .resolved_relationships([ResolvedRelationship::default()])
        .actions([ActionDescriptor::new("restart", "Restart")])
        .objects([json!({"id": "web-1", "namespace": "a"})])
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .group(ResourceGroup::new("core", "Core"))
        .resource(pods);
    (config, control)
}

/// Contract: PT-01
#[tokio::test(start_paused = true)]
async fn the_types() {
    let (config, _control) = everything();
    let h = Harness::mount(config);
    h.connect("dev").await;
    assert!(h.resource_groups("dev").await.contains_key("core"));
    assert_eq!(h.resource_group("core").await.name, "Core");
    h.resource_group("apps")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert!(h.resource_types("dev").await.contains_key(POD));
    assert_eq!(h.resource_type(POD).await.kind, "Pod");
    assert!(h.has_resource_type(POD).await);
    assert!(!h.has_resource_type("core::v1::Node").await);
    h.resource_definition(POD).await;
    assert!(h.resource_capabilities(POD).await.has_health);
    assert_eq!(
        h.resource_schema(POD).await.unwrap().as_str(),
        r#"{"type":"object"}"#
    );
    assert!(h.filter_fields(POD).await.unwrap().field("phase").is_some());
    h.shutdown().await;
}

/// Contract: PT-01, HLT-02
#[tokio::test(start_paused = true)]
async fn health_relationships_events_and_actions() {
    let (config, control) = everything();
    let h = Harness::mount(config);
    h.connect("dev").await;
    let pod = h.get(POD, "web-1").await;
    let health = h.assess_health(POD, &pod.result).await.unwrap();
    assert_eq!(health.status, HealthStatus::Degraded);
    h.assess_health(POD, json!({"odd": [1]})).await;
    h.assess_health(POD, Json::null()).await;
    h.assess_health(POD, "{not json")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(control.calls(StubOperation::AssessHealth), 3);

    let events = h
        .resource_events(POD, "web-1")
        .in_namespace("a")
        .limit(3)
        .await;
    assert_eq!(events[0].reason, "BackOff");
    let asked = control.last(StubOperation::Events).input;
    assert_eq!(asked, json!({"id": "web-1", "namespace": "a", "limit": 3}));
    h.resource_events(POD, "web-1")
        .limit(-1)
        .expect_error(ErrorCode::InvalidInput)
        .await;

    assert_eq!(h.declared_relationships(POD).await[0].label, "runs on");
    assert_eq!(
        h.resolve_relationships(POD, "web-1")
            .in_namespace("a")
            .await
            .len(),
        1
    );

    assert_eq!(h.list_actions(POD).await[0].id, "restart");
    let input = ActionInput::new("web-1").param("force", true);
    let done = h
        .execute_action(POD, "restart", input.clone())
        .in_namespace("a")
        .await;
    assert_eq!(done.message, "restart is done");
    let asked = control.last(StubOperation::ExecuteAction).input;
    assert_eq!(
        asked["input"],
        json!({"id": "web-1", "namespace": "a", "params": {"force": true}})
    );
    let told = h.action_events(POD, "restart", input.clone()).await;
    let kinds: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["progress", "output", "complete"]);
    let mut stream = h.stream_action(POD, "restart", input).await;
    assert_eq!(stream.next().await.unwrap().kind, ActionEventType::Progress);
    drop(stream);
    h.execute_action(POD, "drain", ActionInput::new("web-1"))
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
}

/// Contract: SES-07
#[tokio::test(start_paused = true)]
async fn a_call_goes_where_its_session_says() {
    let plugin = stub_plugin();
    let pods = plugin.pods;
    let h = Harness::builder(plugin.config)
        .connection("dev")
        .requester("window-1")
        .mount();
    h.connect("dev").await;
    h.connect("prod").await;
    let list = || h.list(POD, ListInput::all());

    list().await;
    let call = pods.last(StubOperation::List);
    assert_eq!(call.connection_id(), "dev");
    assert_eq!(call.context.session().unwrap().requester_id, "window-1");
    assert!(call.context.deadline().is_some());

    list().on("prod").await;
    let call = pods.last(StubOperation::List);
    assert_eq!(call.connection_id(), "prod");
    assert_eq!(call.context.session().unwrap().requester_id, "window-1");

    list()
        .with_session(Session::for_connection("prod").with_requester_id("x"))
        .await;
    let call = pods.last(StubOperation::List);
    assert_eq!(call.context.session().unwrap().requester_id, "x");

    list()
        .without_session()
        .expect_error(ErrorCode::AmbiguousConnection)
        .await;

    let context = CallContext::new().with_session(Session::for_connection("prod"));
    list().with_context(context).await;
    assert_eq!(pods.last(StubOperation::List).context.deadline(), None);

    let token = CancellationToken::new();
    token.cancel();
    list()
        .with_cancellation(token)
        .expect_error(ErrorCode::Cancelled)
        .await;
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_can_run_on_its_own_task() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let tasks: Vec<_> = (0..8)
        .map(|_| tokio::spawn(h.get(POD, "web-1").attempt()))
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().json()["id"], "web-1");
    }
    assert_eq!(pods.calls(StubOperation::Get), 8);
    h.shutdown().await;
}
