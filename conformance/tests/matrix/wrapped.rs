//! A resourcer that takes its time, or changes nothing.

use std::{sync::Arc, time::Duration};

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
    read_only: bool,
) -> Arc<dyn Resourcer<ReferenceClient>> {
    if pace == Pace::AtOnce && !read_only {
        return inner;
    }
    Arc::new(Wrapped {
        inner,
        pace,
        read_only,
    })
}

struct Wrapped {
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    pace: Pace,
    read_only: bool,
}

impl Wrapped {
    async fn wait(&self) {
        if self.pace == Pace::InAMoment {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn wait_to_write(&self) -> PluginResult<()> {
        self.wait().await;
        if self.read_only {
            return Err(ResourceOperationError::unsupported("this type is read-only").into());
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
        self.wait().await;
        self.inner.get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        self.wait().await;
        self.inner.list(ctx, input).await
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        self.wait().await;
        self.inner.find(ctx, input).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        self.wait_to_write().await?;
        self.inner.create(ctx, input).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        self.wait_to_write().await?;
        self.inner.update(ctx, input).await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        self.wait_to_write().await?;
        self.inner.delete(ctx, input).await
    }
}
