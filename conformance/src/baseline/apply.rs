//! What a baseline makes of a report.

use super::{Baseline, Day, Known};
use crate::{
    catalogue::find_check,
    report::{CheckReport, Report},
    select::{matches, matches_check},
    status::{Status, StatusKind},
};

impl Baseline {
    /// The report in the light of what is known, on a day.
    ///
    /// - A failure, a warning or a timeout that a line stands for is expected, unless the line has expired or knows another
    ///   assertion; then it fails as before, and the [remark](CheckReport::remark) says what about the line is wrong.
    /// - A check that passes though a line names it passes unexpectedly. A glob is held against the passes only where
    ///   nothing that it stands for failed.
    /// - What was blocked, not applicable or not run says nothing about its line, and an error of the suite is never known.
    pub fn apply(&self, mut report: Report, today: Day) -> Report {
        for result in &mut report.results {
            if let Some(known) = self.line_for(&result.id) {
                judge(result, known, today);
            }
        }
        let stale: Vec<(&Known, usize)> = self
            .known
            .iter()
            .filter_map(|known| Some((known, self.stale(known, &report)?)))
            .collect();
        for (known, at) in stale {
            report.results[at].status = Status::UnexpectedPass {
                reason: known.reason.clone(),
            };
            report.results[at].remark = format!(
                "line {} of the baseline expects a failure of `{}`; remove the line, or `conformance bless` the report",
                known.line, known.id
            );
        }
        report
    }

    /// The line that stands for a check: the one with its id, else the glob that says the most.
    pub(super) fn line_for(&self, id: &str) -> Option<&Known> {
        let mut all: Vec<&Known> = self
            .known
            .iter()
            .filter(|known| stands_for(known, id))
            .collect();
        let literal = |known: &&Known| known.id.chars().filter(|c| *c != '*').count();
        all.sort_by_key(|known| (known.is_glob(), std::cmp::Reverse(literal(known))));
        all.first().copied()
    }

    /// The first check that shows that a line is not needed any more, if nothing shows that it is.
    fn stale(&self, known: &Known, report: &Report) -> Option<usize> {
        let mut passed = None;
        for (at, result) in report.results.iter().enumerate() {
            let its_line = self.line_for(&result.id);
            if !its_line.is_some_and(|line| std::ptr::eq(line, known)) {
                continue;
            }
            match result.status.kind() {
                StatusKind::Pass => passed = passed.or(Some(at)),
                _ if result.is_unkept() => return None,
                _ => {}
            }
        }
        passed
    }
}

fn stands_for(known: &Known, id: &str) -> bool {
    match find_check(id) {
        Some(check) => matches_check(&known.id, check),
        None => matches(&known.id, id),
    }
}

