use omniview_sdk::query::{Collection, Identity};
use omniview_sdk::*;

type Shelf = Collection; // The client: books in memory. Yours speaks HTTP, or SQL, or whatever.

struct Books;

#[async_trait]
impl Resourcer<Shelf> for Books {
    async fn get(&self, cx: &Context<Shelf>, input: GetInput) -> PluginResult<GetResult> {
        Ok(cx.client().get(&input)?)
    }
    async fn list(&self, cx: &Context<Shelf>, input: ListInput) -> PluginResult<ListResult> {
        Ok(cx.client().list(&input)?)
    }
    async fn find(&self, cx: &Context<Shelf>, input: FindInput) -> PluginResult<FindResult> {
        Ok(cx.client().find(&input, &[])?) // No fields to filter by: that is `.filterable()`.
    }
    async fn create(&self, cx: &Context<Shelf>, input: CreateInput) -> PluginResult<CreateResult> {
        Ok(cx.client().create(input)?)
    }
    async fn update(&self, cx: &Context<Shelf>, input: UpdateInput) -> PluginResult<UpdateResult> {
        Ok(cx.client().update(input)?)
    }
    async fn delete(&self, cx: &Context<Shelf>, input: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(cx.client().delete(&input)?)
    }
}

#[async_trait]
impl Watcher<Shelf> for Books {
    async fn watch(&self, cx: &Context<Shelf>, sink: WatchSink) -> PluginResult<()> {
        cx.client().follow(cx, sink).await
    }
}

pub fn library() -> ResourcePluginConfig<Shelf> {
    let shelf = || Collection::new(Identity::new("isbn", ""));
    let shelves = StaticConnections::new()
        .client("home", shelf())
        .client("office", shelf());
    let book = ResourceMeta::new("library", "v1", "Book");
    ResourcePluginConfig::new("library")
        .connections(shelves.registration())
        .resource(ResourceRegistration::builder(book, Books).watch().build())
}
