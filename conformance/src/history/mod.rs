//! What was asked, answered and reported while a check ran: one totally ordered history.
//!
//! While a check runs, its [`History`] takes [`Record`]s, which hold on to what went past. Afterwards it is a [`Trace`]:
//! data that can be written to a file, read again, and judged by the [`invariants`] without the plugin.
//!
//! ```
//! use omniview_conformance::history::{Trace, invariants, read, write};
//!
//! let traces = [Trace::new("shop", "watch.sync.reports")];
//! let text = write(&traces);
//! assert_eq!(read(&text).unwrap(), traces);
//! assert!(invariants::judge(&traces[0]).is_empty());
//! ```

mod convert;
mod file;
pub mod invariants;
mod log;
mod payload;
mod step;
mod timeline;
mod trace;

pub(crate) use convert::Facts;
pub use file::{FORMAT_VERSION, HistoryFileError, read, write};
pub(crate) use log::EventLine;
pub use log::{Call, History, Moment, Record};
pub use payload::Payload;
pub(crate) use payload::hash_text;
pub use step::{Listed, Listing, Step, StepKind};
pub use timeline::Timeline;
pub use trace::{Known, Trace};
