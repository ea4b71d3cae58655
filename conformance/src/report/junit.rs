//! The report for CI servers: JUnit's XML.

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::{CheckReport, Header, Report};
use crate::{
    check::Level,
    status::{NotRunReason, Status, Verdict},
};

/// A suite an area, a case a check that was to run; what was not selected is left out.
///
/// It holds a failure or an error exactly where the verdict says that something is wrong: a CI server that reads nothing
/// else comes to the same conclusion.
pub(super) fn report(report: &Report) -> String {
    let mut document = Document::new(format!("conformance of {}", report.header.subject));
    let verdict = report.verdict();
    let mut suites: Vec<TestSuite> = Vec::new();
    for result in &report.results {
        let Some(case) = case(result, report.header.strict) else {
            continue;
        };
        if suites
            .last()
            .is_none_or(|suite| suite.name.as_str() != result.area())
        {
            let mut suite = TestSuite::new(result.area());
            for (name, value) in properties(&report.header, verdict) {
                suite.add_property((name, value.as_str()));
            }
            suites.push(suite);
        }
        if let Some(suite) = suites.last_mut() {
            let so_far = suite.time.unwrap_or_default();
            suite.set_time(so_far + result.elapsed);
            suite.add_test_case(case);
        }
    }
    document.set_time(suites.iter().filter_map(|suite| suite.time).sum());
    document.add_test_suites(suites);
    // Writing text to memory cannot fail, and the library has replaced what XML cannot hold.
    without_skipped_at_the_root(document.to_string().unwrap_or_default())
}

/// Jenkins' schema knows how many tests a suite has skipped, and not how many all suites have.
fn without_skipped_at_the_root(document: String) -> String {
    let Some(root) = document.find("<testsuites ") else {
        return document;
    };
    let (before, rest) = document.split_at(root);
    let Some((tag, after)) = rest.split_once('>') else {
        return document;
    };
    let kept: Vec<&str> = match tag.split_once(" skipped=\"") {
        Some((left, right)) => {
            let right = right.split_once('"').map_or("", |(_, right)| right);
            vec![left, right]
        }
        None => vec![tag],
    };
    format!("{before}{}>{after}", kept.concat())
}

fn properties(header: &Header, verdict: Verdict) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("subject", header.subject.clone()),
        ("suiteVersion", header.suite_version.clone()),
        ("sdkVersion", header.sdk_version.clone()),
        ("catalogue", header.catalogue.clone()),
        ("profile", header.profile.as_str().to_owned()),
        ("seed", header.seed.to_string()),
        ("strict", header.strict.to_string()),
        ("command", header.command.clone()),
        ("verdict", verdict.as_str().to_owned()),
    ];
    if let Some(version) = &header.plugin_version {
        all.push(("pluginVersion", version.clone()));
    }
    if let Some(shard) = header.shard {
        all.push(("shard", shard.to_string()));
    }
    all
}

/// The case of a check, where it was to run.
fn case(result: &CheckReport, strict: bool) -> Option<TestCase> {
    let must = strict || result.level == Level::Must;
    let kind = result.status.kind().as_str();
    let reason = result.status.reason().unwrap_or_default();
    let not_kept = |how: NonSuccessKind| {
        let mut status = TestCaseStatus::non_success(how);
        status
            .set_type(kind)
            .set_message(first_line(&reason))
            .set_description(result.to_text());
        status
    };
    let passed_over = || {
        let mut status = TestCaseStatus::skipped();
        status
            .set_type(kind)
            .set_message(first_line(&format!("{kind}: {reason}")));
        status
    };
    let mut remark = None;
    let status = match &result.status {
        Status::Pass => TestCaseStatus::success(),
        Status::Fail(_) => not_kept(NonSuccessKind::Failure),
        Status::UnexpectedPass { .. } => not_kept(NonSuccessKind::Failure),
        Status::Timeout { .. } if must => not_kept(NonSuccessKind::Failure),
        // It was tried, and decides nothing.
        Status::Warn(_) | Status::Timeout { .. } => {
            remark = Some(result.to_text());
            TestCaseStatus::success()
        }
        Status::HarnessError { .. } => not_kept(NonSuccessKind::Error),
        Status::Blocked { .. } if must => not_kept(NonSuccessKind::Error),
        Status::NotRun {
            reason: NotRunReason::Interrupted,
        } if must => not_kept(NonSuccessKind::Error),
        Status::NotRun {
            reason: NotRunReason::NotSelected | NotRunReason::OtherShard,
        } => return None,
        Status::ExpectedFailure { .. }
        | Status::NotApplicable { .. }
        | Status::Blocked { .. }
        | Status::NotRun { .. } => passed_over(),
    };
    let mut case = TestCase::new(result.id.as_str(), status);
    case.set_classname(format!("conformance.{}", result.area()));
    case.set_time(result.elapsed);
    if let Some(remark) = remark {
        case.set_system_out(remark);
    }
    Some(case)
}

/// A message is an attribute, and shown on one line.
fn first_line(text: &str) -> String {
    const SHORT: usize = 500;
    let line = text.lines().next().unwrap_or_default();
    line.chars().take(SHORT).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{super::sample, *};

    #[test]
    fn it_holds_a_failure_or_an_error_exactly_where_the_verdict_says_that_something_is_wrong() {
        let text = || "because".to_owned();
        let statuses = [
            Status::Pass,
            Status::Fail(Box::default()),
            Status::Warn(Box::default()),
            Status::ExpectedFailure {
                reason: text(),
                failure: Box::default(),
            },
            Status::UnexpectedPass { reason: text() },
            Status::NotApplicable { capability: text() },
            Status::Blocked {
                prerequisite: text(),
            },
            Status::Timeout {
                limit: Duration::from_secs(1),
                history: Vec::new(),
            },
            Status::HarnessError { message: text() },
            Status::NotRun {
                reason: NotRunReason::NotSelected,
            },
            Status::NotRun {
                reason: NotRunReason::OtherShard,
            },
            Status::NotRun {
                reason: NotRunReason::Interrupted,
            },
        ];
        for status in statuses {
            for level in [Level::Must, Level::Should] {
                for strict in [false, true] {
                    let mut report = Report {
                        header: sample::header(),
                        results: vec![
                            sample::result("crud.passes", Level::Must, Status::Pass),
                            sample::result("crud.is-looked-at", level, status.clone()),
                        ],
                    };
                    if strict {
                        report = report.strict();
                    }
                    let xml = super::report(&report);
                    let wrong = xml.contains("<failure") || xml.contains("<error");
                    let verdict = report.verdict();
                    assert_eq!(wrong, verdict != Verdict::Conformant, "{verdict:?}\n{xml}");
                }
            }
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_is_escaped() {
        let mut report = sample::failing();
        report.header.subject = "\u{1b}[31m<plugin> & \u{0}\"co\"".to_owned();
        let Status::Fail(failure) = &mut report.results[0].status else {
            panic!("the first one fails");
        };
        failure.actual = "]]> \u{8}<\u{fffe}".to_owned();
        let xml = super::report(&report);
        assert!(!xml.contains(['\u{0}', '\u{8}', '\u{1b}']), "{xml}");
        assert!(xml.contains("&lt;plugin&gt; &amp; "), "{xml}");
        assert!(!xml.contains("]]> "), "{xml}");
    }
}
