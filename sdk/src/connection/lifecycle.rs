//! Start, stop, update, delete, refresh: each a job in the connection's lane.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    client::Interrupt,
    lane::Lane,
    manager::ConnectionManager,
    state::{ConnectionState, Failure, Happening},
    table::{Active, Place, Slot, not_started, unknown},
};
use crate::{
    CallContext, Connection, ConnectionId, ConnectionStatus, ConnectionStatusCode,
    ResourceOperationError, Result, Timestamp,
    call::{CallSite, still_wanted},
};

impl<C: Send + Sync + 'static> ConnectionManager<C> {
    /// Contract: CON-04 to CON-08, CON-11, CON-12
    pub(crate) async fn start(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let site = CallSite::new("start_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let (place, lane, abort) = {
            let mut rows = self.table.write();
            let Some(slot) = rows.slots.get_mut(id) else {
                return Err(site.locate(rows.unknown(id)));
            };
            slot.pending_starts += 1;
            (
                Place {
                    id: id.clone(),
                    serial: slot.serial,
                },
                slot.lane.clone(),
                slot.abort_starts.clone(),
            )
        };
        let pending = PendingStart {
            manager: self.clone(),
            place: place.clone(),
        };
        let (manager, call) = (self.clone(), ctx.clone());
        lane.run(ctx, site, move |caller| async move {
            let _pending = pending;
            let site = CallSite::new("start_connection").on_connection(&place.id);
            let interrupt = Interrupt::by(caller, abort);
            if interrupt.abort.is_cancelled() {
                return Err(manager.start_was_aborted(site));
            }
            let active = manager
                .table
                .look(&place, |slot| slot.active.clone())
                .ok_or_else(|| site.locate(unknown(&place.id)))?;
            let also = match active {
                None => Vec::new(),
                Some(active) => {
                    interrupt.creation.keep();
                    let status = tokio::select! {
                        biased;
                        status = manager.ask_health(&call, &place, &active, site) => status,
                        () = interrupt.abort.cancelled() => {
                            return Err(manager.start_was_aborted(site));
                        }
                    };
                    still_wanted(&call, site)?;
                    interrupt.creation.let_go();
                    match status {
                        Ok(status) if status.is_connected() => {
                            manager
                                .settle_for(&place, &active, &interrupt, site)
                                .await?;
                            return Ok(status);
                        }
                        _ => manager.bring_down(&place).await.0,
                    }
                }
            };
            manager
                .bring_up(&place, &call, &interrupt, also, String::new())
                .await
        })
        .await
    }

    /// Contract: CON-13, CON-14
    pub(crate) async fn stop(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Arc<Connection>> {
        let site = CallSite::new("stop_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let (place, lane, aborted) = self.abort_starts(id, site)?;
        let manager = self.clone();
        lane.run(ctx, site, move |_| async move {
            let site = CallSite::new("stop_connection").on_connection(&place.id);
            let known = manager.table.look(&place, |slot| {
                (slot.connection.clone(), slot.active.clone())
            });
            match known {
                None => Err(site.locate(unknown(&place.id))),
                Some((connection, Some(_))) => {
                    let (_, destroyed) = manager.bring_down(&place).await;
                    destroyed.map_err(|error| site.locate(error))?;
                    Ok(connection)
                }
                Some((connection, None)) if aborted => Ok(connection),
                Some((_, None)) => Err(site.locate(not_started(&place.id))),
            }
        })
        .await
    }

    /// Contract: CON-16, CON-17
    pub(crate) async fn check(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let site = CallSite::new("check_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let (place, _, _) = self.place(id, site)?;
        let gone = || site.locate(unknown(id));
        let active = self.table.look(&place, |slot| slot.active.clone());
        let Some(active) = active.ok_or_else(gone)? else {
            return self.table.look(&place, unasked).ok_or_else(gone);
        };
        let asked = self.ask_health(ctx, &place, &active, site);
        let answer = self.while_open(site, asked).await?;
        self.table
            .look(&place, |slot| match &slot.active {
                Some(now) if now.client_number == active.client_number => answer,
                // The client that was asked is gone, and what it said with it.
                _ => unasked(slot),
            })
            .ok_or_else(gone)
    }

    /// Contract: CON-21 to CON-24
    pub(crate) async fn update(
        self: &Arc<Self>,
        ctx: &CallContext,
        connection: Connection,
    ) -> Result<ConnectionStatus> {
        let id = connection.id.clone();
        let site = CallSite::new("update_connection").on_connection(&id);
        self.enter(ctx, site).await?;
        let (place, lane, abort) = self.place(&id, site)?;
        let (manager, call, connection) = (self.clone(), ctx.clone(), Arc::new(connection));
        lane.run(ctx, site, move |caller| async move {
            let site = CallSite::new("update_connection").on_connection(&place.id);
            let changed = manager.table.change(&place, |slot| {
                let changes = !slot.connection.same_configuration(&connection);
                if changes {
                    slot.connection = connection.clone();
                }
                (changes, slot.active.is_some(), slot.status())
            });
            match changed {
                None => Err(site.locate(unknown(&place.id))),
                Some((false, _, _)) => {
                    Err(site.locate(ResourceOperationError::connection_unchanged(&place.id)))
                }
                Some((true, false, status)) => Ok(status),
                Some((true, true, _)) => {
                    let interrupt = Interrupt::by(caller, abort);
                    manager.replace_client(&place, &call, &interrupt).await
                }
            }
        })
        .await
    }

    /// Contract: CON-25, TYP-13
    pub(crate) async fn delete(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<()> {
        let site = CallSite::new("delete_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let (place, lane, _) = self.abort_starts(id, site)?;
        let manager = self.clone();
        lane.run(ctx, site, move |_| async move {
            let site = CallSite::new("delete_connection").on_connection(&place.id);
            match manager.remove(&place, |_| true).await {
                None => Err(site.locate(unknown(&place.id))),
                Some(destroyed) => destroyed.map_err(|error| site.locate(error)),
            }
        })
        .await
    }

    /// Contract: CON-29
    pub(crate) async fn refresh(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let site = CallSite::new("refresh_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let Some(refresher) = self.registration.refresher.clone() else {
            return Err(site.locate(
                ResourceOperationError::unsupported(
                    "this plugin cannot renew credentials in place",
                )
                .with_suggestion("stop and start the connection instead"),
            ));
        };
        let (place, lane, _) = self.place(id, site)?;
        let (manager, call) = (self.clone(), ctx.clone());
        lane.run(ctx, site, move |caller| async move {
            let site = CallSite::new("refresh_connection").on_connection(&place.id);
            let active = manager
                .table
                .look(&place, |slot| slot.active.clone())
                .ok_or_else(|| site.locate(unknown(&place.id)))?
                .ok_or_else(|| site.locate(not_started(&place.id)))?;
            caller.keep();
            let session_call = call.within(active.surroundings.clone());
            let renewed = manager.call(&session_call, site, || {
                refresher.refresh_client(&session_call, &active.client)
            });
            manager.while_open(site, renewed).await?;
            manager
                .table
                .change(&place, |slot| {
                    let last_refresh = Timestamp::now();
                    let refreshed = |connection: &Connection| {
                        Arc::new(Connection {
                            last_refresh,
                            ..connection.clone()
                        })
                    };
                    // The specification may have changed meanwhile, and the client is not on that one yet.
                    slot.connection = refreshed(&slot.connection);
                    let refreshed = refreshed(&active.connection);
                    slot.active = Some(Arc::new(Active {
                        surroundings: manager.surroundings(Some(refreshed.clone())),
                        connection: refreshed,
                        client: active.client.clone(),
                        schemas: active.schemas.clone(),
                        watches: active.watches.clone(),
                        client_number: active.client_number,
                    }));
                    slot.status()
                })
                .ok_or_else(|| site.locate(unknown(&place.id)))
        })
        .await
    }

    /// Asks the plugin how a connection is, and remembers the answer.
    async fn ask_health(
        &self,
        ctx: &CallContext,
        place: &Place,
        active: &Arc<Active<C>>,
        site: CallSite<'_>,
    ) -> Result<ConnectionStatus> {
        let call = ctx.within(active.surroundings.clone());
        let answer = self
            .call(&call, site, || {
                self.registration
                    .provider
                    .check_connection(&call, &active.client)
            })
            .await
            .map(|mut status| {
                status
                    .connection
                    .get_or_insert_with(|| active.connection.clone());
                status
            });
        // A question that was taken back says nothing about the connection.
        if still_wanted(ctx, site).is_ok() {
            let checked = match &answer {
                Ok(status) if status.is_connected() => Ok(()),
                Ok(status) => Err(Failure::reported(status)),
                Err(error) => Err(Failure::of(error)),
            };
            self.table.change(place, |slot| {
                let same_client = slot
                    .active
                    .as_ref()
                    .is_some_and(|now| now.client_number == active.client_number);
                if same_client {
                    slot.happened(Happening::Checked(checked));
                }
            });
        }
        answer
    }

    /// The lane of a known connection, and what aborts what is asked for now.
    pub(super) fn place(
        &self,
        id: &ConnectionId,
        site: CallSite<'_>,
    ) -> Result<(Place, Lane, CancellationToken)> {
        let rows = self.table.read();
        let slot = rows
            .slots
            .get(id)
            .ok_or_else(|| site.locate(rows.unknown(id)))?;
        let place = Place {
            id: id.clone(),
            serial: slot.serial,
        };
        Ok((place, slot.lane.clone(), slot.abort_starts.clone()))
    }

    /// Aborts the starts that were handed in so far, and says whether there were any.
    fn abort_starts(&self, id: &ConnectionId, site: CallSite<'_>) -> Result<(Place, Lane, bool)> {
        let mut rows = self.table.write();
        let Some(slot) = rows.slots.get_mut(id) else {
            return Err(site.locate(rows.unknown(id)));
        };
        let aborted = slot.pending_starts > 0 || slot.state == ConnectionState::Starting;
        slot.abort_starts(&self.closing);
        let place = Place {
            id: id.clone(),
            serial: slot.serial,
        };
        Ok((place, slot.lane.clone(), aborted))
    }
}

/// How a connection is as far as the SDK can tell without asking.
fn unasked<C>(slot: &Slot<C>) -> ConnectionStatus {
    let status = slot.status();
    match slot.active {
        Some(_) => status,
        None => ConnectionStatus {
            status: ConnectionStatusCode::Disconnected,
            ..status
        },
    }
}

/// Counts a start from the moment when it is asked for to its end, however it ends.
struct PendingStart<C> {
    manager: Arc<ConnectionManager<C>>,
    place: Place,
}

impl<C> Drop for PendingStart<C> {
    fn drop(&mut self) {
        self.manager
            .table
            .change(&self.place, |slot| slot.pending_starts -= 1);
    }
}
