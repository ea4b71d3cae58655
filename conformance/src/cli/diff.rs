//! `conformance diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use omniview_conformance::diff::{Diff, DiffOptions};

use super::output::{Usage, print, read_report};

const EXAMPLES: &str = "\
Examples:
  conformance diff main.json pull-request.json
  conformance diff --format md main.json new.json >> \"$GITHUB_STEP_SUMMARY\"
  conformance diff --slower-by 3 old.json new.json
      also what takes more than 3 times as long, and 100 ms more

Worse is: newly failing, warned or blocked; no longer applicable or run; a
check, a type or a capability that is gone; fewer assertions.
Exit codes: 0 not worse, 1 worse, 2 wrong usage";

/// What `diff` takes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffArgs {
    /// The report to compare with
    old: PathBuf,
    /// The report to judge
    new: PathBuf,
    /// How to tell
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Call a check slower that takes more than FACTOR times as long
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    slower_by: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// Markdown, for a step summary or a comment
    Md,
    /// For programs
    Json,
}

fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok();
    factor
        .filter(|factor| factor.is_finite() && *factor >= 1.0)
        .ok_or_else(|| format!("{text:?} is no factor; write a number from 1, such as 2.5"))
}

/// Prints what got worse and what got better; answers with whether anything got worse.
///
/// # Errors
///
/// A report cannot be read; the message names it.
pub(super) fn diff(args: &DiffArgs) -> Result<u8, Usage> {
    let (old, new) = (read_report(&args.old)?, read_report(&args.new)?);
    let mut options = DiffOptions::new();
    options.slower_by = args.slower_by;
    let diff = Diff::between(&old, &new, &options);
    print(&match args.format {
        Format::Text => diff.to_text(),
        Format::Md => diff.to_markdown(),
        Format::Json => diff.to_json(),
    });
    Ok(u8::from(diff.regressed()))
}
