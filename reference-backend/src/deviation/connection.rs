//! Defects of connections.

use std::sync::Arc;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use omniview_sdk::{
    CallContext, ClientRefresher, Connection, ConnectionProvider, ConnectionRegistration,
    ConnectionStatus, ConnectionStatusCode, ConnectionWatcher, EditorSchema, PluginResult,
    ResourceOperationError, SchemaProvider, Session, async_trait,
};

use super::Deviation;
use crate::world::ReferenceClient;

pub(super) fn bend(
    deviation: Deviation,
    registration: ConnectionRegistration<ReferenceClient>,
) -> ConnectionRegistration<ReferenceClient> {
    registration.map_handles(|mut handles| {
        match deviation {
            Deviation::ConnectionChangesUntold => handles.watcher = Some(Arc::new(Untold)),
            Deviation::RefreshFails => handles.refresher = Some(Arc::new(Stale)),
            Deviation::EditorSchemaNotJson | Deviation::EditorSchemaUnknownType => {
                handles.schemas = handles
                    .schemas
                    .map(|inner| Arc::new(BentSchemas { deviation, inner }) as _);
            }
            _ => {
                handles.provider = Arc::new(BentConnections {
                    deviation,
                    inner: handles.provider,
                });
            }
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
        if self.deviation == Deviation::LostSession {
            let connections = self.inner.load_connections(ctx).await?;
            if let Some(first) = connections.into_iter().next() {
                let session = Session::new().with_connection(Arc::new(first));
                return self
                    .inner
                    .create_client(&ctx.clone().with_session(session))
                    .await;
            }
        }
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
        let mut namespaces = self.inner.get_namespaces(ctx, client).await?;
        if let Some(namespaces) = &mut namespaces
            && self.deviation == Deviation::NamespacesTwice
        {
            namespaces.extend(namespaces.first().cloned());
        }
        Ok(namespaces.filter(|_| self.deviation != Deviation::NamespacesMissing))
    }
}

struct Stale;

#[async_trait]
impl ClientRefresher<ReferenceClient> for Stale {
    async fn refresh_client(
        &self,
        _ctx: &CallContext,
        _client: &Arc<ReferenceClient>,
    ) -> PluginResult<()> {
        Err(ResourceOperationError::internal("the credentials cannot be renewed").into())
    }
}

struct BentSchemas {
    deviation: Deviation,
    inner: Arc<dyn SchemaProvider<ReferenceClient>>,
}

#[async_trait]
impl SchemaProvider<ReferenceClient> for BentSchemas {
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<Vec<EditorSchema>> {
        let mut schemas = self.inner.editor_schemas(ctx, client).await?;
        for schema in &mut schemas {
            if self.deviation == Deviation::EditorSchemaNotJson {
                schema.content.truncate(schema.content.len() / 2);
            } else {
                schema.resource_key = format!("{}s", schema.resource_key).into();
            }
        }
        Ok(schemas)
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
