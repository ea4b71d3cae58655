//! Which resourcer serves which key, and what each served type can do.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use foldhash::fast::RandomState;

use crate::{
    DefinitionProvider, ErrorClassifier, KeyPattern, ResourceCapabilities, ResourceDefinition,
    ResourceHandles, ResourceKey, ResourceMeta, ResourceOperationError, ResourceRegistration,
    ResourceTarget, Result, ScaleHint, SyncPolicy,
    call::Classifiers,
    panic::{PanicText, guard},
};

/// Every registration of a plugin, by key and by pattern.
pub(crate) struct Registry<C> {
    exact: HashMap<ResourceKey, Arc<ServedType<C>>, RandomState>,
    /// The pattern to ask first comes first.
    patterns: Vec<(KeyPattern, Pattern<C>)>,
    /// The types behind patterns that were asked for so far.
    behind_patterns: RwLock<HashMap<ResourceKey, Arc<ServedType<C>>, RandomState>>,
    default_definition: Option<ResourceDefinition>,
    classifier: Option<Arc<dyn ErrorClassifier>>,
}

/// How many types behind patterns are remembered: more than any backend is known to have, and little enough when somebody
/// asks for keys at random. One that is not remembered is made anew with every call.
const REMEMBERED: usize = 4096;

struct Pattern<C> {
    handles: Arc<ResourceHandles<C>>,
    definition: Option<ResourceDefinition>,
}

/// A concrete type with all that serves it.
pub(crate) struct ServedType<C> {
    pub(crate) key: ResourceKey,
    pub(crate) meta: Arc<ResourceMeta>,
    pub(crate) handles: Arc<ResourceHandles<C>>,
    pub(crate) definition: ResourceDefinition,
    pub(crate) capabilities: ResourceCapabilities,
    pub(crate) classifiers: Classifiers,
}

impl<C> Registry<C> {
    /// Sorts validated registrations.
    pub(crate) fn new(
        registrations: Vec<ResourceRegistration<C>>,
        default_definition: Option<ResourceDefinition>,
        classifier: Option<Arc<dyn ErrorClassifier>>,
    ) -> Self {
        let mut registry = Self {
            exact: HashMap::default(),
            patterns: Vec::new(),
            behind_patterns: RwLock::default(),
            default_definition,
            classifier,
        };
        for registration in registrations {
            let handles = Arc::new(registration.handles().clone());
            let definition = registration.definition().cloned();
            match registration.target() {
                ResourceTarget::Type(meta) => {
                    let served = registry.serve(meta.clone(), &handles, definition.as_ref());
                    registry.exact.insert(served.key.clone(), Arc::new(served));
                }
                ResourceTarget::Pattern(text) => {
                    if let Ok(pattern) = text.parse::<KeyPattern>() {
                        let served = Pattern {
                            handles,
                            definition,
                        };
                        registry.patterns.push((pattern, served));
                    }
                }
            }
        }
        registry
            .patterns
            .sort_by(|a, b| a.0.rank().cmp(&b.0.rank()));
        registry
    }

    /// The types that are registered themselves, in no order.
    pub(crate) fn static_types(&self) -> impl Iterator<Item = &Arc<ServedType<C>>> {
        self.exact.values()
    }

    /// The type that is registered under this very key.
    pub(crate) fn exact(&self, key: &ResourceKey) -> Option<&Arc<ServedType<C>>> {
        self.exact.get(key)
    }

    /// The type behind a key, which a pattern may serve.
    ///
    /// Contract: CFG-06, CFG-07, CFG-08, OPS-01, OPS-02
    pub(crate) fn resolve(&self, key: &ResourceKey) -> Result<Arc<ServedType<C>>> {
        if let Some(served) = self.exact.get(key) {
            return Ok(served.clone());
        }
        if let Some(served) = self.remembered(key) {
            return Ok(served);
        }
        let meta: ResourceMeta = key.parse().map_err(|error: crate::ParseKeyError| {
            ResourceOperationError::invalid_input(error.to_string())
                .with_suggestion("write the key as group::version::kind")
                .on_key(key)
        })?;
        self.by_pattern(meta).ok_or_else(|| self.unknown(key))
    }

