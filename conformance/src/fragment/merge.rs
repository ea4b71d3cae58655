//! One report of many parts.

use std::collections::BTreeMap;

use super::{MergeError, Part, whole};
use crate::{
    catalogue::catalogue,
    check::Check,
    checks::suite::CLEAN_UP,
    history::invariants,
    report::{CheckReport, Header, Report},
    runner::{blame_findings, blame_leftovers},
    status::{NotRunReason, Status, StatusKind},
};

/// One report, and what it lacks.
///
/// ```
/// use omniview_conformance::{Verdict, fragment::Merged};
///
/// /// Whether the parts are all there, and the plugin conforms.
/// fn conforms(merged: &Merged) -> bool {
///     for id in &merged.missing {
///         eprintln!("no part tells of {id}");
///     }
///     merged.report.verdict() == Verdict::Conformant
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Merged {
    /// Every check of the catalogue, once. Its verdict is at most incomplete where anything is missing.
    pub report: Report,
    /// The checks that no part tells of.
    pub missing: Vec<&'static str>,
}

/// Makes one report of the parts of a run.
///
/// - Each check is taken from the part that ran it. A part in which another shard runs it, or in which it was not
///   selected, says nothing about it.
/// - What a check has left behind, and what its history violates, is blamed on the checks that are about that, as in a
///   run that sees all of it.
/// - A check that no part tells of is [`missing`](Merged::missing).
///
/// # Errors
///
/// The parts are of different plugins, suites, selections or seeds, are of several runs, or do not agree on a check.
///
/// # Examples
///
/// ```
/// use omniview_conformance::{Profile, RunOptions, Selection, Subject, catalogue, fragment::{Part, merge}, run};
/// # use omniview_sdk::ResourcePluginConfig;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), omniview_conformance::fragment::MergeError> {
/// # let subject = Subject::in_process("empty", || ResourcePluginConfig::<()>::new("empty"));
/// // One machine's half of the work; the other's has not come.
/// let half = Selection::profile(Profile::Full).in_shard("1/2".parse().unwrap()).unwrap();
/// let report = run(&subject, RunOptions::new().selection(half)).await;
///
/// let merged = merge(&[Part::of_report("machine 1", report)])?;
/// assert!(!merged.missing.is_empty());
/// assert_eq!(merged.report.results.len(), catalogue().len());
/// # Ok(())
/// # }
/// ```
pub fn merge(parts: &[Part]) -> Result<Merged, MergeError> {
    whole::check(parts)?;
    let mut told: BTreeMap<&str, Vec<(&str, &CheckReport)>> = BTreeMap::new();
    let mut absent: BTreeMap<&str, &str> = BTreeMap::new();
    for part in parts {
        for result in &part.report().results {
            told.entry(&result.id)
                .or_default()
                .push((&part.source, result));
        }
        let absences = part.fragment().into_iter().flat_map(|one| &one.absent);
        absent.extend(absences.map(|(id, what)| (id.as_str(), what.as_str())));
    }
    let mut missing = Vec::new();
    let mut results = Vec::with_capacity(catalogue().len());
    for check in catalogue() {
        let told = told.get(check.id).map_or(&[][..], Vec::as_slice);
        let result = match (one(check, told)?, absent.get(check.id)) {
            (Some(result), _) => result,
            (None, Some(what)) => CheckReport::new(
                check,
                Status::NotApplicable {
                    capability: (*what).to_owned(),
                },
            ),
            // A test binary has tests of every profile, and leaves nothing of those that do not run.
            (None, None) if check.profile > parts[0].report().header.profile => {
                let reason = NotRunReason::NotSelected;
                CheckReport::new(check, Status::NotRun { reason })
            }
            (None, None) => {
                missing.push(check.id);
                let reason = NotRunReason::Missing;
                CheckReport::new(check, Status::NotRun { reason })
            }
        };
        results.push(result);
    }
    blame(&mut results, parts);
    Ok(Merged {
        report: Report {
            header: header(parts),
            results,
        },
        missing,
    })
}

/// How a check ended, out of what the parts say; none where none of them knows.
fn one(check: &Check, told: &[(&str, &CheckReport)]) -> Result<Option<CheckReport>, MergeError> {
    let ran: Vec<_> = told
        .iter()
        .filter(|(_, result)| result.status.kind() != StatusKind::NotRun)
        .collect();
    let Some((_, first)) = ran.first() else {
        return Ok(not_run(told));
    };
    // A report blames these for what other checks did, whether or not it ran them.
    if check.id == CLEAN_UP || invariants::is_invariant(check.id) {
        let failed = ran.iter().filter(|(_, one)| one.status.failure().is_some());
        let failed: Vec<&CheckReport> = failed.map(|(_, one)| *one).collect();
        return Ok(Some(joined(first, &failed)));
    }
    if ran
        .iter()
        .any(|(_, one)| one.status.kind() != first.status.kind())
    {
        return Err(MergeError::Disagreement {
            id: check.id.to_owned(),
            endings: ran
                .iter()
                .map(|(source, one)| (one.status.kind().to_string(), (*source).to_owned()))
                .collect(),
        });
    }
    Ok(Some((*first).clone()))
}

fn not_run(told: &[(&str, &CheckReport)]) -> Option<CheckReport> {
    let because = |wanted| {
        let found = told.iter().find(
            |(_, result)| matches!(result.status, Status::NotRun { reason } if reason == wanted),
        );
        found.map(|(_, result)| (*result).clone())
    };
    because(NotRunReason::Interrupted).or_else(|| because(NotRunReason::NotSelected))
}

/// The first failure, with the histories of the others; without any, how it ended.
fn joined(ended: &CheckReport, failed: &[&CheckReport]) -> CheckReport {
    let Some((first, others)) = failed.split_first() else {
        return ended.clone();
    };
    let mut joined = (*first).clone();
    if let Status::Fail(failure) = &mut joined.status {
        let histories = others.iter().filter_map(|other| other.status.failure());
        for line in histories.flat_map(|other| &other.history) {
            if !failure.history.contains(line) {
                failure.history.push(line.clone());
            }
        }
    }
    joined
}

/// Does what a run does once it has seen all checks.
fn blame(results: &mut [CheckReport], parts: &[Part]) {
    let fragments: BTreeMap<&str, _> = parts
        .iter()
        .filter_map(Part::fragment)
        .filter_map(|one| Some((one.report.results.first()?.id.as_str(), one)))
        .collect();
    // As a run would have met them.
    let in_order = catalogue()
        .iter()
        .filter_map(|check| fragments.get(check.id));
    let (mut leftovers, mut findings) = (Vec::new(), Vec::new());
    for fragment in in_order {
        leftovers.extend(fragment.leftovers.iter().cloned());
        findings.extend(fragment.findings.iter().cloned());
    }
    blame_leftovers(results, &leftovers);
    let commands: BTreeMap<String, String> = results
        .iter()
        .map(|one| (one.id.clone(), one.reproduce.clone()))
        .collect();
    blame_findings(results, &findings, "");
    // The test of the check behind which it was seen shows it again, whatever command that is.
    for result in results {
        if let Some(id) = result.reproduce.strip_prefix(" --only ") {
            result.reproduce = commands.get(id).cloned().unwrap_or_default();
        }
    }
}

/// The header of the part that knows most, without what is true of that part alone.
fn header(parts: &[Part]) -> Header {
    let headers = parts.iter().map(|part| &part.report().header);
    // `whole::check` has refused to merge nothing.
    let fullest = headers.max_by_key(|header| header.connections.len());
    let mut header = fullest.unwrap_or(&parts[0].report().header).clone();
    header.shard = None;
    header
}
