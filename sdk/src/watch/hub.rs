//! Delivery: inline to a listener that has nothing queued, else one bounded queue a listener; a bounded buffer while
//! nobody listens.
//!
//! One lock orders everything: an event is handed to every listener, or to the buffer, in one step, together with the
//! change of the watch's state that it tells about. So "nothing after Stopped" is a matter of who gets the lock first,
//! even for a handle that the plugin leaked. No plugin or listener code runs under it.
//!
//! A listener is a resource that somebody takes: its sink is in its place while no callback runs, and out of it while one
//! does. An emitter that finds the sink in its place and nothing queued takes it and calls the listener itself, which
//! spares a queue and a switch of tasks; everybody else queues. Whoever has the sink is the only one to call it, and what was
//! queued meanwhile follows in order: the emitter delivers a few of those too where there is one listener, and the listener's own
//! task the rest.

mod listener;
mod seat;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, task, time::timeout};
use tokio_util::sync::CancellationToken;

use self::{
    listener::{Claim, Listener},
    seat::Seat,
};
use super::{Delivery, SinkClosed, WatchEventSink};
use crate::{CallContext, Result, WatchEvent, panic::guard};

/// How many events of others an emitter delivers after its own, before it leaves them to the listener's own task.
const BESIDE: usize = 16;

/// Delivers the events of every watch of a plugin to its listeners.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Told when a queue or the buffer has room again.
    room: Notify,
    /// Told when a listener has taken events or is gone, while somebody waits for that.
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
    /// How many wait for progress.
    watching: usize,
    /// An empty list with room in it, so that a delivery to several listeners need not allocate one.
    spare: Vec<Claim>,
    closed: bool,
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

/// What became of an event that was offered.
#[derive(Debug)]
pub(crate) enum Offer {
    /// It was delivered, queued or dropped, or nobody takes it any more.
    Over(std::result::Result<(), SinkClosed>),
    /// There is no room for it now.
    NoRoom(Arc<WatchEvent>),
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

    /// Asks `admit` and delivers, if there is room everywhere.
    ///
    /// `admit` runs under the lock, at most once, and only if there is room. Listeners that are ready are called before this
    /// returns.
    pub(crate) fn offer(
        &self,
        event: Arc<WatchEvent>,
        admit: impl FnOnce(&WatchEvent) -> Admission,
    ) -> Offer {
        let mut state = self.lock();
        if state.closed {
            return Offer::Over(Err(SinkClosed));
        }
        if !self.has_room(&state) {
            return Offer::NoRoom(event);
        }
        match admit(&event) {
            Admission::Deliver => {}
            Admission::Drop => return Offer::Over(Ok(())),
            Admission::Closed => return Offer::Over(Err(SinkClosed)),
        }
        if let [listener] = &mut *state.listeners
            && let Some(claim) = listener.claim()
        {
            drop(state);
            self.call_one(claim, event);
        } else if state.listeners.iter().any(Listener::is_ready) {
            let claims = state.claim(&event);
            drop(state);
            self.call_many(claims, event);
        } else {
            state.enter(event);
        }
        Offer::Over(Ok(()))
    }

    /// Waits until there is room everywhere, then does what [`offer`](Self::offer) does.
    ///
    /// A cancelled `cancel` ends the wait, not an emission that need not wait.
    pub(crate) async fn offer_when_room(
        &self,
        mut event: Arc<WatchEvent>,
        cancel: &CancellationToken,
        admit: impl Fn(&WatchEvent) -> Admission,
    ) -> std::result::Result<(), SinkClosed> {
        let _waiting = Counted::new(self, |state| &mut state.waiting);
        loop {
            // Registered before the look, so that room which is made in between is not missed.
            let room = self.room.notified();
            event = match self.offer(event, &admit) {
                Offer::Over(result) => return result,
                Offer::NoRoom(event) => event,
            };
            tokio::select! {
                () = room => {}
                () = cancel.cancelled() => return Err(SinkClosed),
            }
        }
    }

    /// Queues at once whatever `decide` returns, room or not: for the SDK's own state events, of which a watch has a handful.
    ///
    /// `decide` runs under the lock. No listener is called from here, since whoever calls this may hold a lock.
    pub(crate) fn push<R>(&self, decide: impl FnOnce() -> (R, Vec<WatchEvent>)) -> R {
        let mut state = self.lock();
        let (result, events) = decide();
        for event in events {
            state.enter(Arc::new(event));
        }
        result
    }

    /// Delivers events to `sink` until the context is cancelled or the hub is closed.
    ///
    /// Once it has returned no callback runs. Dropped while an emitter calls the listener, it cannot wait for that one
    /// callback to end.
    pub(crate) async fn listen(
        &self,
        ctx: &CallContext,
        sink: Arc<dyn WatchEventSink>,
    ) -> Result<()> {
        let mut seat = Seat::take(self, sink)?;
        let outcome = seat.serve(ctx).await;
        seat.settle().await;
        outcome
    }

