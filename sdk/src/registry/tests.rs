//! Which registration serves a key, and what is known of the type.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use rstest::rstest;

use super::*;
use crate::{
    ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, Context, CreateInput,
    CreateResult, DeleteInput, DeleteResult, ErrorCode, EventRetriever, FilterFields,
    FilterableProvider, FindInput, FindResult, GetInput, GetResult, HealthAssessor, Json,
    ListInput, ListResult, PluginResult, RelationshipDeclarer, RelationshipDescriptor,
    ResourceEvent, ResourceHealth, ResourceRegistrationBuilder, ResourceSchemaProvider, Resourcer,
    ScaleHintProvider, ScaleLevel, SyncPolicyDeclarer, TextSearchProvider, UpdateInput,
    UpdateResult, WatchSink, Watcher,
};

/// Contract: CFG-07, CFG-08
#[rstest]
#[case("core::v1::Pod", "exact")]
#[case("core::v1::Node", "core::v1::*")]
#[case("core::v2::Node", "core::*::*")]
#[case("apps::v1::Pod", "*::*::Pod")]
#[case("core::v2::Pod", "*::*::Pod")]
#[case("apps::v1::Job", "*")]
fn the_most_exact_registration_serves_a_key(#[case] key: &str, #[case] by: &str) {
    // Of two patterns with as many literal parts, the smaller text wins: `*` sorts before letters.
    let patterns = ["*", "core::*::*", "*::*::Pod", "core::v1::*"];
    let exact = named(ResourceRegistration::builder(pod(), Able), "exact");
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut registrations: Vec<_> = order
            .map(|index| {
                named(
                    ResourceRegistration::pattern(patterns[index], Able),
                    patterns[index],
                )
            })
            .into();
        registrations.insert(2, exact.clone());
        let registry = registry(registrations);
        let served = registry.resolve(&key.into()).unwrap();
        assert_eq!(served.definition.id_accessor, by, "in the order {order:?}");
        assert_eq!(served.subject.key, key);
        assert_eq!(served.subject.meta.key(), key);
    }
}

/// Contract: CFG-07
#[rstest]
#[case("")]
#[case("Pod")]
#[case("core::v1")]
#[case("core::v1::")]
#[case("core::v1::Pod::x")]
fn a_malformed_key_is_invalid_even_under_a_pattern_for_everything(#[case] key: &str) {
    let registry = registry(vec![ResourceRegistration::pattern("*", Able).build()]);
    let error = registry.resolve(&key.into()).map(drop).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert_eq!(error.key().unwrap(), key);
    assert_eq!(
        error.message(),
        format!("resource key {key:?} is not of the form group::version::kind")
    );
    assert_eq!(
        error.suggestions(),
        ["write the key as group::version::kind"]
    );
}

/// Contract: OPS-02
#[test]
fn an_unknown_key_is_not_found_and_names_the_nearest_type() {
    let registry = registry(vec![
        ResourceRegistration::builder(ResourceMeta::new("apps", "v1", "Deployment"), Able).build(),
        ResourceRegistration::builder(pod(), Able).build(),
        ResourceRegistration::pattern("batch::*::*", Able).build(),
    ]);
    let error = registry
        .resolve(&"core::v1::Pud".into())
        .map(drop)
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::NotFound);
    assert_eq!(error.key().unwrap(), "core::v1::Pud");
    assert_eq!(
        error.message(),
        "resource type core::v1::Pud is not known to this plugin"
    );
    assert_eq!(error.suggestions(), ["the nearest type is core::v1::Pod"]);
}

#[test]
fn an_unknown_key_of_a_plugin_without_static_types_suggests_nothing() {
    let registry = registry(vec![
        ResourceRegistration::pattern("batch::*::*", Able).build(),
    ]);
    let error = registry
        .resolve(&"core::v1::Pod".into())
        .map(drop)
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::NotFound);
    assert!(error.suggestions().is_empty());
}

/// Contract: CFG-10
#[rstest]
#[case::the_provider_first(true, Some("registered"), Some("default"), "provided for Pod")]
#[case::then_the_registration(false, Some("registered"), Some("default"), "registered")]
#[case::then_the_default(false, None, Some("default"), "default")]
#[case::nothing_at_last(false, None, None, "")]
fn a_definition_comes_from_the_first_that_has_one(
    #[case] provided: bool,
    #[case] registered: Option<&str>,
    #[case] default: Option<&str>,
    #[case] expected: &str,
) {
    // What holds for a type holds for a key that a pattern serves.
    for target in [ResourceTarget::from(pod()), ResourceTarget::from("*")] {
        let mut builder = ResourceRegistration::shared(target.clone(), Arc::new(Able));
        if provided {
            builder = builder.definition_provider();
        }
        if let Some(text) = registered {
            builder = builder.definition(definition(text));
        }
        let registry = Registry::new(vec![builder.build()], default.map(definition), None);
        let served = registry.resolve(&pod().key()).unwrap();
        assert_eq!(served.definition.id_accessor, expected, "for {target}");
    }
}

