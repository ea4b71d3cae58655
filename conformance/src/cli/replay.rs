//! `conformance replay`.

use std::{fmt::Write, fs};

use omniview_conformance::{
    Verdict,
    history::{self, Trace, invariants},
};

use super::{
    args::ReplayArgs,
    output::{Outcome, Usage, print},
};

/// Judges the histories of a file again, and prints what they violate.
///
/// # Errors
///
/// The file cannot be read, or is no history; the message names the line.
pub(super) fn replay(args: &ReplayArgs) -> Outcome {
    let path = args.file.display();
    let text = fs::read_to_string(&args.file)
        .map_err(|error| Usage(format!("{path} cannot be read: {error}")))?;
    let traces = history::read(&text).map_err(|error| Usage(format!("{path}, {error}")))?;
    let (text, violations) = judged(&traces);
    print(&text);
    Ok(if violations == 0 {
        Verdict::Conformant
    } else {
        Verdict::NotConformant
    })
}

fn judged(traces: &[Trace]) -> (String, usize) {
    let mut out = String::new();
    let mut violations = 0;
    for trace in traces {
        for violation in invariants::judge(trace) {
            violations += 1;
            let failure = violation.failure(trace);
            let _ = writeln!(
                out,
                "VIOLATED {} behind {} of {}",
                violation.invariant, trace.check, trace.subject
            );
            let _ = writeln!(out, "  what         {}", failure.what);
            let _ = writeln!(out, "  expected     {}", failure.expected);
            let _ = writeln!(out, "  actual       {}", failure.actual);
            let _ = writeln!(out, "  history\n    {}\n", failure.history.join("\n    "));
        }
    }
    let steps: usize = traces.iter().map(|trace| trace.steps.len()).sum();
    let _ = writeln!(
        out,
        "{} checks, {steps} steps, {} invariants: {}",
        traces.len(),
        invariants::ALL.len(),
        match violations {
            0 => "nothing is violated".to_owned(),
            1 => "1 violation".to_owned(),
            more => format!("{more} violations"),
        }
    );
    (out, violations)
}
