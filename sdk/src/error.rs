//! The one error of the boundary, and what plugin code may return instead of it.

use std::{error::Error, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeStruct};

use crate::{ConnectionId, ErrorCode, FilterOperator, ResourceKey};

/// Any error of plugin code: `?` turns every `std::error::Error` into it.
///
/// # Examples
///
/// ```
/// use omniview_sdk::BoxError;
///
/// fn port(text: &str) -> Result<u16, BoxError> {
///     let port: u16 = text.parse()?; // any error will do
///     if port == 0 {
///         return Err("a port is not 0".into()); // and so will a text
///     }
///     Ok(port)
/// }
///
/// assert!(port("eighty").unwrap_err().is::<std::num::ParseIntError>());
/// assert_eq!(port("0").unwrap_err().to_string(), "a port is not 0");
/// ```
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// What a plugin's own methods return.
///
/// Return a [`ResourceOperationError`] to choose the code yourself; any other error passes through the
/// [`ErrorClassifier`](crate::ErrorClassifier) and becomes [`ErrorCode::Internal`] where none knows it.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, PluginResult, ResourceOperationError};
///
/// fn place(pods: &[&str], id: &str) -> PluginResult<usize> {
///     match pods.iter().position(|pod| *pod == id) {
///         Some(place) => Ok(place),
///         None => Err(ResourceOperationError::not_found(format!("there is no pod {id:?}")))?,
///     }
/// }
///
/// let error = place(&["web"], "db").unwrap_err();
/// let chosen = error.downcast_ref::<ResourceOperationError>().ok_or("a code was chosen")?;
/// assert_eq!(*chosen.code(), ErrorCode::NotFound);
/// # Ok::<(), omniview_sdk::BoxError>(())
/// ```
pub type PluginResult<T> = Result<T, BoxError>;

/// What the boundary returns.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, ListResult, ResourceOperationError, Result};
///
/// fn only(page: &ListResult) -> Result<&str> {
///     match &page.result[..] {
///         [one] => Ok(one.as_str()),
///         others => Err(ResourceOperationError::invalid_input(format!("{} objects, not one", others.len()))),
///     }
/// }
///
/// assert_eq!(*only(&ListResult::new([])).unwrap_err().code(), ErrorCode::InvalidInput);
/// assert_eq!(size_of::<Result<()>>(), size_of::<usize>(), "an error is one pointer wide");
/// ```
pub type Result<T, E = ResourceOperationError> = std::result::Result<T, E>;

/// Who has to act for an error to go away.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, Fault, ResourceOperationError};
///
/// let missing = ResourceOperationError::not_found("there is no pod \"web\"");
/// assert_eq!(missing.fault(), Fault::Caller, "ask for another one");
/// let down = ResourceOperationError::new(ErrorCode::Unavailable, "connection refused");
/// assert_eq!(down.fault(), Fault::Backend, "try again later");
/// assert_eq!(down.with_fault(Fault::Plugin).fault(), Fault::Plugin);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The caller asked for something that cannot be, or took its question back.
    Caller,
    /// Plugin code panicked or broke its side of the contract.
    Plugin,
    /// The system behind the plugin refused, failed or did not answer.
    Backend,
    /// The SDK itself; always worth a bug report.
    Sdk,
}

