//! The configured databases as connections.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionStatus, ConnectionStatusCode,
    PluginResult, ResourceOperationError, async_trait,
};

use super::Database;

/// The databases of the configuration, one connection each.
#[derive(Debug, Clone, Default)]
pub struct Shops(Vec<Connection>);

impl Shops {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Configures one more: a path, or a URI such as `file:demo?mode=memory&cache=shared`.
    #[must_use]
    pub fn shop(mut self, id: &str, database: &str) -> Self {
        let mut connection = Connection {
            id: id.into(),
            name: id.to_owned(),
            ..Connection::default()
        };
        let data = &mut connection.data;
        data.insert("database".to_owned(), database.into());
        self.0.push(connection);
        self
    }
}

#[async_trait]
impl ConnectionProvider<Database> for Shops {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.0.clone())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<Database> {
        let database = ctx
            .connection()
            .and_then(|connection| connection.data.get("database"))
            .and_then(|database| database.as_str())
            .filter(|database| !database.is_empty())
            .ok_or_else(|| {
                ResourceOperationError::invalid_input("the connection's data has no `database`")
                    .with_suggestion("set `database` to the path of the database's file")
            })?;
        Database::open(database).await
    }

    async fn destroy_client(&self, _: &CallContext, client: Arc<Database>) -> PluginResult<()> {
        client.close().await;
        Ok(())
    }

    /// Connected where SQLite finds the pages of the database in order.
    ///
    /// `quick_check` leaves out what `integrity_check` compares last, the indexes with their tables: it takes as long
    /// as one reading of the file, and this is asked often.
    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<Database>,
    ) -> PluginResult<ConnectionStatus> {
        let found = client
            .call(|database| {
                Ok(database
                    .query_one("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?)
            })
            .await;
        Ok(match found {
            Ok(found) if found == "ok" => ConnectionStatus::connected(),
            Ok(found) => ConnectionStatus::new(ConnectionStatusCode::Error).with_error(found),
            Err(error) => ConnectionStatus::new(ConnectionStatusCode::Unavailable)
                .with_error(error.to_string()),
        })
    }

    /// The branches of the shop.
    async fn get_namespaces(
        &self,
        _: &CallContext,
        client: &Arc<Database>,
    ) -> PluginResult<Option<Vec<String>>> {
        let branches = client.call(|database| {
            let mut branches = database.prepare("SELECT id FROM branches ORDER BY id")?;
            let branches = branches.query_map([], |row| row.get(0))?;
            Ok(branches.collect::<rusqlite::Result<Vec<String>>>()?)
        });
        Ok(Some(branches.await?))
    }
}
