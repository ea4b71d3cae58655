//! Checks in turn, and several at a time.
//!
//! [`Turns`] runs checks one after the other. [`Workers`] has several of them, each on a thread with a runtime of its own, and
//! keeps what they find until it is asked for: who asks in the catalogue's order sees no difference.

use std::{
    collections::{BTreeMap, VecDeque},
    num::NonZeroUsize,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

use futures_util::FutureExt;
use tokio::{
    sync::oneshot,
    task::{JoinHandle, spawn_blocking},
};
use tokio_util::sync::DropGuard;

use super::{
    findings,
    options::RunOptions,
    prepare::panic_text,
    single::{self, Outcome},
};
use crate::{
    catalogue::catalogue, check::Check, history::invariants, subject::Subject, testing::runtime,
};

/// How many checks run at the same time.
pub(super) fn jobs(subject: &Subject, options: &RunOptions) -> usize {
    if !subject.may_run_in_parallel() {
        return 1;
    }
    let wanted = options.jobs.or_else(|| available_parallelism().ok());
    wanted.map_or(1, NonZeroUsize::get).min(plan(options).len())
}

/// Checks, one after the other.
pub(super) struct Turns<'t> {
    subject: &'t Subject,
    options: &'t RunOptions,
    /// The first check of an invariant: its body is the same for all of them.
    tour: Option<Outcome>,
}

impl<'t> Turns<'t> {
    pub(super) fn new(subject: &'t Subject, options: &'t RunOptions) -> Self {
        Self {
            subject,
            options,
            tour: None,
        }
    }

    /// Runs the next check; nothing if the run is interrupted before it begins.
    pub(super) async fn take(&mut self, check: &Check) -> Option<Outcome> {
        if self.options.interrupt.is_cancelled() {
            return None;
        }
        let is_invariant = invariants::is_invariant(check.id);
        if is_invariant && let Some(tour) = &self.tour {
            return Some(findings::again(check, tour, &self.options.command));
        }
        let running = single::run(self.subject, check, self.options);
        // What the subject may panic in is guarded where it is called; this is for the suite's own.
        let outcome = match AssertUnwindSafe(running).catch_unwind().await {
            Ok(outcome) => outcome,
            Err(panic) => {
                let message = format!("the suite panicked: {}", panic_text(&*panic));
                Outcome::broken(check, message, self.options)
            }
        };
        if is_invariant {
            self.tour = Some(outcome.clone());
        }
        Some(outcome)
    }
}

/// Checks that have to be taken in turn by one worker.
type Unit = Vec<&'static Check>;

/// The selected checks in the catalogue's order: each for itself, the invariants together.
fn plan(options: &RunOptions) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut tour = None;
    let selected = catalogue()
        .iter()
        .filter(|check| options.selection.absence(check.id).is_none());
    for check in selected {
        if !invariants::is_invariant(check.id) {
            units.push(vec![check]);
            continue;
        }
        let at = *tour.get_or_insert(units.len());
        match units.get_mut(at) {
            Some(unit) => unit.push(check),
            None => units.push(vec![check]),
        }
    }
    units
}

type Found = Option<Outcome>;

/// Checks on several threads.
pub(super) struct Workers {
    found: BTreeMap<&'static str, oneshot::Receiver<Found>>,
    workers: Vec<JoinHandle<()>>,
    options: RunOptions,
    /// Ends the checks that run when the run is given up.
    _given_up: DropGuard,
}

/// A unit, and where each of its checks is waited for.
type Work = Vec<(&'static Check, oneshot::Sender<Found>)>;

impl Workers {
    /// Starts so many workers; each takes the next unit until none is left.
    pub(super) fn start(subject: &Subject, options: &RunOptions, jobs: usize) -> Self {
        let given_up = options.interrupt.child_token();
        // Who asks for the outcomes tells the observer.
        let options = RunOptions {
            interrupt: given_up.clone(),
            observer: None,
            ..options.clone()
        };
        let mut found = BTreeMap::new();
        let work = plan(&options).into_iter().map(|unit| {
            let checks = unit.into_iter().map(|check| {
                let (sender, receiver) = oneshot::channel();
                found.insert(check.id, receiver);
                (check, sender)
            });
            checks.collect::<Work>()
        });
        let queue = Arc::new(Mutex::new(work.collect::<VecDeque<_>>()));
        // Not threads of ours: the clock of a runtime stands still while one of its own blocking threads works.
        let workers = (0..jobs)
            .map(|_| {
                let (subject, options) = (subject.clone(), options.clone());
                let queue = Arc::clone(&queue);
                spawn_blocking(move || work_off(&subject, &options, &queue))
            })
            .collect();
        Self {
            found,
            workers,
            options,
            _given_up: given_up.drop_guard(),
        }
    }

    /// How a check ends; nothing if the run is interrupted before it begins.
    pub(super) async fn outcome(&mut self, check: &Check) -> Option<Outcome> {
        let found = match self.found.remove(check.id) {
            Some(found) => found.await.ok(),
            None => None,
        };
        found.unwrap_or_else(|| {
            let message = "the thread of the check ended before it".to_owned();
            Some(Outcome::broken(check, message, &self.options))
        })
    }

    /// Waits until the threads have ended.
    pub(super) async fn end(self) {
        for worker in self.workers {
            // One that panicked has been said at the checks that it had.
            let _ = worker.await;
        }
    }
}

/// Takes units on a runtime of its own until there is none.
fn work_off(subject: &Subject, options: &RunOptions, queue: &Mutex<VecDeque<Work>>) {
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    };
    // Without one the others do the work; without any, nobody answers, which is said at every check.
    let Ok(runtime) = runtime(subject) else {
        return;
    };
    while let Some(unit) = next() {
        runtime.block_on(async {
            let mut turns = Turns::new(subject, options);
            for (check, found) in unit {
                // Nobody waits for it where the run has been given up.
                let _ = found.send(turns.take(check).await);
            }
        });
    }
    // A plugin's own thread that does not end keeps nobody.
    runtime.shutdown_background();
}
