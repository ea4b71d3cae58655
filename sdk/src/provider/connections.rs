//! Connections and what belongs to each.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::{CallContext, Connection, ConnectionId, ConnectionStatus, EditorSchema, Result};

/// The life of connections.
///
/// Building a plugin loads nothing; the first call of any method here loads once, [`load_connections`] loads again.
/// For one connection, starts, stops, updates and deletes take effect one after the other.
///
/// # Errors
///
/// An unknown id is `NOT_FOUND`. A failing load is the provider's error, and the known set stays.
///
/// # Deadlines
///
/// Whoever calls waits until its own deadline and no longer: then it is told `TIMEOUT`, or `CANCELLED`. A call whose turn has not come is
/// taken back. A client that is being created is given up, and the connection is stopped. Anything later (asking
/// discovery, starting watches, destroying a client) is completed by the plugin itself; a plugin that does not
/// answer holds up nobody else, except that no client is created before the one before it is destroyed.
///
/// # Cancel safety
///
/// Dropping a future does what its deadline would.
///
/// [`load_connections`]: Self::load_connections
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
/// let plugin: Arc<dyn ConnectionLifecycleProvider> = provider;
/// let (ctx, prod) = (CallContext::new(), ConnectionId::from("prod"));
/// assert_eq!(plugin.check_connection(&ctx, &prod).await?.status, ConnectionStatusCode::Disconnected);
/// assert!(plugin.start_connection(&ctx, &prod).await?.is_connected());
/// assert_eq!(plugin.stop_connection(&ctx, &prod).await?.id, "prod");
///
/// let again = plugin.stop_connection(&ctx, &prod).await.unwrap_err();
/// assert_eq!(*again.code(), ErrorCode::NotConnected);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: CON-01 to CON-31
#[async_trait]
pub trait ConnectionLifecycleProvider: Send + Sync {
    /// Loads the configured connections again and returns them, sorted by id.
    ///
    /// A running connection that vanished is torn down; one whose specification changed is restarted on the new one.
    ///
    /// # Errors
    ///
    /// Two connections with one id are `INVALID_INPUT`; the known set stays as it was.
    async fn load_connections(&self, ctx: &CallContext) -> Result<Vec<Arc<Connection>>>;

    /// Starts a connection: its client, discovery, and the watches that start with it.
    ///
    /// A healthy running connection is left as it is; an unhealthy one gets a new client. Client and watches outlive
    /// the context. When it is over before discovery has answered, the connection is started nonetheless: calls reach its
    /// client, and the watches follow as soon as the plugin answers.
    async fn start_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus>;

    /// Stops a connection and returns it as it was last.
    ///
    /// # Errors
    ///
    /// `NOT_CONNECTED` when it is not started.
    async fn stop_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Arc<Connection>>;

    /// Asks the plugin how a connection is; `DISCONNECTED` without asking when it is not started.
    async fn check_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus>;

    /// Every managed connection with its runtime status, sorted by id.
    async fn list_connections(&self, ctx: &CallContext) -> Result<Vec<ConnectionStatus>>;

    /// One managed connection with its runtime status.
    async fn get_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus>;

    /// The namespaces of a started connection; `None` where its backend has no such thing.
    async fn get_connection_namespaces(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Option<Vec<String>>>;

    /// Changes the configuration of a connection; a running one gets a new client and its watches start again.
    ///
    /// # Errors
    ///
    /// [`connection_unchanged`](crate::ResourceOperationError::connection_unchanged) when nothing differs.
    async fn update_connection(
        &self,
        ctx: &CallContext,
        connection: Connection,
    ) -> Result<ConnectionStatus>;

    /// Removes a connection, stopping it first.
    ///
    /// # Errors
    ///
    /// A client that could not be destroyed: everything else was cleaned up, and the connection is gone.
    async fn delete_connection(&self, ctx: &CallContext, id: &ConnectionId) -> Result<()>;

    /// Renews the credentials of a running connection; client and watches keep their identity.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED` without a [`ClientRefresher`](crate::ClientRefresher), `NOT_CONNECTED` when it is not started.
    async fn refresh_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus>;

    /// A stream of the managed connections, one item a change from outside; open until the context is cancelled.
    async fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> Result<BoxStream<'static, Vec<ConnectionStatus>>>;
}

/// Schemas for an editor.
///
/// # Errors
///
/// An unknown connection is `NOT_FOUND`, one that is not started `NOT_CONNECTED`. `TIMEOUT` and `CANCELLED` for a context that is
/// over, `CLOSED`. What the plugin says, which is not remembered: the next call asks again.
///
/// # Cancel safety
///
/// Dropping the future drops the plugin's; whoever asks next asks the plugin.
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
/// let plugin: Arc<dyn EditorSchemaProvider> = provider;
/// let ctx = CallContext::new();
/// assert!(plugin.editor_schemas(&ctx, &"dev".into()).await?.is_empty(), "this plugin has none");
/// let refused = plugin.editor_schemas(&ctx, &"prod".into()).await.unwrap_err();
/// assert_eq!(*refused.code(), ErrorCode::NotConnected);
/// # h.shutdown().await;
/// # Ok(())
/// # }
/// ```
///
/// Contract: SCH-01, CON-30
#[async_trait]
pub trait EditorSchemaProvider: Send + Sync {
    /// The editor schemas of a started connection; empty where the plugin has none.
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<Vec<EditorSchema>>;
}
