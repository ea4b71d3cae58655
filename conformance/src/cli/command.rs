//! From the command line to the exit code.

use std::process::ExitCode;

use clap::Parser;
use omniview_conformance::Verdict;

use super::{
    args::{Cli, Command, RunArgs},
    explain, list, matrix,
    output::{USAGE, complain},
    replay, report, run,
};

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    // Without a command and its arguments, `clap` has already printed what is wrong and exits with 2.
    let command = Cli::parse().command.unwrap_or_else(|| {
        Command::Run(Box::new(RunArgs {
            subject: "reference".to_owned(),
            ..RunArgs::default()
        }))
    });
    let outcome = match command {
        Command::Run(args) => run::run(&args),
        Command::List(args) => list::list(&args).map(|()| Verdict::Conformant),
        Command::Matrix(args) => matrix::matrix(&args),
        Command::Replay(args) => replay::replay(&args),
        Command::Report(args) => report::report(&args),
        Command::Explain(args) => explain::explain(&args).map(|()| Verdict::Conformant),
    };
    match outcome {
        Ok(verdict) => ExitCode::from(verdict.exit_code()),
        Err(usage) => {
            complain(&format!("error: {usage}"));
            ExitCode::from(USAGE)
        }
    }
}
