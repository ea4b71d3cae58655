//! How a report is written as JSON, and made of it again.
//!
//! Within a schema version fields may be added, and a reader passes over those that it does not know. When one goes
//! away or changes its meaning, the version grows. `schema/report-v1.json` is the same as a JSON Schema.

use std::{collections::BTreeMap, time::Duration};

use omniview_sdk::{ResourceCapabilities, ResourceKey};
use serde::{Deserialize, Serialize};

use super::{CheckReport, Header, Report};
use crate::{
    check::{Level, Profile},
    halt::Failure,
    history::Timeline,
    select::Shard,
    status::{NotRunReason, Status, StatusKind},
};

/// What tells a report from any other JSON.
pub(super) const FORMAT: &str = "omniview-conformance-report";

/// The version of the form.
pub(super) const SCHEMA_VERSION: u64 = 1;

/// A report as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireReport {
    format: String,
    schema_version: u64,
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plugin_version: Option<String>,
    suite_version: String,
    sdk_version: String,
    catalogue: String,
    profile: String,
    seed: u64,
    programs: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    strict: bool,
    connections: Vec<String>,
    capabilities: BTreeMap<ResourceKey, ResourceCapabilities>,
    command: String,
    pub(super) verdict: String,
    pub(super) counts: BTreeMap<String, usize>,
    results: Vec<WireResult>,
    volatile: Volatile,
}

/// What differs from run to run.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Volatile {
    /// By id; what took no time is left out.
    elapsed_nanos: BTreeMap<String, u64>,
    /// By id; empty ones are left out.
    timelines: BTreeMap<String, Timeline>,
}

