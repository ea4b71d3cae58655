//! The suite, tested by plugins with one defect each.
//!
//! The honest reference plugin keeps every promise; each deviation is caught by every check that says so; no deviation
//! gets past all of them.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]
#![cfg(feature = "cli")]

mod deviations;
mod reference;
