//! How a check can end, and what a run of them amounts to.

use std::{fmt, time::Duration};

use crate::{check::Level, halt::Failure};

/// How a check ended. A reason is part of every ending that needs one.
///
/// ```
/// use omniview_conformance::{Status, StatusKind};
///
/// let blocked = Status::Blocked { prerequisite: "samples of a type (ResourceFixture::sample)".to_owned() };
/// assert_eq!(blocked.kind(), StatusKind::Blocked);
/// assert!(blocked.needs_attention());
/// assert_eq!(blocked.reason().as_deref(), Some("samples of a type (ResourceFixture::sample)"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// The requirement is kept: at least one expectation was made of at least one call, and all held.
    Pass,
    /// A MUST is not kept.
    Fail(Box<Failure>),
    /// A SHOULD is not kept.
    Warn(Box<Failure>),
    /// It is not kept, which is known.
    ExpectedFailure {
        /// Why it is known.
        reason: String,
        /// What was seen.
        failure: Box<Failure>,
    },
    /// It was known not to be kept, and is.
    UnexpectedPass {
        /// Why it was thought not to be.
        reason: String,
    },
    /// It is about something that the plugin does not declare.
    NotApplicable {
        /// What is not declared.
        capability: String,
    },
    /// It could not be seen whether it is kept.
    Blocked {
        /// What was missing.
        prerequisite: String,
    },
    /// The body did not end in time.
    Timeout {
        /// The time that it had.
        limit: Duration,
        /// The last calls and events, one a line.
        history: Vec<String>,
    },
    /// The suite, or the description of the subject, is wrong.
    HarnessError {
        /// What is wrong.
        message: String,
    },
    /// It was not tried.
    NotRun {
        /// Why not.
        reason: NotRunReason,
    },
}

/// Why a check was not tried.
///
/// ```
/// use omniview_conformance::{NotRunReason, Status};
///
/// let status = Status::NotRun { reason: NotRunReason::OtherShard };
/// assert_eq!(status.reason().as_deref(), Some("in another shard"));
/// assert!(!status.needs_attention());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotRunReason {
    /// The selection does not hold it.
    NotSelected,
    /// Another shard runs it.
    OtherShard,
    /// The run was interrupted before its turn.
    Interrupted,
    /// It is in none of the parts that the report was merged of.
    Missing,
}

/// A [`Status`] without its reasons.
///
/// ```
/// use omniview_conformance::{Report, StatusKind};
///
/// fn summary(report: &Report) -> String {
///     let counts = report.counts();
///     let lines = StatusKind::ALL.iter().filter_map(|kind| Some(format!("{kind}: {}", counts.get(kind)?)));
///     lines.collect::<Vec<_>>().join(", ")
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StatusKind {
    /// [`Status::Pass`]
    Pass,
    /// [`Status::Fail`]
    Fail,
    /// [`Status::Warn`]
    Warn,
    /// [`Status::ExpectedFailure`]
    ExpectedFailure,
    /// [`Status::UnexpectedPass`]
    UnexpectedPass,
    /// [`Status::NotApplicable`]
    NotApplicable,
    /// [`Status::Blocked`]
    Blocked,
    /// [`Status::Timeout`]
    Timeout,
    /// [`Status::HarnessError`]
    HarnessError,
    /// [`Status::NotRun`]
    NotRun,
}

impl StatusKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Pass,
        Self::Fail,
        Self::Warn,
        Self::ExpectedFailure,
        Self::UnexpectedPass,
        Self::NotApplicable,
        Self::Blocked,
        Self::Timeout,
        Self::HarnessError,
        Self::NotRun,
    ];

    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::ExpectedFailure => "expected-failure",
            Self::UnexpectedPass => "unexpected-pass",
            Self::NotApplicable => "not-applicable",
            Self::Blocked => "blocked",
            Self::Timeout => "timeout",
            Self::HarnessError => "harness-error",
            Self::NotRun => "not-run",
        }
    }
}

