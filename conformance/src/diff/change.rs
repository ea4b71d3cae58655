//! One difference.

use std::fmt;

/// Whether a difference is for the worse.
///
/// ```
/// use omniview_conformance::diff::{ChangeKind, Direction};
///
/// assert_eq!(ChangeKind::LostCapability.direction(), Direction::Regression);
/// assert_eq!(Direction::ALL.map(Direction::as_str), ["regressions", "improvements", "neutral"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Less is kept, or less was seen.
    Regression,
    /// More is kept, or more was seen.
    Improvement,
    /// It is otherwise, and neither better nor worse.
    Neutral,
}

impl Direction {
    /// Every direction, the worst first.
    pub const ALL: [Self; 3] = [Self::Regression, Self::Improvement, Self::Neutral];

    /// Its name as a heading and as a key: `regressions`, `improvements`, `neutral`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regression => "regressions",
            Self::Improvement => "improvements",
            Self::Neutral => "neutral",
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident => $text:literal, $direction:ident;)+) => {
        /// What kind of difference it is; the kind decides the direction.
        ///
        /// ```
        /// use omniview_conformance::diff::{ChangeKind, Direction};
        ///
        /// let worse = ChangeKind::ALL.iter().filter(|kind| kind.direction() == Direction::Regression);
        /// for kind in worse {
        ///     println!("{kind}");
        /// }
        /// assert_eq!(ChangeKind::NewlyFailing.to_string(), "newly failing");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ChangeKind {
            $($(#[$doc])* $name,)+
        }

        impl ChangeKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in words.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// Whether it is for the worse.
            pub const fn direction(self) -> Direction {
                match self {
                    $(Self::$name => Direction::$direction,)+
                }
            }
        }
    };
}

kinds! {
    /// It was not seen to fail, and does.
    NewlyFailing => "newly failing", Regression;
    /// It did not warn, and does.
    NewlyWarned => "newly warned", Regression;
    /// The suite could judge it, and cannot any more.
    NewlyBroken => "newly an error of the suite", Regression;
    /// It was not blocked, and is.
    NewlyBlocked => "newly blocked", Regression;
    /// It passed, and is about something that the plugin does not declare any more.
    NoLongerApplicable => "no longer applicable", Regression;
    /// It passed, and was not run.
    NoLongerRun => "no longer run", Regression;
    /// The catalogue does not hold it any more.
    CheckGone => "check gone", Regression;
    /// It expects less than it did.
    FewerAssertions => "fewer assertions", Regression;
    /// It goes over a type less.
    FewerTypes => "fewer types", Regression;
    /// A type declared it, and does not any more.
    LostCapability => "lost capability", Regression;
    /// The plugin had the type, and has not any more.
    LostType => "lost type", Regression;
    /// It takes longer by more than was allowed.
    Slower => "slower", Regression;
    /// It failed, and passes.
    Fixed => "fixed", Improvement;
    /// It failed, and is a warning now.
    OnlyWarned => "only warned", Improvement;
    /// It was not seen, and passes.
    NewlySeen => "newly seen to be kept", Improvement;
    /// A type declares it, and did not before.
    NewCapability => "new capability", Improvement;
    /// The plugin has a type that it did not have.
    NewType => "new type", Improvement;
    /// The catalogue did not hold it, and it passes.
    NewCheck => "new check", Neutral;
    /// It failed, and is in the baseline now.
    NowKnown => "now in the baseline", Neutral;
    /// It fails as it did, for another reason.
    FailsOtherwise => "fails otherwise", Neutral;
    /// It was not kept, and is not seen any more.
    NotSeenAnyMore => "not kept before, not seen now", Neutral;
    /// It was not seen and is not, for another reason.
    UnseenOtherwise => "not seen for another reason", Neutral;
    /// It has another id.
    Renamed => "renamed", Neutral;
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One difference between two reports.
///
/// ```
/// use omniview_conformance::diff::{Diff, Direction};
///
/// fn regressions(diff: &Diff) -> Vec<String> {
///     let worse = diff.changes.iter().filter(|change| change.kind.direction() == Direction::Regression);
///     worse.map(|change| format!("{} {}: {}, was {}", change.kind, change.subject, change.is, change.was)).collect()
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Change {
    /// What kind of difference it is.
    pub kind: ChangeKind,
    /// The id of the check, or the key of the type.
    pub subject: String,
    /// How it was.
    pub was: String,
    /// How it is.
    pub is: String,
    /// The first thing to know about how it is: what was expected and seen, or the reason. May be empty.
    pub detail: String,
}

impl Change {
    pub(super) fn new(
        kind: ChangeKind,
        subject: &str,
        was: impl Into<String>,
        is: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            subject: subject.to_owned(),
            was: was.into(),
            is: is.into(),
            detail: String::new(),
        }
    }

    pub(super) fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}
