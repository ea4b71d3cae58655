//! One resourcer for every type that discovery brings.

use omniview_sdk::{
    Context, DefinitionProvider, PluginResult, ResourceDefinition, ResourceMeta, WatchSink,
    Watcher, async_trait,
};

use super::follow;
use crate::{catalog::custom_definition, world::ReferenceClient};

/// Serves every type of the group `fleet.example.io`, whatever it is: which one is meant says the context of each call.
///
/// Contract: CFG-07, CFG-18
///
/// ```
/// use omniview_reference_backend::{ReferenceClient, plugin::CustomResourcer};
/// use omniview_sdk::ResourceRegistration;
///
/// let registration: ResourceRegistration<ReferenceClient> =
///     ResourceRegistration::pattern("fleet.example.io::*::*", CustomResourcer).watch().definition_provider().build();
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct CustomResourcer;

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
