//! `conformance report`.

use std::fmt::Write;

use omniview_conformance::fragment::{self, Merged};

use super::{
    args::ReportArgs,
    gate::Gate,
    output::{Outcome, Usage},
};

/// Merges parts of a run into one report, judges it, prints it and writes it where it is wanted.
///
/// # Errors
///
/// A part cannot be read, or the parts are not of one run; the message names the files.
pub(super) fn report(args: &ReportArgs) -> Outcome {
    let mut asked = args.gate.clone();
    if let Some(config) = asked.defaults()? {
        asked = asked.or(config);
    }
    let gate = Gate::new(&asked)?;
    let parts = fragment::gather(&args.parts).map_err(|error| Usage(error.to_string()))?;
    let merged = fragment::merge(&parts).map_err(|error| Usage(error.to_string()))?;
    let remark = completeness(&merged, parts.len());
    gate.pass(merged.report, &remark)
}

fn completeness(merged: &Merged, parts: usize) -> String {
    let checks = merged.report.results.len();
    let parts = match parts {
        1 => "1 part".to_owned(),
        parts => format!("{parts} parts"),
    };
    if merged.missing.is_empty() {
        return format!("{parts} merged: each of the {checks} checks is there once\n");
    }
    let mut text = format!(
        "{parts} merged: {} of {checks} checks are in none of them\n",
        merged.missing.len()
    );
    for id in &merged.missing {
        let _ = writeln!(text, "  {id}");
    }
    text
}
