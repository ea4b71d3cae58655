//! The boundary: what an engine calls.
//!
//! [`Provider`] is eight facets. Nothing in their signatures is bound to the process (no client, no borrowed state, no
//! closure), so that a stub for a plugin in another process can implement them. Every method may be called at any
//! time and concurrently; every one fails with `CLOSED` after [`Provider::close`].
//!
//! An engine that needs one facet takes that: `Arc<dyn Provider>` upcasts to `Arc<dyn WatchProvider>`.

mod connections;
mod insight;
mod operations;
mod types;
mod watches;

use async_trait::async_trait;

pub use connections::{ConnectionLifecycleProvider, EditorSchemaProvider};
pub use insight::{ActionProvider, HealthProvider, RelationshipProvider};
pub use operations::OperationProvider;
pub use types::TypeProvider;
pub use watches::WatchProvider;

use crate::Result;

/// One plugin, as an engine sees it.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use omniview_sdk::*;
/// /// What an engine does, or whatever stands in for one.
/// async fn first_pods(plugin: &dyn Provider) -> Result<Vec<Json>> {
///     let ctx = CallContext::new().with_session(Session::for_connection("dev"));
///     plugin.start_connection(&ctx, &"dev".into()).await?;
///     let hurried = ctx.with_timeout(Duration::from_secs(5));
///     let page = plugin.list(&hurried, &"core::v1::Pod".into(), ListInput::all().page_size(10)).await?;
///     plugin.close().await?;
///     Ok(page.result)
/// }
/// ```
///
/// Contract: PRV-01, OPS-16
#[async_trait]
pub trait Provider:
    OperationProvider
    + ConnectionLifecycleProvider
    + WatchProvider
    + TypeProvider
    + ActionProvider
    + EditorSchemaProvider
    + RelationshipProvider
    + HealthProvider
{
    /// Ends everything: watches, connections, listeners, tasks.
    ///
    /// Idempotent, and bounded in time: what has not ended after a grace period is aborted. When it returns, every
    /// client was destroyed and every other method fails with `CLOSED`.
    ///
    /// # Errors
    ///
    /// `INTERNAL`, naming what did not end even when aborted; it is closed all the same.
    ///
    /// # Cancel safety
    ///
    /// Once polled, closing goes on even if this is dropped; call it again to wait for the end.
    async fn close(&self) -> Result<()>;
}
