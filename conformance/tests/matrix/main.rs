//! The suite, tested by plugins with one defect each.
//!
//! The honest reference plugin keeps every promise; each deviation is caught by every check that says so; no deviation
//! gets past all of them.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod deviations;
mod honest;
mod model;
mod pairwise;
mod reference;
mod texts;
mod wrapped;
