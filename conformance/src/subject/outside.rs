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
///
/// # Cancel safety
///
/// A method is dropped where the time of the check is over. What it was to do may have happened or not: after the check the suite
/// removes what it inserted, and lets the backend recover.
///
/// # Examples
///
/// ```
/// use std::{collections::BTreeMap, sync::{Arc, Mutex}};
/// use omniview_conformance::{Outside, Sample};
/// use omniview_sdk::{BoxError, ConnectionId, Json, ResourceKey, async_trait};
///
/// /// The rows that the plugin reads, by type, namespace and id; another handle of the same.
/// #[derive(Clone, Default)]
/// struct Rows(Arc<Mutex<BTreeMap<(ResourceKey, String, String), Json>>>);
///
/// #[async_trait]
/// impl Outside for Rows {
///     async fn insert(&self, _: &ConnectionId, key: &ResourceKey, sample: &Sample) -> Result<(), BoxError> {
///         let place = (key.clone(), sample.namespace.clone(), sample.id.clone());
///         self.0.lock().unwrap().insert(place, sample.data.clone());
///         Ok(())
///     }
///
///     async fn update(&self, on: &ConnectionId, key: &ResourceKey, object: &Sample) -> Result<(), BoxError> {
///         self.insert(on, key, object).await
///     }
///
///     async fn remove(&self, _: &ConnectionId, key: &ResourceKey, id: &str, namespace: &str) -> Result<(), BoxError> {
///         let place = (key.clone(), namespace.to_owned(), id.to_owned());
///         self.0.lock().unwrap().remove(&place).ok_or("there is no such row")?;
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait Outside: Send + Sync + 'static {
    /// Puts an object into the backend.
    ///
    /// # Errors
    ///
    /// It cannot be put there, or something of that id is there already.
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError>;

    /// Replaces an object of the backend.
    ///
    /// # Errors
    ///
    /// It cannot be replaced, or is not there.
    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError>;

    /// Takes an object out of the backend.
    ///
    /// # Errors
    ///
    /// It cannot be taken out.
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
    ///
    /// # Errors
    ///
    /// It cannot be configured; always, unless it is overridden.
    async fn add_connection(&self, connection: &Connection) -> Result<(), BoxError> {
        Err(format!("this subject cannot configure {:?}", connection.id.as_str()).into())
    }

    /// Takes a connection out of the configuration; one that is not there is fine.
    ///
    /// # Errors
    ///
    /// It cannot be taken out; always, unless it is overridden.
    async fn remove_connection(&self, id: &ConnectionId) -> Result<(), BoxError> {
        Err(format!("this subject cannot take {:?} away", id.as_str()).into())
    }

    /// The faults that [`inject`](Self::inject) knows; none unless it is overridden.
    fn faults(&self) -> &[FaultKind] {
        &[]
    }

    /// Makes what the backend is asked from now on fail.
    ///
    /// # Errors
    ///
    /// The backend cannot be made to fail so; always, unless it is overridden.
    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        Err(format!("this subject cannot make its backend {}", fault.kind).into())
    }

    /// Ends every fault of a connection.
    ///
    /// # Errors
    ///
    /// The faults cannot be ended; never, unless it is overridden.
    async fn recover(&self, _connection: &ConnectionId) -> Result<(), BoxError> {
        Ok(())
    }
}

/// A fault and where it holds.
///
/// ```
/// use omniview_conformance::{Fault, FaultKind};
///
/// let fault = Fault::new(FaultKind::Forbidden, "dev".into()).of_type("core::v1::Pod".into());
/// assert_eq!(fault.key.unwrap().as_str(), "core::v1::Pod");
/// ```
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
///
/// ```
/// use omniview_conformance::FaultKind;
///
/// let faults = [FaultKind::Unauthorized, FaultKind::Disconnect];
/// assert_eq!(faults.map(|kind| kind.to_string()), ["reject the credentials", "disconnect"]);
/// ```
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
