<<<<<<< HEAD
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
=======
//! What a configuration must have, and which registration serves which key.

use std::sync::{Arc, Mutex};

use omniview_plugintest::{
    Harness, state,
    stub::{Stub, StubClient, StubConnections, StubOperation, StubResourcer},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::json;

use crate::{
    boundary::{DEV, METHODS, POD},
    equipped::{Side, equipped_serving, on_dev, plugin_calls},
    surveyor::Surveyor,
    yard::{Crane, Yard},
};

const GADGET: &str = "custom::v1::Gadget";

fn config() -> ResourcePluginConfig<StubClient> {
    ResourcePluginConfig::new("stub").connections(StubConnections::new([DEV]).registration())
}

/// A registration whose only object tells its name.
fn named(stub: Stub, name: &str) -> ResourceRegistration<StubClient> {
    stub.objects([json!({"id": "x", "by": name})]).build().0
}

fn refusal(config: ResourcePluginConfig<StubClient>) -> ResourceOperationError {
    let error = build_resource_controller(&CallContext::new(), config)
        .err()
        .unwrap();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    error
}

/// Contract: CFG-01, CFG-02, CFG-04
#[test]
fn a_configuration_without_connections_or_without_resources_is_an_error_and_no_panic() {
    let nothing = refusal(ResourcePluginConfig::new("stub"));
    assert_eq!(
        nothing.message(),
        "the configuration of plugin \"stub\" is not valid: there is no connection provider: call \
         `.connections(…)`; there is neither a type nor a pattern: call `.resource(…)`"
    );
    let resources = named(Stub::resource(POD), "pods");
    let no_connections = ResourcePluginConfig::new("stub").resource(resources.clone());
    assert!(
        refusal(no_connections)
            .message()
            .contains("connection provider")
    );
    assert!(
        refusal(config())
            .message()
            .contains("neither a type nor a pattern")
    );

    for enough in [resources, named(Stub::pattern("*"), "all")] {
        let config = config().resource(enough);
        assert!(build_resource_controller(&CallContext::new(), config).is_ok());
    }
}

/// Contract: CFG-03, CFG-04
#[rstest]
#[case(ResourceMeta::new("", "v1", "Pod"), "::v1::Pod")]
#[case(ResourceMeta::new("core", "", "Pod"), "core::::Pod")]
#[case(ResourceMeta::new("core", "v1", ""), "core::v1::")]
#[case(ResourceMeta::new("core", "v1::beta", "Pod"), "core::v1::beta::Pod")]
fn a_malformed_key_is_refused_with_its_text(#[case] meta: ResourceMeta, #[case] text: &str) {
    let error = refusal(config().resource(named(Stub::of(meta), "x")));
    assert!(error.message().contains(&format!("{text:?}")), "{error}");
}

/// Contract: CFG-03, CFG-06
#[rstest]
#[case(
    Stub::resource(POD),
    Stub::resource(POD),
    "core::v1::Pod is registered twice"
)]
#[case(Stub::pattern("*"), Stub::pattern("*"), "* is registered twice")]
#[case(
    Stub::pattern("a::*::*"),
    Stub::pattern("a::*::*"),
    "a::*::* is registered twice"
)]
fn two_registrations_of_one_key_are_refused_and_the_key_is_named(
    #[case] one: Stub,
    #[case] other: Stub,
    #[case] problem: &str,
) {
    let config = config()
        .resource(named(one, "one"))
        .resource(named(other, "other"));
    assert!(refusal(config).message().ends_with(problem));
}

/// Contract: CFG-06, OPS-01
#[tokio::test(start_paused = true)]
async fn each_key_goes_to_its_own_resourcer() {
    let config = config()
        .resource(named(Stub::resource("a::v1::Thing"), "a1"))
        .resource(named(Stub::resource("a::v2::Thing"), "a2"))
        .resource(named(Stub::resource("b::v1::Thing"), "b1"))
        .resource(named(Stub::resource("a::v1::Other"), "other"));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    for (key, by) in [
        ("a::v1::Thing", "a1"),
        ("a::v2::Thing", "a2"),
        ("b::v1::Thing", "b1"),
        ("a::v1::Other", "other"),
    ] {
        assert_eq!(h.get(key, "x").await.result.to_value().unwrap()["by"], by);
    }
    h.get("b::v2::Thing", "x")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
}

