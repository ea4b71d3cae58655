//! Following a table.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Change, Compacted, Snapshot, Table};

/// How many changes are handed out at once, so that one lock serves many of them.
const BATCH: usize = 256;

/// Reads a table's changes from a version on; as many as one likes, none disturbs another or the writers.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let table = Arc::new(Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new())));
/// let mut follower = table.follow();
/// table.create(&Json::from(json!({"metadata": {"name": "node-1"}})), "")?;
/// match follower.changes().await {
///     Ok(changes) => assert_eq!(changes[0].object.id(), "node-1"),
///     // Too far behind: what is there now is all that can be told.
///     Err(_compacted) => drop(follower.relist()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Follower {
    table: Arc<Table>,
    position: u64,
    wake: watch::Receiver<u64>,
}

impl Follower {
    pub(super) fn new(table: Arc<Table>, wake: watch::Receiver<u64>, position: u64) -> Self {
        Self {
            table,
            position,
            wake,
        }
    }

    /// The version up to which everything was seen.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Waits for changes and returns the next of them, oldest first and never none.
    ///
    /// # Errors
    ///
    /// [`Compacted`] when the log has dropped some that were not seen: [`relist`](Self::relist).
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and call again.
    pub async fn changes(&mut self) -> Result<Vec<Change>, Compacted> {
        loop {
            // Marked as seen before the log is read: a change in between wakes the wait below.
            self.wake.borrow_and_update();
            let changes = self.pending()?;
            if !changes.is_empty() {
                return Ok(changes);
            }
            if self.wake.changed().await.is_err() {
                // The table holds the sender and this the table, so it cannot close.
                std::future::pending::<()>().await;
            }
        }
    }

    /// The changes that are there already; none when everything was seen.
    ///
    /// # Errors
    ///
    /// As [`changes`](Self::changes).
    pub fn pending(&mut self) -> Result<Vec<Change>, Compacted> {
        let changes = self.table.changes_since(self.position, BATCH)?;
        if let Some(last) = changes.last() {
            self.position = last.version;
        }
        Ok(changes)
    }

    /// Lists again, and follows from there.
    pub fn relist(&mut self) -> Arc<Snapshot> {
        let snapshot = self.table.snapshot();
        self.position = snapshot.version();
        snapshot
    }
}
