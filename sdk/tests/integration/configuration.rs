//! What follows from the configuration: which code is called, and what it is told.

use std::{
    env,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use omniview_plugintest::{
    Harness, state,
    stub::{
        Fault, Stub, StubCall, StubClient, StubConnections, StubError, StubOperation, WatchScript,
        stub_plugin,
    },
};
use omniview_sdk::*;
use serde_json::json;

const POD: &str = "core::v1::Pod";

type Config = ResourcePluginConfig<StubClient>;

fn config() -> Config {
    Config::new("stub").connections(StubConnections::new(["dev"]).registration())
}

/// Set for the run of a test in a process of its own.
const ALONE: &str = "OMNIVIEW_TEST_ALONE";

/// Contract: CFG-05
#[test]
fn nothing_is_printed_where_nobody_subscribes_to_the_log() {
    if env::var_os(ALONE).is_some() {
        return warn_of_something();
    }
    let name = "configuration::nothing_is_printed_where_nobody_subscribes_to_the_log";
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--quiet"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{printed}");
    assert!(printed.contains("1 passed"), "{printed}");
    // What is left is the test runner's own.
    let lines: Vec<_> = printed.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
}

/// Makes the SDK warn, without anybody to hear it.
fn warn_of_something() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let plugin = stub_plugin();
        plugin.pods.next_watches([WatchScript::ReturnEarly]);
        let h = Harness::mount(plugin.config);
        h.connect("dev").await;
        h.wait_for(state(POD, WatchState::Stopped)).await;
        h.shutdown().await;
    });
}

/// Contract: CFG-11
#[tokio::test(start_paused = true)]
async fn without_discovery_there_are_the_static_types_and_no_others() {
    let (pods, _) = Stub::resource(POD).build();
    let (others, _) = Stub::pattern("*").build();
    let h = Harness::mount(config().resource(pods).resource(others));
    h.connect("dev").await;
    let types = h.resource_types("dev").await;
    assert_eq!(
        types.keys().map(ResourceKey::as_str).collect::<Vec<_>>(),
        [POD]
    );
    h.shutdown().await;
}

