//! One job after the other, in a task of their own.
//!
//! Everything that changes a connection runs in its lane, so that two changes cannot interleave and no lock is needed
//! across an await. A caller that goes away before its job's turn takes the job back; later, the job goes on and
//! is told by a token.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use futures_util::future::BoxFuture;
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep_until,
};
use tokio_util::sync::CancellationToken;

use crate::{
    CallContext, Result,
    call::{CallSite, closed, still_wanted},
};

/// Where jobs are handed in.
#[derive(Debug, Clone)]
pub(super) struct Lane(mpsc::UnboundedSender<Job>);

/// A job that waits for its turn.
pub(super) type Job = BoxFuture<'static, ()>;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const WITHDRAWN: u8 = 2;

impl Lane {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Job>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Hands a job in and waits for its answer; before its turn, no longer than `ctx` allows.
    ///
    /// The job is given a token that is cancelled when the caller has gone away.
    ///
    /// `CLOSED` when the lane has ended.
    pub(super) async fn run<T, F>(
        &self,
        ctx: &CallContext,
        site: CallSite<'_>,
        job: impl FnOnce(CancellationToken) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let gone = CancellationToken::new();
        let leaving = gone.clone().drop_guard();
        let progress = Arc::new(AtomicU8::new(WAITING));
        let (answer, mut answered) = oneshot::channel();
        let work = job(gone);
        let begun = progress.clone();
        let queued = self.0.send(Box::pin(async move {
            if begun
                .compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
            {
                // Nobody may listen any more, and that is fine.
                let _ = answer.send(work.await);
            }
        }));
        if queued.is_err() {
            return Err(closed(site));
        }
        let withdraw = Withdraw(&progress);
        let over = async {
            match ctx.deadline() {
                Some(deadline) => tokio::select! {
                    () = sleep_until(deadline) => {}
                    () = ctx.cancelled() => {}
                },
                None => ctx.cancelled().await,
            }
        };
        let early = tokio::select! {
            biased;
            answer = &mut answered => Some(answer),
            () = over => None,
        };
        let answer = match early {
            Some(answer) => answer,
            // The turn had not come: the job is taken back.
            None if withdraw.succeeds() => {
                return Err(still_wanted(ctx, site)
                    .err()
                    .unwrap_or_else(|| closed(site)));
            }
            None => answered.await,
        };
        drop(leaving);
        answer.unwrap_or_else(|_| Err(closed(site)))
    }

    /// Hands a job in that nobody waits for; it is dropped when the lane has ended.
    pub(super) fn post(&self, job: Job) {
        let _ = self.0.send(job);
    }
}

/// Takes a job back when its caller is dropped before its turn.
struct Withdraw<'a>(&'a AtomicU8);

impl Withdraw<'_> {
    fn succeeds(&self) -> bool {
        self.0
            .compare_exchange(WAITING, WITHDRAWN, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        self.succeeds();
    }
}
