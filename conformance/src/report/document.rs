//! The report as data.

use std::{collections::BTreeMap, time::Duration};

use omniview_sdk::{ResourceCapabilities, ResourceKey};

#[cfg(feature = "html")]
use super::html;
use super::{
    json::{self, ReadError},
    markdown,
    style::Style,
    text,
};
use crate::{
    catalogue::catalogue_digest,
    check::{Check, Level, Profile},
    history::Timeline,
    runner::RunOptions,
    select::Shard,
    status::{Status, StatusKind, Verdict},
    subject::Subject,
};

/// What a run has seen: every check of the catalogue, once, in its order.
///
/// # Examples
///
/// ```
/// use omniview_conformance::{Report, RunOptions, Subject, Verdict, run};
///
/// async fn conforms(subject: &Subject) -> bool {
///     let report: Report = run(subject, RunOptions::new()).await;
///     for result in report.results.iter().filter(|result| result.needs_attention()) {
///         println!("{}", result.to_text());
///     }
///     report.verdict() == Verdict::Conformant
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// What ran over what.
    pub header: Header,
    /// How each check ended.
    pub results: Vec<CheckReport>,
}

/// What ran over what.
///
/// ```
/// use omniview_conformance::Report;
///
/// fn title(report: &Report) -> String {
///     let header = &report.header;
///     let version = header.plugin_version.as_deref().unwrap_or("of no version");
///     format!("{} {version}, profile {}, again with: {}", header.subject, header.profile.as_str(), header.command)
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Header {
    /// What the subject is called.
    pub subject: String,
    /// The version of the plugin, where the subject tells it.
    pub plugin_version: Option<String>,
    /// The version of the suite.
    pub suite_version: String,
    /// The version of the SDK that the suite was built with.
    pub sdk_version: String,
    /// The digest of the catalogue; reports with different ones cannot be compared check by check.
    pub catalogue: String,
    /// The profile that was selected from.
    pub profile: Profile,
    /// Where the random programs began.
    pub seed: u64,
    /// How many random programs there were.
    pub programs: u64,
    /// The part of the selection that ran, where it was divided.
    pub shard: Option<Shard>,
    /// Whether a SHOULD counts as a MUST.
    pub strict: bool,
    /// The plugin's connections, the one that the checks use first.
    pub connections: Vec<String>,
    /// What each resource type declares.
    pub capabilities: BTreeMap<ResourceKey, ResourceCapabilities>,
    /// The command that the run can be repeated with.
    pub command: String,
}

/// How one check ended.
///
/// ```
/// use omniview_conformance::{Report, StatusKind};
///
/// /// What to run again, one command a check that failed.
/// fn again(report: &Report) -> Vec<&str> {
///     let failed = report.results.iter().filter(|result| result.status.kind() == StatusKind::Fail);
///     failed.map(|result| result.reproduce.as_str()).collect()
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CheckReport {
    /// The check's id.
    pub id: String,
    /// How much the contract insists.
    pub level: Level,
    /// What is required.
    pub requirement: String,
    /// The clauses of the contract.
    pub clauses: Vec<String>,
    /// How it ended.
    pub status: Status,
    /// The resource types that it went over.
    pub types: Vec<ResourceKey>,
    /// How many expectations it made.
    pub assertions: u64,
    /// How many calls it made.
    pub calls: u64,
    /// How long it took, the mount and the clean-up included.
    pub elapsed: Duration,
    /// The command that repeats it.
    pub reproduce: String,
    /// What else to know about how it ended, such as what is wrong with its line of the baseline; may be empty.
    pub remark: String,
    /// The part of its history that shows how it ended, where somebody has to read it.
    pub timeline: Timeline,
}

impl Header {
    /// What is known before the plugin is mounted.
    pub(crate) fn of(subject: &Subject, profile: Profile, options: &RunOptions) -> Self {
        Self {
            plugin_version: subject.plugin_version().map(ToOwned::to_owned),
            seed: options.seed,
            programs: options.programs,
            ..Self::new(subject.name(), profile)
        }
    }

    pub(crate) fn new(subject: impl Into<String>, profile: Profile) -> Self {
        Self {
            subject: subject.into(),
            plugin_version: None,
            suite_version: env!("CARGO_PKG_VERSION").to_owned(),
            sdk_version: omniview_sdk::VERSION.to_owned(),
            catalogue: catalogue_digest(),
            profile,
            seed: 0,
            programs: 0,
            shard: None,
            strict: false,
            connections: Vec::new(),
            capabilities: BTreeMap::new(),
            command: String::new(),
        }
    }
}

