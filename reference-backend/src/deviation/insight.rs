//! Defects of health, text search and definitions.

use std::sync::Arc;

use omniview_sdk::{
    Context, DefinitionProvider, HealthAssessor, HealthStatus, Json, PluginResult,
    ResourceDefinition, ResourceHandles, ResourceHealth, ResourceMeta, TextSearchProvider,
    async_trait,
};

use super::Deviation;
use crate::world::ReferenceClient;

pub(super) fn bend(
    deviation: Deviation,
    mut handles: ResourceHandles<ReferenceClient>,
) -> ResourceHandles<ReferenceClient> {
    match deviation {
        Deviation::SearchIgnoresText => {
            handles.text_search = handles
                .text_search
                .map(|inner| Arc::new(EveryText(inner)) as _);
        }
        Deviation::DefinitionWithoutIdAccessor => {
            handles.definition = handles.definition.map(|inner| Arc::new(NoId(inner)) as _);
        }
        _ => {
            handles.health = handles
                .health
                .map(|inner| Arc::new(BentHealth { deviation, inner }) as _);
        }
    }
    handles
}

struct BentHealth {
    deviation: Deviation,
    inner: Arc<dyn HealthAssessor<ReferenceClient>>,
}

#[async_trait]
impl HealthAssessor<ReferenceClient> for BentHealth {
    async fn assess_health(
        &self,
        ctx: &Context<ReferenceClient>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let mut health = self.inner.assess_health(ctx, data).await?;
        match self.deviation {
            Deviation::HealthPanicsOnOddJson => {
                let value = data.to_value().unwrap_or_default();
                assert!(value["status"].is_object(), "an object always has a status");
            }
            Deviation::HealthUnknownStatus => health.status = HealthStatus::from("fine"),
            Deviation::HealthAlwaysHealthy => health.status = HealthStatus::Healthy,
            _ => {}
        }
        Ok(health)
    }
}

struct EveryText(Arc<dyn TextSearchProvider<ReferenceClient>>);

#[async_trait]
impl TextSearchProvider<ReferenceClient> for EveryText {
    async fn search(
        &self,
        ctx: &Context<ReferenceClient>,
        _query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        // Every text contains the empty one.
        self.0.search(ctx, "", limit).await
    }
}

struct NoId(Arc<dyn DefinitionProvider>);

impl DefinitionProvider for NoId {
    fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition {
        ResourceDefinition {
            id_accessor: String::new(),
            ..self.0.definition(meta)
        }
    }
}
