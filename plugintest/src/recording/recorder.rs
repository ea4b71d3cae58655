//! The listener that records.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use omniview_sdk::{Delivery, WatchEvent, WatchEventSink};
use tokio::{sync::Notify, time::Instant};

use super::{Mark, Recording, Seen};
use crate::EventPattern;

/// Records every event of a provider, and wakes whoever waits for one like it.
///
/// An event costs one short lock, one push of a reference, and a comparison for each wait that is on. A wait is woken by what it may
/// be for: to wake it for every event costs ten times as much as the event.
#[derive(Debug)]
pub(crate) struct Recorder {
    started: Instant,
    state: Mutex<State>,
    grown: Notify,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<(Instant, Arc<WatchEvent>)>,
    /// What the waits that are on are for.
    wanted: Vec<Wanted>,
    next_wait: u64,
}

#[derive(Debug)]
struct Wanted {
    wait: u64,
    pattern: EventPattern,
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
        self.after(&self.lock(), mark, |_| true)
    }

    /// What was recorded after `mark` and may match, and where the recording ends.
    pub(crate) fn like(&self, pattern: &EventPattern, mark: Mark) -> (Recording, Mark) {
        let state = self.lock();
        let like = self.after(&state, mark, |event| pattern.may_match(event));
        (like, Mark(state.events.len()))
    }

    /// Completes when something was recorded after `mark` that may match.
    ///
    /// Safe to drop and call again.
    pub(crate) async fn grown(&self, pattern: &EventPattern, mut mark: Mark) {
        loop {
            // Registered before the look, so that an event in between is not missed.
            let grown = self.grown.notified();
            let _waiting = {
                let mut state = self.lock();
                let events = state.events.iter().skip(mark.0);
                if events
                    .map(|(_, event)| event)
                    .any(|event| pattern.may_match(event))
                {
                    return;
                }
                mark = Mark(state.events.len());
                let wait = state.next_wait;
                state.next_wait += 1;
                state.wanted.push(Wanted {
                    wait,
                    pattern: pattern.clone(),
                });
                Waiting {
                    recorder: self,
                    wait,
                }
            };
            grown.await;
        }
    }

    fn after(&self, state: &State, mark: Mark, keep: impl Fn(&WatchEvent) -> bool) -> Recording {
        let events = state.events.iter().enumerate().skip(mark.0);
        events
            .filter(|(_, (_, event))| keep(event))
            .map(|(index, (at, event))| {
                let at = at.saturating_duration_since(self.started);
                Seen::new(index + 1, at, event.clone())
            })
            .collect()
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
        let mut wanted = state.wanted.iter();
        let awaited = wanted.any(|wanted| wanted.pattern.may_match(&event));
        state.events.push((at, event));
        drop(state);
        if awaited {
            self.grown.notify_waiters();
        }
        Delivery::Done
    }
}

/// A wait that is on; what it is for is forgotten with it.
struct Waiting<'a> {
    recorder: &'a Recorder,
    wait: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let forgotten = {
            let wanted = &mut self.recorder.lock().wanted;
            let place = wanted.iter().position(|wanted| wanted.wait == self.wait);
            place.map(|place| wanted.swap_remove(place))
        };
        // A pattern may hold code of the test's own: it is dropped after the lock.
        drop(forgotten);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Wake},
        time::Duration,
    };

    use omniview_sdk::{WatchAddPayload, WatchState, WatchStateEvent};
    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::{added, any_event};

    /// Counts how often it was woken.
    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

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
            let any = any_event();
            let grown = recorder.grown(&any, Mark(number));
            timeout(Duration::from_secs(5), grown).await.unwrap();
        }
        task.await.unwrap();
        assert!(recorder.lock().wanted.is_empty());
    }

    #[tokio::test]
    async fn a_wait_sleeps_through_what_it_is_not_for_and_is_forgotten_when_it_is_dropped() {
        let recorder = Recorder::new();
        let wakes = Arc::new(Wakes::default());
        let waker = wakes.clone().into();
        let mut cx = Context::from_waker(&waker);
        let _ = recorder.on_event(event("b"));
        let wanted = added("b");
        {
            let mut grown = pin!(recorder.grown(&wanted, Mark(1)));
            assert!(grown.as_mut().poll(&mut cx).is_pending());
            let _ = recorder.on_event(event("a"));
            assert_eq!(wakes.0.load(Ordering::SeqCst), 0);
            let _ = recorder.on_event(event("b"));
            assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
            assert!(grown.as_mut().poll(&mut cx).is_ready());
            let mut other = pin!(recorder.grown(&wanted, Mark(3)));
            assert!(other.as_mut().poll(&mut cx).is_pending());
            assert_eq!(recorder.lock().wanted.len(), 1);
        }
        assert!(recorder.lock().wanted.is_empty());
        let (like, end) = recorder.like(&wanted, Mark(1));
        assert_eq!(
            (like.len(), like.last().unwrap().number, end),
            (1, 3, Mark(3))
        );
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
