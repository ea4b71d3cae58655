//! The six operations, on whatever type the context names.

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FilterFields, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult, Resourcer, UpdateInput,
    UpdateResult,
};

use super::{CustomResourcer, ReferenceResourcer, query::undeclared};
use crate::world::{Operation, ReferenceClient};

type Ctx = Context<ReferenceClient>;

/// Makes a type a resourcer by the functions of this module; `fields` is what its objects can be filtered by, if that is declared.
///
/// One blanket implementation would be shorter, but the trait is another crate's.
macro_rules! serve {
    ($(#[$doc:meta])* $resourcer:ty, fields: $fields:expr) => {
        $(#[$doc])*
        #[omniview_sdk::async_trait]
        impl Resourcer<ReferenceClient> for $resourcer {
            async fn get(&self, ctx: &Ctx, input: GetInput) -> PluginResult<GetResult> {
                get(ctx, input).await
            }

            async fn list(&self, ctx: &Ctx, input: ListInput) -> PluginResult<ListResult> {
                list(ctx, input).await
            }

            async fn find(&self, ctx: &Ctx, input: FindInput) -> PluginResult<FindResult> {
                find(ctx, input, ($fields)(self)).await
            }

            async fn create(&self, ctx: &Ctx, input: CreateInput) -> PluginResult<CreateResult> {
                create(ctx, input).await
            }

            async fn update(&self, ctx: &Ctx, input: UpdateInput) -> PluginResult<UpdateResult> {
                update(ctx, input).await
            }

            async fn delete(&self, ctx: &Ctx, input: DeleteInput) -> PluginResult<DeleteResult> {
                delete(ctx, input).await
            }
        }
    };
}

serve! {
    /// Each operation reaches the backend, and leaves the rest to the store.
    ///
    /// - Identity is `metadata.namespace` and `metadata.name`. Without a namespace, `get`, `update` and `delete` mean the only object
    ///   of that id in any namespace; `create` falls back to `default`.
    /// - `create` and `update` answer the object as it is kept: with `uid`, `creationTimestamp` and `resourceVersion`.
    /// - An update that carries a `resourceVersion` replaces that version only; without one it replaces whatever is there.
    /// - `delete` answers the last state, and is over when it returns, whatever grace period was asked for.
    ///
    /// Contract: OPS-03 to OPS-12, PAG-01 to PAG-10, FLT-12
    ReferenceResourcer, fields: ReferenceResourcer::fields
}

serve! {
    /// As those of [`ReferenceResourcer`], on whatever type the context names.
    ///
    /// Contract: CFG-18
    CustomResourcer, fields: |_: &CustomResourcer| None
}

async fn get(ctx: &Ctx, input: GetInput) -> PluginResult<GetResult> {
    let table = ctx.client().reach(Operation::Get, ctx.key()).await?;
    let object = table.get(&input.id, &input.namespace)?;
    Ok(GetResult::new(object.json().clone()))
}

async fn list(ctx: &Ctx, input: ListInput) -> PluginResult<ListResult> {
    let table = ctx.client().reach(Operation::List, ctx.key()).await?;
    Ok(table.snapshot().list(&input)?)
}

/// Filters by `fields`; where none are declared, by whatever the filter names.
async fn find(
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

async fn create(ctx: &Ctx, input: CreateInput) -> PluginResult<CreateResult> {
    let table = ctx.client().reach(Operation::Create, ctx.key()).await?;
    let object = table.create(&input.input, &input.namespace)?;
    Ok(CreateResult::new(object.json().clone()))
}

async fn update(ctx: &Ctx, input: UpdateInput) -> PluginResult<UpdateResult> {
    let table = ctx.client().reach(Operation::Update, ctx.key()).await?;
    let object = table.update(&input.id, &input.input, &input.namespace)?;
    Ok(UpdateResult::new(object.json().clone()))
}

async fn delete(ctx: &Ctx, input: DeleteInput) -> PluginResult<DeleteResult> {
    let table = ctx.client().reach(Operation::Delete, ctx.key()).await?;
    let object = table.remove(&input.id, &input.namespace)?;
    Ok(DeleteResult::new(object.json().clone()))
}
