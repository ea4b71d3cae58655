//! How one check differs between two runs.

use super::{
    change::{Change, ChangeKind},
    compare::DiffOptions,
};
use crate::{
    report::CheckReport,
    status::StatusKind::{self, *},
};

/// The differences of a check that both reports have.
pub(super) fn compare(old: &CheckReport, new: &CheckReport, options: &DiffOptions) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.id != new.id {
        changes.push(Change::new(ChangeKind::Renamed, &new.id, &old.id, &new.id));
    }
    let (was, is) = (old.status.kind(), new.status.kind());
    if let Some(kind) = between(old, new) {
        let reason = new.status.reason().unwrap_or_default();
        changes.push(Change::new(kind, &new.id, was.as_str(), is.as_str()).because(reason));
    }
    if is_kept(was) && is_kept(is) {
        changes.extend(seen_less(old, new));
        changes.extend(slower(old, new, options));
    }
    changes
}

/// What a check is that only the new report has.
pub(super) fn added(new: &CheckReport) -> Option<Change> {
    let kind = match new.status.kind() {
        Fail | Timeout | ExpectedFailure => ChangeKind::NewlyFailing,
        Warn => ChangeKind::NewlyWarned,
        HarnessError => ChangeKind::NewlyBroken,
        Blocked => ChangeKind::NewlyBlocked,
        Pass | UnexpectedPass | NotApplicable => ChangeKind::NewCheck,
        // It says nothing that the catalogue does not.
        NotRun => return None,
    };
    let reason = new.status.reason().unwrap_or_default();
    let is = new.status.kind().as_str();
    Some(Change::new(kind, &new.id, "no such check", is).because(reason))
}

/// What a check is that only the old report has.
pub(super) fn gone(old: &CheckReport) -> Option<Change> {
    let was = old.status.kind();
    (was != NotRun).then(|| {
        Change::new(
            ChangeKind::CheckGone,
            &old.id,
            was.as_str(),
            "no such check",
        )
    })
}

fn between(old: &CheckReport, new: &CheckReport) -> Option<ChangeKind> {
    let kind = match (old.status.kind(), new.status.kind()) {
        (Pass | UnexpectedPass, Pass | UnexpectedPass) => return None,
        (Fail | Timeout, Fail | Timeout) | (Warn, Warn) | (ExpectedFailure, ExpectedFailure) => {
            return (old.fingerprint() != new.fingerprint()).then_some(ChangeKind::FailsOtherwise);
        }
        (HarnessError, HarnessError)
        | (Blocked, Blocked)
        | (NotApplicable, NotApplicable)
        | (NotRun, NotRun) => {
            return (old.status.reason() != new.status.reason())
                .then_some(ChangeKind::UnseenOtherwise);
        }
        (_, Fail | Timeout) => ChangeKind::NewlyFailing,
        (Fail | Timeout, Warn) => ChangeKind::OnlyWarned,
        (ExpectedFailure, Warn) => ChangeKind::FailsOtherwise,
        (_, Warn) => ChangeKind::NewlyWarned,
        (Fail | Timeout | Warn, ExpectedFailure) => ChangeKind::NowKnown,
        (_, ExpectedFailure) => ChangeKind::NewlyFailing,
        (_, HarnessError) => ChangeKind::NewlyBroken,
        (Fail | Timeout | Warn | ExpectedFailure | HarnessError, Pass | UnexpectedPass) => {
            ChangeKind::Fixed
        }
        (_, Pass | UnexpectedPass) => ChangeKind::NewlySeen,
        (Fail | Timeout | Warn | ExpectedFailure, Blocked | NotApplicable | NotRun) => {
            ChangeKind::NotSeenAnyMore
        }
        (Pass | UnexpectedPass, NotApplicable) => ChangeKind::NoLongerApplicable,
        (Pass | UnexpectedPass, NotRun) => ChangeKind::NoLongerRun,
        (_, Blocked) => ChangeKind::NewlyBlocked,
        (_, NotApplicable | NotRun) => ChangeKind::UnseenOtherwise,
    };
    Some(kind)
}

fn is_kept(kind: StatusKind) -> bool {
    matches!(kind, Pass | UnexpectedPass)
}

fn seen_less(old: &CheckReport, new: &CheckReport) -> Vec<Change> {
    let mut changes = Vec::new();
    let missing: Vec<&str> = old
        .types
        .iter()
        .filter(|key| !new.types.contains(key))
        .map(|key| key.as_str())
        .collect();
    if !missing.is_empty() {
        let count = |types: usize| format!("{types} types");
        changes.push(
            Change::new(
                ChangeKind::FewerTypes,
                &new.id,
                count(old.types.len()),
                count(new.types.len()),
            )
            .because(format!("without {}", missing.join(", "))),
        );
    }
    if new.assertions < old.assertions {
        let count = |assertions: u64| format!("{assertions} assertions");
        changes.push(Change::new(
            ChangeKind::FewerAssertions,
            &new.id,
            count(old.assertions),
            count(new.assertions),
        ));
    }
    changes
}

fn slower(old: &CheckReport, new: &CheckReport, options: &DiffOptions) -> Option<Change> {
    let factor = options.slower_by?;
    let more = new.elapsed.saturating_sub(old.elapsed);
    let allowed = old.elapsed.as_secs_f64() * factor;
    (more > options.floor && new.elapsed.as_secs_f64() > allowed).then(|| {
        let time = |report: &CheckReport| format!("{:.1?}", report.elapsed);
        Change::new(ChangeKind::Slower, &new.id, time(old), time(new))
            .because(format!("more than {factor} times as long"))
    })
}
