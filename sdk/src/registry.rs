//! Which resourcer serves which key, and what each served type can do.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, PoisonError, RwLock},
};

use foldhash::fast::RandomState;

use crate::{
    DefinitionProvider, ErrorClassifier, KeyPattern, ResourceCapabilities, ResourceDefinition,
    ResourceHandles, ResourceKey, ResourceMeta, ResourceOperationError, ResourceRegistration,
    ResourceTarget, Result, ScaleHint, SyncPolicy,
    call::Classifiers,
    context::Subject,
    panic::{PanicText, guard},
};

/// Every registration of a plugin, by key and by pattern.
pub(crate) struct Registry<C> {
    exact: HashMap<ResourceKey, Arc<ServedType<C>>, RandomState>,
    /// The same types in the order of their registration.
    in_order: Vec<Arc<ServedType<C>>>,
    /// The pattern to ask first comes first.
    patterns: Vec<(KeyPattern, Pattern<C>)>,
    /// The types behind patterns that were asked for so far.
    behind_patterns: RwLock<HashMap<ResourceKey, Arc<ServedType<C>>, RandomState>>,
    /// That of every type which has none of its own: big, and shared by a thousand of them.
    default_definition: Arc<ResourceDefinition>,
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
    pub(crate) subject: Arc<Subject>,
    pub(crate) handles: Arc<ResourceHandles<C>>,
    pub(crate) definition: Arc<ResourceDefinition>,
    pub(crate) capabilities: ResourceCapabilities,
    pub(crate) classifiers: Classifiers,
}

/// The type behind a key; one that is registered itself is not even counted, since every call comes by here.
pub(crate) enum Served<'a, C> {
    Registered(&'a Arc<ServedType<C>>),
    Owned(Arc<ServedType<C>>),
}

impl<C> Served<'_, C> {
    /// The type for longer than the registry is looked at.
    pub(crate) fn into_owned(self) -> Arc<ServedType<C>> {
        match self {
            Self::Registered(served) => served.clone(),
            Self::Owned(served) => served,
        }
    }
}

impl<C> Deref for Served<'_, C> {
    type Target = ServedType<C>;

    fn deref(&self) -> &ServedType<C> {
        match self {
            Self::Registered(served) => served,
            Self::Owned(served) => served,
        }
    }
}

impl<C> Registry<C> {
    /// Sorts validated registrations.
    pub(crate) fn new(
        registrations: Vec<ResourceRegistration<C>>,
        default_definition: Option<ResourceDefinition>,
        classifier: Option<Arc<dyn ErrorClassifier>>,
    ) -> Self {
        let count = registrations.len();
        let mut registry = Self {
            exact: HashMap::with_capacity_and_hasher(count, RandomState::default()),
            in_order: Vec::with_capacity(count),
            patterns: Vec::new(),
            behind_patterns: RwLock::default(),
            default_definition: Arc::new(default_definition.unwrap_or_default()),
            classifier,
        };
        for registration in registrations {
            let (target, definition, handles) = registration.into_parts();
            let handles = Arc::new(handles);
            match target {
                ResourceTarget::Type(meta) => {
                    let served = Arc::new(registry.serve(meta, handles, definition));
                    registry
                        .exact
                        .insert(served.subject.key.clone(), served.clone());
                    registry.in_order.push(served);
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

    /// The types that are registered themselves, in the order of their registration.
    pub(crate) fn static_types(&self) -> impl Iterator<Item = &Arc<ServedType<C>>> {
        self.in_order.iter()
    }

    /// The type that is registered under this very key.
    pub(crate) fn exact(&self, key: &ResourceKey) -> Option<&Arc<ServedType<C>>> {
        self.exact.get(key)
    }

    /// The type behind a key, which a pattern may serve.
    ///
    /// Contract: CFG-06, CFG-07, CFG-08, OPS-01, OPS-02
    pub(crate) fn resolve(&self, key: &ResourceKey) -> Result<Served<'_, C>> {
        if let Some(served) = self.exact.get(key) {
            return Ok(Served::Registered(served));
        }
        if let Some(served) = self.remembered(key) {
            return Ok(Served::Owned(served));
        }
        let meta: ResourceMeta = key.parse().map_err(|error: crate::ParseKeyError| {
            ResourceOperationError::invalid_input(error.to_string())
                .with_suggestion("write the key as group::version::kind")
                .on_key(key)
        })?;
        self.by_pattern(meta)
            .map(Served::Owned)
            .ok_or_else(|| self.unknown(key))
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
                if meta == *served.subject.meta {
                    return Some(served);
                }
                Some(Arc::new(ServedType {
                    subject: Arc::new(Subject {
                        meta: Arc::new(meta),
                        key,
                    }),
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
        let (handles, definition) = (pattern.handles.clone(), pattern.definition.clone());
        // Outside the lock: it asks the plugin.
        let served = Arc::new(self.serve(meta.with_defaults(), handles, definition));
        let mut remembered = self
            .behind_patterns
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            return Some(served);
        }
        // Of two that asked at the same time the first one counts, for both.
        let remembered = remembered
            .entry(served.subject.key.clone())
            .or_insert(served);
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
        handles: Arc<ResourceHandles<C>>,
        registered: Option<ResourceDefinition>,
    ) -> ServedType<C> {
        let key = meta.key();
        let definition = handles
            .definition
            .as_deref()
            .and_then(|provider| declared_definition(provider, &meta))
            .or(registered)
            .map_or_else(|| self.default_definition.clone(), Arc::new);
        let capabilities = capabilities(&handles, &meta, &definition);
        ServedType {
            subject: Arc::new(Subject {
                meta: Arc::new(meta),
                key,
            }),
            definition,
            capabilities,
            classifiers: Classifiers {
                resource: handles.error_classifier.clone(),
                plugin: self.classifier.clone(),
            },
            handles,
        }
    }
}

// Not derived: the client need not be cloneable.
impl<C> Clone for ServedType<C> {
    fn clone(&self) -> Self {
        let Self {
            subject,
            handles,
            definition,
            capabilities,
            classifiers,
        } = self;
        Self {
            subject: subject.clone(),
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
        guard(|| declarer.sync_policy(&self.subject.meta)).unwrap_or_else(|PanicText(text)| {
            tracing::warn!(key = %self.subject.key, "the sync policy panicked, on-connect is used: {text}");
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
mod tests;
