//! Mounts a resource plugin in process and asserts its behaviour.
//!
//! [`Harness`] takes any [`ResourcePluginConfig`](omniview_sdk::ResourcePluginConfig), builds the very controller that an engine talks to, and offers every
//! method of the boundary as a verb. All events go into one ordered [`Recording`]. There is nothing to mock: what a test
//! sees is what an engine would.
//!
//! # Quick start
//!
//! ```toml
//! [dev-dependencies]
//! omniview-plugintest = "0.1"
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! ```
//! use omniview_plugintest::{Harness, JsonResult, assert_json_eq, deleted, state, stub::stub_plugin};
//! use omniview_sdk::{ErrorCode, HealthStatus, ListInput, WatchState};
//! use serde_json::json;
//!
//! const POD: &str = "core::v1::Pod";
//!
//! # const _: &str = stringify!(
//! #[tokio::test(start_paused = true)]
//! # );
//! # #[tokio::main(flavor = "current_thread")]
//! async fn pods_come_and_go() {
//!     // In your tests this is your plugin's own configuration.
//!     let plugin = stub_plugin();
//!     let h = Harness::mount(plugin.config);
//!     h.connect("dev").await;
//!     h.wait_for(state(POD, WatchState::Synced)).await;
//!
//!     // `.await` is the must-form: it fails the test at this line if the call fails.
//!     let pod = h.create(POD, json!({"id": "web-1", "phase": "Running"})).await;
//!     assert_json_eq!(h.get(POD, "web-1").await.result, pod.result);
//!     assert_eq!(h.list(POD, ListInput::all()).await.json()[0]["id"], "web-1");
//!
//!     let health = h.assess_health(POD, &pod.result).await.unwrap();
//!     assert_eq!(health.status, HealthStatus::Healthy);
//!     assert_eq!(h.declared_relationships(POD).await[0].label, "runs on");
//!
//!     h.delete(POD, "web-1").await;
//!     h.wait_for(deleted("web-1").of(POD)).await;
//!     h.get(POD, "web-1").expect_error(ErrorCode::NotFound).await;
//!
//!     // Joins every task, and fails the test on a leak.
//!     let recording = h.shutdown().await;
//!     assert_eq!(
//!         recording.to_string(),
//!         "dev core::v1::Pod SYNCING\n\
//!          dev core::v1::Pod SYNCED (0)\n\
//!          dev core::v1::Pod ADD web-1\n\
//!          dev core::v1::Pod DELETE web-1\n\
//!          dev core::v1::Pod STOPPED\n",
//!     );
//! }
//! # fn main() { pods_come_and_go() }
//! ```
//!
//! # Calls
//!
//! A verb returns a [`Call`], and how it is awaited says what is expected: `.await` must succeed, `.attempt().await` is
//! the `Result`, `.expect_error(code).await` must fail with that code. Setters choose the connection
//! ([`Call::on`]), namespace, session, context, cancellation and time-out. A failure reads
//!
//! ```text
//! `create` of core::v1::Pod on connection "dev" failed with UNAVAILABLE
//!   message: the backend is restarting
//!   suggestion: try again in a minute
//!   caused by: connection reset by peer
//!   fault: Backend
//!   input: {"input":{"id":"web-1","replicas":3},"namespace":"default"}
//!   at tests/pods.rs:42:7
//! ```
//!
//! # Events
//!
//! The harness listens from before the first call on, so that no event is lost. [`Harness::wait_for`] looks at everything
//! recorded so far and then at what comes; [`Harness::mark`] and [`Wait::since`] limit it to what is new.
//! [`Harness::nothing_for`] is its opposite. A wait that times out prints what was seen instead, and what came nearest:
//!
//! ```text
//! waited 10s for ADD "web-1" of core::v1::Pod on connection "prod", which did not come
//!   nearest: #3 dev core::v1::Pod ADD web-1 (connection "dev" instead of "prod")
//!   recorded (3 events):
//!     #1 +0ns dev core::v1::Pod SYNCING
//!     #2 +0ns dev core::v1::Pod SYNCED (0)
//!     #3 +0ns dev core::v1::Pod ADD web-1
//!   at tests/pods.rs:51:7
//! ```
//!
//! # Time
//!
//! All time is tokio's. With `#[tokio::test(start_paused = true)]` a watch that fails for good, or a wait that times
//! out, takes no real time. This crate does not enable tokio's `test-util`, which would reach into your plugin's build: do that in your
//! own dev-dependencies.
//!
//! # Faults
//!
//! [`fault::Faults`] wraps a plugin of your own, so that a call is refused, fails, hangs, is slow, panics or answers nonsense when a
//! test says so, and a running watch breaks. The wrapped plugin has exactly the capabilities that it had before.
//!
//! # Stubs
//!
//! [`stub`] has resource types and connections over memory that implement every trait, enable what a test picks, and break
//! when they are told to. They are for testing what stands on the boundary: an engine, a harness, a suite.
//!
//! # Limits
//!
//! - It sees the boundary and nothing behind it, except how often clients were created and destroyed, which it learns by
//!   wrapping the configuration's connection provider. Over a provider that is built already ([`Harness::over`]) it does not see that either.
//! - The place that a panic itself reports is inside of this crate where the failure happens in an await; the last line
//!   of its text is the place in the test. (An async function cannot know its caller.)
//! - The recording keeps every event until the harness is gone.

mod builder;
mod call;
mod document;
mod failure;
pub mod fault;
mod harness;
mod json;
mod leak;
mod listener;
pub mod recording;
mod result;
mod shutdown;
pub mod stub;
mod verbs;
pub mod wait;

pub use builder::HarnessBuilder;
pub use call::Call;
pub use document::Document;
pub use harness::Harness;
pub use json::{Difference, assert_json_eq, json_differences};
pub use leak::{Leak, LeakReport};
pub use recording::{Mark, Recording, Seen};
pub use result::JsonResult;
pub use shutdown::Shutdown;
pub use verbs::{ActionRequest, EventsQuery, InNamespace, Listening};
pub use wait::{
    EventPattern, Quiet, Wait, WaitTimeout, added, any_event, deleted, event_where, state, updated,
};
