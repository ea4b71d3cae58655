//! The six operations.

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FilterFields, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult, Resourcer, UpdateInput,
    UpdateResult, async_trait, query,
};

use super::query::undeclared;
use crate::{
    catalog::Kind,
    world::{FaultScope, ReferenceClient},
};

/// Serves one type of the fleet, with every optional trait that the type has.
///
/// It knows nothing but the type: the objects are behind the client.
#[derive(Debug, Clone)]
pub struct ReferenceResourcer {
    kind: Kind,
    fields: Option<FilterFields>,
}

impl ReferenceResourcer {
    /// Serves `kind`.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            fields: kind.filter_fields(),
        }
    }

    /// The type that is served.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The fields that the type can be filtered by; `None` where it is not filterable.
    pub fn fields(&self) -> Option<&FilterFields> {
        self.fields.as_ref()
    }
}

/// Each operation reaches the backend, and leaves the rest to the store and to the SDK's query functions.
///
/// - Identity is `metadata.namespace` and `metadata.name`. Without a namespace, `get`, `update` and `delete` mean the only object
///   of that id in any namespace; `create` falls back to `default`.
/// - `create` and `update` answer the object as it is kept: with `uid`, `creationTimestamp` and `resourceVersion`.
/// - An update that carries a `resourceVersion` replaces that version only; without one it replaces whatever is there.
/// - `delete` answers the last state, and is over when it returns, whatever grace period was asked for.
///
/// Contract: OPS-03 to OPS-12, PAG-01 to PAG-10, FLT-12
#[async_trait]
impl Resourcer<ReferenceClient> for ReferenceResourcer {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        let object = table.get(&input.id, &input.namespace)?;
        Ok(GetResult::new(object.json().clone()))
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        Ok(query::list(table.snapshot().objects(), &input)?)
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        let snapshot = table.snapshot();
        Ok(match &self.fields {
            Some(fields) => query::find(snapshot.objects(), &input, fields)?,
            None => {
                let fields = undeclared(input.filters.as_ref());
                query::find(snapshot.objects(), &input, &fields)?
            }
        })
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        let object = table.create(&input.input, &input.namespace)?;
        Ok(CreateResult::new(object.json().clone()))
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        let object = table.update(&input.id, &input.input, &input.namespace)?;
        Ok(UpdateResult::new(object.json().clone()))
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let table = ctx
            .client()
            .reach(FaultScope::Operations, ctx.key())
            .await?;
        let object = table.remove(&input.id, &input.namespace)?;
        Ok(DeleteResult::new(object.json().clone()))
    }
}
