//! The life of connections, and editor schemas.

use std::sync::Arc;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use omniview_sdk::{
    CallContext, Connection, ConnectionId, ConnectionLifecycleProvider, ConnectionStatus,
    ConnectionStatusCode, EditorSchema, EditorSchemaProvider, ErrorCode, ResourceOperationError,
    Result, async_trait,
};

use super::provider::{BentProvider, recode};
use crate::Deviation;

impl BentProvider {
    /// Takes an error of this code for a success, under this deviation.
    fn forgives<T>(&self, deviation: Deviation, code: &ErrorCode, answer: &Result<T>) -> bool {
        self.is(deviation) && answer.as_ref().is_err_and(|error| error.code() == code)
    }
}

#[async_trait]
impl ConnectionLifecycleProvider for BentProvider {
    async fn load_connections(&self, ctx: &CallContext) -> Result<Vec<Arc<Connection>>> {
        let mut loaded = self.inner.load_connections(ctx).await?;
        if self.is(Deviation::LoadAnswersTwice) {
            loaded.extend(loaded.first().cloned());
        }
        Ok(loaded)
    }

    async fn start_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        if self.is(Deviation::EarlyEventsLost) {
            self.go_deaf();
        }
        let again = match self.deviation {
            Deviation::StartAgainReconnects => self.is_started(ctx, id).await,
            _ => false,
        };
        if again {
            self.inner.stop_connection(ctx, id).await?;
        }
        let under_way = self
            .is(Deviation::StartsRace)
            .then(|| self.starts.begin(id.clone(), ()).0);
        let mut answer = self.inner.start_connection(ctx, id).await;
        if under_way.as_ref().is_some_and(|call| call.before == 1) && answer.is_ok() {
            self.inner.stop_connection(ctx, id).await?;
            answer = self.inner.start_connection(ctx, id).await;
        }
        drop(under_way);
        match self.deviation {
            Deviation::StartUnknownIsInternal => answer.map_err(|error| match error.code() {
                ErrorCode::NotFound => recode(&error, ErrorCode::Internal),
                _ => error,
            }),
            Deviation::StatusWithoutConnection => answer.map(|status| ConnectionStatus {
                connection: None,
                ..status
            }),
            _ => answer,
        }
    }

    async fn stop_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Arc<Connection>> {
        let known = self.inner.get_connection(ctx, id).await;
        let known = known.ok().and_then(|status| status.connection);
        if let Some(connection) = &known
            && self.is(Deviation::StopKeepsRunning)
            && self.is_started(ctx, id).await
        {
            return Ok(Arc::clone(connection));
        }
        let answer = self.inner.stop_connection(ctx, id).await;
        if answer.is_ok() && self.is(Deviation::StopReachesOthers) {
            for other in self.started().await {
                self.inner.stop_connection_watch(ctx, &other).await?;
            }
        }
        match known {
            Some(connection)
                if self.forgives(Deviation::StopTwiceOk, &ErrorCode::NotConnected, &answer) =>
            {
                Ok(connection)
            }
            _ => answer,
        }
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let answer = self.inner.check_connection(ctx, id).await;
        if self.forgives(Deviation::CheckUnknownOk, &ErrorCode::NotFound, &answer) {
            return Ok(ConnectionStatus::new(ConnectionStatusCode::Disconnected));
        }
        match &answer {
            Ok(status)
                if self.is(Deviation::CheckStoppedFails)
                    && status.status == ConnectionStatusCode::Disconnected =>
            {
                Err(ResourceOperationError::new(
                    ErrorCode::NotConnected,
                    "a connection that is not started cannot be checked",
                ))
            }
            _ => answer,
        }
    }

    async fn list_connections(&self, ctx: &CallContext) -> Result<Vec<ConnectionStatus>> {
        let mut connections = self.inner.list_connections(ctx).await?;
        match self.deviation {
            Deviation::ListUnsortedConnections => connections.reverse(),
            Deviation::ConnectionUnlisted => connections.truncate(1),
            Deviation::ListWithoutState => {
                for status in &mut connections {
                    status.status = ConnectionStatusCode::Unknown;
                }
            }
            Deviation::ListForgetsStopped => connections.retain(ConnectionStatus::is_connected),
            _ => {}
        }
        Ok(connections)
    }

    async fn get_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let answer = self.inner.get_connection(ctx, id).await;
        if self.forgives(
            Deviation::GetUnknownConnectionOk,
            &ErrorCode::NotFound,
            &answer,
        ) {
            return Ok(ConnectionStatus::new(ConnectionStatusCode::Unknown));
        }
        answer
    }

    async fn get_connection_namespaces(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Option<Vec<String>>> {
        self.inner.get_connection_namespaces(ctx, id).await
    }

    async fn update_connection(
        &self,
        ctx: &CallContext,
        connection: Connection,
    ) -> Result<ConnectionStatus> {
        let id = connection.id.clone();
        if self.is(Deviation::UpdateConnectionIgnored) {
            return self.inner.get_connection(ctx, &id).await;
        }
        let answer = self.inner.update_connection(ctx, connection).await;
        if self.is(Deviation::UpdateUnchangedOk)
            && answer
                .as_ref()
                .is_err_and(ResourceOperationError::is_connection_unchanged)
        {
            return self.inner.get_connection(ctx, &id).await;
        }
        if self.forgives(
            Deviation::UpdateUnknownConnectionOk,
            &ErrorCode::NotFound,
            &answer,
        ) {
            return Ok(ConnectionStatus::new(ConnectionStatusCode::Disconnected));
        }
        answer
    }

    async fn delete_connection(&self, ctx: &CallContext, id: &ConnectionId) -> Result<()> {
        if self.is(Deviation::DeleteKeepsConnection) {
            self.inner.get_connection(ctx, id).await?;
            // What is not started need not be stopped.
            let _ = self.inner.stop_connection(ctx, id).await;
            return Ok(());
        }
        let answer = self.inner.delete_connection(ctx, id).await;
        if self.forgives(
            Deviation::DeleteUnknownConnectionOk,
            &ErrorCode::NotFound,
            &answer,
        ) {
            return Ok(());
        }
        answer
    }

    async fn refresh_connection(
        &self,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        if self.is(Deviation::RefreshMakesNewClient) && self.is_started(ctx, id).await {
            self.inner.stop_connection(ctx, id).await?;
            return self.inner.start_connection(ctx, id).await;
        }
        let answer = self.inner.refresh_connection(ctx, id).await;
        if self.forgives(
            Deviation::RefreshStoppedOk,
            &ErrorCode::NotConnected,
            &answer,
        ) {
            return self.inner.get_connection(ctx, id).await;
        }
        answer
    }

    async fn watch_connections(
        &self,
        ctx: &CallContext,
    ) -> Result<BoxStream<'static, Vec<ConnectionStatus>>> {
        let changes = self.inner.watch_connections(ctx).await?;
        Ok(match self.deviation {
            Deviation::ConnectionWatchEnds => stream::empty().boxed(),
            _ => changes,
        })
    }
}

#[async_trait]
impl EditorSchemaProvider for BentProvider {
    async fn editor_schemas(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<Vec<EditorSchema>> {
        let answer = self.inner.editor_schemas(ctx, connection).await;
        if self.forgives(
            Deviation::EditorSchemasOfUnknownConnection,
            &ErrorCode::NotFound,
            &answer,
        ) {
            return Ok(Vec::new());
        }
        if self.is(Deviation::EditorSchemasChange) && self.is_every_second() {
            return Ok(Vec::new());
        }
        answer
    }
}
