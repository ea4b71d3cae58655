//! `conformance run`.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_conformance::{
    Check, CheckReport, Observer, Profile, RunOptions, Selection, SelectionError,
    history::{self, Trace},
};
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
    if let Some(path) = &args.history {
        placeable("history", path)?;
    }
    // The reference plugin does no I/O, so that time need not pass: what a check waits for in vain it is refused at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| Usage(format!("no runtime: {error}")))?;
    let interrupt = CancellationToken::new();
    let observer = Arc::new(Keeping {
        progress: progress::observer(selection.len(), args.quiet),
        traces: args.history.as_ref().map(|_| Mutex::default()),
    });
    let mut options = RunOptions::new()
        .observer(Arc::clone(&observer) as Arc<dyn Observer>)
        .selection(selection)
        .interrupt(interrupt.clone())
        .command(format!("conformance run {}", args.subject));
    if let Some(seed) = args.seed {
        options = options.seed(seed);
    }
    if let Some(programs) = args.programs {
        options = options.programs(programs);
    }
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
    if let Some(path) = &args.history {
        write_whole(path, &history::write(&observer.traces()))?;
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
        None if asks_for_checks(args) => Profile::Full,
        None => Profile::default(),
    };
    let narrowed = || {
        let mut selection = Selection::new(profile, &args.only, &args.skip)?
            .of_areas(&args.area)?
            .of_clauses(&args.clause)?
            .of_capabilities(&args.capability)?;
        if let Some(level) = args.level {
            selection = selection.of_level(level.into())?;
        }
        match args.shard {
            Some(shard) => selection.in_shard(shard),
            None => Ok(selection),
        }
    };
    narrowed().map_err(|error: SelectionError| Usage(error.to_string()))
}

fn asks_for_checks(args: &RunArgs) -> bool {
    [&args.only, &args.area, &args.clause, &args.capability]
        .iter()
        .any(|asked| !asked.is_empty())
}

/// Tells how the run goes on, and keeps the histories where they are wanted.
struct Keeping {
    progress: Arc<dyn Observer>,
    traces: Option<Mutex<Vec<Trace>>>,
}

impl Keeping {
    fn traces(&self) -> Vec<Trace> {
        let traces = self.traces.as_ref().map(Self::lock);
        traces.map_or_else(Vec::new, |mut traces| std::mem::take(&mut *traces))
    }

    fn lock(traces: &Mutex<Vec<Trace>>) -> MutexGuard<'_, Vec<Trace>> {
        traces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Keeping {
    fn started(&self, check: &Check) {
        self.progress.started(check);
    }

    fn finished(&self, report: &CheckReport) {
        self.progress.finished(report);
    }

    fn recorded(&self, trace: &Trace) {
        if let Some(traces) = &self.traces {
            Self::lock(traces).push(trace.clone());
        }
    }
}

/// Whether a report can be written to a path.
///
/// # Errors
///
/// It cannot; the message names the path.
pub(super) fn writable(path: &Path) -> Result<(), Usage> {
    if path.extension() != Some(OsStr::new("json")) {
        return Err(Usage(format!(
            "the report {} is of no known kind: its name has to end in .json",
            path.display()
        )));
    }
    placeable("report", path)
}

fn placeable(what: &str, path: &Path) -> Result<(), Usage> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        return Err(Usage(format!(
            "the {what} {} cannot be written: there is no folder {}",
            path.display(),
            folder.display()
        )));
    }
    Ok(())
}
