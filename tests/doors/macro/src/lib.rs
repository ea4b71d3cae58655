//! The first door: `tests!`. See `tests/conformance.rs`.

pub use omniview_door_subject::subject;
