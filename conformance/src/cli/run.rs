//! `conformance run`.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use omniview_conformance::{Profile, RunOptions, Selection};
use tokio_util::sync::CancellationToken;

use super::{
    args::RunArgs,
    output::{Outcome, Usage, complain, print, style, write_whole},
    progress, reference,
};

/// Runs the suite, prints the report and writes it where it is wanted.
///
/// # Errors
///
/// What is asked cannot be done; nothing has run then, unless a report could not be written.
pub(super) fn run(args: &RunArgs) -> Outcome {
    let subject = reference::subject(&args.subject)?;
    let selection = selection(args)?;
    for path in &args.report {
        writable(path)?;
    }
    // The reference plugin does no I/O, so that time need not pass: what a check waits for in vain it is refused at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| Usage(format!("no runtime: {error}")))?;
    let interrupt = CancellationToken::new();
    let options = RunOptions::new()
        .observer(progress::observer(selection.len(), args.quiet))
        .selection(selection)
        .interrupt(interrupt.clone())
        .command(format!("conformance run {}", args.subject));
    let report = runtime.block_on(async {
        let listening = tokio::spawn(interrupted(interrupt));
        let report = omniview_conformance::run(&subject, options).await;
        listening.abort();
        // Joined: an aborted task ends with the error that says so.
        let _ = listening.await;
        report
    });
    print(&if args.quiet {
        report.to_brief_text(style())
    } else {
        report.to_styled_text(style())
    });
    for path in &args.report {
        write_whole(path, &report.to_json())?;
    }
    Ok(report.verdict())
}

/// The first Ctrl-C ends the run in good order, the second ends the process.
async fn interrupted(token: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    complain("interrupted: cleaning up (once more to stop at once)");
    token.cancel();
    if tokio::signal::ctrl_c().await.is_ok() {
        const INTERRUPTED: i32 = 130;
        std::process::exit(INTERRUPTED);
    }
}

/// Ids that are asked for run whatever their profile, unless the profile is asked for too.
fn selection(args: &RunArgs) -> Result<Selection, Usage> {
    let profile = match args.profile {
        Some(profile) => profile.into(),
        None if args.only.is_empty() => Profile::default(),
        None => Profile::Full,
    };
    Selection::new(profile, &args.only, &args.skip).map_err(|error| Usage(error.to_string()))
}

fn writable(path: &Path) -> Result<(), Usage> {
    if path.extension() != Some(OsStr::new("json")) {
        return Err(Usage(format!(
            "the report {} is of no known kind: its name has to end in .json",
            path.display()
        )));
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        return Err(Usage(format!(
            "the report {} cannot be written: there is no folder {}",
            path.display(),
            folder.display()
        )));
    }
    Ok(())
}
