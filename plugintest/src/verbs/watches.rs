//! Watches and the delivery of their events.

use std::sync::Arc;

use omniview_sdk::{ConnectionId, ResourceKey, WatchConnectionSummary, WatchEventSink};
use serde::{Serialize, Serializer};

use crate::{
    Harness,
    call::{At, Call},
};

impl Harness {
    /// Starts every watch that starts with the connection.
    #[track_caller]
    pub fn start_connection_watch(&self, connection: impl Into<ConnectionId>) -> Call<(), ()> {
        self.call(
            "start_connection_watch",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.start_connection_watch(ctx, at.connection()),
        )
    }

    /// Stops every watch of the connection.
    #[track_caller]
    pub fn stop_connection_watch(&self, connection: impl Into<ConnectionId>) -> Call<(), ()> {
        self.call(
            "stop_connection_watch",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.stop_connection_watch(ctx, at.connection()),
        )
    }

    /// Asks whether any watch of the connection is active.
    #[track_caller]
    pub fn has_watch(&self, connection: impl Into<ConnectionId>) -> Call<(), bool> {
        self.call("has_watch", At::on(connection), (), |p, ctx, at, ()| {
            p.has_watch(ctx, at.connection())
        })
    }

    /// Returns the state of every watchable type of the connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
    /// let summary = h.get_watch_state("dev").await;
    /// assert_eq!(summary.resources[&ResourceKey::from("core::v1::Pod")], WatchState::Synced);
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn get_watch_state(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), WatchConnectionSummary> {
        self.call(
            "get_watch_state",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.get_watch_state(ctx, at.connection()),
        )
    }

    /// Attaches one more listener, and completes when it is detached.
    ///
    /// The call has no time-out unless [`with_timeout`](Call::with_timeout) gives it one; end it with
    /// [`with_cancellation`](Call::with_cancellation). The harness's own listener is attached already.
    #[track_caller]
    pub fn listen_for_events(&self, sink: Arc<dyn WatchEventSink>) -> Call<Listening, ()> {
        self.call(
            "listen_for_events",
            At::nothing(),
            Listening(sink),
            |p, ctx, _, input| p.listen_for_events(ctx, input.0),
        )
        .unlimited()
    }

    /// Starts the watch of a type unless it runs.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// h.stop_resource_watch("dev", "core::v1::Pod").await;
    /// assert!(!h.is_resource_watch_running("dev", "core::v1::Pod").await);
    /// let mark = h.mark();
    /// h.ensure_resource_watch("dev", "core::v1::Pod").await;
    /// h.wait_for(state("core::v1::Pod", WatchState::Synced)).since(mark).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn ensure_resource_watch(
        &self,
        connection: impl Into<ConnectionId>,
        key: impl Into<ResourceKey>,
    ) -> Call<(), ()> {
        let at = At::on(connection).and_key(key);
        self.call("ensure_resource_watch", at, (), |p, ctx, at, ()| {
            p.ensure_resource_watch(ctx, at.connection(), at.key())
        })
    }

    /// Stops the watch of a type.
    #[track_caller]
    pub fn stop_resource_watch(
        &self,
        connection: impl Into<ConnectionId>,
        key: impl Into<ResourceKey>,
    ) -> Call<(), ()> {
        let at = At::on(connection).and_key(key);
        self.call("stop_resource_watch", at, (), |p, ctx, at, ()| {
            p.stop_resource_watch(ctx, at.connection(), at.key())
        })
    }

    /// Stops the watch of a type and starts it afresh.
    #[track_caller]
    pub fn restart_resource_watch(
        &self,
        connection: impl Into<ConnectionId>,
        key: impl Into<ResourceKey>,
    ) -> Call<(), ()> {
        let at = At::on(connection).and_key(key);
        self.call("restart_resource_watch", at, (), |p, ctx, at, ()| {
            p.restart_resource_watch(ctx, at.connection(), at.key())
        })
    }

    /// Asks whether the watch of a type runs or waits to be retried.
    #[track_caller]
    pub fn is_resource_watch_running(
        &self,
        connection: impl Into<ConnectionId>,
        key: impl Into<ResourceKey>,
    ) -> Call<(), bool> {
        let at = At::on(connection).and_key(key);
        self.call("is_resource_watch_running", at, (), |p, ctx, at, ()| {
            p.is_resource_watch_running(ctx, at.connection(), at.key())
        })
    }
}

/// The listener that a call attaches; it has no JSON form, and prints as null.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// use std::sync::Arc;
/// use tokio_util::sync::CancellationToken;
///
/// struct Nobody;
///
/// impl WatchEventSink for Nobody {
///     fn on_event(&self, _: Arc<WatchEvent>) -> Delivery { Delivery::Done }
/// }
///
/// let over = CancellationToken::new();
/// over.cancel();
/// let call = h.listen_for_events(Arc::new(Nobody)).with_cancellation(over);
/// let shown = call.map_input(|listener: Listening| {
///     assert_eq!(serde_json::to_value(&listener).unwrap(), json!(null));
///     listener
/// });
/// shown.expect_error(ErrorCode::Cancelled).await;
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Clone)]
pub struct Listening(Arc<dyn WatchEventSink>);

impl Serialize for Listening {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listening(..)")
    }
}
