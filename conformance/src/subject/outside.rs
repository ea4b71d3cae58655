//! What can be done behind a plugin's back.

use std::fmt;

use omniview_sdk::{BoxError, Connection, ConnectionId, ResourceKey, async_trait};

use super::Sample;

/// Changes a backend behind its plugin's back, and makes it fail.
///
/// Optional: the checks that need it are blocked without.
///
/// - A change is visible to the plugin when the method returns.
/// - An error is the fixture's, never the plugin's: the check is then blocked.
#[async_trait]
pub trait Outside: Send + Sync + 'static {
    /// Puts an object into the backend.
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError>;

    /// Replaces an object of the backend.
    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError>;

    /// Takes an object out of the backend.
    async fn remove(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError>;

    /// Whether [`add_connection`](Self::add_connection) and [`remove_connection`](Self::remove_connection) are there: for a plugin
    /// that watches its configuration. It does not, unless it is overridden.
    fn configures_connections(&self) -> bool {
        false
    }

    /// Configures one more connection, where the plugin will find it.
    async fn add_connection(&self, connection: &Connection) -> Result<(), BoxError> {
        Err(format!("this subject cannot configure {:?}", connection.id.as_str()).into())
    }

    /// Takes a connection out of the configuration; one that is not there is fine.
    async fn remove_connection(&self, id: &ConnectionId) -> Result<(), BoxError> {
        Err(format!("this subject cannot take {:?} away", id.as_str()).into())
    }

    /// The faults that [`inject`](Self::inject) knows; none unless it is overridden.
    fn faults(&self) -> &[FaultKind] {
        &[]
    }

    /// Makes what the backend is asked from now on fail.
    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        Err(format!("this subject cannot make its backend {}", fault.kind).into())
    }

    /// Ends every fault of a connection.
    async fn recover(&self, _connection: &ConnectionId) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A fault and where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The connection.
    pub connection: ConnectionId,
    /// The resource type; all of them where it is `None`.
    pub key: Option<ResourceKey>,
    /// What happens.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault of every type of a connection.
    pub fn new(kind: FaultKind, connection: ConnectionId) -> Self {
        Self {
            connection,
            key: None,
            kind,
        }
    }

    /// Limits the fault to one type.
    #[must_use]
    pub fn of_type(mut self, key: ResourceKey) -> Self {
        self.key = Some(key);
        self
    }
}

/// How a backend fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// It does not accept the credentials (401).
    Unauthorized,
    /// It refuses what is asked (403).
    Forbidden,
    /// It answers with a failure of its own (500).
    Fail,
    /// It does not answer.
    Hang,
    /// It drops what is open and accepts nothing new.
    Disconnect,
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unauthorized => "reject the credentials",
            Self::Forbidden => "refuse access",
            Self::Fail => "fail",
            Self::Hang => "hang",
            Self::Disconnect => "disconnect",
        })
    }
}
