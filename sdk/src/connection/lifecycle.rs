//! Start, stop, update, delete, refresh: each a job in the connection's lane.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    lane::Lane,
    manager::{ConnectionManager, not_started, unknown},
    state::{ConnectionState, Failure, Happening},
    table::{Active, Place},
};
use crate::{
    CallContext, Connection, ConnectionId, ConnectionStatus, ErrorCode, ResourceKey,
    ResourceOperationError, Result, Timestamp,
    call::{CallSite, closed, still_wanted},
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
            let slot = rows
                .slots
                .get_mut(id)
                .ok_or_else(|| site.locate(unknown(id)))?;
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
        lane.run(ctx, site, move |gone| async move {
            let _pending = pending;
            let site = CallSite::new("start_connection").on_connection(&place.id);
            let interrupt = Interrupt { gone, abort };
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
                    let status = tokio::select! {
                        biased;
                        status = manager.ask_health(&call, &place, &active, site) => status,
                        () = interrupt.abort.cancelled() => {
                            return Err(manager.start_was_aborted(site));
                        }
                    };
                    still_wanted(&call, site)?;
                    match status {
                        Ok(status) if status.is_connected() => return Ok(status),
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
        let (place, active, status) = {
            let rows = self.table.read();
            let slot = rows.slots.get(id).ok_or_else(|| site.locate(unknown(id)))?;
            let place = Place {
                id: id.clone(),
                serial: slot.serial,
            };
            (place, slot.active.clone(), slot.status())
        };
        match active {
            Some(active) => {
                let asked = self.ask_health(ctx, &place, &active, site);
                self.while_open(site, asked).await
            }
            None => Ok(ConnectionStatus {
                status: crate::ConnectionStatusCode::Disconnected,
                ..status
            }),
        }
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
        let (place, lane) = self.place(&id, site)?;
        let (manager, call, connection) = (self.clone(), ctx.clone(), Arc::new(connection));
        lane.run(ctx, site, move |gone| async move {
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
                Some((true, true, _)) => manager.replace_client(&place, &call, gone).await,
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
            match manager.remove(&place).await {
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
        let (place, lane) = self.place(id, site)?;
        let (manager, call) = (self.clone(), ctx.clone());
        lane.run(ctx, site, move |_| async move {
            let site = CallSite::new("refresh_connection").on_connection(&place.id);
            let active = manager
                .table
                .look(&place, |slot| slot.active.clone())
                .ok_or_else(|| site.locate(unknown(&place.id)))?
                .ok_or_else(|| site.locate(not_started(&place.id)))?;
            let session_call = manager.call_on(&active.connection, &call);
            let renewed = manager.call(&session_call, site, || {
                refresher.refresh_client(&session_call, &active.client)
            });
            manager.while_open(site, renewed).await?;
            manager
                .table
                .change(&place, |slot| {
                    let refreshed = Arc::new(Connection {
                        last_refresh: Timestamp::now(),
                        ..Connection::clone(&slot.connection)
                    });
                    slot.connection = refreshed.clone();
                    slot.active = Some(Arc::new(Active {
                        session: Arc::new(manager.session(Some(refreshed.clone()), None)),
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

    /// Makes the specification and the client agree again after a load; the last word of the configuration counts.
    pub(super) async fn converge(self: Arc<Self>, place: Place) {
        enum Plan {
            Nothing,
            Remove,
            Replace,
        }
        let plan = self.table.look(&place, |slot| {
            if slot.vanished {
                return Plan::Remove;
            }
            match &slot.active {
                Some(active) if !active.connection.same_configuration(&slot.connection) => {
                    Plan::Replace
                }
                _ => Plan::Nothing,
            }
        });
        match plan {
            None | Some(Plan::Nothing) => {}
            Some(Plan::Remove) => {
                if let Some(Err(error)) = self.remove(&place).await {
                    tracing::warn!(connection = %place.id, %error, "the client of a vanished connection could not be destroyed");
                }
            }
            Some(Plan::Replace) => {
                let nobody = CancellationToken::new();
                let replaced = self
                    .replace_client(&place, &CallContext::new(), nobody)
                    .await;
                if let Err(error) = replaced {
                    tracing::warn!(connection = %place.id, %error, "a changed connection could not be restarted");
                }
            }
        }
    }

    /// Ends what a connection has, for good order at the end of its lane.
    pub(super) async fn tear_down(&self, place: &Place) {
        let (_, destroyed) = self.bring_down(place).await;
        if let Err(error) = destroyed {
            tracing::warn!(connection = %place.id, %error, "the client could not be destroyed");
        }
    }

    /// Exchanges the client for one on the present specification, and starts its watches again.
    async fn replace_client(
        self: &Arc<Self>,
        place: &Place,
        call: &CallContext,
        gone: CancellationToken,
    ) -> Result<ConnectionStatus> {
        let abort = self
            .table
            .look(place, |slot| slot.abort_starts.clone())
            .unwrap_or_default();
        let interrupt = Interrupt { gone, abort };
        let (also, destroyed) = self.bring_down(place).await;
        let note = match destroyed {
            Ok(()) => String::new(),
            Err(error) => {
                tracing::warn!(connection = %place.id, %error, "the old client could not be destroyed");
                format!("the old client could not be destroyed: {}", error.message())
            }
        };
        self.bring_up(place, call, &interrupt, also, note).await
    }

    /// Stops watches, withdraws and destroys the client; returns the watches that were active.
    async fn bring_down(&self, place: &Place) -> (Vec<ResourceKey>, Result<()>) {
        let active = self.table.change(place, |slot| {
            slot.happened(Happening::StopBegan);
            slot.discovery_due = None;
            slot.active.clone()
        });
        let Some(Some(active)) = active else {
            return (Vec::new(), Ok(()));
        };
        self.table.activate(place, None);
        let was_active = active.watches.stop().await;
        let call = self.own_call(&active.session);
        let site = CallSite::new("destroy_client").on_connection(&place.id);
        let destroyed = self
            .call(&call, site, || {
                self.registration
                    .provider
                    .destroy_client(&call, active.client.clone())
            })
            .await;
        let failure = destroyed.as_ref().err().map(Failure::of);
        self.table
            .change(place, |slot| slot.happened(Happening::Stopped(failure)));
        (was_active, destroyed)
    }

    /// Makes a client on the present specification, then asks discovery and starts the watches.
    async fn bring_up(
        self: &Arc<Self>,
        place: &Place,
        ctx: &CallContext,
        interrupt: &Interrupt,
        also: Vec<ResourceKey>,
        note: String,
    ) -> Result<ConnectionStatus> {
        let site = CallSite::new("create_client").on_connection(&place.id);
        let connection = self
            .table
            .change(place, |slot| {
                slot.happened(Happening::StartBegan);
                slot.connection.clone()
            })
            .ok_or_else(|| site.locate(unknown(&place.id)))?;
        let call = self.call_on(&connection, ctx);
        let creation = self.call(&call, site, || {
            self.registration.provider.create_client(&call)
        });
        let created = tokio::select! {
            biased;
            created = creation => created,
            () = interrupt.gone.cancelled() => Err(site.locate(ResourceOperationError::new(
                ErrorCode::Cancelled,
                "whoever started the connection went away",
            ))),
            () = interrupt.abort.cancelled() => Err(self.start_was_aborted(site)),
        };
        let client = match created {
            Ok(client) => Arc::new(client),
            Err(error) => {
                let failure = (!interrupt.abort.is_cancelled()).then(|| Failure::of(&error));
                self.table
                    .change(place, |slot| slot.happened(Happening::StartFailed(failure)));
                return Err(error);
            }
        };
        let client_number = self.table.write().fresh_number();
        let (watches, connection) = self
            .table
            .change(place, |slot| {
                slot.happened(Happening::ClientMade { note });
                (slot.watches.clone(), slot.connection.clone())
            })
            .ok_or_else(|| site.locate(unknown(&place.id)))?;
        let active = Arc::new(Active {
            session: Arc::new(self.session(Some(connection.clone()), None)),
            connection,
            client,
            schemas: Self::new_schemas(),
            watches,
            client_number,
        });
        self.table.activate(place, Some(active.clone()));
        let settled = async {
            self.discover(place, &active).await;
            self.start_watches(place, &active, &also).await;
        };
        tokio::select! {
            biased;
            () = settled => {}
            // Whoever aborted it takes the client down: the stop that is next in the lane, or its end.
            () = interrupt.abort.cancelled() => return Err(self.start_was_aborted(site)),
        }
        self.table
            .look(place, |slot| slot.status())
            .ok_or_else(|| site.locate(unknown(&place.id)))
    }

    /// Asks the plugin how a connection is, and remembers the answer.
    async fn ask_health(
        &self,
        ctx: &CallContext,
        place: &Place,
        active: &Arc<Active<C>>,
        site: CallSite<'_>,
    ) -> Result<ConnectionStatus> {
        let call = self.call_on(&active.connection, ctx);
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

    /// Tears a connection down and forgets it; `None` when it was gone already.
    async fn remove(&self, place: &Place) -> Option<Result<()>> {
        let connection = self.table.look(place, |slot| slot.connection.clone())?;
        let (_, destroyed) = self.bring_down(place).await;
        self.table.remove(place);
        self.forget_discovery(&connection).await;
        Some(destroyed)
    }

    fn start_was_aborted(&self, site: CallSite<'_>) -> ResourceOperationError {
        if self.closing.is_cancelled() {
            return closed(site);
        }
        site.locate(ResourceOperationError::new(
            ErrorCode::Cancelled,
            "the connection was stopped while it started",
        ))
    }

    /// The lane of a known connection.
    fn place(&self, id: &ConnectionId, site: CallSite<'_>) -> Result<(Place, Lane)> {
        let rows = self.table.read();
        let slot = rows.slots.get(id).ok_or_else(|| site.locate(unknown(id)))?;
        let place = Place {
            id: id.clone(),
            serial: slot.serial,
        };
        Ok((place, slot.lane.clone()))
    }

    /// Aborts the starts that were handed in so far, and says whether there were any.
    fn abort_starts(&self, id: &ConnectionId, site: CallSite<'_>) -> Result<(Place, Lane, bool)> {
        let mut rows = self.table.write();
        let slot = rows
            .slots
            .get_mut(id)
            .ok_or_else(|| site.locate(unknown(id)))?;
        let aborted = slot.pending_starts > 0 || slot.state == ConnectionState::Starting;
        slot.abort_starts.cancel();
        slot.abort_starts = self.closing.child_token();
        let place = Place {
            id: id.clone(),
            serial: slot.serial,
        };
        Ok((place, slot.lane.clone(), aborted))
    }
}

/// What ends the making of a client before its time.
struct Interrupt {
    /// Whoever asked for it went away.
    gone: CancellationToken,
    /// The connection is stopped or deleted, or the plugin closes.
    abort: CancellationToken,
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
