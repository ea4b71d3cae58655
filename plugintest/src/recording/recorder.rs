//! The listener that records.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{Delivery, WatchEvent, WatchEventSink};
use tokio::{sync::Notify, time::Instant};

use super::{Mark, Recording, Seen};

/// Records every event of a provider, and wakes whoever waits for one.
///
/// An event costs one short lock and one push of a reference; a notification only where somebody has begun to wait since
/// the last one.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    state: Mutex<State>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<(Instant, Arc<WatchEvent>)>,
    /// Whether somebody waits who was not told yet.
    awaited: bool,
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
    ///
    /// Safe to drop and call again.
    pub(crate) async fn grown(&self, mark: Mark) {
        loop {
            // Registered before the look, so that an event in between is not missed.
            let grown = self.grown.notified();
            {
                let mut state = self.lock();
                if Mark(state.events.len()) > mark {
                    return;
                }
                state.awaited = true;
            }
            grown.await;
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
        let awaited = mem::take(&mut state.awaited);
        drop(state);
        if awaited {
            self.grown.notify_waiters();
        }
        Delivery::Done
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use omniview_sdk::{WatchAddPayload, WatchState, WatchStateEvent};
    use tokio::time::{sleep, timeout};

    use super::*;

    fn event(id: &str) -> Arc<WatchEvent> {
        Arc::new(WatchAddPayload::new(id, "", serde_json::json!({})).into())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_woken_by_the_next_event() {
        let recorder = Arc::new(Recorder::new());
        let emitter = recorder.clone();
        let task = tokio::spawn(async move {
            for id in ["a", "b"] {
                sleep(Duration::from_secs(1)).await;
                let _ = emitter.on_event(event(id));
            }
        });
        for number in 0..2 {
            let grown = recorder.grown(Mark(number));
            timeout(Duration::from_secs(5), grown).await.unwrap();
        }
        task.await.unwrap();
        assert!(!recorder.lock().awaited);
    }

    #[tokio::test(start_paused = true)]
    async fn events_are_numbered_and_timed_in_order() {
        let recorder = Recorder::new();
        let _ = recorder.on_event(event("a"));
        sleep(Duration::from_secs(3)).await;
        let _ = recorder.on_event(Arc::new(WatchStateEvent::new(WatchState::Stopped).into()));
        let seen: Vec<_> = recorder.since(Mark::START).into_iter().collect();
        assert_eq!((seen[0].number, seen[0].at), (1, Duration::ZERO));
        assert_eq!((seen[1].number, seen[1].at), (2, Duration::from_secs(3)));
        assert_eq!(recorder.since(Mark(1)).to_string(), "- - STOPPED\n");
    }
}
