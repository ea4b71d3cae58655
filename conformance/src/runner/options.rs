//! How a run goes.

use std::{fmt, num::NonZeroUsize, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    check::Check,
    history::Trace,
    model::{Program, RANDOM_PROGRAMS},
    report::CheckReport,
    select::Selection,
    subject::Subject,
};

/// Is told how a run goes on, in the catalogue's order, whatever runs at the same time.
pub trait Observer: Send + Sync {
    /// A check begins, or it is the next whose end is waited for.
    fn started(&self, check: &Check);
    /// A check has ended.
    fn finished(&self, report: &CheckReport);
    /// The history of a check that has ended.
    fn recorded(&self, _trace: &Trace) {}
}

/// How a run goes.
///
/// ```
/// use omniview_conformance::{Profile, RunOptions, Selection};
///
/// let options = RunOptions::new()
///     .selection(Selection::profile(Profile::Smoke))
///     .command("cargo run --example check-me --");
/// ```
#[derive(Clone)]
#[must_use = "give it to `omniview_conformance::run`"]
pub struct RunOptions {
    pub(crate) selection: Selection,
    pub(crate) patience: Duration,
    pub(crate) set_up: Duration,
    pub(crate) interrupt: CancellationToken,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) command: String,
    pub(crate) seed: u64,
    pub(crate) programs: u64,
    pub(crate) program: Option<Arc<Program>>,
    /// How a seed is written where a run is told to begin with it.
    pub(crate) seeding: fn(u64) -> String,
    /// How many checks may run at the same time; as many as the machine has cores where nobody says.
    pub(crate) jobs: Option<NonZeroUsize>,
    /// How many times the time of a check it has.
    pub(crate) slower: u32,
}

/// The seed of a run that nobody gives one.
const DEFAULT_SEED: u64 = 1;

/// How many random programs a run tries, unless it is told: a moment's worth.
const PROGRAMS: u64 = 10;

impl RunOptions {
    /// The core profile, 2 s of patience, nobody watching.
    pub fn new() -> Self {
        Self {
            selection: Selection::default(),
            patience: Duration::from_secs(2),
            set_up: Duration::from_secs(10),
            interrupt: CancellationToken::new(),
            observer: None,
            command: "conformance run".to_owned(),
            seed: DEFAULT_SEED,
            programs: PROGRAMS,
            program: None,
            seeding: |seed| format!("--seed {seed}"),
            jobs: None,
            slower: 1,
        }
    }

    /// Chooses which checks run.
    pub fn selection(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }

    /// How long a body waits for an event or a condition: 2 s. It takes effect only where a plugin is slow or fails.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How long mounting, connecting and cleaning up may each take: 10 s.
    pub fn set_up(mut self, limit: Duration) -> Self {
        self.set_up = limit;
        self
    }

    /// Ends the run when `token` is cancelled: the current check is cleaned up, the rest is not run.
    pub fn interrupt(mut self, token: CancellationToken) -> Self {
        self.interrupt = token;
        self
    }

    /// Tells `observer` how the run goes on.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Where the random programs of the model test begin. The same seed makes the same programs for ever.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many random programs the model test tries, each with the seed after the one before: 10.
    pub fn programs(mut self, programs: u64) -> Self {
        self.programs = programs;
        self
    }

    /// How many checks may run at the same time, where the subject allows more than one
    /// ([`Subject::parallel`](crate::Subject::parallel), `Subject::virtual_time`): as many as the machine has cores.
    ///
    /// The report is the same whatever the number is, except for what time things took.
    pub fn jobs(mut self, jobs: NonZeroUsize) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// The same with the time that a subject asks for.
    pub(crate) fn paced(&self, subject: &Subject) -> Self {
        let slower = subject.times_slower();
        let mut paced = self.clone();
        paced.slower = slower;
        paced.patience = paced.patience.saturating_mul(slower);
        paced.set_up = paced.set_up.saturating_mul(slower);
        paced
    }

    /// How long the body of a check may take: a multiple of its limit where the subject is slow, or more random programs are tried
    /// than usual.
    pub(crate) fn limit_of(&self, check: &Check) -> Duration {
        let times = match check.id {
            RANDOM_PROGRAMS => self.programs.div_ceil(PROGRAMS).max(1),
            _ => 1,
        };
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        check
            .limit
            .saturating_mul(self.slower.saturating_mul(times))
    }

    /// Runs this program instead of random ones.
    pub(crate) fn program(mut self, program: Program) -> Self {
        self.program = Some(Arc::new(program));
        self
    }

    /// The command that a report says to repeat a check with; ` --only ID` is appended.
    pub fn command(mut self, command: impl Into<String>) -> Self {
        self.command = command.into();
        self
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RunOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunOptions")
            .field("selection", &self.selection)
            .field("patience", &self.patience)
            .field("set_up", &self.set_up)
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::find_check;

    #[test]
    fn a_check_has_more_time_for_more_programs_and_a_slow_subject() {
        let check = find_check(RANDOM_PROGRAMS).unwrap();
        let usual = RunOptions::new();
        assert_eq!(usual.limit_of(check), check.limit);
        assert_eq!(usual.clone().programs(1).limit_of(check), check.limit);
        assert_eq!(
            usual.clone().programs(1000).limit_of(check),
            check.limit * 100
        );
        let slow = RunOptions { slower: 3, ..usual };
        assert_eq!(slow.clone().programs(11).limit_of(check), check.limit * 6);
        let other = find_check("crud.get.returns-created").unwrap();
        assert_eq!(slow.programs(1000).limit_of(other), other.limit * 3);
    }
}
