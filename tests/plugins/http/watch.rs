//! Following the books of a server that has no way to tell about changes: list, and have the difference told.

use omniview_sdk::{
    Context, Listing, PluginResult, Relist, ResourceMetadata, WatchAddPayload, WatchSink, Watcher,
    async_trait,
};

use super::{Books, HttpClient, resource::Label};

#[async_trait]
impl Watcher<HttpClient> for Books {
    async fn watch(&self, ctx: &Context<HttpClient>, sink: WatchSink) -> PluginResult<()> {
        let mut relist = Relist::new(ctx, sink);
        relist.poll(self.poll, || listing(ctx.client())).await
    }
}

async fn listing(client: &HttpClient) -> PluginResult<Listing> {
    let mut listing = Listing::new();
    for book in client.books(None).await? {
        let Label { id, shelf } = Label::of(&book)?;
        // The library gives a book no identity beyond its place.
        let metadata = ResourceMetadata::new(format!("{shelf}/{id}"));
        listing.insert(WatchAddPayload::new(id, shelf, book).with_metadata(metadata));
    }
    Ok(listing)
}
