//! The report for programs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{CheckReport, Report};
use crate::{history::Timeline, status::Status};

/// The version of the document's form; it grows when a reader has to change.
const SCHEMA_VERSION: u64 = 1;

/// The report as JSON: keys sorted, and everything that differs from run to run under `volatile`.
pub(super) fn report(report: &Report) -> String {
    let header = &report.header;
    let counts: BTreeMap<&str, usize> = report
        .counts()
        .into_iter()
        .map(|(kind, count)| (kind.as_str(), count))
        .collect();
    let elapsed: BTreeMap<&str, u128> = report
        .results
        .iter()
        .filter(|result| !result.elapsed.is_zero())
        .map(|result| (result.id.as_str(), result.elapsed.as_micros()))
        .collect();
    let timelines: BTreeMap<&str, &Timeline> = report
        .results
        .iter()
        .filter(|result| !result.timeline.is_empty())
        .map(|result| (result.id.as_str(), &result.timeline))
        .collect();
    let document = json!({
        "schemaVersion": SCHEMA_VERSION,
        "subject": header.subject,
        "suiteVersion": header.suite_version,
        "catalogue": header.catalogue,
        "profile": header.profile.as_str(),
        "connections": header.connections,
        "capabilities": header.capabilities,
        "command": header.command,
        "verdict": report.verdict().as_str(),
        "counts": counts,
        "results": report.results.iter().map(result).collect::<Vec<_>>(),
        "volatile": { "elapsedMicros": elapsed, "timelines": timelines },
    });
    format!("{document:#}\n")
}

fn result(result: &CheckReport) -> Value {
    let status = &result.status;
    let mut object = json!({
        "id": result.id,
        "level": result.level.as_str(),
        "requirement": result.requirement,
        "clauses": result.clauses,
        "status": status.kind().as_str(),
        "types": result.types,
        "assertions": result.assertions,
        "calls": result.calls,
    });
    match status {
        // What was expected and seen says it all.
        Status::Fail(_) | Status::Warn(_) => {}
        _ => {
            if let Some(reason) = status.reason() {
                object["reason"] = json!(reason);
            }
        }
    }
    if let Some(failure) = status.failure() {
        object["failure"] = json!(failure);
    }
    if result.needs_attention() && !result.reproduce.is_empty() {
        object["reproduce"] = json!(result.reproduce);
    }
    object
}
