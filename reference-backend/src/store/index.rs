//! Objects by their identity.

use std::{
    borrow::Borrow,
    collections::HashSet,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use foldhash::fast::RandomState;

use super::Object;

/// Objects by namespace and id: one probe and a look at the object that is found.
#[derive(Clone, Default)]
pub(super) struct Index(HashSet<Entry, RandomState>);

impl Index {
    pub(super) fn get(&self, identity: (&str, &str)) -> Option<&Arc<Object>> {
        let found = self.0.get(&identity as &dyn Identified);
        found.map(|Entry(object)| object)
    }

    /// Takes an object in, in place of an earlier version of it.
    pub(super) fn put(&mut self, object: &Arc<Object>) {
        self.0.replace(Entry(Arc::clone(object)));
    }

    pub(super) fn remove(&mut self, identity: (&str, &str)) {
        self.0.remove(&identity as &dyn Identified);
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({} objects)", self.0.len())
    }
}

/// An object that is its identity.
#[derive(Clone)]
struct Entry(Arc<Object>);

/// What has an identity: an object, or what somebody asks for, of which no object is made.
trait Identified {
    fn identity(&self) -> (&str, &str);
}

impl Identified for Entry {
    fn identity(&self) -> (&str, &str) {
        self.0.identity()
    }
}

impl Identified for (&str, &str) {
    fn identity(&self) -> (&str, &str) {
        *self
    }
}

impl<'a> Borrow<dyn Identified + 'a> for Entry {
    fn borrow(&self) -> &(dyn Identified + 'a) {
        self
    }
}

impl Hash for dyn Identified + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialEq for dyn Identified + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for dyn Identified + '_ {}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Entry {}
