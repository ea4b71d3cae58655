//! What SQLite says, and the codes for it.

use std::error::Error;

use omniview_sdk::{ErrorClassifier, ErrorCode, ResourceOperationError};
use rusqlite::ffi::{
    self, ErrorCode as Primary, SQLITE_CONSTRAINT_FOREIGNKEY, SQLITE_CONSTRAINT_PRIMARYKEY,
    SQLITE_CONSTRAINT_UNIQUE,
};

/// Gives a code to every error of SQLite; registered for the whole plugin, because connections fail as rows do.
#[derive(Debug, Clone, Copy)]
pub struct SqliteErrors;

impl ErrorClassifier for SqliteErrors {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        let error = error.downcast_ref::<rusqlite::Error>()?;
        let (code, advice) = error
            .sqlite_error()
            .map_or((ErrorCode::Internal, None), meaning);
        let classified = ResourceOperationError::new(code, error.to_string());
        Some(match advice {
            Some(advice) => classified.with_suggestion(advice),
            None => classified,
        })
    }
}

fn meaning(error: &ffi::Error) -> (ErrorCode, Option<&'static str>) {
    use ErrorCode::{
        AlreadyExists, Conflict, Forbidden, Internal, InvalidInput, NotFound, Unavailable,
    };
    match (error.code, error.extended_code) {
        (Primary::ConstraintViolation, SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_UNIQUE) => {
            (
                AlreadyExists,
                Some("choose another id, or update the row that has it"),
            )
        }
        // Either the row names one that there is not, or others name this one: SQLite does not say which.
        (Primary::ConstraintViolation, SQLITE_CONSTRAINT_FOREIGNKEY) => (
            Conflict,
            Some("name rows that exist, and remove those that name this one first"),
        ),
        (Primary::ConstraintViolation | Primary::TypeMismatch | Primary::TooBig, _) => (
            InvalidInput,
            Some("give a value that the column allows; the message names it"),
        ),
        (Primary::DatabaseBusy | Primary::DatabaseLocked, _) => (
            Unavailable,
            Some("another program has locked the database; try again when it is done"),
        ),
        (Primary::CannotOpen, _) => (
            NotFound,
            Some("check the path of the database; the plugin makes none"),
        ),
        (Primary::PermissionDenied | Primary::ReadOnly, _) => (
            Forbidden,
            Some("check who may read and write the file of the database"),
        ),
        (Primary::SystemIoFailure | Primary::DiskFull, _) => {
            (Unavailable, Some("check the disk that the database is on"))
        }
        (Primary::NotADatabase | Primary::DatabaseCorrupt, _) => (
            Internal,
            Some("check the file with `sqlite3 FILE 'PRAGMA integrity_check'`"),
        ),
        // The plugin's statements are sound, so it is the database that lacks a table or a column.
        (Primary::Unknown, _) => (
            Unavailable,
            Some("check that the database has the tables of a shop"),
        ),
        _ => (Internal, None),
    }
}
