//! Raw errors of the store become structured ones.

use std::error::Error;

use omniview_sdk::{ErrorClassifier, ResourceOperationError};

use super::ReferenceResourcer;
use crate::store::StoreError;

/// Knows the errors of the store, for every type of the plugin.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::{plugin::StoreErrors, store::{Clock, Table, TableScope}};
/// use omniview_sdk::{ErrorClassifier, ErrorCode};
///
/// let table = Table::new("core::v1::Node", TableScope::Cluster, Arc::new(Clock::new()));
/// let raw = table.get("node-1", "").unwrap_err();
/// let structured = StoreErrors.classify(&raw).unwrap();
/// assert_eq!(*structured.code(), ErrorCode::NotFound);
/// // What it does not know, others may.
/// assert!(StoreErrors.classify(&std::fmt::Error).is_none());
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreErrors;

/// Contract: ERR-03, CFG-12
impl ErrorClassifier for StoreErrors {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        let raw = error.downcast_ref::<StoreError>()?;
        Some(raw.clone().into())
    }
}

/// Says beside what [`StoreErrors`] says which type it was.
///
/// Contract: CFG-13
impl ErrorClassifier for ReferenceResourcer {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        let structured = StoreErrors.classify(error)?;
        let title = format!("{}: {}", self.kind().meta().kind, structured.title());
        Some(structured.with_title(title))
    }
}
