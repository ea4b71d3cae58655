//! A resourcer and its watcher between the SDK and the author's.

use std::sync::Arc;

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, ListInput, ListResult, PluginResult, ResourceHandles, Resourcer, UpdateInput,
    UpdateResult, WatchAddPayload, WatchSink, Watcher, async_trait,
};
use serde_json::Value;

use super::{
    PluginCall, PluginMethod,
    faults::Shared,
    kind::{Answer, malformed},
};

/// One of the author's traits, and the faults before it.
pub(super) struct Faulty<T: ?Sized> {
    pub(super) own: Arc<T>,
    pub(super) shared: Arc<Shared>,
}

/// Wraps the handles that there are. What is asked without a connection stays as it is: it cannot fail.
pub(super) fn wrap<C: Send + Sync + 'static>(
    handles: ResourceHandles<C>,
    shared: &Arc<Shared>,
) -> ResourceHandles<C> {
    fn faulty<T: ?Sized>(own: Arc<T>, shared: &Arc<Shared>) -> Arc<Faulty<T>> {
        Arc::new(Faulty {
            own,
            shared: shared.clone(),
        })
    }
    // Exhaustive, so that a new trait is a compile error and no lost capability.
    let ResourceHandles {
        resourcer,
        watcher,
        sync_policy,
        definition,
        actions,
        error_classifier,
        schema,
        filterable,
        text_search,
        scale_hint,
        relationships,
        relationship_resolver,
        health,
        events,
    } = handles;
    ResourceHandles {
        resourcer: faulty(resourcer, shared),
        watcher: watcher.map(|own| faulty(own, shared) as _),
        actions: actions.map(|own| faulty(own, shared) as _),
        schema: schema.map(|own| faulty(own, shared) as _),
        filterable: filterable.map(|own| faulty(own, shared) as _),
        text_search: text_search.map(|own| faulty(own, shared) as _),
        relationship_resolver: relationship_resolver.map(|own| faulty(own, shared) as _),
        health: health.map(|own| faulty(own, shared) as _),
        events: events.map(|own| faulty(own, shared) as _),
        sync_policy,
        definition,
        error_classifier,
        scale_hint,
        relationships,
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> Resourcer<C> for Faulty<dyn Resourcer<C>> {
    async fn get(&self, ctx: &Context<C>, input: GetInput) -> PluginResult<GetResult> {
        let answer = self.shared.enter(PluginMethod::Get, ctx, &input).await?;
        let mut result = self.own.get(ctx, input).await?;
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn list(&self, ctx: &Context<C>, input: ListInput) -> PluginResult<ListResult> {
        let answer = self.shared.enter(PluginMethod::List, ctx, &input).await?;
        let mut result = self.own.list(ctx, input).await?;
        answer.spoil(&mut result.result);
        Ok(result)
    }

    async fn find(&self, ctx: &Context<C>, input: FindInput) -> PluginResult<FindResult> {
        let answer = self.shared.enter(PluginMethod::Find, ctx, &input).await?;
        let mut result = self.own.find(ctx, input).await?;
        answer.spoil(&mut result.result);
        Ok(result)
    }

    async fn create(&self, ctx: &Context<C>, input: CreateInput) -> PluginResult<CreateResult> {
        let answer = self.shared.enter(PluginMethod::Create, ctx, &input).await?;
        let mut result = self.own.create(ctx, input).await?;
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn update(&self, ctx: &Context<C>, input: UpdateInput) -> PluginResult<UpdateResult> {
        let answer = self.shared.enter(PluginMethod::Update, ctx, &input).await?;
        let mut result = self.own.update(ctx, input).await?;
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn delete(&self, ctx: &Context<C>, input: DeleteInput) -> PluginResult<DeleteResult> {
        let answer = self.shared.enter(PluginMethod::Delete, ctx, &input).await?;
        let mut result = self.own.delete(ctx, input).await?;
        answer.spoil(&mut result.result);
        Ok(result)
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> Watcher<C> for Faulty<dyn Watcher<C>> {
    async fn watch(&self, ctx: &Context<C>, sink: WatchSink) -> PluginResult<()> {
        let from = self.shared.broken_so_far();
        let call = PluginCall {
            operation: PluginMethod::Watch,
            context: ctx.call().clone(),
            meta: Some(ctx.meta().clone()),
            client: None,
            input: Value::Null,
        };
        if self.shared.script.enter(call.clone()).await? == Answer::Malformed {
            sink.add(WatchAddPayload::new("", "", malformed())).await?;
        }
        tokio::select! {
            ended = self.own.watch(ctx, sink) => ended,
            error = self.shared.broken(&call, from) => Err(error),
        }
    }
}
