//! How the test of a check ends.

use super::settings::Settings;
use crate::{
    check::{Check, Level},
    fragment::{Folder, Fragment},
    history::invariants,
    runner::{Outcome, RunOptions, run_check},
    select::Selection,
    status::Status,
    subject::Subject,
};

/// How a test ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It passes.
    Fine,
    /// It passes, and there is something to say.
    Remark(String),
    /// The check is about something that the plugin does not have; it carries what.
    NotApplicable(String),
    /// It does not run; it carries why.
    NotRun(String),
    /// It fails with this text.
    Failed(String),
}

/// The test of a check.
pub(crate) struct Trial {
    check: &'static Check,
    /// Its name, with the crate that it is in.
    path: String,
    /// What the environment asks for, or what is wrong with that.
    settings: Result<Settings, String>,
}

impl Trial {
    pub(crate) fn new(check: &'static Check, path: String) -> Self {
        Self {
            check,
            path,
            settings: Ok(Settings::default()),
        }
    }

    /// With what the environment asks for, or what is wrong with that, which fails the test.
    pub(super) fn settings(mut self, settings: Result<Settings, String>) -> Self {
        self.settings = settings;
        self
    }

    /// Runs the check on a runtime of its own, and leaves its fragment where one is wanted.
    pub(crate) fn run(&self, subject: &Subject, folder: Option<&Folder>) -> Judgement {
        let settings = match &self.settings {
            Ok(settings) => settings,
            Err(error) => return Judgement::Failed(format!("{}: {error}", self.check.id)),
        };
        if let Some(why) = settings.excludes(self.check) {
            return Judgement::NotRun(why);
        }
        let runtime = match runtime(subject) {
            Ok(runtime) => runtime,
            Err(error) => return Judgement::Failed(error),
        };
        runtime.block_on(self.judge(subject, settings, folder))
    }

    async fn judge(
        &self,
        subject: &Subject,
        settings: &Settings,
        folder: Option<&Folder>,
    ) -> Judgement {
        let options = RunOptions::new().selection(Selection::single(self.check));
        let options = settings.over(options);
        let mut outcome = run_check(subject, self.check, &options).await;
        // The crate's name is no part of the path that the test has.
        let path = self.path.split_once("::");
        let path = path.map_or(self.path.as_str(), |(_, path)| path);
        let set = settings.to_repeat(self.check, outcome.seed);
        outcome.report.reproduce = format!("{set}cargo test {path} -- --exact");
        if let Some(folder) = folder {
            let fragment =
                Fragment::of(subject, self.check, &outcome, settings.profile(), &options).await;
            if let Err(error) = folder.write(&self.path, &fragment) {
                return Judgement::Failed(format!("{}: {error}", self.check.id));
            }
        }
        judgement(self.check, &outcome)
    }
}

/// A runtime for tests of a subject, whose clock is virtual where the subject has virtual time.
pub(crate) fn runtime(subject: &Subject) -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all();
    #[cfg(feature = "virtual-time")]
    builder.start_paused(subject.has_virtual_time());
    #[cfg(not(feature = "virtual-time"))]
    let _ = subject;
    builder
        .build()
        .map_err(|error| format!("no runtime for the test: {error}"))
}

fn judgement(check: &Check, outcome: &Outcome) -> Judgement {
    let report = &outcome.report;
    let kind = report.status.kind();
    match &report.status {
        Status::Fail(_)
        | Status::UnexpectedPass { .. }
        | Status::Timeout { .. }
        | Status::HarnessError { .. } => return Judgement::Failed(report.to_text()),
        Status::Blocked { .. } if check.level == Level::Must => {
            return Judgement::Failed(report.to_text());
        }
        _ => {}
    }
    if !outcome.leftovers.is_empty() {
        let left: Vec<&str> = outcome
            .leftovers
            .iter()
            .map(|left| left.what.as_str())
            .collect();
        return Judgement::Failed(format!(
            "FAIL suite.clean-up: {} ended with {kind} and left behind:\n  {}",
            check.id,
            left.join("\n  ")
        ));
    }
    // Those of its own invariant have failed it already; those of the others' tours are seen by the others.
    let behind = outcome
        .findings
        .iter()
        .find(|_| !invariants::is_invariant(check.id));
    if let Some(finding) = behind {
        return Judgement::Failed(format!(
            "FAIL {}: {} ended with {kind}, and its history shows:\n  {}\n  {}",
            finding.invariant,
            check.id,
            finding.failure,
            finding.failure.history.join("\n  ")
        ));
    }
    match (&report.status, report.status.reason()) {
        (Status::NotApplicable { capability }, _) => Judgement::NotApplicable(capability.clone()),
        (_, Some(reason)) => Judgement::Remark(format!("{}: {kind}: {reason}", check.id)),
        (_, None) => Judgement::Fine,
    }
}
