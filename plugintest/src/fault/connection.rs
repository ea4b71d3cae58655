//! A connection provider and a discovery between the SDK and the author's.

use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use omniview_sdk::{
    CallContext, ClientRefresher, Connection, ConnectionProvider, ConnectionRegistration,
    ConnectionScope, ConnectionStatus, ConnectionWatcher, DiscoveredTypes, DiscoveryProvider,
    EditorSchema, PluginResult, SchemaProvider, ScopeProvider, async_trait,
};
use serde_json::Value;

use super::{PluginCall, PluginMethod, faults::Shared, resource::Faulty};

/// Wraps the handles that there are.
pub(super) fn wrap<C: Send + Sync + 'static>(
    handles: ConnectionRegistration<C>,
    shared: &Arc<Shared>,
) -> ConnectionRegistration<C> {
    // Exhaustive, so that a new trait is a compile error and no lost capability.
    let ConnectionRegistration {
        provider,
        watcher,
        refresher,
        schemas,
        scope,
    } = handles;
    ConnectionRegistration {
        provider: faulty(provider, shared),
        watcher: watcher.map(|own| faulty(own, shared) as _),
        refresher: refresher.map(|own| faulty(own, shared) as _),
        schemas: schemas.map(|own| faulty(own, shared) as _),
        scope: scope.map(|own| faulty(own, shared) as _),
    }
}

pub(super) fn wrap_discovery<C: Send + Sync + 'static>(
    own: Arc<dyn DiscoveryProvider<C>>,
    shared: &Arc<Shared>,
) -> Arc<dyn DiscoveryProvider<C>> {
    faulty(own, shared)
}

fn faulty<T: ?Sized>(own: Arc<T>, shared: &Arc<Shared>) -> Arc<Faulty<T>> {
    Arc::new(Faulty {
        own,
        shared: shared.clone(),
    })
}

impl<T: ?Sized> Faulty<T> {
    async fn enter_call(&self, method: PluginMethod, ctx: &CallContext) -> PluginResult<()> {
        self.shared.script.enter(call(method, ctx)).await?;
        Ok(())
    }
}

fn call(method: PluginMethod, ctx: &CallContext) -> PluginCall {
    PluginCall {
        operation: method,
        context: ctx.clone(),
        meta: None,
        client: None,
        input: Value::Null,
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ConnectionProvider<C> for Faulty<dyn ConnectionProvider<C>> {
    async fn load_connections(&self, ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        self.enter_call(PluginMethod::LoadConnections, ctx).await?;
        self.own.load_connections(ctx).await
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<C> {
        self.enter_call(PluginMethod::CreateClient, ctx).await?;
        self.own.create_client(ctx).await
    }

    async fn destroy_client(&self, ctx: &CallContext, client: Arc<C>) -> PluginResult<()> {
        let entered = self.enter_call(PluginMethod::DestroyClient, ctx).await;
        // The author's client is let go of even where the test says that this fails.
        self.own.destroy_client(ctx, client).await?;
        entered
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionStatus> {
        self.enter_call(PluginMethod::CheckConnection, ctx).await?;
        self.own.check_connection(ctx, client).await
    }

    async fn get_namespaces(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Option<Vec<String>>> {
        self.enter_call(PluginMethod::GetNamespaces, ctx).await?;
        self.own.get_namespaces(ctx, client).await
    }
}

impl ConnectionWatcher for Faulty<dyn ConnectionWatcher> {
    fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
        let fault = self
            .shared
            .script
            .note(call(PluginMethod::WatchConnections, ctx));
        let own = self.own.watch_connections(ctx);
        match fault {
            None => own,
            // A stream may say that something failed, and go on.
            Some(fault) => stream::once(fault.happen())
                .filter_map(async |happened| happened.err().map(Err))
                .chain(own)
                .boxed(),
        }
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ClientRefresher<C> for Faulty<dyn ClientRefresher<C>> {
    async fn refresh_client(&self, ctx: &CallContext, client: &Arc<C>) -> PluginResult<()> {
        self.enter_call(PluginMethod::RefreshClient, ctx).await?;
        self.own.refresh_client(ctx, client).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> SchemaProvider<C> for Faulty<dyn SchemaProvider<C>> {
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Vec<EditorSchema>> {
        self.enter_call(PluginMethod::EditorSchemas, ctx).await?;
        self.own.editor_schemas(ctx, client).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ScopeProvider<C> for Faulty<dyn ScopeProvider<C>> {
    async fn resolve_scope(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionScope> {
        self.enter_call(PluginMethod::ResolveScope, ctx).await?;
        self.own.resolve_scope(ctx, client).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> DiscoveryProvider<C> for Faulty<dyn DiscoveryProvider<C>> {
    async fn discover(
        &self,
        ctx: &CallContext,
        connection: &Connection,
        client: &Arc<C>,
    ) -> PluginResult<DiscoveredTypes> {
        self.enter_call(PluginMethod::Discover, ctx).await?;
        self.own.discover(ctx, connection, client).await
    }

    async fn on_connection_removed(&self, ctx: &CallContext, connection: &Connection) {
        self.own.on_connection_removed(ctx, connection).await;
    }
}
