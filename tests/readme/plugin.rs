use std::{collections::BTreeMap, sync::Arc};

use omniview_sdk::{query::{self, Identity, Item, QueryItem}, *};
use tokio::sync::Mutex;

type Shelf = Arc<Mutex<BTreeMap<String, Item>>>; // The client. Yours speaks HTTP, or SQL, or whatever.

#[derive(Default)]
struct Shelves(Mutex<BTreeMap<ConnectionId, Shelf>>); // What is behind it, and outlives a connection.

#[async_trait]
impl ConnectionProvider<Shelf> for Shelves {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(vec![Connection::builder("home").build()?, Connection::builder("office").build()?])
    }
    async fn create_client(&self, cx: &CallContext) -> PluginResult<Shelf> {
        let connection = cx.connection().ok_or("the session names no connection")?;
        Ok(self.0.lock().await.entry(connection.id.clone()).or_default().clone())
    }
    async fn destroy_client(&self, _: &CallContext, _: Arc<Shelf>) -> PluginResult<()> { Ok(()) }
    async fn check_connection(&self, _: &CallContext, _: &Arc<Shelf>) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }
    async fn get_namespaces(&self, _: &CallContext, _: &Arc<Shelf>) -> PluginResult<Option<Vec<String>>> {
        Ok(None) // Shelves have no such thing; an empty list would say that they have none yet.
    }
}

struct Books;

fn parse(book: Json) -> Result<Item> { Item::parse(book, &Identity::new("isbn", "")) }
fn unknown(isbn: &str) -> BoxError { ResourceOperationError::not_found(format!("no book {isbn:?}")).into() }

#[async_trait]
impl Resourcer<Shelf> for Books {
    async fn get(&self, cx: &Context<Shelf>, input: GetInput) -> PluginResult<GetResult> {
        let shelf = cx.client().lock().await;
        Ok(GetResult::new(shelf.get(&input.id).ok_or_else(|| unknown(&input.id))?.json()))
    }
    async fn list(&self, cx: &Context<Shelf>, input: ListInput) -> PluginResult<ListResult> {
        Ok(query::list(cx.client().lock().await.values(), &input)?)
    }
    async fn find(&self, cx: &Context<Shelf>, input: FindInput) -> PluginResult<FindResult> {
        Ok(query::find(cx.client().lock().await.values(), &input, &self.filter_fields(cx).await?)?)
    }
    async fn create(&self, cx: &Context<Shelf>, input: CreateInput) -> PluginResult<CreateResult> {
        let (book, mut shelf) = (parse(input.input)?, cx.client().lock().await);
        if shelf.contains_key(book.id()) {
            return Err(ResourceOperationError::new(ErrorCode::AlreadyExists, "we have it").into());
        }
        Ok(CreateResult::new(shelf.entry(book.id().to_owned()).or_insert(book).json()))
    }
    async fn update(&self, cx: &Context<Shelf>, input: UpdateInput) -> PluginResult<UpdateResult> {
        let mut shelf = cx.client().lock().await;
        let kept = shelf.get_mut(&input.id).ok_or_else(|| unknown(&input.id))?;
        *kept = parse(input.input)?;
        Ok(UpdateResult::new(kept.json()))
    }
    async fn delete(&self, cx: &Context<Shelf>, input: DeleteInput) -> PluginResult<DeleteResult> {
        let book = cx.client().lock().await.remove(&input.id);
        Ok(DeleteResult::new(book.ok_or_else(|| unknown(&input.id))?.json()))
    }
}

#[async_trait]
impl FilterableProvider<Shelf> for Books {
    async fn filter_fields(&self, _: &Context<Shelf>) -> PluginResult<FilterFields> {
        Ok(vec![FilterField::new("title", FilterFieldType::String)].into())
    }
}

pub fn library() -> ResourcePluginConfig<impl Send + Sync> {
    let book = ResourceMeta::new("library", "v1", "Book");
    ResourcePluginConfig::new("library")
        .connections(ConnectionRegistration::builder(Shelves::default()).build())
        .resource(ResourceRegistration::builder(book, Books).filterable().build())
}
