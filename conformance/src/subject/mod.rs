//! What the suite runs over, and what it is told about it.
//!
//! [`Subject`] is the front door; a fresh plugin is mounted for every check unless it says otherwise.

mod fixture;
mod mount;
mod outside;
mod subject;

pub use fixture::{ResourceFixture, Sample};
pub use mount::{InProcess, Mounted};
pub use outside::{Fault, FaultKind, Outside};
pub use subject::Subject;
