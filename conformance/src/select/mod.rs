//! Which checks run.
//!
//! [`Selection`] is the front door: a profile, narrowed by globs, areas, clauses, capabilities and a level, of which a shard
//! may run here and the others elsewhere.

mod error;
mod narrow;
mod selection;
mod shard;

pub use error::SelectionError;
#[cfg(feature = "cli")]
pub use selection::nearest;
pub use selection::{Selection, nearest_ids};
#[cfg(feature = "cli")]
pub(crate) use selection::{matches, matches_check};
pub use shard::Shard;
