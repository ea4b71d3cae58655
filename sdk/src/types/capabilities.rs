//! What a resource type can do.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use crate::wire;

/// Tells what a resource type can do.
///
/// Derived once, from what the type was registered with; every flag is written, false ones too.
/// Contract: CAP-01 to CAP-05.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ResourceMeta, ResourceRegistration};
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
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// let pods = ResourceRegistration::builder(ResourceMeta::new("core", "v1", "Pod"), Pods).watch().build();
/// # let config = ResourcePluginConfig::new("demo").connections(StaticConnections::new().client("dev", ()).registration()).resource(pods);
/// # let provider = build_resource_controller(&CallContext::new(), config)?;
/// # let ctx = CallContext::new();
/// // ... and of the provider that it becomes part of:
/// let can = provider.resource_capabilities(&ctx, &"core::v1::Pod".into()).await?;
/// assert!(can.can_get && can.watchable && !can.filterable);
/// # provider.close().await
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceCapabilities {
    /// One resource can be read. Contract: CAP-01.
    pub can_get: bool,
    /// The resources can be listed. Contract: CAP-01.
    pub can_list: bool,
    /// The resources can be searched. Contract: CAP-01.
    pub can_find: bool,
    /// Resources can be made. Contract: CAP-01.
    pub can_create: bool,
    /// Resources can be changed. Contract: CAP-01.
    pub can_update: bool,
    /// Resources can be removed. Contract: CAP-01.
    pub can_delete: bool,
    /// Changes are reported as they happen. Contract: CAP-02.
    pub watchable: bool,
    /// The type declares fields to filter by. Contract: CAP-02.
    pub filterable: bool,
    /// The type has a text search of its own. Contract: CAP-02.
    pub searchable: bool,
    /// The type has actions. Contract: CAP-02.
    pub has_actions: bool,
    /// The type has a JSON Schema. Contract: CAP-02.
    pub has_schema: bool,
    /// The resources live in namespaces. Contract: CAP-03.
    pub namespace_scoped: bool,
    /// The type declares relationships. Contract: CAP-02.
    pub has_relationships: bool,
    /// The type can tell how healthy a resource is. Contract: CAP-02.
    pub has_health: bool,
    /// The type has events about its resources. Contract: CAP-02.
    pub has_events: bool,
    /// How many resources to expect, if the type tells. Contract: CAP-04.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_hint: Option<ScaleHint>,
}

/// Tells how many resources of a type to expect. Contract: CAP-04.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ScaleHint, ScaleLevel};
///
/// let hint = ScaleHint { expected_count: 5_000, ..ScaleHint::new(ScaleLevel::Many) };
/// assert_eq!(serde_json::to_string(&hint)?, r#"{"level":"many","expectedCount":5000}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScaleHint {
    /// The order of magnitude.
    pub level: ScaleLevel,
    /// About how many; 0 if that is not known.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub expected_count: i64,
    /// How many a page should hold; 0 leaves it to the user interface.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub default_page_size: i64,
}

impl ScaleHint {
    /// A hint of the order of magnitude alone.
    pub fn new(level: ScaleLevel) -> Self {
        Self {
            level,
            ..Self::default()
        }
    }
}

open_enum! {
    /// The order of magnitude of the number of resources of a type.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ScaleHint, ScaleLevel};
    ///
    /// fn hint(count: usize) -> ScaleHint {
    ///     ScaleHint::new(match count {
    ///         0..100 => ScaleLevel::Few,
    ///         100..1_000 => ScaleLevel::Moderate,
    ///         _ => ScaleLevel::Many,
    ///     })
    /// }
    ///
    /// assert_eq!(hint(640).level, ScaleLevel::Moderate);
    /// assert_eq!(serde_json::to_value(hint(100_000))?["level"], "many");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ScaleLevel {
        /// Few enough to show at once.
        Few = "few",
        /// Some hundreds.
        Moderate = "moderate",
        /// So many that they are best shown by the page.
        Many = "many",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn false_flags_are_written_and_an_absent_hint_is_not() {
        let value = serde_json::to_value(ResourceCapabilities::default()).unwrap();
        let keys = value.as_object().unwrap();
        assert_eq!(keys.len(), 15);
        assert!(keys.values().all(|flag| flag == false));
    }

    #[test]
    fn unknown_counts_are_left_out_of_a_hint() {
        let hint = ScaleHint::new(ScaleLevel::Many);
        assert_eq!(serde_json::to_string(&hint).unwrap(), r#"{"level":"many"}"#);
    }
}
