//! A plugin that does as little as a plugin can, so that what is left is the SDK.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionRegistration, ConnectionStatus, Context,
    CreateInput, CreateResult, DeleteInput, DeleteResult, FilterField, FilterFieldType,
    FilterFields, FilterableProvider, FindInput, FindResult, GetInput, GetResult, Json, ListInput,
    ListResult, PluginResult, ResourceKey, ResourceMeta, ResourcePluginConfig,
    ResourceRegistration, Resourcer, UpdateInput, UpdateResult, WatchAddPayload, WatchSink,
    Watcher, async_trait,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Whether the types of a plugin can be watched, and what their watchers do.
#[derive(Debug, Clone)]
pub enum Watching {
    /// They cannot.
    Never,
    /// A watcher says that it is synced and waits for its end.
    Idle,
    /// A watcher emits so many objects as soon as it runs.
    AtOnce(usize),
    /// A watcher fails, again and again.
    Fails,
    /// A watcher emits what it is given.
    Emits(Orders),
}

/// Where the watchers of a plugin take their orders, by type.
#[derive(Debug, Clone, Default)]
pub struct Orders(Arc<Mutex<BTreeMap<ResourceKey, mpsc::UnboundedSender<Vec<WatchAddPayload>>>>>);

impl Orders {
    /// Hands events to the watcher of a type, which emits them one after the other.
    pub fn give(&self, key: &ResourceKey, events: Vec<WatchAddPayload>) {
        self.0.lock().unwrap()[key].send(events).unwrap();
    }

    fn open(&self, key: &ResourceKey) -> mpsc::UnboundedReceiver<Vec<WatchAddPayload>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.0.lock().unwrap().insert(key.clone(), sender);
        receiver
    }
}

/// The inputs of finds, kept so that they are freed outside of what is measured.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<Mutex<Vec<FindInput>>>);

impl Kept {
    /// Makes room for so many more.
    pub fn reserve(&self, count: usize) {
        self.0.lock().unwrap().reserve(count);
    }

    /// Frees them.
    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// What serves every type.
#[derive(Debug, Clone)]
struct Types {
    answer: Json,
    fields: FilterFields,
    watching: Watching,
    kept: Kept,
    listed: Vec<Json>,
}

/// The key of the type with this number.
pub fn key(number: usize) -> ResourceKey {
    meta(number).key()
}

fn meta(number: usize) -> ResourceMeta {
    ResourceMeta::new("bench", "v1", format!("Type{number}"))
}

/// An object whose text has exactly `bytes` bytes.
pub fn object(bytes: usize) -> Json {
    let empty = json!({"name": "web", "filler": ""}).to_string().len();
    json!({"name": "web", "filler": "x".repeat(bytes - empty)}).into()
}

/// A connection with nothing but an id.
pub fn connection(id: impl Into<String>) -> Connection {
    Connection::builder(id.into()).build().unwrap()
}

/// A connection with eight data keys and four labels.
pub fn furnished(id: impl Into<String>) -> Connection {
    let mut builder = Connection::builder(id.into());
    for number in 0..8 {
        builder = builder.data(
            format!("key{number}"),
            Value::from(format!("value {number}")),
        );
    }
    for number in 0..4 {
        builder = builder.label(
            format!("label{number}"),
            Value::from(format!("text {number}")),
        );
    }
    builder.build().unwrap()
}

/// A plugin of so many types on these connections. Every type can be filtered by four fields.
pub fn config(
    types: usize,
    watching: &Watching,
    connections: Vec<Connection>,
) -> ResourcePluginConfig<()> {
    furnished_config(types, watching, connections, &Kept::default(), 0)
}

/// The same, with a place for the inputs of its finds, and a number of objects that it lists.
pub fn furnished_config(
    types: usize,
    watching: &Watching,
    connections: Vec<Connection>,
    kept: &Kept,
    listed: usize,
) -> ResourcePluginConfig<()> {
    let serving = Types {
        answer: object(1024),
        fields: fields(),
        watching: watching.clone(),
        kept: kept.clone(),
        listed: vec![object(1024); listed],
    };
    let serving = Arc::new(serving);
    let mut config = ResourcePluginConfig::new("bench")
        .connections(ConnectionRegistration::builder(Connections(connections)).build());
    for number in 0..types {
        let registration =
            ResourceRegistration::shared(meta(number).into(), serving.clone()).filterable();
        config = config.resource(match watching {
            Watching::Never => registration.build(),
            _ => registration.watch().build(),
        });
    }
    config
}

fn fields() -> FilterFields {
    [
        ("phase", FilterFieldType::String),
        ("priority", FilterFieldType::Integer),
        ("image", FilterFieldType::String),
        ("restarts", FilterFieldType::Integer),
    ]
    .into_iter()
    .map(|(path, kind)| FilterField::new(path, kind).operators(kind_operators()))
    .collect()
}

fn kind_operators() -> Vec<omniview_sdk::FilterOperator> {
    use omniview_sdk::FilterOperator::{Eq, Gte, Lt, Neq, Prefix};
    vec![Eq, Neq, Prefix, Gte, Lt]
}

#[derive(Debug)]
struct Connections(Vec<Connection>);

#[async_trait]
impl ConnectionProvider<()> for Connections {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(self.0.clone())
    }

