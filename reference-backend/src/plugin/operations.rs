//! The six operations, on whatever type the context names.

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FilterFields, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult, UpdateInput,
    UpdateResult,
};

use super::query::undeclared;
use crate::world::{Operation, ReferenceClient};

type Ctx = Context<ReferenceClient>;

pub(super) async fn get(ctx: &Ctx, input: GetInput) -> PluginResult<GetResult> {
    let table = ctx.client().reach(Operation::Get, ctx.key()).await?;
    let object = table.get(&input.id, &input.namespace)?;
    Ok(GetResult::new(object.json().clone()))
}

pub(super) async fn list(ctx: &Ctx, input: ListInput) -> PluginResult<ListResult> {
    let table = ctx.client().reach(Operation::List, ctx.key()).await?;
    Ok(table.snapshot().list(&input)?)
}

/// Filters by `fields`; where none are declared, by whatever the filter names.
pub(super) async fn find(
    ctx: &Ctx,
    input: FindInput,
    fields: Option<&FilterFields>,
) -> PluginResult<FindResult> {
    let table = ctx.client().reach(Operation::Find, ctx.key()).await?;
    let snapshot = table.snapshot();
    Ok(match fields {
        Some(fields) => snapshot.find(&input, fields)?,
        None => snapshot.find(&input, &undeclared(input.filters.as_ref()))?,
    })
}

pub(super) async fn create(ctx: &Ctx, input: CreateInput) -> PluginResult<CreateResult> {
    let table = ctx.client().reach(Operation::Create, ctx.key()).await?;
    let object = table.create(&input.input, &input.namespace)?;
    Ok(CreateResult::new(object.json().clone()))
}

pub(super) async fn update(ctx: &Ctx, input: UpdateInput) -> PluginResult<UpdateResult> {
    let table = ctx.client().reach(Operation::Update, ctx.key()).await?;
    let object = table.update(&input.id, &input.input, &input.namespace)?;
    Ok(UpdateResult::new(object.json().clone()))
}

pub(super) async fn delete(ctx: &Ctx, input: DeleteInput) -> PluginResult<DeleteResult> {
    let table = ctx.client().reach(Operation::Delete, ctx.key()).await?;
    let object = table.remove(&input.id, &input.namespace)?;
    Ok(DeleteResult::new(object.json().clone()))
}