impl CheckReport {
    pub(crate) fn new(check: &Check, status: Status) -> Self {
        Self {
            id: check.id.to_owned(),
            level: check.level,
            requirement: check.requirement.to_owned(),
            clauses: check.clauses.iter().map(ToString::to_string).collect(),
            status,
            types: Vec::new(),
            assertions: 0,
            calls: 0,
            elapsed: Duration::ZERO,
            reproduce: String::new(),
            remark: String::new(),
            timeline: Timeline::default(),
        }
    }

    /// The first part of the id.
    pub fn area(&self) -> &str {
        self.id.split_once('.').map_or(&self.id, |(area, _)| area)
    }

    /// Whether somebody has to read it: it failed, warned, was blocked, timed out or is an error of the suite.
    pub fn needs_attention(&self) -> bool {
        self.status.needs_attention()
    }

    /// Everything about how it ended: status, requirement, expected, actual, history, how to repeat it.
    pub fn to_text(&self) -> String {
        text::check(self, Style::Plain)
    }
}

impl Report {
    /// What the run amounts to; where it is strict, a SHOULD counts as a MUST.
    pub fn verdict(&self) -> Verdict {
        let strict = self.header.strict;
        Verdict::of(self.results.iter().map(|result| {
            let level = if strict { Level::Must } else { result.level };
            (level, &result.status)
        }))
    }

    /// The same run with every SHOULD counted as a MUST: a warning becomes a failure.
    #[must_use = "the report itself is consumed"]
    pub fn strict(mut self) -> Self {
        self.header.strict = true;
        for result in &mut self.results {
            if let Status::Warn(failure) = &mut result.status {
                result.status = Status::Fail(std::mem::take(failure));
            }
        }
        self
    }

    /// How a check ended.
    pub fn result(&self, id: &str) -> Option<&CheckReport> {
        self.results.iter().find(|result| result.id == id)
    }

    /// How many checks ended in each way.
    pub fn counts(&self) -> BTreeMap<StatusKind, usize> {
        let mut counts = BTreeMap::new();
        for result in &self.results {
            *counts.entry(result.status.kind()).or_default() += 1;
        }
        counts
    }

    /// The report for people: a table by area, each failure in full, the verdict. Fits 80 columns.
    pub fn to_text(&self) -> String {
        text::report(self, Style::Plain)
    }

    /// As [`to_text`](Self::to_text), in a style.
    pub fn to_styled_text(&self, style: Style) -> String {
        text::report(self, style)
    }

    /// Only what needs attention, and the verdict.
    pub fn to_brief_text(&self, style: Style) -> String {
        text::brief(self, style)
    }

    /// The report for the browser: one page that needs nothing else, no network and no script, though a script lets it be
    /// filtered. Whatever the plugin says stands in it as text.
    #[cfg(feature = "html")]
    pub fn to_html(&self) -> String {
        html::report(self)
    }

    /// The report for the summary of a CI step, as Markdown.
    ///
    /// A table by area, and what needs attention in folded sections. Nothing that comes from the plugin is taken for
    /// markup. It stays below 1 MiB, which is what GitHub takes; what does not fit is counted and left out.
    pub fn to_markdown(&self) -> String {
        markdown::report(self, markdown::LIMIT)
    }

    /// The report for CI servers, as JUnit's XML: a suite an area, a case a check that was to run.
    ///
    /// It holds a failure or an error exactly where the verdict says that something is wrong.
    #[cfg(feature = "junit")]
    pub fn to_junit(&self) -> String {
        super::junit::report(self)
    }

    /// The report for programs: its keys sorted, and what differs from run to run apart under `volatile`.
    ///
    /// [`REPORT_SCHEMA`](crate::REPORT_SCHEMA) describes it.
    pub fn to_json(&self) -> String {
        json::write(self)
    }

    /// The report that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// The text is no report, not a whole one, one of another schema version, or one that was changed by hand. The
    /// error says where, and what to do; the caller adds the name of the file.
    ///
    /// ```
    /// use omniview_conformance::Report;
    ///
    /// let error = Report::from_json("{\"format\": ").unwrap_err();
    /// assert!(error.to_string().starts_with("line 1, column 11: EOF while parsing a value; it ends in the middle"));
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ReadError> {
        json::read(text)
    }
}
