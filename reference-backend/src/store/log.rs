//! The bounded log of what changed.

use std::{collections::VecDeque, sync::Arc};

use super::Object;

/// One change of a table.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Change, ChangeKind, Clock, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Arc::new(Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new())));
/// let mut follower = table.follow();
/// table.create(&Json::from(json!({"metadata": {"name": "node-1"}})), "")?;
/// table.remove("node-1", "")?;
/// let changes: Vec<Change> = follower.pending().unwrap();
/// assert_eq!((changes[0].kind, changes[0].version), (ChangeKind::Added, 1));
/// assert_eq!((changes[1].kind, changes[1].version), (ChangeKind::Removed, 2));
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The version that the change has.
    pub version: u64,
    /// The object as it is now; of a removal, as it was last.
    pub object: Arc<Object>,
}

/// What happened to an object.
///
/// ```
/// use omniview_reference_backend::store::ChangeKind;
///
/// let word = |kind| match kind {
///     ChangeKind::Added => "added",
///     ChangeKind::Updated => "updated",
///     ChangeKind::Removed => "removed",
/// };
/// assert_eq!(word(ChangeKind::Updated), "updated");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is another than before.
    Updated,
    /// It is gone.
    Removed,
}

/// The log has dropped changes that a follower has not seen; it has to list again.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Compacted, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// // It remembers one change.
/// let table = Table::with_log_bound("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new()), 1);
/// let table = Arc::new(table);
/// let mut follower = table.follow();
/// for name in ["node-1", "node-2"] {
///     table.create(&Json::from(json!({"metadata": {"name": name}})), "")?;
/// }
/// assert_eq!(follower.pending().unwrap_err(), Compacted { through: 1 });
/// assert_eq!(follower.relist().len(), 2);
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// The last version that was dropped.
    pub through: u64,
}

/// The last changes, oldest first, their versions growing.
#[derive(Debug, Clone)]
pub(super) struct ChangeLog {
    changes: VecDeque<Change>,
    bound: usize,
    dropped_through: u64,
}

impl ChangeLog {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            changes: VecDeque::new(),
            bound,
            dropped_through: 0,
        }
    }

    /// How many changes it remembers.
    pub(super) fn bound(&self) -> usize {
        self.bound
    }

    pub(super) fn push(&mut self, change: Change) {
        self.changes.push_back(change);
        while self.changes.len() > self.bound {
            if let Some(dropped) = self.changes.pop_front() {
                self.dropped_through = dropped.version;
            }
        }
    }

    /// The changes after `version`, at most `limit`.
    pub(super) fn since(&self, version: u64, limit: usize) -> Result<Vec<Change>, Compacted> {
        if version < self.dropped_through {
            return Err(Compacted {
                through: self.dropped_through,
            });
        }
        let start = self
            .changes
            .partition_point(|change| change.version <= version);
        Ok(self.changes.range(start..).take(limit).cloned().collect())
    }
}
