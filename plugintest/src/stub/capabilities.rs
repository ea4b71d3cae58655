//! The optional traits of a stubbed type.

use std::error::Error;

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, Context,
    DefinitionProvider, ErrorClassifier, EventRetriever, FilterFields, FilterableProvider,
    HealthAssessor, HealthStatus, Json, JsonMap, PluginResult, RelationshipDeclarer,
    RelationshipDescriptor, RelationshipResolver, ResolvedRelationship, ResourceDefinition,
    ResourceEvent, ResourceHealth, ResourceMeta, ResourceOperationError, ResourceSchemaProvider,
    ScaleHint, ScaleHintProvider, SyncPolicy, SyncPolicyDeclarer, TextSearchProvider, async_trait,
};
use serde_json::{Value, json};

use super::{StubClient, StubOperation, StubResourcer, resourcer::missing};

impl SyncPolicyDeclarer for StubResourcer {
    fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
        self.answers.sync_policy
    }
}

impl DefinitionProvider for StubResourcer {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        self.answers.definition.clone()
    }
}

impl ScaleHintProvider for StubResourcer {
    fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> {
        self.answers.scale_hint.clone()
    }
}

impl RelationshipDeclarer for StubResourcer {
    fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        self.answers.relationships.clone()
    }
}

impl ErrorClassifier for StubResourcer {
    fn classify(
        &self,
        error: &(dyn Error + Send + Sync + 'static),
    ) -> Option<ResourceOperationError> {
        self.answers.classifier.as_ref()?(error)
    }
}

#[async_trait]
impl ActionResourcer<StubClient> for StubResourcer {
    async fn list_actions(&self, ctx: &Context<StubClient>) -> PluginResult<Vec<ActionDescriptor>> {
        self.enter(StubOperation::ListActions, ctx, &()).await?;
        Ok(self.answers.actions.clone())
    }

    async fn execute_action(
        &self,
        ctx: &Context<StubClient>,
        action: &str,
        input: ActionInput,
    ) -> PluginResult<ActionResult> {
        let arguments = json!({"action": action, "input": &input});
        self.enter(StubOperation::ExecuteAction, ctx, &arguments)
            .await?;
        self.run_action(action, &input)
    }

    async fn stream_action(
        &self,
        ctx: &Context<StubClient>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        let arguments = json!({"action": action, "input": &input});
        self.enter(StubOperation::StreamAction, ctx, &arguments)
            .await?;
        sink.progress(JsonMap::from_iter([("percent".to_owned(), 0.into())]))
            .await?;
        let result = self.run_action(action, &input)?;
        sink.output(JsonMap::from_iter([(
            "message".to_owned(),
            result.message.into(),
        )]))
        .await?;
        sink.complete(result.data).await?;
        Ok(())
    }
}

#[async_trait]
impl ResourceSchemaProvider<StubClient> for StubResourcer {
    async fn resource_schema(&self, ctx: &Context<StubClient>) -> PluginResult<Option<Json>> {
        self.enter(StubOperation::ResourceSchema, ctx, &()).await?;
        Ok(self.answers.schema.clone())
    }
}

#[async_trait]
impl FilterableProvider<StubClient> for StubResourcer {
    async fn filter_fields(&self, ctx: &Context<StubClient>) -> PluginResult<FilterFields> {
        self.enter(StubOperation::FilterFields, ctx, &()).await?;
        Ok(self.answers.fields.clone())
    }
}

/// An object is found if its JSON text contains the query.
#[async_trait]
impl TextSearchProvider<StubClient> for StubResourcer {
    async fn search(
        &self,
        ctx: &Context<StubClient>,
        query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        self.enter(
            StubOperation::Search,
            ctx,
            &json!({"query": query, "limit": limit}),
        )
        .await?;
        let (objects, _) = self.store.visible(&ctx.connection_id());
        let found = objects.into_iter().map(|object| Json::from(object.value));
        let found = found.filter(|object| object.as_str().contains(query));
        Ok(match limit {
            0 => found.collect(),
            limit => found.take(limit).collect(),
        })
    }
}

#[async_trait]
impl RelationshipResolver<StubClient> for StubResourcer {
    async fn resolve_relationships(
        &self,
        ctx: &Context<StubClient>,
        id: &str,
        namespace: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        let arguments = json!({"id": id, "namespace": namespace});
        self.enter(StubOperation::ResolveRelationships, ctx, &arguments)
            .await?;
        match self.store.find(&ctx.connection_id(), id, namespace) {
            Some(_) => Ok(self.answers.resolved.clone()),
            None => Err(missing(ctx, id).into()),
        }
    }
}

#[async_trait]
impl HealthAssessor<StubClient> for StubResourcer {
    async fn assess_health(
        &self,
        ctx: &Context<StubClient>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        self.enter(StubOperation::AssessHealth, ctx, data).await?;
        let object: Value = data.to_value()?;
        Ok(match &self.answers.health {
            Some(assess) => assess(&object),
            None => ResourceHealth::new(HealthStatus::Unknown),
        })
    }
}

#[async_trait]
impl EventRetriever<StubClient> for StubResourcer {
    async fn events(
        &self,
        ctx: &Context<StubClient>,
        id: &str,
        namespace: &str,
        limit: usize,
    ) -> PluginResult<Vec<ResourceEvent>> {
        let arguments = json!({"id": id, "namespace": namespace, "limit": limit});
        self.enter(StubOperation::Events, ctx, &arguments).await?;
        Ok(self.answers.events.clone())
    }
}

impl StubResourcer {
    fn run_action(&self, action: &str, input: &ActionInput) -> PluginResult<ActionResult> {
        match self.answers.handlers.get(action) {
            Some(handle) => handle(input),
            None => Ok(ActionResult::new(format!("{action} is done"))),
        }
    }
}
