//! Registering a resourcer for a type or a pattern.

use std::{fmt, sync::Arc};

use super::{
    ActionResourcer, DefinitionProvider, ErrorClassifier, EventRetriever, FilterableProvider,
    HealthAssessor, RelationshipDeclarer, RelationshipResolver, ResourceHandles,
    ResourceSchemaProvider, Resourcer, ScaleHintProvider, SyncPolicyDeclarer, TextSearchProvider,
    Watcher,
};
use crate::{ResourceDefinition, ResourceMeta};

/// What a registration is for.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ResourceMeta, ResourceTarget};
///
/// let one = ResourceTarget::from(ResourceMeta { label: String::new(), ..ResourceMeta::new("core", "v1", "Pod") });
/// let ResourceTarget::Type(meta) = &one else { panic!("{one} is a pattern") };
/// assert_eq!(meta.label, "Pod", "what is empty is filled in");
/// let others = ResourceTarget::from("apps::*::*");
/// assert_eq!(others, ResourceTarget::Pattern("apps::*::*".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum ResourceTarget {
    /// One type.
    Type(ResourceMeta),
    /// Every type whose key fits the text of a [`KeyPattern`](super::KeyPattern), unless it is registered itself.
    Pattern(String),
}

impl From<ResourceMeta> for ResourceTarget {
    fn from(meta: ResourceMeta) -> Self {
        Self::Type(meta.with_defaults())
    }
}

impl From<&str> for ResourceTarget {
    fn from(pattern: &str) -> Self {
        Self::Pattern(pattern.to_owned())
    }
}

impl fmt::Display for ResourceTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(meta) => meta.fmt(f),
            Self::Pattern(text) => text.fmt(f),
        }
    }
}

/// A resourcer, the type or pattern that it serves, and what it can do beyond the six operations.
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// # #[async_trait] impl Resourcer<()> for Pods {
/// #     async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> { unreachable!() }
/// #     async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> { unreachable!() }
/// #     async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> { unreachable!() }
/// #     async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> { unreachable!() }
/// #     async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> { unreachable!() }
/// #     async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> { unreachable!() }
/// # }
/// # impl ScaleHintProvider for Pods { fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> { None } }
/// let registration: ResourceRegistration<()> =
///     ResourceRegistration::builder(ResourceMeta::new("core", "v1", "Pod"), Pods)
///         .scale_hint()
///         .build();
/// assert!(registration.handles().scale_hint.is_some());
/// assert!(registration.handles().watcher.is_none());
/// ```
///
/// Contract: CFG-06, CFG-09
pub struct ResourceRegistration<C> {
    target: ResourceTarget,
    definition: Option<ResourceDefinition>,
    handles: ResourceHandles<C>,
}

impl<C: Send + Sync + 'static> ResourceRegistration<C> {
    /// Starts a registration of `resourcer` for one type.
    ///
    /// An empty label becomes the kind, an empty category `Uncategorized`. A malformed key is found when the
    /// configuration is validated.
    pub fn builder<R: Resourcer<C>>(
        meta: ResourceMeta,
        resourcer: R,
    ) -> ResourceRegistrationBuilder<C, R> {
        Self::shared(meta.into(), Arc::new(resourcer))
    }

    /// Starts a registration of `resourcer` for every type that fits `pattern` and has no registration of its own.
    ///
    /// A malformed pattern is found when the configuration is validated.
    pub fn pattern<R: Resourcer<C>>(
        pattern: impl Into<String>,
        resourcer: R,
    ) -> ResourceRegistrationBuilder<C, R> {
        Self::shared(ResourceTarget::Pattern(pattern.into()), Arc::new(resourcer))
    }

    /// Starts a registration of a resourcer that is shared with others.
    pub fn shared<R: Resourcer<C>>(
        target: ResourceTarget,
        resourcer: Arc<R>,
    ) -> ResourceRegistrationBuilder<C, R> {
        ResourceRegistrationBuilder {
            registration: Self {
                target,
                definition: None,
                handles: ResourceHandles::new(resourcer.clone()),
            },
            resourcer,
        }
    }
}

impl<C> ResourceRegistration<C> {
    /// The type or pattern.
    pub fn target(&self) -> &ResourceTarget {
        &self.target
    }

    /// The definition that was given along, which a [`DefinitionProvider`] outranks.
    pub fn definition(&self) -> Option<&ResourceDefinition> {
        self.definition.as_ref()
    }

    /// What the resourcer can do.
    pub fn handles(&self) -> &ResourceHandles<C> {
        &self.handles
    }

