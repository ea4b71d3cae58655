//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use omniview_conformance::Profile;

const ABOUT: &str = "Tells whether a resource plugin keeps the contract";

const EXAMPLES: &str = "\
Examples:
  conformance
      the core profile over the reference plugin
  conformance run --profile smoke
      only whether it works at all
  conformance run --only 'crud.*' --skip '*.delete.*' --report report.json
      some checks, and the report for programs
  conformance run reference:deviation=delete-ignored
      a plugin with one exact defect; `list --deviations` shows all
  conformance list --area crud
      what is checked
  conformance explain crud.get.returns-created
      one check in full

Exit codes:
  0  conformant        1  not conformant    2  wrong usage
  3  incomplete        4  the suite itself is wrong

Your own plugin is checked from its tests: see `omniview_conformance::tests!`.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "conformance", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run checks over a plugin and report (what happens without a command)
    Run(RunArgs),
    /// List the checks, or the deviations of the reference plugin
    List(ListArgs),
    /// Tell everything about one check
    Explain(ExplainArgs),
}

/// What `run` takes.
#[derive(Debug, Default, Args)]
pub(super) struct RunArgs {
    /// What to run over: `reference`, or `reference:deviation=NAME` for one with a defect
    #[arg(default_value = "reference")]
    pub(super) subject: String,
    /// How much to run [default: core; with --only, full]
    #[arg(long, value_enum)]
    pub(super) profile: Option<ProfileName>,
    /// Run only checks whose id matches; `*` stands for any text, may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) only: Vec<String>,
    /// Leave out checks whose id matches
    #[arg(long, value_name = "GLOB")]
    pub(super) skip: Vec<String>,
    /// Write the report to a file as well; its name ends in .json
    #[arg(long, value_name = "FILE")]
    pub(super) report: Vec<PathBuf>,
    /// Print only what needs attention, and the verdict
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// What `list` takes.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only the checks of one area
    #[arg(long, conflicts_with = "deviations")]
    pub(super) area: Option<String>,
    /// The defects that the reference plugin can be given
    #[arg(long)]
    pub(super) deviations: bool,
}

/// What `explain` takes.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The id of a check, or one that it had before
    pub(super) id: String,
}

/// A profile by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileName {
    /// Whether the plugin works at all, in a moment
    Smoke,
    /// What every plugin has to keep
    Core,
    /// Everything, the slow and the exotic included
    Full,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Smoke => Self::Smoke,
            ProfileName::Core => Self::Core,
            ProfileName::Full => Self::Full,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_teaches_by_example() {
        insta::assert_snapshot!(Cli::command().term_width(80).render_help());
    }
}
