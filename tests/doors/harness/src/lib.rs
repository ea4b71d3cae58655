//! The second door: `main!`. See `tests/conformance.rs`.

pub use omniview_door_subject::subject;
