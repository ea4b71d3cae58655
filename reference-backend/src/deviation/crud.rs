//! Defects of get, create, update and delete.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{
    BoxError, ConnectionId, Context, CreateInput, CreateResult, DeleteInput, DeleteResult,
    ErrorCode, FindInput, FindResult, GetInput, GetResult, Json, ListInput, ListResult, Namespace,
    PluginResult, ResourceOperationError, Resourcer, UpdateInput, UpdateResult, async_trait,
};
use serde_json::Value;

use super::Deviation;
use crate::{store::StoreError, world::ReferenceClient};

/// A resourcer with one defect in an operation on one object.
pub(super) struct BentCrud {
    deviation: Deviation,
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    /// What get answers for ever.
    first: Mutex<BTreeMap<Place, Json>>,
}

/// Connection, namespace and id.
type Place = (ConnectionId, String, String);

impl BentCrud {
    pub(super) fn new(deviation: Deviation, inner: Arc<dyn Resourcer<ReferenceClient>>) -> Self {
        Self {
            deviation,
            inner,
            first: Mutex::default(),
        }
    }

    /// The first object of the same id in any namespace, which may be the object itself.
    async fn namesake(&self, ctx: &Context<ReferenceClient>, object: Json) -> PluginResult<Json> {
        let all = self.inner.list(ctx, ListInput::all()).await?.result;
        let first = all.into_iter().find(|one| name(one) == name(&object));
        Ok(first.unwrap_or(object))
    }

    /// Gives the newest other object everything of this one that is not metadata.
    async fn change_another(
        &self,
        ctx: &Context<ReferenceClient>,
        object: &Json,
    ) -> PluginResult<()> {
        let all = self.inner.list(ctx, ListInput::all()).await?.result;
        let others = all
            .iter()
            .filter(|other| metadata(other, "uid") != metadata(object, "uid"));
        let version =
            |other: &&Json| -> Option<u64> { metadata(other, "resourceVersion").parse().ok() };
        let Some(newest) = others.max_by_key(version) else {
            return Ok(());
        };
        let mut bent = object.to_value()?;
        bent["metadata"] = newest.to_value()?["metadata"].take();
        let update =
            UpdateInput::new(name(newest), Json::from(bent)).in_namespace(namespace(newest));
        self.inner.update(ctx, update).await?;
        Ok(())
    }

