//! What a run has seen.
//!
//! [`Report`] is the front door: [`to_text`](Report::to_text) for people, [`to_json`](Report::to_json) for programs.

mod document;
mod json;
mod style;
mod text;

pub use document::{CheckReport, Header, Report};
pub use style::Style;

#[cfg(test)]
mod snapshots;
