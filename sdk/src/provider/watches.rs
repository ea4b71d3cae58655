//! Watches and the delivery of their events.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    CallContext, ConnectionId, ResourceKey, Result, WatchConnectionSummary, WatchEventSink,
};

/// Watches and the delivery of their events.
///
/// # Errors
///
/// An unknown connection is `NOT_FOUND`, one that is not started `NOT_CONNECTED`; an unknown type is `NOT_FOUND`, one
/// that cannot be watched `UNSUPPORTED`.
///
/// # Cancel safety
///
/// What a call has begun is completed by the plugin itself; dropping the future only stops waiting for it. So does the
/// caller's deadline: a watcher that takes its time to end keeps nobody for longer.
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
/// let plugin: Arc<dyn WatchProvider> = provider;
/// let (ctx, dev) = (CallContext::new(), ConnectionId::from("dev"));
/// assert!(plugin.has_watch(&ctx, &dev).await?, "it has started with its connection");
/// plugin.stop_connection_watch(&ctx, &dev).await?;
/// let summary = plugin.get_watch_state(&ctx, &dev).await?;
/// assert_eq!(summary.resources.get("core::v1::Pod"), Some(&WatchState::Stopped));
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: WAT-01 to WAT-43, SNK-01 to SNK-14
#[async_trait]
pub trait WatchProvider: Send + Sync {
    /// Starts every watch that starts with the connection; harmless when they run.
    async fn start_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()>;

    /// Stops every watch of the connection. When it returns, the last events are delivered and none follows.
    async fn stop_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()>;

    /// Whether any watch of the connection is Syncing, Synced, or in Error with a retry pending.
    async fn has_watch(&self, ctx: &CallContext, connection: &ConnectionId) -> Result<bool>;

    /// The state of every watchable type of the connection.
    async fn get_watch_state(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<WatchConnectionSummary>;

    /// Delivers events to `sink` until the context is cancelled.
    ///
    /// Events that were emitted while nobody listened are delivered first, in order; a listener beside another gets
    /// what is emitted from now on.
    ///
    /// # Errors
    ///
    /// `INTERNAL` with the text when the sink panicked: it is detached, others are not affected. `CLOSED`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future detaches the sink.
    async fn listen_for_events(
        &self,
        ctx: &CallContext,
        sink: Arc<dyn WatchEventSink>,
    ) -> Result<()>;

    /// Starts the watch of a type unless it runs; revives one that has ended.
    ///
    /// A type that only a pattern serves, and that discovery has not named, is watched as well once it is asked for here. It
    /// stays a type of the connection until an answer of discovery that claims to be complete leaves it out.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED` with the reason where discovery, scope or sync policy exclude the type.
    async fn ensure_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()>;

    /// Stops the watch of a type; nothing happens when it does not run.
    async fn stop_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()>;

    /// Stops the watch of a type and starts it afresh once the old one has ended.
    async fn restart_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()>;

    /// Whether the watch of a type runs or waits to be retried; false for a type that is not known.
    async fn is_resource_watch_running(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<bool>;
}
