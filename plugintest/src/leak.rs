//! What a shut-down finds that should not be there.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use omniview_sdk::{
    CallContext, Connection, ConnectionId, ConnectionProvider, ConnectionRegistration,
    ConnectionStatus, PluginResult, ResourceOperationError, ResourcePluginConfig, async_trait,
};

use crate::{failure::describe_error, recording::count};

/// Something that outlived the plugin, or ended more than once.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::Leak;
///
/// let leak = Leak::ClientsNotDestroyed { connection: "dev".into(), created: 2, destroyed: 1 };
/// assert_eq!(leak.to_string(), r#"connection "dev": 2 clients created, 1 destroyed"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leak {
    /// Clients of a connection were created and never destroyed.
    ClientsNotDestroyed {
        /// The connection.
        connection: ConnectionId,
        /// How many clients were created for it.
        created: usize,
        /// How many of them were destroyed.
        destroyed: usize,
    },
    /// Clients of a connection were destroyed again.
    ClientsDestroyedAgain {
        /// The connection.
        connection: ConnectionId,
        /// How often that happened.
        times: usize,
    },
    /// `listen_for_events` did not end as it should.
    Listener(String),
    /// `close` failed.
    Close(ResourceOperationError),
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientsNotDestroyed {
                connection,
                created,
                destroyed,
            } => write!(
                f,
                "connection {connection:?}: {} created, {destroyed} destroyed",
                count(*created, "client"),
            ),
            Self::ClientsDestroyedAgain { connection, times } => write!(
                f,
                "connection {connection:?}: a client that was destroyed was destroyed again, {}",
                count(*times, "time")
            ),
            Self::Listener(wrong) => write!(f, "the listener for events: {wrong}"),
            Self::Close(error) => {
                let lines = describe_error(error).replace('\n', "\n  ");
                write!(f, "`close` failed with {}{lines}", error.code())
            }
        }
    }
}

/// What a shut-down found that should not be there. Its text lists it.
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
/// /// How many clients a plugin has left behind.
/// fn clients_left(report: &LeakReport) -> usize {
///     let left = report.leaks().iter().map(|leak| match leak {
///         Leak::ClientsNotDestroyed { created, destroyed, .. } => created - destroyed,
///         _ => 0,
///     });
///     left.sum()
/// }
///
/// let ended = h.shutdown().attempt().await;
/// assert_eq!(ended.map_err(|report| clients_left(&report)).err(), None, "this plugin leaks nothing");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LeakReport {
    leaks: Vec<Leak>,
    location: &'static Location<'static>,
}

impl LeakReport {
    pub(crate) fn new(leaks: Vec<Leak>, location: &'static Location<'static>) -> Self {
        Self { leaks, location }
    }

    /// What it found; at least one.
    pub fn leaks(&self) -> &[Leak] {
        &self.leaks
    }
}

impl fmt::Display for LeakReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the plugin did not shut down cleanly:")?;
        for leak in &self.leaks {
            write!(f, "\n  - {leak}")?;
        }
        write!(f, "\n  at {}", self.location)
    }
}

impl Error for LeakReport {}

/// Counts the clients of a mounted configuration.
#[derive(Debug, Default)]
pub(crate) struct ClientLedger(Mutex<BTreeMap<ConnectionId, Counts>>);

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    created: usize,
    destroyed: usize,
    again: usize,
}

