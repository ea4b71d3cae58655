//! The one ordered recording of everything that the harness's listener got.
//!
//! [`Harness::recording`](crate::Harness::recording) takes a [`Recording`], which does not change any more. It prints
//! one event a line, so that every snapshot tool can compare it.

mod recorder;
mod redact;
mod seen;
mod snapshot;

pub(crate) use recorder::Recorder;
pub use seen::Seen;
pub(crate) use seen::kind_of;
pub(crate) use snapshot::count;
pub use snapshot::{Mark, Recording};
