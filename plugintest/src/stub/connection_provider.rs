//! The traits of a connection provider, over a stub.

use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use omniview_sdk::{
    CallContext, ClientRefresher, Connection, ConnectionProvider, ConnectionScope,
    ConnectionStatus, ConnectionWatcher, EditorSchema, PluginResult, ResourceOperationError,
    SchemaProvider, ScopeProvider, async_trait,
};
use serde_json::Value;
use tokio::sync::mpsc;

use super::{StubCall, StubClient, StubOperation, connections::Inner};

/// What a [`StubConnections`](super::StubConnections) registers.
#[derive(Debug)]
pub(super) struct StubProvider(pub(super) Arc<Inner>);

impl StubProvider {
    async fn enter(
        &self,
        operation: StubOperation,
        ctx: &CallContext,
        client: Option<&StubClient>,
    ) -> PluginResult<()> {
        self.0.script.enter(call(operation, ctx, client)).await?;
        Ok(())
    }
}

fn call(operation: StubOperation, ctx: &CallContext, client: Option<&StubClient>) -> StubCall {
    StubCall {
        operation,
        context: ctx.clone(),
        meta: None,
        client: client.map(|client| client.id),
        input: Value::Null,
    }
}

#[async_trait]
impl ConnectionProvider<StubClient> for StubProvider {
    async fn load_connections(&self, ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        self.enter(StubOperation::LoadConnections, ctx, None)
            .await?;
        Ok(self.0.lock().configured.clone())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<StubClient> {
        self.enter(StubOperation::CreateClient, ctx, None).await?;
        let connection = ctx.connection().ok_or_else(|| {
            ResourceOperationError::internal("the session of `create_client` has no connection")
        })?;
        let mut state = self.0.lock();
        let client = StubClient {
            id: state.created.len() as u64 + 1,
            connection: connection.id.clone(),
        };
        state.created.push(client.clone());
        Ok(client)
    }

    async fn destroy_client(&self, ctx: &CallContext, client: Arc<StubClient>) -> PluginResult<()> {
        // Noted first: a client counts as destroyed even if that fails.
        self.0.lock().destroyed.push(StubClient::clone(&client));
        self.enter(StubOperation::DestroyClient, ctx, Some(&client))
            .await
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        client: &Arc<StubClient>,
    ) -> PluginResult<ConnectionStatus> {
        self.enter(StubOperation::CheckConnection, ctx, Some(client))
            .await?;
        let status = self.0.lock().statuses.get(&client.connection).cloned();
        Ok(status.unwrap_or_else(ConnectionStatus::connected))
    }

    async fn get_namespaces(
        &self,
        ctx: &CallContext,
        client: &Arc<StubClient>,
    ) -> PluginResult<Option<Vec<String>>> {
        self.enter(StubOperation::GetNamespaces, ctx, Some(client))
            .await?;
        Ok(self.0.lock().namespaces.clone())
    }
}

impl ConnectionWatcher for StubProvider {
    fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
        self.0
            .script
            .note(call(StubOperation::WatchConnections, ctx, None));
        let (sender, receiver) = mpsc::unbounded_channel();
        self.0.lock().watchers.push(sender);
        stream::unfold(receiver, async |mut receiver| {
            let item = receiver.recv().await?;
            Some((item, receiver))
        })
        .boxed()
    }
}

#[async_trait]
impl ClientRefresher<StubClient> for StubProvider {
    async fn refresh_client(
        &self,
        ctx: &CallContext,
        client: &Arc<StubClient>,
    ) -> PluginResult<()> {
        self.enter(StubOperation::RefreshClient, ctx, Some(client))
            .await
    }
}

#[async_trait]
impl SchemaProvider<StubClient> for StubProvider {
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        client: &Arc<StubClient>,
    ) -> PluginResult<Vec<EditorSchema>> {
        self.enter(StubOperation::EditorSchemas, ctx, Some(client))
            .await?;
        Ok(self.0.lock().schemas.clone().unwrap_or_default())
    }
}

#[async_trait]
impl ScopeProvider<StubClient> for StubProvider {
    async fn resolve_scope(
        &self,
        ctx: &CallContext,
        client: &Arc<StubClient>,
    ) -> PluginResult<ConnectionScope> {
        self.enter(StubOperation::ResolveScope, ctx, Some(client))
            .await?;
        let scope = self.0.lock().scope.clone();
        Ok(scope.unwrap_or_else(ConnectionScope::all))
    }
}
