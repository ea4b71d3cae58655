//! Loading the configuration, and taking its changes from outside.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::{StreamExt, future::join_all};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{
    lane::Caller,
    manager::ConnectionManager,
    state::ConnectionState,
    table::{Place, Rows, Slot},
};
use crate::{
    CallContext, Connection, ConnectionId, ErrorCode, ResourceOperationError, Result, Session,
    call::{CallSite, over},
    panic::{Guarded, PanicText, guard},
};

impl<C: Send + Sync + 'static> ConnectionManager<C> {
    /// Contract: CON-01, CON-02, CON-03
    pub(crate) async fn load(self: &Arc<Self>, ctx: &CallContext) -> Result<Vec<Arc<Connection>>> {
        let site = CallSite::new("load_connections");
        if self.closing.is_cancelled() {
            return Err(crate::call::closed(site));
        }
        let (manager, call) = (self.clone(), ctx.clone());
        let leaving = CancellationToken::new();
        let waiting = leaving.clone().drop_guard();
        let changed = self
            .configuration()
            .run(ctx, site, move |caller| async move {
                caller.keep();
                let origin = Origin::Load { waiting: leaving };
                manager.load_now(&call, &caller, &origin).await
            })
            .await?;
        tokio::select! {
            biased;
            _ = join_all(changed) => {}
            why = over(ctx, site) => return Err(why),
        }
        drop(waiting);
        Ok(self.connections())
    }

    /// Loads unless that was done before.
    pub(super) async fn load_once(
        self: &Arc<Self>,
        ctx: &CallContext,
        site: CallSite<'_>,
    ) -> Result<()> {
        let (manager, call) = (self.clone(), ctx.clone());
        self.configuration()
            .run(ctx, site, move |caller| async move {
                caller.keep();
                // Whoever had an earlier turn may have done it.
                if !manager.table.read().loaded {
                    let origin = Origin::Load {
                        waiting: nobody_waits(),
                    };
                    manager.load_now(&call, &caller, &origin).await?;
                }
                Ok(())
            })
            .await
    }

    /// Loads and takes the answer over; runs in the configuration's lane.
    async fn load_now(
        self: &Arc<Self>,
        ctx: &CallContext,
        caller: &Caller,
        origin: &Origin,
    ) -> Result<Vec<Converging>> {
        let site = CallSite::new("load_connections");
        let call = ctx.within(self.surroundings(None));
        let loading = self.call(&call, site, || {
            self.registration.provider.load_connections(&call)
        });
        let loaded = tokio::select! {
            biased;
            loaded = loading => loaded?,
            () = caller.gone() => return Err(site.locate(ResourceOperationError::new(
                ErrorCode::Cancelled,
                "whoever loaded the connections went away",
            ))),
            () = self.closing.cancelled() => return Err(crate::call::closed(site)),
        };
        let wanted = unique(loaded).map_err(|error| site.locate(error))?;
        let first = !self.table.read().loaded;
        let changed = self.take_over(wanted, origin);
        if first {
            self.follow_outside();
        }
        Ok(changed)
    }

    /// Makes the table what the configuration says, and has the lanes of what changed make it true.
    ///
    /// What is returned completes when they have; nobody has to wait for it.
    fn take_over(
        self: &Arc<Self>,
        mut wanted: BTreeMap<ConnectionId, Arc<Connection>>,
        origin: &Origin,
    ) -> Vec<Converging> {
        let mut changed = Vec::new();
        let mut rows = self.table.write();
        rows.loaded = true;
        for (id, slot) in &mut rows.slots {
            let was_vanished = slot.vanished;
            match wanted.remove(id) {
                None => {
                    slot.vanished = true;
                    slot.abort_starts(&self.closing);
                }
                Some(connection) => {
                    slot.vanished = false;
                    if !slot.connection.same_configuration(&connection) {
                        slot.connection = connection;
                    } else if !was_vanished {
                        continue;
                    }
                }
            }
            let place = Place {
                id: id.clone(),
                serial: slot.serial,
            };
            changed.push(self.have_converged(place, slot, origin));
        }
        for (id, connection) in wanted {
            self.insert(&mut rows, id, connection);
        }
        changed
    }

    /// Hands the job in that makes a connection what its slot says.
    ///
    /// In the same step as the change itself: whoever asked for it may go away at any time after that.
    fn have_converged(
        self: &Arc<Self>,
        place: Place,
        slot: &Slot<C>,
        origin: &Origin,
    ) -> Converging {
        let manager = self.clone();
        let (waiting, from_outside) = match origin {
            Origin::Load { waiting } => (waiting.clone(), false),
            Origin::Outside => (nobody_waits(), true),
        };
        let abort = slot.abort_starts.clone();
        let (done, converging) = oneshot::channel();
        slot.lane.post(Box::pin(async move {
            let waiting = Caller::leaving_with(waiting);
            manager.converge(&place, waiting, abort).await;
            if from_outside {
                manager.announce();
            }
            let _ = done.send(());
        }));
        converging
    }

    fn insert(self: &Arc<Self>, rows: &mut Rows<C>, id: ConnectionId, connection: Arc<Connection>) {
        let serial = rows.fresh_number();
        let place = Place {
            id: id.clone(),
            serial,
        };
        let slot = Slot {
            serial,
            connection,
            state: ConnectionState::Stopped(None),
            active: None,
            discovered: None,
            discovery_due: None,
            watches: self.new_watches(&id),
            lane: self.open_lane(place),
            abort_starts: self.closing.child_token(),
            pending_starts: 0,
            vanished: false,
            unsettled: None,
        };
        rows.slots.insert(id, slot);
    }

    fn connections(&self) -> Vec<Arc<Connection>> {
        self.table
            .read()
            .slots
            .values()
            .map(|slot| slot.connection.clone())
            .collect()
    }

    /// Follows the author's stream of changes, as long as there is one.
    ///
    /// Contract: CFG-17, CON-28
    fn follow_outside(self: &Arc<Self>) {
        let Some(watcher) = self.registration.watcher.clone() else {
            return;
        };
        let manager = self.clone();
        self.tracker.spawn(async move {
            let call = CallContext::new()
                .with_cancellation(manager.closing.clone())
                .with_session(Session::within(manager.surroundings(None)));
            let stream = guard(|| watcher.watch_connections(&call));
            let mut stream = match stream {
                Ok(stream) => stream,
                Err(PanicText(text)) => {
                    tracing::warn!("the connection watcher panicked: {text}");
                    return;
                }
            };
            loop {
                let next = tokio::select! {
                    biased;
                    () = manager.closing.cancelled() => return,
                    next = Guarded::new(stream.next()) => next,
                };
                match next {
                    Ok(Some(Ok(connections))) => manager.take_outside(connections).await,
                    Ok(Some(Err(error))) => {
                        tracing::warn!(%error, "the connection watcher reported an error");
                    }
                    // The stream of an author may end; the boundary's stays open.
                    Ok(None) => return,
                    Err(PanicText(text)) => {
                        tracing::warn!("the connection watcher panicked: {text}");
                        return;
                    }
                }
            }
        });
    }

    async fn take_outside(self: &Arc<Self>, connections: Vec<Connection>) {
        let site = CallSite::new("watch_connections");
        let wanted = match unique(connections) {
            Ok(wanted) => wanted,
            Err(error) => {
                tracing::warn!(%error, "a change of the connections from outside was ignored");
                return;
            }
        };
        let manager = self.clone();
        let taken = self
            .configuration()
            .run(&CallContext::new(), site, move |_| async move {
                // Not awaited: a connection that hangs holds up only itself.
                drop(manager.take_over(wanted, &Origin::Outside));
                Ok(())
            })
            .await;
        if taken.is_ok() {
            self.announce();
        }
    }

    fn announce(&self) {
        self.outside.send_modify(|count| *count += 1);
    }
}

/// Where a change of the configuration comes from.
enum Origin {
    /// A call, whose end cancels the token.
    Load { waiting: CancellationToken },
    /// The author's stream.
    Outside,
}

/// Completes when a connection is what its specification says, or when that is not to be.
type Converging = oneshot::Receiver<()>;

/// A token for work that nobody waits for.
fn nobody_waits() -> CancellationToken {
    let token = CancellationToken::new();
    token.cancel();
    token
}

/// Sorts connections by id.
///
/// Contract: CON-01
fn unique(connections: Vec<Connection>) -> Result<BTreeMap<ConnectionId, Arc<Connection>>> {
    let mut unique = BTreeMap::new();
    for connection in connections {
        let id = connection.id.clone();
        if id.is_empty() {
            return Err(ResourceOperationError::invalid_input(format!(
                "connection {:?} has no id",
                connection.name
            ))
            .with_suggestion("give every configured connection an id"));
        }
        if unique.insert(id.clone(), Arc::new(connection)).is_some() {
            return Err(ResourceOperationError::invalid_input(format!(
                "two connections have the id {:?}",
                id.as_str()
            ))
            .with_suggestion("give every configured connection an id of its own")
            .on_connection(&id));
        }
    }
    Ok(unique)
}