/// A structured error: a code for programs, a title and message for people, suggestions, and the cause.
///
/// Its text ([`Display`](fmt::Display)) is the JSON of code, title, message and suggestions, so that it
/// survives a boundary that carries errors as strings. Where it happened ([`operation`](Self::operation),
/// [`connection`](Self::connection), [`key`](Self::key), [`id`](Self::id)) and its cause
/// ([`source`](Error::source)) are reachable, and never serialised. The error is one pointer wide.
///
/// Two errors are equal when their JSON is.
///
/// ```
/// use omniview_sdk::{ErrorCode, ResourceOperationError};
///
/// let error = ResourceOperationError::new(ErrorCode::NotFound, "pod \"web\" does not exist")
///     .with_suggestion("list the pods");
/// assert_eq!(
///     error.to_string(),
///     r#"{"code":"NOT_FOUND","title":"Not found","message":"pod \"web\" does not exist","suggestions":["list the pods"]}"#,
/// );
/// ```
///
/// Contract: ERR-01, ERR-02, FLT-13
#[derive(Clone)]
pub struct ResourceOperationError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: ErrorCode,
    title: String,
    message: String,
    suggestions: Vec<String>,
    fault: Option<Fault>,
    operation: Option<&'static str>,
    connection: Option<ConnectionId>,
    key: Option<ResourceKey>,
    id: Option<String>,
    source: Option<Arc<dyn Error + Send + Sync + 'static>>,
}

impl ResourceOperationError {
    /// Creates an error with the title that belongs to `code`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            title: default_title(&code).to_owned(),
            code,
            message: message.into(),
            suggestions: Vec::new(),
            fault: None,
            operation: None,
            connection: None,
            key: None,
            id: None,
            source: None,
        }))
    }

    /// A [`ErrorCode::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// A [`ErrorCode::InvalidInput`].
    pub fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidInput, message)
    }

    /// A [`ErrorCode::Unsupported`].
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unsupported, message)
    }

    /// A [`ErrorCode::Internal`].
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, message)
    }

    /// The documented error for a predicate on an undeclared path (`ErrFilterUnknownField`).
    ///
    /// Contract: FLT-01
    pub fn filter_unknown_field(path: &str) -> Self {
        Self::new(
            ErrorCode::FilterUnknownField,
            format!("field {path} is not a valid filter field"),
        )
        .with_suggestion("Check FilterFields() for the list of supported filter paths")
    }

    /// The documented error for an operator that a field does not allow (`ErrFilterInvalidOperator`).
    ///
    /// Contract: FLT-02
    pub fn filter_invalid_operator(
        path: &str,
        operator: &FilterOperator,
        allowed: &[FilterOperator],
    ) -> Self {
        let allowed: Vec<&str> = allowed.iter().map(FilterOperator::as_str).collect();
        Self::new(
            ErrorCode::FilterInvalidOperator,
            format!("operator {operator} is not valid for field {path}"),
        )
        .with_suggestion(format!("Allowed operators: {}", allowed.join(", ")))
    }

    /// The documented answer to an update that changes nothing (`ErrConnectionUnchanged`).
    ///
    /// Contract: CON-23
    pub fn connection_unchanged(id: &ConnectionId) -> Self {
        Self::new(
            ErrorCode::from(CONNECTION_UNCHANGED),
            format!("connection {id:?} already has this configuration"),
        )
        .with_title("Connection unchanged")
        .on_connection(id)
    }

    /// Whether this is [`connection_unchanged`](Self::connection_unchanged).
    pub fn is_connection_unchanged(&self) -> bool {
        self.0.code.as_str() == CONNECTION_UNCHANGED
    }

    /// What happened, for programs.
    pub fn code(&self) -> &ErrorCode {
        &self.0.code
    }

    /// What happened, in two or three words.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// What happened, where and why.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the reader can do about it.
    pub fn suggestions(&self) -> &[String] {
        &self.0.suggestions
    }

    /// Who has to act; derived from the code unless it was said.
    pub fn fault(&self) -> Fault {
        self.0.fault.unwrap_or_else(|| default_fault(&self.0.code))
    }

    /// The operation of the boundary that failed, as `snake_case` method name.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The connection that it happened on.
    pub fn connection(&self) -> Option<&ConnectionId> {
        self.0.connection.as_ref()
    }

    /// The resource type that it happened on.
    pub fn key(&self) -> Option<&ResourceKey> {
        self.0.key.as_ref()
    }

    /// The id of the object that it happened on.
    pub fn id(&self) -> Option<&str> {
        self.0.id.as_deref()
    }

    /// The cause as a shared handle; [`source`](Error::source) borrows the same.
    pub fn cause(&self) -> Option<&Arc<dyn Error + Send + Sync + 'static>> {
        self.0.source.as_ref()
    }

    /// Replaces the title.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.0.title = title.into();
        self
    }

    /// Adds something that the reader can do.
    #[must_use]
    pub fn with_suggestion(mut self, suggestion: impl Into<String>) -> Self {
        self.0.suggestions.push(suggestion.into());
        self
    }

    /// Says whose fault it is, where the code alone does not.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        self.0.fault = Some(fault);
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Names the operation, unless it is named already.
    #[must_use]
    pub fn in_operation(mut self, operation: &'static str) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Names the connection, unless it is named already.
    #[must_use]
    pub fn on_connection(mut self, connection: &ConnectionId) -> Self {
        self.0.connection.get_or_insert_with(|| connection.clone());
        self
    }

    /// Names the resource type, unless it is named already.
    #[must_use]
    pub fn on_key(mut self, key: &ResourceKey) -> Self {
        self.0.key.get_or_insert_with(|| key.clone());
        self
    }

    /// Names the object, unless it is named already.
    #[must_use]
    pub fn on_id(mut self, id: impl Into<String>) -> Self {
        self.0.id.get_or_insert_with(|| id.into());
        self
    }

    /// One line for people: where, code and message, without the JSON.
    pub fn summary(&self) -> String {
        let mut line = String::new();
        if let Some(operation) = self.0.operation {
            line.push_str(operation);
        }
        if let Some(key) = &self.0.key {
            line.push_str(" of ");
            line.push_str(key);
        }
        if let Some(id) = &self.0.id {
            line.push_str(&format!(" {id:?}"));
        }
        if let Some(connection) = &self.0.connection {
            line.push_str(&format!(" on connection {connection:?}"));
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&format!("{} ({})", self.0.message, self.0.code));
        for suggestion in &self.0.suggestions {
            line.push_str("; ");
            line.push_str(suggestion);
        }
        line
    }
}

