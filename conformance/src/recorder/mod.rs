//! A provider that writes down what passes through it.
//!
//! [`Recorder`] satisfies the boundary over another provider. Every call and every answer goes into the history of one
//! check; creations go into its ledger before they are made.

mod forward;
mod operations;
mod record;

pub use record::__recorded;
pub(crate) use record::Recorder;
