//! What is known of one watch: shared by its task, the plugin's handle, and whoever asks.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    Hub,
    hub::Admission,
    manager::WatchRuntime,
    state::{Input, Next, Refusal, WatchMachine, is_active},
};
use crate::{ConnectionId, ErrorCode, ResourceKey, WatchEvent, WatchState, WatchStateEvent};

/// No attempt: they are counted from 1.
const CLOSED: u64 = 0;

/// What the watches of one connection share.
pub(super) struct Home {
    pub(super) connection: ConnectionId,
    pub(super) runtime: WatchRuntime,
}

/// One watch: a resource type on a connection.
///
/// Ten thousand of them idle, so it is small: what watches share is in [`Home`], and what is rare is boxed. Its lock is taken under the hub's when an event is emitted, and alone when someone asks; it is never held
/// while the hub's is taken.
pub(crate) struct WatchCell {
    home: Arc<Home>,
    pub(super) key: ResourceKey,
    /// The attempt whose handle may emit; 0 between attempts.
    ///
    /// Written under this cell's lock. An emitter reads it under the hub's, which whoever closes an attempt takes afterwards,
    /// to say what became of it: so no event that was admitted before comes after that.
    open: AtomicU64,
    inner: Mutex<Inner>,
    /// Told when the task of a run has ended.
    pub(super) ended: Notify,
}

struct Inner {
    machine: WatchMachine,
    count: Option<i64>,
    attempts: u64,
    /// Ends the attempt that runs, or the wait for the next one.
    cancel: Option<CancellationToken>,
    /// Whether the run that is on ends with this attempt.
    stopping: bool,
    failure: Option<Box<Failure>>,
    last_ended: u64,
    skipped_because: Option<Arc<str>>,
}

/// Why an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: ErrorCode,
    pub(super) message: String,
    pub(super) refusal: Refusal,
}

impl Failure {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let refusal = match code {
            ErrorCode::Forbidden | ErrorCode::Unauthorized | ErrorCode::PermissionDenied => {
                Refusal::Access
            }
            _ => Refusal::No,
        };
        Self {
            code,
            message: message.into(),
            refusal,
        }
    }
}

/// A point in time of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WatchSnapshot {
    pub(crate) state: WatchState,
    /// The number of objects at the last sync.
    pub(crate) count: Option<i64>,
    /// Why it is Skipped.
    pub(crate) skipped_because: Option<Arc<str>>,
}

impl WatchCell {
    pub(super) fn new(home: Arc<Home>, key: ResourceKey) -> Self {
        Self {
            home,
            key,
            open: AtomicU64::new(CLOSED),
            inner: Mutex::new(Inner {
                machine: WatchMachine::idle(),
                count: None,
                attempts: 0,
                cancel: None,
                stopping: false,
                failure: None,
                last_ended: 0,
                skipped_because: None,
            }),
            ended: Notify::new(),
        }
    }

    pub(super) fn connection(&self) -> &ConnectionId {
        &self.home.connection
    }

    pub(super) fn runtime(&self) -> &WatchRuntime {
        &self.home.runtime
    }

    pub(super) fn hub(&self) -> &Hub {
        &self.home.runtime.hub
    }

    pub(super) fn snapshot(&self) -> WatchSnapshot {
        let inner = self.lock();
        WatchSnapshot {
            state: inner.machine.state(),
            count: inner.count,
            skipped_because: inner.skipped_because.clone(),
        }
    }

    pub(super) fn is_active(&self) -> bool {
        is_active(self.lock().machine.state())
    }

    /// A start from outside: the retry budget is full again, and what stopped the last run is over.
    pub(super) fn refresh(&self) {
        let mut inner = self.lock();
        inner.machine.refresh();
        inner.skipped_because = None;
        inner.stopping = false;
    }

    /// Makes what ends the next attempt and the wait before it; it is cancelled already when the run is being stopped.
    pub(super) fn arm(&self, plan: &CancellationToken) -> CancellationToken {
        let cancel = plan.child_token();
        let mut inner = self.lock();
        let last = inner.cancel.replace(cancel.clone());
        let stopping = inner.stopping;
        drop(inner);
        drop(last);
        if stopping {
            cancel.cancel();
        }
        cancel
    }

    /// Ends the run that is on: its attempt is cancelled, and none follows.
    pub(super) fn stop(&self) {
        let mut inner = self.lock();
        inner.stopping = true;
        let cancel = inner.cancel.clone();
        drop(inner);
        if let Some(cancel) = cancel {
            cancel.cancel();
        }
    }

