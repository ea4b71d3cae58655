//! From what was measured to the page: the table and the curves of `docs/performance.md`.
//!
//! [`Measured::read`] takes what criterion and the counting bench have left under `target/criterion`; [`table()`] and
//! [`charts`] make text of it, and [`fill`] puts the text into the page. The same measurements give the same bytes.

mod chart;
mod measured;
mod page;
mod table;

pub use chart::{Chart, charts};
pub use measured::Measured;
pub use page::{MissingMarker, fill};
pub use table::table;
