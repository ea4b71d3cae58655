//! Why a selection cannot be made.

use std::fmt;

use super::Shard;
use crate::check::Profile;

/// Why a selection cannot be made.
///
/// ```
/// use omniview_conformance::{Profile, Selection, SelectionError};
///
/// let error = Selection::new(Profile::Full, &["crud.gte.*"], &[]).unwrap_err();
/// let SelectionError::NoMatch { nearest, .. } = &error else { panic!("{error}") };
/// assert_eq!(nearest.len(), 3);
/// assert!(error.to_string().starts_with("no check matches `crud.gte.*`; the nearest are "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectionError {
    /// A glob matches no id.
    NoMatch {
        /// The glob.
        glob: String,
        /// The ids that are most like it.
        nearest: Vec<&'static str>,
    },
    /// There is no such area, clause or capability.
    Unknown {
        /// Which of the three.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// The shard holds none of what was selected.
    EmptyShard {
        /// The shard.
        shard: Shard,
        /// How many checks were selected.
        selected: usize,
    },
    /// Every glob matches something, and nothing is left.
    Empty {
        /// The profile that was selected from.
        profile: Profile,
    },
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMatch { glob, nearest } => write!(
                f,
                "no check matches `{glob}`; the nearest are {}; `conformance list` shows all",
                nearest.join(", ")
            ),
            Self::Unknown { what, name, known } => write!(
                f,
                "no check is of {what} `{name}`; there are {}",
                known.join(", ")
            ),
            Self::EmptyShard { shard, selected } => write!(
                f,
                "shard {shard} holds none of the {selected} selected checks; use fewer shards"
            ),
            Self::Empty { profile } => write!(
                f,
                "nothing is left of profile {} after the selection and what is skipped",
                profile.as_str()
            ),
        }
    }
}

impl std::error::Error for SelectionError {}
