//! What a check has made and somebody has to remove.

use std::{
    collections::HashSet,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{ConnectionId, ResourceKey};

use crate::subject::Sample;

/// An object that a check made, or may have made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) key: ResourceKey,
    pub(crate) id: String,
    pub(crate) namespace: String,
}

/// The objects that are to be removed, and the samples by which creations are recognised.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    issued: Vec<(ResourceKey, Sample)>,
    /// In the order in which they were noted.
    made: Vec<Entry>,
    /// The same, to be found.
    noted: HashSet<Entry>,
}

impl Ledger {
    /// Remembers a sample, so that its creation is recognised by its data.
    pub(crate) fn issue(&self, key: &ResourceKey, sample: &Sample) {
        self.state().issued.push((key.clone(), sample.clone()));
    }

    /// The sample that `data` is, if it was issued for this type.
    pub(crate) fn recognise(&self, key: &ResourceKey, data: &str) -> Option<Sample> {
        self.state()
            .issued
            .iter()
            .rev()
            .find(|(of, sample)| of == key && sample.data.as_str() == data)
            .map(|(_, sample)| sample.clone())
    }

    /// Notes an object before it is made, and tells whether it was not noted before.
    pub(crate) fn note(&self, entry: Entry) -> bool {
        let mut state = self.state();
        let is_new = state.noted.insert(entry.clone());
        if is_new {
            state.made.push(entry);
        }
        is_new
    }

    /// Strikes an object that is gone, or was somebody else's.
    pub(crate) fn strike(&self, key: &ResourceKey, id: &str, namespace: &str) {
        let stays =
            |entry: &Entry| !(entry.key == *key && entry.id == id && entry.namespace == namespace);
        let mut state = self.state();
        state.made.retain(stays);
        state.noted.retain(stays);
    }

    /// Takes what is left, the last made first.
    pub(crate) fn take(&self) -> Vec<Entry> {
        let mut state = self.state();
        state.noted.clear();
        let mut made = std::mem::take(&mut state.made);
        made.reverse();
        made
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.key, self.id)?;
        if !self.namespace.is_empty() {
            write!(f, " in namespace {:?}", self.namespace)?;
        }
        if let Some(connection) = &self.connection {
            write!(f, " on connection {connection:?}")?;
        }
        Ok(())
    }
}
