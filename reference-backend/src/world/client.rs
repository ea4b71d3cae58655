//! The typed client of the plugin.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use omniview_sdk::{ResourceKey, Result};

use super::{Fleet, Operation};
use crate::store::Table;

/// The typed client of the plugin: the `C` of `Resourcer<C>`.
///
/// It leads to one connection's [`Fleet`]. Each call first [`reach`](Self::reach)es it, as a real client would cross a network;
/// there it meets the faults that were injected.
///
/// ```
/// use omniview_reference_backend::{Operation, ReferenceBackend, ReferenceClient};
/// use omniview_sdk::ErrorCode;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> omniview_sdk::Result<()> {
/// let backend = ReferenceBackend::new();
/// let client = ReferenceClient::open(backend.fleet("dev")?);
/// let pods = client.reach(Operation::List, &"core::v1::Pod".into()).await?;
/// assert!(!pods.snapshot().is_empty());
///
/// backend.faults("dev")?.fail_next(1);
/// let error = client.reach(Operation::List, &"core::v1::Pod".into()).await.unwrap_err();
/// assert_eq!(*error.code(), ErrorCode::Unavailable);
/// client.close();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ReferenceClient {
    fleet: Arc<Fleet>,
    refreshes: AtomicU64,
    open: AtomicBool,
}

impl ReferenceClient {
    /// Opens a client.
    pub fn open(fleet: Arc<Fleet>) -> Self {
        fleet.client_opened();
        Self {
            fleet,
            refreshes: AtomicU64::new(0),
            open: AtomicBool::new(true),
        }
    }

    /// Closes the client; once is enough.
    pub fn close(&self) {
        if self.open.swap(false, Ordering::Relaxed) {
            self.fleet.client_closed();
        }
    }

    /// What the client leads to.
    pub fn fleet(&self) -> &Arc<Fleet> {
        &self.fleet
    }

    /// Goes to the backend with a call and returns the table that it is about.
    ///
    /// # Errors
    ///
    /// The fault that was injected; `NOT_FOUND` for a type that the backend does not have.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop: a call that has not ended has used up none of the failures of [`Fault::FailNext`](crate::Fault::FailNext).
    pub async fn reach(&self, operation: Operation, key: &ResourceKey) -> Result<Arc<Table>> {
        self.fleet.faults().meet(operation, Some(key)).await?;
        self.fleet.table(key)
    }

    /// Renews the credentials.
    pub fn refresh(&self) {
        self.refreshes.fetch_add(1, Ordering::Relaxed);
    }

    /// How often the credentials were renewed.
    pub fn refreshes(&self) -> u64 {
        self.refreshes.load(Ordering::Relaxed)
    }
}

// A client that the plugin forgot to destroy is still open in `Fleet::open_clients`: that is how a leak shows. One that
// never reached the plugin, because its creation was dropped, is not a leak.
