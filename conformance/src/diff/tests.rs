//! What counts as worse, and how it is told.

use std::time::Duration;

use super::*;
use crate::{
    check::Level,
    halt::Failure,
    report::{CheckReport, Report, sample},
    status::{NotRunReason, Status, StatusKind},
};

/// A status of a kind, with a reason that tells it from other texts.
fn status(kind: StatusKind) -> Status {
    let text = || "because".to_owned();
    let failure = || {
        Box::new(Failure {
            what: "what get answers".to_owned(),
            ..Failure::default()
        })
    };
    match kind {
        StatusKind::Pass => Status::Pass,
        StatusKind::Fail => Status::Fail(failure()),
        StatusKind::Warn => Status::Warn(failure()),
        StatusKind::ExpectedFailure => Status::ExpectedFailure {
            reason: text(),
            failure: failure(),
        },
        StatusKind::UnexpectedPass => Status::UnexpectedPass { reason: text() },
        StatusKind::NotApplicable => Status::NotApplicable { capability: text() },
        StatusKind::Blocked => Status::Blocked {
            prerequisite: text(),
        },
        StatusKind::Timeout => Status::Timeout {
            limit: Duration::from_secs(5),
            history: Vec::new(),
        },
        StatusKind::HarnessError => Status::HarnessError { message: text() },
        StatusKind::NotRun => Status::NotRun {
            reason: NotRunReason::NotSelected,
        },
    }
}

fn one(id: &str, kind: StatusKind) -> CheckReport {
    sample::result(id, Level::Must, status(kind))
}

fn with(results: Vec<CheckReport>) -> Report {
    Report {
        header: sample::header(),
        results,
    }
}

fn kinds(old: &Report, new: &Report) -> Vec<ChangeKind> {
    let diff = Diff::between(old, new, &DiffOptions::new());
    diff.changes.iter().map(|change| change.kind).collect()
}