fn judge(result: &mut CheckReport, known: &Known, today: Day) {
    let (Some(fingerprint), Some(failure)) = (result.fingerprint(), result.as_failure()) else {
        return;
    };
    if !matches!(
        result.status.kind(),
        StatusKind::Fail | StatusKind::Warn | StatusKind::Timeout
    ) {
        return;
    }
    let line = known.line;
    if let Some(day) = known.expires.filter(|_| known.has_expired(today)) {
        result.remark = format!(
            "line {line} of the baseline ({}) expired on {day}; keep the requirement, or move the day",
            known.reason
        );
        return;
    }
    if !known.fingerprints.is_empty() && !known.fingerprints.contains(&fingerprint) {
        result.remark = format!(
            "line {line} of the baseline ({}) knows another failure of it: {} and not {fingerprint}; \
             `conformance bless` the report if this one is accepted too",
            known.reason,
            known.fingerprints.join(", ")
        );
        return;
    }
    result.status = Status::ExpectedFailure {
        reason: match &known.issue {
            Some(issue) => format!("{} ({issue})", known.reason),
            None => known.reason.clone(),
        },
        failure: Box::new(failure),
    };
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{check::Level, halt::Failure, report::sample, status::Verdict};

    const ONE: &str = "crud.delete.removes";
    const OTHER: &str = "crud.get.returns-created";

    fn failure(what: &str) -> Status {
        Status::Fail(Box::new(Failure {
            what: what.to_owned(),
            ..Failure::default()
        }))
    }

    fn report(one: Status, other: Status) -> Report {
        Report {
            header: sample::header(),
            results: vec![
                sample::result(ONE, Level::Must, one),
                sample::result(OTHER, Level::Must, other),
            ],
        }
    }

    fn baseline(lines: &str) -> Baseline {
        Baseline::parse(lines).unwrap()
    }

    fn line(id: &str, rest: &str) -> String {
        format!("[[known]]\nid = \"{id}\"\nreason = \"why\"\n{rest}\n")
    }

    fn today() -> Day {
        Day::new(2027, 1, 31).unwrap()
    }

    #[test]
    fn what_is_known_is_expected_and_decides_nothing() {
        for status in [
            failure("it is removed"),
            Status::Warn(Box::default()),
            Status::Timeout {
                limit: Duration::from_secs(5),
                history: vec!["#0".to_owned()],
            },
        ] {
            let before = report(status, Status::Pass);
            let fingerprint = before.results[0].fingerprint().unwrap();
            let known = baseline(&line(
                ONE,
                &format!("issue = \"#12\"\nexpires = 2027-01-31\nfingerprint = \"{fingerprint}\""),
            ));
            let after = known.apply(before, today());
            let result = &after.results[0];
            assert_eq!(result.status.reason().unwrap(), "why (#12)");
            assert_eq!(result.status.kind(), StatusKind::ExpectedFailure);
            assert_eq!(result.fingerprint().unwrap(), fingerprint);
            assert_eq!(after.verdict(), Verdict::Conformant);
        }
    }

    #[test]
    fn an_expired_line_fails_and_says_so() {
        let known = baseline(&line(ONE, "expires = 2027-01-30"));
        let after = known.apply(report(failure("it is removed"), Status::Pass), today());
        assert_eq!(after.results[0].status.kind(), StatusKind::Fail);
        assert_eq!(
            after.results[0].remark,
            "line 1 of the baseline (why) expired on 2027-01-30; keep the requirement, or move the day"
        );
    }

    #[test]
    fn another_assertion_fails_and_says_so() {
        let known = baseline(&line(ONE, "fingerprint = \"0123456789abcdef\""));
        let after = known.apply(report(failure("it is removed"), Status::Pass), today());
        assert_eq!(after.results[0].status.kind(), StatusKind::Fail);
        let remark = &after.results[0].remark;
        assert!(
            remark.contains("knows another failure of it: 0123456789abcdef and not "),
            "{remark}"
        );
    }

    #[test]
    fn a_pass_makes_the_line_stale_expired_or_not() {
        for rest in ["", "expires = 2020-01-01", "fingerprint = \"abc\""] {
            let known = baseline(&line(ONE, rest));
            let after = known.apply(report(Status::Pass, Status::Pass), today());
            assert_eq!(after.results[0].status.kind(), StatusKind::UnexpectedPass);
            assert_eq!(after.verdict(), Verdict::StaleBaseline);
            assert!(
                after.results[0]
                    .remark
                    .starts_with("line 1 of the baseline expects")
            );
        }
    }

    #[test]
    fn a_glob_is_stale_when_all_that_it_stands_for_passes() {
        let known = baseline(&line("crud.*", ""));
        let some = known.apply(report(failure("it is removed"), Status::Pass), today());
        assert_eq!(some.results[1].status, Status::Pass);
        assert_eq!(some.verdict(), Verdict::Conformant);
        let none = known.apply(report(Status::Pass, Status::Pass), today());
        assert_eq!(none.verdict(), Verdict::StaleBaseline);
    }

    #[test]
    fn the_line_with_the_id_is_before_the_glob() {
        let known = baseline(&format!(
            "{}{}",
            line("crud.*", "expires = 2020-01-01"),
            line(ONE, "")
        ));
        let after = known.apply(report(failure("it is removed"), failure("same")), today());
        assert_eq!(after.results[0].status.kind(), StatusKind::ExpectedFailure);
        assert!(after.results[1].remark.contains("expired on 2020-01-01"));
    }

    #[test]
    fn what_was_not_seen_and_what_is_wrong_with_the_suite_stays_as_it_is() {
        let known = baseline(&line(ONE, ""));
        let text = || "because".to_owned();
        for status in [
            Status::Blocked {
                prerequisite: text(),
            },
            Status::NotApplicable { capability: text() },
            Status::HarnessError { message: text() },
            Status::NotRun {
                reason: crate::NotRunReason::NotSelected,
            },
        ] {
            let before = report(status, Status::Pass);
            assert_eq!(known.apply(before.clone(), today()), before);
        }
    }
}
