//! A resourcer that takes its time, or refuses some operations.

use std::{sync::Arc, time::Duration};

use omniview_conformance::Operation;
use omniview_reference_backend::ReferenceClient;
use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, ListInput, ListResult, PluginResult, ResourceOperationError, Resourcer, UpdateInput,
    UpdateResult, async_trait,
};

/// How fast the backend answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    AtOnce,
    /// After a millisecond, in which others have their turn.
    InAMoment,
}

pub(crate) fn wrapped(
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    pace: Pace,
    refused: Vec<Operation>,
) -> Arc<dyn Resourcer<ReferenceClient>> {
    if pace == Pace::AtOnce && refused.is_empty() {
        return inner;
    }
    Arc::new(Wrapped {
        inner,
        pace,
        refused,
    })
}

struct Wrapped {
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    pace: Pace,
    refused: Vec<Operation>,
}

impl Wrapped {
    async fn ready(&self, operation: Operation) -> PluginResult<()> {
        if self.pace == Pace::InAMoment {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if self.refused.contains(&operation) {
            let message = format!("this type has no {operation}");
            return Err(ResourceOperationError::unsupported(message).into());
        }
        Ok(())
    }
}

#[async_trait]
impl Resourcer<ReferenceClient> for Wrapped {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        self.ready(Operation::Get).await?;
        self.inner.get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        self.ready(Operation::List).await?;
        self.inner.list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        self.ready(Operation::Find).await?;
        self.inner.find(ctx, input).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        self.ready(Operation::Create).await?;
        self.inner.create(ctx, input).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        self.ready(Operation::Update).await?;
        self.inner.update(ctx, input).await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        self.ready(Operation::Delete).await?;
        self.inner.delete(ctx, input).await
    }
}
