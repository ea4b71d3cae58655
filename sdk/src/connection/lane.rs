//! One job after the other, in a task of their own.
//!
//! Everything that changes a connection runs in its lane, so that two changes cannot interleave and no lock is needed
//! across an await. A caller that goes away before its job's turn takes the job back; later, the job is told that
//! nobody waits, and goes on to an end that leaves nothing half done.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    CallContext, Result,
    call::{CallSite, closed, over},
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

    /// Hands a job in and waits for its answer, no longer than `ctx` allows.
    ///
    /// Whoever leaves before the job's turn takes it back. Whoever leaves later leaves it behind: the job is
    /// told by its [`Caller`], which may also keep the caller for a while.
    ///
    /// `CLOSED` when the lane has ended.
    ///
    /// Contract: OPS-14
    pub(super) async fn run<T, F>(
        &self,
        ctx: &CallContext,
        site: CallSite<'_>,
        job: impl FnOnce(Caller) -> F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let caller = Caller::new();
        let leaving = caller.gone.clone().drop_guard();
        let mut kept = caller.kept.subscribe();
        let progress = Arc::new(AtomicU8::new(WAITING));
        let (answer, mut answered) = oneshot::channel();
        let work = job(caller);
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
        let early = tokio::select! {
            biased;
            answer = &mut answered => Ok(answer),
            why = over(ctx, site) => Err(why),
        };
        let answer = match early {
            Ok(answer) => answer,
            // The turn had not come: the job is taken back.
            Err(why) if withdraw.succeeds() => return Err(why),
            Err(why) => tokio::select! {
                biased;
                answer = &mut answered => answer,
                // The sender is dropped together with the job, which answers or is answered for.
                Ok(_) = kept.wait_for(|kept| !kept) => return Err(why),
            },
        };
        drop(leaving);
        answer.unwrap_or_else(|_| Err(closed(site)))
    }

    /// Hands a job in that nobody waits for; it is dropped when the lane has ended.
    pub(super) fn post(&self, job: Job) {
        let _ = self.0.send(job);
    }
}

/// Whoever waits for a job, as the job sees it.
#[derive(Debug)]
pub(super) struct Caller {
    gone: CancellationToken,
    kept: watch::Sender<bool>,
}

impl Caller {
    fn new() -> Self {
        Self::leaving_with(CancellationToken::new())
    }

    /// A caller that goes away when `gone` is cancelled, and need not be kept.
    pub(super) fn leaving_with(gone: CancellationToken) -> Self {
        Self {
            gone,
            kept: watch::Sender::new(false),
        }
    }

    /// Completes when nobody waits for the job any longer.
    pub(super) async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// Whether nobody waits for the job any longer.
    pub(super) fn is_gone(&self) -> bool {
        self.gone.is_cancelled()
    }

    /// Keeps the caller beyond its deadline, for what the deadline ends by itself.
    ///
    /// So what the caller is told and what is known of the connection agree. A job that fails need not let the caller go:
    /// the answer does.
    pub(super) fn keep(&self) {
        self.kept.send_replace(true);
    }

    /// Lets the caller leave at its deadline, for what may take longer.
    pub(super) fn let_go(&self) {
        self.kept.send_replace(false);
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

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicBool, time::Duration};

    use tokio::{
        task::JoinHandle,
        time::{Instant, sleep},
    };

    use super::*;
    use crate::ErrorCode;

    const SITE: CallSite<'static> = CallSite::new("start_connection");
    const SECOND: Duration = Duration::from_secs(1);

    fn patient(seconds: u32) -> CallContext {
        CallContext::new().with_timeout(seconds * SECOND)
    }

    /// A lane whose jobs are executed.
    fn running() -> (Lane, JoinHandle<()>) {
        let (lane, mut jobs) = Lane::new();
        let driver = tokio::spawn(async move {
            while let Some(job) = jobs.recv().await {
                job.await;
            }
        });
        (lane, driver)
    }

    /// Contract: OPS-14
    #[tokio::test(start_paused = true)]
    async fn a_job_is_taken_back_when_its_caller_leaves_before_its_turn() {
        let (lane, mut jobs) = Lane::new();
        let ran = Arc::new(AtomicBool::new(false));
        let job = |_: Caller| {
            let ran = ran.clone();
            async move {
                ran.store(true, Ordering::SeqCst);
                Ok(())
            }
        };
        let late = lane.run(&patient(1), SITE, &job).await.unwrap_err();
        assert_eq!(*late.code(), ErrorCode::Timeout);
        {
            let ctx = patient(1);
            let dropped = lane.run(&ctx, SITE, &job);
            assert!(futures_util::poll!(std::pin::pin!(dropped)).is_pending());
        }
        for _ in 0..2 {
            jobs.recv().await.unwrap().await;
        }
        assert!(!ran.load(Ordering::SeqCst));
    }

    /// Contract: OPS-14
    #[tokio::test(start_paused = true)]
    async fn a_job_that_has_begun_is_told_that_its_caller_has_left_and_goes_on() {
        let (lane, driver) = running();
        let (told, heard) = oneshot::channel();
        let began = Instant::now();
        let late = lane
            .run(&patient(1), SITE, |caller| async move {
                assert!(!caller.is_gone());
                caller.gone().await;
                let _ = told.send(caller.is_gone());
                Ok(())
            })
            .await
            .unwrap_err();
        assert_eq!(*late.code(), ErrorCode::Timeout);
        assert_eq!(began.elapsed(), SECOND);
        assert!(heard.await.unwrap());
        drop(lane);
        driver.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_is_kept_has_the_answer_and_one_who_is_let_go_has_not() {
        let (lane, driver) = running();
        let began = Instant::now();
        let kept = lane
            .run(&patient(1), SITE, |caller| async move {
                caller.keep();
                sleep(3 * SECOND).await;
                Ok(7)
            })
            .await;
        assert_eq!(kept.unwrap(), 7);
        assert_eq!(began.elapsed(), 3 * SECOND);
        let released = lane
            .run(&patient(1), SITE, |caller| async move {
                caller.keep();
                sleep(2 * SECOND).await;
                caller.let_go();
                sleep(2 * SECOND).await;
                Ok(7)
            })
            .await;
        assert_eq!(*released.unwrap_err().code(), ErrorCode::Timeout);
        assert_eq!(began.elapsed(), 5 * SECOND);
        drop(lane);
        driver.await.unwrap();
    }

    /// Contract: OPS-16
    #[tokio::test(start_paused = true)]
    async fn a_lane_that_has_ended_answers_closed() {
        let (lane, jobs) = Lane::new();
        let ctx = CallContext::new();
        let mut queued = std::pin::pin!(lane.run(&ctx, SITE, |_| async { Ok(()) }));
        assert!(futures_util::poll!(&mut queued).is_pending());
        drop(jobs);
        assert_eq!(*queued.await.unwrap_err().code(), ErrorCode::Closed);
        let refused = lane.run(&ctx, SITE, |_| async { Ok(()) }).await;
        assert_eq!(*refused.unwrap_err().code(), ErrorCode::Closed);
    }
}
