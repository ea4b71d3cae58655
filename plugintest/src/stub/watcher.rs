//! Watching a stubbed type, attempt by attempt as the test says.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{
    Context, ErrorCode, PluginResult, ResourceOperationError, WatchAddPayload, WatchDeletePayload,
    WatchSink, WatchUpdatePayload, Watcher, async_trait,
};

use super::{
    StubClient, StubOperation, StubResourcer,
    store::{Change, Object},
};

/// How one attempt of a watch goes.
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
/// let h = Harness::mount(config);
/// pods.next_watches([WatchScript::Forbidden, WatchScript::Follow]);
/// h.connect("dev").await;
/// h.wait_for(state("core::v1::Pod", WatchState::Forbidden)).await;
/// h.restart_resource_watch("dev", "core::v1::Pod").await;
/// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum WatchScript {
    /// It emits the objects, syncs, and follows until it is cancelled: what happens if nothing is said.
    Follow,
    /// It fails before it has emitted anything.
    Fail(ResourceOperationError),
    /// It is refused before it has emitted anything, with `FORBIDDEN`.
    Forbidden,
    /// It emits the objects, syncs, and then fails.
    SyncThenFail(ResourceOperationError),
    /// It emits the objects, and never says that it is synced; it ends when it is cancelled.
    NeverSync,
    /// It emits the objects, syncs, and returns although nobody has cancelled it.
    ReturnEarly,
    /// It emits the objects, syncs, follows, and does not return when it is cancelled.
    IgnoreCancellation,
    /// It panics with this text.
    Panic(String),
}

/// The scripts of the attempts to come.
#[derive(Debug, Default)]
pub(super) struct WatchScripts(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: VecDeque<WatchScript>,
    always: Option<WatchScript>,
}

impl WatchScripts {
    pub(super) fn next(&self, scripts: impl IntoIterator<Item = WatchScript>) {
        self.lock().next.extend(scripts);
    }

    pub(super) fn always(&self, script: WatchScript) {
        self.lock().always = Some(script);
    }

    fn take(&self) -> WatchScript {
        let mut state = self.lock();
        let planned = state.next.pop_front();
        planned
            .or_else(|| state.always.clone())
            .unwrap_or(WatchScript::Follow)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Watcher<StubClient> for StubResourcer {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        self.enter(StubOperation::Watch, ctx, &()).await?;
        match self.watches.take() {
            WatchScript::Follow => {
                let from = self.initial_list(ctx, &sink, Sync::Said).await?;
                tokio::select! {
                    () = ctx.cancelled() => Ok(()),
                    ended = self.follow(ctx, &sink, from) => ended,
                }
            }
            WatchScript::IgnoreCancellation => {
                let from = self.initial_list(ctx, &sink, Sync::Said).await?;
                let _ = self.follow(ctx, &sink, from).await;
                std::future::pending().await
            }
            WatchScript::SyncThenFail(error) => {
                self.initial_list(ctx, &sink, Sync::Said).await?;
                Err(error.into())
            }
            WatchScript::ReturnEarly => {
                self.initial_list(ctx, &sink, Sync::Said).await?;
                Ok(())
            }
            WatchScript::NeverSync => {
                self.initial_list(ctx, &sink, Sync::Unsaid).await?;
                ctx.cancelled().await;
                Ok(())
            }
            WatchScript::Fail(error) => Err(error.into()),
            WatchScript::Forbidden => Err(ResourceOperationError::new(
                ErrorCode::Forbidden,
                format!("the stub refuses the watch of {}", ctx.key()),
            )
            .into()),
            WatchScript::Panic(text) => panic!("{text}"),
        }
    }
}

/// Whether the end of the initial list is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sync {
    Said,
    Unsaid,
}

impl StubResourcer {
    /// Emits the objects in scope, and returns where in the log to go on.
    async fn initial_list(
        &self,
        ctx: &Context<StubClient>,
        sink: &WatchSink,
        sync: Sync,
    ) -> PluginResult<usize> {
        let (objects, from) = self.store.visible(&ctx.connection_id());
        let mut count = 0;
        for object in objects.iter().filter(|object| in_scope(ctx, object)) {
            sink.add(addition(object)).await?;
            count += 1;
        }
        if sync == Sync::Said {
            sink.synced(count).await?;
        }
        Ok(from)
    }

    async fn follow(
        &self,
        ctx: &Context<StubClient>,
        sink: &WatchSink,
        mut from: usize,
    ) -> PluginResult<()> {
        let connection = ctx.connection_id();
        loop {
            let changes = self.store.changes(from).await;
            from += changes.len();
            for change in changes.iter().filter(|change| change.concerns(&connection)) {
                match change {
                    Change::Added(_, object) if in_scope(ctx, object) => {
                        sink.add(addition(object)).await?;
                    }
                    Change::Updated(_, object) if in_scope(ctx, object) => {
                        let Object {
                            id,
                            namespace,
                            value,
                            ..
                        } = object;
                        let payload = WatchUpdatePayload::new(id, namespace, value.clone());
                        sink.update(payload.with_metadata(object.metadata()))
                            .await?;
                    }
                    Change::Deleted(_, object) if in_scope(ctx, object) => {
                        let Object {
                            id,
                            namespace,
                            value,
                            ..
                        } = object;
                        let payload = WatchDeletePayload::new(id, namespace, value.clone());
                        sink.delete(payload).await?;
                    }
                    Change::Broken(error) => return Err(error.clone().into()),
                    Change::Added(..) | Change::Updated(..) | Change::Deleted(..) => {}
                }
            }
        }
    }
}

fn in_scope(ctx: &Context<StubClient>, object: &Object) -> bool {
    ctx.watch_scope()
        .is_none_or(|scope| scope.includes(&object.namespace))
}

fn addition(object: &Object) -> WatchAddPayload {
    WatchAddPayload::new(&object.id, &object.namespace, object.value.clone())
        .with_metadata(object.metadata())
}