const CONNECTION_UNCHANGED: &str = "CONNECTION_UNCHANGED";

fn default_title(code: &ErrorCode) -> &'static str {
    match code {
        ErrorCode::NotFound => "Not found",
        ErrorCode::AlreadyExists => "Already exists",
        ErrorCode::PermissionDenied => "Permission denied",
        ErrorCode::InvalidInput => "Invalid input",
        ErrorCode::Conflict => "Conflict",
        ErrorCode::Internal => "Internal error",
        ErrorCode::Unavailable => "Unavailable",
        ErrorCode::Timeout => "Timed out",
        ErrorCode::FilterUnknownField => "Unknown filter field",
        ErrorCode::FilterInvalidOperator => "Invalid filter operator",
        ErrorCode::Forbidden => "Forbidden",
        ErrorCode::Unauthorized => "Unauthorized",
        ErrorCode::ConnectionError => "Connection failed",
        ErrorCode::CertificateError => "Certificate not trusted",
        ErrorCode::NotConnected => "Not connected",
        ErrorCode::AmbiguousConnection => "Ambiguous connection",
        ErrorCode::Unsupported => "Not supported",
        ErrorCode::Cancelled => "Cancelled",
        ErrorCode::Closed => "Closed",
        _ => "Error",
    }
}

fn default_fault(code: &ErrorCode) -> Fault {
    match code {
        ErrorCode::NotFound
        | ErrorCode::AlreadyExists
        | ErrorCode::InvalidInput
        | ErrorCode::Conflict
        | ErrorCode::FilterUnknownField
        | ErrorCode::FilterInvalidOperator
        | ErrorCode::NotConnected
        | ErrorCode::AmbiguousConnection
        | ErrorCode::Unsupported
        | ErrorCode::Cancelled
        | ErrorCode::Closed => Fault::Caller,
        ErrorCode::Internal => Fault::Plugin,
        code if code.as_str() == CONNECTION_UNCHANGED => Fault::Caller,
        _ => Fault::Backend,
    }
}

