//! Parts of a report, and the whole of them.
//!
//! Where every test is a process of its own, as under nextest, or where several machines share the work, nobody sees the
//! whole run. Each part is then written down, and [`merge()`] makes one [`Report`](crate::Report) of them, which proves
//! that none is missing.
//!
//! - A **fragment** is what a test of [`tests!`](crate::tests) or `main!` leaves when the environment variable
//!   [`CONFORMANCE_FRAGMENTS`](FRAGMENTS) names a folder: one file a check, `FOLDER/SUBJECT/TEST.json`. A relative folder is
//!   the package's; name an absolute one. It has to be empty when a run begins: fragments of two runs in one folder are refused.
//! - A **report of a shard** is what `conformance run --shard K/N --report FILE.json` writes, or [`Report::to_json`](crate::Report::to_json).
//!
//! ```text
//! CONFORMANCE_FRAGMENTS=$PWD/target/conformance cargo nextest run
//! conformance report target/conformance --report report.json
//! ```
//!
//! Or in a program:
//!
//! ```
//! use omniview_conformance::{Profile, RunOptions, Selection, Subject, fragment};
//! # use omniview_sdk::ResourcePluginConfig;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), fragment::MergeError> {
//! # let subject = Subject::in_process("empty", || ResourcePluginConfig::<()>::new("empty"));
//! let mut parts = Vec::new();
//! for shard in ["1/2", "2/2"] {
//!     let part = Selection::profile(Profile::Core).in_shard(shard.parse().unwrap()).unwrap();
//!     let report = omniview_conformance::run(&subject, RunOptions::new().selection(part)).await;
//!     parts.push(fragment::Part::of_report(shard, report));
//! }
//! let merged = fragment::merge(&parts)?;
//! assert!(merged.missing.is_empty());
//! # Ok(())
//! # }
//! ```

mod error;
mod folder;
mod gather;
mod merge;
mod part;
mod whole;
mod wire;

pub use error::MergeError;
pub use folder::FRAGMENTS;
pub(crate) use folder::Folder;
pub use gather::gather;
pub use merge::{Merged, merge};
pub(crate) use part::Fragment;
pub use part::Part;

#[cfg(test)]
mod tests;
