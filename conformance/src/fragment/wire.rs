//! How a fragment is written as JSON, and made of it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::part::{Content, Fragment};
use crate::{
    catalogue::find_check,
    halt::Failure,
    history::Timeline,
    report::Report,
    runner::{Finding, Leftover},
};

/// What tells a fragment from any other JSON.
const FORMAT: &str = "omniview-conformance-fragment";

/// The version of the form.
const SCHEMA_VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    format: String,
    schema_version: u64,
    run: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    absent: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leftovers: Vec<WireLeftover>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    findings: Vec<WireFinding>,
    /// A report as the suite writes it, with the one check.
    report: Value,
}

#[derive(Serialize, Deserialize)]
struct WireLeftover {
    check: String,
    what: String,
}

#[derive(Serialize, Deserialize)]
struct WireFinding {
    invariant: String,
    check: String,
    failure: Failure,
    #[serde(default)]
    timeline: Timeline,
}

pub(super) fn write(fragment: &Fragment) -> String {
    let wire = Wire {
        format: FORMAT.to_owned(),
        schema_version: SCHEMA_VERSION,
        run: fragment.run.clone(),
        absent: fragment.absent.clone(),
        leftovers: fragment.leftovers.iter().map(of_leftover).collect(),
        findings: fragment.findings.iter().map(of_finding).collect(),
        // What the suite writes is JSON.
        report: serde_json::from_str(&fragment.report.to_json()).unwrap_or_default(),
    };
    // A struct of strings and maps with keys of text is always JSON.
    let document = serde_json::to_value(wire).unwrap_or_default();
    format!("{document:#}\n")
}

/// A fragment or a report.
pub(super) fn read(text: &str) -> Result<Content, String> {
    #[derive(Deserialize)]
    struct Opening {
        #[serde(default)]
        format: String,
    }
    let is_fragment =
        serde_json::from_str::<Opening>(text).is_ok_and(|opening| opening.format == FORMAT);
    if !is_fragment {
        let report = Report::from_json(text).map_err(|error| error.to_string())?;
        return Ok(Content::Report(Box::new(report)));
    }
    let wire: Wire = serde_json::from_str(text)
        .map_err(|error| format!("it is a fragment that cannot be read: {error}"))?;
    fragment(wire).map(|fragment| Content::Fragment(Box::new(fragment)))
}

fn fragment(wire: Wire) -> Result<Fragment, String> {
    if wire.schema_version != SCHEMA_VERSION {
        return Err(format!(
            "its schemaVersion is {}, and this suite reads {SCHEMA_VERSION}: use the suite that wrote it",
            wire.schema_version
        ));
    }
    let report = Report::from_json(&wire.report.to_string()).map_err(|error| error.to_string())?;
    if report.results.len() != 1 {
        return Err(format!(
            "a fragment is about one check, and this one about {}",
            report.results.len()
        ));
    }
    let leftovers = wire.leftovers.into_iter().map(|left| {
        Ok(Leftover {
            check: known(&left.check)?,
            what: left.what,
        })
    });
    let findings = wire.findings.into_iter().map(|finding| {
        Ok(Finding {
            invariant: known(&finding.invariant)?,
            check: finding.check,
            failure: finding.failure,
            timeline: finding.timeline,
        })
    });
    Ok(Fragment {
        run: wire.run,
        report,
        absent: wire.absent,
        leftovers: leftovers.collect::<Result<_, String>>()?,
        findings: findings.collect::<Result<_, String>>()?,
    })
}

fn known(id: &str) -> Result<&'static str, String> {
    find_check(id)
        .map(|check| check.id)
        .ok_or_else(|| format!("it names the check {id}, which this suite does not have"))
}

fn of_leftover(leftover: &Leftover) -> WireLeftover {
    WireLeftover {
        check: leftover.check.to_owned(),
        what: leftover.what.clone(),
    }
}

fn of_finding(finding: &Finding) -> WireFinding {
    WireFinding {
        invariant: finding.invariant.to_owned(),
        check: finding.check.clone(),
        failure: finding.failure.clone(),
        timeline: finding.timeline.clone(),
    }
}
