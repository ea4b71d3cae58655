//! The controller, seen from both sides: as an engine calls it, and as a plugin is called by it.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod actions;
mod boundary;
mod closing;
mod configuration;
mod connection_changes;
mod connection_deadlines;
mod connection_lifecycle;
mod connection_loading;
mod connection_model;
mod connection_overlaps;
mod connection_races;
mod discovery;
mod equipped;
mod errors;
mod every_call;
mod flood;
mod insight;
mod logbook;
mod logging;
mod operations;
mod querying;
mod rediscovery;
mod refusals;
mod relist;
mod searching;
mod sessions;
mod silence;
mod soak;
mod static_connections;
mod stress;
mod surveyor;
mod types;
mod watch_calls;
mod watch_events;
mod watch_handles;
mod watch_lifecycle;
mod yard;