#[test]
fn a_definition_provider_that_panics_leaves_the_registered_definition() {
    struct Panics;
    impl DefinitionProvider for Panics {
        fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
            panic!("planted")
        }
    }
    let registration =
        named(ResourceRegistration::builder(pod(), Able), "registered").map_handles(|handles| {
            ResourceHandles {
                definition: Some(Arc::new(Panics)),
                ..handles
            }
        });
    let registry = registry(vec![registration]);
    let served = registry.resolve(&pod().key()).unwrap();
    assert_eq!(served.definition.id_accessor, "registered");
}

#[test]
fn a_discovered_type_keeps_its_description_unless_it_is_registered() {
    let registry = registry(vec![
        ResourceRegistration::builder(pod(), Able).build(),
        ResourceRegistration::pattern("apps::*::*", Able).build(),
    ]);
    let label = |meta: ResourceMeta| {
        registry
            .resolve_meta(&meta.with_label("Found"))
            .map(|served| served.subject.meta.label.clone())
    };
    assert_eq!(label(pod()).as_deref(), Some("Pod"));
    let job = ResourceMeta::new("apps", "v1", "Job");
    assert_eq!(label(job).as_deref(), Some("Found"));
    assert_eq!(label(ResourceMeta::new("batch", "v1", "Job")), None);
}

/// Contract: CAP-05
#[test]
fn a_type_behind_a_pattern_is_described_by_the_plugin_once() {
    struct Counts(AtomicUsize);
    impl DefinitionProvider for Counts {
        fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            definition(&format!("{} {asked}", meta.kind))
        }
    }
    let counts = Arc::new(Counts(AtomicUsize::new(0)));
    let registration = ResourceRegistration::pattern("*", Able)
        .build()
        .map_handles(|handles| ResourceHandles {
            definition: Some(counts.clone()),
            ..handles
        });
    let registry = registry(vec![registration]);
    let job = ResourceMeta::new("batch", "v1", "Job");
    let described = |served: Arc<ServedType<()>>| served.definition.id_accessor.clone();
    for _ in 0..3 {
        assert_eq!(
            described(registry.resolve(&pod().key()).unwrap().into_owned()),
            "Pod 0"
        );
        let found = registry.resolve_meta(&job.clone().with_label("Found"));
        assert_eq!(described(found.unwrap()), "Job 1");
        let found = registry.resolve_meta(&job).unwrap();
        assert_eq!(
            found.subject.meta.label, "Job",
            "each is told what it was asked with"
        );
        registry.resolve(&"core::v1".into()).map(drop).unwrap_err();
    }
    for number in 0..REMEMBERED + 10 {
        registry
            .resolve(&format!("g::v1::K{number}").into())
            .unwrap();
    }
    assert_eq!(registry.behind_patterns.read().unwrap().len(), REMEMBERED);
    assert_eq!(
        described(registry.resolve(&pod().key()).unwrap().into_owned()),
        "Pod 0"
    );
}

/// Contract: CFG-09, CAP-01, CAP-02, CAP-03, CAP-04
#[test]
fn a_capability_is_there_exactly_when_its_handle_is() {
    /// Takes a handle away, and the flag that goes with it.
    type Without = fn(&mut ResourceHandles<()>, &mut ResourceCapabilities);
    let cases: [Without; 11] = [
        |_, _| (),
        |handles, flags| (handles.watcher, flags.watchable) = (None, false),
        |handles, flags| (handles.filterable, flags.filterable) = (None, false),
        |handles, flags| (handles.text_search, flags.searchable) = (None, false),
        |handles, flags| (handles.actions, flags.has_actions) = (None, false),
        |handles, flags| (handles.schema, flags.has_schema) = (None, false),
        |handles, flags| (handles.relationships, flags.has_relationships) = (None, false),
        |handles, flags| (handles.health, flags.has_health) = (None, false),
        |handles, flags| (handles.events, flags.has_events) = (None, false),
        |handles, flags| (handles.scale_hint, flags.scale_hint) = (None, None),
        |handles, flags| (handles.definition, flags.namespace_scoped) = (None, false),
    ];
    for without in cases {
        let mut expected = ResourceCapabilities {
            can_get: true,
            can_list: true,
            can_find: true,
            can_create: true,
            can_update: true,
            can_delete: true,
            watchable: true,
            filterable: true,
            searchable: true,
            has_actions: true,
            has_schema: true,
            namespace_scoped: true,
            has_relationships: true,
            has_health: true,
            has_events: true,
            scale_hint: Some(ScaleHint::new(ScaleLevel::Few)),
        };
        let registration = register_everything().map_handles(|mut handles| {
            without(&mut handles, &mut expected);
            handles
        });
        let registry = registry(vec![registration]);
        let served = registry.resolve(&pod().key()).unwrap();
        assert_eq!(served.capabilities, expected);
    }
}