/// Contract: CFG-07, CFG-08
#[tokio::test(start_paused = true)]
async fn an_exact_registration_beats_a_pattern_and_the_more_literal_pattern_the_other() {
    let config = config()
        .resource(named(Stub::pattern("*"), "everything"))
        .resource(named(Stub::pattern("apps::*::*"), "apps"))
        .resource(named(Stub::pattern("*::v1::*"), "v1"))
        .resource(named(Stub::pattern("apps::*::Set"), "sets"))
        .resource(named(Stub::resource("apps::v1::Set"), "exact"));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    for (key, by) in [
        ("apps::v1::Set", "exact"),
        ("apps::v2::Set", "sets"),
        // One literal part each: the smaller text wins.
        ("apps::v1::Other", "v1"),
        ("apps::v2::Other", "apps"),
        ("x::v1::Y", "v1"),
        ("x::v2::Y", "everything"),
    ] {
        let got = h.get(key, "x").await.result.to_value().unwrap();
        assert_eq!(got["by"], by, "{key}");
    }
    h.shutdown().await;
}

/// Contract: CFG-07
#[rstest]
#[case("")]
#[case("Pod")]
#[case("core::Pod")]
#[case("core::v1::")]
#[case("core::::Pod")]
#[case("core::v1::Pod::x")]
#[tokio::test(start_paused = true)]
async fn no_pattern_serves_a_malformed_key(#[case] key: &str) {
    let h = Harness::mount(config().resource(named(Stub::pattern("*"), "everything")));
    h.connect(DEV).await;
    let error = h.get(key, "x").expect_error(ErrorCode::InvalidInput).await;
    assert!(error.message().contains(&format!("{key:?}")), "{error}");
    h.resource_type(key)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    h.resource_definition(key)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert!(!h.has_resource_type(key).await);
    h.shutdown().await;
}

