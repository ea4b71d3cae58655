//! From the command line to the exit code.

use std::process::ExitCode;

use clap::Parser;

use super::{
    args::{Cli, Command},
    bless, config, diff, explain, list, matrix,
    output::{USAGE, choose_colours, complain, print},
    pages, replay, report, run,
};

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    // What cannot be read as a command line, `clap` has already complained about, and ends the process with 2.
    let cli = Cli::parse();
    choose_colours(cli.color);
    let done = |()| 0;
    let outcome = match cli.command.unwrap_or_else(|| Command::Run(Box::default())) {
        Command::Run(args) => run::run(*args),
        Command::List(args) => list::list(&args).map(done),
        Command::Explain(args) => explain::explain(&args).map(done),
        Command::Matrix(args) => matrix::matrix(&args).map(|verdict| verdict.exit_code()),
        Command::Diff(args) => diff::diff(&args),
        Command::Bless(args) => bless::bless(&args).map(done),
        Command::Config => {
            print(&config::template());
            Ok(0)
        }
        Command::Schema => {
            pages::schema();
            Ok(0)
        }
        Command::Completions(args) => {
            pages::completions(&args);
            Ok(0)
        }
        Command::Man(args) => pages::man(&args).map(done),
        Command::Report(args) => report::report(&args).map(|verdict| verdict.exit_code()),
        Command::Replay(args) => replay::replay(&args).map(|verdict| verdict.exit_code()),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(usage) => {
            complain(&format!("error: {usage}"));
            ExitCode::from(USAGE)
        }
    }
}
