//! Types, groups, definitions, capabilities, schemas, fields.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::build::ResourceController;
use crate::{
    CallContext, ConnectionId, FilterFields, Json, ResourceCapabilities, ResourceDefinition,
    ResourceGroup, ResourceKey, ResourceMeta, ResourceOperationError, Result, Session,
    TypeProvider, call::CallSite,
};

#[async_trait]
impl<C: Send + Sync + 'static> TypeProvider for ResourceController<C> {
    async fn resource_groups(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<String, ResourceGroup>> {
        let site = CallSite::new("resource_groups").on_connection(connection);
        let types = self.connection_types(ctx, connection, site).await?;
        Ok(self.grouped(types.values()))
    }

    async fn resource_group(&self, ctx: &CallContext, id: &str) -> Result<ResourceGroup> {
        let site = CallSite::new("resource_group");
        self.enter(ctx, site)?;
        let here = self.grouped(self.visible_types(ctx).values()).remove(id);
        // A group of another connection than the session's is in the map of that one.
        let found = here.or_else(|| self.grouped(self.all_types().values()).remove(id));
        found.ok_or_else(|| {
            site.locate(
                ResourceOperationError::not_found(format!("there is no resource group {id:?}"))
                    .with_suggestion("list the groups of the connection"),
            )
        })
    }

    async fn resource_types(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<BTreeMap<ResourceKey, ResourceMeta>> {
        let site = CallSite::new("resource_types").on_connection(connection);
        self.connection_types(ctx, connection, site).await
    }

    async fn resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<ResourceMeta> {
        let site = CallSite::new("resource_type").on_key(key);
        self.enter(ctx, site)?;
        if let Some(served) = self.registry.exact(key) {
            return Ok((*served.subject.meta).clone());
        }
        // What discovery says of a type beats what can be told from its key alone.
        if let Some(meta) = self.visible_types(ctx).remove(key) {
            return Ok(meta);
        }
        let served = self
            .registry
            .resolve(key)
            .map_err(|error| site.locate(error))?;
        Ok((*served.subject.meta).clone())
    }

    async fn has_resource_type(&self, ctx: &CallContext, key: &ResourceKey) -> Result<bool> {
        self.enter(ctx, CallSite::new("has_resource_type").on_key(key))?;
        Ok(self.registry.resolve(key).is_ok() || self.visible_types(ctx).contains_key(key))
    }

    async fn resource_definition(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceDefinition> {
        let served = self.served(ctx, key, "resource_definition")?;
        Ok(ResourceDefinition::clone(&served.definition))
    }

    async fn resource_capabilities(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<ResourceCapabilities> {
        let served = self.served(ctx, key, "resource_capabilities")?;
        Ok(served.capabilities.clone())
    }

    async fn resource_schema(&self, ctx: &CallContext, key: &ResourceKey) -> Result<Option<Json>> {
        const OPERATION: &str = "resource_schema";
        let served = self.served(ctx, key, OPERATION)?;
        let Some(schema) = &served.handles.schema else {
            return Ok(None);
        };
        let target = self.target(ctx, key, OPERATION)?;
        self.call(&target, OPERATION, None, || {
            schema.resource_schema(&target.ctx)
        })
        .await
    }

    async fn filter_fields(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Option<FilterFields>> {
        const OPERATION: &str = "filter_fields";
        let served = self.served(ctx, key, OPERATION)?;
        if served.handles.filterable.is_none() {
            return Ok(None);
        }
        let target = self.target(ctx, key, OPERATION)?;
        match self.declared_fields(&target, OPERATION) {
            Some(asked) => asked.await.map(Some),
            None => Ok(None),
        }
    }
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    async fn connection_types(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        site: CallSite<'_>,
    ) -> Result<BTreeMap<ResourceKey, ResourceMeta>> {
        self.enter(ctx, site)?;
        let status = self.connections.find(ctx, connection).await;
        status.map_err(|error| site.locate(error))?;
        let discovered = self.connections.discovered(connection)?;
        Ok(self.named(discovered.as_deref()))
    }

    /// The types that a call without a connection sees: those of the session's connection, else of all.
    fn visible_types(&self, ctx: &CallContext) -> BTreeMap<ResourceKey, ResourceMeta> {
        if let Some(id) = ctx.session().and_then(Session::connection_id)
            && let Ok(discovered) = self.connections.discovered(id)
        {
            return self.named(discovered.as_deref());
        }
        self.all_types()
    }

    /// The types of every connection.
    fn all_types(&self) -> BTreeMap<ResourceKey, ResourceMeta> {
        let mut types = self.named(None);
        for discovered in self.connections.all_discovered().into_values() {
            types.extend(
                self.named(Some(&discovered))
                    .into_iter()
                    .filter(|(key, _)| !types.contains_key(key))
                    .collect::<Vec<_>>(),
            );
        }
        types
    }

    fn named(
        &self,
        discovered: Option<&crate::DiscoveredTypes>,
    ) -> BTreeMap<ResourceKey, ResourceMeta> {
        self.connections
            .types_of(discovered)
            .into_iter()
            .filter(|(_, found)| !found.excluded)
            .map(|(key, found)| (key, (*found.meta).clone()))
            .collect()
    }

    /// Sorts types into the declared groups, and into groups of their own where none is declared.
    ///
    /// Contract: CFG-14, TYP-01, TYP-02, TYP-06
    fn grouped<'a>(
        &self,
        types: impl Iterator<Item = &'a ResourceMeta>,
    ) -> BTreeMap<String, ResourceGroup> {
        let mut groups: BTreeMap<String, ResourceGroup> = self
            .groups
            .iter()
            .map(|group| (group.id.clone(), group.clone()))
            .collect();
        for meta in types {
            let group = groups
                .entry(meta.group.clone())
                .or_insert_with(|| ResourceGroup::new(meta.group.clone(), meta.group.clone()));
            let versions = group.resources.entry(meta.version.clone()).or_default();
            if !versions.iter().any(|known| known.kind == meta.kind) {
                versions.push(meta.clone());
            }
        }
        for versions in groups
            .values_mut()
            .flat_map(|group| group.resources.values_mut())
        {
            versions.sort_by(|a, b| a.kind.cmp(&b.kind));
        }
        groups
    }
}
