//! The six operations.

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FilterFields, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, PluginResult, Resourcer, UpdateInput,
    UpdateResult, async_trait,
};

use super::operations;
use crate::{catalog::Kind, world::ReferenceClient};

/// Serves one type of the fleet, with every optional trait that the type has.
///
/// It knows nothing but the type: the objects are behind the client.
#[derive(Debug, Clone)]
pub struct ReferenceResourcer {
    kind: Kind,
    kinds: Vec<Kind>,
    fields: Option<FilterFields>,
}

impl ReferenceResourcer {
    /// Serves `kind` in a backend that has every type.
    pub fn new(kind: Kind) -> Self {
        Self::among(kind, Kind::ALL)
    }

    /// Serves `kind` in a backend that has the types `kinds`.
    pub fn among(kind: Kind, kinds: &[Kind]) -> Self {
        Self {
            kind,
            kinds: kinds.to_vec(),
            fields: kind.filter_fields(),
        }
    }

    /// The types that the backend has.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
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
        operations::get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        operations::list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        operations::find(ctx, input, self.fields.as_ref()).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        operations::create(ctx, input).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        operations::update(ctx, input).await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        operations::delete(ctx, input).await
    }
}
