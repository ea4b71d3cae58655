//! The texts of failures: where in the test, what was called on what, what came, what to do.

use std::{error::Error, panic::Location};

use omniview_sdk::{ConnectionId, ErrorCode, ResourceKey, ResourceOperationError};
use serde_json::Value;

/// How much of an input or an answer is printed.
const LONGEST: usize = 2_000;

/// Where a call was made, and with what.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) location: &'static Location<'static>,
    pub(crate) operation: &'static str,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) key: Option<ResourceKey>,
    pub(crate) name: Option<String>,
    pub(crate) input: Value,
}

/// What came of a call that should have gone otherwise.
#[derive(Debug)]
pub(crate) enum Outcome {
    Error(ResourceOperationError),
    OtherError {
        code: ErrorCode,
        error: ResourceOperationError,
    },
    Success {
        code: ErrorCode,
        answer: String,
    },
}

impl Site {
    /// Fails the test.
    pub(crate) fn fail(&self, outcome: &Outcome) -> ! {
        panic!("{}", self.describe(outcome));
    }

    pub(crate) fn describe(&self, outcome: &Outcome) -> String {
        let call = self.call(outcome);
        let mut text = match outcome {
            Outcome::Error(error) => {
                format!("{call} failed with {}", error.code())
                    + &describe_error(error)
                    + &advice(error)
            }
            Outcome::OtherError { code, error } => {
                format!(
                    "{call} had to fail with {code} and failed with {}",
                    error.code()
                ) + &describe_error(error)
                    + &advice(error)
            }
            Outcome::Success { code, answer } => format!(
                "{call} had to fail with {code} and succeeded\n  answer: {}",
                shortened(answer)
            ),
        };
        if !self.input.is_null() {
            text.push_str("\n  input: ");
            text.push_str(&shortened(&self.input.to_string()));
        }
        text.push_str("\n  at ");
        text.push_str(&self.location.to_string());
        text
    }

    /// What was called; on the connection that was chosen, or on that which the error names.
    fn call(&self, outcome: &Outcome) -> String {
        let chosen = match outcome {
            Outcome::Error(error) | Outcome::OtherError { error, .. } => error.connection(),
            Outcome::Success { .. } => None,
        };
        let mut text = format!("`{}`", self.operation);
        if let Some(key) = &self.key {
            text.push_str(&format!(" of {}", or_quotes(key)));
        }
        if let Some(name) = &self.name {
            text.push_str(&format!(" {name:?}"));
        }
        if let Some(connection) = self.connection.as_ref().or(chosen) {
            text.push_str(&format!(" on connection {connection:?}"));
        }
        text
    }
}

/// The indented lines that tell all of an error.
pub(crate) fn describe_error(error: &ResourceOperationError) -> String {
    let mut text = format!("\n  message: {}", error.message());
    for suggestion in error.suggestions() {
        text.push_str(&format!("\n  suggestion: {suggestion}"));
    }
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!("\n  caused by: {source}"));
        cause = source.source();
    }
    text.push_str(&format!("\n  fault: {:?}", error.fault()));
    text
}

/// What to do in a test, where the error's own suggestion is for whoever drives an engine.
fn advice(error: &ResourceOperationError) -> String {
    let advice = match error.code() {
        ErrorCode::Closed => "await every call before `shutdown` or `close`",
        ErrorCode::NotConnected => "`h.connect(id).await` comes before the call",
        ErrorCode::AmbiguousConnection => {
            "`.on(id)` chooses for one call, `Harness::builder(config).connection(id)` for all"
        }
        _ => return String::new(),
    };
    format!("\n  in a test: {advice}")
}

fn or_quotes(key: &ResourceKey) -> &str {
    if key.is_empty() { "\"\"" } else { key }
}

pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!(
            "{}… ({} more characters)",
            &text[..end],
            text[end..].chars().count()
        ),
    }
}
