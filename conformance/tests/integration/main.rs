//! The runner, seen from outside: a small plugin whose conduct each test chooses.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(feature = "cli")]
mod command;
mod frozen;
#[cfg(feature = "cli")]
mod histories;
mod model;
mod one_test_a_check;
mod plugin;
mod runs;
