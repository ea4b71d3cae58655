//! The life of connections, and what belongs to each.

use std::sync::Arc;

use futures_util::stream::BoxStream;
use omniview_sdk::{
    Connection, ConnectionId, ConnectionStatus, EditorSchema, ErrorCode, ResourceOperationError,
};

use super::here;
use crate::{
    Harness,
    call::{At, Call},
};

impl Harness {
    /// Loads the configured connections.
    #[track_caller]
    pub fn load_connections(&self) -> Call<(), Vec<Arc<Connection>>> {
        self.call("load_connections", At::nothing(), (), |p, ctx, _, ()| {
            p.load_connections(ctx)
        })
    }

    /// Starts a connection, which must then be `CONNECTED`.
    ///
    /// A start that answers with another status counts as failed, with code `CONNECTION_ERROR`;
    /// [`start_connection`](Self::start_connection) returns whatever status it is.
    #[track_caller]
    pub fn connect(&self, connection: impl Into<ConnectionId>) -> Call<(), ConnectionStatus> {
        self.call(
            "start_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| {
                Box::pin(async move {
                    let status = p.start_connection(ctx, at.connection()).await?;
                    if status.is_connected() {
                        Ok(status)
                    } else {
                        Err(not_connected(at.connection(), &status))
                    }
                })
            },
        )
    }

    /// Stops a connection; the same as [`stop_connection`](Self::stop_connection).
    #[track_caller]
    pub fn disconnect(&self, connection: impl Into<ConnectionId>) -> Call<(), Arc<Connection>> {
        self.stop_connection(connection)
    }

    /// Starts a connection and returns its status, whatever it is.
    #[track_caller]
    pub fn start_connection(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), ConnectionStatus> {
        self.call(
            "start_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.start_connection(ctx, at.connection()),
        )
    }

    /// Stops a connection and returns it as it was last.
    #[track_caller]
    pub fn stop_connection(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), Arc<Connection>> {
        self.call(
            "stop_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.stop_connection(ctx, at.connection()),
        )
    }

    /// Asks how a connection is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// assert!(h.check_connection("dev").await.is_connected());
    /// assert_eq!(h.check_connection("prod").await.status, ConnectionStatusCode::Disconnected);
    /// h.check_connection("test").expect_error(ErrorCode::NotFound).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn check_connection(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), ConnectionStatus> {
        self.call(
            "check_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.check_connection(ctx, at.connection()),
        )
    }

    /// Lists the connections with their status.
    #[track_caller]
    pub fn list_connections(&self) -> Call<(), Vec<ConnectionStatus>> {
        self.call("list_connections", At::nothing(), (), |p, ctx, _, ()| {
            p.list_connections(ctx)
        })
    }

    /// Returns one connection with its status.
    #[track_caller]
    pub fn get_connection(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), ConnectionStatus> {
        self.call(
            "get_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.get_connection(ctx, at.connection()),
        )
    }

    /// Lists the namespaces of a connection; `None` where its backend has no such thing.
    #[track_caller]
    pub fn get_connection_namespaces(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), Option<Vec<String>>> {
        self.call(
            "get_connection_namespaces",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.get_connection_namespaces(ctx, at.connection()),
        )
    }

    /// Changes the configuration of a connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let moved = Connection::builder("dev").data("url", "https://new.example").build().unwrap();
    /// h.update_connection(moved.clone()).await;
    /// let unchanged = h.update_connection(moved).attempt().await.unwrap_err();
    /// assert!(unchanged.is_connection_unchanged());
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn update_connection(&self, connection: Connection) -> Call<Connection, ConnectionStatus> {
        let at = At::on(&connection.id);
        self.call(
            "update_connection",
            at,
            connection,
            |p, ctx, _, connection| p.update_connection(ctx, connection),
        )
    }

    /// Removes a connection.
    #[track_caller]
    pub fn delete_connection(&self, connection: impl Into<ConnectionId>) -> Call<(), ()> {
        self.call(
            "delete_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.delete_connection(ctx, at.connection()),
        )
    }

    /// Renews the credentials of a connection.
    #[track_caller]
    pub fn refresh_connection(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), ConnectionStatus> {
        self.call(
            "refresh_connection",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.refresh_connection(ctx, at.connection()),
        )
    }

    /// Opens the stream of the managed connections; one item a change from outside.
    ///
    /// The time-out bounds the opening. The stream has no deadline; end it with
    /// [`with_cancellation`](Call::with_cancellation).
    #[track_caller]
    pub fn watch_connections(&self) -> Call<(), BoxStream<'static, Vec<ConnectionStatus>>> {
        Call::showing(
            &self.shared,
            here(),
            "watch_connections",
            At::nothing(),
            (),
            |p, ctx, _, ()| p.watch_connections(ctx),
            |_| "a stream".to_owned(),
        )
        .opening()
    }

    /// Fetches the editor schemas of a connection.
    #[track_caller]
    pub fn editor_schemas(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), Vec<EditorSchema>> {
        self.call(
            "editor_schemas",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.editor_schemas(ctx, at.connection()),
        )
    }
}

fn not_connected(connection: &ConnectionId, status: &ConnectionStatus) -> ResourceOperationError {
    let said = |text: &str| if text.is_empty() { "(nothing)" } else { text }.to_owned();
    ResourceOperationError::new(
        ErrorCode::ConnectionError,
        format!(
            "the connection is {} after its start; error: {}; details: {}",
            status.status,
            said(&status.error),
            said(&status.details)
        ),
    )
    .with_suggestion("call `start_connection` where another status than CONNECTED is expected")
    .in_operation("start_connection")
    .on_connection(connection)
}

#[cfg(test)]
mod tests {
    use omniview_sdk::ConnectionStatusCode;

    use super::*;

    #[test]
    fn a_start_that_does_not_connect_says_what_the_status_says() {
        let status =
            ConnectionStatus::new(ConnectionStatusCode::Unauthorized).with_error("expired");
        let error = not_connected(&"dev".into(), &status);
        assert_eq!(
            error.summary(),
            "start_connection on connection \"dev\": the connection is UNAUTHORIZED after its start; \
             error: expired; details: (nothing) (CONNECTION_ERROR); \
             call `start_connection` where another status than CONNECTED is expected"
        );
    }
}
