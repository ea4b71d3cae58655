//! Types, groups and capabilities.

use std::collections::BTreeMap;

use omniview_sdk::{
    CallContext, ConnectionId, ErrorCode, FilterFields, Json, ResourceCapabilities,
    ResourceDefinition, ResourceGroup, ResourceKey, ResourceMeta, ResourceOperationError, Result,
    TypeProvider, async_trait,
};

use super::provider::BentProvider;
use crate::{Deviation, Kind};

/// What an unknown key is answered where it should be refused.
fn or_default<T: Default>(forgives: bool, answer: Result<T>) -> Result<T> {
    match answer {
        Err(error) if forgives && *error.code() == ErrorCode::NotFound => Ok(T::default()),
        answer => answer,
    }
}

#[async_trait]
impl TypeProvider for BentProvider {
    async fn resource_groups(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<String, ResourceGroup>> {
        let mut groups = self.inner.resource_groups(ctx, connection).await?;
        if self.is(Deviation::GroupUnsorted) {
            let versions = groups
                .values_mut()
                .flat_map(|one| one.resources.values_mut());
            versions.for_each(|types| types.reverse());
        }
        Ok(groups)
    }

    async fn resource_group(&self, ctx: &CallContext, id: &str) -> Result<ResourceGroup> {
        let group = self.inner.resource_group(ctx, id).await;
        if self.is(Deviation::GroupMissing) && group.is_ok() {
            let message = format!("there is no resource group {id:?}");
            return Err(ResourceOperationError::not_found(message));
        }
        or_default(self.is(Deviation::UnknownGroupAnswers), group)
    }

    async fn resource_types(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<ResourceKey, ResourceMeta>> {
        let mut types = self.inner.resource_types(ctx, connection).await?;
        match self.deviation {
            Deviation::DiscoveredTypesMissing => types.retain(|key, _| Kind::of(key).is_some()),
            Deviation::TypeMissing => drop(types.pop_first()),
            Deviation::TypesInTurns if self.is_every_second() => drop(types.pop_last()),
            Deviation::LabelMissing => types.values_mut().for_each(|meta| meta.label.clear()),
            _ => {}
        }
        Ok(types)
    }

    async fn resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<ResourceMeta> {
        if self.is(Deviation::TypesNeedSession) && ctx.session().is_none() {
            let message = "nobody says on which connection";
            return Err(ResourceOperationError::invalid_input(message));
        }
        let mut meta = self.inner.resource_type(ctx, key).await?;
        match self.deviation {
            Deviation::LabelMissing => meta.label.clear(),
            Deviation::CategoryMissing => meta.category.clear(),
            Deviation::TypeOfAnotherVersion => meta.version.push_str("beta1"),
            _ => {}
        }
        Ok(meta)
    }

    async fn has_resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<bool> {
        let has = self.inner.has_resource_type(ctx, key).await?;
        Ok(has || self.is(Deviation::HasTypeDisagrees))
    }

    async fn resource_definition(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceDefinition> {
        let mut definition = self.inner.resource_definition(ctx, key).await;
        if let Ok(definition) = &mut definition
            && self.is(Deviation::ColumnsAlike)
        {
            let columns = definition.column_defs.iter_mut();
            columns.for_each(|column| column.id = "column".into());
        }
        or_default(self.is(Deviation::DefinitionOfUnknownKey), definition)
    }

    async fn resource_capabilities(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceCapabilities> {
        let capabilities = self.inner.resource_capabilities(ctx, key).await;
        let mut can = or_default(self.is(Deviation::CapabilitiesOfUnknownKey), capabilities)?;
        match self.deviation {
            Deviation::CapabilityDeniesDelete => can.can_delete = false,
            Deviation::CapabilityClaimsWatch => can.watchable = true,
            Deviation::CapabilityDeniesWatch => can.watchable = false,
            Deviation::CapabilityDeniesFilters => can.filterable = false,
            Deviation::CapabilityClaimsFilters => can.filterable = true,
            Deviation::CapabilityHidesActions => can.has_actions = false,
            Deviation::CapabilityClaimsActions => can.has_actions = true,
            Deviation::CapabilityClaimsHealth => can.has_health = true,
            Deviation::CapabilityClaimsRelationships => can.has_relationships = true,
            Deviation::CapabilityHidesSchema => can.has_schema = false,
            Deviation::CapabilityNotNamespaced => can.namespace_scoped = false,
            _ => {}
        }
        Ok(can)
    }

    async fn resource_schema(&self, ctx: &CallContext, key: &ResourceKey) -> Result<Option<Json>> {
        let schema = self.inner.resource_schema(ctx, key).await;
        or_default(self.is(Deviation::SchemaOfUnknownKey), schema)
    }

    async fn filter_fields(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Option<FilterFields>> {
        let fields = self.inner.filter_fields(ctx, key).await?;
        Ok(match self.deviation {
            Deviation::FilterFieldsMissing => None,
            Deviation::RequiredFieldOptional => fields.map(|fields| {
                let mut fields = fields.to_vec();
                if let Some(first) = fields.first_mut() {
                    first.required = true;
                }
                fields.into()
            }),
            Deviation::FilterFieldsInvented => Some(fields.unwrap_or_default()),
            _ => fields,
        })
    }
}
