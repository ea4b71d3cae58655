//! What the histories of checks violate, and which check says so.

use super::single::{Body, Outcome};
use crate::{
    check::Check,
    halt::Failure,
    history::{Timeline, Trace, invariants},
    report::CheckReport,
    status::Status,
};

/// An invariant that the history of a check violates.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    /// The check of the invariant.
    pub(crate) invariant: &'static str,
    /// The check in whose history it was seen.
    pub(crate) check: String,
    /// The first violation, with its slice of the history.
    pub(crate) failure: Failure,
    /// The steps around it.
    pub(crate) timeline: Timeline,
}

impl Finding {
    fn status(&self) -> Status {
        Status::Fail(Box::new(self.failure.clone()))
    }
}

/// The invariants that a history violates, each once.
pub(super) fn of(trace: &Trace) -> Vec<Finding> {
    let mut violations = invariants::judge(trace);
    violations.dedup_by_key(|violation| violation.invariant);
    violations
        .into_iter()
        .map(|violation| Finding {
            invariant: violation.invariant,
            check: trace.check.clone(),
            failure: violation.failure(trace),
            timeline: trace.steps_around(violation.at),
        })
        .collect()
}

/// How a check ends whose body has ended: its own invariant may be violated.
pub(super) fn with(check: &Check, body: &Body, findings: &[Finding]) -> CheckReport {
    let own = findings
        .iter()
        .find(|finding| finding.invariant == check.id && finding.check == check.id);
    let (status, timeline) = match own {
        Some(finding) => (finding.status(), &finding.timeline),
        None => (body.status.clone(), &body.timeline),
    };
    let mut report = CheckReport::new(check, status);
    report.timeline.clone_from(timeline);
    report
}

/// The end of the check of another invariant, whose body has run already: it is the same for all of them.
pub(super) fn again(check: &Check, tour: &Outcome, command: &str) -> Outcome {
    let findings: Vec<Finding> = tour
        .findings
        .iter()
        .filter(|finding| finding.invariant == check.id)
        .map(|finding| Finding {
            check: check.id.to_owned(),
            ..finding.clone()
        })
        .collect();
    let mut report = with(check, &tour.body, &findings);
    report.types.clone_from(&tour.report.types);
    report.assertions = tour.report.assertions;
    report.calls = tour.report.calls;
    report.reproduce = format!("{command} --only {}", check.id);
    Outcome {
        report,
        body: tour.body.clone(),
        leftovers: Vec::new(),
        findings,
        seed: None,
        trace: None,
    }
}

/// Makes the checks of the invariants fail that the histories of other checks violate, selected or not.
pub(crate) fn blame(results: &mut [CheckReport], findings: &[Finding], command: &str) {
    for report in results.iter_mut() {
        let mut behind: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.invariant == report.id && finding.check != report.id)
            .collect();
        // The bodies of the invariants are all the same.
        behind.retain(|finding| !invariants::is_invariant(&finding.check));
        let Some((first, others)) = behind.split_first() else {
            continue;
        };
        if let Status::Fail(failure) = &mut report.status {
            let names: Vec<&str> = behind.iter().map(|other| other.check.as_str()).collect();
            failure
                .history
                .push(format!("also behind {}", names.join(", ")));
            continue;
        }
        let mut failure = first.failure.clone();
        failure.what = format!("{}, seen behind {}", failure.what, first.check);
        if !others.is_empty() {
            let names: Vec<&str> = others.iter().map(|other| other.check.as_str()).collect();
            failure
                .history
                .push(format!("also behind {}", names.join(", ")));
        }
        report.status = Status::Fail(Box::new(failure));
        report.timeline.clone_from(&first.timeline);
        report.reproduce = format!("{command} --only {}", first.check);
    }
}
