//! What a run has seen.
//!
//! [`Report`] is the front door: [`to_text`](Report::to_text) for people, [`to_json`](Report::to_json) for programs,
//! and [`from_json`](Report::from_json) back.

mod areas;
mod document;
pub(crate) mod escape;
mod fingerprint;
#[cfg(feature = "html")]
mod html;
mod json;
#[cfg(feature = "junit")]
mod junit;
mod markdown;
mod style;
mod text;
mod wire;

pub use document::{CheckReport, Header, Report};
pub use json::{Position, REPORT_SCHEMA, ReadError};
pub use style::Style;

#[cfg(test)]
mod reading;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod xsd;
