//! The listener that records.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{Delivery, WatchEvent, WatchEventSink};
use tokio::{sync::Notify, time::Instant};

use super::{Mark, Recording, Seen};

/// Records every event of a provider, and wakes whoever waits for one.
///
/// An event costs one short lock, one push of a reference and, only while somebody waits, one notification.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    state: Mutex<State>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<(Instant, Arc<WatchEvent>)>,
    waiting: usize,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            state: Mutex::default(),
            grown: Notify::new(),
        }
    }

    /// Where the recording ends now.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.lock().events.len())
    }

    /// What was recorded after `mark`.
    pub(crate) fn since(&self, mark: Mark) -> Recording {
        let state = self.lock();
        state
            .events
            .iter()
            .enumerate()
            .skip(mark.0)
            .map(|(index, (at, event))| {
                Seen::new(
                    index + 1,
                    at.saturating_duration_since(self.started),
                    event.clone(),
                )
            })
            .collect()
    }

    /// Completes when something was recorded after `mark`.
    pub(crate) fn grown(&self, mark: Mark) -> impl Future<Output = ()> + '_ {
        let waiting = Waiting::new(self);
        async move {
            let recorder = waiting.0;
            loop {
                // Registered before the look, so that an event in between is not missed.
                let grown = recorder.grown.notified();
                if recorder.mark() > mark {
                    return;
                }
                grown.await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under this lock, so the state behind a poisoned one is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchEventSink for Recorder {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let at = Instant::now();
        let mut state = self.lock();
        state.events.push((at, event));
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.grown.notify_waiters();
        }
        Delivery::Done
    }
}

/// Counts somebody who waits, for as long as they do.
struct Waiting<'a>(&'a Recorder);

impl<'a> Waiting<'a> {
    fn new(recorder: &'a Recorder) -> Self {
        recorder.lock().waiting += 1;
        Self(recorder)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}
