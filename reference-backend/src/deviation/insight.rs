//! Defects of health, events, schemas, text search and what a type says about itself.

use std::sync::Arc;

use omniview_sdk::{
    Context, DefinitionProvider, HealthAssessor, HealthStatus, Json, PluginResult,
    ResourceDefinition, ResourceHandles, ResourceHealth, ResourceMeta, ResourceSchemaProvider,
    ScaleHint, ScaleHintProvider, ScaleLevel, TextSearchProvider, async_trait,
};
use serde_json::json;

use super::{Deviation, actions::BentActions, relations};
use crate::world::ReferenceClient;

pub(super) fn bend(
    deviation: Deviation,
    mut handles: ResourceHandles<ReferenceClient>,
) -> ResourceHandles<ReferenceClient> {
    match deviation {
        Deviation::SearchIgnoresText | Deviation::SearchFindsTwice => {
            handles.text_search = handles
                .text_search
                .map(|inner| Arc::new(BentSearch { deviation, inner }) as _);
        }
        Deviation::DefinitionWithoutIdAccessor
        | Deviation::DefinitionWithoutNamespaceAccessor
        | Deviation::DefinitionNamesUid => {
            handles.definition = handles
                .definition
                .map(|inner| Arc::new(BentDefinition { deviation, inner }) as _);
        }
        Deviation::ScaleHintUnknown => {
            handles.scale_hint = handles.scale_hint.map(|_| Arc::new(Gigantic) as _);
        }
        Deviation::SchemaNotMatching | Deviation::SchemaIsNoSchema => {
            handles.schema = handles.schema.map(|_| Arc::new(BentSchema(deviation)) as _);
        }
        Deviation::ErrorsUnclassified => handles.error_classifier = None,
        Deviation::ActionListedTwice
        | Deviation::ActionScopeUnknown
        | Deviation::ActionSchemaUnknownType
        | Deviation::ActionEventUnknown
        | Deviation::ActionEndsInSilence
        | Deviation::ActionIgnoresReader => {
            handles.actions = handles
                .actions
                .map(|inner| Arc::new(BentActions::new(deviation, inner)) as _);
        }
        Deviation::RelationshipDirectionFlipped
        | Deviation::RelationshipUndeclared
        | Deviation::RelationshipTargetMissing
        | Deviation::RelationshipWrongConnection
        | Deviation::TargetNamespacedWrong => return relations::bend(deviation, handles),
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

struct BentSearch {
    deviation: Deviation,
    inner: Arc<dyn TextSearchProvider<ReferenceClient>>,
}

#[async_trait]
impl TextSearchProvider<ReferenceClient> for BentSearch {
    async fn search(
        &self,
        ctx: &Context<ReferenceClient>,
        query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        if self.deviation == Deviation::SearchIgnoresText {
            // Every text contains the empty one.
            return self.inner.search(ctx, "", limit).await;
        }
        let mut found = self.inner.search(ctx, query, limit).await?;
        found.extend(found.first().cloned());
        Ok(found)
    }
}

struct BentDefinition {
    deviation: Deviation,
    inner: Arc<dyn DefinitionProvider>,
}

impl DefinitionProvider for BentDefinition {
    fn definition(&self, meta: &ResourceMeta) -> ResourceDefinition {
        let mut definition = self.inner.definition(meta);
        match self.deviation {
            Deviation::DefinitionWithoutIdAccessor => definition.id_accessor.clear(),
            Deviation::DefinitionNamesUid => "metadata.uid".clone_into(&mut definition.id_accessor),
            _ => definition.namespace_accessor.clear(),
        }
        definition
    }
}

struct Gigantic;

impl ScaleHintProvider for Gigantic {
    fn scale_hint(&self, _meta: &ResourceMeta) -> Option<ScaleHint> {
        Some(ScaleHint::new(ScaleLevel::from("gigantic")))
    }
}

struct BentSchema(Deviation);

#[async_trait]
impl ResourceSchemaProvider<ReferenceClient> for BentSchema {
    async fn resource_schema(&self, _ctx: &Context<ReferenceClient>) -> PluginResult<Option<Json>> {
        Ok(Some(Json::from(match self.0 {
            Deviation::SchemaIsNoSchema => json!(7),
            _ => json!({"type": "string"}),
        })))
    }
}
