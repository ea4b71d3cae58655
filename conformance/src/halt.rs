//! Why a check's body ended early.

use std::fmt;

use omniview_sdk::ResourceOperationError;
use serde::{Deserialize, Serialize};

/// What was expected of a call; which one it was is said when the check has ended.
pub(crate) const A_CALL_SUCCEEDS: &str = "the call succeeds";

/// Why a check's body ended before its end. `?` makes one of an expectation or of a refused call.
///
/// ```
/// use omniview_conformance::Halt;
/// use omniview_sdk::ResourceOperationError;
///
/// // A call of the plugin that is refused ends a body with `?`.
/// fn body() -> Result<(), Halt> {
///     Err(ResourceOperationError::not_found("there is no pod web"))?
/// }
///
/// let Err(Halt::Failed(failure)) = body() else { panic!("it is a failure") };
/// assert_eq!(failure.what, "the call succeeds");
/// assert!(failure.actual.contains("there is no pod web"));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "return it, or the check goes on"]
pub enum Halt {
    /// The requirement is not kept.
    Failed(Box<Failure>),
    /// Something that the body needs could not be had; it carries what.
    Blocked(String),
    /// The requirement is about something that the plugin does not have; it carries what.
    NotApplicable(String),
    /// The suite or the subject's description is wrong; it carries how.
    Broken(String),
}

impl Halt {
    /// The requirement is not kept.
    pub fn failed(
        what: impl Into<String>,
        expected: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self::Failed(Box::new(Failure {
            what: what.into(),
            expected: expected.into(),
            actual: actual.into(),
            ..Failure::default()
        }))
    }

    /// The suite or the subject's description is wrong.
    pub fn broken(how: impl Into<String>) -> Self {
        Self::Broken(how.into())
    }
}

impl From<ResourceOperationError> for Halt {
    fn from(error: ResourceOperationError) -> Self {
        Self::failed(A_CALL_SUCCEEDS, "success", error.summary())
    }
}

/// What was expected and what was seen instead.
///
/// ```
/// use omniview_conformance::Halt;
///
/// let halt = Halt::failed("how many objects are listed", "3", "2");
/// let Halt::Failed(failure) = halt else { unreachable!() };
/// assert_eq!(failure.to_string(), "how many objects are listed: expected 3, got 2");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// The expectation that did not hold.
    pub what: String,
    /// What should have been.
    pub expected: String,
    /// What was.
    pub actual: String,
    /// The last calls and events before it, one a line.
    pub history: Vec<String>,
    /// A test that shows it alone, ready to be pasted; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reproduction: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, got {}",
            self.what, self.expected, self.actual
        )
    }
}
