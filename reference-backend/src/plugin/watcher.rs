//! List, then follow.

use std::{future::Future, sync::Arc};

use omniview_sdk::{
    Context, PluginResult, ResourceKey, ResourceOperationError, SinkClosed, WatchAddPayload,
    WatchDeletePayload, WatchSink, WatchUpdatePayload, Watcher, async_trait,
};

use super::ReferenceResourcer;
use crate::{
    store::{Change, ChangeKind, Compacted, Mirror, Object, TableScope},
    world::{Operation, ReferenceClient},
};

/// Emits the objects that there are, says how many, and follows the log from the very version that was listed, so that
/// nothing in between is lost or told twice.
///
/// A follower that falls behind what the log remembers lists again and emits the difference. A scope limits the watch
/// to its namespaces; a type without namespaces is not limited.
///
/// Contract: WAT-27, WAT-33, WAT-34, WAT-35, SNK-03, SNK-07 to SNK-12, SCP-02
#[async_trait]
impl Watcher<ReferenceClient> for ReferenceResourcer {
    async fn watch(&self, ctx: &Context<ReferenceClient>, mut sink: WatchSink) -> PluginResult<()> {
        follow(ctx, &mut sink).await
    }
}

/// Where a watch tells what it sees: the SDK's sink, or one that bends what goes through it.
pub(crate) trait Emit: Send {
    fn add(
        &mut self,
        payload: WatchAddPayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send;

    fn update(
        &mut self,
        payload: WatchUpdatePayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send;

    fn delete(
        &mut self,
        payload: WatchDeletePayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send;

    fn synced(&mut self, count: usize) -> impl Future<Output = Result<(), SinkClosed>> + Send;
}

impl Emit for WatchSink {
    async fn add(&mut self, payload: WatchAddPayload) -> Result<(), SinkClosed> {
        WatchSink::add(self, payload).await
    }

    async fn update(&mut self, payload: WatchUpdatePayload) -> Result<(), SinkClosed> {
        WatchSink::update(self, payload).await
    }

    async fn delete(&mut self, payload: WatchDeletePayload) -> Result<(), SinkClosed> {
        WatchSink::delete(self, payload).await
    }

    async fn synced(&mut self, count: usize) -> Result<(), SinkClosed> {
        WatchSink::synced(self, count).await
    }
}

/// One attempt: returns `Ok` when it is cancelled and in no other way.
pub(crate) async fn follow<E: Emit>(
    ctx: &Context<ReferenceClient>,
    emit: &mut E,
) -> PluginResult<()> {
    let client = Arc::clone(ctx.client());
    let table = tokio::select! {
        biased;
        () = ctx.cancelled() => return Ok(()),
        table = client.reach(Operation::Watch, ctx.key()) => table?,
    };
    let scoped = table.scope() == TableScope::Namespaced;
    let wanted = |object: &Object| {
        !scoped
            || ctx
                .watch_scope()
                .is_none_or(|scope| scope.includes(object.namespace()))
    };

    let mut follower = table.follow();
    let mut mirror = Mirror::new();
    for change in mirror.reconcile(&follower.relist(), wanted) {
        tell(emit, &change).await?;
    }
    emit.synced(mirror.len()).await?;

    let faults = client.fleet().faults();
    loop {
        let before = follower.position();
        let changes = tokio::select! {
            biased;
            () = ctx.cancelled() => return Ok(()),
            error = faults.broken(Operation::Watch, ctx.key()) => return Err(error.into()),
            changes = follower.changes() => changes,
        };
        let changes = match changes {
            Ok(changes) => changes
                .into_iter()
                .filter(|change| wanted(&change.object))
                .filter_map(|change| mirror.apply(change))
                .collect(),
            Err(Compacted { through }) => {
                tracing::debug!(key = %ctx.key(), through, "fell behind the log, listing again");
                mirror.reconcile(&follower.relist(), wanted)
            }
        };
        moved_on(ctx.key(), before, follower.position())?;
        for change in &changes {
            tell(emit, change).await?;
        }
    }
}

/// Ends a watch whose follower hands out the same place of the log again: it would list or read for ever and never
/// wait. Every round of an honest log gets further.
fn moved_on(key: &ResourceKey, before: u64, now: u64) -> PluginResult<()> {
    if now > before {
        return Ok(());
    }
    let error = ResourceOperationError::internal(format!(
        "the watch of {key} read the log from version {before} and came no further than version {now}"
    ));
    Err(error.on_key(key).into())
}

async fn tell<E: Emit>(emit: &mut E, change: &Change) -> Result<(), SinkClosed> {
    let object = &*change.object;
    let (id, namespace, data) = (object.id(), object.namespace(), object.json().clone());
    match change.kind {
        ChangeKind::Added => {
            let payload = WatchAddPayload::new(id, namespace, data);
            emit.add(payload.with_metadata(object.metadata())).await
        }
        ChangeKind::Updated => {
            let payload = WatchUpdatePayload::new(id, namespace, data);
            emit.update(payload.with_metadata(object.metadata())).await
        }
        ChangeKind::Removed => {
            emit.delete(WatchDeletePayload::new(id, namespace, data))
                .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_comes_no_further_ends_the_watch() {
        let key = "core::v1::Pod".into();
        assert!(moved_on(&key, 3, 4).is_ok());
        for now in [2, 3] {
            let error = moved_on(&key, 3, now).unwrap_err();
            assert!(error.to_string().contains("from version 3"), "{error}");
        }
    }
}
