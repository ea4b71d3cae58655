//! The six operations over the objects of a stub.

use std::{collections::BTreeMap, fmt, sync::Arc};

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResult, Context, CreateInput, CreateResult, DeleteInput,
    DeleteResult, ErrorCode, FilterFields, FindInput, FindResult, GetInput, GetResult, Json,
    ListInput, ListResult, Namespace, PluginResult, RelationshipDescriptor, ResolvedRelationship,
    ResourceDefinition, ResourceEvent, ResourceHealth, ResourceOperationError, Resourcer,
    ScaleHint, SyncPolicy, UpdateInput, UpdateResult, async_trait,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    StubCall, StubClient, StubOperation,
    query::{in_namespaces, page, satisfies},
    store::{Object, Store},
    watcher::WatchScripts,
};
use crate::fault::{Answer, Script};

/// A resourcer that implements every trait, over memory; [`Stub`](super::Stub) enables what a test picks.
///
/// An object is a JSON object with a text `id` and, where it has one, a text `namespace`.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::stub::{StubClient, StubResourcer};
/// use omniview_sdk::{ResourceMeta, ResourceRegistration};
///
/// // Registered by hand, where a test is about registering:
/// let meta = ResourceMeta::new("core", "v1", "Pod");
/// let pods: ResourceRegistration<StubClient> =
///     ResourceRegistration::builder(meta, StubResourcer::default()).watch().events().build();
/// assert!(pods.handles().events.is_some() && pods.handles().actions.is_none());
/// ```
#[derive(Debug, Default)]
pub struct StubResourcer {
    pub(super) store: Arc<Store>,
    pub(super) script: Arc<Script>,
    pub(super) watches: Arc<WatchScripts>,
    pub(super) answers: Answers,
}

/// What the optional traits answer.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) sync_policy: SyncPolicy,
    pub(super) definition: ResourceDefinition,
    pub(super) actions: Vec<ActionDescriptor>,
    pub(super) handlers: BTreeMap<String, Handler>,
    pub(super) classifier: Option<Classifier>,
    pub(super) schema: Option<Json>,
    pub(super) fields: FilterFields,
    pub(super) scale_hint: Option<ScaleHint>,
    pub(super) relationships: Vec<RelationshipDescriptor>,
    pub(super) resolved: Vec<ResolvedRelationship>,
    pub(super) health: Option<Assessor>,
    pub(super) events: Vec<ResourceEvent>,
}

pub(super) type Handler = Box<dyn Fn(&ActionInput) -> PluginResult<ActionResult> + Send + Sync>;
pub(super) type Assessor = Box<dyn Fn(&Value) -> ResourceHealth + Send + Sync>;
pub(super) type Classifier = Box<
    dyn Fn(&(dyn std::error::Error + Send + Sync + 'static)) -> Option<ResourceOperationError>
        + Send
        + Sync,
>;

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").finish_non_exhaustive()
    }
}

impl StubResourcer {
    /// Remembers a call, and lets the planned fault happen.
    pub(super) async fn enter(
        &self,
        operation: StubOperation,
        ctx: &Context<StubClient>,
        input: &(impl Serialize + Sync),
    ) -> PluginResult<Answer> {
        self.script
            .enter(StubCall {
                operation,
                context: ctx.call().clone(),
                meta: Some(ctx.meta().clone()),
                client: Some(ctx.client().id),
                input: serde_json::to_value(input)?,
            })
            .await
    }

    /// The objects that the connection sees and the namespaces let through.
    fn objects(&self, ctx: &Context<StubClient>, namespaces: &[Namespace]) -> Vec<Object> {
        let (objects, _) = self.store.visible(&ctx.connection_id());
        let inside = objects.into_iter();
        inside
            .filter(|object| in_namespaces(object, namespaces))
            .collect()
    }
}