/// Keeps the types that the pure declarations are asked about.
#[derive(Debug, Clone, Default)]
struct Witness(Arc<Mutex<Vec<(&'static str, ResourceMeta)>>>);

impl Witness {
    fn note(&self, what: &'static str, meta: &ResourceMeta) {
        self.0.lock().unwrap().push((what, meta.clone()));
    }

    fn seen(&self, what: &str) -> Vec<ResourceMeta> {
        let seen = self.0.lock().unwrap();
        let about = seen.iter().filter(|(noted, _)| *noted == what);
        about.map(|(_, meta)| meta.clone()).collect()
    }

    /// Lets the witness answer all declarations of a registration.
    fn install(
        &self,
        registration: ResourceRegistration<StubClient>,
    ) -> ResourceRegistration<StubClient> {
        let witness = Arc::new(self.clone());
        registration.map_handles(|handles| ResourceHandles {
            sync_policy: Some(witness.clone()),
            definition: Some(witness.clone()),
            scale_hint: Some(witness.clone()),
            relationships: Some(witness),
            ..handles
        })
    }
}

impl SyncPolicyDeclarer for Witness {
    fn sync_policy(&self, meta: &ResourceMeta) -> SyncPolicy {
        self.note("policy", meta);
        SyncPolicy::OnConnect
    }
}

impl DefinitionProvider for Witness {
    fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition {
        self.note("definition", meta);
        ResourceDefinition::default()
    }
}

impl ScaleHintProvider for Witness {
    fn scale_hint(&self, meta: &ResourceMeta) -> Option<ScaleHint> {
        self.note("hint", meta);
        Some(ScaleHint::new(ScaleLevel::Few))
    }
}

impl RelationshipDeclarer for Witness {
    fn declare_relationships(&self, meta: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        self.note("relationships", meta);
        Vec::new()
    }
}

/// Contract: CFG-18
#[tokio::test(start_paused = true)]
async fn a_pattern_resourcer_is_told_the_concrete_type_in_every_call() {
    let plugin = equipped_serving(Stub::pattern("core::*::*"));
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    let concrete: ResourceMeta = POD.parse().unwrap();
    for call in plugin_calls() {
        if call.side == Side::Resource {
            call.make(&**h.provider(), &on_dev()).await.unwrap();
            let seen = plugin.pods.last(call.operation);
            assert_eq!(seen.meta.as_ref(), Some(&concrete), "{:?}", call.operation);
        }
    }
    h.shutdown().await;
}

/// Contract: CFG-18
#[tokio::test(start_paused = true)]
async fn a_pattern_resourcer_declares_about_the_concrete_type() {
    let witness = Witness::default();
    let found: ResourceMeta = GADGET.parse().unwrap();
    let (pattern, control) = Stub::pattern("*").watchable().build();
    let config = config()
        .resource(witness.install(pattern))
        .discovery(Surveyor::finding(DiscoveredTypes::additional([
            found.clone()
        ])));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.wait_for(state(GADGET, WatchState::Synced)).await;
    h.declared_relationships(GADGET).await;
    h.resource_definition(GADGET).await;
    h.resource_capabilities(GADGET).await;
    for what in ["policy", "definition", "hint", "relationships"] {
        let seen = witness.seen(what);
        assert!(!seen.is_empty(), "{what}");
        assert!(seen.iter().all(|meta| *meta == found), "{what}: {seen:?}");
    }
    assert_eq!(control.last(StubOperation::Watch).meta, Some(found));
    h.shutdown().await;
}

/// Contract: CAP-05
#[tokio::test(start_paused = true)]
async fn the_capabilities_of_a_registered_type_are_derived_once_when_the_plugin_is_built() {
    let witness = Witness::default();
    let (pods, _) = Stub::resource(POD).build();
    let h = Harness::mount(config().resource(witness.install(pods)));
    assert_eq!(witness.seen("hint").len(), 1);
    h.connect(DEV).await;
    for method in METHODS {
        if !matches!(method.name, "listen_for_events" | "delete_connection") {
            let _ = method.call(&**h.provider(), &on_dev()).await;
        }
    }
    h.resource_capabilities(POD).await;
    assert_eq!(witness.seen("hint").len(), 1);
    assert_eq!(witness.seen("definition").len(), 1);
    h.shutdown().await;
}

/// Contract: CFG-19
#[tokio::test(start_paused = true)]
async fn a_static_resourcer_receives_the_meta_that_it_was_registered_with() {
    let meta = ResourceMeta::new("core", "v1", "Pod")
        .with_label("A pod")
        .with_icon("cube")
        .with_description("runs containers")
        .with_category("Workloads");
    let plugin = equipped_serving(Stub::of(meta.clone()));
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    for call in plugin_calls() {
        if call.side == Side::Resource {
            call.make(&**h.provider(), &on_dev()).await.unwrap();
            let seen = plugin.pods.last(call.operation);
            assert_eq!(seen.meta.as_ref(), Some(&meta), "{:?}", call.operation);
        }
    }
    assert_eq!(plugin.pods.last(StubOperation::Watch).meta, Some(meta));
    h.shutdown().await;
}

/// Contract: CFG-09
#[test]
fn the_macro_finds_the_traits_of_a_resourcer_and_the_builder_says_them() {
    let found = register_resource!(
        StubClient,
        POD.parse::<ResourceMeta>().unwrap(),
        StubResourcer::default()
    );
    let handles = found.handles();
    assert!(handles.watcher.is_some() && handles.actions.is_some() && handles.events.is_some());
    assert!(handles.filterable.is_some() && handles.error_classifier.is_some());

    // A yard has a watcher and nothing else.
    let (yard, _outside) = Yard::new(&[]);
    let found = register_resource!(Crane, "port::*::*", yard);
    let handles = found.handles();
    assert!(handles.watcher.is_some());
    assert!(handles.actions.is_none() && handles.events.is_none());
    assert!(handles.filterable.is_none() && handles.error_classifier.is_none());

    let (said, _) = Stub::resource(POD).watchable().build();
    assert!(said.handles().watcher.is_some());
    assert!(said.handles().actions.is_none());
}

/// Contract: CFG-15, CFG-16, CFG-17
#[test]
fn the_optional_traits_of_a_connection_provider_are_there_when_they_are_said() {
    let plain = StubConnections::new([DEV]).registration();
    assert!(plain.watcher.is_none() && plain.refresher.is_none());
    assert!(plain.schemas.is_none() && plain.scope.is_none());
    let full = StubConnections::new([DEV])
        .watchable()
        .refreshable()
        .schemas([])
        .scope(ConnectionScope::all())
        .registration();
    assert!(full.watcher.is_some() && full.refresher.is_some());
    assert!(full.schemas.is_some() && full.scope.is_some());
>>>>>>> clauses
}
