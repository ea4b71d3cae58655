//! Events.

use omniview_sdk::{Context, EventRetriever, PluginResult, ResourceEvent, async_trait};

use super::{CustomResourcer, ReferenceResourcer};
use crate::world::{Operation, ReferenceClient};

/// What the store and the actions did to the object, newest first; nothing happened to an object that never was.
///
/// Contract: HLT-03
#[async_trait]
impl EventRetriever<ReferenceClient> for ReferenceResourcer {
    async fn events(
        &self,
        ctx: &Context<ReferenceClient>,
        id: &str,
        namespace: &str,
        limit: usize,
    ) -> PluginResult<Vec<ResourceEvent>> {
        let table = ctx.client().reach(Operation::Events, ctx.key()).await?;
        Ok(table.events(id, namespace, limit))
    }
}

#[async_trait]
impl EventRetriever<ReferenceClient> for CustomResourcer {
    async fn events(
        &self,
        ctx: &Context<ReferenceClient>,
        id: &str,
        namespace: &str,
        limit: usize,
    ) -> PluginResult<Vec<ResourceEvent>> {
        let table = ctx.client().reach(Operation::Events, ctx.key()).await?;
        Ok(table.events(id, namespace, limit))
    }
}
