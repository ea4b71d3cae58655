//! A listener's own task: it delivers what was queued.

use std::{collections::VecDeque, mem, sync::Arc};

use futures_util::future::BoxFuture;
use tokio::{sync::Notify, task::coop::consume_budget};

use super::{
    Delivery, Hub, WatchEventSink,
    listener::{Listener, Work},
};
use crate::{
    CallContext, ErrorCode, ResourceOperationError, Result, WatchEvent,
    panic::{Guarded, PanicText, guard},
};

/// A listener's place in the hub; leaving it gives back what the listener did not take.
pub(super) struct Seat<'a> {
    hub: &'a Hub,
    id: u64,
    wake: Arc<Notify>,
    /// What left the queue and waits to be taken.
    batch: VecDeque<Arc<WatchEvent>>,
    /// Whether this task has the sink.
    delivers: bool,
}

impl<'a> Seat<'a> {
    pub(super) fn take(hub: &'a Hub, sink: Arc<dyn WatchEventSink>) -> Result<Self> {
        let wake = Arc::new(Notify::new());
        let mut state = hub.lock();
        if state.closed {
            return Err(closed());
        }
        let id = state.next_id;
        state.next_id += 1;
        // Only the first listener inherits: with another one present the buffer is empty.
        let queue = mem::take(&mut state.buffer);
        state
            .listeners
            .push(Listener::new(id, sink, queue, wake.clone()));
        Ok(Self {
            hub,
            id,
            wake,
            batch: VecDeque::new(),
            delivers: false,
        })
    }

    /// Delivers what is queued until the context is cancelled or the hub is closed.
    pub(super) async fn serve(&mut self, ctx: &CallContext) -> Result<()> {
        let hub = self.hub;
        loop {
            // A listener that never waits must not keep its worker from everything else.
            consume_budget().await;
            let parked = self.wake.clone();
            match self.next_work() {
                Work::Deliver { sink, first } => {
                    tokio::select! {
                        biased;
                        outcome = self.deliver(sink, first) => outcome.map_err(panicked)?,
                        () = ctx.cancelled() => return Ok(()),
                        () = hub.closed.cancelled() => return Err(closed()),
                    }
                    if ctx.is_cancelled() {
                        return Ok(());
                    }
                }
                Work::Fail(text) => return Err(panicked(text)),
                Work::Park => tokio::select! {
                    () = parked.notified() => {}
                    () = ctx.cancelled() => return Ok(()),
                    () = hub.closed.cancelled() => return Err(closed()),
                },
            }
        }
    }

    /// Takes no more events, and waits for the emitter that calls the listener now, if one does.
    pub(super) async fn settle(&mut self) {
        if self.delivers {
            // Its own task was interrupted between two polls: nobody else has the sink.
            return;
        }
        let id = self.id;
        if let Some(listener) = self.hub.lock().listener(id) {
            listener.leave();
        }
        self.hub
            .progressed(|state| {
                state
                    .listeners
                    .iter()
                    .all(|listener| listener.id != id || !listener.is_called())
            })
            .await;
    }

    fn next_work(&mut self) -> Work {
        let (work, waiting) = {
            let mut state = self.hub.lock();
            let work = match state.listener(self.id) {
                Some(listener) => listener.work(&mut self.batch),
                None => Work::Park,
            };
            (work, state.waiting > 0)
        };
        self.delivers = matches!(work, Work::Deliver { .. });
        if waiting && self.delivers {
            self.hub.room.notify_waiters();
        }
        work
    }

    /// Waits for what an emitter has handed over, or gives the batch to the listener, one event after the other.
    async fn deliver(
        &mut self,
        sink: Arc<dyn WatchEventSink>,
        first: Option<BoxFuture<'static, ()>>,
    ) -> std::result::Result<(), PanicText> {
        let mut taken = self.batch.len() as u64;
        if let Some(work) = first {
            Guarded::new(work).await?;
            taken += 1;
        }
        while let Some(event) = self.batch.pop_front() {
            match guard(|| sink.on_event(event))? {
                Delivery::Done => {}
                Delivery::Wait(work) => Guarded::new(work).await?,
            }
        }
        let watched = {
            let mut state = self.hub.lock();
            if let Some(listener) = state.listener(self.id) {
                listener.worked(sink, taken);
            }
            state.watching > 0
        };
        self.delivers = false;
        if watched {
            self.hub.progress.notify_waiters();
        }
        Ok(())
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let left = {
            let mut state = self.hub.lock();
            let place = state.listeners.iter().position(|seat| seat.id == self.id);
            let mut left = place.map(|place| state.listeners.remove(place));
            if let (Some(left), true) = (&mut left, state.listeners.is_empty()) {
                // Nobody else has seen these: they wait for the next listener. The buffer is empty, since it is filled only
                // while nobody listens.
                let mut untaken = mem::take(&mut self.batch);
                untaken.append(&mut left.queue);
                state.buffer = untaken;
            }
            left
        };
        self.hub.progress.notify_waiters();
        self.hub.room.notify_waiters();
        // The sink and what it was waiting for are foreign: they are dropped after the lock.
        let _ = guard(|| drop(left));
    }
}

fn closed() -> ResourceOperationError {
    ResourceOperationError::new(ErrorCode::Closed, "the plugin was closed")
        .in_operation("listen_for_events")
}

fn panicked(PanicText(text): PanicText) -> ResourceOperationError {
    ResourceOperationError::new(
        ErrorCode::Internal,
        format!("the listener panicked and was detached: {text}"),
    )
    .in_operation("listen_for_events")
}