/// Contract: CFG-12, CFG-13, ERR-03
#[tokio::test(start_paused = true)]
async fn the_classifier_of_a_type_is_asked_before_the_plugins() {
    fn by(
        code: ErrorCode,
    ) -> impl Fn(&(dyn std::error::Error + Send + Sync)) -> Option<ResourceOperationError> {
        move |error| Some(ResourceOperationError::new(code.clone(), error.to_string()))
    }
    struct Plugins;
    impl ErrorClassifier for Plugins {
        fn classify(
            &self,
            error: &(dyn std::error::Error + Send + Sync + 'static),
        ) -> Option<ResourceOperationError> {
            by(ErrorCode::Unavailable)(error)
        }
    }
    for (of_the_type, of_the_plugin, code) in [
        (true, true, ErrorCode::Conflict),
        (true, false, ErrorCode::Conflict),
        (false, true, ErrorCode::Unavailable),
        (false, false, ErrorCode::Internal),
    ] {
        let mut stub = Stub::resource(POD);
        if of_the_type {
            stub = stub.error_classifier(|error| by(ErrorCode::Conflict)(error));
        }
        let (pods, control) = stub.build();
        let mut config = config().resource(pods);
        if of_the_plugin {
            config = config.error_classifier(Plugins);
        }
        let h = Harness::mount(config);
        h.connect("dev").await;
        control.next(StubOperation::Get, Fault::Raw("the disk is full".into()));
        let error = h.get(POD, "web").expect_error(code).await;
        assert_eq!(error.message(), "the disk is full");
        let raw = error.cause().unwrap();
        assert!(raw.downcast_ref::<StubError>().is_some(), "{raw:?}");
        h.shutdown().await;
    }
}

/// Contract: CFG-14, TYP-01, TYP-02, TYP-06
#[tokio::test(start_paused = true)]
async fn declared_groups_are_listed_also_when_they_are_empty() {
    let keys = [
        "core::v1::Pod",
        "core::v1::Node",
        "core::v2::Pod",
        "batch::v1::Job",
    ];
    let config = config()
        .group(ResourceGroup::new("core", "The core"))
        .group(ResourceGroup::new("apps", "Applications"));
    let types = keys.into_iter().map(|key| Stub::resource(key).build().0);
    let h = Harness::mount(types.fold(config, ResourcePluginConfig::resource));
    h.connect("dev").await;
    let groups = h.resource_groups("dev").await;
    let listed: Vec<_> = groups
        .iter()
        .map(|(id, group)| {
            let versions = group.resources.iter().map(|(version, types)| {
                let kinds: Vec<_> = types.iter().map(|meta| meta.kind.as_str()).collect();
                format!("{version}: {}", kinds.join(" "))
            });
            (
                id.as_str(),
                group.name.as_str(),
                versions.collect::<Vec<_>>().join(", "),
            )
        })
        .collect();
    let listed: Vec<_> = listed
        .iter()
        .map(|(id, name, types)| (*id, *name, types.as_str()))
        .collect();
    assert_eq!(listed[0], ("apps", "Applications", ""));
    assert_eq!(listed[2], ("core", "The core", "v1: Node Pod, v2: Pod"));
    assert_eq!((listed[1].0, listed[1].2), ("batch", "v1: Job"));
    for (id, group) in &groups {
        assert_eq!(h.resource_group(id).await, *group);
    }
    h.shutdown().await;
}

/// Contract: CFG-15, CFG-16, SCH-01
#[tokio::test(start_paused = true)]
async fn what_a_connection_provider_can_do_is_used_when_it_is_needed() {
    let schema = EditorSchema {
        uri: "stub://pod".into(),
        ..EditorSchema::default()
    };
    let connections = StubConnections::new(["dev"])
        .schemas([schema.clone()])
        .scope(ConnectionScope::explicit(["a"]));
    let (pods, control) = Stub::resource(POD).watchable().build();
    let config = Config::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.load_connections().await;
    assert_eq!(connections.calls(StubOperation::ResolveScope), 0);
    h.connect("dev").await;
    assert_eq!(connections.calls(StubOperation::ResolveScope), 1);
    h.wait_for(state(POD, WatchState::Synced)).await;
    let scope = control
        .last(StubOperation::Watch)
        .context
        .watch_scope()
        .cloned();
    assert_eq!(scope, Some(WatchScope::new(["a"])));
    assert_eq!(h.editor_schemas("dev").await, [schema]);
    h.shutdown().await;
}

const FOUND: [&str; 2] = ["core::v1::Pod", "apps::v2::Set"];

/// Discovers [`FOUND`], so that they are watched.
struct Found;

#[async_trait]
impl DiscoveryProvider<StubClient> for Found {
    async fn discover(
        &self,
        _: &CallContext,
        _: &Connection,
        _: &Arc<StubClient>,
    ) -> PluginResult<DiscoveredTypes> {
        let found = FOUND.map(|key| key.parse().unwrap());
        Ok(DiscoveredTypes::additional(found))
    }

    async fn on_connection_removed(&self, _: &CallContext, _: &Connection) {}
}

/// Contract: CFG-18, CFG-07
#[tokio::test(start_paused = true)]
async fn a_resourcer_behind_a_pattern_is_told_the_type_in_every_call() {
    use StubOperation as Op;

    let (any, control) = Stub::pattern("*")
        .watchable()
        .filterable(vec![FilterField::new("id", FilterFieldType::String)])
        .searchable()
        .schema(json!({"type": "object"}))
        .actions([ActionDescriptor::new("restart", "Restart").streaming()])
        .resolved_relationships([ResolvedRelationship::default()])
        .health(|_| ResourceHealth::default())
        .events([ResourceEvent::default()])
        .build();
    let h = Harness::mount(config().resource(any).discovery(Found));
    h.connect("dev").await;
    for key in FOUND {
        let before = CALLS.map(|call| control.calls(call));
        h.create(key, json!({"id": key})).await;
        h.get(key, key).await;
        h.list(key, ListInput::all()).await;
        h.find(key, FindInput::all()).await;
        h.find(key, FindInput::all().text("x")).await;
        h.update(key, key, json!({"id": key})).await;
        h.filter_fields(key).await;
        h.resource_schema(key).await;
        h.list_actions(key).await;
        h.execute_action(key, "restart", ActionInput::new(key))
            .await;
        h.action_events(key, "restart", ActionInput::new(key)).await;
        h.resolve_relationships(key, key).await;
        h.assess_health(key, "{}").await;
        h.resource_events(key, key).await;
        h.delete(key, key).await;
        h.wait_for(state(key, WatchState::Synced)).await;
        let told = |call: &StubCall| call.meta.as_ref().map(ResourceMeta::key);
        for (call, before) in CALLS.into_iter().zip(before) {
            let seen = control.seen(call);
            assert!(seen.len() > before, "{call:?} of {key} was not called");
            for call in &seen[before..] {
                assert_eq!(told(call), Some(key.into()), "{:?}", call.operation);
            }
        }
        let watches = control.seen(Op::Watch);
        assert!(watches.iter().any(|call| told(call) == Some(key.into())));
    }
    h.shutdown().await;

    const CALLS: [StubOperation; 15] = [
        Op::Create,
        Op::Get,
        Op::List,
        Op::Find,
        Op::Search,
        Op::Update,
        Op::Delete,
        Op::FilterFields,
        Op::ResourceSchema,
        Op::ListActions,
        Op::ExecuteAction,
        Op::StreamAction,
        Op::ResolveRelationships,
        Op::AssessHealth,
        Op::Events,
    ];
}

/// Contract: CFG-06, CFG-19
#[tokio::test(start_paused = true)]
async fn a_resourcer_of_one_type_is_told_what_it_was_registered_with() {
    let meta = ResourceMeta::new("core", "v1", "Pod")
        .with_label("A pod")
        .with_category("Workloads");
    let (pods, control) = Stub::of(meta.clone()).build();
    let (nodes, others) = Stub::resource("core::v1::Node").build();
    let h = Harness::mount(config().resource(pods).resource(nodes));
    h.connect("dev").await;
    h.list(POD, ListInput::all()).await;
    assert_eq!(control.last(StubOperation::List).meta, Some(meta.clone()));
    assert_eq!(h.resource_type(POD).await, meta);
    assert_eq!(others.calls(StubOperation::List), 0);
    h.shutdown().await;
}

/// Counts how often it is asked.
#[derive(Clone, Default)]
struct Counted(Arc<AtomicUsize>);

impl ScaleHintProvider for Counted {
    fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Some(ScaleHint::new(ScaleLevel::Many))
    }
}

/// Contract: CAP-04, CAP-05
#[tokio::test(start_paused = true)]
async fn what_a_type_can_do_is_computed_once_when_the_controller_is_built() {
    let counted = Counted::default();
    let hint: Arc<dyn ScaleHintProvider> = Arc::new(counted.clone());
    let (pods, _) = Stub::resource(POD).build();
    let pods = pods.map_handles(|handles| ResourceHandles {
        scale_hint: Some(hint),
        ..handles
    });
    let h = Harness::mount(config().resource(pods));
    assert_eq!(counted.0.load(Ordering::SeqCst), 1);
    h.connect("dev").await;
    for _ in 0..3 {
        let can = h.resource_capabilities(POD).await;
        assert_eq!(can.scale_hint, Some(ScaleHint::new(ScaleLevel::Many)));
    }
    assert_eq!(counted.0.load(Ordering::SeqCst), 1);
    h.shutdown().await;
}
