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

/// Contract: CFG-17
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
}
