//! What goes wrong with files, and the codes for it.

use std::{
    error::Error,
    fmt,
    io::{self, ErrorKind},
};

use omniview_sdk::{ErrorClassifier, ErrorCode, ResourceOperationError};

/// An error of the file system, and what was being done.
///
/// [`io::Error`] does not say with which file, and whoever reads it wants to know.
#[derive(Debug)]
pub struct FileError {
    doing: String,
    source: io::Error,
}

impl FileError {
    /// Says of an error what was being done.
    pub fn while_doing(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        |source| Self {
            doing: doing.into(),
            source,
        }
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.doing, self.source)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

/// Gives a code to every error of the file system; registered for the whole plugin.
///
/// That a document is missing is said where it is known that it was a document: what is missing here is the directory.
#[derive(Debug, Clone, Copy)]
pub struct FileErrors;

impl ErrorClassifier for FileErrors {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        let error = error.downcast_ref::<FileError>()?;
        let (code, advice) = match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
                ErrorCode::Forbidden,
                "check who may read and write the directory",
            ),
            ErrorKind::NotFound | ErrorKind::NotADirectory => (
                ErrorCode::Unavailable,
                "check that the directory is there, and mounted",
            ),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                (ErrorCode::Unavailable, "make room on the disk")
            }
            _ => (
                ErrorCode::Unavailable,
                "check the disk that the directory is on",
            ),
        };
        Some(ResourceOperationError::new(code, error.to_string()).with_suggestion(advice))
    }
}
