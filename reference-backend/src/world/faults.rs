//! What is wrong with a connection at the moment.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use omniview_sdk::{ErrorCode, ResourceKey, ResourceOperationError, Result};
use tokio::{sync::watch, time::Instant};

use super::{FaultTarget, Operation};

/// What a fault does to the calls that it meets.
///
/// ```
/// use std::time::Duration;
/// use omniview_reference_backend::{Fault, FaultScope, ReferenceBackend};
///
/// let faults = ReferenceBackend::new().faults("dev")?;
/// // Slow, and of a hundred operations ten fail: the same ones in every run.
/// faults.inject(FaultScope::Everything, Fault::Slow(Duration::from_millis(20)));
/// faults.inject(FaultScope::Operations, Fault::Flaky { percent: 10, seed: 7 });
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Every call fails with this code, and what runs breaks off with it.
    Refuse(ErrorCode),
    /// The backend is not there for this long: every call fails with `UNAVAILABLE`, and what runs breaks off; then it is over.
    Outage(Duration),
    /// The next calls, as many as said, fail with `UNAVAILABLE`; then it is over.
    FailNext(u32),
    /// Of a hundred calls this many fail with `UNAVAILABLE`; which they are depends on the seed alone.
    Flaky {
        /// How many of a hundred calls fail.
        percent: u8,
        /// What decides which.
        seed: u64,
    },
    /// Every call takes this much longer, and then meets what else there is.
    Slow(Duration),
    /// No call is answered until the fault is cleared.
    Hang,
}

/// The faults of one connection; a copy is a handle of the same.
///
/// The honest backend has none. Where several meet a call, the one that was injected first decides; a slow one only delays.
/// All times are tokio's: under a paused clock they pass at once.
///
/// ```
/// use omniview_reference_backend::{Fault, FaultScope, Operation, ReferenceBackend};
/// use omniview_sdk::ErrorCode;
///
/// let faults = ReferenceBackend::new().faults("dev")?;
/// faults.inject(FaultScope::Watches, Fault::Refuse(ErrorCode::Forbidden));
/// faults.inject(Operation::Get.on("core::v1::Pod"), Fault::FailNext(2));
/// faults.clear();
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    active: Vec<Active>,
    injected: u64,
}

#[derive(Debug)]
struct Active {
    /// Counts the injections, so that a call knows which of the slow ones it has waited for.
    number: u64,
    target: FaultTarget,
    fault: Fault,
    /// When an outage is over.
    until: Option<Instant>,
    /// What the next call draws from.
    random: u64,
}

impl Faults {
    pub(super) fn new() -> Self {
        Self(Arc::new(Inner {
            state: Mutex::default(),
            changed: watch::Sender::new(0),
        }))
    }

    /// Adds a fault for the calls of a scope, an [`Operation`], or either on one type.
    pub fn inject(&self, target: impl Into<FaultTarget>, fault: Fault) {
        let mut state = self.lock();
        state.injected += 1;
        let active = Active {
            number: state.injected,
            target: target.into(),
            until: match fault {
                Fault::Outage(lasts) => Instant::now().checked_add(lasts),
                _ => None,
            },
            random: match fault {
                Fault::Flaky { seed, .. } => seed,
                _ => 0,
            },
            fault,
        };
        state.active.push(active);
        drop(state);
        self.tell();
    }

    /// Every call is refused with this code.
    pub fn refuse(&self, code: ErrorCode) {
        self.inject(super::FaultScope::Everything, Fault::Refuse(code));
    }

    /// The next `calls` calls fail with `UNAVAILABLE`.
    pub fn fail_next(&self, calls: u32) {
        self.inject(super::FaultScope::Everything, Fault::FailNext(calls));
    }

    /// No call is answered until [`clear`](Self::clear).
    pub fn hang(&self) {
        self.inject(super::FaultScope::Everything, Fault::Hang);
    }

