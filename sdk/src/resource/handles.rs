//! What a resource type can do, as a record of handles.

use std::{fmt, sync::Arc};

use super::{
    ActionResourcer, DefinitionProvider, ErrorClassifier, EventRetriever, FilterableProvider,
    HealthAssessor, RelationshipDeclarer, RelationshipResolver, ResourceSchemaProvider, Resourcer,
    ScaleHintProvider, SyncPolicyDeclarer, TextSearchProvider, Watcher,
};

/// What a resource type can do: the operations, and a handle for each optional trait that it has.
///
/// A capability is there exactly when its handle is. A wrapper (faults, metrics, defects) replaces handles through
/// [`ResourceRegistration::map_handles`](super::ResourceRegistration::map_handles); destructure exhaustively
/// there, and a new trait becomes a compile error instead of a lost capability.
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
/// let pods = ResourceRegistration::builder(ResourceMeta::new("core", "v1", "Pod"), Pods).watch().health().build();
/// // The same type, of which nobody is told how it is.
/// let mute = pods.map_handles(|handles| ResourceHandles { health: None, ..handles });
/// assert!(mute.handles().watcher.is_some() && mute.handles().health.is_none());
/// ```
pub struct ResourceHandles<C> {
    /// The six operations.
    pub resourcer: Arc<dyn Resourcer<C>>,
    /// Follows the type.
    pub watcher: Option<Arc<dyn Watcher<C>>>,
    /// Says when the watch starts.
    pub sync_policy: Option<Arc<dyn SyncPolicyDeclarer>>,
    /// Describes the type.
    pub definition: Option<Arc<dyn DefinitionProvider>>,
    /// Offers actions.
    pub actions: Option<Arc<dyn ActionResourcer<C>>>,
    /// Classifies raw errors.
    pub error_classifier: Option<Arc<dyn ErrorClassifier>>,
    /// Gives the JSON Schema.
    pub schema: Option<Arc<dyn ResourceSchemaProvider<C>>>,
    /// Declares the fields to filter by.
    pub filterable: Option<Arc<dyn FilterableProvider<C>>>,
    /// Searches by text.
    pub text_search: Option<Arc<dyn TextSearchProvider<C>>>,
    /// Says how many objects to expect.
    pub scale_hint: Option<Arc<dyn ScaleHintProvider>>,
    /// Declares relationships.
    pub relationships: Option<Arc<dyn RelationshipDeclarer>>,
    /// Resolves relationships.
    pub relationship_resolver: Option<Arc<dyn RelationshipResolver<C>>>,
    /// Judges health.
    pub health: Option<Arc<dyn HealthAssessor<C>>>,
    /// Retrieves events.
    pub events: Option<Arc<dyn EventRetriever<C>>>,
}

impl<C> ResourceHandles<C> {
    /// Operations alone.
    pub fn new(resourcer: Arc<dyn Resourcer<C>>) -> Self {
        Self {
            resourcer,
            watcher: None,
            sync_policy: None,
            definition: None,
            actions: None,
            error_classifier: None,
            schema: None,
            filterable: None,
            text_search: None,
            scale_hint: None,
            relationships: None,
            relationship_resolver: None,
            health: None,
            events: None,
        }
    }
}

impl<C> Clone for ResourceHandles<C> {
    fn clone(&self) -> Self {
        Self {
            resourcer: self.resourcer.clone(),
            watcher: self.watcher.clone(),
            sync_policy: self.sync_policy.clone(),
            definition: self.definition.clone(),
            actions: self.actions.clone(),
            error_classifier: self.error_classifier.clone(),
            schema: self.schema.clone(),
            filterable: self.filterable.clone(),
            text_search: self.text_search.clone(),
            scale_hint: self.scale_hint.clone(),
            relationships: self.relationships.clone(),
            relationship_resolver: self.relationship_resolver.clone(),
            health: self.health.clone(),
            events: self.events.clone(),
        }
    }
}

impl<C> fmt::Debug for ResourceHandles<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            resourcer: _,
            watcher,
            sync_policy,
            definition,
            actions,
            error_classifier,
            schema,
            filterable,
            text_search,
            scale_hint,
            relationships,
            relationship_resolver,
            health,
            events,
        } = self;
        f.debug_struct("ResourceHandles")
            .field("watcher", &watcher.is_some())
            .field("sync_policy", &sync_policy.is_some())
            .field("definition", &definition.is_some())
            .field("actions", &actions.is_some())
            .field("error_classifier", &error_classifier.is_some())
            .field("schema", &schema.is_some())
            .field("filterable", &filterable.is_some())
            .field("text_search", &text_search.is_some())
            .field("scale_hint", &scale_hint.is_some())
            .field("relationships", &relationships.is_some())
            .field("relationship_resolver", &relationship_resolver.is_some())
            .field("health", &health.is_some())
            .field("events", &events.is_some())
            .finish_non_exhaustive()
    }
}
