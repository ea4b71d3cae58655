//! What a check's body works with.
//!
//! [`Cx`] is the front door: calls that are recorded and cleaned up after, expectations that are counted,
//! waits that are driven by events.

mod context;
mod expect;
mod items;
mod settle;
mod types;
mod verbs;
mod wait;
mod watch;

pub use context::Cx;
pub(crate) use expect::{difference, shortened};
pub(crate) use types::Unfit;
pub use types::{Object, TypeUnderTest};

#[cfg(all(test, feature = "cli"))]
mod over_the_reference;
