//! Schemas of types, and of the documents that an editor opens.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, Context, EditorSchema, Json, PluginResult, ResourceSchemaProvider, SchemaProvider,
    async_trait,
};

use super::{ReferenceConnections, ReferenceResourcer};
use crate::world::{Operation, ReferenceClient};

/// Contract: SCH-02
#[async_trait]
impl ResourceSchemaProvider<ReferenceClient> for ReferenceResourcer {
    async fn resource_schema(&self, ctx: &Context<ReferenceClient>) -> PluginResult<Option<Json>> {
        ctx.client().reach(Operation::Schema, ctx.key()).await?;
        Ok(Some(self.kind().schema()))
    }
}

/// One schema a type, for YAML files that are named after it.
///
/// Contract: SCH-01, CON-30
#[async_trait]
impl SchemaProvider<ReferenceClient> for ReferenceConnections {
    async fn editor_schemas(
        &self,
        _ctx: &CallContext,
        client: &Arc<ReferenceClient>,
    ) -> PluginResult<Vec<EditorSchema>> {
        let faults = client.fleet().faults();
        faults.meet(Operation::EditorSchemas, None).await?;
        let kinds = self.world().kinds().iter();
        Ok(kinds
            .map(|kind| EditorSchema {
                resource_key: kind.key(),
                file_match: format!("*.{}.yaml", kind.meta().kind.to_lowercase()),
                uri: kind.schema_uri(),
                content: kind.schema().as_str().as_bytes().to_vec(),
                language: "yaml".to_owned(),
                ..EditorSchema::default()
            })
            .collect())
    }
}
