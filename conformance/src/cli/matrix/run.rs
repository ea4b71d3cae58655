//! The matrix as a run shows it.

use std::fmt::Write;

use omniview_conformance::{
    CheckReport, Profile, RunOptions, Selection, StatusKind, Verdict, run as run_suite,
};
use omniview_reference_backend::Deviation;

use super::known;
use crate::cli::{
    output::{Outcome, Usage, complain, print},
    reference,
};

/// Runs the full profile over each deviation and prints what catches it: named by the check, by the way, or missed.
///
/// # Errors
///
/// There is no runtime.
pub(super) fn run(chosen: &[Deviation]) -> Outcome {
    // As for `run`: the reference plugin does no I/O, and time need not pass.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| Usage(format!("no runtime: {error}")))?;
    let mut missed = 0;
    for (place, deviation) in chosen.iter().enumerate() {
        complain(&format!("{}/{} {deviation}", place + 1, chosen.len()));
        let subject = reference::subject(&format!("reference:deviation={deviation}"))?;
        let options = RunOptions::new().selection(Selection::profile(Profile::Full));
        let report = runtime.block_on(run_suite(&subject, options));
        let mut out = format!("{deviation}: {}\n", deviation.describe());
        let named = known::naming(*deviation);
        for result in &report.results {
            let is_named = named.iter().any(|check| check.id == result.id);
            match (is_named, has_caught(result)) {
                (true, true) => line(&mut out, "named", result),
                (false, true) => line(&mut out, "too", result),
                (true, false) => {
                    missed += 1;
                    line(&mut out, "MISSED", result);
                }
                (false, false) => {}
            }
        }
        print(&out);
    }
    print(&format!(
        "\n{} deviations; {missed} times a check missed one that it names\n",
        chosen.len()
    ));
    Ok(match missed {
        0 => Verdict::Conformant,
        _ => Verdict::NotConformant,
    })
}

fn has_caught(result: &CheckReport) -> bool {
    matches!(
        result.status.kind(),
        StatusKind::Fail | StatusKind::Warn | StatusKind::Timeout
    )
}

fn line(out: &mut String, how: &str, result: &CheckReport) {
    let _ = writeln!(out, "    {how:<6} {}", result.id);
}