    /// The backend is not there until [`clear`](Self::clear): every call fails with `UNAVAILABLE`, and what runs breaks off.
    pub fn disconnect(&self) {
        self.refuse(ErrorCode::Unavailable);
    }

    /// The backend is not there for this long, and then recovers by itself.
    pub fn disconnect_for(&self, lasts: Duration) {
        self.inject(super::FaultScope::Everything, Fault::Outage(lasts));
    }

    /// Every call takes this much longer.
    pub fn slow_down(&self, by: Duration) {
        self.inject(super::FaultScope::Everything, Fault::Slow(by));
    }

    /// Everything works again; calls that hang go on, calls that are slowed down still wait for their time.
    pub fn clear(&self) {
        self.lock().active.clear();
        self.tell();
    }

    /// Meets the faults that a call meets, if any.
    pub(crate) async fn meet(&self, operation: Operation, key: Option<&ResourceKey>) -> Result<()> {
        let mut changed = self.0.changed.subscribe();
        let mut waited_for = 0;
        loop {
            changed.borrow_and_update();
            match self.next_for(operation, key, waited_for) {
                Meeting::Nothing => return Ok(()),
                Meeting::Refusal(code) => return Err(refused(code)),
                Meeting::Delay { number, by } => {
                    waited_for = number;
                    tokio::time::sleep(by).await;
                    continue;
                }
                Meeting::Hang => {}
            }
            if changed.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Completes with the error that breaks off what runs; never, while nothing refuses.
    pub(crate) async fn broken(
        &self,
        operation: Operation,
        key: &ResourceKey,
    ) -> ResourceOperationError {
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.borrow_and_update();
            let now = Instant::now();
            let refusal = self.lock().active.iter().find_map(|active| {
                let meets = active.target.meets(operation, Some(key)) && !active.is_over(now);
                match &active.fault {
                    Fault::Refuse(code) if meets => Some(code.clone()),
                    Fault::Outage(_) if meets => Some(ErrorCode::Unavailable),
                    _ => None,
                }
            });
            if let Some(code) = refusal {
                return refused(code);
            }
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn next_for(&self, operation: Operation, key: Option<&ResourceKey>, after: u64) -> Meeting {
        let now = Instant::now();
        let mut state = self.lock();
        state.active.retain(|active| !active.is_over(now));
        for active in &mut state.active {
            if !active.target.meets(operation, key) {
                continue;
            }
            match &mut active.fault {
                Fault::Refuse(code) => return Meeting::Refusal(code.clone()),
                Fault::Outage(_) => return Meeting::Refusal(ErrorCode::Unavailable),
                Fault::FailNext(left) if *left > 0 => {
                    *left -= 1;
                    return Meeting::Refusal(ErrorCode::Unavailable);
                }
                Fault::FailNext(_) => {}
                Fault::Flaky { percent, .. } => {
                    if draw(&mut active.random) % 100 < u64::from(*percent) {
                        return Meeting::Refusal(ErrorCode::Unavailable);
                    }
                }
                Fault::Slow(_) if active.number <= after => {}
                Fault::Slow(by) => {
                    return Meeting::Delay {
                        number: active.number,
                        by: *by,
                    };
                }
                Fault::Hang => return Meeting::Hang,
            }
        }
        Meeting::Nothing
    }

    fn tell(&self) {
        self.0.changed.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Active {
    fn is_over(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now >= until) || self.fault == Fault::FailNext(0)
    }
}

/// What a call meets next.
enum Meeting {
    Nothing,
    Refusal(ErrorCode),
    Delay { number: u64, by: Duration },
    Hang,
}

/// The next of a sequence of numbers that looks random (splitmix64).
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn refused(code: ErrorCode) -> ResourceOperationError {
    let message = format!("the reference backend was told to refuse with {code}");
    ResourceOperationError::new(code, message)
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::world::FaultScope;

    async fn list(faults: &Faults) -> Result<()> {
        faults.meet(Operation::List, None).await
    }

    #[tokio::test]
    async fn the_next_calls_fail_and_the_one_after_them_does_not() {
        let faults = Faults::new();
        faults.inject(FaultScope::Operations, Fault::FailNext(2));
        assert!(faults.meet(Operation::Watch, None).await.is_ok());
        for _ in 0..2 {
            let error = list(&faults).await.unwrap_err();
            assert_eq!(*error.code(), ErrorCode::Unavailable);
        }
        assert!(list(&faults).await.is_ok());
        faults.fail_next(0);
        assert!(list(&faults).await.is_ok());
    }

    #[tokio::test]
    async fn a_fault_can_be_limited_to_one_type_and_operation() {
        let faults = Faults::new();
        let (pods, nodes) = ("core::v1::Pod".into(), "core::v1::Node".into());
        faults.inject(
            Operation::Get.on("core::v1::Pod"),
            Fault::Refuse(ErrorCode::Forbidden),
        );
        assert!(faults.meet(Operation::Get, Some(&pods)).await.is_err());
        assert!(faults.meet(Operation::List, Some(&pods)).await.is_ok());
        assert!(faults.meet(Operation::Get, Some(&nodes)).await.is_ok());
        assert!(faults.meet(Operation::Check, None).await.is_ok());
        faults.inject(
            FaultScope::Everything.on("core::v1::Node"),
            Fault::Refuse(ErrorCode::Forbidden),
        );
        assert!(faults.meet(Operation::Watch, Some(&nodes)).await.is_err());
        assert!(faults.meet(Operation::Watch, Some(&pods)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_goes_on_once_the_fault_is_cleared() {
        let faults = Faults::new();
        faults.hang();
        let short = Duration::from_secs(60);
        assert!(timeout(short, list(&faults)).await.is_err());
        let waiting = tokio::spawn({
            let faults = faults.clone();
            async move { list(&faults).await }
        });
        tokio::time::sleep(short).await;
        faults.clear();
        assert_eq!(waiting.await.unwrap(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_breaks_off_what_runs() {
        let faults = Faults::new();
        let broken = tokio::spawn({
            let faults = faults.clone();
            async move {
                faults
                    .broken(Operation::Watch, &"core::v1::Pod".into())
                    .await
            }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!broken.is_finished());
        faults.inject(
            FaultScope::Watches.on("core::v1::Node"),
            Fault::Refuse(ErrorCode::Forbidden),
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!broken.is_finished());
        faults.refuse(ErrorCode::Forbidden);
        assert_eq!(*broken.await.unwrap().code(), ErrorCode::Forbidden);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_ends_by_itself() {
        let faults = Faults::new();
        faults.disconnect_for(Duration::from_secs(10));
        assert!(list(&faults).await.is_err());
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert!(list(&faults).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn slow_calls_take_their_time_and_then_meet_the_next_fault() {
        let faults = Faults::new();
        let begin = Instant::now();
        faults.slow_down(Duration::from_secs(2));
        faults.slow_down(Duration::from_secs(3));
        assert!(list(&faults).await.is_ok());
        assert_eq!(begin.elapsed(), Duration::from_secs(5));
        faults.fail_next(1);
        assert!(list(&faults).await.is_err());
        assert_eq!(begin.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test]
    async fn flaky_calls_fail_as_often_as_said_and_the_same_in_every_run() {
        let run = |seed| async move {
            let faults = Faults::new();
            faults.inject(FaultScope::Everything, Fault::Flaky { percent: 30, seed });
            let mut failed = Vec::new();
            for _ in 0..1000 {
                failed.push(list(&faults).await.is_err());
            }
            failed
        };
        let first = run(7).await;
        assert_eq!(first, run(7).await);
        assert_ne!(first, run(8).await);
        let failed = first.iter().filter(|failed| **failed).count();
        assert!((250..350).contains(&failed), "{failed}");
    }
}
