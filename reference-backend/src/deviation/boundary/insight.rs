//! Actions, relationships, health and events.

use std::future;

use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionEventType, ActionInput, ActionProvider, ActionResult,
    CallContext, ErrorCode, HealthProvider, HealthStatus, RelationshipDescriptor,
    RelationshipProvider, RelationshipType, ResolvedRelationship, ResourceEvent, ResourceHealth,
    ResourceId, ResourceKey, ResourceOperationError, Result, async_trait,
};

use super::provider::BentProvider;
use crate::Deviation;

#[async_trait]
impl ActionProvider for BentProvider {
    async fn list_actions(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<ActionDescriptor>> {
        let actions = self.inner.list_actions(ctx, key).await?;
        if self.is(Deviation::NoActionsIsUnsupported) && actions.is_empty() {
            let message = format!("resource type {key} has no actions");
            return Err(ResourceOperationError::unsupported(message));
        }
        Ok(actions)
    }

    async fn execute_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<ActionResult> {
        let answer = self.inner.execute_action(ctx, key, action, input).await;
        let accepted = match (self.deviation, &answer) {
            (Deviation::ActionUnknownAccepted, Err(error)) => {
                *error.code() == ErrorCode::NotFound && error.id().is_none()
            }
            (Deviation::ActionUnsupportedAccepted, Err(error)) => {
                *error.code() == ErrorCode::Unsupported
            }
            _ => false,
        };
        if accepted {
            return Ok(ActionResult::new("done"));
        }
        answer
    }

    async fn stream_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<BoxStream<'static, ActionEvent>> {
        let events = self.inner.stream_action(ctx, key, action, input).await?;
        Ok(match self.deviation {
            Deviation::StreamTwoCompletes => twice(events),
            Deviation::StreamNeverEndsWithComplete => events
                .filter(|event| future::ready(!event.is_last()))
                .boxed(),
            Deviation::StreamGoesOn => {
                let more = ActionEvent::new(ActionEventType::Progress);
                events.chain(stream::iter([more])).boxed()
            }
            Deviation::StreamNeverCloses => events.chain(stream::pending()).boxed(),
            _ => events,
        })
    }
}

fn twice(events: BoxStream<'static, ActionEvent>) -> BoxStream<'static, ActionEvent> {
    events
        .flat_map(|event| {
            let again = event.is_last().then(|| event.clone());
            stream::iter([event].into_iter().chain(again))
        })
        .boxed()
}

#[async_trait]
impl RelationshipProvider for BentProvider {
    async fn declared_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<RelationshipDescriptor>> {
        if self.is(Deviation::RelationshipsOfUnknownKey) && !self.knows(key).await {
            return Ok(Vec::new());
        }
        let mut declared = self.inner.declared_relationships(ctx, key).await?;
        match self.deviation {
            Deviation::RelationshipWithoutKind => {
                for relation in &mut declared {
                    relation.kind = RelationshipType::from("");
                }
            }
            Deviation::RelationshipsInvented if declared.is_empty() => {
                let kind = RelationshipType::Uses;
                declared.push(RelationshipDescriptor::new(kind, key.clone(), "resembles"));
            }
            _ => {}
        }
        Ok(declared)
    }

    async fn resolve_relationships(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<Vec<ResolvedRelationship>> {
        let resolved = self.inner.resolve_relationships(ctx, key, id, namespace);
        let mut resolved = resolved.await?;
        if self.is(Deviation::RelationshipTargetUnnamed) {
            let targets = resolved.iter_mut().flat_map(|one| &mut one.targets);
            targets.for_each(|target| target.id = ResourceId::default());
        }
        Ok(resolved)
    }
}

#[async_trait]
impl HealthProvider for BentProvider {
    async fn assess_health(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        data: &str,
    ) -> Result<Option<ResourceHealth>> {
        let answer = self.inner.assess_health(ctx, key, data).await;
        if self.is(Deviation::HealthWavers) && self.is_every_second() {
            let wavering = |health: ResourceHealth| ResourceHealth {
                status: HealthStatus::Unknown,
                ..health
            };
            return answer.map(|health| health.map(wavering));
        }
        match (self.deviation, answer) {
            (Deviation::MalformedHealthAccepted, Err(error))
                if *error.code() == ErrorCode::InvalidInput =>
            {
                Ok(Some(ResourceHealth::new(HealthStatus::Unknown)))
            }
            (Deviation::HealthInvented, Ok(None)) => {
                Ok(Some(ResourceHealth::new(HealthStatus::Healthy)))
            }
            (_, answer) => answer,
        }
    }

    async fn resource_events(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
        limit: i64,
    ) -> Result<Vec<ResourceEvent>> {
        let limit = match self.deviation {
            Deviation::EventsOverLimit if limit > 0 => limit + 1,
            Deviation::EventsNegativeLimitAccepted => limit.max(0),
            Deviation::EventsLimitZeroIsAll if limit == 0 => i64::from(i32::MAX),
            Deviation::EventsLimitZeroIsNone if limit == 0 => return Ok(Vec::new()),
            _ => limit,
        };
        let mut events = self
            .inner
            .resource_events(ctx, key, id, namespace, limit)
            .await?;
        match self.deviation {
            Deviation::EventsOldestFirst => events.reverse(),
            Deviation::EventsInvented
                if !self.inner.resource_capabilities(ctx, key).await?.has_events =>
            {
                events.push(ResourceEvent::default());
            }
            _ => {}
        }
        Ok(events)
    }
}
