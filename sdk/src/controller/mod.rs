//! The controller: one [`Provider`](crate::Provider) made of a configuration.
//!
//! [`build_resource_controller`] validates and puts the parts together; the other files answer the facets of the
//! boundary, each the same way: is the plugin open, is the call still wanted, which type, which client, then
//! through the one guarded way into plugin code.

mod actions;
mod build;
mod closing;
mod completed;
mod connections;
mod insight;
mod operations;
mod target;
mod types;
mod watches;

pub use build::build_resource_controller;
