//! Does this plugin keep the contract? A table of checks, a runner and a report answer it.
mod catalogue;
mod check;
mod checks;
mod cx;
mod halt;
pub mod history;
mod ledger;
mod recorder;
pub mod subject;

pub use catalogue::{catalogue, catalogue_digest, find_check};
pub use check::{
    Capability, Check, CheckBody, CheckResult, Level, Need, Operation, Profile, Start,
};
pub use cx::{Cx, Object, TypeUnderTest};
pub use halt::{Failure, Halt};
pub use subject::{
    Fault, FaultKind, InProcess, Mounted, Outside, ResourceFixture, Sample, Subject,
};
