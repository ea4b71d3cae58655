//! What was violated, and where in a history.

use std::fmt;

use super::super::Trace;
use crate::Failure;

/// What was violated, and where in a history.
///
/// ```
/// use omniview_conformance::history::{Trace, invariants};
///
/// /// What a history violates, each with the steps that show it.
/// fn explain(trace: &Trace) -> String {
///     let mut text = String::new();
///     for violation in invariants::judge(trace) {
///         text.push_str(&format!("{violation}\n{}\n", violation.failure(trace).history.join("\n")));
///     }
///     text
/// }
/// # assert_eq!(explain(&Trace::new("shop", "watch.sync.is-reached")), "");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The id of the invariant.
    pub invariant: &'static str,
    /// The place of the step that shows it.
    pub at: u64,
    /// What should hold, of what.
    pub what: String,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
    /// The id of the object that shows it, where the step does not name it.
    pub object: Option<String>,
}

impl Violation {
    pub(super) fn new(
        at: u64,
        what: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self {
            invariant: "",
            at,
            what: what.into(),
            expected: expected.into(),
            actual: actual.into(),
            object: None,
        }
    }

    pub(super) fn about(mut self, object: &str) -> Self {
        self.object = Some(object.to_owned());
        self
    }

    /// The violation as the failure of a check, with the slice of the history that shows it.
    pub fn failure(&self, trace: &Trace) -> Failure {
        Failure {
            what: self.what.clone(),
            expected: self.expected.clone(),
            actual: self.actual.clone(),
            history: trace.slice(self.at, self.object.as_deref()),
            ..Failure::default()
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            invariant,
            at,
            what,
            expected,
            actual,
            ..
        } = self;
        write!(
            f,
            "{invariant} at #{at}: {what}: expected {expected}, got {actual}"
        )
    }
}
