//! A mounted plugin.

use std::{fmt, future::Future, panic::Location, sync::Arc, time::Duration};

use omniview_sdk::{
    ConnectionId, Provider, ResourceOperationError, ResourcePluginConfig, Result, Session,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Call, EventPattern, HarnessBuilder, Mark, Quiet, Recording, Shutdown, Wait,
    call::{At, Run},
    leak::ClientLedger,
    listener::{Listener, ListenerStatus},
    recording::Recorder,
};

/// A mounted plugin: every method of the boundary as a verb, and a recording of its events.
///
/// A verb returns a [`Call`]: `.await` it where it must succeed, `.attempt().await` it for the `Result`,
/// `.expect_error(code).await` it where it must fail. Events are recorded from before the first call on; wait
/// for one with [`wait_for`](Self::wait_for).
///
/// End a test with [`shutdown`](Self::shutdown): it joins what runs and fails the test on a leak. A harness that is dropped
/// instead takes its listener and the plugin's root context with it, looks for nothing, and says so in the log (`tracing`).
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
/// let h = Harness::mount(config);
/// h.connect("dev").await;
/// h.create("core::v1::Pod", json!({"id": "api"})).await;
/// h.wait_for(added("api").of("core::v1::Pod")).await;
///
/// let recording = h.shutdown().await;
/// recording.assert_adds(2).assert_deletes(0);
/// # }
/// ```
///
/// Contract: PT-01
pub struct Harness {
    pub(crate) shared: Arc<Shared>,
    pub(crate) listener: Listener,
    pub(crate) clients: Option<Arc<ClientLedger>>,
    pub(crate) root: CancellationToken,
    pub(crate) is_shut_down: bool,
}

/// What a call needs of its harness.
pub(crate) struct Shared {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) session: Option<Session>,
    pub(crate) timeout: Duration,
    /// Cancelled once the harness's listener is attached.
    pub(crate) listening: CancellationToken,
    pub(crate) status: Arc<ListenerStatus>,
}

impl Harness {
    /// Mounts a plugin: builds its controller and listens to its events.
    ///
    /// # Panics
    ///
    /// The configuration is not valid: the text is that of the validation, the place that of the caller. Also outside
    /// of a tokio runtime.
    #[track_caller]
    pub fn mount<C: Send + Sync + 'static>(config: ResourcePluginConfig<C>) -> Self {
        Self::builder(config).mount()
    }

    /// Mounts a plugin, or returns why it cannot be.
    ///
    /// # Errors
    ///
    /// The configuration is not valid.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn try_mount<C: Send + Sync + 'static>(
        config: ResourcePluginConfig<C>,
    ) -> Result<Self, ResourceOperationError> {
        Self::builder(config).try_mount()
    }

    /// Starts a harness over a plugin with other than the default settings.
    pub fn builder<C: Send + Sync + 'static>(config: ResourcePluginConfig<C>) -> HarnessBuilder {
        HarnessBuilder::new(config)
    }

    /// Puts a harness over any provider: one that a plugin's own code has built, or one in another process.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn over(provider: Arc<dyn Provider>) -> Self {
        HarnessBuilder::over(provider).mount()
    }

    /// The boundary itself, for what no verb says.
    pub fn provider(&self) -> &Arc<dyn Provider> {
        &self.shared.provider
    }

    /// Everything that was recorded so far.
    pub fn recording(&self) -> Recording {
        self.shared.recorder.since(Mark::START)
    }

    /// Where the recording ends now: what comes later is [`Recording::since`] it.
    pub fn mark(&self) -> Mark {
        self.shared.recorder.mark()
    }

    /// Waits for an event; it may have been recorded already, unless [`Wait::since`] says otherwise.
    ///
    /// ```no_run
    /// # use omniview_plugintest::*;
    /// # use omniview_sdk::WatchState;
    /// # async fn example(h: Harness) {
    /// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
    /// let mark = h.mark();
    /// h.delete("core::v1::Pod", "web-1").await;
    /// h.wait_for(deleted("web-1").of("core::v1::Pod")).since(mark).await;
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_for(&self, pattern: EventPattern) -> Wait {
        Wait::new(&self.shared, Location::caller(), pattern)
    }

    /// Asserts that nothing is recorded for `duration`, counted from when it is awaited.
    ///
    /// Narrow it with [`Quiet::of`], [`Quiet::on`] or [`Quiet::matching`].
    #[track_caller]
    pub fn nothing_for(&self, duration: Duration) -> Quiet {
        Quiet::new(&self.shared, Location::caller(), duration)
    }

    /// Closes the plugin, joins the listener, and fails the test on a leak.
    #[track_caller]
    pub fn shutdown(self) -> Shutdown {
        Shutdown::new(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn call<I, T: fmt::Debug>(
        &self,
        operation: &'static str,
        at: At,
        input: I,
        run: Run<I, T>,
    ) -> Call<I, T> {
        Call::new(&self.shared, Location::caller(), operation, at, input, run)
    }
}

impl Shared {
    /// The harness's session, on another connection.
    pub(crate) fn session_on(&self, connection: &ConnectionId) -> Session {
        let session = self.session.clone().unwrap_or_default();
        session.on_connection(connection)
    }

    /// Completes when the harness's listener is attached, so that no call comes before it.
    pub(crate) fn attached(&self) -> impl Future<Output = ()> + '_ {
        self.listening.cancelled()
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        if !self.is_shut_down && !std::thread::panicking() {
            tracing::warn!(
                "a harness was dropped without `shutdown`: nobody has looked for what its plugin leaks"
            );
        }
        // A plugin that was shut down has nothing left that these could end.
        self.listener.abort();
        self.root.cancel();
    }
}

impl fmt::Debug for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness")
            .field("events", &self.mark())
            .field("listener", &self.listener)
            .field("timeout", &self.shared.timeout)
            .finish_non_exhaustive()
    }
}
