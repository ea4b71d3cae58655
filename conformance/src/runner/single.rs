//! One check, from the mount to the last trace.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use omniview_sdk::ResourceKey;
use tokio::time::{Instant, timeout};

use super::{
    clean::{self, Leftover},
    findings::{self, Finding},
    options::RunOptions,
    prepare::{self, panic_text},
};
use crate::{
    check::{Check, Level},
    checks::suite::MOUNT_AND_CONNECT,
    cx::Cx,
    halt::Halt,
    history::{Moment, Timeline, Trace},
    report::CheckReport,
    status::{NotRunReason, Status},
    subject::{Mounted, Subject},
};

/// How many lines of the history a failure shows.
const TAIL: usize = 16;

/// What is known after a check.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) report: CheckReport,
    /// How the body ended, whatever its history shows.
    pub(super) body: Body,
    pub(crate) leftovers: Vec<Leftover>,
    /// What its history violates.
    pub(crate) findings: Vec<Finding>,
    /// The seed of the random program that made it end so, if one did.
    pub(crate) seed: Option<u64>,
    /// Its history, if its body began.
    pub(super) trace: Option<Arc<Trace>>,
}

impl Outcome {
    /// That of a check whose run ended without one, which is the suite's own fault.
    pub(super) fn broken(check: &Check, message: String, options: &RunOptions) -> Self {
        let body = Ending::from(Status::HarnessError { message }).body;
        let mut report = findings::with(check, &body, &[]);
        report.reproduce = reproduce(check, options);
        Self {
            report,
            body,
            leftovers: Vec::new(),
            findings: Vec::new(),
            seed: None,
            trace: None,
        }
    }
}

/// How a body ended, and the end of its history where somebody has to read it.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) status: Status,
    pub(super) timeline: Timeline,
}

/// How a body ended, and what it did on the way.
struct Ending {
    body: Body,
    types: Vec<ResourceKey>,
    assertions: u64,
    calls: u64,
    findings: Vec<Finding>,
    seed: Option<u64>,
    trace: Option<Arc<Trace>>,
}

impl From<Status> for Ending {
    fn from(status: Status) -> Self {
        let timeline = Timeline::default();
        Self {
            body: Body { status, timeline },
            types: Vec::new(),
            assertions: 0,
            calls: 0,
            findings: Vec::new(),
            seed: None,
            trace: None,
        }
    }
}

/// Runs a check over a plugin of its own, and leaves nothing of it.
pub(super) async fn run(subject: &Subject, check: &Check, options: &RunOptions) -> Outcome {
    let began = Instant::now();
    let options = &options.paced(subject);
    let mut leftovers = Vec::new();
    let ending = match prepare::mount(subject, options.set_up).await {
        Err(problem) => unprepared(check, problem).into(),
        Ok(mounted) => over(subject, check, &mounted, options, &mut leftovers).await,
    };
    let body = ending.body;
    let mut report = findings::with(check, &body, &ending.findings);
    report.types = ending.types;
    report.assertions = ending.assertions;
    report.calls = ending.calls;
    report.elapsed = began.elapsed();
    report.reproduce = reproduce(check, options);
    Outcome {
        report,
        body,
        leftovers,
        findings: ending.findings,
        seed: ending.seed,
        trace: ending.trace,
    }
}

fn reproduce(check: &Check, options: &RunOptions) -> String {
    format!("{} --only {}", options.command, check.id)
}

async fn over(
    subject: &Subject,
    check: &Check,
    mounted: &Mounted,
    options: &RunOptions,
    leftovers: &mut Vec<Leftover>,
) -> Ending {
    let prepared = match prepare::prepare(subject, check, &mounted.provider, options.set_up).await {
        Ok(prepared) => prepared,
        Err(problem) => {
            close_unused(check, mounted, options, leftovers).await;
            return unprepared(check, problem).into();
        }
    };
    let types = match prepare::fitting(subject, check, mounted, &prepared) {
        Ok(types) => types,
        Err(status) => {
            close_unused(check, mounted, options, leftovers).await;
            return status.into();
        }
    };
    let cx = prepare::context(check, mounted, &prepared, types, options);
    let status = body(check, &cx, options).await;
    let trace = cx.trace();
    let timeline = if status.needs_attention() {
        trace.last_steps()
    } else {
        Timeline::default()
    };
    let ending = Ending {
        body: Body { status, timeline },
        types: served(&cx),
        assertions: cx.assertions(),
        calls: calls(&cx),
        findings: findings::of(&trace),
        seed: cx.failed_seed.get().copied(),
        trace: Some(Arc::new(trace)),
    };
    leftovers.extend(clean::clean(subject, check, mounted, &cx, options).await);
    ending
}

/// A plugin that cannot be used fails the one check that is about that, and blocks every other.
fn unprepared(check: &Check, problem: String) -> Status {
    if check.id == MOUNT_AND_CONNECT {
        return judged(
            check,
            Halt::failed("the plugin", "a plugin to talk to", problem),
        );
    }
    Status::Blocked {
        prerequisite: format!("a plugin to talk to: {problem}"),
    }
}

async fn close_unused(
    check: &Check,
    mounted: &Mounted,
    options: &RunOptions,
    leftovers: &mut Vec<Leftover>,
) {
    if let Err(what) = clean::close(mounted, options).await {
        leftovers.push(Leftover {
            check: check.id,
            what,
        });
    }
}

