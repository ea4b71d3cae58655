//! Connections over memory, and the test's hand on them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{
    Connection, ConnectionId, ConnectionRegistration, ConnectionScope, ConnectionStatus,
    EditorSchema, PluginResult,
};
use tokio::sync::mpsc;

use super::{Fault, StubCall, StubError, StubOperation, connection_provider::StubProvider};
use crate::fault::{Script, Target};

/// The client of every stub; each has a number of its own.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, connections, .. } = stub_plugin();
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// h.stop_connection("dev").await;
/// h.connect("dev").await;
/// let clients = connections.created();
/// assert_eq!(clients[1], StubClient { id: 2, connection: "dev".into() });
/// assert_eq!(connections.live(), clients[1..], "the first one was destroyed");
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubClient {
    /// The number, counted from 1 for each [`StubConnections`].
    pub id: u64,
    /// The connection that it was made for.
    pub connection: ConnectionId,
}

/// Connections over memory: what to register, and the test's hand on them. Cheap to clone.
///
/// The optional traits are picked by the methods that take and return the stub. Clients are numbered, and each creation and
/// destruction is noted.
///
/// ```
/// use omniview_plugintest::stub::StubConnections;
///
/// let connections = StubConnections::new(["dev", "prod"]).watchable().refreshable();
/// let registration = connections.registration();
/// assert!(registration.watcher.is_some());
/// assert!(registration.schemas.is_none());
/// ```
#[derive(Debug, Clone)]
pub struct StubConnections(pub(super) Arc<Inner>);

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) script: Script,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) configured: Vec<Connection>,
    pub(super) namespaces: Option<Vec<String>>,
    pub(super) schemas: Option<Vec<EditorSchema>>,
    pub(super) scope: Option<ConnectionScope>,
    pub(super) statuses: BTreeMap<ConnectionId, ConnectionStatus>,
    pub(super) created: Vec<StubClient>,
    pub(super) destroyed: Vec<StubClient>,
    pub(super) watchers: Vec<mpsc::UnboundedSender<PluginResult<Vec<Connection>>>>,
    watchable: bool,
    refreshable: bool,
}

