//! A versioned store in memory, one [`Table`] a connection and resource type.
//!
//! [`Table`] is the front door: every change takes the next version of a [`Clock`] that all tables share, replaces the
//! object behind its `Arc`, and is written to a bounded log. A [`Snapshot`] is the whole table at one version. A
//! [`Follower`] hands out what changed since a version, or says [`Compacted`] when the log no longer knows; a
//! [`Mirror`] turns either into the changes that somebody who has seen nothing else needs.
//!
//! What queries look at is kept beside the objects, in chunks of some hundred: a column a path, in which equal values are kept
//! once. A snapshot shares the chunks with the table, and a writer copies the one that it changes while a snapshot has it.
//!
//! No lock is held across an await or while foreign code runs.

mod chunk;
mod chunks;
mod clock;
mod column;
mod draft;
mod error;
mod events;
mod follower;
mod index;
mod loading;
mod log;
mod mirror;
mod object;
mod packed;
mod ranking;
mod row;
mod rows;
mod select;
mod shape;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use draft::{DEFAULT_NAMESPACE, MAX_NAME_BYTES, MAX_OBJECT_BYTES};
pub use error::{Refusal, StoreError};
pub use events::{Happening, MAX_EVENTS};
pub use follower::Follower;
pub use log::{Change, ChangeKind, Compacted};
pub use mirror::Mirror;
pub use object::Object;
pub use row::Row;
pub use snapshot::Snapshot;
pub use table::{DEFAULT_LOG_BOUND, Table, TableScope};
