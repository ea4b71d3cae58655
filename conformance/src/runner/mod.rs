//! Runs checks and makes sure that nothing of them stays.
//!
//! [`run()`] is the front door. A check goes through `prepare` (mount, connect, find the types), its body, and `clean`
//! (listener, faults, objects, close), in that order and whatever happens.

mod clean;
mod findings;
mod jobs;
mod options;
mod prepare;
mod run;
mod single;
mod survey;

pub(crate) use clean::Leftover;
pub(crate) use findings::{Finding, blame as blame_findings};
pub use options::{Observer, RunOptions};
#[cfg(all(test, feature = "cli"))]
pub(crate) use prepare::context_of;
pub(crate) use prepare::panic_text;
pub use run::run;
pub(crate) use run::{blame_leftovers, run_check};
pub(crate) use single::Outcome;
pub(crate) use survey::survey;
