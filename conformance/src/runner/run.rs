//! A whole run.

use super::{
    clean::Leftover,
    findings,
    jobs::{Turns, Workers, jobs},
    options::RunOptions,
    single::{self, Outcome},
    survey::survey,
};
use crate::{
    catalogue::catalogue,
    check::Check,
    checks::suite::CLEAN_UP,
    halt::Failure,
    report::{CheckReport, Header, Report},
    status::{NotRunReason, Status},
    subject::Subject,
};

/// Runs the selected checks over a subject, and reports on every check that there is.
///
/// One after the other on the caller's runtime, or several at a time where [`RunOptions::jobs`] and the subject allow it: then each on
/// a runtime of its own, whose clock is virtual if the subject's time is. The report is the same, and so is what an
/// [`Observer`](crate::Observer) hears, in the catalogue's order.
///
/// Never fails: what goes wrong is in the report, at the check where it went wrong.
///
/// # Cancel safety
///
/// Dropping the future leaves what the current check has created, or lets the checks that run on threads of their own
/// end as an interrupt does, and nobody waits for them but the runtime when it is shut down; use
/// [`RunOptions::interrupt`] to end a run.
///
/// ```no_run
/// # use omniview_conformance::{RunOptions, Subject, Verdict};
/// # async fn example(subject: Subject) {
/// let report = omniview_conformance::run(&subject, RunOptions::new()).await;
/// assert_eq!(report.verdict(), Verdict::Conformant, "{}", report.to_text());
/// # }
/// ```
pub async fn run(subject: &Subject, options: RunOptions) -> Report {
    let header = header(subject, &options).await;
    let mut results = Vec::with_capacity(catalogue().len());
    let mut leftovers = Vec::new();
    let mut findings = Vec::new();
    let mut outcomes = Outcomes::of(subject, &options);
    for check in catalogue() {
        if let Some(reason) = options.selection.absence(check.id) {
            results.push(CheckReport::new(check, Status::NotRun { reason }));
            continue;
        }
        let running = outcomes.of_check(check);
        let Some(outcome) = observed(check, &options, running).await else {
            let reason = NotRunReason::Interrupted;
            results.push(CheckReport::new(check, Status::NotRun { reason }));
            continue;
        };
        results.push(outcome.report);
        leftovers.extend(outcome.leftovers);
        findings.extend(outcome.findings);
    }
    outcomes.end().await;
    blame_leftovers(&mut results, &leftovers);
    findings::blame(&mut results, &findings, &options.command);
    Report { header, results }
}

/// Where the outcomes come from.
enum Outcomes<'r> {
    /// From here, when they are asked for.
    Here(Turns<'r>),
    /// From threads that do not wait to be asked.
    Ahead(Workers),
}

impl<'r> Outcomes<'r> {
    fn of(subject: &'r Subject, options: &'r RunOptions) -> Self {
        match jobs(subject, options) {
            0 | 1 => Self::Here(Turns::new(subject, options)),
            jobs => Self::Ahead(Workers::start(subject, options, jobs)),
        }
    }

    /// How a check ends; nothing if the run is interrupted before it begins.
    async fn of_check(&mut self, check: &'static Check) -> Option<Outcome> {
        match self {
            Self::Here(turns) => turns.take(check).await,
            Self::Ahead(workers) => workers.outcome(check).await,
        }
    }

    async fn end(self) {
        if let Self::Ahead(workers) = self {
            workers.end().await;
        }
    }
}

/// Runs one check, and tells its observer.
pub(crate) async fn run_check(subject: &Subject, check: &Check, options: &RunOptions) -> Outcome {
    let running = async { Some(single::run(subject, check, options).await) };
    let outcome = observed(check, options, running).await;
    outcome.unwrap_or_else(|| Outcome::broken(check, "it did not run".to_owned(), options))
}

/// Waits for a check with its observer told, unless the run was interrupted before it began.
async fn observed(
    check: &Check,
    options: &RunOptions,
    running: impl Future<Output = Option<Outcome>>,
) -> Option<Outcome> {
    let Some(observer) = &options.observer else {
        return running.await;
    };
    // What ran ahead has an outcome though the run is interrupted by now, and what did not has none.
    let is_interrupted = options.interrupt.is_cancelled();
    if !is_interrupted {
        observer.started(check);
    }
    let outcome = running.await?;
    if is_interrupted {
        observer.started(check);
    }
    if let Some(trace) = &outcome.trace {
        observer.recorded(trace);
    }
    observer.finished(&outcome.report);
    Some(outcome)
}

/// Makes the check of the clean-up fail where anything was left, selected or not.
pub(crate) fn blame_leftovers(results: &mut [CheckReport], leftovers: &[Leftover]) {
    if leftovers.is_empty() {
        return;
    }
    let Some(report) = results.iter_mut().find(|report| report.id == CLEAN_UP) else {
        return;
    };
    let mut failure = match std::mem::replace(&mut report.status, Status::Pass) {
        Status::Fail(failure) => *failure,
        _ => Failure {
            what: "what the checks made is gone after them".to_owned(),
            expected: "nothing left".to_owned(),
            actual: format!("{} left", leftovers.len()),
            ..Failure::default()
        },
    };
    let lines = leftovers
        .iter()
        .map(|leftover| format!("{} left {}", leftover.check, leftover.what));
    failure.history.extend(lines);
    report.status = Status::Fail(Box::new(failure));
}

/// What the report says about the plugin; what cannot be found out is left empty and fails in a check.
async fn header(subject: &Subject, options: &RunOptions) -> Header {
    let mut header = Header::of(subject, options.selection.of_profile(), options);
    header.command.clone_from(&options.command);
    header.shard = options.selection.of_shard();
    if let Some(survey) = survey(subject, options).await {
        header.connections = survey.connections;
        header.capabilities = survey.capabilities;
    }
    header
}
