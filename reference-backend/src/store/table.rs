//! The objects of one resource type on one connection.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use omniview_sdk::{Json, ResourceEvent, ResourceKey, Timestamp};
use tokio::sync::watch;

use super::{
    Change, ChangeKind, Clock, Compacted, DEFAULT_NAMESPACE, Follower, Happening, Object, Refusal,
    Snapshot, StoreError,
    draft::{Draft, Stamp},
    events::EventLog,
    loading::{Loaded, Loading},
    rows::{Rows, describe},
    shape::Shape,
};

/// How many changes a table remembers for its followers unless told otherwise: 4,096.
pub const DEFAULT_LOG_BOUND: usize = 4096;

/// Whether the objects of a type live in namespaces.
///
/// ```
/// use omniview_reference_backend::{Kind, store::TableScope};
///
/// assert_eq!(Kind::Pod.scope(), TableScope::Namespaced);
/// assert_eq!(Kind::Node.scope(), TableScope::Cluster);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableScope {
    /// Each is in one.
    Namespaced,
    /// They belong to the cluster as a whole.
    Cluster,
}

/// The objects of one resource type on one connection.
///
/// A refused write leaves the table as it was. The identity of an object is its namespace and its id
/// (`metadata.namespace`, `metadata.name`); its version (`metadata.resourceVersion`), uid and creation time belong to the table.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Arc::new(Table::new("core::v1::Pod", TableScope::Namespaced, Arc::new(Clock::new())));
/// let mut follower = table.follow();
/// table.create(&Json::from(json!({"metadata": {"name": "web"}})), "shop")?;
/// assert_eq!(table.get("web", "shop")?.version(), 1);
/// assert_eq!(follower.pending().unwrap().len(), 1);
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Table {
    key: ResourceKey,
    scope: TableScope,
    clock: Arc<Clock>,
    /// Shared with the forks of the table until one of them is written to.
    rows: RwLock<Arc<Rows>>,
    shape: Arc<Shape>,
    changed: watch::Sender<u64>,
    /// Shared as the rows are.
    events: Mutex<Arc<EventLog>>,
}

impl Table {
    /// An empty table that remembers [`DEFAULT_LOG_BOUND`] changes.
    pub fn new(key: impl Into<ResourceKey>, scope: TableScope, clock: Arc<Clock>) -> Self {
        Self::with_log_bound(key, scope, clock, DEFAULT_LOG_BOUND)
    }

    /// An empty table that remembers `bound` changes.
    pub fn with_log_bound(
        key: impl Into<ResourceKey>,
        scope: TableScope,
        clock: Arc<Clock>,
        bound: usize,
    ) -> Self {
        let shape = Arc::new(Shape::new(Vec::<String>::new()));
        Self {
            key: key.into(),
            scope,
            clock,
            rows: RwLock::new(Arc::new(Rows::new(bound, &shape))),
            shape,
            changed: watch::Sender::new(0),
            events: Mutex::default(),
        }
    }

    /// Keeps the values at these paths beside the text, so that queries by them parse nothing.
    ///
    /// For a table that is empty and nobody follows yet: it starts anew.
    #[must_use]
    pub fn keeping(mut self, paths: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        self.shape = Arc::new(Shape::new(paths));
        let bound = self.read().log().bound();
        self.rows = RwLock::new(Arc::new(Rows::new(bound, &self.shape)));
        self
    }

    /// A table of its own with what this one has now. Objects are shared; nobody follows it yet.
    pub(crate) fn fork(&self, clock: &Arc<Clock>) -> Self {
        let rows = Arc::clone(&*self.read());
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        Self {
            key: self.key.clone(),
            scope: self.scope,
            clock: Arc::clone(clock),
            changed: watch::Sender::new(rows.version()),
            rows: RwLock::new(rows),
            shape: Arc::clone(&self.shape),
            events: Mutex::new(Arc::clone(&events)),
        }
    }

