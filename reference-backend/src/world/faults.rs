//! What is wrong with a connection at the moment.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use omniview_sdk::{ErrorCode, ResourceOperationError, Result};
use tokio::sync::watch;

/// What a fault does to the calls that it meets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Every call fails with this code, and what runs breaks off with it.
    Refuse(ErrorCode),
    /// The next calls, as many as said, fail with `UNAVAILABLE`; then it is over.
    FailNext(u32),
    /// No call is answered until the fault is cleared.
    Hang,
}

/// Which calls a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultScope {
    /// All of them.
    Everything,
    /// The six operations and search.
    Operations,
    /// Watches: each attempt, and those that run.
    Watches,
    /// Creating, checking and refreshing clients, and listing namespaces.
    Connection,
}

impl FaultScope {
    fn meets(self, call: FaultScope) -> bool {
        self == Self::Everything || self == call
    }
}

/// The faults of one connection; a copy is a handle of the same.
///
/// The honest backend has none. Where several meet a call, the one that was injected first decides.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    active: Mutex<Vec<(FaultScope, Fault)>>,
    changed: watch::Sender<u64>,
}

impl Faults {
    pub(super) fn new() -> Self {
        Self(Arc::new(Inner {
            active: Mutex::new(Vec::new()),
            changed: watch::Sender::new(0),
        }))
    }

    /// Adds a fault.
    pub fn inject(&self, scope: FaultScope, fault: Fault) {
        self.lock().push((scope, fault));
        self.0.changed.send_modify(|count| *count += 1);
    }

    /// Every call is refused with this code.
    pub fn refuse(&self, code: ErrorCode) {
        self.inject(FaultScope::Everything, Fault::Refuse(code));
    }

    /// The next `calls` calls fail with `UNAVAILABLE`.
    pub fn fail_next(&self, calls: u32) {
        self.inject(FaultScope::Everything, Fault::FailNext(calls));
    }

    /// No call is answered until [`clear`](Self::clear).
    pub fn hang(&self) {
        self.inject(FaultScope::Everything, Fault::Hang);
    }

    /// Everything works again; calls that hang go on.
    pub fn clear(&self) {
        self.lock().clear();
        self.0.changed.send_modify(|count| *count += 1);
    }

    /// Meets the faults that a call of this kind meets, if any.
    pub(crate) async fn meet(&self, call: FaultScope) -> Result<()> {
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.borrow_and_update();
            match self.next_for(call) {
                None => return Ok(()),
                Some(Fault::Refuse(code)) => return Err(refused(code)),
                Some(Fault::FailNext(_)) => {
                    return Err(ResourceOperationError::new(
                        ErrorCode::Unavailable,
                        "the reference backend was told to fail this call",
                    ));
                }
                Some(Fault::Hang) => {}
            }
            if changed.changed().await.is_err() {
                return Ok(());
            }
        }
    }

    /// Completes with the error that breaks off what runs; never, while nothing refuses.
    pub(crate) async fn broken(&self, call: FaultScope) -> ResourceOperationError {
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.borrow_and_update();
            let refusal = self.lock().iter().find_map(|(scope, fault)| match fault {
                Fault::Refuse(code) if scope.meets(call) => Some(code.clone()),
                _ => None,
            });
            if let Some(code) = refusal {
                return refused(code);
            }
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn next_for(&self, call: FaultScope) -> Option<Fault> {
        let mut active = self.lock();
        let index = active.iter().position(|(scope, _)| scope.meets(call))?;
        let fault = active[index].1.clone();
        if let Fault::FailNext(left) = &mut active[index].1 {
            *left = left.saturating_sub(1);
            if *left == 0 {
                active.remove(index);
            }
        }
        match fault {
            Fault::FailNext(0) => None,
            fault => Some(fault),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(FaultScope, Fault)>> {
        self.0.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(code: ErrorCode) -> ResourceOperationError {
    let message = format!("the reference backend was told to refuse with {code}");
    ResourceOperationError::new(code, message)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn the_next_calls_fail_and_the_one_after_them_does_not() {
        let faults = Faults::new();
        faults.inject(FaultScope::Operations, Fault::FailNext(2));
        assert!(faults.meet(FaultScope::Watches).await.is_ok());
        for _ in 0..2 {
            let error = faults.meet(FaultScope::Operations).await.unwrap_err();
            assert_eq!(*error.code(), ErrorCode::Unavailable);
        }
        assert!(faults.meet(FaultScope::Operations).await.is_ok());
        faults.fail_next(0);
        assert!(faults.meet(FaultScope::Operations).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_hangs_goes_on_once_the_fault_is_cleared() {
        let faults = Faults::new();
        faults.hang();
        let short = Duration::from_secs(60);
        assert!(
            timeout(short, faults.meet(FaultScope::Operations))
                .await
                .is_err()
        );
        let waiting = tokio::spawn({
            let faults = faults.clone();
            async move { faults.meet(FaultScope::Operations).await }
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
            async move { faults.broken(FaultScope::Watches).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!broken.is_finished());
        faults.refuse(ErrorCode::Forbidden);
        assert_eq!(*broken.await.unwrap().code(), ErrorCode::Forbidden);
    }
}
