//! `conformance completions`, `conformance man` and `conformance schema`: what other programs read.

use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use omniview_conformance::REPORT_SCHEMA;

use super::{
    args::Cli,
    files::write_whole,
    output::{Usage, print},
};

const COMPLETIONS: &str = "\
Examples:
  conformance completions bash > ~/.local/share/bash-completion/completions/conformance
  conformance completions zsh > \"${fpath[1]}/_conformance\"
  conformance completions fish > ~/.config/fish/completions/conformance.fish";

const MAN: &str = "\
Examples:
  conformance man | man -l -
  conformance man ~/.local/share/man/man1";

/// What `completions` takes.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub(super) struct CompletionsArgs {
    /// The shell to complete for
    shell: Shell,
}

/// What `man` takes.
#[derive(Debug, Args)]
#[command(after_help = MAN)]
pub(super) struct ManArgs {
    /// The folder to write a page of every command to; without it, the page
    /// of the whole is printed
    folder: Option<PathBuf>,
}

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs) {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "conformance", &mut out);
    print(&String::from_utf8_lossy(&out));
}

/// Prints the manual, or writes it to a folder.
///
/// # Errors
///
/// A page cannot be written.
pub(super) fn man(args: &ManArgs) -> Result<(), Usage> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.folder else {
        print(&page(&command)?);
        return Ok(());
    };
    if !folder.is_dir() {
        return Err(Usage(format!("there is no folder {}", folder.display())));
    }
    pages(&command, folder)
}

fn pages(command: &Command, folder: &Path) -> Result<(), Usage> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    write_whole(&folder.join(format!("{name}.1")), &page(command)?)?;
    for inner in command.get_subcommands() {
        pages(inner, folder)?;
    }
    Ok(())
}

fn page(command: &Command) -> Result<String, Usage> {
    let mut out = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut out)
        .map_err(|error| Usage(format!("no manual of {}: {error}", command.get_name())))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Prints the JSON Schema of a report.
pub(super) fn schema() {
    print(REPORT_SCHEMA);
}
