//! What somebody has been told of a table.

use std::{collections::BTreeMap, sync::Arc};

use super::{Change, ChangeKind, Object, Snapshot};

/// What somebody has been told of a table; knows what to tell next so that the sum is the truth.
///
/// Its answers obey one rule whatever comes in: an object is added once, then updated, then removed, and what takes
/// the place of a removed object is an addition.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{ChangeKind, Clock, Mirror, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Arc::new(Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new())));
/// let mut follower = table.follow();
/// table.create(&Json::from(json!({"metadata": {"name": "node-1"}})), "")?;
///
/// let mut told = Mirror::new();
/// let first = told.reconcile(&table.snapshot(), |_| true);
/// assert_eq!(first[0].kind, ChangeKind::Added);
/// // The log has the same addition once more, which is no news.
/// for change in follower.pending().unwrap() {
///     assert!(told.apply(change).is_none());
/// }
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug, Default)]
pub struct Mirror {
    known: BTreeMap<Identity, Arc<Object>>,
}

/// Namespace and id.
type Identity = (Arc<str>, Arc<str>);

impl Mirror {
    /// Nothing was told yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many objects are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Takes one change of the log; `None` when it tells nothing new.
    pub fn apply(&mut self, change: Change) -> Option<Change> {
        let identity = identity(&change.object);
        let kind = match (change.kind, self.known.get(&identity)) {
            (ChangeKind::Removed, None) => return None,
            (ChangeKind::Removed, Some(_)) => {
                self.known.remove(&identity);
                return Some(change);
            }
            (_, Some(known)) if known.version() >= change.object.version() => return None,
            (_, Some(_)) => ChangeKind::Updated,
            (_, None) => ChangeKind::Added,
        };
        self.known.insert(identity, Arc::clone(&change.object));
        Some(Change { kind, ..change })
    }

    /// Takes a whole table and returns what differs from what was told: removals first, then the rest in the
    /// table's order. `wanted` says which objects are told of at all.
    pub fn reconcile(
        &mut self,
        snapshot: &Snapshot,
        wanted: impl Fn(&Object) -> bool,
    ) -> Vec<Change> {
        let before = std::mem::take(&mut self.known);
        let mut removals = Vec::new();
        let mut rest = Vec::new();
        for object in snapshot.objects().filter(|object| wanted(object)) {
            self.known.insert(identity(object), Arc::clone(object));
        }
        for (identity, old) in &before {
            // Another uid is another object: the one that was told of is gone.
            let same = self.known.get(identity).is_some_and(|new| new.is_same(old));
            if !same {
                removals.push(Change {
                    kind: ChangeKind::Removed,
                    version: snapshot.version(),
                    object: Arc::clone(old),
                });
            }
        }
        for (identity, new) in &self.known {
            let kind = match before.get(identity) {
                Some(old) if old.version() == new.version() => continue,
                Some(old) if old.is_same(new) => ChangeKind::Updated,
                _ => ChangeKind::Added,
            };
            rest.push(Change {
                kind,
                version: new.version(),
                object: Arc::clone(new),
            });
        }
        removals.append(&mut rest);
        removals
    }
}

fn identity(object: &Object) -> Identity {
    (Arc::clone(&object.namespace), Arc::clone(&object.id))
}
