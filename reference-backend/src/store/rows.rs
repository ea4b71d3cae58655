//! What is behind a table's lock.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use super::{
    Change, ChangeKind, Object, Refusal, Snapshot, StoreError, Table, TableScope,
    chunks::Chunks,
    index::Index,
    loading::Loaded,
    log::ChangeLog,
    shape::{Cells, Shape},
};

/// What is behind a table's lock.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    chunks: Chunks,
    index: Index,
    /// How many objects are in each namespace, and never none.
    namespaces: BTreeMap<Arc<str>, usize>,
    version: u64,
    log: ChangeLog,
    /// Made when it is first asked for and dropped with the next write.
    snapshot: OnceLock<Arc<Snapshot>>,
}

impl Rows {
    pub(super) fn new(log_bound: usize, shape: &Shape) -> Self {
        Self {
            chunks: Chunks::new(shape.len()),
            index: Index::default(),
            namespaces: BTreeMap::new(),
            version: 0,
            log: ChangeLog::new(log_bound),
            snapshot: OnceLock::new(),
        }
    }

    /// Takes in the first objects of a table.
    pub(super) fn fill(&mut self, loaded: Loaded, shape: &Shape) {
        let Loaded {
            mut objects,
            index,
            namespaces,
        } = loaded;
        self.snapshot = OnceLock::new();
        self.index = index;
        self.namespaces = namespaces;
        for object in &objects {
            self.changed(ChangeKind::Added, object.version, Arc::clone(object));
        }
        objects.sort_unstable_by(|a, b| a.identity().cmp(&b.identity()));
        let project = |object: &Object| shape.project(&object.parse());
        self.chunks = Chunks::of(&objects, shape.len(), project);
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
            let chunks = self.chunks.clone();
            Arc::new(Snapshot::new(self.version, chunks, Arc::clone(shape)))
        })
    }

    /// The namespace as the objects in it share it.
    pub(super) fn shared_namespace(&self, namespace: &Arc<str>) -> Arc<str> {
        let known = self.namespaces.get_key_value(namespace);
        Arc::clone(known.map_or(namespace, |(known, _)| known))
    }

    /// The object of exactly this identity.
    pub(super) fn find(&self, id: &str, namespace: &str) -> Option<&Arc<Object>> {
        self.index.get((namespace, id))
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
        let namespaces = self.namespaces.keys();
        let mut found = namespaces.filter_map(|namespace| self.find(id, namespace));
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

    /// Stores an object, which nobody can refuse any more; `cells` is what is kept beside it.
    pub(super) fn put(&mut self, kind: ChangeKind, object: Arc<Object>, cells: &Cells) {
        // First, so that nothing is copied for a snapshot that nobody has.
        self.snapshot = OnceLock::new();
        if kind == ChangeKind::Added {
            let namespace = Arc::clone(&object.namespace);
            *self.namespaces.entry(namespace).or_default() += 1;
        }
        self.index.put(&object);
        self.chunks.put(Arc::clone(&object), cells);
        self.changed(kind, object.version, object);
    }

    /// Removes an object that is there.
    pub(super) fn remove(&mut self, version: u64, object: Arc<Object>) {
        self.snapshot = OnceLock::new();
        if let Some(count) = self.namespaces.get_mut(&object.namespace) {
            *count -= 1;
            if *count == 0 {
                self.namespaces.remove(&object.namespace);
            }
        }
        self.index.remove(object.identity());
        self.chunks.remove(object.identity());
        self.changed(ChangeKind::Removed, version, object);
    }

    fn changed(&mut self, kind: ChangeKind, version: u64, object: Arc<Object>) {
        self.version = version;
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
