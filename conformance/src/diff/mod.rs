//! What got worse between two reports, and what got better.
//!
//! [`Diff::between`] compares them; [`Diff::regressed`] is the answer that a gate asks for.

mod change;
mod checks;
mod compare;
mod write;

pub use change::{Change, ChangeKind, Direction};
pub use compare::{Diff, DiffOptions, Side};

#[cfg(test)]
mod tests;
