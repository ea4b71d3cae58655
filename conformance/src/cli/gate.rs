//! What happens to every report, of a run or of its parts: judged, printed, written.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use omniview_conformance::{
    Report, Verdict,
    baseline::{Baseline, Day},
};

use super::{
    config::Config,
    files::ReportFiles,
    output::{Usage, complain, print, style},
};

/// What is asked of a report.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct GateArgs {
    /// Write the report to a file as well, any number of times; its name ends
    /// in .json, .xml (JUnit), .md or .html
    #[arg(long, value_name = "FILE")]
    pub(super) report: Vec<PathBuf>,
    /// Expect the failures that this file knows; `bless` writes one
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Judge the days of the baseline as of this one [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) today: Option<Day>,
    /// Count a SHOULD as a MUST; `--strict=false` overrules the file
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) strict: Option<bool>,
    /// Take defaults from this file instead of the nearest conformance.toml
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Take defaults from no file
    #[arg(long)]
    pub(super) no_config: bool,
    /// Print only what needs attention, and the verdict
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl GateArgs {
    /// The file with the defaults, if there is one.
    ///
    /// # Errors
    ///
    /// It cannot be read, or says something that is not understood.
    pub(super) fn defaults(&self) -> Result<Option<Config>, Usage> {
        if self.no_config {
            return Ok(None);
        }
        let found = Config::find(self.config.as_deref())?;
        if let Some(config) = found.as_ref().filter(|_| !self.quiet) {
            complain(&format!("defaults from {}", config.path.display()));
        }
        Ok(found)
    }

    pub(super) fn is_strict(&self) -> bool {
        self.strict.unwrap_or_default()
    }
}

/// What a report has to pass, found out to be possible before there is one.
pub(super) struct Gate {
    files: ReportFiles,
    baseline: Option<Baseline>,
    today: Day,
    strict: bool,
    quiet: bool,
}

impl Gate {
    /// The gate that was asked for.
    ///
    /// # Errors
    ///
    /// A file cannot be written as things stand, or the baseline is none.
    pub(super) fn new(args: &GateArgs) -> Result<Self, Usage> {
        Ok(Self {
            files: ReportFiles::at(&args.report)?,
            baseline: args.baseline.as_deref().map(read_baseline).transpose()?,
            today: args.today.unwrap_or_else(Day::today),
            strict: args.is_strict(),
            quiet: args.quiet,
        })
    }

    /// Judges a report, prints it, says something else about it where there is something, and writes it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn pass(&self, mut report: Report, remark: &str) -> Result<Verdict, Usage> {
        if self.strict {
            report = report.strict();
        }
        if let Some(baseline) = &self.baseline {
            report = baseline.apply(report, self.today);
        }
        print(&if self.quiet {
            report.to_brief_text(style())
        } else {
            report.to_styled_text(style())
        });
        print(remark);
        self.files.write(&report)?;
        Ok(report.verdict())
    }
}

fn read_baseline(path: &Path) -> Result<Baseline, Usage> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        Usage(format!(
            "the baseline {shown} cannot be read: {error}; `conformance bless` writes one"
        ))
    })?;
    Baseline::parse(&text).map_err(|error| Usage(format!("the baseline {shown}, {error}")))
}
