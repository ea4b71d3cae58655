//! What several tests need.

use std::sync::{Arc, Mutex, PoisonError};

use omniview_reference_backend::{Kind, ReferenceBackend, ReferenceClient};
use omniview_sdk::{
    CallContext, Connection, ConnectionScope, Context, Delivery, Json, PluginResult, Provider,
    ScopeProvider, Session, WatchEvent, WatchEventSink, WatchState, async_trait,
    build_resource_controller,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The context that the controller would give to plugin code.
pub(crate) fn context(
    backend: &ReferenceBackend,
    connection: &str,
    kind: Kind,
) -> Context<ReferenceClient> {
    let fleet = backend.fleet(connection).unwrap();
    Context::new(
        call(connection),
        Arc::new(ReferenceClient::open(fleet)),
        Arc::new(kind.meta()),
    )
}

/// A caller's context that selects a connection.
pub(crate) fn call(connection: &str) -> CallContext {
    let connection = Connection {
        id: connection.into(),
        ..Connection::default()
    };
    CallContext::new().with_session(Session::new().with_connection(Arc::new(connection)))
}

/// A pod with nothing but a name and a number to order by.
pub(crate) fn pod(name: &str, namespace: &str, priority: i64) -> Json {
    Json::from(json!({
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"priority": priority},
    }))
}

/// The names of objects.
pub(crate) fn names<'a>(objects: impl IntoIterator<Item = &'a Json>) -> Vec<String> {
    objects
        .into_iter()
        .map(|object| text(object, "/metadata/name"))
        .collect()
}

/// The text at a JSON pointer, empty where there is none.
pub(crate) fn text(object: &Json, path: &str) -> String {
    let value = object.to_value().unwrap();
    let text = value.pointer(path).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// A plugin in process with a listener that records.
pub(crate) struct Mounted {
    pub(crate) provider: Arc<dyn Provider>,
    recorder: Arc<Recorder>,
    listener: JoinHandle<omniview_sdk::Result<()>>,
    cancel: CancellationToken,
}

impl Mounted {
    /// Mounts the plugin and listens; starts the connection unless it is empty.
    pub(crate) async fn new(backend: &ReferenceBackend, connection: &str) -> Self {
        Self::mount(backend.provider().unwrap(), connection).await
    }

    /// As [`new`](Self::new), with watches that are limited to `namespaces`.
    pub(crate) async fn scoped(
        backend: &ReferenceBackend,
        connection: &str,
        namespaces: &'static [&'static str],
    ) -> Self {
        let mut config = backend.config();
        config.connections = config.connections.map(|registration| {
            registration.map_handles(|mut handles| {
                handles.scope = Some(Arc::new(Namespaces(namespaces)));
                handles
            })
        });
        let provider = build_resource_controller(&CallContext::new(), config).unwrap();
        Self::mount(provider, connection).await
    }

    /// Listens to a plugin that is there already.
    pub(crate) async fn listening(provider: Arc<dyn Provider>) -> Self {
        Self::mount(provider, "").await
    }

    async fn mount(provider: Arc<dyn Provider>, connection: &str) -> Self {
        let recorder = Arc::new(Recorder::default());
        let cancel = CancellationToken::new();
        let listener = tokio::spawn({
            let (provider, sink) = (Arc::clone(&provider), Arc::clone(&recorder));
            let ctx = CallContext::new().with_cancellation(cancel.clone());
            async move { provider.listen_for_events(&ctx, sink).await }
        });
        if !connection.is_empty() {
            let status = provider
                .start_connection(&CallContext::new(), &connection.into())
                .await
                .unwrap();
            assert!(status.is_connected(), "{status:?}");
        }
        Self {
            provider,
            recorder,
            listener,
            cancel,
        }
    }

    /// The events of a type once nothing more happens.
    pub(crate) async fn events(&self, kind: Kind) -> Vec<Arc<WatchEvent>> {
        // With a paused clock this is over as soon as every task waits.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        let key = kind.key();
        let events = self.recorder.lock();
        events
            .iter()
            .filter(|event| *event.key() == key)
            .cloned()
            .collect()
    }

    /// As [`events`](Self::events), one short text each.
    pub(crate) async fn told(&self, kind: Kind) -> Vec<String> {
        let events = self.events(kind).await;
        events.iter().map(|event| brief(event)).collect()
    }

    /// Forgets what was recorded.
    pub(crate) async fn forget(&self) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        self.recorder.lock().clear();
    }

    /// Ends the listener alone.
    pub(crate) async fn leave(self) {
        self.cancel.cancel();
        let _ = self.listener.await.unwrap();
    }

    /// Ends the plugin and the listener.
    pub(crate) async fn close(self) {
        self.provider.close().await.unwrap();
        self.cancel.cancel();
        let _ = self.listener.await.unwrap();
    }
}

fn brief(event: &WatchEvent) -> String {
    match event {
        WatchEvent::Add(one) => format!("add {}/{}", one.namespace, one.id),
        WatchEvent::Update(one) => format!("update {}/{}", one.namespace, one.id),
        WatchEvent::Delete(one) => format!("delete {}/{}", one.namespace, one.id),
        WatchEvent::State(one) if one.state == WatchState::Synced => {
            format!("SYNCED {}", one.resource_count.unwrap_or(-1))
        }
        WatchEvent::State(one) => one.state.ui_name().to_owned(),
    }
}

struct Namespaces(&'static [&'static str]);

#[async_trait]
impl ScopeProvider<ReferenceClient> for Namespaces {
    async fn resolve_scope(
        &self,
        _ctx: &CallContext,
        _client: &Arc<ReferenceClient>,
    ) -> PluginResult<ConnectionScope> {
        Ok(ConnectionScope::explicit(self.0.iter().copied()))
    }
}

#[derive(Default)]
struct Recorder(Mutex<Vec<Arc<WatchEvent>>>);

impl Recorder {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<WatchEvent>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WatchEventSink for Recorder {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        self.lock().push(event);
        Delivery::Done
    }
}
