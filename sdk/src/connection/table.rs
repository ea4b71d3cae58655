//! What is known of every connection: the only lock on connections.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use tokio::{sync::OnceCell, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    lane::Lane,
    state::{ConnectionState, Happening},
};
use crate::{
    Connection, ConnectionId, ConnectionStatus, DiscoveredTypes, EditorSchema, ErrorCode,
    ResourceKey, ResourceOperationError, Result, context::Surroundings, watch::ConnectionWatches,
};

/// How many connections the error for an unknown one names.
const NAMED: usize = 3;

/// What helps where a connection is not known.
const LIST: &str = "list the connections, or load them again";

/// A connection with a client.
pub(crate) struct Active<C> {
    pub(crate) connection: Arc<Connection>,
    pub(crate) client: Arc<C>,
    /// What the sessions of all calls share.
    pub(crate) surroundings: Arc<Surroundings>,
    /// What editors were told of this client.
    pub(crate) schemas: Arc<OnceCell<Vec<EditorSchema>>>,
    pub(crate) watches: Arc<ConnectionWatches<C>>,
    /// Tells this client from the others of the connection.
    pub(crate) client_number: u64,
}

/// What is known of one connection.
pub(super) struct Slot<C> {
    /// Tells this connection from a later one of the same id.
    pub(super) serial: u64,
    /// The latest specification; a running client may still be on an older one.
    pub(super) connection: Arc<Connection>,
    pub(super) state: ConnectionState,
    pub(super) active: Option<Arc<Active<C>>>,
    /// What a start has left to be done: its caller went away, or it is still at it.
    pub(super) unsettled: Option<Unsettled>,
    /// The last good answer of discovery.
    pub(super) discovered: Option<Arc<DiscoveredTypes>>,
    pub(super) discovery_due: Option<Instant>,
    pub(super) watches: Arc<ConnectionWatches<C>>,
    pub(super) lane: Lane,
    /// Aborts the starts that were handed in so far.
    pub(super) abort_starts: CancellationToken,
    pub(super) pending_starts: usize,
    /// Whether the configuration has dropped it.
    pub(super) vanished: bool,
}

/// What stands between a client and its watches.
#[derive(Debug, Clone)]
pub(super) struct Unsettled {
    /// The lazily started watches that ran on the client before.
    pub(super) also: Vec<ResourceKey>,
    /// Whether discovery has had its say about this client.
    pub(super) discovery_asked: bool,
}

/// Every connection that is known.
pub(super) struct Table<C>(RwLock<Rows<C>>);

pub(super) struct Rows<C> {
    pub(super) slots: BTreeMap<ConnectionId, Slot<C>>,
    /// The connections that have a client: a key-only call without a session looks here.
    pub(super) running: Vec<ConnectionId>,
    pub(super) loaded: bool,
    pub(super) next_number: u64,
}

impl<C> Table<C> {
    pub(super) fn new() -> Self {
        Self(RwLock::new(Rows {
            slots: BTreeMap::new(),
            running: Vec::new(),
            loaded: false,
            next_number: 1,
        }))
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Rows<C>> {
        // Nothing that can panic runs under this lock, so the rows behind a poisoned one are whole.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Rows<C>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the connection that a job is about; `None` when it is gone.
    pub(super) fn look<R>(&self, place: &Place, look: impl FnOnce(&Slot<C>) -> R) -> Option<R> {
        let rows = self.read();
        let slot = rows.slots.get(&place.id)?;
        (slot.serial == place.serial).then(|| look(slot))
    }

    /// Changes the connection that a job is about; `None` when it is gone.
    pub(super) fn change<R>(
        &self,
        place: &Place,
        change: impl FnOnce(&mut Slot<C>) -> R,
    ) -> Option<R> {
        let mut rows = self.write();
        let slot = rows.slots.get_mut(&place.id)?;
        (slot.serial == place.serial).then(|| change(slot))
    }

    /// Publishes or withdraws the client of a connection.
    pub(super) fn activate(&self, place: &Place, active: Option<Arc<Active<C>>>) {
        let mut rows = self.write();
        let rows = &mut *rows;
        let Some(slot) = rows.slots.get_mut(&place.id) else {
            return;
        };
        if slot.serial != place.serial {
            return;
        }
        match (&active, rows.running.binary_search(&place.id)) {
            (Some(_), Err(at)) => rows.running.insert(at, place.id.clone()),
            (None, Ok(at)) => drop(rows.running.remove(at)),
            _ => {}
        }
        slot.active = active;
    }

    /// Forgets a connection if that is `wanted` at this very moment, and says whether it was.
    pub(super) fn remove_if(&self, place: &Place, wanted: impl FnOnce(&Slot<C>) -> bool) -> bool {
        let mut rows = self.write();
        let removed = rows
            .slots
            .get(&place.id)
            .is_some_and(|slot| slot.serial == place.serial && wanted(slot));
        if removed {
            rows.slots.remove(&place.id);
        }
        removed
    }
}

impl<C> Rows<C> {
    /// The client of a connection.
    pub(super) fn running(&self, id: &ConnectionId) -> Result<&Arc<Active<C>>> {
        match self.slots.get(id) {
            Some(slot) => slot.active.as_ref().ok_or_else(|| not_started(id)),
            None if self.loaded => Err(self.unknown(id)),
            None => Err(not_started(id)),
        }
    }

    /// The error for an id that is not configured, which names those that are most like it.
    pub(super) fn unknown(&self, id: &ConnectionId) -> ResourceOperationError {
        let mut known: Vec<_> = self
            .slots
            .iter()
            .filter(|(_, slot)| !slot.vanished)
            .map(|(known, _)| (strsim::levenshtein(known, id), known))
            .collect();
        known.sort_unstable();
        let named: Vec<String> = known
            .iter()
            .take(NAMED)
            .map(|(_, known)| format!("{:?}", known.as_str()))
            .collect();
        let error = match &named[..] {
            [] => missing(id),
            [one] => missing(id).with_suggestion(format!("the nearest connection is {one}")),
            several => missing(id).with_suggestion(format!(
                "the nearest connections are {}",
                several.join(", ")
            )),
        };
        error.with_suggestion(LIST)
    }

    pub(super) fn fresh_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

impl<C> Slot<C> {
    pub(super) fn status(&self) -> ConnectionStatus {
        self.state.status(&self.connection)
    }

    /// Aborts every start that was asked for so far, and none that follows.
    pub(super) fn abort_starts(&mut self, closing: &CancellationToken) {
        self.abort_starts.cancel();
        self.abort_starts = closing.child_token();
    }

    pub(super) fn happened(&mut self, happening: Happening) {
        let state = std::mem::replace(&mut self.state, ConnectionState::Stopped(None));
        self.state = state.after(happening);
    }
}

/// Which connection a job is about.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) id: ConnectionId,
    pub(super) serial: u64,
}

/// The error for a connection that is gone.
pub(super) fn unknown(id: &ConnectionId) -> ResourceOperationError {
    missing(id).with_suggestion(LIST)
}

fn missing(id: &ConnectionId) -> ResourceOperationError {
    ResourceOperationError::not_found(format!("there is no connection {:?}", id.as_str()))
        .on_connection(id)
}

/// The error for a connection without a client.
pub(super) fn not_started(id: &ConnectionId) -> ResourceOperationError {
    ResourceOperationError::new(
        ErrorCode::NotConnected,
        format!("connection {:?} is not started", id.as_str()),
    )
    .with_suggestion("start the connection first")
    .on_connection(id)
}
