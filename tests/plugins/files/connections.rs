//! The configured directories as connections.

use std::{io::ErrorKind, path::Path, sync::Arc};

use omniview_sdk::{
    Blocking, CallContext, Connection, ConnectionProvider, ConnectionStatus, ConnectionStatusCode,
    PluginResult, ResourceOperationError, async_trait,
};

use super::{Client, Directory};

/// The directories of the configuration, one connection each.
#[derive(Debug, Clone, Default)]
pub struct Directories(Vec<Connection>);

impl Directories {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Configures one more.
    #[must_use]
    pub fn directory(mut self, id: &str, root: &Path) -> Self {
        let mut connection = Connection {
            id: id.into(),
            name: id.to_owned(),
            ..Connection::default()
        };
        let root = root.to_string_lossy().into_owned();
        connection.data.insert("root".to_owned(), root.into());
        self.0.push(connection);
        self
    }
}

#[async_trait]
impl ConnectionProvider<Client> for Directories {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.0.clone())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<Client> {
        let root = ctx
            .connection()
            .and_then(|connection| connection.data.get("root"))
            .and_then(|root| root.as_str())
            .filter(|root| !root.is_empty())
            .ok_or_else(|| {
                ResourceOperationError::invalid_input("the connection's data has no `root`")
                    .with_suggestion("set `root` to the path of a directory")
            })?
            .to_owned();
        // A directory may be on another machine, and opening it may take its time.
        Blocking::open(move || Ok(Directory::open(Path::new(&root))?)).await
    }

    async fn destroy_client(&self, _: &CallContext, client: Arc<Client>) -> PluginResult<()> {
        client.close().await;
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<Client>,
    ) -> PluginResult<ConnectionStatus> {
        client
            .run(|directory| {
                let Err(error) = directory.folders() else {
                    return Ok(ConnectionStatus::connected());
                };
                let status = match error.kind() {
                    ErrorKind::PermissionDenied => ConnectionStatusCode::Forbidden,
                    ErrorKind::NotFound => ConnectionStatusCode::NotFound,
                    _ => ConnectionStatusCode::Unavailable,
                };
                Ok(ConnectionStatus::new(status).with_error(error.to_string()))
            })
            .await
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        client: &Arc<Client>,
    ) -> PluginResult<Option<Vec<String>>> {
        let folders = client.run(|directory| Ok(directory.folders()?));
        Ok(Some(folders.await?))
    }
}
