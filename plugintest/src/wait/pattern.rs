//! Which event is waited for.

use std::{fmt, sync::Arc};

use omniview_sdk::{ConnectionId, ResourceKey, WatchEvent, WatchState};

use crate::{Seen, recording::kind_of};

/// Which event is waited for: what happened, and to what.
///
/// An object is identified by connection, key, namespace and id; what a pattern does not name may be anything.
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
/// let failed = event_where("a pod that failed", |event| {
///     event.data().is_some_and(|pod| pod.as_str().contains("Failed"))
/// });
/// pods.insert(json!({"id": "api", "namespace": "shop", "phase": "Failed"}));
/// h.wait_for(failed.of("core::v1::Pod").on("dev").in_namespace("shop")).await;
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a pattern does nothing until it is waited for"]
pub struct EventPattern {
    what: What,
    connection: Option<ConnectionId>,
    key: Option<ResourceKey>,
    namespace: Option<String>,
}

#[derive(Clone)]
enum What {
    Object {
        kind: &'static str,
        id: String,
    },
    State(WatchState),
    Where {
        name: String,
        accept: Arc<dyn Fn(&WatchEvent) -> bool + Send + Sync>,
    },
}

/// An object of this id was added.
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
/// pods.insert(json!({"id": "api", "namespace": "shop"}));
/// let seen = h.wait_for(added("api").in_namespace("shop")).await;
/// assert!(!added("api").on("prod").matches(&seen.event), "it came on another connection");
/// # h.shutdown().await;
/// # }
/// ```
pub fn added(id: impl Into<String>) -> EventPattern {
    EventPattern::object("ADD", id)
}

/// An object of this id was updated.
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
/// # h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// pods.insert(json!({"id": "web", "phase": "Failed"}));
/// let seen = h.wait_for(updated("web")).await;
/// assert_eq!(seen.json()["phase"], "Failed");
/// # h.shutdown().await;
/// # }
/// ```
pub fn updated(id: impl Into<String>) -> EventPattern {
    EventPattern::object("UPDATE", id)
}

/// An object of this id was deleted.
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
/// # h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// h.delete("core::v1::Pod", "web").await;
/// let seen = h.wait_for(deleted("web")).await;
/// assert_eq!(seen.json()["phase"], "Running", "as it was last known");
/// # h.shutdown().await;
/// # }
/// ```
pub fn deleted(id: impl Into<String>) -> EventPattern {
    EventPattern::object("DELETE", id)
}

/// The watch of a type has reached a state.
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
/// let seen = h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// assert!(!state("core::v1::Node", WatchState::Synced).matches(&seen.event), "of another type");
/// # h.shutdown().await;
/// # }
/// ```
pub fn state(key: impl Into<ResourceKey>, state: WatchState) -> EventPattern {
    EventPattern::new(What::State(state)).of(key)
}

/// Anything happened.
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
/// # h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// let mark = h.mark();
/// pods.insert(json!({"id": "api"}));
/// let first = h.wait_for(any_event().of("core::v1::Pod")).since(mark).await;
/// assert_eq!(first.id(), Some("api"));
/// # h.shutdown().await;
/// # }
/// ```
pub fn any_event() -> EventPattern {
    event_where("any event", |_| true)
}

/// An event satisfies `accept`; `name` says which it is in the text of a failure.
///
/// ```
/// use omniview_plugintest::event_where;
///
/// let third = event_where("a pod of the web set", |event| {
///     event.id().is_some_and(|id| id.starts_with("web-"))
/// })
/// .of("core::v1::Pod");
/// assert_eq!(third.to_string(), "a pod of the web set of core::v1::Pod");
/// ```
pub fn event_where(
    name: impl Into<String>,
    accept: impl Fn(&WatchEvent) -> bool + Send + Sync + 'static,
) -> EventPattern {
    EventPattern::new(What::Where {
        name: name.into(),
        accept: Arc::new(accept),
    })
}

