//! `conformance bless`.

use std::{fs, io, path::PathBuf};

use clap::Args;
use omniview_conformance::baseline::{self, BlessOptions, Day};

use super::{
    config::Config,
    files::{writable, write_whole},
    output::{Usage, complain, print, read_report},
};

const EXAMPLES: &str = "\
Examples:
  conformance run --report report.json
  conformance bless report.json --reason 'not built yet' --issue '#12'
      from now on, run --baseline conformance-baseline.toml expects them
  conformance bless report.json
      after something was fixed: its lines go, and nothing new is accepted

A line that is there keeps its reason, issue, day, place and comments.
Exit codes: 0 written, 2 wrong usage, or something new without a reason";

/// Where a baseline is, unless it is said.
const DEFAULT: &str = "conformance-baseline.toml";

/// What `bless` takes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BlessArgs {
    /// A report that `run --report FILE.json` has written
    pub(super) report: PathBuf,
    /// The baseline to write [default: that of conformance.toml, else
    /// conformance-baseline.toml]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Why what is new is accepted; without it nothing new is
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Where what is new is dealt with
    #[arg(long, value_name = "TEXT")]
    issue: Option<String>,
    /// The last day on which what is new is accepted
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires: Option<Day>,
}

/// Writes a baseline under which a report has no failures.
///
/// # Errors
///
/// The report or the baseline cannot be read, something new has no reason, or the baseline cannot be written.
pub(super) fn bless(args: &BlessArgs) -> Result<(), Usage> {
    let report = read_report(&args.report)?;
    let path = match &args.baseline {
        Some(path) => path.clone(),
        None => Config::find(None)?
            .and_then(|config| config.baseline)
            .unwrap_or_else(|| PathBuf::from(DEFAULT)),
    };
    let shown = path.display();
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Usage(format!("{shown} cannot be read: {error}"))),
    };
    let mut options = BlessOptions::new();
    options.reason.clone_from(&args.reason);
    options.issue.clone_from(&args.issue);
    options.expires = args.expires;
    let blessed = baseline::bless(&before, &report, &options)
        .map_err(|error| Usage(format!("{shown}: {error}")))?;
    for remark in &blessed.remarks {
        complain(&format!("note: {remark}"));
    }
    let mut said = String::new();
    for (what, ids) in [
        ("added", &blessed.added),
        ("updated", &blessed.updated),
        ("removed", &blessed.removed),
    ] {
        for id in ids {
            said.push_str(&format!("{what:<8} {id}\n"));
        }
    }
    if blessed.text == before {
        print(&format!("{shown} is up to date\n"));
        return Ok(());
    }
    writable("baseline", &path)?;
    write_whole(&path, &blessed.text)?;
    print(&format!("{said}{shown} is written\n"));
    Ok(())
}
