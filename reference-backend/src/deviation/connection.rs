//! Defects of connections.

use std::sync::Arc;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionRegistration, ConnectionStatus,
    ConnectionStatusCode, ConnectionWatcher, PluginResult, ResourceOperationError, async_trait,
};

use super::Deviation;
use crate::world::ReferenceClient;

pub(super) fn bend(
    deviation: Deviation,
    registration: ConnectionRegistration<ReferenceClient>,
) -> ConnectionRegistration<ReferenceClient> {
    registration.map_handles(|mut handles| {
        if deviation == Deviation::ConnectionChangesUntold {
            handles.watcher = Some(Arc::new(Untold));
        } else {
            handles.provider = Arc::new(BentConnections {
                deviation,
                inner: handles.provider,
            });
        }
        handles
    })
}

struct BentConnections {
    deviation: Deviation,
    inner: Arc<dyn ConnectionProvider<ReferenceClient>>,
}

#[async_trait]
impl ConnectionProvider<ReferenceClient> for BentConnections {
    async fn load_connections(&self, ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        let mut connections = self.inner.load_connections(ctx).await?;
        if self.deviation == Deviation::LoadsConnectionTwice {
            connections.extend(connections.first().cloned());
        }
        Ok(connections)
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<ReferenceClient> {
        self.inner.create_client(ctx).await
    }

    async fn destroy_client(
        &self,
        ctx: &CallContext,
        client: Arc<ReferenceClient>,
    ) -> PluginResult<()> {
        if self.deviation == Deviation::DestroyFails {
            return Err(ResourceOperationError::internal("the client does not let go").into());
        }
        self.inner.destroy_client(ctx, client).await
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<ConnectionStatus> {
        match self.deviation {
            Deviation::UnhealthyCheck => Ok(ConnectionStatus::new(ConnectionStatusCode::from(
                "SPLENDID",
            ))),
            Deviation::CheckFails => {
                Err(ResourceOperationError::internal("the check went wrong").into())
            }
            _ => self.inner.check_connection(ctx, client).await,
        }
    }

    async fn get_namespaces(
        &self,
        ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<Option<Vec<String>>> {
        let namespaces = self.inner.get_namespaces(ctx, client).await?;
        Ok(namespaces.filter(|_| self.deviation != Deviation::NamespacesMissing))
    }
}

struct Untold;

impl ConnectionWatcher for Untold {
    fn watch_connections(
        &self,
        _ctx: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
        stream::pending().boxed()
    }
}
