//! What a plugin author implements for connections.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use crate::{CallContext, Connection, ConnectionStatus, EditorSchema, PluginResult, ScopeMode};

/// Knows the configured connections, and makes, checks and destroys their clients.
///
/// The session of every call except [`load_connections`](Self::load_connections) holds the full connection that the call
/// is about: [`CallContext::connection`].
///
/// # What the SDK promises
///
/// - Each client that [`create_client`](Self::create_client) returned is given to
///   [`destroy_client`](Self::destroy_client) exactly once, when the last watch on it has ended: on stop, update,
///   delete, close, and when the start that created it is aborted.
/// - Clients of one connection are created, refreshed and destroyed one after the other, never at the same time.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when nobody waits for it any more: its caller has gone, or the plugin closes. That of
/// [`destroy_client`](Self::destroy_client) outlives its caller.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// struct Client { url: String }
/// struct Clusters;
///
/// #[async_trait]
/// impl ConnectionProvider<Client> for Clusters {
///     async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
///         Ok(vec![Connection::builder("dev").data("url", "https://dev.example").build()?])
///     }
///     async fn create_client(&self, ctx: &CallContext) -> PluginResult<Client> {
///         let connection = ctx.connection().ok_or("the session names no connection")?;
///         let url = connection.data.get("url").and_then(|url| url.as_str()).ok_or("there is no url")?;
///         Ok(Client { url: url.to_owned() })
///     }
///     async fn destroy_client(&self, _: &CallContext, _: Arc<Client>) -> PluginResult<()> {
///         Ok(())
///     }
///     async fn check_connection(&self, _: &CallContext, client: &Arc<Client>) -> PluginResult<ConnectionStatus> {
///         Ok(ConnectionStatus::connected().with_details(client.url.clone()))
///     }
///     async fn get_namespaces(&self, _: &CallContext, _: &Arc<Client>) -> PluginResult<Option<Vec<String>>> {
///         Ok(Some(vec!["default".to_owned()])) // `None` where there is no such thing
///     }
/// }
/// ```
///
/// Contract: CON-01, CON-06, CON-07, CON-09, CON-10, CON-16, CON-20
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ConnectionProvider<{C}>`",
    label = "a plugin's connections come from a `ConnectionProvider<{C}>`",
    note = "implement `ConnectionProvider<{C}>` for `{Self}`; the type in `<…>` is the plugin's client"
)]
pub trait ConnectionProvider<C>: Send + Sync + 'static {
    /// Every configured connection.
    ///
    /// # Errors
    ///
    /// When the configuration cannot be read; the known connections stay as they were.
    async fn load_connections(&self, ctx: &CallContext) -> PluginResult<Vec<Connection>>;

    /// Makes a client for the session's connection.
    ///
    /// The future is dropped when the caller's deadline passes, the caller goes away, or the connection is stopped meanwhile.
    ///
    /// # Errors
    ///
    /// When the backend cannot be reached or refuses; the connection stays stopped.
    async fn create_client(&self, ctx: &CallContext) -> PluginResult<C>;

    /// Lets go of what the client holds.
    ///
    /// Calls that were already running may still have a handle of it. Called once for each client. The connection is not
    /// started again before this has returned, however long it takes; only the end of the plugin drops it, after a grace
    /// period.
    ///
    /// # Errors
    ///
    /// Logged and reported; the client counts as destroyed.
    async fn destroy_client(&self, ctx: &CallContext, client: Arc<C>) -> PluginResult<()>;

    /// Says how the connection is. The SDK fills [`ConnectionStatus::connection`] when it is `None`.
    ///
    /// # Errors
    ///
    /// When even that cannot be said; the connection counts as unhealthy.
    async fn check_connection(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionStatus>;

    /// The namespaces of the backend; `None` where it has no such thing, which differs from having none.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn get_namespaces(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Option<Vec<String>>>;
}

/// Tells when connections are configured, changed or removed from outside.
///
/// # Examples
///
/// ```
/// # use futures_util::{StreamExt, stream::{self, BoxStream}};
/// # use omniview_sdk::*;
/// # struct Clusters;
/// impl ConnectionWatcher for Clusters {
///     fn watch_connections(&self, _: &CallContext) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
///         stream::pending().boxed() // the whole set, one item a change
///     }
/// }
/// ```
///
/// Contract: CON-26, CON-27, CON-28
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ConnectionWatcher`",
    label = "`.watch()` needs `ConnectionWatcher`",
    note = "implement `ConnectionWatcher` for `{Self}`, or drop the `.watch()` call"
)]
pub trait ConnectionWatcher: Send + Sync + 'static {
    /// A stream of the whole set of connections, one item a change; the SDK drops it when the plugin closes.
    ///
    /// An item that is an error is logged, and the stream goes on. A stream may end.
    fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>>;
}

/// Renews the credentials of a client in place.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` together with its caller: change the client last, in one step.
///
/// # Examples
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// # use omniview_sdk::*;
/// # struct Clusters;
/// struct Client { token: Mutex<String> }
///
/// #[async_trait]
/// impl ClientRefresher<Client> for Clusters {
///     async fn refresh_client(&self, _: &CallContext, client: &Arc<Client>) -> PluginResult<()> {
///         *client.token.lock().map_err(|_| "poisoned")? = "a new one".to_owned();
///         Ok(())
///     }
/// }
/// ```
///
/// Contract: CON-29
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ClientRefresher<{C}>`",
    label = "`.refresh()` needs `ClientRefresher<{C}>`",
    note = "implement `ClientRefresher<{C}>` for `{Self}`, or drop the `.refresh()` call"
)]
pub trait ClientRefresher<C>: Send + Sync + 'static {
    /// Renews the credentials of this very client; watches on it go on.
    ///
    /// # Errors
    ///
    /// When the backend refuses; the client stays as it was.
    async fn refresh_client(&self, ctx: &CallContext, client: &Arc<C>) -> PluginResult<()>;
}

/// Gives an editor the schemas of a connection's documents.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` together with its caller; the next question asks again.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// # struct Clusters;
/// #[async_trait]
/// impl SchemaProvider<()> for Clusters {
///     async fn editor_schemas(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<Vec<EditorSchema>> {
///         Ok(vec![EditorSchema {
///             resource_key: "core::v1::Pod".into(),
///             file_match: "*.pod.yaml".into(),
///             content: br#"{"type": "object"}"#.to_vec(),
///             language: "yaml".into(),
///             ..EditorSchema::default()
///         }])
///     }
/// }
/// ```
///
/// Contract: SCH-01, CON-30, CFG-15
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `SchemaProvider<{C}>`",
    label = "`.schemas()` needs `SchemaProvider<{C}>`",
    note = "implement `SchemaProvider<{C}>` for `{Self}`, or drop the `.schemas()` call"
)]
pub trait SchemaProvider<C>: Send + Sync + 'static {
    /// The editor schemas of a connection; asked for once a client.
    ///
    /// # Errors
    ///
    /// Whatever the backend says; the next question asks again.
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Vec<EditorSchema>>;
}

