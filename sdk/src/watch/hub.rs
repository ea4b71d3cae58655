//! Delivery: one bounded queue a listener, or a bounded buffer while nobody listens.
//!
//! One lock orders everything: an event enters every queue, or the buffer, in one step, together with the change of
//! the watch's state that it tells about. So "nothing after Stopped" is a matter of who gets the lock first, even for
//! a handle that the plugin leaked. No plugin or listener code runs under it.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::{self, coop::consume_budget},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{Delivery, SinkClosed, WatchEventSink};
use crate::{
    CallContext, ErrorCode, ResourceOperationError, Result, WatchEvent, panic::Guarded,
    panic::PanicText, panic::guard,
};

/// Delivers the events of every watch of a plugin to its listeners.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Told when a queue or the buffer has room again.
    room: Notify,
    /// Told when a listener has taken a batch or is gone.
    progress: Notify,
    closed: CancellationToken,
    queue_bound: usize,
    buffer_bound: usize,
}

#[derive(Debug, Default)]
struct State {
    listeners: Vec<Listener>,
    /// What was emitted while nobody listened.
    buffer: VecDeque<Arc<WatchEvent>>,
    next_id: u64,
    /// How many emitters wait for room.
    waiting: usize,
    closed: bool,
}

#[derive(Debug)]
struct Listener {
    id: u64,
    queue: VecDeque<Arc<WatchEvent>>,
    wake: Arc<Notify>,
    /// The task that listens: a call from inside its callback must not wait for that callback.
    task: Option<task::Id>,
    /// Whether it is taking a batch right now.
    busy: bool,
    /// How many events ever entered the queue, and how many of them the listener has taken.
    entered: u64,
    taken: u64,
}

/// What becomes of an event at the moment when there is room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It is delivered.
    Deliver,
    /// It is dropped, and the emitter goes on.
    Drop,
    /// Its attempt has ended.
    Closed,
}

impl Hub {
    pub(crate) fn new(queue_bound: usize, buffer_bound: usize) -> Self {
        Self {
            state: Mutex::default(),
            room: Notify::new(),
            progress: Notify::new(),
            closed: CancellationToken::new(),
            queue_bound: queue_bound.max(1),
            buffer_bound: buffer_bound.max(1),
        }
    }

    /// Waits until there is room everywhere, then asks `admit` and delivers.
    ///
    /// `admit` runs under the lock, once. A cancelled `cancel` ends the wait, not an emission that need not wait.
    pub(crate) async fn emit(
        &self,
        event: Arc<WatchEvent>,
        cancel: &CancellationToken,
        admit: impl FnOnce() -> Admission,
    ) -> std::result::Result<(), SinkClosed> {
        {
            let mut state = self.lock();
            if self.has_room(&state) {
                return Self::admit(&mut state, event, admit);
            }
        }
        let _waiting = Waiting::new(self);
        loop {
            // Registered before the look, so that room which is made in between is not missed.
            let room = self.room.notified();
            {
                let mut state = self.lock();
                if state.closed {
                    return Err(SinkClosed);
                }
                if self.has_room(&state) {
                    return Self::admit(&mut state, event, admit);
                }
            }
            tokio::select! {
                () = room => {}
                () = cancel.cancelled() => return Err(SinkClosed),
            }
        }
    }

    /// Delivers at once whatever `decide` returns, room or not: for the SDK's own state events, of which a watch has a handful.
    ///
    /// `decide` runs under the lock.
    pub(crate) fn push<R>(&self, decide: impl FnOnce() -> (R, Vec<WatchEvent>)) -> R {
        let mut state = self.lock();
        let (result, events) = decide();
        for event in events {
            state.enter(Arc::new(event));
        }
        result
    }

    /// Delivers events to `sink` until the context is cancelled or the hub is closed.
    pub(crate) async fn listen(&self, ctx: &CallContext, sink: &dyn WatchEventSink) -> Result<()> {
        let mut seat = Seat::take(self)?;
        loop {
            // A listener that never waits must not keep its worker from everything else.
            consume_budget().await;
            let parked = seat.wake.clone();
            if seat.next_batch() {
                tokio::select! {
                    biased;
                    outcome = seat.deliver(sink) => outcome.map_err(|PanicText(text)| {
                        ResourceOperationError::new(
                            ErrorCode::Internal,
                            format!("the listener panicked and was detached: {text}"),
                        )
                        .in_operation("listen_for_events")
                    })?,
                    () = ctx.cancelled() => return Ok(()),
                    () = self.closed.cancelled() => return Err(closed()),
                }
                if ctx.is_cancelled() {
                    return Ok(());
                }
            } else {
                tokio::select! {
                    () = parked.notified() => {}
                    () = ctx.cancelled() => return Ok(()),
                    () = self.closed.cancelled() => return Err(closed()),
                }
            }
        }
    }

