//! A plugin whose types behave, panic or never answer, wherever they are called.

use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResourcer, ActionResult, ActionSink, CallContext,
    Connection, ConnectionProvider, ConnectionRegistration, ConnectionStatus, Context, CreateInput,
    CreateResult, DefinitionProvider, DeleteInput, DeleteResult, EventRetriever, FilterField,
    FilterFieldType, FilterFields, FilterOperator, FilterableProvider, FindInput, FindResult,
    GetInput, GetResult, HealthAssessor, HealthStatus, Json, ListInput, ListResult, PluginResult,
    RelationshipDeclarer, RelationshipDescriptor, RelationshipResolver, ResolvedRelationship,
    ResourceDefinition, ResourceEvent, ResourceHealth, ResourceMeta, ResourceOperationError,
    ResourcePluginConfig, ResourceRegistration, ResourceSchemaProvider, Resourcer, ScaleHint,
    ScaleHintProvider, SyncPolicy, SyncPolicyDeclarer, UpdateInput, UpdateResult, WatchAddPayload,
    WatchSink, Watcher, async_trait,
};
use serde_json::json;

pub(super) const NOTE: &str = "notes::v1::Note";
pub(super) const BOMB: &str = "notes::v1::Bomb";
pub(super) const TAR: &str = "notes::v1::Tar";

/// What a type does wherever it is called.
#[derive(Clone, Copy)]
pub(super) enum Mood {
    /// Answers.
    Well,
    /// Panics.
    Bomb,
    /// Answers, but panics when it is asked about itself.
    Nervous,
    /// Never answers.
    Tar,
}

/// How many calls have reached plugin code, watches left out.
#[derive(Clone, Default)]
pub(super) struct Calls(Arc<AtomicUsize>);