    async fn create_client(&self, _: &CallContext) -> PluginResult<()> {
        Ok(())
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> {
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}

#[async_trait]
impl Resourcer<()> for Types {
    async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> {
        Ok(GetResult::new(self.answer.clone()))
    }

    async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> {
        Ok(ListResult::new(self.listed.clone()))
    }

    async fn find(&self, _: &Context<()>, input: FindInput) -> PluginResult<FindResult> {
        self.kept.0.lock().unwrap().push(input);
        Ok(FindResult::default())
    }

    async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> {
        Ok(CreateResult::default())
    }

    async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> {
        Ok(UpdateResult::default())
    }

    async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::done())
    }
}

#[async_trait]
impl FilterableProvider<()> for Types {
    async fn filter_fields(&self, _: &Context<()>) -> PluginResult<FilterFields> {
        Ok(self.fields.clone())
    }
}

#[async_trait]
impl Watcher<()> for Types {
    async fn watch(&self, ctx: &Context<()>, sink: WatchSink) -> PluginResult<()> {
        match &self.watching {
            // What only waits is no bigger than waiting takes: the others are elsewhere.
            Watching::Never | Watching::Idle => idle(ctx, &sink, 0).await,
            Watching::Fails => Err("it never works".into()),
            Watching::AtOnce(count) => Box::pin(self.tell(ctx, &sink, *count)).await,
            Watching::Emits(orders) => Box::pin(obey(ctx, &sink, orders)).await,
        }
    }
}

impl Types {
    async fn tell(&self, ctx: &Context<()>, sink: &WatchSink, count: usize) -> PluginResult<()> {
        for number in 0..count {
            let id = format!("object-{number}");
            let event = WatchAddPayload::new(id, "default", self.answer.clone());
            sink.add(event).await?;
        }
        idle(ctx, sink, count).await
    }
}

async fn obey(ctx: &Context<()>, sink: &WatchSink, orders: &Orders) -> PluginResult<()> {
    let mut orders = orders.open(ctx.key());
    sink.synced(0).await?;
    loop {
        tokio::select! {
            () = ctx.cancelled() => return Ok(()),
            Some(events) = orders.recv() => {
                for event in events {
                    sink.add(event).await?;
                }
            }
        }
    }
}

async fn idle(ctx: &Context<()>, sink: &WatchSink, count: usize) -> PluginResult<()> {
    sink.synced(count).await?;
    ctx.cancelled().await;
    Ok(())
}
