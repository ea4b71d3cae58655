//! A resource plugin for to-do lists.

pub mod client;
mod connections;
mod tasks;

use std::error::Error;

use omniview_sdk::{
    ConnectionRegistration, ErrorClassifier, ErrorCode, ResourceOperationError,
    ResourcePluginConfig, ResourceRegistration,
};

use client::{Backend, Client, ClientError};
use connections::Lists;
use tasks::Tasks;

/// The plugin over a backend.
pub fn config(backend: Backend) -> ResourcePluginConfig<Client> {
    let tasks = ResourceRegistration::builder(tasks::meta(), Tasks)
        .definition(tasks::definition())
        .watch()
        .filterable()
        .health()
        .build();
    ResourcePluginConfig::new(env!("CARGO_PKG_NAME"))
        .connections(ConnectionRegistration::builder(Lists::new(backend)).build())
        .resource(tasks)
        .error_classifier(Errors)
}

/// What the client's errors mean.
struct Errors;

impl ErrorClassifier for Errors {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        let error: &ClientError = error.downcast_ref()?;
        let code = match error {
            ClientError::NotFound(_) => ErrorCode::NotFound,
            ClientError::Taken(_) => ErrorCode::AlreadyExists,
            // Nobody retries what is refused; what cannot be reached is tried again.
            ClientError::Locked => ErrorCode::Forbidden,
            ClientError::Unreachable => ErrorCode::Unavailable,
        };
        Some(ResourceOperationError::new(code, error.to_string()))
    }
}