    /// The type of the objects.
    pub fn key(&self) -> &ResourceKey {
        &self.key
    }

    /// Whether the objects live in namespaces.
    pub fn scope(&self) -> TableScope {
        self.scope
    }

    /// Fetches an object; without a namespace, the only one of that id in any.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`; `INVALID_INPUT` without a namespace when several namespaces have the id.
    pub fn get(&self, id: &str, namespace: &str) -> Result<Arc<Object>, StoreError> {
        self.read().locate(id, namespace, self).cloned()
    }

    /// Stores a new object and returns it as it is kept.
    ///
    /// Without a namespace in call and object, one of a namespaced type goes to [`DEFAULT_NAMESPACE`]. What the object
    /// says of version, uid and creation time is overwritten.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for what is no object, has no id, is too large, or whose namespace is not the call's;
    /// `ALREADY_EXISTS`.
    pub fn create(&self, json: &Json, namespace: &str) -> Result<Arc<Object>, StoreError> {
        let object = self.create_at(json, namespace, self.clock.now())?;
        self.happen(&object, Happening::normal("Created", "it was created"));
        Ok(object)
    }

    /// As [`create`](Self::create), with a creation time of its own and no event: for data that was there before.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_at(
        &self,
        json: &Json,
        namespace: &str,
        created_at: Timestamp,
    ) -> Result<Arc<Object>, StoreError> {
        let draft = Draft::read(json, namespace, &self.key, self.scope)?;
        let namespace = self.place(&draft);
        let mut rows = self.write();
        if rows.find(&draft.id, &namespace).is_some() {
            return Err(self.taken(&draft.id, &namespace));
        }
        let version = self.clock.next_version();
        let stamp = Stamp {
            namespace: rows.shared_namespace(&namespace),
            version,
            born: version,
            created_at,
        };
        let (object, cells) = draft.stamp(stamp, &self.shape);
        Arc::make_mut(&mut rows).put(ChangeKind::Added, Arc::clone(&object), &cells);
        drop(rows);
        self.changed.send_replace(version);
        Ok(object)
    }

    /// Replaces the object `id` and returns it as it is kept.
    ///
    /// An object that carries a `metadata.resourceVersion` replaces that version only; without one it replaces whatever is
    /// there. Uid and creation time stay.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` as [`create`](Self::create), and when the object has another id or namespace; `NOT_FOUND`;
    /// `CONFLICT` when it carries a version or a uid that is not the stored one's.
    pub fn update(
        &self,
        id: &str,
        json: &Json,
        namespace: &str,
    ) -> Result<Arc<Object>, StoreError> {
        let draft = Draft::read(json, namespace, &self.key, self.scope)?;
        if *draft.id != *id {
            return Err(self.refuse(
                Refusal::Invalid,
                format!(
                    "the object says id {:?} and the call says {id:?}: an id cannot change",
                    draft.id
                ),
                id,
                "make them one, or create a new object",
            ));
        }
        let mut rows = self.write();
        let old = Arc::clone(rows.locate(id, &draft.namespace, self)?);
        if let Some(seen) = draft.seen_version.filter(|seen| *seen != old.version) {
            return Err(self.refuse(
                Refusal::Conflict,
                format!(
                    "{} is at version {}, and the update was made from version {seen}",
                    describe(id, &old.namespace),
                    old.version
                ),
                id,
                "get it again and repeat the change",
            ));
        }
        if draft
            .seen_uid
            .as_deref()
            .is_some_and(|uid| uid != old.uid())
        {
            return Err(self.refuse(
                Refusal::Conflict,
                format!(
                    "{} is another object than the update was made from: its uid differs",
                    describe(id, &old.namespace)
                ),
                id,
                "get it again and repeat the change",
            ));
        }
        let version = self.clock.next_version();
        let stamp = Stamp {
            namespace: Arc::clone(&old.namespace),
            version,
            born: old.born,
            created_at: old.created_at,
        };
        let (object, cells) = draft.stamp(stamp, &self.shape);
        Arc::make_mut(&mut rows).put(ChangeKind::Updated, Arc::clone(&object), &cells);
        drop(rows);
        self.changed.send_replace(version);
        self.happen(
            &object,
            Happening::normal("Updated", format!("it is at version {version} now")),
        );
        Ok(object)
    }

    /// Removes an object and returns it as it was last.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn remove(&self, id: &str, namespace: &str) -> Result<Arc<Object>, StoreError> {
        let mut rows = self.write();
        let object = Arc::clone(rows.locate(id, namespace, self)?);
        let version = self.clock.next_version();
        Arc::make_mut(&mut rows).remove(version, Arc::clone(&object));
        drop(rows);
        self.changed.send_replace(version);
        self.happen(&object, Happening::normal("Deleted", "it was removed"));
        Ok(object)
    }

    /// Remembers that something happens to an object now.
    pub fn happen(&self, object: &Object, happening: Happening) {
        self.happened(object, happening, self.clock.now());
    }

    /// Remembers that something happened to an object at a time.
    pub fn happened(&self, object: &Object, happening: Happening, at: Timestamp) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut events).push(&object.namespace, &object.id, happening.at(at));
    }

    /// What happened to an object, newest first: changes, and what [`happen`](Self::happen) was told. At most
    /// [`MAX_EVENTS`](super::MAX_EVENTS) are remembered, also when the object is gone.
    ///
    /// Without a namespace, the only object of that id is meant; nothing happened to one that never was.
    pub fn events(&self, id: &str, namespace: &str, limit: usize) -> Vec<ResourceEvent> {
        let found = self.get(id, namespace).ok();
        let namespace = found
            .as_ref()
            .map_or(namespace, |object| object.namespace());
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.newest(namespace, id, limit)
    }

    /// The whole table at one version; writers go on meanwhile.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(self.read().snapshot(&self.shape))
    }

    /// Follows the table from where it is now.
    pub fn follow(self: &Arc<Self>) -> Follower {
        let position = self.read().version();
        self.follow_from(position)
    }

    /// Follows the table from a version on, as far as the log still knows.
    pub fn follow_from(self: &Arc<Self>, version: u64) -> Follower {
        Follower::new(Arc::clone(self), self.changed.subscribe(), version)
    }

    pub(super) fn changes_since(
        &self,
        version: u64,
        limit: usize,
    ) -> Result<Vec<Change>, Compacted> {
        self.read().log().since(version, limit)
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Begins to store the first objects, of a table that is empty and stays so until they are all there.
    pub(crate) fn load(&self) -> Loading<'_> {
        Loading::new(self)
    }

    pub(super) fn fill(&self, loaded: Loaded) {
        let mut rows = self.write();
        Arc::make_mut(&mut rows).fill(loaded, &self.shape);
        let version = rows.version();
        drop(rows);
        self.changed.send_replace(version);
    }

    /// The namespace of a new object.
    pub(super) fn place(&self, draft: &Draft) -> Arc<str> {
        match self.scope {
            TableScope::Namespaced if draft.namespace.is_empty() => DEFAULT_NAMESPACE.into(),
            _ => Arc::clone(&draft.namespace),
        }
    }

    pub(super) fn taken(&self, id: &str, namespace: &str) -> StoreError {
        self.refuse(
            Refusal::Taken,
            format!("{} exists already", describe(id, namespace)),
            id,
            "update it, or choose another id",
        )
    }

    /// An error about an object of this type.
    pub(super) fn refuse(
        &self,
        refusal: Refusal,
        message: impl fmt::Display,
        id: &str,
        suggestion: &'static str,
    ) -> StoreError {
        StoreError::new(refusal, &self.key, format!("{}: {message}", self.key))
            .on_id(id)
            .suggest(suggestion)
    }

    fn read(&self) -> RwLockReadGuard<'_, Arc<Rows>> {
        // Nothing that can panic runs between the first and the last write of a commit.
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Arc<Rows>> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}
