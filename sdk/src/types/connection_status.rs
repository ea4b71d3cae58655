//! How a connection is doing.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::open_enum::open_enum;

/// Tells how a connection is doing. Contract: CON-04, CON-16, CON-17.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ConnectionStatus, ConnectionStatusCode};
///
/// assert!(ConnectionStatus::connected().is_connected());
/// let refused = ConnectionStatus::new(ConnectionStatusCode::Unauthorized).with_error("the token has expired");
/// assert!(!refused.is_connected());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionStatus {
    /// The connection; null on the wire where it is not told.
    pub connection: Option<Arc<Connection>>,
    /// How it is doing.
    pub status: ConnectionStatusCode,
    /// What is wrong, if anything is.
    pub error: String,
    /// More about it, for people.
    pub details: String,
}

impl ConnectionStatus {
    /// A status without a connection and without an explanation.
    pub fn new(status: ConnectionStatusCode) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// The connection works.
    pub fn connected() -> Self {
        Self::new(ConnectionStatusCode::Connected)
    }

    /// Says which connection it is.
    #[must_use]
    pub fn with_connection(mut self, connection: impl Into<Arc<Connection>>) -> Self {
        self.connection = Some(connection.into());
        self
    }

    /// Says what is wrong.
    #[must_use]
    pub fn with_error(mut self, error: impl Into<String>) -> Self {
        self.error = error.into();
        self
    }

    /// Says more about it.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }

    /// Tells whether the connection works.
    pub fn is_connected(&self) -> bool {
        self.status == ConnectionStatusCode::Connected
    }
}

open_enum! {
    /// How a connection is doing, in one word.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ConnectionStatus, ConnectionStatusCode};
    ///
    /// fn advice(status: &ConnectionStatus) -> &'static str {
    ///     match status.status {
    ///         ConnectionStatusCode::Connected => "",
    ///         ConnectionStatusCode::Unauthorized | ConnectionStatusCode::Forbidden => "log in again",
    ///         ConnectionStatusCode::Timeout | ConnectionStatusCode::Unavailable => "try again later",
    ///         _ => "see the details",
    ///     }
    /// }
    ///
    /// assert_eq!(advice(&ConnectionStatus::new(ConnectionStatusCode::Unauthorized)), "log in again");
    /// assert_eq!(advice(&ConnectionStatus::new(ConnectionStatusCode::from("MAINTENANCE"))), "see the details");
    /// ```
    ConnectionStatusCode = Unknown {
        /// Nothing can be said.
        Unknown = "UNKNOWN",
        /// It works.
        Connected = "CONNECTED",
        /// It is not started. Contract: CON-17.
        Disconnected = "DISCONNECTED",
        /// It is being started.
        Pending = "PENDING",
        /// It could not be started.
        Failed = "FAILED",
        /// It is started and something is wrong.
        Error = "ERROR",
        /// The backend does not accept the credentials.
        Unauthorized = "UNAUTHORIZED",
        /// The backend knows the caller and refuses.
        Forbidden = "FORBIDDEN",
        /// The backend does not understand what it is asked.
        BadRequest = "BAD_REQUEST",
        /// There is no such backend.
        NotFound = "NOT_FOUND",
        /// The backend takes too long.
        Timeout = "TIMEOUT",
        /// The backend cannot be reached at the moment.
        Unavailable = "UNAVAILABLE",
        /// The backend finds the request too large.
        RequestEntityTooLarge = "REQUEST_ENTITY_TOO_LARGE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_written() {
        assert_eq!(
            serde_json::to_string(&ConnectionStatus::connected()).unwrap(),
            r#"{"connection":null,"status":"CONNECTED","error":"","details":""}"#
        );
        assert_eq!(ConnectionStatusCode::ALL.len(), 13);
    }

    #[test]
    fn secrets_of_the_connection_stay_hidden() {
        let connection = Connection::builder("dev")
            .sensitive("token", "hunter2")
            .build()
            .unwrap();
        let status = ConnectionStatus::connected().with_connection(connection);
        assert!(!format!("{status:?}").contains("hunter2"));
        assert!(!serde_json::to_string(&status).unwrap().contains("hunter2"));
    }
}