impl Calls {
    pub(super) fn seen(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// A resourcer in a mood.
pub(super) fn notes(calls: &Calls, mood: Mood) -> Notes {
    Notes {
        calls: calls.clone(),
        mood,
    }
}

/// A resourcer that answers.
pub(super) fn well() -> Notes {
    notes(&Calls::default(), Mood::Well)
}

/// The plugin; its connections are `a`, `b`, `c` and `mine`, of which the last panics when it starts.
///
/// Only the type that answers is watched.
pub(super) fn config(calls: &Calls) -> ResourcePluginConfig<()> {
    let of_kind = |kind: &str, mood| {
        let meta = ResourceMeta::new("notes", "v1", kind);
        let registration = ResourceRegistration::builder(meta, notes(calls, mood))
            .actions()
            .schema()
            .filterable()
            .relationship_resolver()
            .health()
            .events();
        match mood {
            Mood::Well => registration.watch().build(),
            Mood::Bomb | Mood::Tar | Mood::Nervous => registration.build(),
        }
    };
    ResourcePluginConfig::new("notes")
        .connections(ConnectionRegistration::builder(Desks).build())
        .resource(of_kind("Note", Mood::Well))
        .resource(of_kind("Bomb", Mood::Bomb))
        .resource(of_kind("Tar", Mood::Tar))
}

pub(super) struct Desks;

#[async_trait]
impl ConnectionProvider<()> for Desks {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        let connection = |id: &str| Connection {
            id: id.into(),
            ..Connection::default()
        };
        Ok(["a", "b", "c", "mine"].map(connection).into())
    }

    async fn create_client(&self, ctx: &CallContext) -> PluginResult<()> {
        assert!(
            ctx.connection()
                .is_some_and(|connection| connection.id != "mine"),
            "kaboom"
        );
        Ok(())
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> {
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}

pub(super) struct Notes {
    calls: Calls,
    mood: Mood,
}

impl Notes {
    async fn behave(&self) {
        self.calls.0.fetch_add(1, Ordering::SeqCst);
        match self.mood {
            Mood::Well | Mood::Nervous => {}
            Mood::Bomb => panic!("kaboom"),
            Mood::Tar => future::pending().await,
        }
    }

    fn declare<T>(&self, declared: T) -> T {
        assert!(!matches!(self.mood, Mood::Nervous), "kaboom");
        declared
    }

    /// The note, unless its id is `missing`.
    async fn note(&self, id: &str) -> PluginResult<Json> {
        self.behave().await;
        if id == "missing" {
            let error = ResourceOperationError::not_found(format!("there is no note {id:?}"));
            return Err(error.into());
        }
        Ok(json!({"id": id, "colour": "red"}).into())
    }
}

#[async_trait]
impl Resourcer<()> for Notes {
    async fn get(&self, _: &Context<()>, input: GetInput) -> PluginResult<GetResult> {
        Ok(GetResult::new(self.note(&input.id).await?))
    }

    async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> {
        Ok(ListResult::new([self.note("n1").await?]))
    }

    async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> {
        Ok(FindResult::new([self.note("n1").await?]))
    }

    async fn create(&self, _: &Context<()>, input: CreateInput) -> PluginResult<CreateResult> {
        self.behave().await;
        Ok(CreateResult::new(input.input))
    }

    async fn update(&self, _: &Context<()>, input: UpdateInput) -> PluginResult<UpdateResult> {
        Ok(UpdateResult::new(self.note(&input.id).await?))
    }

    async fn delete(&self, _: &Context<()>, input: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::new(self.note(&input.id).await?))
    }
}

#[async_trait]
impl Watcher<()> for Notes {
    async fn watch(&self, ctx: &Context<()>, sink: WatchSink) -> PluginResult<()> {
        assert!(!matches!(self.mood, Mood::Bomb), "kaboom");
        let note = json!({"id": "n1", "colour": "red"});
        sink.add(WatchAddPayload::new("n1", "", note)).await?;
        sink.synced(1).await?;
        ctx.cancelled().await;
        Ok(())
    }
}

#[async_trait]
impl FilterableProvider<()> for Notes {
    async fn filter_fields(&self, _: &Context<()>) -> PluginResult<FilterFields> {
        Ok(self.declare(FilterFields::from(vec![
            FilterField::new("colour", FilterFieldType::Enum).allowed_values(["red", "green"]),
            FilterField::new("size", FilterFieldType::Integer)
                .operators([FilterOperator::Gt, FilterOperator::Lt]),
        ])))
    }
}

#[async_trait]
impl ResourceSchemaProvider<()> for Notes {
    async fn resource_schema(&self, _: &Context<()>) -> PluginResult<Option<Json>> {
        self.behave().await;
        Ok(Some(json!({"type": "object"}).into()))
    }
}

#[async_trait]
impl ActionResourcer<()> for Notes {
    async fn list_actions(&self, _: &Context<()>) -> PluginResult<Vec<ActionDescriptor>> {
        Ok(self.declare(vec![ActionDescriptor::new("pin", "Pin")]))
    }

    async fn execute_action(
        &self,
        _: &Context<()>,
        _: &str,
        _: ActionInput,
    ) -> PluginResult<ActionResult> {
        self.behave().await;
        Ok(ActionResult::new("pinned"))
    }

    async fn stream_action(
        &self,
        _: &Context<()>,
        _: &str,
        _: ActionInput,
        _: ActionSink,
    ) -> PluginResult<()> {
        self.behave().await;
        Ok(())
    }
}

#[async_trait]
impl RelationshipResolver<()> for Notes {
    async fn resolve_relationships(
        &self,
        _: &Context<()>,
        _: &str,
        _: &str,
    ) -> PluginResult<Vec<ResolvedRelationship>> {
        self.behave().await;
        Ok(Vec::new())
    }
}

#[async_trait]
impl HealthAssessor<()> for Notes {
    async fn assess_health(&self, _: &Context<()>, _: &Json) -> PluginResult<ResourceHealth> {
        self.behave().await;
        Ok(ResourceHealth::new(HealthStatus::Healthy))
    }
}

#[async_trait]
impl EventRetriever<()> for Notes {
    async fn events(
        &self,
        _: &Context<()>,
        _: &str,
        _: &str,
        _: usize,
    ) -> PluginResult<Vec<ResourceEvent>> {
        self.behave().await;
        Ok(Vec::new())
    }
}

impl SyncPolicyDeclarer for Notes {
    fn sync_policy(&self, _: &ResourceMeta) -> SyncPolicy {
        self.declare(SyncPolicy::Never)
    }
}

impl DefinitionProvider for Notes {
    fn definition(&self, _: &ResourceMeta) -> ResourceDefinition {
        self.declare(ResourceDefinition::default())
    }
}

impl ScaleHintProvider for Notes {
    fn scale_hint(&self, _: &ResourceMeta) -> Option<ScaleHint> {
        self.declare(None)
    }
}

impl RelationshipDeclarer for Notes {
    fn declare_relationships(&self, _: &ResourceMeta) -> Vec<RelationshipDescriptor> {
        self.declare(Vec::new())
    }
}
