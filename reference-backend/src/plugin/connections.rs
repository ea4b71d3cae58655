//! Connections.

use std::sync::Arc;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use omniview_sdk::{
    CallContext, ClientRefresher, Connection, ConnectionProvider, ConnectionStatus,
    ConnectionStatusCode, ConnectionWatcher, ErrorCode, PluginResult, ResourceOperationError,
    async_trait,
};

use crate::world::{Operation, ReferenceClient, World};

/// Knows the connections of a [`World`] and makes their clients.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::{Kind, ReferenceClient, Site, plugin::ReferenceConnections, world::World};
/// use omniview_sdk::{ConnectionRegistration};
///
/// let world = Arc::new(World::new(vec![Kind::Pod], 64));
/// world.add_connection(Site::dev().connection(), &Site::dev())?;
/// let connections: ConnectionRegistration<ReferenceClient> =
///     ConnectionRegistration::builder(ReferenceConnections::new(world)).watch().refresh().schemas().build();
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReferenceConnections {
    world: Arc<World>,
}

impl ReferenceConnections {
    /// The connections of `world`.
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }
}

/// A client is a handle of what the connection leads to; creating one meets the faults of the connection, as a login would.
///
/// Contract: CON-01, CON-06, CON-09, CON-16, CON-20
#[async_trait]
impl ConnectionProvider<ReferenceClient> for ReferenceConnections {
    async fn load_connections(&self, _ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.world.connections())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<ReferenceClient> {
        let connection = ctx.connection().ok_or_else(|| {
            ResourceOperationError::internal(
                "create_client was called without a connection in its session",
            )
        })?;
        let fleet = self.world.fleet(&connection.id)?;
        fleet.faults().meet(Operation::CreateClient, None).await?;
        Ok(ReferenceClient::open(fleet))
    }

    async fn destroy_client(
        &self,
        _ctx: &CallContext,
        client: Arc<ReferenceClient>,
    ) -> PluginResult<()> {
        client.close();
        Ok(())
    }

    async fn check_connection(
        &self,
        _ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<ConnectionStatus> {
        let fleet = client.fleet();
        Ok(match fleet.faults().meet(Operation::Check, None).await {
            Ok(()) => ConnectionStatus::connected()
                .with_details(format!("{} namespaces", fleet.namespaces().len())),
            Err(error) => {
                ConnectionStatus::new(status_of(error.code())).with_error(error.message())
            }
        })
    }

    async fn get_namespaces(
        &self,
        _ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<Option<Vec<String>>> {
        let fleet = client.fleet();
        fleet.faults().meet(Operation::Namespaces, None).await?;
        Ok(Some(fleet.namespaces().to_vec()))
    }
}

/// One item a change, beginning with the first change after the call; the stream does not end.
///
/// Contract: CON-26, CON-28
impl ConnectionWatcher for ReferenceConnections {
    fn watch_connections(
        &self,
        _ctx: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
        let mut changes = self.world.follow_connections();
        changes.mark_unchanged();
        // The world is kept, so that the stream does not end before it is dropped.
        let state = (changes, Arc::clone(&self.world));
        stream::unfold(state, |(mut changes, world)| async move {
            changes.changed().await.ok()?;
            let connections = changes.borrow_and_update().clone();
            Some((Ok(connections), (changes, world)))
        })
        .boxed()
    }
}

/// Contract: CON-29
#[async_trait]
impl ClientRefresher<ReferenceClient> for ReferenceConnections {
    async fn refresh_client(
        &self,
        _ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<()> {
        client
            .fleet()
            .faults()
            .meet(Operation::Refresh, None)
            .await?;
        client.refresh();
        Ok(())
    }
}

fn status_of(code: &ErrorCode) -> ConnectionStatusCode {
    match code {
        ErrorCode::Unauthorized => ConnectionStatusCode::Unauthorized,
        ErrorCode::Forbidden | ErrorCode::PermissionDenied => ConnectionStatusCode::Forbidden,
        ErrorCode::Unavailable => ConnectionStatusCode::Unavailable,
        ErrorCode::Timeout => ConnectionStatusCode::Timeout,
        _ => ConnectionStatusCode::Error,
    }
}
