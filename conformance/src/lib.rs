//! Does this plugin keep the contract? A table of checks, a runner and a report answer it.
//!
//! # In a plugin's own tests
//!
//! [`tests!`] makes one `#[test]` of every check, for `cargo test`, nextest and the editor. Take the crate as a
//! dev-dependency with `default-features = false`; it is then little more than the SDK.
//!
//! ```
//! mod conformance {
//!     use omniview_conformance::{ResourceFixture, Sample, Subject};
//!     use serde_json::json;
//!
//! #   fn my_config() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
//!     fn subject() -> Subject {
//!         Subject::in_process("my-plugin", my_config).resource(
//!             ResourceFixture::new("core::v1::Pod")
//!                 .namespaces(["blue", "green"])
//!                 .sample(|n, namespace| {
//!                     let name = format!("pod-{n}");
//!                     Sample::new(&name, json!({ "name": name, "namespace": namespace, "phase": "Running" }))
//!                 })
//!                 .change(|mut pod| {
//!                     pod["phase"] = json!("Succeeded");
//!                     pod
//!                 }),
//!         )
//!     }
//!
//!     omniview_conformance::tests!(subject);
//! }
//! # fn main() {}
//! ```
//!
//! # In a program
//!
//! [`run`] returns a [`Report`], which is text for people and JSON for programs:
//!
//! ```
//! use omniview_conformance::{Profile, RunOptions, Selection, Subject, Verdict};
//! use omniview_sdk::ResourcePluginConfig;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! // A configuration that cannot be mounted: it has neither connections nor types.
//! let subject = Subject::in_process("empty", || ResourcePluginConfig::<()>::new("empty"));
//! let options = RunOptions::new().selection(Selection::profile(Profile::Smoke));
//!
//! let report = omniview_conformance::run(&subject, options).await;
//!
//! assert_eq!(report.verdict(), Verdict::NotConformant);
//! assert_eq!(report.verdict().exit_code(), 1);
//! let mounting = report.result("suite.mount-and-connect").unwrap();
//! assert!(mounting.to_text().contains("there is no connection provider"));
//! # }
//! ```
//!
//! # On a command line
//!
//! The feature `cli`, on by default, brings the command `conformance`, which runs over the reference backend.
//!
//! # What to know
//!
//! - **The boundary and nothing behind it.** A [`Subject`] is anything that satisfies
//!   [`Provider`](omniview_sdk::Provider). What cannot be seen through it, such as samples of a type, a
//!   [`ResourceFixture`] tells; changes behind the plugin's back and faults are an optional [`Outside`].
//! - **A status cannot lie.** A check that expected nothing is a [`Status::HarnessError`]; a capability that is not
//!   declared makes a check [`Status::NotApplicable`] rather than passed; what could not be tried is [`Status::Blocked`], and a
//!   blocked MUST makes the run [`Verdict::Incomplete`], never green.
//! - **Isolation.** Every check gets a plugin of its own, mounted for it and closed after it. What it created is
//!   removed, the last first, after a pass, a failure, a panic, a timeout and an interruption. What could not be removed
//!   is reported by the check `suite.clean-up`.
//! - **One history.** What was asked, answered and reported is one ordered [`history`], and its
//!   [invariants](history::invariants) are judged behind every check. [Random programs](model) of operations are run against a
//!   map, shrunk, and printed as tests.
//! - **Time** is tokio's. Waits end with the event that they wait for; they last only where a plugin fails, and not even
//!   then on a runtime whose clock is paused.
//!
//! - **Reports** are text, [Markdown](Report::to_markdown), JSON that can be [read back](Report::from_json), JUnit's XML and a page for
//!   the browser;
//!   [`diff`] tells what got worse between two, and a baseline what is known to fail.
//!
//! # Limits
//!
//! A plugin that blocks its thread instead of waiting cannot be timed out. A plugin that is built with `panic = "abort"` takes the
//! suite along when it panics.

#[cfg(feature = "cli")]
pub mod baseline;
mod catalogue;
mod check;
mod checks;
mod contract;
mod cx;
pub mod diff;
pub mod fragment;
mod halt;
pub mod history;
mod ledger;
pub mod model;
mod recorder;
mod report;
mod runner;
mod select;
mod status;
mod subject;
mod testing;

pub use catalogue::{catalogue, catalogue_digest, find_check};
pub use check::{
    Capability, Check, CheckBody, CheckResult, Level, Need, Operation, Profile, Start,
};
pub use contract::clause;
pub use cx::{Cx, Object, TypeUnderTest};
pub use halt::{Failure, Halt};
#[doc(hidden)]
pub use recorder::__recorded;
pub use report::{CheckReport, Header, Position, REPORT_SCHEMA, ReadError, Report, Style};
pub use runner::{Observer, RunOptions, run};
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use select::nearest as nearest_of;
pub use select::{Selection, SelectionError, Shard, nearest_ids};
pub use status::{NotRunReason, Status, StatusKind, Verdict};
pub use subject::{
    Fault, FaultKind, InProcess, Mounted, Outside, Pace, ResourceFixture, Sample, Subject,
};
#[cfg(feature = "harness")]
#[doc(hidden)]
pub use testing::__main;
#[doc(hidden)]
pub use testing::__test;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_caller_holds_can_go_to_another_thread() {
        fn is_send_and_sync<T: Send + Sync + 'static>() {}
        fn is_send<T: Send>(_: &T) {}
        is_send_and_sync::<Subject>();
        is_send_and_sync::<RunOptions>();
        is_send_and_sync::<Report>();
        is_send_and_sync::<Cx>();
        is_send_and_sync::<history::History>();
        let subject = Subject::provider("never", std::future::pending::<Mounted>);
        is_send(&run(&subject, RunOptions::new()));
    }
}
