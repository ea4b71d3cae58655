//! What the watches of a connection are limited to.

use std::sync::Arc;

use omniview_sdk::{CallContext, ConnectionScope, PluginResult, ScopeProvider, async_trait};

use super::ReferenceConnections;
use crate::world::{Operation, ReferenceClient};

/// The scope that the backend was built with, the same on every connection; without one nothing is limited, and the plugin is
/// registered without a scope.
///
/// Contract: SCP-01, SCP-02, SCP-05, CFG-16
#[async_trait]
impl ScopeProvider<ReferenceClient> for ReferenceConnections {
    async fn resolve_scope(
        &self,
        _ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<ConnectionScope> {
        let faults = client.fleet().faults();
        faults.meet(Operation::Scope, None).await?;
        Ok(self.world().scope().unwrap_or_else(ConnectionScope::all))
    }
}
