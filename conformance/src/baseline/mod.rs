//! Failures that are known: which, why, until when, and that it is still the same ones.
//!
//! A baseline is a TOML file, for people to write and to review:
//!
//! ```toml
//! # The store has no clock yet.
//! [[known]]
//! id = "watch.order.per-object"          # or a glob: "watch.*"
//! reason = "events are sorted by name"   # for whoever reads the report
//! issue = "https://example.com/12"       # optional
//! expires = 2027-01-31                   # optional: from the day after, it fails again
//! fingerprint = "7a52ab3d41c0e966"       # optional: which assertion; a list, where a glob stands for several checks
//! ```
//!
//! A line cannot hide more than it says. A check that passes in spite of its line makes the baseline stale, one that fails at
//! another assertion than the line's fails, and so does one whose line has expired; a line that stands for no check at all
//! is an error. [`bless()`] writes a baseline from a report.

mod apply;
mod bless;
mod day;
mod file;

pub use bless::{BlessOptions, Blessed, bless};
pub use day::Day;
pub use file::{Baseline, BaselineError, Known};