    /// The type that `meta` describes, with its label and description; `None` where nothing serves it.
    pub(crate) fn resolve_meta(&self, meta: &ResourceMeta) -> Option<Arc<ServedType<C>>> {
        match self.exact.get(&meta.key()) {
            Some(served) => Some(served.clone()),
            None => {
                let key = meta.key();
                let served = match self.remembered(&key) {
                    Some(served) => served,
                    None => self.by_pattern(key.parse().ok()?)?,
                };
                let meta = meta.clone().with_defaults();
                if meta == *served.meta {
                    return Some(served);
                }
                Some(Arc::new(ServedType {
                    meta: Arc::new(meta),
                    ..ServedType::clone(&served)
                }))
            }
        }
    }

    fn remembered(&self, key: &ResourceKey) -> Option<Arc<ServedType<C>>> {
        let remembered = self.behind_patterns.read();
        let remembered = remembered.unwrap_or_else(PoisonError::into_inner);
        remembered.get(key).cloned()
    }

    /// Makes the type that a pattern serves, and remembers it, so that the plugin is asked once about each.
    ///
    /// Contract: CAP-05
    fn by_pattern(&self, meta: ResourceMeta) -> Option<Arc<ServedType<C>>> {
        let (_, pattern) = self
            .patterns
            .iter()
            .find(|(pattern, _)| pattern.matches(&meta))?;
        let definition = pattern.definition.as_ref();
        // Outside the lock: it asks the plugin.
        let served = Arc::new(self.serve(meta.with_defaults(), &pattern.handles, definition));
        let mut remembered = self
            .behind_patterns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            return Some(served);
        }
        // Of two that asked at the same time the first one counts, for both.
        let remembered = remembered.entry(served.key.clone()).or_insert(served);
        Some(remembered.clone())
    }

    pub(crate) fn unknown(&self, key: &ResourceKey) -> ResourceOperationError {
        let error = ResourceOperationError::not_found(format!(
            "resource type {key} is not known to this plugin"
        ))
        .on_key(key);
        let nearest = self
            .exact
            .keys()
            .map(|known| (strsim::levenshtein(known, key), known))
            .min();
        match nearest {
            Some((_, nearest)) => error.with_suggestion(format!("the nearest type is {nearest}")),
            None => error,
        }
    }

    fn serve(
        &self,
        meta: ResourceMeta,
        handles: &Arc<ResourceHandles<C>>,
        registered: Option<&ResourceDefinition>,
    ) -> ServedType<C> {
        let key = meta.key();
        let definition = handles
            .definition
            .as_deref()
            .and_then(|provider| declared_definition(provider, &meta))
            .or_else(|| registered.cloned())
            .or_else(|| self.default_definition.clone())
            .unwrap_or_default();
        let capabilities = capabilities(handles, &meta, &definition);
        ServedType {
            key,
            meta: Arc::new(meta),
            definition,
            capabilities,
            classifiers: Classifiers {
                resource: handles.error_classifier.clone(),
                plugin: self.classifier.clone(),
            },
            handles: handles.clone(),
        }
    }
}

// Not derived: the client need not be cloneable.
impl<C> Clone for ServedType<C> {
    fn clone(&self) -> Self {
        let Self {
            key,
            meta,
            handles,
            definition,
            capabilities,
            classifiers,
        } = self;
        Self {
            key: key.clone(),
            meta: meta.clone(),
            handles: handles.clone(),
            definition: definition.clone(),
            capabilities: capabilities.clone(),
            classifiers: classifiers.clone(),
        }
    }
}

impl<C> ServedType<C> {
    /// When the watch of this type starts; asks the plugin.
    ///
    /// Contract: WAT-04
    pub(crate) fn sync_policy(&self) -> SyncPolicy {
        let Some(declarer) = &self.handles.sync_policy else {
            return SyncPolicy::OnConnect;
        };
        guard(|| declarer.sync_policy(&self.meta)).unwrap_or_else(|PanicText(text)| {
            tracing::warn!(key = %self.key, "the sync policy panicked, on-connect is used: {text}");
            SyncPolicy::OnConnect
        })
    }
}