    /// Waits until every present listener has taken what it was handed until now, or `grace` is over.
    ///
    /// A listener that calls this from inside its own callback is not waited for.
    pub(crate) async fn flush(&self, grace: Duration) {
        let here = task::try_id();
        let targets: Vec<(u64, u64)> = self
            .lock()
            .listeners
            .iter()
            .filter(|listener| !(here.is_some() && listener.deliverer() == here))
            .map(|listener| (listener.id, listener.entered))
            .collect();
        let settled = self.progressed(|state| {
            targets.iter().all(|(id, entered)| {
                state
                    .listeners
                    .iter()
                    .all(|listener| listener.id != *id || listener.taken >= *entered)
            })
        });
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

    /// Waits until a look at the state is content.
    async fn progressed(&self, content: impl Fn(&State) -> bool) {
        if content(&self.lock()) {
            return;
        }
        let _watching = Counted::new(self, |state| &mut state.watching);
        loop {
            let progress = self.progress.notified();
            if content(&self.lock()) {
                return;
            }
            progress.await;
        }
    }

    /// Calls the only listener, also with some of what others queue meanwhile, and puts its sink back.
    ///
    /// To wake the listener's own task for every event that two emitters collide over costs more than ten events, and while the
    /// emitters keep every worker it would not even run.
    fn call_one(&self, claim: Claim, mut event: Arc<WatchEvent>) {
        let mut beside = BESIDE;
        let (watched, orphan) = loop {
            let outcome = guard(|| claim.sink.on_event(event));
            let mut state = self.lock();
            let Some(listener) = state.listener(claim.id) else {
                break (state.watching > 0, Some((claim, outcome)));
            };
            let next = match beside {
                0 => None,
                _ => listener.next_queued(&outcome),
            };
            let Some(next) = next else {
                listener.take_back(claim, outcome);
                break (state.watching > 0, None);
            };
            let awaited = state.waiting > 0;
            drop(state);
            if awaited {
                self.room.notify_waiters();
            }
            event = next;
            beside -= 1;
        };
        self.called(watched, orphan);
    }

    /// Calls every claimed listener, and then puts their sinks back.
    fn call_many(&self, mut claims: Vec<Claim>, event: Arc<WatchEvent>) {
        // What most listeners answer is not even kept.
        let mut others = VecDeque::new();
        let mut call = |claim: &Claim, event| match guard(|| claim.sink.on_event(event)) {
            Ok(Delivery::Done) => {}
            outcome => others.push_back((claim.id, outcome)),
        };
        if let Some((last, first)) = claims.split_last() {
            first.iter().for_each(|claim| call(claim, event.clone()));
            call(last, event);
        }
        let mut orphans = Vec::new();
        let mut state = self.lock();
        let mut place = 0;
        for claim in claims.drain(..) {
            let outcome = match others.front() {
                Some((id, _)) if *id == claim.id => others.pop_front().map(|(_, outcome)| outcome),
                _ => None,
            };
            let outcome = outcome.unwrap_or(Ok(Delivery::Done));
            // Both lists have the same order, and they differ only where a listener has left.
            let next = state.listeners[place..]
                .iter()
                .position(|listener| listener.id == claim.id);
            match next {
                Some(next) => {
                    place += next;
                    state.listeners[place].take_back(claim, outcome);
                }
                None => orphans.push((claim, outcome)),
            }
        }
        if state.spare.capacity() == 0 {
            state.spare = claims;
        }
        let watched = state.watching > 0;
        drop(state);
        self.called(watched, orphans);
    }

    /// What follows a callback, after the lock. What is left over of a listener that is gone is foreign, and dropped here.
    fn called<T>(&self, watched: bool, left_over: impl IntoIterator<Item = T>) {
        if watched {
            self.progress.notify_waiters();
        }
        for orphan in left_over {
            let _ = guard(|| drop(orphan));
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

impl State {
    fn listener(&mut self, id: u64) -> Option<&mut Listener> {
        self.listeners.iter_mut().find(|listener| listener.id == id)
    }

    /// Queues an event for every listener, or buffers it.
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

    /// Takes the sinks of the listeners that are ready, and queues the event for the others.
    fn claim(&mut self, event: &Arc<WatchEvent>) -> Vec<Claim> {
        let mut claims = std::mem::take(&mut self.spare);
        for listener in &mut self.listeners {
            match listener.claim() {
                Some(claim) => claims.push(claim),
                None => listener.enter(event.clone()),
            }
        }
        claims
    }
}

/// Counts somebody who waits, for as long as they do.
struct Counted<'a> {
    hub: &'a Hub,
    count: fn(&mut State) -> &mut usize,
}

impl<'a> Counted<'a> {
    fn new(hub: &'a Hub, count: fn(&mut State) -> &mut usize) -> Self {
        *count(&mut hub.lock()) += 1;
        Self { hub, count }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        *(self.count)(&mut self.hub.lock()) -= 1;
    }
}

#[cfg(test)]
mod inline_tests;
#[cfg(test)]
mod tests;
