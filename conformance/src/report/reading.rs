//! Reports are read back as they were, and what is none is refused with a place and a remedy.

use std::{sync::LazyLock, time::Duration};

use omniview_sdk::ResourceCapabilities;
use proptest::{collection::vec, option, prelude::*};
use serde_json::Value;

use super::{CheckReport, Header, REPORT_SCHEMA, Report};
use crate::{
    check::{Level, Profile},
    halt::Failure,
    history::{Step, StepKind, Timeline},
    select::Shard,
    status::{NotRunReason, Status, StatusKind},
};

/// Asserts that a report's JSON is what the published schema says.
pub(super) fn assert_valid(json: &str) {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema: Value = serde_json::from_str(REPORT_SCHEMA).unwrap();
        jsonschema::meta::validate(&schema).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let value: Value = serde_json::from_str(json).unwrap();
    let errors: Vec<String> = SCHEMA
        .iter_errors(&value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{json}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z ]{0,20}"]
}

fn failure() -> impl Strategy<Value = Box<Failure>> {
    (text(), text(), text(), vec(text(), 0..3), text()).prop_map(
        |(what, expected, actual, history, reproduction)| {
            Box::new(Failure {
                what,
                expected,
                actual,
                history,
                reproduction,
            })
        },
    )
}

fn status(kind: StatusKind) -> BoxedStrategy<Status> {
    match kind {
        StatusKind::Pass => Just(Status::Pass).boxed(),
        StatusKind::Fail => failure().prop_map(Status::Fail).boxed(),
        StatusKind::Warn => failure().prop_map(Status::Warn).boxed(),
        StatusKind::ExpectedFailure => (text(), failure())
            .prop_map(|(reason, failure)| Status::ExpectedFailure { reason, failure })
            .boxed(),
        StatusKind::UnexpectedPass => text()
            .prop_map(|reason| Status::UnexpectedPass { reason })
            .boxed(),
        StatusKind::NotApplicable => text()
            .prop_map(|capability| Status::NotApplicable { capability })
            .boxed(),
        StatusKind::Blocked => text()
            .prop_map(|prerequisite| Status::Blocked { prerequisite })
            .boxed(),
        StatusKind::Timeout => (any::<u64>(), vec(text(), 0..3))
            .prop_map(|(nanos, history)| Status::Timeout {
                limit: Duration::from_nanos(nanos),
                history,
            })
            .boxed(),
        StatusKind::HarnessError => text()
            .prop_map(|message| Status::HarnessError { message })
            .boxed(),
        StatusKind::NotRun => proptest::sample::select(&NotRunReason::ALL)
            .prop_map(|reason| Status::NotRun { reason })
            .boxed(),
    }
}

fn any_status() -> impl Strategy<Value = Status> {
    proptest::sample::select(&StatusKind::ALL).prop_flat_map(status)
}

/// Its times are whole microseconds, as those of a history are.
fn timeline(steps: u64) -> Timeline {
    let step = |number| Step::new(StepKind::Note, number, Duration::from_micros(number * 7));
    Timeline::new((0..steps).map(step).collect(), (steps > 1).then_some(1))
}

fn result() -> impl Strategy<Value = CheckReport> {
    (
        any_status(),
        any::<bool>(),
        (text(), text(), text()),
        (vec(text(), 0..3), vec(text(), 0..3)),
        (any::<u64>(), any::<u64>(), any::<u64>()),
    )
        .prop_map(
            |(status, must, (requirement, reproduce, remark), (clauses, types), (a, c, t))| {
                CheckReport {
                    id: String::new(),
                    level: if must { Level::Must } else { Level::Should },
                    requirement,
                    clauses,
                    status,
                    types: types.into_iter().map(Into::into).collect(),
                    assertions: a,
                    calls: c,
                    elapsed: Duration::from_nanos(t),
                    reproduce,
                    timeline: timeline(t % 4),
                    remark,
                }
            },
        )
}

fn header() -> impl Strategy<Value = Header> {
    (
        (text(), option::of(text()), text(), text(), text()),
        (
            any::<u64>(),
            any::<u64>(),
            option::of((1..9_u64, 0..9_u64)),
            any::<bool>(),
        ),
        proptest::sample::select(&Profile::ALL),
        vec(text(), 0..3),
        proptest::collection::btree_map(text(), any::<(bool, bool)>(), 0..3),
    )
        .prop_map(
            |(texts, (seed, programs, shard, strict), profile, connections, capabilities)| {
                let (subject, plugin_version, suite_version, sdk_version, command) = texts;
                Header {
                    subject,
                    plugin_version,
                    suite_version,
                    sdk_version,
                    catalogue: "0123456789abcdef".to_owned(),
                    profile,
                    seed,
                    programs,
                    shard: shard.and_then(|(number, more)| Shard::new(number, number + more)),
                    strict,
                    connections,
                    capabilities: capabilities
                        .into_iter()
                        .map(|(key, (watchable, can_get))| {
                            let capabilities = ResourceCapabilities {
                                watchable,
                                can_get,
                                ..ResourceCapabilities::default()
                            };
                            (key.into(), capabilities)
                        })
                        .collect(),
                    command,
                }
            },
        )
}

