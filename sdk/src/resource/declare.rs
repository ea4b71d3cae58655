//! What a resource type says about itself.
//!
//! The declarations that take only [`ResourceMeta`] are pure: the SDK may call them at any time, without a
//! connection, and keeps the answer.

use async_trait::async_trait;

use crate::{
    Context, Json, PluginResult, RelationshipDescriptor, ResourceDefinition, ResourceMeta,
    ScaleHint, SyncPolicy,
};

/// Says when the watch of a type starts; without it, with the connection.
///
/// It means nothing for a type that has no [`Watcher`](crate::Watcher).
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// struct Rare;
///
/// impl SyncPolicyDeclarer for Rare {
///     fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
///         SyncPolicy::OnFirstQuery
///     }
/// }
/// ```
///
/// Contract: WAT-01, WAT-02, WAT-03, WAT-04
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `SyncPolicyDeclarer`",
    label = "`.sync_policy()` needs `SyncPolicyDeclarer`",
    note = "implement `SyncPolicyDeclarer` for `{Self}`, or drop the `.sync_policy()` call"
)]
pub trait SyncPolicyDeclarer: Send + Sync + 'static {
    /// The policy of the type that `meta` names.
    fn sync_policy(&self, meta: &ResourceMeta) -> SyncPolicy;
}

/// Describes how objects of a type are shown and identified.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// impl DefinitionProvider for Pods {
///     fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
///         ResourceDefinition {
///             id_accessor: "metadata.name".into(),
///             namespace_accessor: "metadata.namespace".into(),
///             column_defs: vec![ColumnDefinition::new("phase", "Phase", "status.phase")],
///             ..ResourceDefinition::default()
///         }
///     }
/// }
/// ```
///
/// Contract: CFG-10, CAP-03
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `DefinitionProvider`",
    label = "`.definition_provider()` needs `DefinitionProvider`",
    note = "implement `DefinitionProvider` for `{Self}`, or give the registration a `.definition(…)`"
)]
pub trait DefinitionProvider: Send + Sync + 'static {
    /// The definition of the type that `meta` names.
    fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition;
}

/// Says how many objects of a type to expect.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// impl ScaleHintProvider for Pods {
///     fn scale_hint(&self, meta: &ResourceMeta) -> Option<ScaleHint> {
///         (meta.kind == "Pod").then(|| ScaleHint::new(ScaleLevel::Many))
///     }
/// }
/// ```
///
/// Contract: CAP-04
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ScaleHintProvider`",
    label = "`.scale_hint()` needs `ScaleHintProvider`",
    note = "implement `ScaleHintProvider` for `{Self}`, or drop the `.scale_hint()` call"
)]
pub trait ScaleHintProvider: Send + Sync + 'static {
    /// The hint for the type that `meta` names; `None` where the author does not know.
    fn scale_hint(&self, meta: &ResourceMeta) -> Option<ScaleHint>;
}

/// Declares how a type relates to others.
///
/// # Examples
///
/// Both ends declare a relationship, one of them as incoming:
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// # struct Nodes;
/// impl RelationshipDeclarer for Pods {
///     fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
///         vec![RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on")]
///     }
/// }
///
/// impl RelationshipDeclarer for Nodes {
///     fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
///         vec![RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Pod", "runs").incoming()]
///     }
/// }
/// ```
///
/// Contract: REL-01
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `RelationshipDeclarer`",
    label = "`.relationships()` needs `RelationshipDeclarer`",
    note = "implement `RelationshipDeclarer` for `{Self}`, or drop the `.relationships()` call"
)]
pub trait RelationshipDeclarer: Send + Sync + 'static {
    /// The relationships of the type that `meta` names.
    fn declare_relationships(&self, meta: &ResourceMeta) -> Vec<RelationshipDescriptor>;
}

/// Gives the JSON Schema of a type's objects.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when nobody waits for its answer any more; see [`Resourcer`](crate::Resourcer).
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// #[async_trait]
/// impl ResourceSchemaProvider<()> for Pods {
///     async fn resource_schema(&self, _: &Context<()>) -> PluginResult<Option<Json>> {
///         Ok(Some(Json::parse(r#"{"type": "object", "required": ["metadata"]}"#)?))
///     }
/// }
/// ```
///
/// Contract: SCH-02
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ResourceSchemaProvider<{C}>`",
    label = "`.schema()` needs `ResourceSchemaProvider<{C}>`",
    note = "implement `ResourceSchemaProvider<{C}>` for `{Self}`, or drop the `.schema()` call"
)]
pub trait ResourceSchemaProvider<C>: Send + Sync + 'static {
    /// The schema of the type in [`Context::meta`]; `None` where the backend has none for it.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn resource_schema(&self, ctx: &Context<C>) -> PluginResult<Option<Json>>;
}
