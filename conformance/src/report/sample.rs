//! Reports to test with: one of each verdict.

use std::time::Duration;

use omniview_sdk::ResourceCapabilities;

use super::{CheckReport, Header, Report};
use crate::{
    check::{Level, Profile},
    halt::Failure,
    history::{Step, StepKind, Timeline},
    status::{NotRunReason, Status},
};

pub(crate) fn header() -> Header {
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

pub(crate) fn result(id: &str, level: Level, status: Status) -> CheckReport {
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
        remark: String::new(),
    }
}

pub(crate) fn timeline() -> Timeline {
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

pub(crate) fn failure() -> Box<Failure> {
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

pub(crate) fn conformant() -> Report {
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

pub(crate) fn failing() -> Report {
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

pub(crate) fn incomplete() -> Report {
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

pub(crate) fn empty() -> Report {
    Report {
        header: Header {
            connections: Vec::new(),
            capabilities: Default::default(),
            ..header()
        },
        results: Vec::new(),
    }
}