/// Runs the body until it ends, its time is over, or the run is interrupted.
async fn body(check: &Check, cx: &Cx, options: &RunOptions) -> Status {
    let limit = options.limit_of(check);
    let body = AssertUnwindSafe(async { (check.body)(cx).await }).catch_unwind();
    let limited = timeout(limit, body);
    let Some(ended) = options.interrupt.run_until_cancelled(limited).await else {
        return Status::NotRun {
            reason: NotRunReason::Interrupted,
        };
    };
    match ended {
        Err(_) => Status::Timeout {
            limit,
            history: cx.history().tail(TAIL),
        },
        Ok(Err(panic)) => Status::HarnessError {
            message: format!("the body panicked: {}", panic_text(&*panic)),
        },
        Ok(Ok(Err(mut halt))) => {
            if let Halt::Failed(failure) = &mut halt {
                cx.name_the_call(failure);
                failure.history = cx.history().tail(TAIL);
            }
            judged(check, halt)
        }
        Ok(Ok(Ok(()))) if cx.assertions() == 0 => Status::HarnessError {
            message: "the body ended without expecting anything".to_owned(),
        },
        Ok(Ok(Ok(()))) if calls(cx) == 0 => Status::HarnessError {
            message: "the body ended without calling the plugin".to_owned(),
        },
        Ok(Ok(Ok(()))) => Status::Pass,
    }
}

fn judged(check: &Check, halt: Halt) -> Status {
    match (halt, check.level) {
        (Halt::Failed(failure), Level::Must) => Status::Fail(failure),
        (Halt::Failed(failure), Level::Should) => Status::Warn(failure),
        (Halt::Blocked(prerequisite), _) => Status::Blocked { prerequisite },
        (Halt::NotApplicable(capability), _) => Status::NotApplicable { capability },
        (Halt::Broken(message), _) => Status::HarnessError { message },
    }
}

fn calls(cx: &Cx) -> u64 {
    let records = cx.history().since(0);
    let calls = records
        .iter()
        .filter(|record| matches!(record.moment, Moment::Call(_)));
    calls.count() as u64
}

fn served(cx: &Cx) -> Vec<ResourceKey> {
    cx.types().iter().map(|ty| ty.key.clone()).collect()
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use std::time::Duration;

    use omniview_reference_backend::ReferenceBackend;

    use super::*;
    use crate::{check::CheckBody, status::StatusKind};

    /// How a check with this body ends over the reference backend.
    async fn ending(level: Level, body: CheckBody) -> Status {
        report(level, body).await.status
    }

    async fn report(level: Level, body: CheckBody) -> CheckReport {
        let subject = Subject::in_process("reference", || ReferenceBackend::new().config());
        let check = Check {
            id: "test.body",
            level,
            limit: Duration::from_secs(1),
            body,
            ..Check::DEFAULT
        };
        let outcome = run(&subject, &check, &RunOptions::new()).await;
        assert_eq!(outcome.leftovers, []);
        outcome.report
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_expects_nothing_is_an_error_of_the_suite() {
        let status = ending(Level::Must, |cx| {
            Box::pin(async move {
                cx.provider().list_connections(&cx.ctx()).await?;
                Ok(())
            })
        });
        let reason = status.await.reason().unwrap();
        assert_eq!(reason, "the body ended without expecting anything");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_calls_nothing_is_an_error_of_the_suite() {
        let status = ending(Level::Must, |cx| {
            Box::pin(async move { cx.expect(true, "the sky is blue") })
        });
        let reason = status.await.reason().unwrap();
        assert_eq!(reason, "the body ended without calling the plugin");
    }

    #[tokio::test(start_paused = true)]
    async fn a_should_that_is_not_kept_warns_and_a_must_fails() {
        for (level, kind) in [
            (Level::Should, StatusKind::Warn),
            (Level::Must, StatusKind::Fail),
        ] {
            let status = ending(level, |cx| {
                Box::pin(async move { cx.expect_eq("the answer", 41, 42) })
            });
            assert_eq!(status.await.kind(), kind);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_panics_or_does_not_end_is_told_apart() {
        let panicking = ending(Level::Must, |_| {
            Box::pin(async { panic!("the body is wrong") })
        });
        let reason = panicking.await.reason().unwrap();
        assert_eq!(reason, "the body panicked: the body is wrong");
        let hanging = ending(Level::Must, |cx| {
            Box::pin(async move {
                cx.listen().await;
                std::future::pending().await
            })
        });
        assert_eq!(hanging.await.kind(), StatusKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn what_somebody_has_to_read_carries_the_end_of_its_history() {
        let body = |answer: i32| -> CheckBody {
            match answer {
                42 => |cx| {
                    Box::pin(async move {
                        cx.provider().list_connections(&cx.ctx()).await?;
                        cx.expect_eq("the answer", 42, 42)
                    })
                },
                _ => |cx| {
                    Box::pin(async move {
                        cx.provider().list_connections(&cx.ctx()).await?;
                        cx.expect_eq("the answer", 41, 42)
                    })
                },
            }
        };
        let failed = report(Level::Must, body(41)).await;
        let operations: Vec<_> = failed
            .timeline
            .steps
            .iter()
            .map(|step| step.operation.as_deref())
            .collect();
        assert_eq!(operations, [Some("list_connections"); 2]);
        assert!(report(Level::Must, body(42)).await.timeline.is_empty());
    }
}