fn declared_definition(
    provider: &dyn DefinitionProvider,
    meta: &ResourceMeta,
) -> Option<ResourceDefinition> {
    guard(|| provider.definition(meta))
        .inspect_err(|PanicText(text)| {
            tracing::warn!(key = %meta, "the definition provider panicked: {text}");
        })
        .ok()
}

/// What a type can do, from its handles alone.
///
/// Contract: CAP-01 to CAP-05
fn capabilities<C>(
    handles: &ResourceHandles<C>,
    meta: &ResourceMeta,
    definition: &ResourceDefinition,
) -> ResourceCapabilities {
    let ResourceHandles {
        resourcer: _,
        watcher,
        sync_policy: _,
        definition: _,
        actions,
        error_classifier: _,
        schema,
        filterable,
        text_search,
        scale_hint,
        relationships,
        relationship_resolver: _,
        health,
        events,
    } = handles;
    let scale_hint: Option<ScaleHint> = scale_hint.as_ref().and_then(|provider| {
        guard(|| provider.scale_hint(meta))
            .inspect_err(|PanicText(text)| {
                tracing::warn!(key = %meta, "the scale hint panicked: {text}");
            })
            .ok()
            .flatten()
    });
    ResourceCapabilities {
        can_get: true,
        can_list: true,
        can_find: true,
        can_create: true,
        can_update: true,
        can_delete: true,
        watchable: watcher.is_some(),
        filterable: filterable.is_some(),
        searchable: text_search.is_some(),
        has_actions: actions.is_some(),
        has_schema: schema.is_some(),
        namespace_scoped: !definition.namespace_accessor.is_empty(),
        has_relationships: relationships.is_some(),
        has_health: health.is_some(),
        has_events: events.is_some(),
        scale_hint,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;
    use rstest::rstest;

    use super::*;
    use crate::{
        ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, Context,
        CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, EventRetriever,
        FilterFields, FilterableProvider, FindInput, FindResult, GetInput, GetResult,
        HealthAssessor, Json, ListInput, ListResult, PluginResult, RelationshipDeclarer,
        RelationshipDescriptor, ResourceEvent, ResourceHealth, ResourceRegistrationBuilder,
        ResourceSchemaProvider, Resourcer, ScaleHintProvider, ScaleLevel, SyncPolicyDeclarer,
        TextSearchProvider, UpdateInput, UpdateResult, WatchSink, Watcher,
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
            let served = registry(registrations).resolve(&key.into()).unwrap();
            assert_eq!(served.definition.id_accessor, by, "in the order {order:?}");
            assert_eq!(served.key, key);
            assert_eq!(served.meta.key(), key);
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
            ResourceRegistration::builder(ResourceMeta::new("apps", "v1", "Deployment"), Able)
                .build(),
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
        let registration = named(ResourceRegistration::builder(pod(), Able), "registered")
            .map_handles(|handles| ResourceHandles {
                definition: Some(Arc::new(Panics)),
                ..handles
            });
        let served = registry(vec![registration]).resolve(&pod().key()).unwrap();
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
                .map(|served| served.meta.label.clone())
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
            assert_eq!(described(registry.resolve(&pod().key()).unwrap()), "Pod 0");
            let found = registry.resolve_meta(&job.clone().with_label("Found"));
            assert_eq!(described(found.unwrap()), "Job 1");
            let found = registry.resolve_meta(&job).unwrap();
            assert_eq!(
                found.meta.label, "Job",
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
        assert_eq!(described(registry.resolve(&pod().key()).unwrap()), "Pod 0");
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
            let served = registry(vec![registration]).resolve(&pod().key()).unwrap();
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
            let served = registry(vec![registration]).resolve(&pod().key()).unwrap();
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
    fn named(
        builder: ResourceRegistrationBuilder<(), Able>,
        name: &str,
    ) -> ResourceRegistration<()> {
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
}
