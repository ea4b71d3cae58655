//! Watches: the pure state machine, the task that runs attempts, and the delivery of events.
//!
//! For authors: [`WatchSink`] is what a [`Watcher`](crate::Watcher) emits through. For engines: [`WatchEventSink`]
//! listens.
//!
//! ```
//! # use omniview_sdk::*;
//! # use serde_json::json;
//! # type Pods = tokio::sync::broadcast::Sender<String>;
//! struct PodWatcher;
//!
//! #[async_trait]
//! impl Watcher<Pods> for PodWatcher {
//!     async fn watch(&self, ctx: &Context<Pods>, sink: WatchSink) -> PluginResult<()> {
//!         let mut created = ctx.client().subscribe();
//!         sink.add(WatchAddPayload::new("web", "default", json!({"name": "web"}))).await?;
//!         sink.synced(1).await?;
//!         loop {
//!             tokio::select! {
//!                 () = ctx.cancelled() => return Ok(()),
//!                 name = created.recv() => {
//!                     let name = name?;
//!                     sink.add(WatchAddPayload::new(&name, "default", json!({"name": name}))).await?;
//!                 }
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! A backend that cannot tell about changes is asked for everything again and again: a [`Relist`] tells the differences
//! of its [`Listing`]s.
//!
//! Behind them, `state` decides, `task` runs one watch and its attempts, `cell` is what is known of it, `feed` is the
//! end that an attempt emits into, `hub` delivers, and `manager` keeps the watches of a connection together.

mod backoff;
mod cell;
mod feed;
mod hub;
mod listing;
mod manager;
mod relist;
mod sink;
mod state;
mod task;

pub use backoff::{Jitter, RetryPolicy};
pub(crate) use hub::Hub;
pub use listing::{Iter, Listing};
pub(crate) use manager::{ConnectionWatches, Named, WatchPlan, WatchRuntime, WatchedType};
pub use relist::Relist;
pub use sink::{Delivery, SinkClosed, WatchEventSink, WatchSink};
