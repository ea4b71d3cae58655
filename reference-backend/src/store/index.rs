//! Objects by their identity.

use std::{fmt, hash::BuildHasher, sync::Arc};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Object;

/// Objects by namespace and id: one probe and a look at the object that is found.
#[derive(Clone, Default)]
pub(super) struct Index {
    objects: HashTable<Arc<Object>>,
    hasher: RandomState,
}

impl Index {
    pub(super) fn get(&self, identity: (&str, &str)) -> Option<&Arc<Object>> {
        let hash = self.hasher.hash_one(identity);
        self.objects
            .find(hash, |object| object.identity() == identity)
    }

    /// Takes an object in, in place of an earlier version of it.
    pub(super) fn put(&mut self, object: &Arc<Object>) {
        let hash = self.hasher.hash_one(object.identity());
        let entry = self.objects.entry(
            hash,
            |known| known.identity() == object.identity(),
            |known| self.hasher.hash_one(known.identity()),
        );
        entry.insert(Arc::clone(object));
    }

    pub(super) fn remove(&mut self, identity: (&str, &str)) {
        let hash = self.hasher.hash_one(identity);
        let found = self
            .objects
            .find_entry(hash, |object| object.identity() == identity);
        if let Ok(entry) = found {
            entry.remove();
        }
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({} objects)", self.objects.len())
    }
}
