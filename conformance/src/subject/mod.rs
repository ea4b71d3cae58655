//! What the suite runs over, and what it is told about it.
//!
//! [`Subject`] is the front door; a fresh plugin is mounted for every check unless it says otherwise.

mod describe;
mod fixture;
mod generate;
mod mount;
mod outside;
mod pace;
mod paced;
mod schema;
mod shape;

pub use describe::Subject;
pub use fixture::{ResourceFixture, Sample};
pub(crate) use generate::completed;
pub use mount::{InProcess, Mounted};
pub use outside::{Fault, FaultKind, Outside};
pub use pace::Pace;
