//! What happens to a call in place of its answer.

use std::{error::Error, fmt, time::Duration};

use omniview_sdk::{BoxError, ErrorCode, Json, PluginResult, ResourceOperationError};

/// What happens to a call instead of its answer.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::{Harness, fault::{Fault, Faults, PluginMethod}, stub::stub_plugin};
/// use omniview_sdk::{ErrorCode, ListInput};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let faults = Faults::new();
/// let h = Harness::mount(faults.wrap(stub_plugin().config));
/// h.connect("dev").await;
/// for (fault, code) in [
///     (Fault::refused(ErrorCode::Forbidden), ErrorCode::Forbidden),
///     (Fault::failed("connection reset"), ErrorCode::Internal), // what no classifier knows
///     (Fault::Panic("a bug".into()), ErrorCode::Internal),
/// ] {
///     faults.next(PluginMethod::List, fault);
///     h.list("core::v1::Pod", ListInput::all()).expect_error(code).await;
/// }
/// h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// It fails with a structured error.
    Error(ResourceOperationError),
    /// It fails with a raw error, a [`RawError`] with this text, for an error classifier to meet.
    Raw(String),
    /// It panics with this text.
    Panic(String),
    /// It never answers.
    Hang,
    /// It answers as usual, but only after this long.
    Delay(Duration),
    /// It answers as usual, but every object in the answer is the JSON text `"malformed"`.
    ///
    /// A watch emits one event of an object without an id and with such data, and goes on as usual. A method whose answer
    /// has no objects of the resource type in it answers as usual.
    Malformed,
}

impl Fault {
    /// It fails with this code.
    pub fn refused(code: ErrorCode) -> Self {
        let message = format!("a fault of the test: refused with {code}");
        Self::Error(ResourceOperationError::new(code, message))
    }

    /// It fails with a raw error, as the client of a backend throws it.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    /// The error that it is; `None` where it is something else.
    pub(super) fn error(&self) -> Option<BoxError> {
        match self {
            Self::Error(error) => Some(error.clone().into()),
            Self::Raw(text) => Some(RawError(text.clone()).into()),
            Self::Panic(_) | Self::Hang | Self::Delay(_) | Self::Malformed => None,
        }
    }

    /// Lets it happen.
    pub(super) async fn happen(self) -> PluginResult<Answer> {
        match self {
            Self::Error(error) => Err(error.into()),
            Self::Raw(text) => Err(RawError(text).into()),
            Self::Panic(text) => panic!("{text}"),
            Self::Hang => std::future::pending().await,
            Self::Delay(delay) => {
                tokio::time::sleep(delay).await;
                Ok(Answer::Proper)
            }
            Self::Malformed => Ok(Answer::Malformed),
        }
    }
}

/// How a call is answered that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Proper,
    Malformed,
}

impl Answer {
    /// Replaces the objects of a malformed answer.
    pub(crate) fn spoil<'a>(self, objects: impl IntoIterator<Item = &'a mut Json>) {
        if self == Self::Malformed {
            for object in objects {
                *object = malformed();
            }
        }
    }
}

/// JSON that is no object of any type.
pub(super) fn malformed() -> Json {
    Json::from(serde_json::Value::from("malformed"))
}

/// A raw error of a fault or a stub.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::fault::RawError;
/// use omniview_sdk::{ErrorClassifier, ErrorCode, ResourceOperationError};
///
/// struct Resets;
///
/// impl ErrorClassifier for Resets {
///     fn classify(&self, error: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<ResourceOperationError> {
///         error.to_string().contains("reset").then(|| ResourceOperationError::new(ErrorCode::Unavailable, "try again"))
///     }
/// }
///
/// let reset = Resets.classify(&RawError("connection reset".into()));
/// assert!(reset.is_some_and(|error| *error.code() == ErrorCode::Unavailable));
/// assert!(Resets.classify(&RawError("disk full".into())).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawError(pub String);

impl fmt::Display for RawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for RawError {}
