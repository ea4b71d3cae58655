//! The handle on the backend's side.

mod builder;
mod control;
mod handle;

pub use builder::ReferenceBackendBuilder;
pub use handle::ReferenceBackend;
