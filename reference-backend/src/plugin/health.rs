//! Health.

use omniview_sdk::{
    Context, HealthAssessor, Json, PluginResult, ResourceHealth, ResourceOperationError,
    async_trait,
};

use super::ReferenceResourcer;
use crate::{catalog::assess, world::ReferenceClient};

/// Health is concluded from the data alone: phases, conditions and replica counts. The backend is not asked.
///
/// Contract: HLT-01, HLT-02
#[async_trait]
impl HealthAssessor<ReferenceClient> for ReferenceResourcer {
    async fn assess_health(
        &self,
        ctx: &Context<ReferenceClient>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let value = data.to_value().map_err(|error| {
            ResourceOperationError::invalid_input(format!(
                "the data of a {} cannot be read: {error}",
                ctx.key()
            ))
            .on_key(ctx.key())
        })?;
        Ok(assess(self.kind(), &value))
    }
}
