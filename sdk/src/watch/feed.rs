//! The plugin's end of one attempt.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::task::coop::consume_budget;
use tokio_util::sync::CancellationToken;

use super::{
    SinkClosed,
    cell::{Failure, WatchCell},
    hub::Offer,
};
use crate::{
    ConnectionId, ErrorCode, PluginId, ResourceKey, WatchEvent, WatchState, WatchStateEvent,
};

/// How many emissions take one unit of a task's budget, of which tokio gives 128 before a task has to yield.
///
/// To yield costs as much as twenty emissions, since the worker looks at its driver and wakes another one; a thousand emissions
/// take a tenth of a millisecond.
const EVENTS_PER_UNIT: u32 = 8;

/// The plugin's end of one attempt: what a [`WatchSink`](super::WatchSink) refers to.
pub(super) struct Feed {
    cell: Arc<WatchCell>,
    attempt: u64,
    cancel: CancellationToken,
    /// How many emissions were polled, more or less: copies of the handle that emit at the same time may count as one.
    polled: AtomicU32,
    /// What every payload is told to come from; made with the first of them, since many watches only idle.
    address: OnceLock<Box<Address>>,
}

/// Where payloads come from, in texts of the attempt's own: those too long to be copied are counted, and sixteen watches that share
/// a count, and have it go back and forth between processors with every event, are slower by half.
struct Address {
    plugin: PluginId,
    connection: ConnectionId,
    key: ResourceKey,
}

impl Feed {
    pub(super) fn new(cell: Arc<WatchCell>, attempt: u64, cancel: CancellationToken) -> Self {
        Self {
            cell,
            attempt,
            cancel,
            polled: AtomicU32::new(0),
            address: OnceLock::new(),
        }
    }

    pub(super) fn connection(&self) -> &ConnectionId {
        self.cell.connection()
    }

    pub(super) fn key(&self) -> &ResourceKey {
        &self.cell.key
    }

    pub(super) fn is_closed(&self) -> bool {
        !self.cell.is_open(self.attempt)
    }

    /// Emits an event of the attempt; see [`Emit`].
    #[inline]
    pub(super) fn emit(&self, event: WatchEvent) -> Emit<'_> {
        let mut event = Arc::new(event);
        // Filled in where it stays: a processor that copies what was written a moment ago in pieces waits for them, which is
        // a third of what an event costs.
        if let Some(event) = Arc::get_mut(&mut event) {
            self.address(event);
        }
        Emit {
            feed: self,
            event: Some(event),
            waiting: None,
        }
    }

    /// Takes what the plugin says of the attempt's state.
    ///
    /// Not an `async fn`: ten thousand idle watches would hold the event that they have long said.
    pub(super) fn report(&self, event: WatchStateEvent) -> Report<'_> {
        match event.state {
            WatchState::Synced => Report::Synced(self.emit(WatchEvent::State(
                self.cell.addressed(WatchStateEvent {
                    resource_count: Some(event.resource_count.unwrap_or(0)),
                    error_code: None,
                    ..event
                }),
            ))),
            WatchState::Error | WatchState::Forbidden => {
                let default = match event.state {
                    WatchState::Forbidden => ErrorCode::Forbidden,
                    _ => ErrorCode::Internal,
                };
                let mut failure = Failure::new(event.error_code.unwrap_or(default), event.message);
                if event.state == WatchState::Forbidden {
                    failure.refusal = super::state::Refusal::Access;
                }
                Report::Failed(self, Some(Box::new(failure)))
            }
            WatchState::Syncing
            | WatchState::Idle
            | WatchState::Stopped
            | WatchState::Failed
            | WatchState::Skipped => Report::Dropped(self, event.state),
        }
    }

    /// Whether the next emission takes from the task's budget: an emission that never waits must still let the worker look at
    /// everything else, cancellation for one.
    fn is_turn_to_yield(&self) -> bool {
        let polled = self.polled.load(Ordering::Relaxed);
        self.polled.store(polled.wrapping_add(1), Ordering::Relaxed);
        polled.is_multiple_of(EVENTS_PER_UNIT)
    }

    /// Fills in where a data event comes from.
    fn address(&self, event: &mut WatchEvent) {
        let (plugin, connection, key) = match event {
            WatchEvent::Add(add) => (&mut add.plugin_id, &mut add.connection, &mut add.key),
            WatchEvent::Update(update) => (
                &mut update.plugin_id,
                &mut update.connection,
                &mut update.key,
            ),
            WatchEvent::Delete(delete) => (
                &mut delete.plugin_id,
                &mut delete.connection,
                &mut delete.key,
            ),
            WatchEvent::State(_) => return,
        };
        let address = self.address.get_or_init(|| {
            Box::new(Address {
                plugin: PluginId::new(&self.cell.runtime().plugin),
                connection: ConnectionId::new(self.cell.connection()),
                key: ResourceKey::new(&self.cell.key),
            })
        });
        *plugin = address.plugin.clone();
        *connection = address.connection.clone();
        *key = address.key.clone();
    }

    fn fail(&self, failure: Box<Failure>) -> Result<(), SinkClosed> {
        if !self.cell.report_failure(self.attempt, failure) {
            return Err(SinkClosed);
        }
        self.cancel.cancel();
        Ok(())
    }

    fn drop_state(&self, state: WatchState) -> Result<(), SinkClosed> {
        if state != WatchState::Syncing {
            tracing::warn!(
                connection = %self.cell.connection(),
                key = %self.cell.key,
                %state,
                "the watcher reported a state that is the SDK's to say; dropped",
            );
        }
        if self.is_closed() {
            Err(SinkClosed)
        } else {
            Ok(())
        }
    }
}

/// A state that the plugin reports, on its way; nothing happens before it is polled.
pub(super) enum Report<'a> {
    /// The only one that is delivered as it is said.
    Synced(Emit<'a>),
    /// Ends the attempt; the SDK says what follows.
    Failed(&'a Feed, Option<Box<Failure>>),
    /// The SDK's to say.
    Dropped(&'a Feed, WatchState),
}

impl Future for Report<'_> {
    type Output = Result<(), SinkClosed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Synced(emit) => Pin::new(emit).poll(cx),
            Self::Failed(feed, failure) => Poll::Ready(match failure.take() {
                Some(failure) => feed.fail(failure),
                None => Err(SinkClosed),
            }),
            Self::Dropped(feed, state) => Poll::Ready(feed.drop_state(*state)),
        }
    }
}

/// One event on its way out.
///
/// Costs no allocation beyond the event: only an emission that has to wait for room makes what it takes to wait.
pub(super) struct Emit<'a> {
    feed: &'a Feed,
    event: Option<Arc<WatchEvent>>,
    waiting: Option<BoxFuture<'a, Result<(), SinkClosed>>>,
}

impl Future for Emit<'_> {
    type Output = Result<(), SinkClosed>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(waiting) = &mut self.waiting {
            return waiting.as_mut().poll(cx);
        }
        let feed = self.feed;
        if feed.is_turn_to_yield() {
            ready!(pin!(consume_budget()).poll(cx));
        }
        let Some(event) = self.event.take() else {
            return Poll::Ready(Err(SinkClosed));
        };
        let admit = |event: &WatchEvent| feed.cell.admit(feed.attempt, event);
        match feed.cell.hub().offer(event, admit) {
            Offer::Over(result) => Poll::Ready(result),
            Offer::NoRoom(event) => {
                let hub = feed.cell.hub();
                let waiting = hub.offer_when_room(event, &feed.cancel, admit);
                self.waiting.insert(Box::pin(waiting)).as_mut().poll(cx)
            }
        }
    }
}
