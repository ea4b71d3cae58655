//! One part: what a test has left, or what a shard has seen.

use std::{collections::BTreeMap, env, sync::LazyLock, time::SystemTime};

use super::wire;
use crate::{
    check::{Check, Profile},
    checks::suite::MOUNT_AND_CONNECT,
    report::{Header, Report},
    runner::{Finding, Leftover, Outcome, RunOptions, survey},
    subject::Subject,
};

/// A part of a report, and where it is from.
///
/// ```
/// use omniview_conformance::fragment::Part;
///
/// let error = Part::from_json("shard-1.json", "{}").unwrap_err();
/// assert!(!error.is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Part {
    /// What it is called where something is wrong with it, such as the path of its file.
    pub(super) source: String,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Fragment(Box<Fragment>),
    Report(Box<Report>),
}

impl Part {
    /// A report, such as that of a shard; `source` is what errors call it.
    pub fn of_report(source: impl Into<String>, report: Report) -> Self {
        Self {
            source: source.into(),
            content: Content::Report(Box::new(report)),
        }
    }

    /// What a test or [`Report::to_json`] has written; `source` is what errors call it.
    ///
    /// # Errors
    ///
    /// The text is neither; the error says what it is instead.
    pub fn from_json(source: impl Into<String>, text: &str) -> Result<Self, String> {
        Ok(Self {
            source: source.into(),
            content: wire::read(text)?,
        })
    }

    pub(super) fn report(&self) -> &Report {
        match &self.content {
            Content::Fragment(fragment) => &fragment.report,
            Content::Report(report) => report,
        }
    }

    pub(super) fn fragment(&self) -> Option<&Fragment> {
        match &self.content {
            Content::Fragment(fragment) => Some(fragment),
            Content::Report(_) => None,
        }
    }
}

/// What the test of one check leaves.
#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    /// The run that it is of: the same for every test of one `cargo nextest run`, or of one process.
    pub(super) run: String,
    /// The report, with the one check.
    pub(super) report: Report,
    /// The checks that do not apply to the plugin, with what it lacks. Only the check that mounts tells.
    pub(super) absent: BTreeMap<String, String>,
    /// What the check has left behind, for `suite.clean-up`.
    pub(super) leftovers: Vec<Leftover>,
    /// What its history violates, for the checks of the invariants.
    pub(super) findings: Vec<Finding>,
}

impl Fragment {
    /// The fragment of a check that has ended.
    pub(crate) async fn of(
        subject: &Subject,
        check: &Check,
        outcome: &Outcome,
        profile: Profile,
        options: &RunOptions,
    ) -> Self {
        let mut header = Header::of(subject, profile, options);
        header.command = "cargo test".to_owned();
        let mut absent = BTreeMap::new();
        if check.id == MOUNT_AND_CONNECT
            && let Some(survey) = survey(subject, options).await
        {
            header.connections = survey.connections;
            header.capabilities = survey.capabilities;
            absent = survey.absent;
        }
        Self {
            run: RUN.clone(),
            report: Report {
                header,
                results: vec![outcome.report.clone()],
            },
            absent,
            leftovers: outcome.leftovers.clone(),
            findings: outcome.findings.clone(),
        }
    }

    pub(super) fn subject(&self) -> &str {
        &self.report.header.subject
    }

    pub(super) fn to_json(&self) -> String {
        wire::write(self)
    }
}

static RUN: LazyLock<String> = LazyLock::new(|| {
    // nextest runs each test in a process of its own, and tells all of them which run it is.
    env::var("NEXTEST_RUN_ID").unwrap_or_else(|_| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let nanos = since.map_or(0, |since| since.as_nanos());
        format!("{}-{nanos}", std::process::id())
    })
});
