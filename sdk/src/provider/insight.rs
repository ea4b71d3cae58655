//! Actions, relationships and health.

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::{
    ActionDescriptor, ActionEvent, ActionInput, ActionResult, CallContext, RelationshipDescriptor,
    ResolvedRelationship, ResourceEvent, ResourceHealth, ResourceKey, Result,
};

/// Actions beyond CRUD.
///
/// # Errors
///
/// Those of an operation; `UNSUPPORTED` for a type without actions, `NOT_FOUND` for an unknown action.
///
/// # Cancel safety
///
/// Dropping a future drops the plugin's; whether the action took place is then not known.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_plugintest::{Harness, stub::stub_plugin};
/// # use omniview_sdk::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// # let stub = stub_plugin();
/// # stub.pods.insert(serde_json::json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(stub.config);
/// # h.connect("dev").await;
/// # let provider = h.provider().clone();
/// let plugin: Arc<dyn ActionProvider> = provider;
/// let (ctx, pods) = (CallContext::new(), "core::v1::Pod".into());
/// assert_eq!(plugin.list_actions(&ctx, &pods).await?[0].id, "restart");
/// let done = plugin.execute_action(&ctx, &pods, "restart", ActionInput::default()).await?;
/// assert!(done.success);
///
/// let unknown = plugin.execute_action(&ctx, &pods, "explode", ActionInput::default()).await.unwrap_err();
/// assert_eq!(*unknown.code(), ErrorCode::NotFound);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: ACT-01 to ACT-07
#[async_trait]
pub trait ActionProvider: Send + Sync {
    /// The actions of a type; empty where it has none.
    async fn list_actions(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<ActionDescriptor>>;

    /// Executes an action to its end.
    async fn execute_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<ActionResult>;

    /// Executes an action and tells how it goes.
    ///
    /// The stream ends after exactly one `complete` or `error` event. The action runs while the stream is polled;
    /// dropping the stream ends it.
    async fn stream_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<BoxStream<'static, ActionEvent>>;
}

/// How types and objects relate.
///
/// # Errors
///
/// Those of an operation ([`OperationProvider`](super::OperationProvider)); of the connection only where the type has to be asked.
///
/// # Cancel safety
///
/// Dropping a future drops the plugin's; nothing is changed by asking.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_plugintest::{Harness, stub::stub_plugin};
/// # use omniview_sdk::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// # let stub = stub_plugin();
/// # stub.pods.insert(serde_json::json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(stub.config);
/// # h.connect("dev").await;
/// # let provider = h.provider().clone();
/// let plugin: Arc<dyn RelationshipProvider> = provider;
/// let (ctx, pods) = (CallContext::new(), "core::v1::Pod".into());
/// let declared = plugin.declared_relationships(&ctx, &pods).await?;
/// assert_eq!(declared[0].target_resource_key, "core::v1::Node");
/// let resolved = plugin.resolve_relationships(&ctx, &pods, "web", "").await?;
/// assert!(resolved.is_empty(), "this type declares, and resolves nothing");
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: REL-01, REL-02
#[async_trait]
pub trait RelationshipProvider: Send + Sync {
    /// The relationships that a type declares; empty where it declares none.
    async fn declared_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<RelationshipDescriptor>>;

    /// The objects that an object relates to; empty where the type resolves none.
    async fn resolve_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<Vec<ResolvedRelationship>>;
}

/// Health and events of objects.
///
/// # Errors
///
/// Those of an operation ([`OperationProvider`](super::OperationProvider)); of the connection only where the type has to be asked.
///
/// # Cancel safety
///
/// Dropping a future drops the plugin's; nothing is changed by asking.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_plugintest::{Harness, stub::stub_plugin};
/// # use omniview_sdk::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// # let stub = stub_plugin();
/// # stub.pods.insert(serde_json::json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(stub.config);
/// # h.connect("dev").await;
/// # let provider = h.provider().clone();
/// let plugin: Arc<dyn HealthProvider> = provider;
/// let (ctx, pods) = (CallContext::new(), "core::v1::Pod".into());
/// let health = plugin.assess_health(&ctx, &pods, r#"{"id":"web","phase":"Failed"}"#).await?;
/// assert_eq!(health.map(|health| health.status), Some(HealthStatus::Unhealthy));
/// let refused = plugin.assess_health(&ctx, &pods, "{").await.unwrap_err();
/// assert_eq!(*refused.code(), ErrorCode::InvalidInput);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: HLT-01, HLT-02, HLT-03
#[async_trait]
pub trait HealthProvider: Send + Sync {
    /// The health that an object's data shows; `None` where the type does not judge it.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` when `data` is not JSON.
    async fn assess_health(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        data: &str,
    ) -> Result<Option<ResourceHealth>>;

    /// What happened to an object, newest first; a limit of 0 is 20. Empty where the type tells nothing.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for a negative limit.
    async fn resource_events(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
        limit: i64,
    ) -> Result<Vec<ResourceEvent>>;
}