/// Contract: WAT-04
#[test]
fn a_type_syncs_on_connect_unless_it_says_otherwise() {
    struct Panics;
    impl SyncPolicyDeclarer for Panics {
        fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
            panic!("planted")
        }
    }
    let policy = |declarer: Option<Arc<dyn SyncPolicyDeclarer>>| {
        let registration = register_everything().map_handles(|handles| ResourceHandles {
            sync_policy: declarer,
            ..handles
        });
        let registry = registry(vec![registration]);
        let served = registry.resolve(&pod().key()).unwrap();
        served.sync_policy()
    };
    assert_eq!(policy(None), SyncPolicy::OnConnect);
    assert_eq!(policy(Some(Arc::new(Able))), SyncPolicy::Never);
    assert_eq!(policy(Some(Arc::new(Panics))), SyncPolicy::OnConnect);
}

fn registry(registrations: Vec<ResourceRegistration<()>>) -> Registry<()> {
    Registry::new(registrations, None, None)
}

fn pod() -> ResourceMeta {
    ResourceMeta::new("core", "v1", "Pod")
}

/// A definition that tells where it comes from.
fn definition(text: &str) -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: text.to_owned(),
        ..ResourceDefinition::default()
    }
}

/// A registration that can be told by its definition.
fn named(builder: ResourceRegistrationBuilder<(), Able>, name: &str) -> ResourceRegistration<()> {
    builder.definition(definition(name)).build()
}

fn register_everything() -> ResourceRegistration<()> {
    crate::register_resource!((), pod(), Able)
}

/// Can do everything; a registration says how much of it counts. Only what is pure is ever called here.
struct Able;

impl DefinitionProvider for Able {
    fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition {
        ResourceDefinition {
            namespace_accessor: "namespace".to_owned(),
            ..definition(&format!("provided for {}", meta.kind))
        }
    }
}

impl ScaleHintProvider for Able {
    fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> {
        Some(ScaleHint::new(ScaleLevel::Few))
    }
}

impl SyncPolicyDeclarer for Able {
    fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
        SyncPolicy::Never
    }
}

impl RelationshipDeclarer for Able {
    fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        unreachable!()
    }
}

macro_rules! never_called {
    ($($bound:path { $($method:ident($($arg:ty),*) -> $answer:ty;)+ })+) => {
        $(#[async_trait]
        impl $bound for Able {
            $(async fn $method(&self, _: &Context<()>, $(_: $arg),*) -> PluginResult<$answer> {
                unreachable!()
            })+
        })+
    };
}

never_called! {
    Resourcer<()> {
        get(GetInput) -> GetResult;
        list(ListInput) -> ListResult;
        find(FindInput) -> FindResult;
        create(CreateInput) -> CreateResult;
        update(UpdateInput) -> UpdateResult;
        delete(DeleteInput) -> DeleteResult;
    }
    ActionResourcer<()> {
        list_actions() -> Vec<ActionDescriptor>;
        execute_action(&str, ActionInput) -> ActionResult;
        stream_action(&str, ActionInput, ActionSink) -> ();
    }
    Watcher<()> { watch(WatchSink) -> (); }
    FilterableProvider<()> { filter_fields() -> FilterFields; }
    TextSearchProvider<()> { search(&str, usize) -> Vec<Json>; }
    ResourceSchemaProvider<()> { resource_schema() -> Option<Json>; }
    HealthAssessor<()> { assess_health(&Json) -> ResourceHealth; }
    EventRetriever<()> { events(&str, &str, usize) -> Vec<ResourceEvent>; }
}