/// A check as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
struct WireResult(CheckReport);

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unchecked {
    id: String,
    level: String,
    requirement: String,
    clauses: Vec<String>,
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout: Option<WireTimeout>,
    types: Vec<ResourceKey>,
    assertions: u64,
    calls: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reproduce: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    remark: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTimeout {
    limit_nanos: u64,
    history: Vec<String>,
}

impl From<&Report> for WireReport {
    fn from(report: &Report) -> Self {
        let Header {
            subject,
            plugin_version,
            suite_version,
            sdk_version,
            catalogue,
            profile,
            seed,
            programs,
            shard,
            strict,
            connections,
            capabilities,
            command,
        } = report.header.clone();
        let took_time = report
            .results
            .iter()
            .filter(|result| !result.elapsed.is_zero());
        Self {
            format: FORMAT.to_owned(),
            schema_version: SCHEMA_VERSION,
            subject,
            plugin_version,
            suite_version,
            sdk_version,
            catalogue,
            profile: profile.as_str().to_owned(),
            seed,
            programs,
            shard: shard.map(|shard| shard.to_string()),
            strict,
            connections,
            capabilities,
            command,
            verdict: report.verdict().as_str().to_owned(),
            counts: counts(report),
            volatile: Volatile {
                elapsed_nanos: took_time
                    .map(|result| (result.id.clone(), nanos(result.elapsed)))
                    .collect(),
                timelines: report
                    .results
                    .iter()
                    .filter(|result| !result.timeline.is_empty())
                    .map(|result| (result.id.clone(), result.timeline.clone()))
                    .collect(),
            },
            results: report.results.iter().cloned().map(WireResult).collect(),
        }
    }
}

impl TryFrom<WireReport> for Report {
    type Error = String;

    fn try_from(wire: WireReport) -> Result<Self, String> {
        let Volatile {
            elapsed_nanos: mut elapsed,
            mut timelines,
        } = wire.volatile;
        let mut results = Vec::with_capacity(wire.results.len());
        for WireResult(mut result) in wire.results {
            if let Some(nanos) = elapsed.remove(&result.id) {
                result.elapsed = Duration::from_nanos(nanos);
            }
            result.timeline = timelines.remove(&result.id).unwrap_or_default();
            results.push(result);
        }
        let shard = wire.shard.map(|text| text.parse::<Shard>()).transpose()?;
        Ok(Self {
            header: Header {
                subject: wire.subject,
                plugin_version: wire.plugin_version,
                suite_version: wire.suite_version,
                sdk_version: wire.sdk_version,
                catalogue: wire.catalogue,
                profile: named("profile", &Profile::ALL, Profile::as_str, &wire.profile)?,
                seed: wire.seed,
                programs: wire.programs,
                shard,
                strict: wire.strict,
                connections: wire.connections,
                capabilities: wire.capabilities,
                command: wire.command,
            },
            results,
        })
    }
}

/// How many checks ended in each way, by the name of the way.
pub(super) fn counts(report: &Report) -> BTreeMap<String, usize> {
    let counts = report.counts().into_iter();
    counts
        .map(|(kind, count)| (kind.as_str().to_owned(), count))
        .collect()
}

impl From<WireResult> for Unchecked {
    fn from(WireResult(report): WireResult) -> Self {
        let reason = match &report.status {
            // What was expected and seen says it all.
            Status::Fail(_) | Status::Warn(_) | Status::Timeout { .. } => None,
            status => status.reason(),
        };
        let timeout = match &report.status {
            Status::Timeout { limit, history } => Some(WireTimeout {
                limit_nanos: nanos(*limit),
                history: history.clone(),
            }),
            _ => None,
        };
        Self {
            level: report.level.as_str().to_owned(),
            status: report.status.kind().as_str().to_owned(),
            reason,
            failure: report.status.failure().cloned(),
            timeout,
            id: report.id,
            requirement: report.requirement,
            clauses: report.clauses,
            types: report.types,
            assertions: report.assertions,
            calls: report.calls,
            reproduce: report.reproduce,
            remark: report.remark,
        }
    }
}

impl TryFrom<Unchecked> for WireResult {
    type Error = String;

    fn try_from(wire: Unchecked) -> Result<Self, String> {
        const LEVELS: [Level; 2] = [Level::Must, Level::Should];
        let within = |error| format!("{}: {error}", wire.id);
        let level = named("level", &LEVELS, Level::as_str, &wire.level).map_err(within)?;
        let status = status(&wire).map_err(within)?;
        Ok(Self(CheckReport {
            id: wire.id,
            level,
            requirement: wire.requirement,
            clauses: wire.clauses,
            status,
            types: wire.types,
            assertions: wire.assertions,
            calls: wire.calls,
            elapsed: Duration::ZERO,
            reproduce: wire.reproduce,
            remark: wire.remark,
            timeline: Timeline::default(),
        }))
    }
}

fn status(wire: &Unchecked) -> Result<Status, String> {
    let kind = named("status", &StatusKind::ALL, StatusKind::as_str, &wire.status)?;
    let missing = |field: &str| format!("the status `{kind}` without its field `{field}`");
    let reason = || wire.reason.clone().ok_or_else(|| missing("reason"));
    let failure = || {
        let failure = wire.failure.clone().ok_or_else(|| missing("failure"))?;
        Ok::<_, String>(Box::new(failure))
    };
    Ok(match kind {
        StatusKind::Pass => Status::Pass,
        StatusKind::Fail => Status::Fail(failure()?),
        StatusKind::Warn => Status::Warn(failure()?),
        StatusKind::ExpectedFailure => Status::ExpectedFailure {
            reason: reason()?,
            failure: failure()?,
        },
        StatusKind::UnexpectedPass => Status::UnexpectedPass { reason: reason()? },
        StatusKind::NotApplicable => Status::NotApplicable {
            capability: reason()?,
        },
        StatusKind::Blocked => Status::Blocked {
            prerequisite: reason()?,
        },
        StatusKind::Timeout => {
            let timeout = wire.timeout.clone().ok_or_else(|| missing("timeout"))?;
            Status::Timeout {
                limit: Duration::from_nanos(timeout.limit_nanos),
                history: timeout.history,
            }
        }
        StatusKind::HarnessError => Status::HarnessError { message: reason()? },
        StatusKind::NotRun => Status::NotRun {
            reason: named(
                "reason",
                &NotRunReason::ALL,
                NotRunReason::as_str,
                &reason()?,
            )?,
        },
    })
}

fn named<T: Copy>(
    what: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    text: &str,
) -> Result<T, String> {
    let found = all.iter().find(|one| name(**one) == text).copied();
    found.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        format!("`{text}` is no {what}; there are {}", known.join(", "))
    })
}

/// Saturates after 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
