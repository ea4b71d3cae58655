//! The whole suite over an example plugin, as one report.

use std::collections::BTreeSet;

use omniview_conformance::{Profile, RunOptions, Selection, Status, Subject, run};

/// What did not pass: how it failed, and what the plugin does not have where a check does not apply, each once.
///
/// It names no checks that do not apply: another one about what a plugin does not have changes nothing here.
pub(crate) async fn not_passed(subject: Subject) -> String {
    let options = RunOptions::new().selection(Selection::profile(Profile::Full));
    let report = run(&subject, options).await;
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
