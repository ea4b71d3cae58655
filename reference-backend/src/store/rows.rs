//! What is behind a table's lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{
    Change, ChangeKind, Object, Refusal, Snapshot, StoreError, Table, TableScope, fields::Shape,
    log::ChangeLog,
};

/// What is behind a table's lock.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    namespaces: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Arc<Object>>>,
    version: u64,
    log: ChangeLog,
    /// The table as a list, made when it is first asked for and dropped with the next write.
    snapshot: OnceLock<Arc<Snapshot>>,
}

impl Rows {
    pub(super) fn new(log_bound: usize) -> Self {
        Self {
            namespaces: BTreeMap::new(),
            version: 0,
            log: ChangeLog::new(log_bound),
            snapshot: OnceLock::new(),
        }
    }

    /// The version of the last change.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn log(&self) -> &ChangeLog {
        &self.log
    }

    pub(super) fn snapshot(&self, shape: &Arc<Shape>) -> &Arc<Snapshot> {
        self.snapshot.get_or_init(|| {
            let objects = self.namespaces.values().flat_map(BTreeMap::values);
            let objects = objects.cloned().collect();
            Arc::new(Snapshot::new(self.version, objects, shape))
        })
    }

    /// The namespace as the objects in it share it.
    pub(super) fn shared_namespace(&self, namespace: &Arc<str>) -> Arc<str> {
        let known = self.namespaces.get_key_value(namespace);
        Arc::clone(known.map_or(namespace, |(known, _)| known))
    }

    /// The object of exactly this identity.
    pub(super) fn find(&self, id: &str, namespace: &str) -> Option<&Arc<Object>> {
        self.namespaces.get(namespace)?.get(id)
    }

    /// As [`Table::get`].
    pub(super) fn locate(
        &self,
        id: &str,
        namespace: &str,
        table: &Table,
    ) -> Result<&Arc<Object>, StoreError> {
        let missing = || {
            table.refuse(
                Refusal::NotFound,
                format!("{} does not exist", describe(id, namespace)),
                id,
                "list the type to see what there is",
            )
        };
        if table.scope() == TableScope::Cluster || !namespace.is_empty() {
            return self.find(id, namespace).ok_or_else(missing);
        }
        let mut found = self
            .namespaces
            .values()
            .filter_map(|objects| objects.get(id));
        let object = found.next().ok_or_else(missing)?;
        if let Some(other) = found.next() {
            return Err(table.refuse(
                Refusal::Invalid,
                format!(
                    "{id:?} exists in several namespaces, {:?} and {:?} among them",
                    object.namespace, other.namespace
                ),
                id,
                "say which namespace is meant",
            ));
        }
        Ok(object)
    }

    /// Makes a change, which nobody can refuse any more.
    pub(super) fn commit(&mut self, kind: ChangeKind, version: u64, object: Arc<Object>) {
        if kind == ChangeKind::Removed {
            if let Some(objects) = self.namespaces.get_mut(&object.namespace) {
                objects.remove(&object.id);
                if objects.is_empty() {
                    self.namespaces.remove(&object.namespace);
                }
            }
        } else {
            self.namespaces
                .entry(Arc::clone(&object.namespace))
                .or_default()
                .insert(Arc::clone(&object.id), Arc::clone(&object));
        }
        self.version = version;
        self.snapshot = OnceLock::new();
        self.log.push(Change {
            kind,
            version,
            object,
        });
    }
}

/// Names an object in a message.
pub(super) fn describe(id: &str, namespace: &str) -> String {
    if namespace.is_empty() {
        format!("{id:?}")
    } else {
        format!("{id:?} in namespace {namespace:?}")
    }
}
