//! Compile-time detection of the optional traits of a concrete resourcer.
//!
//! An inherent method whose bounds hold wins over a trait method of the same name. [`Detect`] has one inherent method
//! a trait, bounded by it; [`Undetected`] has the same names for everything. So a call on a *concrete* type picks the
//! inherent method where the trait is implemented. In a generic function it always picks the other, silently, which
//! is why only the macro uses it.

use std::{marker::PhantomData, sync::Arc};

use super::{
    ActionResourcer, DefinitionProvider, ErrorClassifier, EventRetriever, FilterableProvider,
    HealthAssessor, RelationshipDeclarer, RelationshipResolver, ResourceSchemaProvider,
    ScaleHintProvider, SyncPolicyDeclarer, TextSearchProvider, Watcher,
};

/// Wraps a concrete resourcer for the question.
#[derive(Debug)]
#[doc(hidden)]
pub struct Detect<C, R>(Arc<R>, PhantomData<fn() -> C>);

impl<C, R> Detect<C, R> {
    /// Wraps `resourcer`.
    pub fn new(resourcer: Arc<R>) -> Self {
        Self(resourcer, PhantomData)
    }
}

// A `path` fragment cannot be both a bound and behind `dyn`, so each trait is spelled as tokens.
macro_rules! detectable {
    ($($method:ident: [$($bound:tt)+],)*) => {
        $(impl<C, R: $($bound)+> Detect<C, R> {
            #[doc = "The handle: the trait is implemented."]
            pub fn $method(&self) -> Option<Arc<dyn $($bound)+>> {
                Some(self.0.clone())
            }
        })*

        /// The answer where a trait is not implemented.
        pub trait Undetected<C> {
            $(#[doc = "No handle: the trait is not implemented."]
            fn $method(&self) -> Option<Arc<dyn $($bound)+>> {
                None
            })*
        }
    };
}

detectable! {
    watcher: [Watcher<C>],
    sync_policy: [SyncPolicyDeclarer],
    definition: [DefinitionProvider],
    actions: [ActionResourcer<C>],
    error_classifier: [ErrorClassifier],
    schema: [ResourceSchemaProvider<C>],
    filterable: [FilterableProvider<C>],
    text_search: [TextSearchProvider<C>],
    scale_hint: [ScaleHintProvider],
    relationships: [RelationshipDeclarer],
    relationship_resolver: [RelationshipResolver<C>],
    health: [HealthAssessor<C>],
    events: [EventRetriever<C>],
}

impl<C, R> Undetected<C> for Detect<C, R> {}

/// Registers a resourcer with every optional trait that it implements, found at compile time.
///
/// The first argument is the plugin's client, the second what the registration is for (a [`ResourceMeta`] or a pattern's
/// text), the third the resourcer, whose type must be concrete. Where you want to see or choose the capabilities,
/// use [`ResourceRegistration::builder`], which says the same explicitly.
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
/// let registration = register_resource!((), ResourceMeta::new("core", "v1", "Pod"), Pods);
/// assert!(registration.handles().scale_hint.is_some());
/// assert!(registration.handles().watcher.is_none());
/// ```
///
/// Contract: CFG-09
///
/// [`ResourceMeta`]: crate::ResourceMeta
/// [`ResourceRegistration::builder`]: crate::ResourceRegistration::builder
#[macro_export]
macro_rules! register_resource {
    ($client:ty, $target:expr, $resourcer:expr $(,)?) => {{
        #[allow(unused_imports)]
        use $crate::resource::Undetected as _;
        let resourcer = ::std::sync::Arc::new($resourcer);
        let detect = $crate::resource::Detect::<$client, _>::new(resourcer.clone());
        $crate::ResourceRegistration::<$client>::shared(
            $crate::ResourceTarget::from($target),
            resourcer,
        )
        .build()
        .map_handles(|handles| $crate::ResourceHandles {
            resourcer: handles.resourcer,
            watcher: detect.watcher(),
            sync_policy: detect.sync_policy(),
            definition: detect.definition(),
            actions: detect.actions(),
            error_classifier: detect.error_classifier(),
            schema: detect.schema(),
            filterable: detect.filterable(),
            text_search: detect.text_search(),
            scale_hint: detect.scale_hint(),
            relationships: detect.relationships(),
            relationship_resolver: detect.relationship_resolver(),
            health: detect.health(),
            events: detect.events(),
        })
    }};
}
