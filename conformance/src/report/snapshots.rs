//! How reports look, seen in full.

use std::time::Duration;

use omniview_sdk::ResourceCapabilities;

use super::{CheckReport, Header, Report, Style};
use crate::{
    check::{Level, Profile},
    halt::Failure,
    history::{Step, StepKind, Timeline},
    status::{NotRunReason, Status},
};

fn header() -> Header {
    let mut header = Header::new("shop", Profile::Core);
    header.suite_version = "1.2.3".to_owned();
    header.sdk_version = "1.2.0".to_owned();
    header.plugin_version = Some("0.9.0".to_owned());
    header.seed = 42;
    header.programs = 10;
    header.catalogue = "0123456789abcdef".to_owned();
    header.connections = vec!["dev".to_owned(), "prod".to_owned()];
    header.command = "conformance run shop".to_owned();
    let pods = ResourceCapabilities {
        watchable: true,
        filterable: true,
        searchable: true,
        namespace_scoped: true,
        has_health: true,
        has_relationships: true,
        ..ResourceCapabilities::default()
    };
    header.capabilities.insert("core::v1::Pod".into(), pods);
    let plain = ResourceCapabilities::default();
    header.capabilities.insert("shop::v1::Thing".into(), plain);
    header
}

fn result(id: &str, level: Level, status: Status) -> CheckReport {
    CheckReport {
        id: id.to_owned(),
        level,
        requirement: "Get answers with the object that Create made.".to_owned(),
        clauses: vec!["OPS-03".to_owned(), "OPS-05".to_owned()],
        status,
        types: vec!["core::v1::Pod".into()],
        assertions: 3,
        calls: 2,
        elapsed: Duration::from_micros(120),
        reproduce: format!("conformance run shop --only {id}"),
        timeline: Timeline::default(),
    }
}

fn timeline() -> Timeline {
    let step = |kind, sequence, micros| Step::new(kind, sequence, Duration::from_micros(micros));
    let mut begun = step(StepKind::Begun, 0, 0);
    begun.operation = Some("create".into());
    begun.key = Some("core::v1::Pod".into());
    begun.id = Some("pod-1".to_owned());
    let mut ended = step(StepKind::Ended, 1, 40);
    ended.call = Some(0);
    ended.text = "created".to_owned();
    Timeline::new(vec![begun, ended], Some(1))
}

fn failure() -> Box<Failure> {
    Box::new(Failure {
        what: "what get answers".to_owned(),
        expected: "spec.size is 3".to_owned(),
        actual: format!("spec.size is missing from {{\"id\":\"{}\"}}", "x".repeat(90)),
        history: vec![
            "#0 create core::v1::Pod blue/pod-1 on dev".to_owned(),
            "#1 answer to #0: {\"id\":\"pod-1\",\"spec\":{\"size\":3},\"status\":{\"phase\":\"Running\"}}"
                .to_owned(),
        ],
        ..Failure::default()
    })
}

fn not_applicable(capability: &str) -> Status {
    Status::NotApplicable {
        capability: capability.to_owned(),
    }
}

pub(super) fn conformant() -> Report {
    Report {
        header: header(),
        results: vec![
            result("crud.get.returns-created", Level::Must, Status::Pass),
            result("crud.delete.removes", Level::Must, Status::Pass),
            result("health.judges", Level::Must, not_applicable("hasHealth")),
            result("health.events", Level::Must, not_applicable("hasEvents")),
            result("health.reasons", Level::Should, not_applicable("hasHealth")),
        ],
    }
}

pub(super) fn failing() -> Report {
    let mut report = conformant();
    report.results[0].status = Status::Fail(failure());
    report.results[0].timeline = timeline();
    report.results[4].status = Status::Warn(failure());
    report.results.push(result(
        "watch.order",
        Level::Must,
        Status::Timeout {
            limit: Duration::from_secs(5),
            history: vec!["#0 ensure_resource_watch core::v1::Pod on dev".to_owned()],
        },
    ));
    let message = "the body panicked: no samples today".to_owned();
    let broken = Status::HarnessError { message };
    report
        .results
        .push(result("watch.state", Level::Must, broken));
    let reason = "the backend has no clock".to_owned();
    report.results.push(result(
        "watch.time",
        Level::Must,
        Status::ExpectedFailure {
            reason: reason.clone(),
            failure: failure(),
        },
    ));
    let surprise = Status::UnexpectedPass { reason };
    report
        .results
        .push(result("watch.zone", Level::Must, surprise));
    report
}

