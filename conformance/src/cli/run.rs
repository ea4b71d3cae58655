//! `conformance run`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use omniview_conformance::{
    Check, CheckReport, Observer, Profile, RunOptions, Selection, SelectionError,
    history::{self, Trace},
};

use super::{
    args::RunArgs,
    files::{writable, write_whole},
    gate::Gate,
    interrupt::Interrupt,
    output::Usage,
    progress::{self, Detail},
    reference,
};

/// Runs the suite, prints the report and writes it where it is wanted; answers with the exit code.
///
/// # Errors
///
/// What is asked cannot be done; nothing has run then, unless a report could not be written.
pub(super) fn run(mut args: RunArgs) -> Result<u8, Usage> {
    if let Some(config) = args.gate.defaults()? {
        args = args.or(config);
    }
    let name = args.subject.as_deref().unwrap_or(DEFAULT_SUBJECT);
    let subject = reference::subject(name)?;
    let selection = selection(&args)?;
    let gate = Gate::new(&args.gate)?;
    if let Some(path) = &args.history {
        writable("history", path)?;
    }
    // The reference plugin does no I/O, so that time need not pass: what a check waits for in vain it is refused at once.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .map_err(|error| Usage(format!("no runtime: {error}")))?;
    let interrupt = Interrupt::listen()?;
    let observer = Arc::new(Keeping {
        progress: progress::observer(selection.len(), Detail::of(&args)),
        traces: args.history.as_ref().map(|_| Mutex::default()),
    });
    let mut options = RunOptions::new()
        .observer(Arc::clone(&observer) as Arc<dyn Observer>)
        .selection(selection)
        .interrupt(interrupt.token())
        .command(command(name, &args));
    if let Some(seed) = args.seed {
        options = options.seed(seed);
    }
    if let Some(programs) = args.programs {
        options = options.programs(programs);
    }
    if let Some(jobs) = args.jobs {
        options = options.jobs(jobs);
    }
    let report = runtime.block_on(omniview_conformance::run(&subject, options));
    let passed = gate.pass(report, "");
    if let Some(path) = &args.history {
        write_whole(path, &history::write(&observer.traces()))?;
    }
    let verdict = passed?;
    Ok(interrupt.code().unwrap_or_else(|| verdict.exit_code()))
}

const DEFAULT_SUBJECT: &str = "reference";

/// What to write to have a check run again as in this run.
fn command(subject: &str, args: &RunArgs) -> String {
    let mut command = format!("conformance run {subject}");
    if let Some(seed) = args.seed {
        command.push_str(&format!(" --seed {seed}"));
    }
    if let Some(programs) = args.programs {
        command.push_str(&format!(" --programs {programs}"));
    }
    if args.gate.is_strict() {
        command.push_str(" --strict");
    }
    command
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
