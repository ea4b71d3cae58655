//! One listener, as the hub sees it under its lock.

use std::{collections::VecDeque, fmt, mem, sync::Arc};

use futures_util::future::BoxFuture;
use tokio::{sync::Notify, task};

use super::{Delivery, WatchEventSink};
use crate::{WatchEvent, panic::PanicText};

/// One listener.
pub(super) struct Listener {
    pub(super) id: u64,
    /// Who takes the events: in its place unless a callback runs.
    sink: Option<Arc<dyn WatchEventSink>>,
    /// Its own task, while that delivers: only there can a callback wait for something.
    deliverer: Option<task::Id>,
    /// What it made the queue wait for, handed over by an emitter to the listener's own task.
    unfinished: Option<BoxFuture<'static, ()>>,
    /// Its last words: it is called no more.
    panicked: Option<PanicText>,
    /// Whether it is about to go: it is called no more either.
    pub(super) leaving: bool,
    pub(super) queue: VecDeque<Arc<WatchEvent>>,
    wake: Arc<Notify>,
    /// How many events it was ever handed, and how many of them it has taken.
    pub(super) entered: u64,
    pub(super) taken: u64,
}

/// The sink of a listener, out of its place for one callback.
pub(super) struct Claim {
    pub(super) id: u64,
    pub(super) sink: Arc<dyn WatchEventSink>,
}

/// How a callback ended.
pub(super) type Outcome = Result<Delivery, PanicText>;

/// What the listener's own task has to do next.
pub(super) enum Work {
    /// Wait for what an emitter has handed over, or deliver the batch.
    Deliver {
        sink: Arc<dyn WatchEventSink>,
        first: Option<BoxFuture<'static, ()>>,
    },
    /// Say that it panicked.
    Fail(PanicText),
    /// Wait to be woken.
    Park,
}

impl Listener {
    pub(super) fn new(
        id: u64,
        sink: Arc<dyn WatchEventSink>,
        queue: VecDeque<Arc<WatchEvent>>,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            id,
            sink: Some(sink),
            deliverer: None,
            unfinished: None,
            panicked: None,
            leaving: false,
            entered: queue.len() as u64,
            taken: 0,
            queue,
            wake,
        }
    }

    /// Whether an emitter may call it: no callback runs or waits, and nothing is queued before the event.
    pub(super) fn is_ready(&self) -> bool {
        self.sink.is_some()
            && self.queue.is_empty()
            && self.unfinished.is_none()
            && self.panicked.is_none()
            && !self.leaving
    }

    /// Whether a callback runs now.
    pub(super) fn is_called(&self) -> bool {
        self.sink.is_none()
    }

    /// The task that delivers to it now, if its own does.
    pub(super) fn deliverer(&self) -> Option<task::Id> {
        self.deliverer
    }

    /// Says that it is about to go; what comes now is queued and goes to whoever listens then.
    pub(super) fn leave(&mut self) {
        self.leaving = true;
    }

    /// Takes the sink for one event, if it is ready.
    #[inline]
    pub(super) fn claim(&mut self) -> Option<Claim> {
        if !self.is_ready() {
            return None;
        }
        let sink = self.sink.take()?;
        self.entered += 1;
        Some(Claim { id: self.id, sink })
    }

    /// The next event that was queued while the sink was out, for whoever has it; not after a callback that left something to do.
    #[inline]
    pub(super) fn next_queued(&mut self, outcome: &Outcome) -> Option<Arc<WatchEvent>> {
        if self.leaving || !matches!(outcome, Ok(Delivery::Done)) {
            return None;
        }
        let next = self.queue.pop_front()?;
        self.taken += 1;
        Some(next)
    }

    /// Puts the sink back after one event, and wakes the listener's task if something is left to do.
    #[inline]
    pub(super) fn take_back(&mut self, claim: Claim, outcome: Outcome) {
        self.sink = Some(claim.sink);
        match outcome {
            Ok(Delivery::Done) => self.taken += 1,
            Ok(Delivery::Wait(work)) => self.unfinished = Some(work),
            Err(text) => {
                self.taken += 1;
                self.panicked = Some(text);
            }
        }
        if !self.is_ready() {
            self.wake.notify_one();
        }
    }

    /// Queues an event. Whoever calls the listener now sees it when they put the sink back.
    pub(super) fn enter(&mut self, event: Arc<WatchEvent>) {
        self.entered += 1;
        let wakes = self.queue.is_empty() && self.sink.is_some();
        self.queue.push_back(event);
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Takes sink and queue for the listener's own task; `batch` is empty.
    pub(super) fn work(&mut self, batch: &mut VecDeque<Arc<WatchEvent>>) -> Work {
        if let Some(text) = self.panicked.clone() {
            return Work::Fail(text);
        }
        if self.queue.is_empty() && self.unfinished.is_none() {
            return Work::Park;
        }
        let Some(sink) = self.sink.take() else {
            return Work::Park;
        };
        self.deliverer = task::try_id();
        let first = self.unfinished.take();
        if first.is_none() {
            mem::swap(batch, &mut self.queue);
        }
        Work::Deliver { sink, first }
    }

    /// Puts the sink back after a batch.
    pub(super) fn worked(&mut self, sink: Arc<dyn WatchEventSink>, taken: u64) {
        self.sink = Some(sink);
        self.deliverer = None;
        self.taken += taken;
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener")
            .field("id", &self.id)
            .field("called", &self.is_called())
            .field("queued", &self.queue.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
