//! The whole suite over an example plugin, as one report.

use std::collections::BTreeSet;

use omniview_conformance::{
    Capability, CheckReport, Need, Profile, Report, RunOptions, Selection, Status, Subject,
    find_check, run,
};

/// What did not pass: how it failed, and what the plugin does not have where a check does not apply, each once.
///
/// A check that does not apply has to be about what the plugin does not declare, or what its subject rules out.
///
/// It names no checks that do not apply: another one about what a plugin does not have changes nothing here.
pub(crate) async fn not_passed(subject: Subject) -> String {
    let options = RunOptions::new().selection(Selection::profile(Profile::Full));
    let report = run(&subject, options).await;
    let untold: Vec<&CheckReport> = report
        .results
        .iter()
        .filter(|result| is_untold(&report, result))
        .collect();
    assert!(
        untold.is_empty(),
        "not applicable without a reason: {untold:#?}"
    );
    let mut lines = BTreeSet::new();
    for result in &report.results {
        match &result.status {
            Status::Pass => {}
            Status::NotApplicable { capability } => lines.extend(reasons(capability)),
            _ => {
                lines.insert(result.to_text());
            }
        }
    }
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

/// The reasons in the reason of a check that goes over several types, which names them.
fn reasons(reason: &str) -> impl Iterator<Item = String> {
    let parts = reason.split("; ");
    parts.map(|part| match part.split_once("::v1::") {
        Some((_, rest)) => rest
            .split_once(": ")
            .map_or(rest, |(_, why)| why)
            .to_owned(),
        None => part.to_owned(),
    })
}

/// Whether a check is said not to apply because a capability is declared or is not, and a type has just what it needs.
fn is_untold(report: &Report, result: &CheckReport) -> bool {
    let Status::NotApplicable { capability } = &result.status else {
        return false;
    };
    let says_capability = capability.split(", ").all(|part| {
        let name = part.strip_prefix("not ").unwrap_or(part);
        Capability::ALL.iter().any(|one| one.as_str() == name)
    });
    let needs = find_check(&result.id).map_or(&[][..], |check| check.needs);
    let mut types = report.header.capabilities.values();
    says_capability
        && types.any(|declared| {
            needs.iter().all(|need| match need {
                Need::Has(capability) => capability.is_in(declared),
                Need::Lacks(capability) => !capability.is_in(declared),
                Need::TwoNamespaces => declared.namespace_scoped,
                _ => true,
            })
        })
}
