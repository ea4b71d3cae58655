//! The codes that name what went wrong.

use crate::types::open_enum::open_enum;

open_enum! {
    /// What kind of failure an operation met, for programs to decide on.
    ///
    /// The set is open: a code that this crate does not know is kept as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ErrorCode, ResourceOperationError};
    ///
    /// /// What a caller does hangs on the code, not on the text.
    /// fn worth_another_try(error: &ResourceOperationError) -> bool {
    ///     matches!(error.code(), ErrorCode::Unavailable | ErrorCode::Timeout)
    /// }
    ///
    /// assert!(worth_another_try(&ResourceOperationError::new(ErrorCode::Timeout, "no answer")));
    /// let foreign = ErrorCode::from("QUOTA_EXCEEDED");
    /// assert!(!foreign.is_known());
    /// assert_eq!(foreign, "QUOTA_EXCEEDED");
    /// ```
    ErrorCode {
        /// The connection, type, resource or action does not exist.
        NotFound = "NOT_FOUND",
        /// Something with that identity exists already.
        AlreadyExists = "ALREADY_EXISTS",
        /// The backend knows the caller and refuses the operation.
        PermissionDenied = "PERMISSION_DENIED",
        /// The call itself is malformed; repeating it cannot succeed.
        InvalidInput = "INVALID_INPUT",
        /// The resource changed in the meantime, or its state forbids the operation.
        Conflict = "CONFLICT",
        /// A failure that has no better name.
        Internal = "INTERNAL",
        /// The backend cannot be reached at the moment.
        Unavailable = "UNAVAILABLE",
        /// The deadline passed first.
        Timeout = "TIMEOUT",
        /// A predicate names a field that is not declared. Contract: FLT-01.
        FilterUnknownField = "FILTER_UNKNOWN_FIELD",
        /// A predicate uses an operator that its field does not allow. Contract: FLT-02.
        FilterInvalidOperator = "FILTER_INVALID_OPERATOR",
        /// The backend's access rules forbid the operation.
        Forbidden = "FORBIDDEN",
        /// The backend does not accept the caller's credentials.
        Unauthorized = "UNAUTHORIZED",
        /// The connection to the backend failed.
        ConnectionError = "CONNECTION_ERROR",
        /// A certificate was not accepted.
        CertificateError = "CERTIFICATE_ERROR",
        /// The connection is known but not started.
        NotConnected = "NOT_CONNECTED",
        /// No connection was named, and several are active. Contract: SES-07.
        AmbiguousConnection = "AMBIGUOUS_CONNECTION",
        /// The plugin does not have this capability.
        Unsupported = "UNSUPPORTED",
        /// The caller cancelled the operation.
        Cancelled = "CANCELLED",
        /// The plugin has been shut down. Contract: OPS-16.
        Closed = "CLOSED",
    }
}
