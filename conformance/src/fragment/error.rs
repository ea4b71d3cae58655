//! Why parts cannot be merged.

use std::fmt;

/// Why parts cannot be merged. Each says which file says what.
///
/// ```
/// use omniview_conformance::fragment::{MergeError, merge};
///
/// let error = merge(&[]).unwrap_err();
/// assert_eq!(error, MergeError::Nothing);
/// assert!(error.to_string().starts_with("there is nothing to merge"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// There is no such file, or it is no part of a report.
    Unreadable {
        /// The file or folder.
        source: String,
        /// What is wrong with it.
        message: String,
    },
    /// There is no part at all.
    Nothing,
    /// The parts are not of one plugin, suite, selection and seed.
    Mixed {
        /// What differs.
        what: String,
        /// Each value, with the files that have it.
        values: Vec<(String, Vec<String>)>,
    },
    /// A folder has the fragments of several runs, so that some may be old.
    SeveralRuns {
        /// The folder.
        folder: String,
        /// An example of each run.
        examples: Vec<String>,
    },
    /// Two parts tell different things of one check.
    Disagreement {
        /// The check.
        id: String,
        /// How it ended, and the file that says so.
        endings: Vec<(String, String)>,
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { source, message } => write!(f, "{source}: {message}"),
            Self::Nothing => f.write_str(
                "there is nothing to merge: name fragments, reports of shards, or folders of them",
            ),
            Self::Mixed { what, values } => {
                write!(f, "the parts are not of one run: they differ in {what}")?;
                for (value, sources) in values {
                    write!(f, "\n  {value} in {}", some(sources))?;
                }
                f.write_str("\nmerge those of one plugin, suite, selection and seed")
            }
            Self::SeveralRuns { folder, examples } => write!(
                f,
                "{folder} has the fragments of {} runs, of which some may be old, such as {}; empty the folder before a run, \
                 or give each run one of its own",
                examples.len(),
                examples.join(" and ")
            ),
            Self::Disagreement { id, endings } => {
                write!(f, "the parts do not agree on {id}")?;
                for (ending, source) in endings {
                    write!(f, "\n  {ending} in {source}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for MergeError {}

/// The first files of a list, and how many more there are.
fn some(sources: &[String]) -> String {
    const SHOWN: usize = 2;
    let shown = sources.iter().take(SHOWN).cloned();
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if sources.len() > SHOWN {
        text.push_str(&format!(" and {} more", sources.len() - SHOWN));
    }
    text
}
