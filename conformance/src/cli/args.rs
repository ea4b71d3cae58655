//! What can be written on the command line.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use omniview_conformance::{Level, Profile, Shard};

use super::{
    bless::BlessArgs,
    diff::DiffArgs,
    gate::GateArgs,
    pages::{CompletionsArgs, ManArgs},
};

const ABOUT: &str = "Tells whether a resource plugin keeps the contract";

const EXAMPLES: &str = "\
Examples:
  conformance
      the core profile over the reference plugin
  conformance run --profile smoke
      only whether it works at all
  conformance run --only 'crud.*' --skip '*.delete.*'
      some checks
  conformance run --report report.json --report report.html
      the report for programs and for a browser; also .xml (JUnit) and .md
  conformance bless report.json --reason 'not built yet'
  conformance run --baseline conformance-baseline.toml
      failures that are known from now on
  conformance diff old.json new.json
      what got worse, and what got better
  conformance run --area watch --clause WAT-27 --level must --shard 1/4
      checks by what they are about, and a quarter of those
  conformance run --history run.jsonl && conformance replay run.jsonl
      what happened, kept and judged again
  conformance run --only model.random-programs --seed 42
      other random programs, or those of a failure again
  conformance run reference:deviation=delete-ignored
      a plugin with one exact defect; `list --deviations` shows all
  conformance list --area crud
      what is checked
  conformance explain crud.get.returns-created
      one check in full
  CONFORMANCE_FRAGMENTS=$PWD/parts cargo nextest run && conformance report parts
      the tests of your own plugin as one report

Exit codes:
  0  conformant            1  not conformant, or worse     2  wrong usage
  3  incomplete            4  the suite itself is wrong    5  stale baseline
  130, 143  interrupted, and cleaned up

Environment: NO_COLOR and CLICOLOR=0 switch colours off, CLICOLOR_FORCE=1 on;
CI replaces the progress bar by lines.

Your own plugin is checked from its tests: see `omniview_conformance::tests!`.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "conformance", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 80)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// When to colour
    #[arg(long, value_enum, global = true, default_value = "auto")]
    pub(super) color: ColorChoice,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run checks over a plugin and report (what happens without a command)
    Run(Box<RunArgs>),
    /// List the checks, or the deviations of the reference plugin
    List(ListArgs),
    /// Tell everything about one check
    Explain(ExplainArgs),
    /// Show which checks catch which deviations of the reference plugin
    Matrix(MatrixArgs),
    /// Compare two reports, and say what got worse
    Diff(DiffArgs),
    /// Write the failures of a report into the baseline of those that are known
    Bless(BlessArgs),
    /// Print a conformance.toml with every key, to begin with
    Config,
    /// Print the JSON Schema of a report
    Schema,
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual, or write its pages to a folder
    Man(ManArgs),
    /// Judge a history that `run --history` has written, without the plugin
    Replay(ReplayArgs),
    /// Merge what tests and shards have left into one report, and prove that no check is missing
    Report(ReportArgs),
}

const RUN: &str = "\
Examples:
  conformance run --profile smoke
  conformance run --only 'watch.*' --skip '*.slow' -v
  conformance run --strict --baseline conformance-baseline.toml
  conformance run --shard 1/4 --report part-1.json

Defaults come from the nearest conformance.toml (`conformance config` prints
one with every key); the command line wins, key by key.
Exit codes: 0 conformant, 1 not conformant, 2 wrong usage, 3 incomplete, 4 the
suite itself is wrong, 5 stale baseline, 130 or 143 interrupted";

const LIST: &str = "\
Examples:
  conformance list --area crud
  conformance list --deviations";

const EXPLAIN: &str = "\
Example:
  conformance explain crud.get.returns-created";

const REPLAY: &str = "\
Example:
  conformance run --history run.jsonl && conformance replay run.jsonl

Exit codes: 0 nothing is violated, 1 something is, 2 the file is no history";

