//! What a run has seen.
//!
//! [`Report`] is the front door: [`to_text`](Report::to_text) for people, [`to_json`](Report::to_json) for programs.

mod json;
mod report;
mod style;
mod text;

pub use report::{CheckReport, Header, Report};
pub use style::Style;