impl StubConnections {
    /// Connections with these ids.
    pub fn new<I: Into<ConnectionId>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self::configured(ids.into_iter().map(|id| {
            let id = id.into();
            Connection {
                name: id.as_str().to_owned(),
                id,
                ..Connection::default()
            }
        }))
    }

    /// Connections with all that belongs to them.
    pub fn configured(connections: impl IntoIterator<Item = Connection>) -> Self {
        let stub = Self(Arc::default());
        stub.0.lock().configured = connections.into_iter().collect();
        stub
    }

    /// The provider tells about changes from outside.
    #[must_use]
    pub fn watchable(self) -> Self {
        self.0.lock().watchable = true;
        self
    }

    /// The provider renews credentials.
    #[must_use]
    pub fn refreshable(self) -> Self {
        self.0.lock().refreshable = true;
        self
    }

    /// The provider has editor schemas.
    #[must_use]
    pub fn schemas(self, schemas: impl IntoIterator<Item = EditorSchema>) -> Self {
        self.0.lock().schemas = Some(schemas.into_iter().collect());
        self
    }

    /// The provider limits watches.
    #[must_use]
    pub fn scope(self, scope: ConnectionScope) -> Self {
        self.0.lock().scope = Some(scope);
        self
    }

    /// The backend has these namespaces; without this it has no such thing.
    #[must_use]
    pub fn namespaces<N: Into<String>>(self, namespaces: impl IntoIterator<Item = N>) -> Self {
        let namespaces = namespaces.into_iter().map(Into::into).collect();
        self.0.lock().namespaces = Some(namespaces);
        self
    }

    /// What to give to the configuration.
    pub fn registration(&self) -> ConnectionRegistration<StubClient> {
        let mut builder = ConnectionRegistration::builder(StubProvider(self.0.clone()));
        let state = self.0.lock();
        if state.watchable {
            builder = builder.watch();
        }
        if state.refreshable {
            builder = builder.refresh();
        }
        if state.schemas.is_some() {
            builder = builder.schemas();
        }
        if state.scope.is_some() {
            builder = builder.scope();
        }
        builder.build()
    }

    /// Adds a connection to the configuration, or replaces the one with its id, and tells whoever watches.
    pub fn put(&self, connection: Connection) -> &Self {
        self.change(|configured| {
            configured.retain(|other| other.id != connection.id);
            configured.push(connection);
        })
    }

    /// Removes a connection from the configuration, and tells whoever watches.
    pub fn remove(&self, id: impl Into<ConnectionId>) -> &Self {
        let id = id.into();
        self.change(|configured| configured.retain(|other| other.id != id))
    }

    /// Changes the configuration at will, and tells whoever watches.
    pub fn change(&self, change: impl FnOnce(&mut Vec<Connection>)) -> &Self {
        let mut state = self.0.lock();
        change(&mut state.configured);
        let configured = state.configured.clone();
        state
            .watchers
            .retain(|watcher| watcher.send(Ok(configured.clone())).is_ok());
        drop(state);
        self
    }

    /// Gives an error to whoever watches; their streams go on.
    pub fn fail_watchers(&self, text: &str) -> &Self {
        for watcher in &self.0.lock().watchers {
            // A watcher that is gone has nobody to tell.
            let _ = watcher.send(Err(StubError(text.to_owned()).into()));
        }
        self
    }

    /// Ends the streams of whoever watches.
    pub fn end_watchers(&self) -> &Self {
        self.0.lock().watchers.clear();
        self
    }

    /// Says what the check of a connection answers from now on; CONNECTED until then.
    pub fn set_status(&self, id: impl Into<ConnectionId>, status: ConnectionStatus) -> &Self {
        self.0.lock().statuses.insert(id.into(), status);
        self
    }

    /// Lets the next call of a method go wrong; several are used up in order.
    pub fn next(&self, operation: StubOperation, fault: Fault) -> &Self {
        self.next_times(operation, 1, fault)
    }

    /// Lets the next `times` calls of a method go wrong.
    pub fn next_times(&self, operation: StubOperation, times: usize, fault: Fault) -> &Self {
        self.0
            .script
            .next(&Target::default(), operation, times, fault);
        self
    }

    /// Lets every call of a method go wrong, once those that were planned are used up.
    pub fn always(&self, operation: StubOperation, fault: Fault) -> &Self {
        self.0.script.always(&Target::default(), operation, fault);
        self
    }

    /// Forgets what was planned for a method.
    pub fn heal(&self, operation: StubOperation) -> &Self {
        self.0.script.heal(&Target::default(), operation);
        self
    }

    /// How often a method was called.
    pub fn calls(&self, operation: StubOperation) -> usize {
        self.0.script.count(&Target::default(), operation)
    }

    /// The calls of a method, with the contexts that they came with.
    pub fn seen(&self, operation: StubOperation) -> Vec<StubCall> {
        self.0.script.calls(&Target::default(), operation)
    }

    /// Every client that was created, in order.
    pub fn created(&self) -> Vec<StubClient> {
        self.0.lock().created.clone()
    }

    /// Every client that was destroyed, in order, as often as it was.
    pub fn destroyed(&self) -> Vec<StubClient> {
        self.0.lock().destroyed.clone()
    }

    /// The clients that were created and not destroyed.
    pub fn live(&self) -> Vec<StubClient> {
        let state = self.0.lock();
        let live = state.created.iter();
        live.filter(|client| !state.destroyed.contains(client))
            .cloned()
            .collect()
    }

    /// Asserts that each client was destroyed exactly once.
    ///
    /// # Panics
    ///
    /// One was not, or more than once.
    #[track_caller]
    pub fn assert_each_destroyed_once(&self) {
        let (mut created, mut destroyed) = (self.created(), self.destroyed());
        created.sort_by_key(|client| client.id);
        destroyed.sort_by_key(|client| client.id);
        assert!(
            created == destroyed,
            "each client must be destroyed exactly once\n  created: {}\n  destroyed: {}",
            named(&created),
            named(&destroyed)
        );
    }
}

impl Inner {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn named(clients: &[StubClient]) -> String {
    if clients.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<String> = clients
        .iter()
        .map(|client| format!("#{} of {:?}", client.id, client.connection))
        .collect();
    names.join(", ")
}
