//! Relationships, health and events.

use async_trait::async_trait;

use super::build::ResourceController;
use crate::{
    CallContext, HealthProvider, Json, RelationshipDescriptor, RelationshipProvider,
    ResolvedRelationship, ResourceEvent, ResourceHealth, ResourceKey, ResourceOperationError,
    Result,
    call::{CallSite, panicked},
    panic::guard,
};

/// How many events a limit of 0 means.
const DEFAULT_EVENTS: usize = 20;

#[async_trait]
impl<C: Send + Sync + 'static> RelationshipProvider for ResourceController<C> {
    async fn declared_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<RelationshipDescriptor>> {
        let served = self.served(ctx, key, "declared_relationships")?;
        let Some(declarer) = &served.handles.relationships else {
            return Ok(Vec::new());
        };
        guard(|| declarer.declare_relationships(&served.subject.meta)).map_err(|text| {
            panicked(
                CallSite::new("declared_relationships").on_key(&served.subject.key),
                &text,
            )
        })
    }

    async fn resolve_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<Vec<ResolvedRelationship>> {
        const OPERATION: &str = "resolve_relationships";
        let served = self.served(ctx, key, OPERATION)?;
        let Some(resolver) = &served.handles.relationship_resolver else {
            return Ok(Vec::new());
        };
        let target = self.target(ctx, key, OPERATION)?;
        self.call(&target, OPERATION, Some(id), || {
            resolver.resolve_relationships(&target.ctx, id, namespace)
        })
        .await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> HealthProvider for ResourceController<C> {
    async fn assess_health(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        data: &str,
    ) -> Result<Option<ResourceHealth>> {
        const OPERATION: &str = "assess_health";
        let served = self.served(ctx, key, OPERATION)?;
        let json = Json::parse(data).map_err(|error| {
            CallSite::new(OPERATION).on_key(key).locate(
                ResourceOperationError::invalid_input(format!(
                    "the object whose health is asked for is not JSON: {error}"
                ))
                .with_suggestion("pass the object as a get or a list has returned it")
                .with_source(error),
            )
        })?;
        let Some(assessor) = &served.handles.health else {
            return Ok(None);
        };
        let target = self.target(ctx, key, OPERATION)?;
        self.call(&target, OPERATION, None, || {
            assessor.assess_health(&target.ctx, &json)
        })
        .await
        .map(Some)
    }

    async fn resource_events(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
        limit: i64,
    ) -> Result<Vec<ResourceEvent>> {
        const OPERATION: &str = "resource_events";
        let served = self.served(ctx, key, OPERATION)?;
        let limit = match usize::try_from(limit) {
            Ok(0) => DEFAULT_EVENTS,
            Ok(limit) => limit,
            Err(_) => {
                return Err(CallSite::new(OPERATION).on_key(key).on_id(id).locate(
                    ResourceOperationError::invalid_input(format!(
                        "the limit of events is {limit}: it cannot be negative"
                    ))
                    .with_suggestion("pass 0 for the default of 20"),
                ));
            }
        };
        let Some(retriever) = &served.handles.events else {
            return Ok(Vec::new());
        };
        let target = self.target(ctx, key, OPERATION)?;
        let mut events = self
            .call(&target, OPERATION, Some(id), || {
                retriever.events(&target.ctx, id, namespace, limit)
            })
            .await?;
        events.sort_by_key(|event| std::cmp::Reverse(event.last_seen));
        events.truncate(limit);
        Ok(events)
    }
}
