//! A plugin whose every client is on the books: who made it, who watches on it, who destroyed it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{StreamExt, stream::BoxStream};
use omniview_sdk::*;
use tokio::{sync::mpsc, time::sleep};

/// A client with a number of its own.
#[derive(Debug)]
pub(crate) struct Crane {
    pub(crate) number: u64,
}

/// What the plugin did, and what it is told to do.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) configured: Vec<Connection>,
    pub(crate) created: BTreeMap<u64, ConnectionId>,
    pub(crate) destroyed: BTreeMap<u64, usize>,
    /// Clients with a running watch.
    pub(crate) watched: BTreeSet<u64>,
    /// What must never happen, in words.
    pub(crate) faults: Vec<String>,
    pub(crate) create_takes: Vec<Duration>,
    pub(crate) destroy_takes: Vec<Duration>,
    /// How long a cancelled watcher takes to return.
    pub(crate) linger: Vec<Duration>,
    /// How long discovery takes to answer.
    pub(crate) discover_takes: Vec<Duration>,
    /// Clients whose destruction takes longer than anybody waits.
    pub(crate) stuck: BTreeSet<u64>,
    /// Clients whose destruction ran to its end.
    pub(crate) gone: BTreeSet<u64>,
    pub(crate) fail_creates: usize,
    pub(crate) fail_destroys: usize,
    pub(crate) healthy: bool,
    pub(crate) removed: Vec<ConnectionId>,
}

/// The plugin.
#[derive(Debug, Clone)]
pub(crate) struct Yard {
    pub(crate) books: Arc<Mutex<Books>>,
    outside: Arc<Mutex<Option<mpsc::UnboundedReceiver<Vec<Connection>>>>>,
}

/// Longer than any grace period.
pub(crate) const NOBODY_WAITS: Duration = Duration::from_secs(60);

/// Tells the plugin about connections from outside.
pub(crate) type Outside = mpsc::UnboundedSender<Vec<Connection>>;

impl Yard {
    pub(crate) fn new(ids: &[&str]) -> (Self, Outside) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let books = Books {
            configured: ids.iter().map(|id| specification(id, 0)).collect(),
            healthy: true,
            ..Books::default()
        };
        let yard = Self {
            books: Arc::new(Mutex::new(books)),
            outside: Arc::new(Mutex::new(Some(receiver))),
        };
        (yard, sender)
    }

    pub(crate) fn build(&self) -> Arc<dyn Provider> {
        self.build_under(&CallContext::new())
    }

    pub(crate) fn build_under(&self, root: &CallContext) -> Arc<dyn Provider> {
        let connections = ConnectionRegistration::builder(self.clone())
            .watch()
            .build();
        let ships =
            ResourceRegistration::builder(ResourceMeta::new("port", "v1", "Ship"), self.clone())
                .watch()
                .build();
        let config = ResourcePluginConfig::new("yard")
            .connections(connections)
            .resource(ships)
            .discovery(self.clone());
        build_resource_controller(root, config).unwrap()
    }

    pub(crate) fn books<R>(&self, look: impl FnOnce(&mut Books) -> R) -> R {
        look(&mut self.books.lock().unwrap())
    }

    /// What has to hold once everything was closed.
    pub(crate) fn assert_settled(&self) {
        self.books(|books| {
            assert_eq!(books.faults, Vec::<String>::new());
            assert_eq!(books.watched, BTreeSet::new(), "clients with a watch left");
            let twice: Vec<_> = books
                .destroyed
                .iter()
                .filter(|(_, times)| **times != 1)
                .collect();
            assert_eq!(twice, Vec::new(), "clients destroyed more than once");
            let created: BTreeSet<_> = books.created.keys().copied().collect();
            let destroyed: BTreeSet<_> = books.destroyed.keys().copied().collect();
            assert_eq!(created, destroyed, "every client is destroyed exactly once");
            let ended: BTreeSet<_> = books.gone.union(&books.stuck).copied().collect();
            assert_eq!(
                created, ended,
                "every client is destroyed to the end, unless that has none"
            );
        });
    }
}

/// The specification of a connection, in one of its revisions.
pub(crate) fn specification(id: &str, revision: u32) -> Connection {
    Connection::builder(id)
        .data("revision", revision)
        .build()
        .unwrap()
}

