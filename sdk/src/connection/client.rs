//! One client: how it is made, settled, exchanged and taken down. Runs in the connection's lane.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    lane::Caller,
    manager::ConnectionManager,
    state::{Failure, Happening},
    table::{Active, Place, Slot, Unsettled, unknown},
};
use crate::{
    CallContext, ConnectionStatus, ErrorCode, ResourceKey, ResourceOperationError, Result,
    call::{CallSite, closed, still_wanted},
};

impl<C: Send + Sync + 'static> ConnectionManager<C> {
    /// Makes the specification and the client agree again after a load; the last word of the configuration counts.
    pub(super) async fn converge(
        self: &Arc<Self>,
        place: &Place,
        waiting: Caller,
        abort: CancellationToken,
    ) {
        enum Plan {
            Nothing,
            Remove,
            Replace,
        }
        let plan = self.table.look(place, |slot| {
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
                // It may come back while it is being torn down, and is then stopped and not forgotten.
                if let Some(Err(error)) = self.remove(place, |slot| slot.vanished).await {
                    tracing::warn!(connection = %place.id, %error, "the client of a vanished connection could not be destroyed");
                }
            }
            Some(Plan::Replace) => {
                let interrupt = Interrupt {
                    creation: Caller::leaving_with(CancellationToken::new()),
                    waiting: Some(waiting),
                    abort,
                };
                let replaced = self
                    .replace_client(place, &CallContext::new(), &interrupt)
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
    pub(super) async fn replace_client(
        self: &Arc<Self>,
        place: &Place,
        call: &CallContext,
        interrupt: &Interrupt,
    ) -> Result<ConnectionStatus> {
        let (also, destroyed) = self.bring_down(place).await;
        let note = match destroyed {
            Ok(()) => String::new(),
            Err(error) => {
                tracing::warn!(connection = %place.id, %error, "the old client could not be destroyed");
                format!("the old client could not be destroyed: {}", error.message())
            }
        };
        self.bring_up(place, call, interrupt, also, note).await
    }

    /// Stops watches, withdraws and destroys the client; returns the watches that were active.
    pub(super) async fn bring_down(&self, place: &Place) -> (Vec<ResourceKey>, Result<()>) {
        let active = self.table.change(place, |slot| {
            slot.happened(Happening::StopBegan);
            slot.discovery_due = None;
            let unsettled = slot.unsettled.take();
            Some((slot.active.clone()?, unsettled))
        });
        let Some(Some((active, unsettled))) = active else {
            return (Vec::new(), Ok(()));
        };
        self.table.activate(place, None);
        let mut was_active = active.watches.stop().await;
        was_active.extend(unsettled.into_iter().flat_map(|unsettled| unsettled.also));
        let call = self.own_call(&active.surroundings);
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
    pub(super) async fn bring_up(
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
        let call = self.call_on(connection.clone(), ctx);
        interrupt.creation.keep();
        let created = match self.still_to_be_made(interrupt, ctx, site) {
            Ok(()) => {
                let creation = self.call(&call, site, || {
                    self.registration.provider.create_client(&call)
                });
                tokio::select! {
                    biased;
                    created = creation => created,
                    () = interrupt.creation.gone() => Err(went_away(site)),
                    () = interrupt.abort.cancelled() => Err(self.start_was_aborted(site)),
                }
            }
            Err(over) => Err(over),
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
        let watches = self
            .table
            .change(place, |slot| {
                slot.happened(Happening::ClientMade { note });
                slot.unsettled = Some(Unsettled {
                    also,
                    discovery_asked: false,
                });
                slot.watches.clone()
            })
            .ok_or_else(|| site.locate(unknown(&place.id)))?;
        let active = Arc::new(Active {
            surroundings: self.surroundings(Some(connection.clone())),
            connection,
            client,
            schemas: Self::new_schemas(),
            watches,
            client_number,
        });
        self.table.activate(place, Some(active.clone()));
        interrupt.creation.let_go();
        self.settle_for(place, &active, interrupt, site).await?;
        self.table
            .look(place, |slot| slot.status())
            .ok_or_else(|| site.locate(unknown(&place.id)))
    }

    /// Whether a client is still wanted at the moment when it would be made.
    fn still_to_be_made(
        &self,
        interrupt: &Interrupt,
        ctx: &CallContext,
        site: CallSite<'_>,
    ) -> Result<()> {
        if interrupt.abort.is_cancelled() {
            return Err(self.start_was_aborted(site));
        }
        still_wanted(ctx, site)?;
        if interrupt.creation.is_gone() {
            return Err(went_away(site));
        }
        Ok(())
    }

    /// Settles a connection, for as long as somebody waits for that; then the lane does when it has nothing else to do.
    ///
    /// Contract: CON-04, CON-07, OPS-14
    pub(super) async fn settle_for(
        &self,
        place: &Place,
        active: &Arc<Active<C>>,
        interrupt: &Interrupt,
        site: CallSite<'_>,
    ) -> Result<()> {
        let waiting = interrupt.waiting.as_ref().unwrap_or(&interrupt.creation);
        if waiting.is_gone() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = self.settle(place, active) => Ok(()),
            () = waiting.gone() => Ok(()),
            // Whoever aborted it takes the client down: the stop that is next in the lane, or its end.
            () = interrupt.abort.cancelled() => Err(self.start_was_aborted(site)),
        }
    }

    /// Tears a connection down, and forgets it if that is still `wanted` then; `None` when it was gone already.
    pub(super) async fn remove(
        &self,
        place: &Place,
        wanted: impl FnOnce(&Slot<C>) -> bool,
    ) -> Option<Result<()>> {
        let connection = self.table.look(place, |slot| slot.connection.clone())?;
        let (_, destroyed) = self.bring_down(place).await;
        if self.table.remove_if(place, wanted) {
            self.forget_discovery(&connection).await;
        }
        Some(destroyed)
    }

    pub(super) fn start_was_aborted(&self, site: CallSite<'_>) -> ResourceOperationError {
        if self.closing.is_cancelled() {
            return closed(site);
        }
        site.locate(ResourceOperationError::new(
            ErrorCode::Cancelled,
            "the connection was stopped while it started",
        ))
    }
}

/// What ends a start before its time.
pub(super) struct Interrupt {
    /// Whose presence the making of the client depends on.
    pub(super) creation: Caller,
    /// Who waits until the connection is settled, unless it is the same.
    pub(super) waiting: Option<Caller>,
    /// The connection is stopped or removed, or the plugin closes.
    pub(super) abort: CancellationToken,
}

impl Interrupt {
    /// A start that its caller asks for and waits for.
    pub(super) fn by(caller: Caller, abort: CancellationToken) -> Self {
        Self {
            creation: caller,
            waiting: None,
            abort,
        }
    }
}

/// The error of a start whose caller dropped it.
fn went_away(site: CallSite<'_>) -> ResourceOperationError {
    site.locate(ResourceOperationError::new(
        ErrorCode::Cancelled,
        "whoever started the connection went away",
    ))
}
