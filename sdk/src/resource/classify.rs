//! Raw errors become structured ones.

use std::error::Error;

use crate::ResourceOperationError;

/// Turns a raw error of plugin code into a structured one.
///
/// The classifier of a resource type outranks the plugin-wide one. It is asked about every error of every plugin
/// call that is not a [`ResourceOperationError`] already; a panic in it leaves the original error.
///
/// ```
/// use std::{error::Error, io};
/// use omniview_sdk::{ErrorClassifier, ErrorCode, ResourceOperationError};
///
/// struct Io;
///
/// impl ErrorClassifier for Io {
///     fn classify(&self, error: &(dyn Error + Send + Sync + 'static)) -> Option<ResourceOperationError> {
///         let io = error.downcast_ref::<io::Error>()?;
///         (io.kind() == io::ErrorKind::NotFound)
///             .then(|| ResourceOperationError::not_found("there is no such file"))
///     }
/// }
///
/// let error = io::Error::from(io::ErrorKind::NotFound);
/// assert_eq!(*Io.classify(&error).unwrap().code(), ErrorCode::NotFound);
/// ```
///
/// Contract: ERR-03, CFG-12, CFG-13
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ErrorClassifier`",
    label = "`.error_classifier()` needs `ErrorClassifier`",
    note = "implement `ErrorClassifier` for `{Self}`, or drop the `.error_classifier()` call"
)]
pub trait ErrorClassifier: Send + Sync + 'static {
    /// The structured form of `error`; `None` for an error that it does not know. The SDK keeps the original as source.
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError>;
}
