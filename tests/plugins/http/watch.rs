//! Following the books of a server that has no way to tell about changes: list, compare, tell the difference.

use std::{collections::BTreeMap, time::Duration};

use omniview_sdk::{
    Context, ErrorCode, Json, PluginResult, ResourceMetadata, ResourceOperationError,
    WatchAddPayload, WatchDeletePayload, WatchSink, WatchUpdatePayload, Watcher, async_trait,
};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{Books, HttpClient, resource::Label};

/// How long one listing may take.
///
/// Nobody else limits a watch, and one whose server hangs would look like one where nothing happens.
const PATIENCE: Duration = Duration::from_secs(30);

/// The books of one listing, each with its revision.
type Listing = BTreeMap<Place, (u64, Json)>;

/// What identifies a book: the library gives it no identity beyond its place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    shelf: String,
    id: String,
}

#[async_trait]
impl Watcher<HttpClient> for Books {
    async fn watch(&self, ctx: &Context<HttpClient>, sink: WatchSink) -> PluginResult<()> {
        let follow = async {
            let mut ticks = interval(self.poll);
            // After a slow listing the next one is a whole interval away, not at once.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.tick().await;
            let mut known = listing(ctx).await?;
            for (place, (_, book)) in &known {
                sink.add(place.added(book)).await?;
            }
            sink.synced(known.len()).await?;
            loop {
                ticks.tick().await;
                let seen = listing(ctx).await?;
                tell(&known, &seen, &sink).await?;
                known = seen;
            }
        };
        // Every failure ends the attempt with an error, and the SDK decides whether there is another one.
        tokio::select! {
            failure = follow => failure,
            () = ctx.cancelled() => Ok(()),
        }
    }
}

async fn listing(ctx: &Context<HttpClient>) -> PluginResult<Listing> {
    let books = timeout(PATIENCE, ctx.client().books(None))
        .await
        .map_err(|_| {
            let message = format!("the library did not list its books within {PATIENCE:?}");
            ResourceOperationError::new(ErrorCode::Unavailable, message)
        })??;
    let mut listing = Listing::new();
    for book in books {
        let Label {
            id,
            shelf,
            revision,
        } = Label::of(&book)?;
        if ctx.watch_scope().is_none_or(|scope| scope.includes(&shelf)) {
            listing.insert(Place { shelf, id }, (revision, book));
        }
    }
    Ok(listing)
}

/// Tells what became of each book between two listings.
async fn tell(known: &Listing, seen: &Listing, sink: &WatchSink) -> PluginResult<()> {
    for (place, (_, book)) in known {
        if !seen.contains_key(place) {
            sink.delete(place.removed(book)).await?;
        }
    }
    for (place, (revision, book)) in seen {
        match known.get(place) {
            None => sink.add(place.added(book)).await?,
            Some((before, _)) if before != revision => sink.update(place.changed(book)).await?,
            Some(_) => {}
        }
    }
    Ok(())
}

impl Place {
    fn added(&self, book: &Json) -> WatchAddPayload {
        WatchAddPayload::new(&self.id, &self.shelf, book.clone()).with_metadata(self.metadata())
    }

    fn changed(&self, book: &Json) -> WatchUpdatePayload {
        WatchUpdatePayload::new(&self.id, &self.shelf, book.clone()).with_metadata(self.metadata())
    }

    fn removed(&self, last_known: &Json) -> WatchDeletePayload {
        WatchDeletePayload::new(&self.id, &self.shelf, last_known.clone())
    }

    fn metadata(&self) -> ResourceMetadata {
        ResourceMetadata::new(format!("{}/{}", self.shelf, self.id))
    }
}
