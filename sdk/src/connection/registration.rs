//! Registering the connection provider of a plugin.

use std::{fmt, sync::Arc};

use super::{
    ClientRefresher, ConnectionProvider, ConnectionWatcher, SchemaProvider, ScopeProvider,
};

/// The connection provider of a plugin, and a handle for each optional trait that it has.
///
/// A wrapper replaces handles through [`ConnectionRegistration::map_handles`].
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// # struct Clusters;
/// # #[async_trait] impl ConnectionProvider<()> for Clusters {
/// #     async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> { Ok(Vec::new()) }
/// #     async fn create_client(&self, _: &CallContext) -> PluginResult<()> { Ok(()) }
/// #     async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> { Ok(()) }
/// #     async fn check_connection(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<ConnectionStatus> { Ok(ConnectionStatus::connected()) }
/// #     async fn get_namespaces(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<Option<Vec<String>>> { Ok(None) }
/// # }
/// # #[async_trait] impl ScopeProvider<()> for Clusters {
/// #     async fn resolve_scope(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<ConnectionScope> { Ok(ConnectionScope::all()) }
/// # }
/// let clusters = ConnectionRegistration::builder(Clusters)
///     .scope() // compiles because `Clusters` is a `ScopeProvider`
///     .build();
/// assert!(clusters.scope.is_some() && clusters.refresher.is_none());
/// ```
///
/// Contract: CFG-15, CFG-16, CFG-17
pub struct ConnectionRegistration<C> {
    /// Loads, and makes, checks and destroys clients.
    pub provider: Arc<dyn ConnectionProvider<C>>,
    /// Tells about changes from outside.
    pub watcher: Option<Arc<dyn ConnectionWatcher>>,
    /// Renews credentials in place.
    pub refresher: Option<Arc<dyn ClientRefresher<C>>>,
    /// Gives editor schemas.
    pub schemas: Option<Arc<dyn SchemaProvider<C>>>,
    /// Limits watches.
    pub scope: Option<Arc<dyn ScopeProvider<C>>>,
}

impl<C: Send + Sync + 'static> ConnectionRegistration<C> {
    /// Starts a registration.
    pub fn builder<P: ConnectionProvider<C>>(provider: P) -> ConnectionRegistrationBuilder<C, P> {
        Self::shared(Arc::new(provider))
    }

    /// Starts a registration of a provider that is shared with others.
    pub fn shared<P: ConnectionProvider<C>>(
        provider: Arc<P>,
    ) -> ConnectionRegistrationBuilder<C, P> {
        ConnectionRegistrationBuilder {
            registration: Self {
                provider: provider.clone(),
                watcher: None,
                refresher: None,
                schemas: None,
                scope: None,
            },
            provider,
        }
    }
}

impl<C> ConnectionRegistration<C> {
    /// Replaces handles: the way to wrap a provider in faults, or to take a capability away.
    #[must_use]
    pub fn map_handles(self, map: impl FnOnce(Self) -> Self) -> Self {
        map(self)
    }
}

impl<C> Clone for ConnectionRegistration<C> {
    fn clone(&self) -> Self {
        Self {
            provider: self.provider.clone(),
            watcher: self.watcher.clone(),
            refresher: self.refresher.clone(),
            schemas: self.schemas.clone(),
            scope: self.scope.clone(),
        }
    }
}

impl<C> fmt::Debug for ConnectionRegistration<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionRegistration")
            .field("watcher", &self.watcher.is_some())
            .field("refresher", &self.refresher.is_some())
            .field("schemas", &self.schemas.is_some())
            .field("scope", &self.scope.is_some())
            .finish_non_exhaustive()
    }
}

/// Says what a connection provider can do; each call needs the trait that it names.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// # struct Clusters;
/// # #[async_trait] impl ConnectionProvider<()> for Clusters {
/// #     async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> { Ok(Vec::new()) }
/// #     async fn create_client(&self, _: &CallContext) -> PluginResult<()> { Ok(()) }
/// #     async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> { Ok(()) }
/// #     async fn check_connection(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<ConnectionStatus> { Ok(ConnectionStatus::connected()) }
/// #     async fn get_namespaces(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<Option<Vec<String>>> { Ok(None) }
/// # }
/// #[async_trait]
/// impl ClientRefresher<()> for Clusters {
///     async fn refresh_client(&self, _: &CallContext, _: &Arc<()>) -> PluginResult<()> { Ok(()) }
/// }
///
/// let plain = ConnectionRegistration::builder(Clusters).build();
/// assert!(plain.refresher.is_none(), "what is implemented and not said is not used");
/// let renewing = ConnectionRegistration::builder(Clusters).refresh().build();
/// assert!(renewing.refresher.is_some());
/// ```
#[must_use = "a builder registers nothing until `build` is called"]
pub struct ConnectionRegistrationBuilder<C, P> {
    registration: ConnectionRegistration<C>,
    provider: Arc<P>,
}

impl<C, P> ConnectionRegistrationBuilder<C, P> {
    /// The provider tells about changes from outside.
    pub fn watch(mut self) -> Self
    where
        P: ConnectionWatcher,
    {
        self.registration.watcher = Some(self.provider.clone());
        self
    }

    /// The provider renews credentials in place.
    pub fn refresh(mut self) -> Self
    where
        P: ClientRefresher<C>,
    {
        self.registration.refresher = Some(self.provider.clone());
        self
    }

    /// The provider gives editor schemas.
    pub fn schemas(mut self) -> Self
    where
        P: SchemaProvider<C>,
    {
        self.registration.schemas = Some(self.provider.clone());
        self
    }

    /// The provider limits watches.
    pub fn scope(mut self) -> Self
    where
        P: ScopeProvider<C>,
    {
        self.registration.scope = Some(self.provider.clone());
        self
    }

    /// Completes the registration.
    #[must_use]
    pub fn build(self) -> ConnectionRegistration<C> {
        self.registration
    }
}

impl<C, P> fmt::Debug for ConnectionRegistrationBuilder<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConnectionRegistrationBuilder")
            .field(&self.registration)
            .finish()
    }
}