impl ClientLedger {
    /// Wraps the connection provider of a configuration in one that counts.
    pub(crate) fn install<C: Send + Sync + 'static>(
        mut config: ResourcePluginConfig<C>,
    ) -> (ResourcePluginConfig<C>, Arc<Self>) {
        let ledger = Arc::new(Self::default());
        config.connections = config.connections.map(|registration| {
            registration.map_handles(|handles| ConnectionRegistration {
                provider: Arc::new(Counted {
                    provider: handles.provider,
                    ledger: ledger.clone(),
                    destroyed: Mutex::default(),
                }),
                ..handles
            })
        });
        (config, ledger)
    }

    /// What does not add up, once nothing runs any more.
    pub(crate) fn leaks(&self) -> Vec<Leak> {
        let mut leaks = Vec::new();
        for (connection, counts) in self.lock().iter() {
            if counts.created > counts.destroyed {
                leaks.push(Leak::ClientsNotDestroyed {
                    connection: connection.clone(),
                    created: counts.created,
                    destroyed: counts.destroyed,
                });
            }
            if counts.again > 0 {
                leaks.push(Leak::ClientsDestroyedAgain {
                    connection: connection.clone(),
                    times: counts.again,
                });
            }
        }
        leaks
    }

    fn record(&self, ctx: &CallContext, change: impl FnOnce(&mut Counts)) {
        let connection = ctx.connection().map(|connection| connection.id.clone());
        change(
            self.lock()
                .entry(connection.unwrap_or_default())
                .or_default(),
        );
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<ConnectionId, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes every call on, and counts.
struct Counted<C> {
    provider: Arc<dyn ConnectionProvider<C>>,
    ledger: Arc<ClientLedger>,
    /// A weak handle keeps the address, so that a later client cannot be taken for an earlier one.
    destroyed: Mutex<Vec<Weak<C>>>,
}

impl<C> Counted<C> {
    /// Notes a client as destroyed; false when it was before.
    fn note(&self, client: &Arc<C>) -> bool {
        let mut destroyed = self
            .destroyed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let first = !destroyed
            .iter()
            .any(|earlier| std::ptr::eq(earlier.as_ptr(), Arc::as_ptr(client)));
        if first {
            destroyed.push(Arc::downgrade(client));
        }
        first
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ConnectionProvider<C> for Counted<C> {
    async fn load_connections(&self, ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        self.provider.load_connections(ctx).await
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<C> {
        let client = self.provider.create_client(ctx).await?;
        self.ledger.record(ctx, |counts| counts.created += 1);
        Ok(client)
    }

    async fn destroy_client(&self, ctx: &CallContext, client: Arc<C>) -> PluginResult<()> {
        let first = self.note(&client);
        self.ledger.record(ctx, |counts| {
            if first {
                counts.destroyed += 1;
            } else {
                counts.again += 1;
            }
        });
        self.provider.destroy_client(ctx, client).await
    }

    async fn check_connection(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<ConnectionStatus> {
        self.provider.check_connection(ctx, client).await
    }

    async fn get_namespaces(
        &self,
        ctx: &CallContext,
        client: &Arc<C>,
    ) -> PluginResult<Option<Vec<String>>> {
        self.provider.get_namespaces(ctx, client).await
    }
}

#[cfg(test)]
mod tests {
    use omniview_sdk::{ErrorCode, Fault, Session};

    use super::*;
    use crate::stub::{StubClient, stub_plugin};

    fn on(connection: &str) -> CallContext {
        CallContext::new().with_session(Session::for_connection(connection))
    }

    #[tokio::test]
    async fn clients_that_are_left_and_clients_that_are_destroyed_again_are_told_apart() {
        let (config, ledger) = ClientLedger::install(stub_plugin().config);
        let provider = config.connections.unwrap().provider;
        let (dev, prod) = (on("dev"), on("prod"));
        let first = Arc::new(provider.create_client(&dev).await.unwrap());
        let other: StubClient = provider.create_client(&prod).await.unwrap();
        provider.create_client(&prod).await.unwrap();
        provider.destroy_client(&dev, first.clone()).await.unwrap();
        assert_eq!(ledger.leaks().len(), 1);
        provider.destroy_client(&dev, first).await.unwrap();
        provider.destroy_client(&prod, other.into()).await.unwrap();

        let mut leaks = ledger.leaks();
        leaks.push(Leak::Listener("it panicked: boom".to_owned()));
        let error = ResourceOperationError::new(ErrorCode::Internal, "a task did not end")
            .with_fault(Fault::Plugin)
            .with_source(std::io::Error::other("it blocks"));
        leaks.push(Leak::Close(error));
        let report = LeakReport::new(leaks, Location::caller()).to_string();
        let (report, place) = report.rsplit_once('\n').unwrap();
        assert!(place.starts_with("  at "), "{place}");
        insta::assert_snapshot!(report, @r#"
        the plugin did not shut down cleanly:
          - connection "dev": a client that was destroyed was destroyed again, 1 time
          - connection "prod": 2 clients created, 1 destroyed
          - the listener for events: it panicked: boom
          - `close` failed with INTERNAL
            message: a task did not end
            caused by: it blocks
            fault: Plugin
        "#);
    }

    #[tokio::test]
    async fn a_client_that_was_never_created_is_no_leak() {
        let plugin = stub_plugin();
        let refused = crate::stub::Fault::Raw("refused".to_owned());
        let operation = crate::stub::StubOperation::CreateClient;
        plugin.connections.next(operation, refused);
        let (config, ledger) = ClientLedger::install(plugin.config);
        let provider = config.connections.unwrap().provider;
        provider.create_client(&on("dev")).await.unwrap_err();
        assert_eq!(ledger.leaks(), []);
    }
}