impl fmt::Display for StatusKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Status {
    /// The status without its reasons.
    pub const fn kind(&self) -> StatusKind {
        match self {
            Self::Pass => StatusKind::Pass,
            Self::Fail(_) => StatusKind::Fail,
            Self::Warn(_) => StatusKind::Warn,
            Self::ExpectedFailure { .. } => StatusKind::ExpectedFailure,
            Self::UnexpectedPass { .. } => StatusKind::UnexpectedPass,
            Self::NotApplicable { .. } => StatusKind::NotApplicable,
            Self::Blocked { .. } => StatusKind::Blocked,
            Self::Timeout { .. } => StatusKind::Timeout,
            Self::HarnessError { .. } => StatusKind::HarnessError,
            Self::NotRun { .. } => StatusKind::NotRun,
        }
    }

    /// Whether somebody has to read it: it failed, warned, was blocked, timed out or is an error of the suite.
    pub const fn needs_attention(&self) -> bool {
        match self.kind() {
            StatusKind::Pass
            | StatusKind::ExpectedFailure
            | StatusKind::NotApplicable
            | StatusKind::NotRun => false,
            StatusKind::Fail
            | StatusKind::Warn
            | StatusKind::UnexpectedPass
            | StatusKind::Blocked
            | StatusKind::Timeout
            | StatusKind::HarnessError => true,
        }
    }

    /// What was expected and seen, where there is a difference.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Fail(failure) | Self::Warn(failure) | Self::ExpectedFailure { failure, .. } => {
                Some(failure)
            }
            _ => None,
        }
    }

    /// The reason in one line, where there is one.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Pass => None,
            Self::Fail(failure) | Self::Warn(failure) => Some(failure.to_string()),
            Self::ExpectedFailure { reason, .. } | Self::UnexpectedPass { reason } => {
                Some(reason.clone())
            }
            Self::NotApplicable { capability } => Some(capability.clone()),
            Self::Blocked { prerequisite } => Some(prerequisite.clone()),
            Self::Timeout { limit, .. } => Some(format!("no end within {limit:?}")),
            Self::HarnessError { message } => Some(message.clone()),
            Self::NotRun { reason } => Some(reason.as_str().to_owned()),
        }
    }
}

impl NotRunReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::NotSelected,
        Self::OtherShard,
        Self::Interrupted,
        Self::Missing,
    ];

    /// The reason in two words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSelected => "not selected",
            Self::OtherShard => "in another shard",
            Self::Interrupted => "interrupted",
            Self::Missing => "in no part",
        }
    }
}

/// What a run amounts to.
///
/// ```
/// use omniview_conformance::{Level, Status, Verdict};
///
/// let blocked = Status::Blocked { prerequisite: "a second connection".to_owned() };
/// // What was not seen is never green, and a failure outweighs it.
/// let results = [(Level::Must, &Status::Pass), (Level::Must, &blocked)];
/// assert_eq!(Verdict::of(results), Verdict::Incomplete);
/// assert_eq!(Verdict::Incomplete.exit_code(), 3);
///
/// let failed = Status::Fail(Box::default());
/// assert_eq!(Verdict::of(results.into_iter().chain([(Level::Must, &failed)])), Verdict::NotConformant);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Every MUST that applies was seen to be kept.
    Conformant,
    /// A MUST was seen not to be kept.
    NotConformant,
    /// No MUST was seen not to be kept, and not all of them were seen.
    Incomplete,
    /// The suite is wrong, so that its silence means nothing.
    HarnessError,
    /// What was known not to be kept is kept: the baseline has to be written again.
    StaleBaseline,
}

