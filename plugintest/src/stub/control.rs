//! The test's hand on a stubbed type.

use std::sync::Arc;

use omniview_sdk::{ConnectionId, ResourceOperationError};
use serde_json::Value;

use super::{
    Fault, StubCall, StubOperation, WatchScript,
    store::{Store, identity},
    watcher::WatchScripts,
};
use crate::fault::{Script, Target};

/// The test's hand on a stubbed type: its objects, its faults, and the calls that it got. Cheap to clone.
///
/// Objects are there on every connection; [`on`](Self::on) gives a hand on those of one connection.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// pods.on("dev").insert(json!({"id": "api"})); // behind the plugin's back
/// h.wait_for(added("api")).await;
///
/// pods.next(StubOperation::Get, Fault::refused(ErrorCode::Unavailable));
/// h.get("core::v1::Pod", "api").expect_error(ErrorCode::Unavailable).await;
/// h.get("core::v1::Pod", "api").await;
/// assert_eq!(pods.calls(StubOperation::Get), 2);
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct StubControl {
    pub(super) store: Arc<Store>,
    pub(super) script: Arc<Script>,
    pub(super) watches: Arc<WatchScripts>,
    pub(super) layer: Option<ConnectionId>,
}

impl StubControl {
    /// A hand on the objects of one connection alone, which is also where `create` puts them.
    #[must_use]
    pub fn on(&self, connection: impl Into<ConnectionId>) -> Self {
        Self {
            layer: Some(connection.into()),
            ..self.clone()
        }
    }

    /// Adds an object behind the plugin's back, or replaces the one with its id and namespace; watches tell.
    ///
    /// # Panics
    ///
    /// It has no text `id`.
    #[track_caller]
    pub fn insert(&self, object: Value) -> &Self {
        let (_, id) = identity(&object);
        assert!(
            !id.is_empty(),
            "an object of a stub is a JSON object with a text \"id\", found {object}"
        );
        self.store.put(self.layer.as_ref(), object);
        self
    }

    /// Removes an object without a namespace behind the plugin's back; watches tell.
    ///
    /// # Panics
    ///
    /// There is none.
    #[track_caller]
    pub fn remove(&self, id: &str) -> &Self {
        self.remove_in("", id)
    }

    /// Removes an object in a namespace behind the plugin's back; watches tell.
    ///
    /// # Panics
    ///
    /// There is none.
    #[track_caller]
    pub fn remove_in(&self, namespace: &str, id: &str) -> &Self {
        let removed = self.store.remove(self.layer.as_ref(), id, namespace);
        assert!(
            removed.is_some(),
            "the stub has no object {id:?} in namespace {namespace:?} to remove"
        );
        self
    }

    /// The objects that a connection sees, by namespace and id.
    pub fn objects(&self, connection: impl Into<ConnectionId>) -> Vec<Value> {
        let (objects, _) = self.store.visible(&connection.into());
        objects.into_iter().map(|object| object.value).collect()
    }

    /// Lets the next call of a method go wrong; several are used up in order.
    pub fn next(&self, operation: StubOperation, fault: Fault) -> &Self {
        self.next_times(operation, 1, fault)
    }

    /// Lets the next `times` calls of a method go wrong.
    pub fn next_times(&self, operation: StubOperation, times: usize, fault: Fault) -> &Self {
        self.script
            .next(&Target::default(), operation, times, fault);
        self
    }

    /// Lets every call of a method go wrong, once those that were planned are used up.
    pub fn always(&self, operation: StubOperation, fault: Fault) -> &Self {
        self.script.always(&Target::default(), operation, fault);
        self
    }

    /// Forgets what was planned for a method.
    pub fn heal(&self, operation: StubOperation) -> &Self {
        self.script.heal(&Target::default(), operation);
        self
    }

    /// Says how the next attempts of watches go, one script an attempt.
    pub fn next_watches(&self, scripts: impl IntoIterator<Item = WatchScript>) -> &Self {
        self.watches.next(scripts);
        self
    }

    /// Says how attempts of watches go, once those that were planned are used up.
    pub fn always_watch(&self, script: WatchScript) -> &Self {
        self.watches.always(script);
        self
    }

    /// Lets every watch that runs now fail.
    pub fn break_watches(&self, error: ResourceOperationError) -> &Self {
        self.store.break_watches(error);
        self
    }

    /// How often a method was called.
    pub fn calls(&self, operation: StubOperation) -> usize {
        self.script.count(&Target::default(), operation)
    }

    /// The calls of a method, with the contexts that they came with.
    pub fn seen(&self, operation: StubOperation) -> Vec<StubCall> {
        self.script.calls(&Target::default(), operation)
    }

    /// The last call of a method.
    ///
    /// # Panics
    ///
    /// It was not called.
    #[track_caller]
    pub fn last(&self, operation: StubOperation) -> StubCall {
        match self.seen(operation).pop() {
            Some(call) => call,
            None => panic!("the stub got no call of {operation:?}"),
        }
    }
}