    /// Whether the run that is on was told to end.
    pub(super) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Back to Idle without a word: the watch waits to be started for the first time on a new plan.
    pub(super) fn reset(&self) {
        let mut inner = self.lock();
        inner.machine = WatchMachine::idle();
        inner.skipped_because = None;
    }

    /// Begins an attempt, says Syncing, and returns the attempt's number.
    pub(super) fn begin(&self) -> u64 {
        let (attempt, next) = self.hub().push(|| {
            let mut inner = self.lock();
            let next = inner.machine.next(Input::Begin, self.retries());
            inner.attempts += 1;
            self.open.store(inner.attempts, Ordering::Release);
            inner.failure = None;
            let said = vec![self.said(WatchState::Syncing)];
            ((inner.attempts, next), said)
        });
        // Asserted here: nothing that can panic runs under the lock.
        debug_assert_eq!(next, Next::Enter(WatchState::Syncing));
        attempt
    }

    /// Ends the open attempt, takes `input`, and says what follows.
    pub(super) fn end(&self, input: Input, detail: &WatchStateEvent) -> Next {
        self.hub().push(|| {
            let mut inner = self.lock();
            self.open.store(CLOSED, Ordering::Release);
            let next = inner.machine.next(input, self.retries());
            let say = |state| {
                WatchEvent::State(WatchStateEvent {
                    state,
                    ..self.addressed(detail.clone())
                })
            };
            let events = match next {
                Next::Enter(state) => vec![say(state)],
                Next::Retry(_) => vec![say(WatchState::Error)],
                Next::GiveUp => vec![say(WatchState::Error), say(WatchState::Failed)],
                Next::Ignore | Next::Illegal => Vec::new(),
            };
            (next, events)
        })
    }

    /// Marks the type as excluded.
    pub(super) fn exclude(&self, reason: &Arc<str>) {
        self.lock().skipped_because = Some(reason.clone());
        self.end(
            Input::Excluded,
            &WatchStateEvent {
                message: reason.to_string(),
                ..WatchStateEvent::default()
            },
        );
    }

    /// Whether an event of this attempt may be delivered; asked under the hub's lock.
    pub(super) fn admit(&self, attempt: u64, event: &WatchEvent) -> Admission {
        match event {
            WatchEvent::State(report) => self.admit_synced(attempt, report.resource_count),
            WatchEvent::Add(_) | WatchEvent::Update(_) | WatchEvent::Delete(_) => {
                if self.is_open(attempt) {
                    Admission::Deliver
                } else {
                    Admission::Closed
                }
            }
        }
    }

    /// Takes the plugin's report of Synced, the only state that it may say itself.
    fn admit_synced(&self, attempt: u64, count: Option<i64>) -> Admission {
        let mut inner = self.lock();
        if !self.is_open(attempt) {
            return Admission::Closed;
        }
        match inner.machine.next(Input::Synced, self.retries()) {
            Next::Enter(_) => {
                inner.count = Some(count.unwrap_or(0));
                Admission::Deliver
            }
            _ => Admission::Drop,
        }
    }

    /// Keeps the failure that the plugin reports, and closes the attempt; false when it was closed already.
    ///
    /// It is then the caller's to cancel the attempt.
    pub(super) fn report_failure(&self, attempt: u64, failure: Box<Failure>) -> bool {
        let mut inner = self.lock();
        let open = self.is_open(attempt);
        if open {
            self.open.store(CLOSED, Ordering::Release);
            inner.failure = Some(failure);
        }
        open
    }

    pub(super) fn take_reported(&self) -> Option<Failure> {
        self.lock().failure.take().map(|failure| *failure)
    }

    pub(super) fn is_open(&self, attempt: u64) -> bool {
        self.open.load(Ordering::Acquire) == attempt
    }

    /// The number of the last run whose task has ended.
    pub(super) fn last_ended(&self) -> u64 {
        self.lock().last_ended
    }

    pub(super) fn set_ended(&self, run: u64) {
        self.lock().last_ended = run;
        self.ended.notify_waiters();
    }

    /// Fills in where a state event comes from.
    pub(super) fn addressed(&self, mut event: WatchStateEvent) -> WatchStateEvent {
        event.plugin_id = self.home.runtime.plugin.clone();
        event.connection = self.home.connection.clone();
        event.resource_key = self.key.clone();
        event
    }

    fn retries(&self) -> u32 {
        self.home.runtime.retry.retries
    }

    fn said(&self, state: WatchState) -> WatchEvent {
        WatchEvent::State(self.addressed(WatchStateEvent {
            state,
            ..WatchStateEvent::default()
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing that can panic runs under this lock, so the state behind a poisoned one is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
