//! What a schema and a definition tell about a type, where its author tells nothing.

use std::sync::Arc;

use omniview_sdk::{CallContext, ConnectionId, Provider, ResourceCapabilities, ResourceKey};
use serde_json::Value;

use super::{ResourceFixture, Subject, schema::Recipe};
use crate::check::Need;

/// The fixture of a type; with samples out of its JSON Schema, where it declares one and the subject has none and does not
/// rule them out.
pub(crate) async fn completed(
    subject: &Subject,
    provider: &Arc<dyn Provider>,
    ctx: &CallContext,
    connection: &ConnectionId,
    (key, capabilities): (&ResourceKey, &ResourceCapabilities),
) -> Option<Arc<ResourceFixture>> {
    let given = subject.fixture(key).cloned();
    let has_samples = given.as_ref().is_some_and(|fixture| fixture.has_samples());
    if has_samples || !capabilities.has_schema || subject.waiver(Need::Samples).is_some() {
        return given;
    }
    let fixture = given.map_or_else(
        || ResourceFixture::new(key.clone()),
        |given| (*given).clone(),
    );
    let mut namespaces = fixture.namespace_names().to_vec();
    if namespaces.is_empty() && capabilities.namespace_scoped {
        let listed = provider.get_connection_namespaces(ctx, connection).await;
        namespaces = listed.ok().flatten().unwrap_or_default();
    }
    let recipe = recipe(provider, ctx, key, capabilities, &namespaces).await;
    Some(Arc::new(fixture.namespaces(namespaces).generating(recipe)))
}

async fn recipe(
    provider: &Arc<dyn Provider>,
    ctx: &CallContext,
    key: &ResourceKey,
    capabilities: &ResourceCapabilities,
    namespaces: &[String],
) -> Result<Recipe, String> {
    let schema = provider.resource_schema(ctx, key).await;
    let schema =
        schema.map_err(|error| format!("its schema cannot be read: {}", error.summary()))?;
    let schema = schema.ok_or("it declares a schema and has none")?;
    let schema: Value = schema
        .to_value()
        .map_err(|error| format!("its schema cannot be read: {error}"))?;
    let definition = provider.resource_definition(ctx, key).await;
    let definition = definition
        .map_err(|error| format!("its definition cannot be read: {}", error.summary()))?;
    if definition.id_accessor.is_empty() {
        return Err(
            "its definition does not say where an object has its id (id_accessor)".to_owned(),
        );
    }
    if !capabilities.namespace_scoped {
        return Recipe::read(&schema, &definition.id_accessor, None);
    }
    if namespaces.is_empty() {
        return Err(
            "its objects have namespaces, and neither the subject (ResourceFixture::namespaces) nor the connection names one"
                .to_owned(),
        );
    }
    Recipe::read(
        &schema,
        &definition.id_accessor,
        Some(&definition.namespace_accessor),
    )
}
