//! One resourcer for every type that discovery brings.

use omniview_sdk::{
    Context, CreateInput, CreateResult, DefinitionProvider, DeleteInput, DeleteResult, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult, ResourceDefinition,
    ResourceMeta, Resourcer, UpdateInput, UpdateResult, WatchSink, Watcher, async_trait,
};

use super::{follow, operations};
use crate::{catalog::custom_definition, world::ReferenceClient};

/// Serves every type of the group `fleet.example.io`, whatever it is: which one is meant says the context of each call.
///
/// Contract: CFG-07, CFG-18
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomResourcer;

#[async_trait]
impl Resourcer<ReferenceClient> for CustomResourcer {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        operations::get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        operations::list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        operations::find(ctx, input, None).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        operations::create(ctx, input).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        operations::update(ctx, input).await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        operations::delete(ctx, input).await
    }
}

#[async_trait]
impl Watcher<ReferenceClient> for CustomResourcer {
    async fn watch(&self, ctx: &Context<ReferenceClient>, mut sink: WatchSink) -> PluginResult<()> {
        follow(ctx, &mut sink).await
    }
}

/// Contract: CFG-10
impl DefinitionProvider for CustomResourcer {
    fn definition(&self, _meta: &ResourceMeta) -> ResourceDefinition {
        custom_definition()
    }
}
