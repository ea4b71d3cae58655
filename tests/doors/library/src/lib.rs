//! The third door: `run`. See `tests/conformance.rs`.

pub use omniview_door_subject::subject;