    fn first(&self) -> MutexGuard<'_, BTreeMap<Place, Json>> {
        self.first.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Resourcer<ReferenceClient> for BentCrud {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        let answer = self.inner.get(ctx, input.clone()).await;
        match self.deviation {
            Deviation::StaleGet => {
                let mut answer = answer?;
                let place = place(ctx, &answer.result);
                let mut first = self.first();
                answer.result = first.entry(place).or_insert(answer.result).clone();
                Ok(answer)
            }
            Deviation::GetMissingSucceeds if is(&answer, &ErrorCode::NotFound) => {
                Ok(GetResult::new(Json::null()))
            }
            Deviation::GetMissingInternal if is(&answer, &ErrorCode::NotFound) => {
                Err(ResourceOperationError::internal("the lookup went wrong").into())
            }
            Deviation::GetIgnoresNamespace if is(&answer, &ErrorCode::NotFound) => {
                self.inner.get(ctx, GetInput::new(input.id)).await
            }
            Deviation::GetAnswersNamesake => {
                let mut answer = answer?;
                answer.result = self.namesake(ctx, answer.result).await?;
                Ok(answer)
            }
            Deviation::GetWithoutSuccess => {
                let mut answer = answer?;
                answer.success = false;
                Ok(answer)
            }
            _ => answer,
        }
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        self.inner.list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        self.inner.find(ctx, input).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        mut input: CreateInput,
    ) -> PluginResult<CreateResult> {
        if self.deviation == Deviation::CreateIgnoresNamespace {
            input.namespace = Namespace::default();
            input.input = without(&input.input, &["namespace"]);
        }
        let answer = self.inner.create(ctx, input.clone()).await;
        match self.deviation {
            Deviation::StaleGet => {
                let answer = answer?;
                let place = place(ctx, &answer.result);
                self.first().insert(place, answer.result.clone());
                Ok(answer)
            }
            Deviation::CreateAcceptsDuplicates if is(&answer, &ErrorCode::AlreadyExists) => {
                let object = without_version(&input.input);
                let mut update = UpdateInput::new(name(&object), object);
                update.namespace = input.namespace;
                if update.namespace.is_empty() {
                    update.namespace = namespace(&update.input).into();
                }
                Ok(CreateResult::new(
                    self.inner.update(ctx, update).await?.result,
                ))
            }
            Deviation::CreateAnswersNothing => answer.map(|_| CreateResult::new(Json::null())),
            Deviation::CreateAnswersInput => answer.map(|_| CreateResult::new(input.input)),
            Deviation::CreateIgnored => {
                let answer = answer?;
                let mut delete = DeleteInput::new(name(&answer.result));
                delete.namespace = namespace(&answer.result).into();
                self.inner.delete(ctx, delete).await?;
                Ok(answer)
            }
            _ => answer,
        }
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        mut input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        match self.deviation {
            Deviation::UpdateIgnored => {
                let mut get = GetInput::new(input.id);
                get.namespace = input.namespace;
                self.inner.get(ctx, get).await?;
                Ok(UpdateResult::new(input.input))
            }
            Deviation::UpdateAnswersOld => {
                let mut get = GetInput::new(input.id.clone());
                get.namespace.clone_from(&input.namespace);
                let before = self.inner.get(ctx, get).await?.result;
                self.inner.update(ctx, input).await?;
                Ok(UpdateResult::new(before))
            }
            Deviation::UpdateChangesAnother => {
                let answer = self.inner.update(ctx, input).await?;
                self.change_another(ctx, &answer.result).await?;
                Ok(answer)
            }
            Deviation::UpdateForgetsConflict => {
                input.input = without_version(&input.input);
                self.inner.update(ctx, input).await
            }
            Deviation::UpdateCreatesMissing => {
                let answer = self.inner.update(ctx, input.clone()).await;
                if !is(&answer, &ErrorCode::NotFound) {
                    return answer;
                }
                let mut create = CreateInput::new(input.input);
                create.namespace = input.namespace;
                Ok(UpdateResult::new(
                    self.inner.create(ctx, create).await?.result,
                ))
            }
            _ => self.inner.update(ctx, input).await,
        }
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        if self.deviation == Deviation::DeleteIgnored {
            let mut get = GetInput::new(input.id);
            get.namespace = input.namespace;
            return Ok(DeleteResult::new(self.inner.get(ctx, get).await?.result));
        }
        if self.deviation == Deviation::DeleteNeedsGrace && input.grace_period_seconds.is_none() {
            return Err(
                ResourceOperationError::invalid_input("the grace period is missing").into(),
            );
        }
        let anywhere = DeleteInput {
            namespace: Namespace::default(),
            ..input.clone()
        };
        let answer = self.inner.delete(ctx, input).await;
        match self.deviation {
            Deviation::StaleGet => {
                let answer = answer?;
                if let Some(object) = &answer.result {
                    let place = place(ctx, object);
                    self.first().remove(&place);
                }
                Ok(answer)
            }
            Deviation::DeleteIgnoresNamespace if is(&answer, &ErrorCode::NotFound) => {
                self.inner.delete(ctx, anywhere).await
            }
            Deviation::DeleteMissingSucceeds if is(&answer, &ErrorCode::NotFound) => {
                Ok(DeleteResult::done())
            }
            _ => answer,
        }
    }
}

impl fmt::Debug for BentCrud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BentCrud")
            .field("deviation", &self.deviation)
            .finish_non_exhaustive()
    }
}

fn is<T>(answer: &Result<T, BoxError>, code: &ErrorCode) -> bool {
    answer.as_ref().is_err_and(|error| {
        error
            .downcast_ref::<StoreError>()
            .is_some_and(|error| error.code() == code)
    })
}

fn place(ctx: &Context<ReferenceClient>, object: &Json) -> Place {
    let connection = ctx.client().fleet().connection().clone();
    (connection, namespace(object), name(object))
}

fn name(object: &Json) -> String {
    metadata(object, "name")
}

fn namespace(object: &Json) -> String {
    metadata(object, "namespace")
}

fn metadata(object: &Json, field: &str) -> String {
    let value = object.to_value().unwrap_or_default();
    let text = value["metadata"][field].as_str();
    text.unwrap_or_default().to_owned()
}

fn without_version(object: &Json) -> Json {
    without(object, &["resourceVersion", "uid"])
}

fn without(object: &Json, fields: &[&str]) -> Json {
    let mut value = object.to_value().unwrap_or_default();
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for field in fields {
            metadata.remove(*field);
        }
        return Json::from(value);
    }
    object.clone()
}