pub(super) fn incomplete() -> Report {
    let mut report = conformant();
    report.results[1].status = Status::Blocked {
        prerequisite: "samples of a type (ResourceFixture::sample) for shop::v1::Thing".to_owned(),
    };
    report.results[2].status = Status::NotRun {
        reason: NotRunReason::Interrupted,
    };
    report.results[3].status = Status::NotRun {
        reason: NotRunReason::NotSelected,
    };
    report
}

pub(super) fn empty() -> Report {
    Report {
        header: Header {
            connections: Vec::new(),
            capabilities: Default::default(),
            ..header()
        },
        results: Vec::new(),
    }
}

#[test]
fn reports_as_text() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let text = report.to_text();
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        insta::assert_snapshot!(format!("text_{name}"), text);
    }
}

#[test]
fn reports_as_json() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let text = report.to_json();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{value:#}\n"), text, "the keys are not sorted");
        super::reading::assert_valid(&text);
        insta::assert_snapshot!(format!("json_{name}"), text);
    }
}

#[test]
fn what_differs_from_run_to_run_stands_apart() {
    let mut slower = failing();
    for result in &mut slower.results {
        result.elapsed *= 3;
    }
    let stable = |report: &Report| {
        let mut value: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        value.as_object_mut().unwrap().remove("volatile").unwrap();
        value
    };
    assert_ne!(slower.to_json(), failing().to_json());
    assert_eq!(stable(&slower), stable(&failing()));
}

#[test]
fn the_brief_text_has_what_needs_attention_and_the_verdict() {
    insta::assert_snapshot!("brief_incomplete", incomplete().to_brief_text(Style::Plain));
}

#[test]
fn colours_add_nothing_but_colours() {
    let painted = failing().to_styled_text(Style::Colour);
    assert!(painted.contains("\u{1b}[31mFAIL\u{1b}[0m"));
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    bare.push_str(rest);
    assert_eq!(bare, failing().to_text());
}

#[cfg(feature = "html")]
#[test]
fn reports_as_pages() {
    for (name, report) in [
        ("conformant", conformant()),
        ("failing", failing()),
        ("incomplete", incomplete()),
        ("empty", empty()),
    ] {
        let page = without("style", &without("script", &report.to_html()));
        // A tag a line: a difference is then one of a line too.
        insta::assert_snapshot!(format!("html_{name}"), page.replace("><", ">\n<"));
    }
}

/// A page with what stands between the tags of a name cut out; the files that it comes from have differences of their own.
#[cfg(feature = "html")]
fn without(tag: &str, page: &str) -> String {
    let (open, close) = (format!("<{tag} nonce"), format!("</{tag}>"));
    let mut parts = page.split(&open);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once(&close).unwrap();
        out.push_str(&format!("<{tag}>…{close}{after}"));
    }
    out
}

#[cfg(feature = "html")]
#[test]
fn whatever_a_plugin_says_is_text_on_the_page() {
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202e}\0\u{1b}[31m]]>--><!--";
    let mut report = failing();
    report.header.subject = evil.to_owned();
    report.header.connections = vec![evil.to_owned()];
    report.header.command = evil.to_owned();
    let capabilities = ResourceCapabilities::default();
    report.header.capabilities.insert(evil.into(), capabilities);
    for result in &mut report.results {
        result.types = vec![evil.into()];
        result.reproduce = evil.to_owned();
        result.clauses = vec![evil.to_owned()];
        for step in &mut result.timeline.steps {
            step.connection = Some(evil.into());
            step.key = Some(evil.into());
            step.id = Some(evil.to_owned());
            step.text = evil.to_owned();
            step.kind = StepKind::Add;
        }
        if let Status::Fail(failure) | Status::Warn(failure) = &mut result.status {
            failure.what = evil.to_owned();
            failure.expected = evil.to_owned();
            failure.actual = evil.to_owned();
            failure.history = vec![evil.to_owned()];
            failure.reproduction = evil.to_owned();
        }
    }
    report.results[1].id = evil.to_owned();
    report.results[2].status = not_applicable(evil);
    let page = report.to_html();
    let ours = failing().to_html();
    for part in ["<script", "</script", "<img", "<!--", "-->", "]]>"] {
        assert_eq!(
            page.matches(part).count(),
            ours.matches(part).count(),
            "{part}"
        );
    }
    for part in [" onerror=alert(2)&gt;&quot;", "␀␛[31m", "⟨U+202E⟩"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(['\0', '\u{1b}', '\u{202e}']));
}