/// Limits the watches of a connection to partitions: namespaces, regions, projects.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when something else is asked of the connection meanwhile; the question is asked again
/// after that.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// # struct Clusters;
/// #[async_trait]
/// impl ScopeProvider<()> for Clusters {
///     async fn resolve_scope(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<ConnectionScope> {
///         Ok(ConnectionScope::explicit(["shop", "payments"]))
///     }
/// }
/// ```
///
/// Contract: SCP-01 to SCP-05, CFG-16
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ScopeProvider<{C}>`",
    label = "`.scope()` needs `ScopeProvider<{C}>`",
    note = "implement `ScopeProvider<{C}>` for `{Self}`, or drop the `.scope()` call"
)]
pub trait ScopeProvider<C>: Send + Sync + 'static {
    /// The scope of the session's connection; asked for when its watches start.
    ///
    /// # Errors
    ///
    /// Logged; the watches are then not limited.
    async fn resolve_scope(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionScope>;
}

/// What the watches of a connection are limited to.
///
/// `Explicit` and `AutoDiscover` without partitions put nothing in scope: the watches are Skipped.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ConnectionScope, ScopeMode};
///
/// let chosen = ConnectionScope::explicit(["shop", "payments"]);
/// assert_eq!((chosen.mode, chosen.partitions.len()), (ScopeMode::Explicit, 2));
/// let visible = ConnectionScope::auto_discovered(["shop"]);
/// assert_eq!((visible.mode, visible.partitions.len()), (ScopeMode::AutoDiscover, 1));
/// assert_eq!(ConnectionScope::all().mode, ScopeMode::All);
/// ```
///
/// Contract: SCP-01, SCP-03
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionScope {
    /// Where the partitions come from.
    pub mode: ScopeMode,
    /// The partitions; without meaning for [`ScopeMode::All`].
    pub partitions: Vec<String>,
}

impl ConnectionScope {
    /// Everything.
    pub fn all() -> Self {
        Self {
            mode: ScopeMode::All,
            partitions: Vec::new(),
        }
    }

    /// The partitions that the user chose.
    pub fn explicit<P: Into<String>>(partitions: impl IntoIterator<Item = P>) -> Self {
        Self {
            mode: ScopeMode::Explicit,
            partitions: partitions.into_iter().map(Into::into).collect(),
        }
    }

    /// The partitions that the backend lets this connection see.
    pub fn auto_discovered<P: Into<String>>(partitions: impl IntoIterator<Item = P>) -> Self {
        Self {
            mode: ScopeMode::AutoDiscover,
            ..Self::explicit(partitions)
        }
    }
}
