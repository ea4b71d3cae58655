//! CRUD and queries.

use async_trait::async_trait;

use crate::{
    CallContext, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult,
    GetInput, GetResult, ListInput, ListResult, ResourceKey, Result, UpdateInput, UpdateResult,
};

/// CRUD and queries over the objects of a resource type.
///
/// The session's connection is used; without one, the only connection that is started.
///
/// # Errors
///
/// Of every method, before plugin code runs: `INVALID_INPUT` for a malformed key, `NOT_FOUND` for an unknown one (with
/// the nearest that is registered), `NOT_CONNECTED` when the connection is not started, `AMBIGUOUS_CONNECTION` without
/// a session and with several started, `TIMEOUT` and `CANCELLED` for a context that is over, `CLOSED`. From plugin
/// code: its own code, a classified one, or `INTERNAL`; a panic is `INTERNAL` with its text.
///
/// # Cancel safety
///
/// Dropping the future drops the plugin's; whether a write took place is then not known.
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
/// let plugin: Arc<dyn OperationProvider> = provider; // the facet that is needed
/// let (ctx, pods) = (CallContext::new(), "core::v1::Pod".into());
/// let web = plugin.get(&ctx, &pods, GetInput::new("web")).await?;
/// assert!(web.result.as_str().contains("Running"));
///
/// let mistyped = plugin.get(&ctx, &"core::v1::Pood".into(), GetInput::new("web")).await.unwrap_err();
/// assert_eq!(*mistyped.code(), ErrorCode::NotFound);
/// let elsewhere = CallContext::new().with_session(Session::for_connection("prod"));
/// let refused = plugin.list(&elsewhere, &pods, ListInput::all()).await.unwrap_err();
/// assert_eq!(*refused.code(), ErrorCode::NotConnected);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: OPS-01 to OPS-16, SES-07
#[async_trait]
pub trait OperationProvider: Send + Sync {
    /// Fetches one object.
    async fn get(&self, ctx: &CallContext, key: &ResourceKey, input: GetInput)
    -> Result<GetResult>;

    /// Lists objects.
    async fn list(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: ListInput,
    ) -> Result<ListResult>;

    /// Lists the objects that satisfy filters and text.
    ///
    /// # Errors
    ///
    /// Beside the common ones: `FILTER_UNKNOWN_FIELD`, `FILTER_INVALID_OPERATOR` and `INVALID_INPUT` for a filter that
    /// does not fit the declared fields.
    async fn find(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: FindInput,
    ) -> Result<FindResult>;

    /// Creates an object.
    async fn create(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: CreateInput,
    ) -> Result<CreateResult>;

    /// Replaces an object.
    async fn update(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: UpdateInput,
    ) -> Result<UpdateResult>;

    /// Removes an object.
    async fn delete(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: DeleteInput,
    ) -> Result<DeleteResult>;
}
