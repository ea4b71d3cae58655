//! Tests of the reference backend through its public interface, and of the plugin through the boundary.

#![allow(
    clippy::unwrap_used,
    reason = "in a test binary a panic is the failure, in its helpers too"
)]

mod backend;
mod deviations;
mod discovery;
mod end_to_end;
mod insight;
mod model;
mod plugin;
mod scale;
mod store;
mod support;