fn report() -> impl Strategy<Value = Report> {
    (header(), vec(result(), 0..12)).prop_map(|(header, mut results)| {
        for (number, result) in results.iter_mut().enumerate() {
            result.id = format!("area.check-{number}");
        }
        Report { header, results }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_report_is_read_back_as_it_was_and_fits_its_schema(report in report()) {
        let json = report.to_json();
        assert_valid(&json);
        let again = Report::from_json(&json).unwrap();
        prop_assert_eq!(&again, &report);
        prop_assert_eq!(again.to_json(), json);
    }

    #[test]
    fn what_was_cut_short_is_never_taken_for_a_report(report in report(), at in any::<proptest::sample::Index>()) {
        let json = report.to_json();
        let json = json.trim_end();
        let cut: String = json.chars().take(at.index(json.chars().count())).collect();
        let error = Report::from_json(&cut).unwrap_err().to_string();
        prop_assert!(error.contains("it ends in the middle") || error.contains("it is empty"), "{}", error);
    }
}

#[test]
fn every_status_is_read_back() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for kind in StatusKind::ALL {
        let mut report = super::sample::conformant();
        let status = status(kind).new_tree(&mut runner).unwrap();
        report.results[0].status = proptest::strategy::ValueTree::current(&status);
        let json = report.to_json();
        assert_valid(&json);
        assert_eq!(Report::from_json(&json).unwrap(), report, "{kind}");
    }
}

#[test]
fn what_is_no_report_is_refused_with_the_place_and_what_to_do() {
    let good = super::sample::failing().to_json();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let twice = {
        let mut report = super::sample::conformant();
        let again = report.results[0].clone();
        report.results.push(again);
        report.to_json()
    };
    let mut said = String::new();
    for (name, text) in [
        ("empty", String::new()),
        ("cut short", good[..good.len() / 2].to_owned()),
        (
            "a page",
            "<!doctype html>\n<title>Conformance</title>".to_owned(),
        ),
        ("a list", "[1, 2]".to_owned()),
        ("another document", "{ \"results\": [] }\n".to_owned()),
        ("something behind it", format!("{good}{{}}")),
        (
            "a later version",
            with("\"schemaVersion\": 1", "\"schemaVersion\": 7"),
        ),
        (
            "a field that is missing",
            with("\"suiteVersion\": \"1.2.3\",", ""),
        ),
        (
            "a value of another type",
            with("\"assertions\": 3", "\"assertions\": \"3\""),
        ),
        (
            "an unknown status",
            with("\"status\": \"fail\"", "\"status\": \"failed\""),
        ),
        (
            "a status without its reason",
            with("\"reason\": \"hasHealth\",", ""),
        ),
        (
            "an unknown profile",
            with("\"profile\": \"core\"", "\"profile\": \"huge\""),
        ),
        (
            "an embellished verdict",
            with(
                "\"verdict\": \"not conformant\"",
                "\"verdict\": \"conformant\"",
            ),
        ),
        ("embellished counts", with("\"warn\": 1", "\"warn\": 2")),
        ("a check twice", twice),
    ] {
        let error = Report::from_json(&text).unwrap_err();
        said.push_str(&format!("{name}\n  {error}\n"));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_mark_at_the_beginning_is_passed_over() {
    let report = super::sample::conformant();
    let marked = format!("\u{feff}{}", report.to_json());
    assert_eq!(Report::from_json(&marked).unwrap(), report);
}

#[test]
fn a_strict_report_counts_a_should_as_a_must() {
    let mut report = super::sample::conformant();
    report.results[0].level = Level::Should;
    report.results[0].status = Status::Warn(Box::default());
    assert_eq!(report.verdict().exit_code(), 0);
    let strict = report.strict();
    assert_eq!(strict.verdict().exit_code(), 1);
    assert_eq!(strict.results[0].status.kind(), StatusKind::Fail);
    assert_eq!(Report::from_json(&strict.to_json()).unwrap(), strict);
}
