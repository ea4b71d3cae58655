//! Random programs of operations, run against a plugin and against a map.
//!
//! A program is made from a seed: the same seed makes the same program for ever, on every machine. It keeps to what the type
//! declares and what the subject tells about it. After each operation, the plugin's answer is what the map says, or
//! the program is shrunk to the shortest that still shows the difference, and printed as a test that replays it:
//!
//! ```no_run
//! # use omniview_conformance::{Subject, model::{Op, replay}};
//! # async fn example(subject: Subject) {
//! // Seed 42.
//! let program = [
//!     Op::Create { slot: 0, namespace: 0 },
//!     Op::Get { slot: 0, namespace: 0 },
//! ];
//! replay(&subject, "core::v1::Pod", &program).await.unwrap();
//! # }
//! ```
//!
//! The backend may be somebody else's as well. A difference is held against the plugin when it comes again in another run of the
//! program, with other objects, and nothing shows that somebody else had a hand in it: pages are compared while nothing moves,
//! and a watch tells of changes to the program's objects that it did not make. What stays open blocks the check, with
//! the reason.

mod deeds;
mod drive;
mod generate;
mod look;
mod op;
mod oracle;
mod random;
mod run;
mod shrink;

pub use op::Op;
pub(crate) use op::Program;
pub use run::replay;
pub(crate) use run::{RANDOM_PROGRAMS, random_programs};
