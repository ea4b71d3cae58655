//! Defects of watches.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{
    CallContext, ConnectionId, Context, CreateInput, CreateResult, DeleteInput, DeleteResult,
    FindInput, FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult,
    ResourceHandles, Resourcer, UpdateInput, UpdateResult, WatchSink, Watcher, async_trait,
};

use super::{Deviation, watch_sink::BentSink};
use crate::{plugin::follow, world::ReferenceClient};

pub(super) fn bend(
    deviation: Deviation,
    mut handles: ResourceHandles<ReferenceClient>,
) -> ResourceHandles<ReferenceClient> {
    if handles.watcher.is_none() {
        return handles;
    }
    let writes = Arc::new(Writes::default());
    if deviation == Deviation::WatchMissesOutsideChanges {
        handles.resourcer = Arc::new(Announcing {
            inner: handles.resourcer,
            writes: Arc::clone(&writes),
        });
    }
    handles.watcher = Some(Arc::new(BentWatcher { deviation, writes }));
    handles
}

/// Follows as the honest watcher does, through a sink that bends what goes through it.
#[derive(Debug)]
struct BentWatcher {
    deviation: Deviation,
    writes: Arc<Writes>,
}

#[async_trait]
impl Watcher<ReferenceClient> for BentWatcher {
    async fn watch(&self, ctx: &Context<ReferenceClient>, sink: WatchSink) -> PluginResult<()> {
        let connection = ctx.client().fleet().connection().clone();
        let mut bent = BentSink::new(self.deviation, sink, connection, Arc::clone(&self.writes));
        match self.deviation {
            Deviation::WatchEndsEarly => {
                let listed = bent.listed();
                tokio::select! {
                    biased;
                    () = listed.notified() => Ok(()),
                    result = follow(ctx, &mut bent) => result,
                }
            }
            Deviation::WatchIgnoresCancellation => {
                follow(ctx, &mut bent).await?;
                std::future::pending().await
            }
            Deviation::WatchIgnoresScope => follow(&unscoped(ctx), &mut bent).await,
            _ => follow(ctx, &mut bent).await,
        }
    }
}

fn unscoped(ctx: &Context<ReferenceClient>) -> Context<ReferenceClient> {
    let mut call = CallContext::new();
    if let Some(session) = ctx.session() {
        call = call.with_session(session.clone());
    }
    if let Some(token) = ctx.call().cancellation() {
        call = call.with_cancellation(token.clone());
    }
    Context::new(call, Arc::clone(ctx.client()), Arc::new(ctx.meta().clone()))
}

/// The changes that were asked for through the plugin and are not emitted yet.
#[derive(Debug, Default)]
pub(super) struct Writes(Mutex<BTreeMap<(ConnectionId, String), usize>>);

impl Writes {
    /// A change of an object is about to be made.
    fn announce(&self, connection: &ConnectionId, id: &str) {
        let place = (connection.clone(), id.to_owned());
        *self.lock().entry(place).or_default() += 1;
    }

    /// Whether a change of the object was announced; it is then emitted and forgotten.
    pub(super) fn take(&self, connection: &ConnectionId, id: &str) -> bool {
        let place = (connection.clone(), id.to_owned());
        let mut places = self.lock();
        match places.get_mut(&place) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => drop(places.remove(&place)),
            None => return false,
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(ConnectionId, String), usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The honest resourcer, whose writes are announced.
struct Announcing {
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    writes: Arc<Writes>,
}

impl Announcing {
    async fn announced<T>(
        &self,
        ctx: &Context<ReferenceClient>,
        id: &str,
        write: impl Future<Output = PluginResult<T>> + Send,
    ) -> PluginResult<T> {
        let connection = ctx.client().fleet().connection();
        self.writes.announce(connection, id);
        let answer = write.await;
        if answer.is_err() {
            self.writes.take(connection, id);
        }
        answer
    }
}

#[async_trait]
impl Resourcer<ReferenceClient> for Announcing {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        self.inner.get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        self.inner.list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        self.inner.find(ctx, input).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let value = input.input.to_value().unwrap_or_default();
        let id = value["metadata"]["name"].as_str().unwrap_or_default();
        self.announced(ctx, id, self.inner.create(ctx, input)).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let id = input.id.clone();
        self.announced(ctx, &id, self.inner.update(ctx, input))
            .await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let id = input.id.clone();
        self.announced(ctx, &id, self.inner.delete(ctx, input))
            .await
    }
}

impl fmt::Debug for Announcing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announcing").finish_non_exhaustive()
    }
}
