//! Types that only the backend knows.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, Connection, DiscoveredTypes, DiscoveryProvider, PluginResult, async_trait,
};

use crate::world::{Operation, ReferenceClient, World};

/// Asks the backend of a connection which types it has.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::{Kind, ReferenceClient, Site, plugin::ReferenceDiscovery, world::World};
/// use omniview_sdk::{ResourcePluginConfig};
///
/// let world = Arc::new(World::new(vec![Kind::Pod], 64));
/// world.add_connection(Site::dev().connection(), &Site::dev())?;
/// let plugin = ResourcePluginConfig::<ReferenceClient>::new("fleet")
///     .discovery(ReferenceDiscovery::new(world));
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ReferenceDiscovery {
    world: Arc<World>,
}

impl ReferenceDiscovery {
    /// Discovery in `world`.
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

/// Contract: TYP-11, TYP-12, TYP-13, TYP-14
#[async_trait]
impl DiscoveryProvider<ReferenceClient> for ReferenceDiscovery {
    async fn discover(
        &self,
        _ctx: &CallContext,
        _connection: &Connection,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<DiscoveredTypes> {
        let fleet = client.fleet();
        fleet.faults().meet(Operation::Discover, None).await?;
        Ok(fleet.discovery().answer())
    }

    async fn on_connection_removed(&self, _ctx: &CallContext, connection: &Connection) {
        // Nothing is kept here; the backend counts, so that a test sees whether it was told.
        self.world.forget(&connection.id);
    }
}
