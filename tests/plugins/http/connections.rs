//! The configured libraries as connections.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, ClientRefresher, Connection, ConnectionProvider, ConnectionStatus,
    ConnectionStatusCode, PluginResult, ResourceOperationError, async_trait,
};
use reqwest::StatusCode;

use super::{ApiError, HttpClient};

/// The libraries of the configuration, one connection each.
#[derive(Debug, Clone, Default)]
pub struct Libraries(Vec<Connection>);

impl Libraries {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Configures one more.
    #[must_use]
    pub fn library(mut self, id: &str, url: &str, token: &str) -> Self {
        self.0.push(connection(id, url, token));
        self
    }

    /// Configures one more, whose token is renewed with a secret when it has expired.
    #[must_use]
    pub fn renewable(mut self, id: &str, url: &str, token: &str, secret: &str) -> Self {
        let mut connection = connection(id, url, token);
        connection.sensitive.insert("renewal", secret);
        self.0.push(connection);
        self
    }
}

/// The connection to the library at `url`.
///
/// The token goes to the sensitive data, which is never printed or sent anywhere but to the plugin itself.
pub fn connection(id: &str, url: &str, token: &str) -> Connection {
    let mut connection = Connection {
        id: id.into(),
        name: id.to_owned(),
        ..Connection::default()
    };
    connection.data.insert("url".to_owned(), url.into());
    connection.sensitive.insert("token", token);
    connection
}

#[async_trait]
impl ConnectionProvider<HttpClient> for Libraries {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.0.clone())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<HttpClient> {
        let connection = ctx
            .connection()
            .ok_or_else(|| ResourceOperationError::internal("the session has no connection"))?;
        let url = connection
            .data
            .get("url")
            .and_then(|url| url.as_str())
            .ok_or_else(|| {
                ResourceOperationError::invalid_input("the connection's data has no `url`")
                    .with_suggestion("set `url` to the base URL of the library's API")
            })?;
        let token = connection.sensitive.text("token").unwrap_or_default();
        let mut client = HttpClient::new(url, token)?;
        if let Some(secret) = connection.sensitive.text("renewal") {
            client = client.with_renewal(secret);
        }
        // A wrong URL or token is said now, and not by the first listing.
        client.health().await?;
        Ok(client)
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<HttpClient>) -> PluginResult<()> {
        // Dropping the client closes its sockets.
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<HttpClient>,
    ) -> PluginResult<ConnectionStatus> {
        let Err(error) = client.health().await else {
            return Ok(ConnectionStatus::connected());
        };
        let status = match error.downcast_ref::<ApiError>().map(ApiError::status) {
            Some(StatusCode::UNAUTHORIZED) => ConnectionStatusCode::Unauthorized,
            Some(StatusCode::FORBIDDEN) => ConnectionStatusCode::Forbidden,
            Some(StatusCode::NOT_FOUND) => ConnectionStatusCode::NotFound,
            _ => ConnectionStatusCode::Unavailable,
        };
        Ok(ConnectionStatus::new(status).with_error(error.to_string()))
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        client: &Arc<HttpClient>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(Some(client.shelves().await?))
    }
}

/// The client does so by itself when a request is refused. This is for an engine that knows when tokens expire, and
/// for people who have been told that one has; watches go on either way.
#[async_trait]
impl ClientRefresher<HttpClient> for Libraries {
    async fn refresh_client(&self, _: &CallContext, client: &Arc<HttpClient>) -> PluginResult<()> {
        client.renew().await
    }
}
