//! The optional traits of a resource type between the SDK and the author's.

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, Context,
    EventRetriever, FilterFields, FilterableProvider, HealthAssessor, Json, PluginResult,
    RelationshipResolver, ResolvedRelationship, ResourceEvent, ResourceHealth,
    ResourceSchemaProvider, TextSearchProvider, async_trait,
};
use serde_json::json;

use super::{PluginMethod, resource::Faulty};

#[async_trait]
impl<C: Send + Sync + 'static> ActionResourcer<C> for Faulty<dyn ActionResourcer<C>> {
    async fn list_actions(&self, ctx: &Context<C>) -> PluginResult<Vec<ActionDescriptor>> {
        self.shared
            .enter(PluginMethod::ListActions, ctx, &())
            .await?;
        self.own.list_actions(ctx).await
    }

    async fn execute_action(
        &self,
        ctx: &Context<C>,
        action: &str,
        input: ActionInput,
    ) -> PluginResult<ActionResult> {
        let arguments = json!({"action": action, "input": &input});
        self.shared
            .enter(PluginMethod::ExecuteAction, ctx, &arguments)
            .await?;
        self.own.execute_action(ctx, action, input).await
    }

    async fn stream_action(
        &self,
        ctx: &Context<C>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        let arguments = json!({"action": action, "input": &input});
        self.shared
            .enter(PluginMethod::StreamAction, ctx, &arguments)
            .await?;
        self.own.stream_action(ctx, action, input, sink).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> ResourceSchemaProvider<C> for Faulty<dyn ResourceSchemaProvider<C>> {
    async fn resource_schema(&self, ctx: &Context<C>) -> PluginResult<Option<Json>> {
        self.shared
            .enter(PluginMethod::ResourceSchema, ctx, &())
            .await?;
        self.own.resource_schema(ctx).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> FilterableProvider<C> for Faulty<dyn FilterableProvider<C>> {
    async fn filter_fields(&self, ctx: &Context<C>) -> PluginResult<FilterFields> {
        self.shared
            .enter(PluginMethod::FilterFields, ctx, &())
            .await?;
        self.own.filter_fields(ctx).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> TextSearchProvider<C> for Faulty<dyn TextSearchProvider<C>> {
    async fn search(&self, ctx: &Context<C>, query: &str, limit: usize) -> PluginResult<Vec<Json>> {
        let arguments = json!({"query": query, "limit": limit});
        let answer = self
            .shared
            .enter(PluginMethod::Search, ctx, &arguments)
            .await?;
        let mut found = self.own.search(ctx, query, limit).await?;
        answer.spoil(&mut found);
        Ok(found)
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> RelationshipResolver<C> for Faulty<dyn RelationshipResolver<C>> {
    async fn resolve_relationships(
        &self,
        ctx: &Context<C>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        let arguments = json!({"id": id, "namespace": namespace});
        self.shared
            .enter(PluginMethod::ResolveRelationships, ctx, &arguments)
            .await?;
        self.own.resolve_relationships(ctx, id, namespace).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> HealthAssessor<C> for Faulty<dyn HealthAssessor<C>> {
    async fn assess_health(&self, ctx: &Context<C>, data: &Json) -> PluginResult<ResourceHealth> {
        self.shared
            .enter(PluginMethod::AssessHealth, ctx, data)
            .await?;
        self.own.assess_health(ctx, data).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> EventRetriever<C> for Faulty<dyn EventRetriever<C>> {
    async fn events(
        &self,
        ctx: &Context<C>,
        id: &str,
        namespace: &str,
        limit: usize,
    ) -> PluginResult<Vec<ResourceEvent>> {
        let arguments = json!({"id": id, "namespace": namespace, "limit": limit});
        self.shared
            .enter(PluginMethod::Events, ctx, &arguments)
            .await?;
        self.own.events(ctx, id, namespace, limit).await
    }
}
