//! Health, events and resolved relationships of objects.

use async_trait::async_trait;

use crate::{Context, Json, PluginResult, ResolvedRelationship, ResourceEvent, ResourceHealth};

/// Judges the health of an object by its data.
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
/// impl HealthAssessor<()> for Pods {
///     async fn assess_health(&self, _: &Context<()>, data: &Json) -> PluginResult<ResourceHealth> {
///         Ok(ResourceHealth::new(match data.to_value()?["phase"].as_str() {
///             Some("Running") => HealthStatus::Healthy,
///             Some("Pending") => HealthStatus::Pending,
///             _ => HealthStatus::Unknown,
///         }))
///     }
/// }
/// ```
///
/// Contract: HLT-01, HLT-02
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `HealthAssessor<{C}>`",
    label = "`.health()` needs `HealthAssessor<{C}>`",
    note = "implement `HealthAssessor<{C}>` for `{Self}`, or drop the `.health()` call"
)]
pub trait HealthAssessor<C>: Send + Sync + 'static {
    /// The health that `data`, an object of this type, shows.
    ///
    /// The data is valid JSON, and may be of any shape.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for JSON that is no object of this type.
    async fn assess_health(&self, ctx: &Context<C>, data: &Json) -> PluginResult<ResourceHealth>;
}

/// Retrieves what happened to an object.
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
/// impl EventRetriever<()> for Pods {
///     async fn events(&self, _: &Context<()>, _: &str, _: &str, limit: usize) -> PluginResult<Vec<ResourceEvent>> {
///         let started = ResourceEvent { reason: "Started".into(), count: 1, ..ResourceEvent::default() };
///         Ok([started].into_iter().take(limit).collect())
///     }
/// }
/// ```
///
/// Contract: HLT-03
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `EventRetriever<{C}>`",
    label = "`.events()` needs `EventRetriever<{C}>`",
    note = "implement `EventRetriever<{C}>` for `{Self}`, or drop the `.events()` call"
)]
pub trait EventRetriever<C>: Send + Sync + 'static {
    /// The events of an object, newest first, at most `limit`; the SDK never passes 0.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn events(
        &self,
        ctx: &Context<C>,
        id: &str,
        namespace: &str,
        limit: usize,
    ) -> PluginResult<Vec<ResourceEvent>>;
}

/// Finds the objects that an object relates to.
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
/// impl RelationshipResolver<()> for Pods {
///     async fn resolve_relationships(
///         &self, ctx: &Context<()>, _id: &str, _namespace: &str,
///     ) -> PluginResult<Vec<ResolvedRelationship>> {
///         let node = ResourceRef {
///             connection_id: ctx.connection_id(),
///             resource_key: "core::v1::Node".into(),
///             id: "node-1".into(),
///             ..ResourceRef::default()
///         };
///         let descriptor = RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on");
///         Ok(vec![ResolvedRelationship { descriptor, targets: vec![node] }])
///     }
/// }
/// ```
///
/// Contract: REL-02
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `RelationshipResolver<{C}>`",
    label = "`.relationship_resolver()` needs `RelationshipResolver<{C}>`",
    note = "implement `RelationshipResolver<{C}>` for `{Self}`, or drop the `.relationship_resolver()` call"
)]
pub trait RelationshipResolver<C>: Send + Sync + 'static {
    /// The objects at the other end of each relationship of this object.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` when the object does not exist.
    async fn resolve_relationships(
        &self,
        ctx: &Context<C>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>>;
}
