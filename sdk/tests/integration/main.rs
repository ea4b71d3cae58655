//! The controller, seen from both sides: as an engine calls it, and as a plugin is called by it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these are tests; the exemption of clippy.toml does not reach their helpers"
)]

mod configuration;
mod connection_model;
mod connection_races;
mod watch_calls;
mod watch_events;
mod watch_lifecycle;
mod yard;