#[async_trait]
impl ConnectionProvider<Crane> for Yard {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.books(|books| books.configured.clone()))
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<Crane> {
        let takes = self.books(|books| books.create_takes.pop().unwrap_or_default());
        sleep(takes).await;
        let id = ctx.connection().unwrap().id.clone();
        self.books(|books| {
            if books.fail_creates > 0 {
                books.fail_creates -= 1;
                return Err("the crane does not start".into());
            }
            let number = books.created.len() as u64 + 1;
            books.created.insert(number, id);
            Ok(Crane { number })
        })
    }

    async fn destroy_client(&self, ctx: &CallContext, client: Arc<Crane>) -> PluginResult<()> {
        let id = ctx.connection().unwrap().id.clone();
        let number = client.number;
        let takes = self.books(|books| {
            if books.created.get(&number) != Some(&id) {
                books.faults.push(format!("client {number} is not {id}'s"));
            }
            if books.watched.contains(&number) {
                books
                    .faults
                    .push(format!("client {number} is destroyed under its watch"));
            }
            *books.destroyed.entry(number).or_default() += 1;
            let takes = books.destroy_takes.pop().unwrap_or_default();
            if takes > NOBODY_WAITS {
                books.stuck.insert(number);
            }
            takes
        });
        sleep(takes).await;
        self.books(|books| {
            books.gone.insert(number);
            if books.fail_destroys > 0 {
                books.fail_destroys -= 1;
                return Err("the crane does not stop".into());
            }
            Ok(())
        })
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        client: &Arc<Crane>,
    ) -> PluginResult<ConnectionStatus> {
        self.books(|books| {
            if books.destroyed.contains_key(&client.number) {
                books
                    .faults
                    .push(format!("destroyed client {} is checked", client.number));
            }
            Ok(match books.healthy {
                true => ConnectionStatus::connected(),
                false => ConnectionStatus::new(ConnectionStatusCode::Unavailable),
            })
        })
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<Crane>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}

impl ConnectionWatcher for Yard {
    fn watch_connections(
        &self,
        _: &CallContext,
    ) -> BoxStream<'static, PluginResult<Vec<Connection>>> {
        match self.outside.lock().unwrap().take() {
            Some(receiver) => futures_util::stream::unfold(receiver, |mut receiver| async move {
                Some((Ok(receiver.recv().await?), receiver))
            })
            .boxed(),
            None => futures_util::stream::pending().boxed(),
        }
    }
}

#[async_trait]
impl DiscoveryProvider<Crane> for Yard {
    async fn discover(
        &self,
        _: &CallContext,
        _: &Connection,
        _: &Arc<Crane>,
    ) -> PluginResult<DiscoveredTypes> {
        let takes = self.books(|books| books.discover_takes.pop().unwrap_or_default());
        sleep(takes).await;
        Ok(DiscoveredTypes::default())
    }

    async fn on_connection_removed(&self, _: &CallContext, connection: &Connection) {
        self.books(|books| books.removed.push(connection.id.clone()));
    }
}

#[async_trait]
impl Watcher<Crane> for Yard {
    async fn watch(&self, ctx: &Context<Crane>, sink: WatchSink) -> PluginResult<()> {
        let number = ctx.client().number;
        self.books(|books| {
            if books.destroyed.contains_key(&number) {
                books
                    .faults
                    .push(format!("a watch starts on destroyed client {number}"));
            }
            if !books.watched.insert(number) {
                books
                    .faults
                    .push(format!("two watches overlap on client {number}"));
            }
        });
        // A watcher that is aborted does not come to its end.
        let _watching = Watching(self, number);
        sink.synced(0).await?;
        ctx.cancelled().await;
        let linger = self.books(|books| books.linger.pop().unwrap_or_default());
        sleep(linger).await;
        Ok(())
    }
}

struct Watching<'a>(&'a Yard, u64);

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.0.books(|books| books.watched.remove(&self.1));
    }
}

#[async_trait]
impl Resourcer<Crane> for Yard {
    async fn get(&self, _: &Context<Crane>, _: GetInput) -> PluginResult<GetResult> {
        Ok(GetResult::default())
    }
    async fn list(&self, _: &Context<Crane>, _: ListInput) -> PluginResult<ListResult> {
        Ok(ListResult::default())
    }
    async fn find(&self, _: &Context<Crane>, _: FindInput) -> PluginResult<FindResult> {
        Ok(FindResult::default())
    }
    async fn create(&self, _: &Context<Crane>, _: CreateInput) -> PluginResult<CreateResult> {
        Ok(CreateResult::default())
    }
    async fn update(&self, _: &Context<Crane>, _: UpdateInput) -> PluginResult<UpdateResult> {
        Ok(UpdateResult::default())
    }
    async fn delete(&self, _: &Context<Crane>, _: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::default())
    }
}