#[test]
fn every_change_of_a_status_is_worse_or_better_or_neither() {
    let mut said = String::new();
    for was in StatusKind::ALL {
        for is in StatusKind::ALL {
            let kinds = kinds(&with(vec![one("a.b", was)]), &with(vec![one("a.b", is)]));
            match kinds.as_slice() {
                [] => said.push_str(&format!("{was:<17} {is:<17} unchanged\n")),
                [kind] => said.push_str(&format!(
                    "{was:<17} {is:<17} {}: {kind}\n",
                    kind.direction().as_str()
                )),
                more => panic!("{was} {is}: {more:?}"),
            }
        }
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_report_does_not_differ_from_itself() {
    for report in [
        sample::conformant(),
        sample::failing(),
        sample::incomplete(),
        sample::empty(),
    ] {
        let diff = Diff::between(&report, &report, &DiffOptions::new().slower_by(1.0));
        assert_eq!((diff.changes, diff.notes), (vec![], vec![]));
    }
}

#[test]
fn what_one_direction_calls_worse_the_other_never_does_too() {
    for was in StatusKind::ALL {
        for is in StatusKind::ALL {
            let (old, new) = (with(vec![one("a.b", was)]), with(vec![one("a.b", is)]));
            let forth = Diff::between(&old, &new, &DiffOptions::new());
            let back = Diff::between(&new, &old, &DiffOptions::new());
            let improved = |diff: &Diff| diff.of(Direction::Improvement).next().is_some();
            assert!(!(improved(&forth) && improved(&back)), "{was} {is}");
            if improved(&forth) {
                assert!(!forth.regressed(), "{was} {is}");
            }
        }
    }
}

#[test]
fn less_seen_is_worse_though_everything_passes() {
    let old = with(vec![
        one("a.b", StatusKind::Pass),
        one("a.c", StatusKind::Pass),
    ]);
    let mut fewer = old.clone();
    fewer.results.pop();
    assert_eq!(kinds(&old, &fewer), [ChangeKind::CheckGone]);
    let mut less = old.clone();
    less.results[0].assertions -= 1;
    assert_eq!(kinds(&old, &less), [ChangeKind::FewerAssertions]);
    let mut narrower = old.clone();
    narrower.results[0].types.clear();
    assert_eq!(kinds(&old, &narrower), [ChangeKind::FewerTypes]);
    let mut lost = old.clone();
    lost.header
        .capabilities
        .get_mut("core::v1::Pod")
        .unwrap()
        .watchable = false;
    assert_eq!(kinds(&old, &lost), [ChangeKind::LostCapability]);
    assert_eq!(kinds(&lost, &old), [ChangeKind::NewCapability]);
    lost.header.capabilities.remove("core::v1::Pod");
    assert_eq!(kinds(&old, &lost), [ChangeKind::LostType]);
    assert_eq!(kinds(&lost, &old), [ChangeKind::NewType]);
}

#[test]
fn time_counts_only_when_it_is_asked_for_and_more_than_noise() {
    let old = with(vec![one("a.b", StatusKind::Pass)]);
    let mut new = old.clone();
    let slower = |old: &Report, new: &Report, options: &DiffOptions| {
        Diff::between(old, new, options).regressed()
    };
    new.results[0].elapsed = old.results[0].elapsed * 100;
    let twice = DiffOptions::new().slower_by(2.0);
    assert!(!slower(&old, &new, &twice), "12 ms are noise");
    assert!(slower(
        &old,
        &new,
        &twice.clone().floor(Duration::from_millis(10))
    ));
    new.results[0].elapsed = Duration::from_secs(1);
    assert!(!slower(&old, &new, &DiffOptions::new()));
    assert!(slower(&old, &new, &twice));
}

#[test]
fn a_renamed_check_is_the_same_check() {
    let renamed = crate::catalogue()
        .iter()
        .find_map(|check| Some((check.aliases.first()?, check.id)));
    let Some((before, now)) = renamed else {
        // Nothing was renamed yet; the lookup by alias has its own test.
        return;
    };
    let kinds = kinds(
        &with(vec![one(before, StatusKind::Pass)]),
        &with(vec![one(now, StatusKind::Pass)]),
    );
    assert_eq!(kinds, [ChangeKind::Renamed]);
}

/// Two reports that differ in everything there is.
fn different() -> Diff {
    let mut old = sample::conformant();
    old.results.push(one("watch.gone", StatusKind::Pass));
    old.results.push(one("watch.fixed", StatusKind::Fail));
    old.results.push(one("watch.known", StatusKind::Fail));
    let mut new = sample::failing();
    new.header.catalogue = "fedcba9876543210".to_owned();
    new.header.seed = 7;
    new.header.strict = true;
    new.results.push(one("watch.fixed", StatusKind::Pass));
    new.results
        .push(one("watch.known", StatusKind::ExpectedFailure));
    let thing = new.header.capabilities.remove("shop::v1::Thing").unwrap();
    new.header
        .capabilities
        .insert("shop::v2::Thing".into(), thing);
    new.results[0].elapsed = Duration::from_secs(3);
    Diff::between(&old, &new, &DiffOptions::new().slower_by(2.0))
}

#[test]
fn a_comparison_as_text() {
    insta::assert_snapshot!(different().to_text());
}

#[test]
fn a_comparison_as_markdown() {
    insta::assert_snapshot!(different().to_markdown());
}

#[test]
fn a_comparison_as_json() {
    let text = different().to_json();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["regressed"], true);
    insta::assert_snapshot!(text);
}

#[test]
fn a_comparison_of_equals_says_so() {
    let report = sample::conformant();
    let diff = Diff::between(&report, &report, &DiffOptions::new());
    assert!(
        diff.to_text()
            .ends_with("\nnot regressed: 0 regressions, 0 improvements, 0 neutral\n")
    );
}
