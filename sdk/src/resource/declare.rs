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