impl EventPattern {
    fn new(what: What) -> Self {
        Self {
            what,
            connection: None,
            key: None,
            namespace: None,
        }
    }

    fn object(kind: &'static str, id: impl Into<String>) -> Self {
        Self::new(What::Object {
            kind,
            id: id.into(),
        })
    }

    /// Of this resource type.
    pub fn of(mut self, key: impl Into<ResourceKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// On this connection.
    pub fn on(mut self, connection: impl Into<ConnectionId>) -> Self {
        self.connection = Some(connection.into());
        self
    }

    /// In this namespace; the empty one is that of types without namespaces.
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Whether this is such an event.
    pub fn matches(&self, event: &WatchEvent) -> bool {
        let accepts = match &self.what {
            What::Where { accept, .. } => accept(event),
            What::Object { .. } | What::State(_) => true,
        };
        accepts && self.may_match(event)
    }

    /// Whether this is such an event as far as can be told without code of the test's own.
    pub(crate) fn may_match(&self, event: &WatchEvent) -> bool {
        let fits = match &self.what {
            What::Object { kind, id } => event.id() == Some(id.as_str()) && kind_of(event) == *kind,
            What::State(state) => event.state() == Some(*state),
            What::Where { .. } => true,
        };
        fits && self.key.as_ref().is_none_or(|key| key == event.key())
            && self
                .connection
                .as_ref()
                .is_none_or(|connection| connection == event.connection())
            && self
                .namespace
                .as_ref()
                .is_none_or(|namespace| namespace == event.namespace().unwrap_or_default())
    }

    /// The key that is waited for, if one was named.
    pub(crate) fn key(&self) -> Option<&ResourceKey> {
        self.key.as_ref()
    }

    /// The state that is waited for, if it is one.
    pub(crate) fn state(&self) -> Option<WatchState> {
        match self.what {
            What::State(state) => Some(state),
            What::Object { .. } | What::Where { .. } => None,
        }
    }

    /// How an event misses the pattern, most telling first; `None` if it has nothing to do with it.
    ///
    /// An object is a near miss if it has the id, a state if it is of the type or is the state waited for.
    pub(crate) fn miss(&self, seen: &Seen) -> Option<Vec<String>> {
        let mut misses = Vec::new();
        match &self.what {
            What::Object { kind, id } => {
                if seen.id() != Some(id.as_str()) {
                    return None;
                }
                if seen.kind() != *kind {
                    misses.push(format!("{} instead of {kind}", seen.kind()));
                }
            }
            What::State(state) => {
                let found = seen.state()?;
                if found != *state {
                    if self.key.as_ref().is_some_and(|key| key != seen.key()) {
                        return None;
                    }
                    misses.push(format!("{found} instead of {state}"));
                }
            }
            What::Where { .. } => {
                return None;
            }
        }
        misses.extend(self.misplaced(&seen.event));
        Some(misses)
    }

    /// Where an event happened instead of where it should have.
    fn misplaced(&self, event: &WatchEvent) -> Vec<String> {
        let mut misses = Vec::new();
        let mut compare = |noun: &str, wanted: Option<&str>, found: &str| {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
                misses.push(format!("{noun} {found:?} instead of {wanted:?}"));
            }
        };
        compare("key", self.key.as_deref(), event.key());
        compare("connection", self.connection.as_deref(), event.connection());
        compare(
            "namespace",
            self.namespace.as_deref(),
            event.namespace().unwrap_or_default(),
        );
        misses
    }
}

impl fmt::Display for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::Object { kind, id } => write!(f, "{kind} {id:?}")?,
            What::State(state) => write!(f, "{state}")?,
            What::Where { name, .. } => f.write_str(name)?,
        }
        if let Some(key) = &self.key {
            write!(f, " of {key}")?;
        }
        if let Some(namespace) = &self.namespace {
            write!(f, " in namespace {namespace:?}")?;
        }
        if let Some(connection) = &self.connection {
            write!(f, " on connection {connection:?}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for EventPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventPattern")
            .field(&self.to_string())
            .finish()
    }
}
