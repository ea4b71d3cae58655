//! Where connections come from, and how a client is made for one.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionStatus, PluginResult, async_trait,
};

use crate::client::{Backend, Client};

/// Each connection is a list of tasks.
pub(crate) struct Lists {
    backend: Backend,
}

impl Lists {
    pub(crate) fn new(backend: Backend) -> Self {
        Self { backend }
    }
}

#[async_trait]
impl ConnectionProvider<Client> for Lists {
    // Yours reads a file, or the settings of the plugin: `ctx.session()` has them.
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(vec![
            Connection::builder("home").name("At home").build()?,
            Connection::builder("work").name("At work").build()?,
        ])
    }

    // Bounded by the caller's deadline. Yours reads address and credentials from the connection.
    async fn create_client(&self, ctx: &CallContext) -> PluginResult<Client> {
        let connection = ctx.connection().ok_or("the session names no connection")?;
        Ok(self.backend.list(&connection.id))
    }

    // Exactly once for each client. Yours logs out.
    async fn destroy_client(&self, _: &CallContext, _: Arc<Client>) -> PluginResult<()> {
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<Client>,
    ) -> PluginResult<ConnectionStatus> {
        let (tasks, _) = client.all()?;
        let details = format!("{} tasks", tasks.len());
        Ok(ConnectionStatus::connected().with_details(details))
    }

    // `None`: lists have no such thing.
    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<Client>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}
