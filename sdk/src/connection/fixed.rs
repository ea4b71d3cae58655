//! Connections that are known when the plugin is written, ready made.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use futures_util::future::BoxFuture;

use super::{ConnectionProvider, ConnectionRegistration};
use crate::{
    CallContext, Connection, ConnectionBuilder, ConnectionStatus, InvalidConnection, PluginResult,
    ResourceOperationError,
};

type Call<A, T> = Arc<dyn Fn(A) -> BoxFuture<'static, PluginResult<T>> + Send + Sync>;

/// A [`ConnectionProvider`] for a plugin whose connections are known when it is configured.
///
/// Each connection comes with its client, or with what makes one. What is left unsaid is what a client in memory would
/// say: it is connected, it has no namespaces, and it lets go of everything when it is dropped. A plugin whose
/// connections are configured elsewhere, or whose clients have to be logged out, implements [`ConnectionProvider`].
///
/// ```
/// # use omniview_sdk::*;
/// # struct Client { url: String }
/// # impl Client {
/// #     async fn open(url: &str) -> PluginResult<Self> { Ok(Self { url: url.to_owned() }) }
/// #     async fn ping(&self) -> PluginResult<()> { Ok(()) }
/// # }
/// let registration: ConnectionRegistration<Client> = StaticConnections::new()
///     .connect(Connection::builder("dev").name("Development"), |_| Client::open("https://dev.example"))
///     .connect("prod", |_| Client::open("https://prod.example"))
///     .check(|client| async move {
///         client.ping().await?;
///         Ok(ConnectionStatus::connected().with_details(client.url.clone()))
///     })
///     .registration();
/// ```
///
/// Contract: CON-01, CON-06, CON-09, CON-16, CON-20
pub struct StaticConnections<C> {
    entries: Vec<Entry<C>>,
    check: Option<Call<Arc<C>, ConnectionStatus>>,
    namespaces: Option<Call<Arc<C>, Vec<String>>>,
}

struct Entry<C> {
    connection: Result<Connection, InvalidConnection>,
    make: Call<CallContext, C>,
}

impl<C: Send + Sync + 'static> StaticConnections<C> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            entries: Vec::new(),
            check: None,
            namespaces: None,
        }
    }

    /// Adds a connection with its client: each start gets a copy of it.
    ///
    /// For a client that is a handle, such as an `Arc` or a pool. What is behind it is there before the first start and
    /// after the last stop. Nothing but the id is needed of the connection.
    ///
    /// ```
    /// # use std::sync::{Arc, atomic::AtomicU64};
    /// # use omniview_sdk::*;
    /// let registration: ConnectionRegistration<Arc<AtomicU64>> =
    ///     StaticConnections::new().client("home", Arc::default()).registration();
    /// ```
    #[must_use]
    pub fn client(self, connection: impl Into<ConnectionBuilder>, client: C) -> Self
    where
        C: Clone,
    {
        self.connect(connection, move |_| {
            let client = client.clone();
            async move { Ok(client) }
        })
    }

    /// Adds a connection whose client is made anew at each start.
    ///
    /// The session of the context has the connection as it is configured by then, an update included. An error of `make`
    /// leaves the connection stopped; its future is dropped when the caller's deadline passes.
    ///
    /// Contract: CON-06, CON-07, CON-08
    #[must_use]
    pub fn connect<F, Fut>(mut self, connection: impl Into<ConnectionBuilder>, make: F) -> Self
    where
        F: Fn(CallContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = PluginResult<C>> + Send + 'static,
    {
        self.entries.push(Entry {
            connection: connection.into().build(),
            make: Arc::new(move |ctx| Box::pin(make(ctx))),
        });
        self
    }

    /// Says how to find out how a client's backend is. Without it every client counts as connected.
    ///
    /// Contract: CON-16
    #[must_use]
    pub fn check<F, Fut>(mut self, check: F) -> Self
    where
        F: Fn(Arc<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = PluginResult<ConnectionStatus>> + Send + 'static,
    {
        self.check = Some(Arc::new(move |client| Box::pin(check(client))));
        self
    }

    /// Says which namespaces a client's backend has. Without it there is no such thing.
    ///
    /// Contract: CON-20
    #[must_use]
    pub fn namespaces<F, Fut>(mut self, namespaces: F) -> Self
    where
        F: Fn(Arc<C>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = PluginResult<Vec<String>>> + Send + 'static,
    {
        self.namespaces = Some(Arc::new(move |client| Box::pin(namespaces(client))));
        self
    }

    /// The registration that a plugin's configuration takes.
    #[must_use]
    pub fn registration(self) -> ConnectionRegistration<C> {
        ConnectionRegistration::builder(self).build()
    }

    fn entry(&self, ctx: &CallContext) -> PluginResult<&Entry<C>> {
        let id = &ctx
            .connection()
            .ok_or_else(|| ResourceOperationError::internal("the session names no connection"))?
            .id;
        let is_it = |entry: &&Entry<C>| {
            let connection = entry.connection.as_ref();
            connection.is_ok_and(|connection| connection.id == *id)
        };
        self.entries.iter().find(is_it).ok_or_else(|| {
            ResourceOperationError::not_found(format!("there is no static connection {id}")).into()
        })
    }
}

impl<C: Send + Sync + 'static> Default for StaticConnections<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for StaticConnections<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connections = self.entries.iter().map(|entry| &entry.connection);
        f.debug_struct("StaticConnections")
            .field("connections", &connections.collect::<Vec<_>>())
            .field("check", &self.check.is_some())
            .field("namespaces", &self.namespaces.is_some())
            .finish()
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ConnectionProvider<C> for StaticConnections<C> {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        let connections = self.entries.iter().map(|entry| entry.connection.clone());
        Ok(connections.collect::<Result<_, _>>()?)
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<C> {
        (self.entry(ctx)?.make)(ctx.clone()).await
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<C>) -> PluginResult<()> {
        // Dropping it is all there is to do.
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionStatus> {
        match &self.check {
            Some(check) => check(client.clone()).await,
            None => Ok(ConnectionStatus::connected()),
        }
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Option<Vec<String>>> {
        match &self.namespaces {
            Some(namespaces) => Ok(Some(namespaces(client.clone()).await?)),
            None => Ok(None),
        }
    }
}
