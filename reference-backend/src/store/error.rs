//! Why the store refused.

use std::{error::Error, fmt};

use omniview_sdk::{ErrorCode, ResourceKey, ResourceOperationError};

/// Why the store refused: a raw error, as a driver of a database would throw it.
///
/// The plugin passes it on as it is; its [`ErrorClassifier`](omniview_sdk::ErrorClassifier) makes a structured error of it.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Refusal, Table, TableScope};
///
/// let table = Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new()));
/// let error = table.get("node-1", "").unwrap_err();
/// assert_eq!(error.refusal(), Refusal::NotFound);
/// assert_eq!(error.to_string(), r#"core::v1::Node: "node-1" does not exist"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    refusal: Refusal,
    key: ResourceKey,
    id: Option<String>,
    message: String,
    suggestion: Option<&'static str>,
}

/// What kind of refusal a [`StoreError`] is.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Refusal, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new()));
/// let node = Json::from(json!({"metadata": {"name": "node-1"}}));
/// table.create(&node, "")?;
/// assert_eq!(table.create(&node, "").unwrap_err().refusal(), Refusal::Taken);
/// assert_eq!(table.create(&Json::from(json!([])), "").unwrap_err().refusal(), Refusal::Invalid);
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no such object.
    NotFound,
    /// The id is taken.
    Taken,
    /// Somebody else was faster.
    Conflict,
    /// It is no object, or not one that can be stored there.
    Invalid,
}

impl StoreError {
    pub(super) fn new(refusal: Refusal, key: &ResourceKey, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            refusal,
            key: key.clone(),
            id: None,
            message: message.into(),
            suggestion: None,
        }))
    }

    pub(super) fn on_id(mut self, id: &str) -> Self {
        self.0.id = Some(id.to_owned());
        self
    }

    pub(super) fn suggest(mut self, suggestion: &'static str) -> Self {
        self.0.suggestion = Some(suggestion);
        self
    }

    /// What kind of refusal it is.
    pub fn refusal(&self) -> Refusal {
        self.0.refusal
    }

    /// The type of the object.
    pub fn key(&self) -> &ResourceKey {
        &self.0.key
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The code that a structured error has for it.
    pub fn code(&self) -> &'static ErrorCode {
        match self.0.refusal {
            Refusal::NotFound => &ErrorCode::NotFound,
            Refusal::Taken => &ErrorCode::AlreadyExists,
            Refusal::Conflict => &ErrorCode::Conflict,
            Refusal::Invalid => &ErrorCode::InvalidInput,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl Error for StoreError {}

impl From<StoreError> for ResourceOperationError {
    fn from(error: StoreError) -> Self {
        let code = error.code().clone();
        let Inner {
            refusal: _,
            key,
            id,
            message,
            suggestion,
        } = *error.0;
        let mut structured = Self::new(code, message).on_key(&key);
        if let Some(id) = id {
            structured = structured.on_id(id);
        }
        if let Some(suggestion) = suggestion {
            structured = structured.with_suggestion(suggestion);
        }
        structured
    }
}