impl Verdict {
    /// What checks of these levels and endings amount to.
    ///
    /// A failure outweighs everything: it was seen. An error of the suite outweighs what was not seen, and that outweighs
    /// a baseline that expects too little.
    pub fn of<'a>(results: impl IntoIterator<Item = (Level, &'a Status)>) -> Self {
        let mut seen_anything = false;
        let mut verdict = Self::Conformant;
        for (level, status) in results {
            let one = match (status, level) {
                (Status::Fail(_), _) | (Status::Timeout { .. }, Level::Must) => Self::NotConformant,
                (Status::UnexpectedPass { .. }, _) => Self::StaleBaseline,
                (Status::HarnessError { .. }, _) => Self::HarnessError,
                (
                    Status::Blocked { .. }
                    | Status::NotRun {
                        reason: NotRunReason::Interrupted,
                    },
                    Level::Must,
                )
                | (
                    Status::NotRun {
                        reason: NotRunReason::Missing,
                    },
                    _,
                ) => Self::Incomplete,
                (Status::Pass | Status::Warn(_) | Status::ExpectedFailure { .. }, _) => {
                    seen_anything = true;
                    continue;
                }
                _ => continue,
            };
            if one.weight() > verdict.weight() {
                verdict = one;
            }
        }
        if verdict == Self::Conformant && !seen_anything {
            return Self::Incomplete;
        }
        verdict
    }

    /// The exit code of a run that amounts to this: 0, 1, 3, 4 or 5.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::NotConformant => 1,
            Self::Incomplete => 3,
            Self::HarnessError => 4,
            Self::StaleBaseline => 5,
        }
    }

    /// Its name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::NotConformant => "not conformant",
            Self::Incomplete => "incomplete",
            Self::HarnessError => "harness error",
            Self::StaleBaseline => "stale baseline",
        }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::StaleBaseline => 1,
            Self::Incomplete => 2,
            Self::HarnessError => 3,
            Self::NotConformant => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail() -> Status {
        Status::Fail(Box::default())
    }

    fn blocked() -> Status {
        Status::Blocked {
            prerequisite: String::new(),
        }
    }

    fn broken() -> Status {
        Status::HarnessError {
            message: String::new(),
        }
    }

    fn absent() -> Status {
        Status::NotApplicable {
            capability: String::new(),
        }
    }

    fn not_run(reason: NotRunReason) -> Status {
        Status::NotRun { reason }
    }

    fn must(statuses: &[Status]) -> Verdict {
        Verdict::of(statuses.iter().map(|status| (Level::Must, status)))
    }

    #[test]
    fn a_failure_outweighs_an_error_which_outweighs_what_is_missing() {
        assert_eq!(must(&[Status::Pass, absent()]), Verdict::Conformant);
        assert_eq!(must(&[Status::Pass, blocked()]), Verdict::Incomplete);
        assert_eq!(must(&[blocked(), broken()]), Verdict::HarnessError);
        assert_eq!(must(&[broken(), fail(), blocked()]), Verdict::NotConformant);
    }

    #[test]
    fn what_is_better_than_expected_makes_the_baseline_stale_and_outweighs_nothing() {
        let surprise = || Status::UnexpectedPass {
            reason: String::new(),
        };
        assert_eq!(must(&[Status::Pass, surprise()]), Verdict::StaleBaseline);
        assert_eq!(must(&[surprise(), blocked()]), Verdict::Incomplete);
        assert_eq!(must(&[surprise(), fail()]), Verdict::NotConformant);
        assert_eq!(Verdict::StaleBaseline.exit_code(), 5);
    }

    #[test]
    fn nothing_seen_is_not_conformance() {
        assert_eq!(must(&[]), Verdict::Incomplete);
        assert_eq!(must(&[absent()]), Verdict::Incomplete);
        assert_eq!(
            must(&[not_run(NotRunReason::NotSelected)]),
            Verdict::Incomplete
        );
    }

    #[test]
    fn an_interrupted_run_is_incomplete_and_a_selection_is_not() {
        let interrupted = not_run(NotRunReason::Interrupted);
        assert_eq!(must(&[Status::Pass, interrupted]), Verdict::Incomplete);
        let left_out = not_run(NotRunReason::NotSelected);
        assert_eq!(must(&[Status::Pass, left_out]), Verdict::Conformant);
    }

    #[test]
    fn a_should_warns_and_never_decides() {
        let timeout = Status::Timeout {
            limit: Duration::ZERO,
            history: Vec::new(),
        };
        for status in [blocked(), timeout, Status::Warn(Box::default())] {
            let verdict = Verdict::of([(Level::Must, &Status::Pass), (Level::Should, &status)]);
            assert_eq!(verdict, Verdict::Conformant, "{status:?}");
        }
    }
}
