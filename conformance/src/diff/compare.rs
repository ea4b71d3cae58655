//! The comparison as a whole.

use std::{collections::BTreeSet, time::Duration};

use super::{
    change::{Change, ChangeKind, Direction},
    checks,
};
use crate::{
    catalogue::find_check,
    check::Capability,
    report::{CheckReport, Header, Report},
    status::Verdict,
};

/// How to compare.
///
/// ```
/// use omniview_conformance::diff::DiffOptions;
///
/// let options = DiffOptions::new().slower_by(3.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DiffOptions {
    /// How many times as long a check may take; none asks nothing about time.
    pub slower_by: Option<f64>,
    /// A difference of less than this is noise, whatever the factor: 100 ms.
    pub floor: Duration,
}

impl DiffOptions {
    /// Without asking about time.
    pub fn new() -> Self {
        Self {
            slower_by: None,
            floor: Duration::from_millis(100),
        }
    }

    /// Calls a check slower that takes more than `factor` times as long.
    pub fn slower_by(mut self, factor: f64) -> Self {
        self.slower_by = Some(factor);
        self
    }

    /// Sets what difference is noise, whatever the factor.
    pub fn floor(mut self, floor: Duration) -> Self {
        self.floor = floor;
        self
    }
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// One of the two reports, in short.
///
/// ```
/// use omniview_conformance::diff::Diff;
///
/// fn heading(diff: &Diff) -> String {
///     let (old, new) = (&diff.old, &diff.new);
///     format!("{} of suite {}: {} before, {} now", new.header.subject, new.header.suite_version, old.verdict.as_str(), new.verdict.as_str())
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Side {
    /// What ran over what.
    pub header: Header,
    /// What it amounted to.
    pub verdict: Verdict,
    /// How many checks were tried: they are not not-run.
    pub tried: usize,
}

impl Side {
    fn of(report: &Report) -> Self {
        let tried = report
            .results
            .iter()
            .filter(|one| one.status.kind() != crate::StatusKind::NotRun);
        Self {
            header: report.header.clone(),
            verdict: report.verdict(),
            tried: tried.count(),
        }
    }
}

/// What differs between two reports.
///
/// ```
/// use omniview_conformance::{RunOptions, Subject, diff::{Diff, DiffOptions}, run};
/// # use omniview_sdk::ResourcePluginConfig;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let subject = Subject::in_process("empty", || ResourcePluginConfig::<()>::new("empty"));
/// let old = run(&subject, RunOptions::new()).await;
/// let new = run(&subject, RunOptions::new()).await;
/// let diff = Diff::between(&old, &new, &DiffOptions::new());
/// assert!(diff.changes.is_empty());
/// assert!(!diff.regressed());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Diff {
    /// The report that is compared with.
    pub old: Side,
    /// The report that is judged.
    pub new: Side,
    /// What makes the comparison less exact than it looks, a sentence each: another catalogue, another profile.
    pub notes: Vec<String>,
    /// Every difference: regressions first, then improvements, then the others.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Compares two reports, the new one with the old one.
    ///
    /// Checks are compared by id. One that was renamed since is found by the ids that it had before, as far as the
    /// catalogue of this suite knows them.
    ///
    /// ```
    /// # use omniview_conformance::{Report, diff::{Diff, DiffOptions}};
    /// # fn example(old: &Report, new: &Report) {
    /// let diff = Diff::between(old, new, &DiffOptions::new());
    /// assert!(!diff.regressed(), "{}", diff.to_text());
    /// # }
    /// ```
    pub fn between(old: &Report, new: &Report, options: &DiffOptions) -> Self {
        let mut changes = types(&old.header, &new.header);
        let mut compared = BTreeSet::new();
        for result in &old.results {
            match counterpart(result, new) {
                Some(now) => {
                    compared.insert(now.id.as_str());
                    changes.extend(checks::compare(result, now, options));
                }
                None => changes.extend(checks::gone(result)),
            }
        }
        let added = new
            .results
            .iter()
            .filter(|now| !compared.contains(now.id.as_str()));
        changes.extend(added.filter_map(checks::added));
        changes.sort_by(|a, b| {
            let place = |change: &Change| (change.kind.direction(), change.kind);
            place(a).cmp(&place(b))
        });
        Self {
            old: Side::of(old),
            new: Side::of(new),
            notes: notes(old, new),
            changes,
        }
    }

    /// Whether anything got worse.
    pub fn regressed(&self) -> bool {
        self.of(Direction::Regression).next().is_some()
    }

    /// The differences of one direction.
    pub fn of(&self, direction: Direction) -> impl Iterator<Item = &Change> {
        let all = self.changes.iter();
        all.filter(move |change| change.kind.direction() == direction)
    }
}

/// The check of the new report that is the old one's, by its id or by one that it had.
fn counterpart<'a>(old: &CheckReport, new: &'a Report) -> Option<&'a CheckReport> {
    new.result(&old.id).or_else(|| {
        let check = find_check(&old.id)?;
        new.result(check.id)
            .or_else(|| check.aliases.iter().find_map(|alias| new.result(alias)))
    })
}

fn types(old: &Header, new: &Header) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, was) in &old.capabilities {
        let Some(is) = new.capabilities.get(key) else {
            changes.push(Change::new(
                ChangeKind::LostType,
                key.as_str(),
                "there",
                "not there",
            ));
            continue;
        };
        for capability in Capability::ALL {
            let kind = match (capability.is_in(was), capability.is_in(is)) {
                (true, false) => ChangeKind::LostCapability,
                (false, true) => ChangeKind::NewCapability,
                _ => continue,
            };
            let (was, is) = match kind {
                ChangeKind::LostCapability => (capability.as_str(), "not declared"),
                _ => ("not declared", capability.as_str()),
            };
            changes.push(Change::new(kind, key.as_str(), was, is));
        }
    }
    for key in new.capabilities.keys() {
        if !old.capabilities.contains_key(key) {
            changes.push(Change::new(
                ChangeKind::NewType,
                key.as_str(),
                "not there",
                "there",
            ));
        }
    }
    changes
}

fn notes(old: &Report, new: &Report) -> Vec<String> {
    let (was, is) = (&old.header, &new.header);
    let mut notes = Vec::new();
    let mut differ = |what: &str, was: &str, is: &str, so: &str| {
        if was != is {
            notes.push(format!("{what} {was} before and {is} now{so}"));
        }
    };
    differ("the subject is", &was.subject, &is.subject, "");
    differ(
        "the catalogue is",
        &was.catalogue,
        &is.catalogue,
        ": checks are compared by id and by the ids that they had before, and what they require may have changed",
    );
    differ("the suite is", &was.suite_version, &is.suite_version, "");
    differ("the SDK is", &was.sdk_version, &is.sdk_version, "");
    differ(
        "the profile is",
        was.profile.as_str(),
        is.profile.as_str(),
        "",
    );
    let shard = |header: &Header| match header.shard {
        Some(shard) => shard.to_string(),
        None => "the whole".to_owned(),
    };
    differ("the shard is", &shard(was), &shard(is), "");
    let strictness = |header: &Header| if header.strict { "on" } else { "off" };
    differ("--strict is", strictness(was), strictness(is), "");
    differ(
        "the seed is",
        &was.seed.to_string(),
        &is.seed.to_string(),
        ": the random programs are others",
    );
    notes
}
