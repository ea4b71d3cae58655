//! Waiting for nothing.

use std::{fmt, future::IntoFuture, panic::Location, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use omniview_sdk::{ConnectionId, ResourceKey};
use tokio::time::{Instant, timeout};

use super::{EventPattern, event_where, search::nth, waiting::LISTED};
use crate::harness::Shared;

/// An assertion that nothing is recorded for a while, which has not begun yet.
///
/// Awaiting it takes the whole while, in tokio's time, and fails the test at the first event that should not be.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// h.nothing_for(Duration::from_millis(1)).of("core::v1::Pod").matching(deleted("web")).await;
/// # h.shutdown().await;
/// # }
/// ```
#[must_use = "nothing is asserted until this is awaited"]
pub struct Quiet {
    shared: Arc<Shared>,
    location: &'static Location<'static>,
    pattern: EventPattern,
    duration: Duration,
}

impl Quiet {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        location: &'static Location<'static>,
        duration: Duration,
    ) -> Self {
        Self {
            shared: shared.clone(),
            location,
            pattern: event_where("event", |_| true),
            duration,
        }
    }

    /// Only of this resource type.
    pub fn of(mut self, key: impl Into<ResourceKey>) -> Self {
        self.pattern = self.pattern.of(key);
        self
    }

    /// Only on this connection.
    pub fn on(mut self, connection: impl Into<ConnectionId>) -> Self {
        self.pattern = self.pattern.on(connection);
        self
    }

    /// Only such events; replaces what was said before.
    pub fn matching(mut self, pattern: EventPattern) -> Self {
        self.pattern = pattern;
        self
    }

    async fn watch(self) {
        assert!(
            self.shared.status.complaint().is_none(),
            "nothing can be said about events: {}\n  at {}",
            self.shared.status.complaint().unwrap_or_default(),
            self.location
        );
        let from = self.shared.recorder.mark();
        let begun = Instant::now();
        let Ok(seen) = timeout(
            self.duration,
            nth(&self.shared.recorder, &self.pattern, from, 1),
        )
        .await
        else {
            return;
        };
        panic!(
            "expected no {} for {:?}, and after {:?} came {}\n{}\n  at {}",
            self.pattern,
            self.duration,
            begun.elapsed(),
            seen,
            self.shared.recorder.since(from).listing(LISTED),
            self.location
        );
    }
}

impl IntoFuture for Quiet {
    type Output = ();
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.watch())
    }
}

impl fmt::Debug for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quiet")
            .field("pattern", &self.pattern)
            .field("duration", &self.duration)
            .finish_non_exhaustive()
    }
}