    /// Takes it apart.
    pub(crate) fn into_parts(
        self,
    ) -> (
        ResourceTarget,
        Option<ResourceDefinition>,
        ResourceHandles<C>,
    ) {
        (self.target, self.definition, self.handles)
    }

    /// Replaces handles: the way to wrap a resourcer in faults, metrics or defects, or to take a capability away.
    #[must_use]
    pub fn map_handles(self, map: impl FnOnce(ResourceHandles<C>) -> ResourceHandles<C>) -> Self {
        Self {
            handles: map(self.handles),
            ..self
        }
    }
}

impl<C> Clone for ResourceRegistration<C> {
    fn clone(&self) -> Self {
        Self {
            target: self.target.clone(),
            definition: self.definition.clone(),
            handles: self.handles.clone(),
        }
    }
}

impl<C> fmt::Debug for ResourceRegistration<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceRegistration")
            .field("target", &self.target)
            .field("definition", &self.definition)
            .field("handles", &self.handles)
            .finish()
    }
}

/// Says what a resourcer can do beyond the six operations; each call needs the trait that it names.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// # #[async_trait] impl Resourcer<()> for Pods {
/// #     async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> { unreachable!() }
/// #     async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> { unreachable!() }
/// #     async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> { unreachable!() }
/// #     async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> { unreachable!() }
/// #     async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> { unreachable!() }
/// #     async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> { unreachable!() }
/// # }
/// # #[async_trait] impl Watcher<()> for Pods {
/// #     async fn watch(&self, _: &Context<()>, _: WatchSink) -> PluginResult<()> { unreachable!() }
/// # }
/// # #[async_trait] impl HealthAssessor<()> for Pods {
/// #     async fn assess_health(&self, _: &Context<()>, _: &Json) -> PluginResult<ResourceHealth> { unreachable!() }
/// # }
/// let pods = ResourceRegistration::builder(ResourceMeta::new("core", "v1", "Pod"), Pods)
///     .definition(ResourceDefinition { id_accessor: "name".into(), ..ResourceDefinition::default() })
///     .watch() // compiles because `Pods` is a `Watcher`
///     .health()
///     .build();
/// assert!(pods.handles().watcher.is_some() && pods.handles().actions.is_none());
/// ```
#[must_use = "a builder registers nothing until `build` is called"]
pub struct ResourceRegistrationBuilder<C, R> {
    registration: ResourceRegistration<C>,
    resourcer: Arc<R>,
}

impl<C, R> ResourceRegistrationBuilder<C, R> {
    /// Gives a definition for the type; a [`DefinitionProvider`] outranks it.
    ///
    /// Contract: CFG-10
    pub fn definition(mut self, definition: ResourceDefinition) -> Self {
        self.registration.definition = Some(definition);
        self
    }

    /// Completes the registration.
    #[must_use]
    pub fn build(self) -> ResourceRegistration<C> {
        self.registration
    }
}

macro_rules! capabilities {
    ($(#[doc = $doc:literal] $method:ident => $field:ident: $bound:path;)*) => {
        impl<C, R> ResourceRegistrationBuilder<C, R> {
            $(#[doc = $doc]
            pub fn $method(mut self) -> Self
            where
                R: $bound,
            {
                self.registration.handles.$field = Some(self.resourcer.clone());
                self
            })*
        }
    };
}

capabilities! {
    /// The type can be followed.
    watch => watcher: Watcher<C>;
    /// The type says when its watch starts.
    sync_policy => sync_policy: SyncPolicyDeclarer;
    /// The type describes itself.
    definition_provider => definition: DefinitionProvider;
    /// The type has actions.
    actions => actions: ActionResourcer<C>;
    /// The type classifies its raw errors.
    error_classifier => error_classifier: ErrorClassifier;
    /// The type has a JSON Schema.
    schema => schema: ResourceSchemaProvider<C>;
    /// The type can be filtered by declared fields.
    filterable => filterable: FilterableProvider<C>;
    /// The type can be searched by text.
    text_search => text_search: TextSearchProvider<C>;
    /// The type says how many objects to expect.
    scale_hint => scale_hint: ScaleHintProvider;
    /// The type declares relationships.
    relationships => relationships: RelationshipDeclarer;
    /// The type resolves relationships.
    relationship_resolver => relationship_resolver: RelationshipResolver<C>;
    /// The type judges health.
    health => health: HealthAssessor<C>;
    /// The type retrieves events.
    events => events: EventRetriever<C>;
}

impl<C, R> fmt::Debug for ResourceRegistrationBuilder<C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourceRegistrationBuilder")
            .field(&self.registration)
            .finish()
    }
}
