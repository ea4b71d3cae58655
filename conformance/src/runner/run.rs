//! A whole run.

use super::{
    clean::Leftover,
    findings,
    options::RunOptions,
    single::{self, Outcome},
    survey::survey,
};
use crate::{
    catalogue::catalogue,
    check::Check,
    checks::suite::CLEAN_UP,
    halt::Failure,
    history::invariants,
    report::{CheckReport, Header, Report},
    status::{NotRunReason, Status},
    subject::Subject,
};

/// Runs the selected checks over a subject, one after the other, and reports on every check that there is.
///
/// Never fails: what goes wrong is in the report, at the check where it went wrong.
///
/// # Cancel safety
///
/// Dropping the future leaves what the current check has created; use
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
    let mut tour: Option<Outcome> = None;
    for check in catalogue() {
        let interrupted = options.interrupt.is_cancelled();
        let reason = options
            .selection
            .absence(check.id)
            .or_else(|| interrupted.then_some(NotRunReason::Interrupted));
        if let Some(reason) = reason {
            results.push(CheckReport::new(check, Status::NotRun { reason }));
            continue;
        }
        let outcome = match &tour {
            Some(tour) if invariants::is_invariant(check.id) => {
                observed(check, &options, async {
                    findings::again(check, tour, &options.command)
                })
                .await
            }
            _ => run_check(subject, check, &options).await,
        };
        if tour.is_none() && invariants::is_invariant(check.id) {
            tour = Some(outcome.clone());
        }
        results.push(outcome.report);
        leftovers.extend(outcome.leftovers);
        findings.extend(outcome.findings);
    }
    blame_leftovers(&mut results, &leftovers);
    findings::blame(&mut results, &findings, &options.command);
    Report { header, results }
}

/// Runs one check, and tells its observer.
pub(crate) async fn run_check(subject: &Subject, check: &Check, options: &RunOptions) -> Outcome {
    observed(check, options, single::run(subject, check, options)).await
}

async fn observed(
    check: &Check,
    options: &RunOptions,
    running: impl Future<Output = Outcome>,
) -> Outcome {
    if let Some(observer) = &options.observer {
        observer.started(check);
    }
    let outcome = running.await;
    if let Some(observer) = &options.observer {
        observer.finished(&outcome.report);
    }
    outcome
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
