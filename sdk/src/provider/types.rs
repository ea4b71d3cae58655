//! Resource types, their groups and what they can do.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::{
    CallContext, ConnectionId, FilterFields, Json, ResourceCapabilities, ResourceDefinition,
    ResourceGroup, ResourceKey, ResourceMeta, Result,
};

/// Resource types, their groups and what they can do.
///
/// A connection has the static types, less those that discovery excludes, and the discovered ones. Methods that take
/// no connection look at the static types first, then at what was discovered on the session's connection (on
/// any connection without a session).
///
/// # Errors
///
/// An unknown connection is `NOT_FOUND`, as is an unknown key. `TIMEOUT` and `CANCELLED` for a context that is over, `CLOSED`.
///
/// # Cancel safety
///
/// Dropping a future takes the question back; nothing is changed by asking.
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
/// let plugin: Arc<dyn TypeProvider> = provider;
/// let (ctx, pods) = (CallContext::new(), ResourceKey::from("core::v1::Pod"));
/// assert!(plugin.resource_types(&ctx, &"dev".into()).await?.contains_key(&pods));
/// let can = plugin.resource_capabilities(&ctx, &pods).await?;
/// assert!(can.watchable && !can.has_events);
/// assert!(!plugin.has_resource_type(&ctx, &"core::v1::Pood".into()).await?);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: TYP-01 to TYP-15, CAP-01 to CAP-06
#[async_trait]
pub trait TypeProvider: Send + Sync {
    /// The groups of a connection by id; declared groups are there even when they are empty.
    async fn resource_groups(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<String, ResourceGroup>>;

    /// One group.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown id.
    async fn resource_group(&self, ctx: &CallContext, id: &str) -> Result<ResourceGroup>;

    /// The types of a connection by key.
    async fn resource_types(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<ResourceKey, ResourceMeta>>;

    /// One type.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown key, `INVALID_INPUT` for a malformed one.
    async fn resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<ResourceMeta>;

    /// Whether [`resource_type`](Self::resource_type) has an answer.
    async fn has_resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<bool>;

    /// How objects of a type are shown and identified.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown key.
    async fn resource_definition(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceDefinition>;

    /// What a type can do.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown key.
    async fn resource_capabilities(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceCapabilities>;

    /// The JSON Schema of a type's objects; `None` where the plugin has none.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for an unknown key; the connection errors of an operation where the plugin has to be asked.
    async fn resource_schema(&self, ctx: &CallContext, key: &ResourceKey) -> Result<Option<Json>>;

    /// The fields that a type can be filtered by; `None` where it is not filterable.
    ///
    /// # Errors
    ///
    /// As [`resource_schema`](Self::resource_schema).
    async fn filter_fields(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Option<FilterFields>>;
}
