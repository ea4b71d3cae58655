//! Following a resource type.

use async_trait::async_trait;

use crate::{Context, PluginResult, WatchSink};

/// Follows a resource type: the initial objects first, every change after them.
///
/// # What the SDK promises
///
/// - Each attempt runs on its own, off the caller's task, with the connection's client, and is stopped by
///   [`Context::cancelled`]. Two attempts of one type on one connection never overlap.
/// - It reports Syncing itself, retries a failed attempt with back-off, and knows when to give up.
/// - It fills plugin id, connection and key of every event, and delivers them in the order of emission.
///
/// # What the author promises
///
/// - Emit the objects that exist with [`WatchSink::add`], then say [`WatchSink::synced`] with their number, then
///   follow. Where [`Context::watch_scope`] is set, only its partitions.
/// - Return `Ok(())` only when cancelled. Anything else that ends the watch is an error; 401 and 403 as
///   `UNAUTHORIZED`, `FORBIDDEN` or `PERMISSION_DENIED`, so that nobody retries them.
/// - Return soon after [`Context::cancelled`] completes; an attempt that has not returned after the grace
///   period is dropped at its next `.await`.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` only where it has not returned within the grace period after its cancellation.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Pods;
/// #[async_trait]
/// impl Watcher<()> for Pods {
///     async fn watch(&self, ctx: &Context<()>, sink: WatchSink) -> PluginResult<()> {
///         let web = Json::parse(r#"{"name": "web"}"#)?;
///         sink.add(WatchAddPayload::new("web", "shop", web)).await?;
///         sink.synced(1).await?;
///         ctx.cancelled().await; // and every change until then
///         Ok(())
///     }
/// }
/// ```
///
/// Contract: WAT-25, WAT-27, WAT-33, WAT-34, WAT-35, SNK-03, SNK-07
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Watcher<{C}>`",
    label = "`.watch()` needs `Watcher<{C}>`",
    note = "implement `Watcher<{C}>` for `{Self}`, or drop the `.watch()` call"
)]
pub trait Watcher<C>: Send + Sync + 'static {
    /// Runs one attempt.
    ///
    /// # Errors
    ///
    /// The attempt's failure: it is reported as Error (or Forbidden) and retried within the budget.
    async fn watch(&self, ctx: &Context<C>, sink: WatchSink) -> PluginResult<()>;
}
