//! Does this plugin keep the contract? A table of checks, a runner and a report answer it.
mod catalogue;
mod check;
mod checks;
mod cx;
mod halt;
pub mod history;
mod ledger;
mod recorder;
mod report;
mod runner;
mod select;
mod status;
pub mod subject;
mod testing;

pub use catalogue::{catalogue, catalogue_digest, find_check};
pub use check::{
    Capability, Check, CheckBody, CheckResult, Level, Need, Operation, Profile, Start,
};
pub use cx::{Cx, Object, TypeUnderTest};
pub use halt::{Failure, Halt};
pub use report::{CheckReport, Header, Report, Style};
pub use runner::{Observer, RunOptions, run};
pub use select::{Selection, SelectionError, nearest_ids};
pub use status::{NotRunReason, Status, StatusKind, Verdict};
pub use subject::{
    Fault, FaultKind, InProcess, Mounted, Outside, ResourceFixture, Sample, Subject,
};
#[doc(hidden)]
pub use testing::__test;
