//! The objects of a stubbed type, and the log of their changes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{ConnectionId, ResourceMetadata, ResourceOperationError};
use serde_json::Value;
use tokio::sync::Notify;

/// Namespace, id, and the connection that an object belongs to; none is all of them.
type Identity = (String, String, Option<ConnectionId>);

/// The objects of a stubbed type, and the log of their changes.
#[derive(Debug, Default)]
pub(super) struct Store {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<Identity, Object>,
    log: Vec<Change>,
    made: u64,
}

/// An object, and what is known of every object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) value: Value,
    uid: String,
}

/// Something that happened to an object, or to the watches.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Added(Option<ConnectionId>, Object),
    Updated(Option<ConnectionId>, Object),
    Deleted(Option<ConnectionId>, Object),
    /// Every running watch fails.
    Broken(ResourceOperationError),
}

impl Object {
    pub(super) fn metadata(&self) -> ResourceMetadata {
        let labels = self.value.get("labels").and_then(Value::as_object);
        let labels = labels
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        ResourceMetadata {
            labels: labels.collect(),
            ..ResourceMetadata::new(&self.uid)
        }
    }
}

impl Change {
    /// Whether a watch on this connection is told.
    pub(super) fn concerns(&self, connection: &ConnectionId) -> bool {
        match self {
            Self::Added(layer, _) | Self::Updated(layer, _) | Self::Deleted(layer, _) => {
                layer.as_ref().is_none_or(|layer| layer == connection)
            }
            Self::Broken(_) => true,
        }
    }
}

impl Store {
    /// Adds an object, or replaces the one with its identity; true if it is new.
    pub(super) fn put(&self, layer: Option<&ConnectionId>, value: Value) -> bool {
        let (namespace, id) = identity(&value);
        let mut state = self.lock();
        let identity = (namespace.clone(), id.clone(), layer.cloned());
        let earlier = state
            .objects
            .get(&identity)
            .map(|object| object.uid.clone());
        let is_new = earlier.is_none();
        let uid = earlier.unwrap_or_else(|| {
            state.made += 1;
            format!("uid-{}", state.made)
        });
        let object = Object {
            id,
            namespace,
            value,
            uid,
        };
        state.objects.insert(identity, object.clone());
        state.log.push(if is_new {
            Change::Added(layer.cloned(), object)
        } else {
            Change::Updated(layer.cloned(), object)
        });
        drop(state);
        self.changed.notify_waiters();
        is_new
    }

    /// Removes an object and returns it as it was.
    pub(super) fn remove(
        &self,
        layer: Option<&ConnectionId>,
        id: &str,
        namespace: &str,
    ) -> Option<Object> {
        let identity = (namespace.to_owned(), id.to_owned(), layer.cloned());
        let mut state = self.lock();
        let object = state.objects.remove(&identity)?;
        state
            .log
            .push(Change::Deleted(layer.cloned(), object.clone()));
        drop(state);
        self.changed.notify_waiters();
        Some(object)
    }

    /// Makes every running watch fail.
    pub(super) fn break_watches(&self, error: ResourceOperationError) {
        self.lock().log.push(Change::Broken(error));
        self.changed.notify_waiters();
    }

    /// The objects that a connection sees, by (namespace, id), and how long the log was then.
    pub(super) fn visible(&self, connection: &ConnectionId) -> (Vec<Object>, usize) {
        let state = self.lock();
        let objects = state
            .objects
            .iter()
            .filter(|((.., layer), _)| layer.as_ref().is_none_or(|layer| layer == connection));
        let objects = objects.map(|(_, object)| object.clone()).collect();
        (objects, state.log.len())
    }

    /// The object that a connection sees, and to which layer it belongs; an empty namespace is any.
    pub(super) fn find(
        &self,
        connection: &ConnectionId,
        id: &str,
        namespace: &str,
    ) -> Option<(Option<ConnectionId>, Object)> {
        let state = self.lock();
        let found = state
            .objects
            .iter()
            .find(|((in_namespace, its_id, layer), _)| {
                its_id == id
                    && (namespace.is_empty() || in_namespace == namespace)
                    && layer.as_ref().is_none_or(|layer| layer == connection)
            });
        found.map(|((.., layer), object)| (layer.clone(), object.clone()))
    }

    /// What was logged from `from` on; waits until there is something.
    pub(super) async fn changes(&self, from: usize) -> Vec<Change> {
        loop {
            // Registered before the look, so that a change in between is not missed.
            let changed = self.changed.notified();
            let news = self.lock().log.get(from..).unwrap_or_default().to_vec();
            if !news.is_empty() {
                return news;
            }
            changed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The namespace and id that an object names itself; both empty where it does not.
pub(super) fn identity(value: &Value) -> (String, String) {
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (text("namespace"), text("id"))
}