impl fmt::Display for ResourceOperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Four strings always serialise; a formatter that refuses them is the only way to fail.
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for ResourceOperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            code,
            title,
            message,
            suggestions,
            fault: _,
            operation,
            connection,
            key,
            id,
            source,
        } = &*self.0;
        f.debug_struct("ResourceOperationError")
            .field("code", code)
            .field("title", title)
            .field("message", message)
            .field("suggestions", suggestions)
            .field("fault", &self.fault())
            .field("operation", operation)
            .field("connection", connection)
            .field("key", key)
            .field("id", id)
            .field("source", source)
            .finish()
    }
}

impl Error for ResourceOperationError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0
            .source
            .as_ref()
            .map(|source| &**source as &(dyn Error + 'static))
    }
}

impl PartialEq for ResourceOperationError {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&*self.0, &*other.0);
        (&a.code, &a.title, &a.message, &a.suggestions)
            == (&b.code, &b.title, &b.message, &b.suggestions)
    }
}

impl Eq for ResourceOperationError {}

impl Serialize for ResourceOperationError {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let inner = &*self.0;
        let has_suggestions = !inner.suggestions.is_empty();
        let mut out = serializer
            .serialize_struct("ResourceOperationError", 3 + usize::from(has_suggestions))?;
        out.serialize_field("code", &inner.code)?;
        out.serialize_field("title", &inner.title)?;
        out.serialize_field("message", &inner.message)?;
        if has_suggestions {
            out.serialize_field("suggestions", &inner.suggestions)?;
        }
        out.end()
    }
}

impl<'de> Deserialize<'de> for ResourceOperationError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(default)]
        struct Wire {
            code: ErrorCode,
            title: String,
            message: String,
            suggestions: Option<Vec<String>>,
        }
        impl Default for Wire {
            fn default() -> Self {
                Self {
                    code: ErrorCode::from(""),
                    title: String::new(),
                    message: String::new(),
                    suggestions: None,
                }
            }
        }
        let wire = Wire::deserialize(deserializer)?;
        let mut error = Self::new(wire.code, wire.message).with_title(wire.title);
        error.0.suggestions = wire.suggestions.unwrap_or_default();
        Ok(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: ERR-01
    #[test]
    fn the_text_of_an_error_is_its_json_and_reads_back() {
        let error =
            ResourceOperationError::not_found("no \"pod\" <a> & co").with_suggestion("list");
        let text = error.to_string();
        assert_eq!(
            text,
            r#"{"code":"NOT_FOUND","title":"Not found","message":"no \"pod\" <a> & co","suggestions":["list"]}"#
        );
        let back: ResourceOperationError = serde_json::from_str(&text).unwrap();
        assert_eq!(back, error);
        assert_eq!(back.fault(), Fault::Caller);
    }

    /// Contract: ERR-02
    #[test]
    fn the_cause_is_reachable_and_not_serialised() {
        let error = ResourceOperationError::internal("broken")
            .with_source(std::io::Error::other("planted-cause"));
        assert_eq!(error.source().unwrap().to_string(), "planted-cause");
        assert!(
            error
                .source()
                .unwrap()
                .downcast_ref::<std::io::Error>()
                .is_some()
        );
        assert!(!error.to_string().contains("planted-cause"));
    }

    #[test]
    fn the_place_is_named_once_by_the_innermost_that_knows() {
        let error = ResourceOperationError::invalid_input("bad page")
            .in_operation("list")
            .in_operation("find")
            .on_connection(&"dev".into())
            .on_key(&"core::v1::Pod".into());
        assert_eq!(error.operation(), Some("list"));
        assert_eq!(
            error.summary(),
            "list of core::v1::Pod on connection \"dev\": bad page (INVALID_INPUT)"
        );
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<ResourceOperationError>(), size_of::<usize>());
    }
}
