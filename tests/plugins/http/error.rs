//! What goes wrong in the client, and the codes for it.

use std::{error::Error, fmt, time::Duration};

use omniview_sdk::{ErrorClassifier, ErrorCode, ResourceOperationError};
use reqwest::StatusCode;
use serde::Deserialize;

/// An answer of the API that is not a success.
///
/// Where there is no answer at all, the client's error is [`reqwest::Error`].
#[derive(Debug)]
pub struct ApiError {
    asked: String,
    status: StatusCode,
    problem: Problem,
    retry_after: Option<Duration>,
}

/// The body that the API sends along with such an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    /// A word for programs; tells apart what shares a status.
    pub(super) code: String,
    /// A sentence for people.
    pub(super) message: String,
}

impl ApiError {
    /// An answer with this status to what was asked.
    pub(super) fn refused(asked: String, status: StatusCode, problem: Problem) -> Self {
        Self {
            asked,
            status,
            problem,
            retry_after: None,
        }
    }

    /// The same, with how long the library asks to wait.
    pub(super) fn retry_in(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// How long the library asks to wait before the next request, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    fn code(&self) -> ErrorCode {
        match self.status {
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => ErrorCode::InvalidInput,
            StatusCode::UNAUTHORIZED => ErrorCode::Unauthorized,
            StatusCode::FORBIDDEN => ErrorCode::Forbidden,
            StatusCode::NOT_FOUND => ErrorCode::NotFound,
            StatusCode::CONFLICT if self.problem.code == "exists" => ErrorCode::AlreadyExists,
            StatusCode::CONFLICT => ErrorCode::Conflict,
            StatusCode::TOO_MANY_REQUESTS => ErrorCode::Unavailable,
            status if status.is_server_error() => ErrorCode::Unavailable,
            _ => ErrorCode::Internal,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered with {}", self.asked, self.status)?;
        if !self.problem.message.is_empty() {
            write!(f, ": {}", self.problem.message)?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; it asks to wait {wait:?}")?;
        }
        Ok(())
    }
}

impl Error for ApiError {}

/// Gives a code to every error of the client; registered for the whole plugin, because connections fail as books do.
#[derive(Debug, Clone, Copy)]
pub struct HttpErrors;

impl ErrorClassifier for HttpErrors {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        if let Some(refused) = error.downcast_ref::<ApiError>() {
            let code = refused.code();
            let advice = advice(&code);
            let classified = ResourceOperationError::new(code, refused.to_string());
            return Some(match advice {
                Some(advice) => classified.with_suggestion(advice),
                None => classified,
            });
        }
        let transport = error.downcast_ref::<reqwest::Error>()?;
        if transport.is_builder() || transport.is_decode() {
            // What was sent or received is not what the API documents: nothing that waiting would help.
            return Some(ResourceOperationError::internal(with_causes(transport)));
        }
        Some(
            ResourceOperationError::new(ErrorCode::Unavailable, with_causes(transport))
                .with_suggestion("check that the library's server runs and that its URL is right"),
        )
    }
}

fn advice(code: &ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::Unauthorized => "set a valid token on the connection",
        ErrorCode::Forbidden => "ask the library for a token that allows this",
        ErrorCode::NotFound => "list the books to see what there is",
        ErrorCode::AlreadyExists => "choose another id, or update the book that has it",
        ErrorCode::Conflict => "read the book again and repeat the change on its new revision",
        ErrorCode::Unavailable => "try again later",
        _ => return None,
    })
}

/// The reasons are what matters: the outermost error only says that sending failed.
fn with_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
