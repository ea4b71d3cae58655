//! Loading the configuration, and taking its changes from outside.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{
    manager::ConnectionManager,
    state::ConnectionState,
    table::{Place, Rows, Slot},
};
use crate::{
    CallContext, Connection, ConnectionId, ErrorCode, ResourceOperationError, Result,
    call::CallSite,
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
        let changed = self
            .configuration()
            .run(ctx, site, move |gone| async move {
                manager.load_now(&call, &gone).await
            })
            .await?;
        self.settle(changed).await;
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
            .run(ctx, site, move |gone| async move {
                // Whoever had an earlier turn may have done it.
                if !manager.table.read().loaded {
                    manager.load_now(&call, &gone).await?;
                }
                Ok(())
            })
            .await
    }

    /// Loads and takes the answer over; runs in the configuration's lane.
    async fn load_now(
        self: &Arc<Self>,
        ctx: &CallContext,
        gone: &CancellationToken,
    ) -> Result<Vec<Place>> {
        let site = CallSite::new("load_connections");
        let session = self.session(None, ctx.session());
        let call = ctx.clone().with_session(session);
        let loading = self.call(&call, site, || {
            self.registration.provider.load_connections(&call)
        });
        let loaded = tokio::select! {
            biased;
            loaded = loading => loaded?,
            () = gone.cancelled() => return Err(site.locate(ResourceOperationError::new(
                ErrorCode::Cancelled,
                "whoever loaded the connections went away",
            ))),
            () = self.closing.cancelled() => return Err(crate::call::closed(site)),
        };
        let wanted = unique(loaded).map_err(|error| site.locate(error))?;
        let first = !self.table.read().loaded;
        let changed = self.take_over(wanted);
        if first {
            self.follow_outside();
        }
        Ok(changed)
    }

    /// Makes the table what the configuration says; returns the connections whose lanes have work to do.
    fn take_over(
        self: &Arc<Self>,
        mut wanted: BTreeMap<ConnectionId, Arc<Connection>>,
    ) -> Vec<Place> {
        let mut changed = Vec::new();
        let mut rows = self.table.write();
        rows.loaded = true;
        for (id, slot) in &mut rows.slots {
            let was_vanished = slot.vanished;
            match wanted.remove(id) {
                None => slot.vanished = true,
                Some(connection) => {
                    slot.vanished = false;
                    if !slot.connection.same_configuration(&connection) {
                        slot.connection = connection;
                    } else if !was_vanished {
                        continue;
                    }
                }
            }
            changed.push(Place {
                id: id.clone(),
                serial: slot.serial,
            });
        }
        for (id, connection) in wanted {
            self.insert(&mut rows, id, connection);
        }
        changed
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
        };
        rows.slots.insert(id, slot);
    }

    /// Waits until each of these connections is as the configuration says.
    async fn settle(self: &Arc<Self>, changed: Vec<Place>) {
        let site = CallSite::new("load_connections");
        let settling = changed.into_iter().filter_map(|place| {
            let lane = self.table.look(&place, |slot| slot.lane.clone())?;
            let manager = self.clone();
            Some(async move {
                let patient = CallContext::new();
                let converged = lane.run(&patient, site, move |_| async move {
                    manager.converge(place).await;
                    Ok(())
                });
                // The lane ends when the plugin closes or the connection is deleted: both settle it.
                let _ = converged.await;
            })
        });
        futures_util::future::join_all(settling).await;
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
                .with_session(manager.session(None, None));
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
                Ok(manager.take_over(wanted))
            })
            .await;
        let Ok(changed) = taken else { return };
        // Posted, not awaited: a connection that hangs holds up only itself.
        for place in changed {
            if let Some(lane) = self.table.look(&place, |slot| slot.lane.clone()) {
                let manager = self.clone();
                lane.post(Box::pin(async move {
                    manager.clone().converge(place).await;
                    manager.announce();
                }));
            }
        }
        self.announce();
    }

    fn announce(&self) {
        self.outside.send_modify(|count| *count += 1);
    }
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
