//! Watches: the pure state machine, the task that runs attempts, and the delivery of events.
//!
//! For authors: [`WatchSink`] is what a [`Watcher`](crate::Watcher) emits through. For engines: [`WatchEventSink`] listens.
//! Behind them, `state` decides, `task` runs one watch, `hub` delivers and `manager` keeps the watches of a
//! connection together.

mod backoff;
mod cell;
mod feed;
mod hub;
mod manager;
mod sink;
mod state;
mod task;

pub use backoff::{Jitter, RetryPolicy};
pub(crate) use hub::Hub;
pub(crate) use manager::{ConnectionWatches, WatchPlan, WatchRuntime, WatchedType};
pub use sink::{Delivery, SinkClosed, WatchEventSink, WatchSink};
