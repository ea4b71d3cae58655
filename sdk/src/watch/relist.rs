//! Following what cannot be followed: list, compare, tell the difference.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{Listing, SinkClosed, WatchSink};
use crate::{CallContext, Context, ErrorCode, PluginResult, ResourceOperationError, WatchEvent};

/// How long one listing may take, if nothing else is said.
///
/// Nobody else limits a watch, and one whose backend hangs would look like one where nothing happens.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tells a watch what a backend that can only list has changed: the difference of each listing to the one before.
///
/// It belongs to one attempt of a watch, and knows what that attempt has told. The first listing is told as the objects that
/// exist, and [`Synced`](crate::WatchState::Synced) after them; each later one as [what has changed](Listing::changes_since).
/// A change that was made and taken back between two listings is not seen.
///
/// An object that is outside of the scope of the watch is not told. One without a namespace is in every scope.
///
/// ```
/// # use std::{sync::Mutex, time::Duration};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # type Client = Mutex<Vec<String>>;
/// struct Pods;
///
/// async fn listing(client: &Client) -> PluginResult<Listing> {
///     let names = client.lock().map_err(|_| "poisoned")?;
///     let pod = |name: &String| WatchAddPayload::new(name, "", json!({"name": name}));
///     Ok(names.iter().map(pod).collect())
/// }
///
/// #[async_trait]
/// impl Watcher<Client> for Pods {
///     async fn watch(&self, ctx: &Context<Client>, sink: WatchSink) -> PluginResult<()> {
///         Relist::new(ctx, sink).poll(Duration::from_secs(5), || listing(ctx.client())).await
///     }
/// }
/// ```
///
/// Where something says when to look, a bell, a long poll, a counter, call [`tell`](Self::tell) then.
///
/// Contract: WAT-27, WAT-35, SNK-03, SCP-02
#[derive(Debug)]
pub struct Relist {
    ctx: CallContext,
    sink: WatchSink,
    told: Listing,
    stage: Stage,
    patience: Duration,
}

/// Whether the objects that exist have been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Initial,
    Synced,
}

impl Relist {
    /// Nothing told yet.
    pub fn new<C>(ctx: &Context<C>, sink: WatchSink) -> Self {
        Self {
            ctx: ctx.call().clone(),
            sink,
            told: Listing::new(),
            stage: Stage::Initial,
            patience: PATIENCE,
        }
    }

    /// Sets how long [`poll`](Self::poll) waits for one listing; 30 seconds if nothing is said.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// What has been told: what a listener that folds the events knows.
    pub fn told(&self) -> &Listing {
        &self.told
    }

    /// Tells what has changed since the last listing, and after the first one that the watch has synced.
    ///
    /// # Errors
    ///
    /// [`SinkClosed`] when the attempt has ended.
    ///
    /// # Cancel safety
    ///
    /// When dropped, what was told so far is remembered, and the next call goes on from there: nothing is lost or doubled.
    pub async fn tell(&mut self, mut now: Listing) -> Result<(), SinkClosed> {
        if let Some(scope) = self.ctx.watch_scope() {
            now.retain(|object| object.namespace.is_empty() || scope.includes(&object.namespace));
        }
        for change in now.changes_since(&self.told) {
            match change.clone() {
                WatchEvent::Add(object) => self.sink.add(object).await?,
                WatchEvent::Update(object) => self.sink.update(object).await?,
                WatchEvent::Delete(object) => self.sink.delete(object).await?,
                // A listing has no states.
                WatchEvent::State(_) => {}
            }
            self.told.apply(change);
        }
        if self.stage == Stage::Initial {
            self.sink.synced(self.told.len()).await?;
            self.stage = Stage::Synced;
        }
        Ok(())
    }

    /// Lists at once and then at an interval, and tells the differences, until the watch is cancelled.
    ///
    /// After a listing that took longer than the interval, the next one is a whole interval away.
    ///
    /// # Errors
    ///
    /// Those of `list`, which end the attempt: the SDK decides whether there is another one. `UNAVAILABLE` when a listing
    /// takes longer than the [patience](Self::patience).
    ///
    /// # Panics
    ///
    /// When `every` is zero.
    ///
    /// # Cancel safety
    ///
    /// As [`tell`](Self::tell); a listing that is under way is given up.
    pub async fn poll<F, Fut>(&mut self, every: Duration, mut list: F) -> PluginResult<()>
    where
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = PluginResult<Listing>> + Send,
    {
        let ctx = self.ctx.clone();
        let follow = async {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let now = timeout(self.patience, list())
                    .await
                    .map_err(|_| hung(self.patience))??;
                self.tell(now).await?;
            }
        };
        tokio::select! {
            failure = follow => failure,
            () = ctx.cancelled() => Ok(()),
        }
    }
}

fn hung(patience: Duration) -> ResourceOperationError {
    let message = format!("the backend did not list the objects within {patience:?}");
    ResourceOperationError::new(ErrorCode::Unavailable, message)
        .with_suggestion("see whether the backend answers, or give it more time with `patience`")
}