    /// Waits until every present listener has taken what is in its queue now, or `grace` is over.
    ///
    /// A listener that calls this from inside its own callback is not waited for.
    pub(crate) async fn flush(&self, grace: Duration) {
        let here = task::try_id();
        let targets: Vec<(u64, u64)> = self
            .lock()
            .listeners
            .iter()
            .filter(|listener| !(listener.busy && here.is_some() && listener.task == here))
            .map(|listener| (listener.id, listener.entered))
            .collect();
        let settled = async {
            loop {
                let progress = self.progress.notified();
                let behind = {
                    let state = self.lock();
                    targets.iter().any(|(id, entered)| {
                        state
                            .listeners
                            .iter()
                            .any(|listener| listener.id == *id && listener.taken < *entered)
                    })
                };
                if !behind {
                    return;
                }
                progress.await;
            }
        };
        if timeout(grace, settled).await.is_err() {
            tracing::warn!("a listener did not take the last events within {grace:?}");
        }
    }

    /// Ends every `listen` and refuses new ones.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.closed.cancel();
        self.room.notify_waiters();
    }

    fn admit(
        state: &mut State,
        event: Arc<WatchEvent>,
        admit: impl FnOnce() -> Admission,
    ) -> std::result::Result<(), SinkClosed> {
        if state.closed {
            return Err(SinkClosed);
        }
        match admit() {
            Admission::Deliver => {
                state.enter(event);
                Ok(())
            }
            Admission::Drop => Ok(()),
            Admission::Closed => Err(SinkClosed),
        }
    }

    fn has_room(&self, state: &State) -> bool {
        if state.listeners.is_empty() {
            state.buffer.len() < self.buffer_bound
        } else {
            state
                .listeners
                .iter()
                .all(|listener| listener.queue.len() < self.queue_bound)
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under this lock, so the state behind a poisoned one is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn closed() -> ResourceOperationError {
    ResourceOperationError::new(ErrorCode::Closed, "the plugin was closed")
        .in_operation("listen_for_events")
}

impl State {
    fn enter(&mut self, event: Arc<WatchEvent>) {
        let Some((last, others)) = self.listeners.split_last_mut() else {
            self.buffer.push_back(event);
            return;
        };
        for listener in others {
            listener.enter(event.clone());
        }
        last.enter(event);
    }
}

impl Listener {
    fn enter(&mut self, event: Arc<WatchEvent>) {
        self.entered += 1;
        let was_empty = self.queue.is_empty();
        self.queue.push_back(event);
        if was_empty {
            self.wake.notify_one();
        }
    }
}

/// Counts an emitter that waits for room, for as long as it does.
struct Waiting<'a>(&'a Hub);

impl<'a> Waiting<'a> {
    fn new(hub: &'a Hub) -> Self {
        hub.lock().waiting += 1;
        Self(hub)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

/// A listener's place in the hub; leaving it gives back what the listener did not take.
struct Seat<'a> {
    hub: &'a Hub,
    id: u64,
    wake: Arc<Notify>,
    /// What left the queue and waits to be taken.
    batch: VecDeque<Arc<WatchEvent>>,
    batch_size: u64,
}

impl<'a> Seat<'a> {
    fn take(hub: &'a Hub) -> Result<Self> {
        let wake = Arc::new(Notify::new());
        let mut state = hub.lock();
        if state.closed {
            return Err(closed());
        }
        let id = state.next_id;
        state.next_id += 1;
        // Only the first listener inherits: with another one present the buffer is empty.
        let queue = mem::take(&mut state.buffer);
        state.listeners.push(Listener {
            id,
            task: task::try_id(),
            busy: false,
            entered: queue.len() as u64,
            taken: 0,
            queue,
            wake: wake.clone(),
        });
        Ok(Self {
            hub,
            id,
            wake,
            batch: VecDeque::new(),
            batch_size: 0,
        })
    }

    /// Takes what is queued; false when that is nothing.
    fn next_batch(&mut self) -> bool {
        let mut state = self.hub.lock();
        let waiting = state.waiting > 0;
        let Some(listener) = state.listeners.iter_mut().find(|seat| seat.id == self.id) else {
            return false;
        };
        listener.taken += self.batch_size;
        self.batch_size = listener.queue.len() as u64;
        listener.busy = self.batch_size > 0;
        mem::swap(&mut self.batch, &mut listener.queue);
        drop(state);
        self.hub.progress.notify_waiters();
        if waiting {
            self.hub.room.notify_waiters();
        }
        !self.batch.is_empty()
    }

    /// Gives the batch to the listener, one event after the other.
    async fn deliver(&mut self, sink: &dyn WatchEventSink) -> std::result::Result<(), PanicText> {
        while let Some(event) = self.batch.pop_front() {
            match guard(|| sink.on_event(event))? {
                Delivery::Done => {}
                Delivery::Wait(work) => Guarded::new(work).await?,
            }
        }
        Ok(())
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut state = self.hub.lock();
        if let Some(place) = state.listeners.iter().position(|seat| seat.id == self.id) {
            let mut left = state.listeners.remove(place);
            if state.listeners.is_empty() {
                // Nobody else has seen these: they wait for the next listener. The buffer is empty, since it is filled only
                // while nobody listens.
                let mut untaken = mem::take(&mut self.batch);
                untaken.append(&mut left.queue);
                state.buffer = untaken;
            }
        }
        drop(state);
        self.hub.progress.notify_waiters();
        self.hub.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