#[async_trait]
impl Resourcer<StubClient> for StubResourcer {
    async fn get(&self, ctx: &Context<StubClient>, input: GetInput) -> PluginResult<GetResult> {
        let answer = self.enter(StubOperation::Get, ctx, &input).await?;
        let found = self
            .store
            .find(&ctx.connection_id(), &input.id, &input.namespace);
        let (_, object) = found.ok_or_else(|| missing(ctx, &input.id))?;
        let mut result = GetResult::new(object.value);
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn list(&self, ctx: &Context<StubClient>, input: ListInput) -> PluginResult<ListResult> {
        let answer = self.enter(StubOperation::List, ctx, &input).await?;
        let objects = self.objects(ctx, &input.namespaces);
        let mut page = page(objects, &input.order, &input.pagination)?;
        answer.spoil(&mut page.objects);
        Ok(ListResult {
            next_cursor: page.next,
            ..ListResult::new(page.objects).with_total(page.total)
        })
    }

    async fn find(&self, ctx: &Context<StubClient>, input: FindInput) -> PluginResult<FindResult> {
        let answer = self.enter(StubOperation::Find, ctx, &input).await?;
        let mut objects = self.objects(ctx, &input.namespaces);
        if let Some(filters) = &input.filters {
            let mut kept = Vec::new();
            for object in objects {
                if satisfies(&object.value, filters)? {
                    kept.push(object);
                }
            }
            objects = kept;
        }
        let mut page = page(objects, &input.order, &input.pagination)?;
        answer.spoil(&mut page.objects);
        Ok(FindResult {
            next_cursor: page.next,
            ..FindResult::new(page.objects).with_total(page.total)
        })
    }

    async fn create(
        &self,
        ctx: &Context<StubClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let answer = self.enter(StubOperation::Create, ctx, &input).await?;
        let object = placed(input.input.to_value()?, None, &input.namespace)?;
        let (namespace, id) = super::store::identity(&object);
        let connection = ctx.connection_id();
        let taken = self.store.find(&connection, &id, &namespace);
        if taken.is_some_and(|(_, other)| other.namespace == namespace) {
            let message = format!("{} {id:?} exists already", ctx.key());
            return Err(ResourceOperationError::new(ErrorCode::AlreadyExists, message).into());
        }
        self.store.put(Some(&connection), object.clone());
        let mut result = CreateResult::new(object);
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn update(
        &self,
        ctx: &Context<StubClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let answer = self.enter(StubOperation::Update, ctx, &input).await?;
        let found = self
            .store
            .find(&ctx.connection_id(), &input.id, &input.namespace);
        let (layer, earlier) = found.ok_or_else(|| missing(ctx, &input.id))?;
        let object = placed(input.input.to_value()?, Some(&input.id), &earlier.namespace)?;
        self.store.put(layer.as_ref(), object.clone());
        let mut result = UpdateResult::new(object);
        answer.spoil([&mut result.result]);
        Ok(result)
    }

    async fn delete(
        &self,
        ctx: &Context<StubClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let answer = self.enter(StubOperation::Delete, ctx, &input).await?;
        let found = self
            .store
            .find(&ctx.connection_id(), &input.id, &input.namespace);
        let (layer, object) = found.ok_or_else(|| missing(ctx, &input.id))?;
        self.store
            .remove(layer.as_ref(), &object.id, &object.namespace);
        let mut result = DeleteResult::new(object.value);
        answer.spoil(&mut result.result);
        Ok(result)
    }
}

/// The error of an object that does not exist.
pub(super) fn missing(ctx: &Context<StubClient>, id: &str) -> ResourceOperationError {
    ResourceOperationError::not_found(format!("{} {id:?} does not exist", ctx.key()))
}

/// An input as the object that it becomes: with its id, and its namespace if it has one.
fn placed(mut value: Value, id: Option<&str>, namespace: &str) -> PluginResult<Value> {
    let Some(object) = value.as_object_mut() else {
        return Err(
            ResourceOperationError::invalid_input("an object of a stub is a JSON object").into(),
        );
    };
    if let Some(id) = id {
        object.insert("id".to_owned(), id.into());
    }
    if !namespace.is_empty() {
        object.insert("namespace".to_owned(), namespace.into());
    }
    if object
        .get("id")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err(
            ResourceOperationError::invalid_input("an object of a stub has a text \"id\"").into(),
        );
    }
    Ok(value)
}