const MATRIX: &str = "\
Examples:
  conformance matrix delete
      the deviations whose name contains `delete`, and what catches them
  conformance matrix --run delete-ignored";

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What `run` takes.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = RUN)]
pub(super) struct RunArgs {
    /// What to run over: `reference`, or `reference:deviation=NAME` for one
    /// with a defect [default: reference]
    pub(super) subject: Option<String>,
    /// How much to run [default: core; with --only, --area, --clause or --capability, full]
    #[arg(long, value_enum)]
    pub(super) profile: Option<ProfileName>,
    /// Run only checks whose id matches; `*` stands for any text, may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) only: Vec<String>,
    /// Leave out checks whose id matches
    #[arg(long, value_name = "GLOB")]
    pub(super) skip: Vec<String>,
    /// Run only checks of this area
    #[arg(long)]
    pub(super) area: Vec<String>,
    /// Run only checks that hold this clause of the contract
    #[arg(long, value_name = "ID")]
    pub(super) clause: Vec<String>,
    /// Run only checks that need this capability, or its absence
    #[arg(long, value_name = "NAME")]
    pub(super) capability: Vec<String>,
    /// Run only checks of this level
    #[arg(long, value_enum)]
    pub(super) level: Option<LevelName>,
    /// Run only the K-th of N parts of what is selected; each check is in exactly one
    #[arg(long, value_name = "K/N")]
    pub(super) shard: Option<Shard>,
    /// Where the random programs begin; a failure names the seed that repeats it
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// How many random programs to try, each with the seed after the one before [default: 10]
    #[arg(long, value_name = "N")]
    pub(super) programs: Option<u64>,
    /// How many checks to run at the same time; the report is the same
    /// [default: as many as there are cores, if the subject allows it]
    #[arg(long, short, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Write what was called, answered and reported to a file, for `replay`
    #[arg(long, value_name = "FILE")]
    pub(super) history: Option<PathBuf>,
    #[command(flatten)]
    pub(super) gate: GateArgs,
    /// Print how every check ends, as it ends
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

/// What `list` takes.
#[derive(Debug, Args)]
#[command(after_help = LIST)]
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
#[command(after_help = EXPLAIN)]
pub(super) struct ExplainArgs {
    /// The id of a check, or one that it had before
    pub(super) id: String,
}

/// What `matrix` takes.
#[derive(Debug, Args)]
#[command(after_help = MATRIX)]
pub(super) struct MatrixArgs {
    /// Run every check over each deviation instead of telling what is known; takes minutes
    #[arg(long)]
    pub(super) run: bool,
    /// Only deviations whose name contains this text
    #[arg(value_name = "TEXT")]
    pub(super) deviation: Option<String>,
    /// As the page of the documentation
    #[arg(long, conflicts_with_all = ["run", "deviation"])]
    pub(super) markdown: bool,
}

/// What `replay` takes.
#[derive(Debug, Args)]
#[command(after_help = REPLAY)]
pub(super) struct ReplayArgs {
    /// The file
    pub(super) file: PathBuf,
}

const REPORT: &str = "\
Examples:
  CONFORMANCE_FRAGMENTS=$PWD/parts cargo nextest run --no-fail-fast
  conformance report parts --report report.html --report report.md
  conformance report parts --baseline conformance-baseline.toml
  conformance report part-1.json part-2.json

Exit codes: those of `run`; 3 where a check is in none of the parts";

/// What `report` takes.
#[derive(Debug, Args)]
#[command(after_help = REPORT)]
pub(super) struct ReportArgs {
    /// Fragments (CONFORMANCE_FRAGMENTS), reports of shards (.json), or folders
    /// of them
    #[arg(required = true, value_name = "PART")]
    pub(super) parts: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) gate: GateArgs,
}

/// A level by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LevelName {
    /// What a plugin has to keep
    Must,
    /// What a plugin is warned about
    Should,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Must => Self::Must,
            LevelName::Should => Self::Should,
        }
    }
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

    #[test]
    fn the_help_of_every_command_fits_a_terminal_and_shows_what_to_write() {
        let mut whole = Cli::command().term_width(80);
        whole.build();
        for command in whole.get_subcommands_mut() {
            let name = command.get_name().to_owned();
            if name == "help" {
                continue;
            }
            let takes_something = command.get_arguments().any(|argument| {
                !["help", "version", "color"].contains(&argument.get_id().as_str())
            });
            let help = command.render_help().to_string();
            let long = help.lines().find(|line| line.chars().count() > 80);
            assert_eq!(long, None, "{name}");
            assert!(
                !takes_something || help.contains("\nExample"),
                "{name}:\n{help}"
            );
        }
    }
}
