//! The resource type `todo::v1::Task`.

use omniview_sdk::{
    ColumnDefinition, Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FilterField,
    FilterFieldType, FilterFields, FilterableProvider, FindInput, FindResult, GetInput, GetResult,
    HealthAssessor, HealthStatus, Json, ListInput, ListResult, PluginResult, ResourceDefinition,
    ResourceHealth, ResourceMeta, Resourcer, UpdateInput, UpdateResult, WatchAddPayload,
    WatchDeletePayload, WatchSink, WatchUpdatePayload, Watcher, async_trait,
    query::{self, Identity, Item, QueryItem},
};

use crate::client::{Change, Client};

/// The type.
pub(crate) fn meta() -> ResourceMeta {
    ResourceMeta::new("todo", "v1", "Task")
}

/// Where a task has its id, and what its table shows.
pub(crate) fn definition() -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: "id".to_owned(),
        column_defs: vec![
            ColumnDefinition::new("title", "Title", "title"),
            ColumnDefinition::new("state", "State", "state"),
        ],
        ..ResourceDefinition::default()
    }
}

fn parse(task: Json) -> omniview_sdk::Result<Item> {
    Item::parse(task, &Identity::from(&definition()))
}

/// Tasks: JSON objects with `id`, `title` and `state`.
pub(crate) struct Tasks;

#[async_trait]
impl Resourcer<Client> for Tasks {
    async fn get(&self, ctx: &Context<Client>, input: GetInput) -> PluginResult<GetResult> {
        Ok(GetResult::new(ctx.client().get(&input.id)?.json()))
    }

    // Order, pages and cursors over everything. A backend that can do them itself is asked to.
    async fn list(&self, ctx: &Context<Client>, input: ListInput) -> PluginResult<ListResult> {
        let (tasks, _) = ctx.client().all()?;
        Ok(query::list(&tasks, &input)?)
    }

    async fn find(&self, ctx: &Context<Client>, input: FindInput) -> PluginResult<FindResult> {
        let (tasks, _) = ctx.client().all()?;
        Ok(query::find(&tasks, &input, &fields())?)
    }

    async fn create(
        &self,
        ctx: &Context<Client>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let task = parse(input.input)?;
        ctx.client().create(task.clone())?;
        Ok(CreateResult::new(task.json()))
    }

    async fn update(
        &self,
        ctx: &Context<Client>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let task = parse(input.input)?;
        ctx.client().update(&input.id, task.clone())?;
        Ok(UpdateResult::new(task.json()))
    }

    async fn delete(
        &self,
        ctx: &Context<Client>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::new(ctx.client().delete(&input.id)?.json()))
    }
}

/// The initial list, then every change from the moment of the list on.
#[async_trait]
impl Watcher<Client> for Tasks {
    async fn watch(&self, ctx: &Context<Client>, sink: WatchSink) -> PluginResult<()> {
        let (tasks, mut seen) = ctx.client().all()?;
        for task in &tasks {
            sink.add(WatchAddPayload::new(task.id(), "", task.json()))
                .await?;
        }
        sink.synced(tasks.len()).await?;
        loop {
            let changes = tokio::select! {
                () = ctx.cancelled() => return Ok(()),
                changes = ctx.client().changes(seen) => changes?,
            };
            seen += changes.len();
            for change in changes {
                match change {
                    Change::Added(task) => {
                        sink.add(WatchAddPayload::new(task.id(), "", task.json()))
                            .await?;
                    }
                    Change::Updated(task) => {
                        sink.update(WatchUpdatePayload::new(task.id(), "", task.json()))
                            .await?;
                    }
                    Change::Deleted(task) => {
                        sink.delete(WatchDeletePayload::new(task.id(), "", task.json()))
                            .await?;
                    }
                }
            }
        }
    }
}

fn fields() -> FilterFields {
    [
        FilterField::new("title", FilterFieldType::String),
        FilterField::new("state", FilterFieldType::Enum).allowed_values(["open", "done", "late"]),
    ]
    .into_iter()
    .collect()
}

#[async_trait]
impl FilterableProvider<Client> for Tasks {
    async fn filter_fields(&self, _: &Context<Client>) -> PluginResult<FilterFields> {
        Ok(fields())
    }
}

#[async_trait]
impl HealthAssessor<Client> for Tasks {
    async fn assess_health(
        &self,
        _: &Context<Client>,
        data: &Json,
    ) -> PluginResult<ResourceHealth> {
        let task = data.to_value()?;
        Ok(ResourceHealth::new(match task["state"].as_str() {
            Some("done") => HealthStatus::Healthy,
            Some("open") => HealthStatus::Pending,
            Some("late") => HealthStatus::Unhealthy,
            _ => HealthStatus::Unknown,
        }))
    }
}
