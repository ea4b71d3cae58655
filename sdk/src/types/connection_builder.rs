//! Builds a connection, filling in what was left unsaid.

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use super::connection::{Connection, ConnectionAutoConnect, ConnectionRetry, ConnectionTrigger};
use crate::ids::ConnectionId;

/// A day: how long credentials hold if nothing else is said.
const DEFAULT_EXPIRY: Duration = Duration::from_secs(24 * 60 * 60);

/// Collects what a [`Connection`] is made of; see [`Connection::builder`].
///
/// # Examples
///
/// ```
/// use omniview_sdk::Connection;
///
/// let dev = Connection::builder("dev")
///     .data("url", "https://dev.example")
///     .sensitive("token", "hunter2")
///     .build()?;
/// assert_eq!(dev.name, "dev", "what is left unsaid is filled in");
/// assert!(!format!("{dev:?}").contains("hunter2"));
/// # Ok::<(), omniview_sdk::InvalidConnection>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is made until `build` is called"]
pub struct ConnectionBuilder {
    connection: Connection,
    expiry: Option<Duration>,
}

impl ConnectionBuilder {
    pub(super) fn new(id: ConnectionId) -> Self {
        Self {
            connection: Connection {
                id,
                ..Connection::default()
            },
            expiry: None,
        }
    }

    /// Sets what people read; the id if nothing is said.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.connection.name = name.into();
        self
    }

    /// Sets the description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.connection.description = description.into();
        self
    }

    /// Sets the picture.
    pub fn avatar(mut self, avatar: impl Into<String>) -> Self {
        self.connection.avatar = avatar.into();
        self
    }

    /// Sets the id of this very object; a random UUID if nothing is said.
    pub fn uid(mut self, uid: impl Into<String>) -> Self {
        self.connection.uid = uid.into();
        self
    }

    /// Adds one entry of what the plugin needs to reach the backend.
    pub fn data(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.connection.data.insert(key.into(), value.into());
        self
    }

    /// Adds one label.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.connection.labels.insert(key.into(), value.into());
        self
    }

    /// Adds one secret, which is neither written nor printed.
    pub fn sensitive(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.connection.sensitive.insert(key, value);
        self
    }

    /// Sets how long credentials hold; a day if nothing is said, and zero is never.
    pub fn expiry(mut self, expiry: Duration) -> Self {
        self.expiry = Some(expiry);
        self
    }

    /// Has the connection start by itself.
    pub fn auto_connect(mut self, auto_connect: ConnectionAutoConnect) -> Self {
        self.connection.lifecycle.auto_connect = Some(auto_connect);
        self
    }

    /// Makes the connection.
    ///
    /// # Errors
    ///
    /// The id is empty, or a trigger or the retry is not one that is defined.
    pub fn build(self) -> Result<Connection, InvalidConnection> {
        let Self {
            mut connection,
            expiry,
        } = self;
        if connection.id.is_empty() {
            return Err(InvalidConnection::MissingId);
        }
        if let Some(auto_connect) = &mut connection.lifecycle.auto_connect {
            validate(&connection.id, auto_connect)?;
            auto_connect.retry = auto_connect.effective_retry();
        }
        if connection.name.is_empty() {
            connection.name = connection.id.as_str().to_owned();
        }
        if connection.uid.is_empty() {
            connection.uid = Uuid::new_v4().to_string();
        }
        connection.expiry_time = expiry.unwrap_or(DEFAULT_EXPIRY);
        Ok(connection)
    }
}

impl From<&str> for ConnectionBuilder {
    /// A connection of which nothing but the id is said.
    fn from(id: &str) -> Self {
        Self::new(id.into())
    }
}

/// A connection cannot be made from what was said.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Connection, ConnectionAutoConnect, ConnectionTrigger, InvalidConnection};
///
/// assert_eq!(Connection::builder("").build(), Err(InvalidConnection::MissingId));
/// let auto = ConnectionAutoConnect::on([ConnectionTrigger::from("FULL_MOON")]);
/// let refused = Connection::builder("dev").auto_connect(auto).build().unwrap_err();
/// assert_eq!(refused.to_string(), r#"connection "dev" has the unknown trigger "FULL_MOON""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidConnection {
    /// The id is empty.
    #[error("a connection needs an id")]
    MissingId,
    /// A trigger is not one that is defined.
    #[error("connection {connection:?} has the unknown trigger {:?}", trigger.as_str())]
    UnknownTrigger {
        /// The id of the connection.
        connection: ConnectionId,
        /// The trigger.
        trigger: ConnectionTrigger,
    },
    /// The retry is not one that is defined.
    #[error("connection {connection:?} has the unknown retry {:?}", retry.as_str())]
    UnknownRetry {
        /// The id of the connection.
        connection: ConnectionId,
        /// The retry.
        retry: ConnectionRetry,
    },
}

fn validate(
    id: &ConnectionId,
    auto_connect: &ConnectionAutoConnect,
) -> Result<(), InvalidConnection> {
    if let Some(trigger) = auto_connect
        .triggers
        .iter()
        .find(|trigger| !trigger.is_known())
    {
        return Err(InvalidConnection::UnknownTrigger {
            connection: id.clone(),
            trigger: trigger.clone(),
        });
    }
    let retry = auto_connect.effective_retry();
    if !retry.is_known() {
        return Err(InvalidConnection::UnknownRetry {
            connection: id.clone(),
            retry,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_unsaid_is_filled_in() {
        let one = Connection::builder("dev").build().unwrap();
        assert_eq!(one.name, "dev");
        assert_eq!(one.expiry_time, Duration::from_secs(86_400));
        assert!(one.last_refresh.is_zero());
        assert_eq!(Uuid::parse_str(&one.uid).unwrap().get_version_num(), 4);
        assert_ne!(one.uid, Connection::builder("dev").build().unwrap().uid);
    }

    #[test]
    fn what_is_said_is_kept() {
        let connection = Connection::builder("dev")
            .name("Dev")
            .uid("u")
            .expiry(Duration::ZERO)
            .auto_connect(ConnectionAutoConnect {
                retry: ConnectionRetry::from(""),
                ..Default::default()
            })
            .build()
            .unwrap();
        assert_eq!(
            (connection.name.as_str(), connection.uid.as_str()),
            ("Dev", "u")
        );
        assert_eq!(connection.expiry_time, Duration::ZERO);
        let auto_connect = connection.lifecycle.auto_connect.unwrap();
        assert_eq!(auto_connect.retry, ConnectionRetry::None);
    }

    #[test]
    fn a_bad_connection_is_refused_by_name() {
        let error = Connection::builder("").build().unwrap_err();
        assert_eq!(error.to_string(), "a connection needs an id");

        let auto = ConnectionAutoConnect::on([ConnectionTrigger::from("FULL_MOON")]);
        let error = Connection::builder("dev")
            .auto_connect(auto)
            .build()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"connection "dev" has the unknown trigger "FULL_MOON""#
        );

        let auto = ConnectionAutoConnect::on([]).retry(ConnectionRetry::from("OFTEN"));
        let error = Connection::builder("dev")
            .auto_connect(auto)
            .build()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"connection "dev" has the unknown retry "OFTEN""#
        );
    }
}
