//! Waiting for events, and for their absence.

mod pattern;
mod quiet;
mod search;
mod waiting;

pub use pattern::{EventPattern, added, any_event, deleted, event_where, state, updated};
pub use quiet::Quiet;
pub use waiting::{Wait, WaitTimeout};
