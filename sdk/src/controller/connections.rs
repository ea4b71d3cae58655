//! The life of connections, and their editor schemas.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::build::ResourceController;
use crate::{
    CallContext, Connection, ConnectionId, ConnectionLifecycleProvider, ConnectionStatus,
    EditorSchema, EditorSchemaProvider, Result,
};

#[async_trait]
impl<C: Send + Sync + 'static> ConnectionLifecycleProvider for ResourceController<C> {
    async fn load_connections(&self, ctx: &CallContext) -> Result<Vec<Arc<Connection>>> {
        self.connections.load(ctx).await
    }

    async fn start_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        self.connections.start(ctx, id).await
    }

    async fn stop_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Arc<Connection>> {
        self.connections.stop(ctx, id).await
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        self.connections.check(ctx, id).await
    }

    async fn list_connections(&self, ctx: &CallContext) -> Result<Vec<ConnectionStatus>> {
        self.connections.list(ctx).await
    }

    async fn get_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        self.connections.find(ctx, id).await
    }

    async fn get_connection_namespaces(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Option<Vec<String>>> {
        self.connections.namespaces(ctx, id).await
    }

    async fn update_connection(
        &self,
        ctx: &CallContext,
        connection: Connection,
    ) -> Result<ConnectionStatus> {
        self.connections.update(ctx, connection).await
    }

    async fn delete_connection(&self, ctx: &CallContext, id: &ConnectionId) -> Result<()> {
        self.connections.delete(ctx, id).await
    }

    async fn refresh_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        self.connections.refresh(ctx, id).await
    }

    async fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> Result<BoxStream<'static, Vec<ConnectionStatus>>> {
        self.connections.watch(ctx).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> EditorSchemaProvider for ResourceController<C> {
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<Vec<EditorSchema>> {
        self.connections.editor_schemas(ctx, connection).await
    }
}
