//! Faults: a plugin of your own, broken on purpose.
//!
//! [`Faults`] wraps a whole configuration, one registration, or the connections. The wrapped plugin has exactly the
//! capabilities that it had before, and does what it did before, until a test plans a [`Fault`] for a [`PluginMethod`]. What the
//! plugin's own backend would have to be persuaded to do, a refusal, an outage, an answer that never comes, is one line then.
//!
//! ```
//! use omniview_plugintest::{Harness, fault::{Fault, Faults, PluginMethod}, state};
//! use omniview_sdk::{ErrorCode, WatchState};
//!
//! # fn my_plugin() -> omniview_sdk::ResourcePluginConfig<omniview_plugintest::stub::StubClient> {
//! #     omniview_plugintest::stub::stub_plugin().config
//! # }
//! # const _: &str = stringify!(
//! #[tokio::test(start_paused = true)]
//! # );
//! # #[tokio::main(flavor = "current_thread")]
//! async fn a_refused_pod_is_told_and_an_outage_is_survived() {
//!     let faults = Faults::new();
//!     let h = Harness::mount(faults.wrap(my_plugin()));
//!     h.connect("dev").await;
//!     h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
//!
//!     faults.next(PluginMethod::Get, Fault::refused(ErrorCode::Forbidden));
//!     h.get("core::v1::Pod", "web-1").expect_error(ErrorCode::Forbidden).await;
//!
//!     // The running watch fails; the SDK begins another attempt, which syncs again.
//!     let mark = h.mark();
//!     faults.of("core::v1::Pod").break_watches(Fault::failed("connection reset"));
//!     h.wait_for(state("core::v1::Pod", WatchState::Synced)).since(mark).await;
//!     assert_eq!(faults.calls(PluginMethod::Watch), 2);
//!     h.shutdown().await;
//! }
//! # fn main() { a_refused_pod_is_told_and_an_outage_is_survived() }
//! ```

mod connection;
mod faults;
mod insight;
mod kind;
mod method;
mod resource;
mod script;

pub use faults::Faults;
pub(crate) use kind::Answer;
pub use kind::{Fault, RawError};
pub use method::{PluginCall, PluginMethod};
pub(crate) use script::{Script, Target};
