//! Settings of a harness.

use std::{fmt, sync::Arc, time::Duration};

use omniview_sdk::{
    CallContext, ConnectionId, Provider, RequesterId, ResourceOperationError, ResourcePluginConfig,
    Result, Session, build_resource_controller,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Harness, failure::describe_error, harness::Shared, leak::ClientLedger, listener::Listener,
    recording::Recorder,
};

/// How long a call or a wait may take unless it is said: ten seconds of tokio's time.
const TIMEOUT: Duration = Duration::from_secs(10);

type Build =
    Box<dyn FnOnce(&CallContext) -> Result<(Arc<dyn Provider>, Option<Arc<ClientLedger>>)>>;

/// Settings of a harness, before it is mounted.
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
/// let h = Harness::builder(config)
///     .connection("dev") // what a call is about that does not say
///     .requester("window-1")
///     .timeout(std::time::Duration::from_secs(2))
///     .mount();
/// h.connect("dev").await;
/// h.connect("prod").await;
/// h.get("core::v1::Pod", "web").await;
/// h.shutdown().await;
/// # }
/// ```
#[must_use = "nothing is mounted until `mount` is called"]
pub struct HarnessBuilder {
    build: Build,
    session: Option<Session>,
    timeout: Duration,
    listens: Listens,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listens {
    FromTheStart,
    Never,
}

impl HarnessBuilder {
    /// Starts with a plugin's configuration.
    ///
    /// Its connection provider is wrapped by one that counts clients, so that [`Harness::shutdown`] can report those
    /// that were not destroyed, or were twice. Everything else is mounted as it is.
    pub fn new<C: Send + Sync + 'static>(config: ResourcePluginConfig<C>) -> Self {
        Self::with(Box::new(move |root| {
            let (config, clients) = ClientLedger::install(config);
            Ok((build_resource_controller(root, config)?, Some(clients)))
        }))
    }

    /// Starts with a provider that is built already.
    pub fn over(provider: Arc<dyn Provider>) -> Self {
        Self::with(Box::new(move |_| Ok((provider, None))))
    }

    fn with(build: Build) -> Self {
        Self {
            build,
            session: None,
            timeout: TIMEOUT,
            listens: Listens::FromTheStart,
        }
    }

    /// Gives every call this session; without one the plugin uses the only connection that is started.
    pub fn session(mut self, session: Session) -> Self {
        self.session = Some(session);
        self
    }

    /// Gives every call a session that selects this connection.
    pub fn connection(mut self, connection: impl Into<ConnectionId>) -> Self {
        let session = self.session.take().unwrap_or_default();
        self.session = Some(session.on_connection(connection));
        self
    }

    /// Gives every call a session that names who asks.
    pub fn requester(mut self, requester: impl Into<RequesterId>) -> Self {
        self.session.get_or_insert_default().requester_id = requester.into();
        self
    }

    /// Bounds every call and every wait; ten seconds of tokio's time if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Listens to events from before the first call on, which is the default.
    pub fn listen(mut self) -> Self {
        self.listens = Listens::FromTheStart;
        self
    }

    /// Does not listen: the recording stays empty, and the plugin buffers its events.
    pub fn without_listener(mut self) -> Self {
        self.listens = Listens::Never;
        self
    }

    /// Mounts the plugin.
    ///
    /// # Panics
    ///
    /// The configuration is not valid: the text is that of the validation, the place that of the caller. Also outside
    /// of a tokio runtime.
    #[track_caller]
    pub fn mount(self) -> Harness {
        match self.try_mount() {
            Ok(harness) => harness,
            Err(error) => panic!(
                "the plugin cannot be mounted: {}{}",
                error.code(),
                describe_error(&error)
            ),
        }
    }

    /// Mounts the plugin, or returns why it cannot be.
    ///
    /// # Errors
    ///
    /// The configuration is not valid.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn try_mount(self) -> Result<Harness, ResourceOperationError> {
        assert!(
            tokio::runtime::Handle::try_current().is_ok(),
            "a harness needs a tokio runtime: mark the test with \
             `#[tokio::test(start_paused = true)]`"
        );
        let root = CancellationToken::new();
        let ctx = CallContext::new().with_cancellation(root.clone());
        let (provider, clients) = (self.build)(&ctx)?;
        let recorder = Arc::new(Recorder::new());
        let listening = CancellationToken::new();
        let listener = match self.listens {
            Listens::FromTheStart => Listener::spawn(provider.clone(), &recorder, &listening),
            Listens::Never => {
                listening.cancel();
                Listener::none()
            }
        };
        Ok(Harness {
            shared: Arc::new(Shared {
                provider,
                recorder,
                session: self.session,
                timeout: self.timeout,
                listening,
                status: listener.status().clone(),
            }),
            listener,
            clients,
            root,
            is_shut_down: false,
        })
    }
}

impl fmt::Debug for HarnessBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HarnessBuilder")
            .field("session", &self.session)
            .field("timeout", &self.timeout)
            .field("listens", &self.listens)
            .finish_non_exhaustive()
    }
}
