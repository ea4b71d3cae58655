//! The runner, seen from outside: a small plugin whose conduct each test chooses.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
#[cfg(feature = "cli")]
mod ci;
#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod exits;
#[cfg(feature = "cli")]
mod fingerprints;
mod fixtures;
mod frozen;
#[cfg(feature = "cli")]
mod histories;
mod jobs;
#[cfg(feature = "cli")]
mod merging;
mod model;
mod one_test_a_check;
mod paces;
mod plugin;
#[cfg(feature = "cli")]
mod readme;
mod runs;
#[cfg(feature = "cli")]
mod shards;
