//! CRUD and queries, recorded and kept in the ledger.

use omniview_sdk::{
    CallContext, CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, OperationProvider, PaginationParams,
    ResourceKey, Result, UpdateInput, UpdateResult, async_trait,
};

use super::Recorder;
use crate::{history::Call, ledger::Entry};

#[async_trait]
impl OperationProvider for Recorder {
    async fn get(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: GetInput,
    ) -> Result<GetResult> {
        let call = Call::with("get", ctx)
            .of(key)
            .object(&input.id, &input.namespace);
        let answer = self.inner.get(ctx, key, input);
        self.record(call, answer, |got| got.result.to_string())
            .await
    }

    async fn list(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: ListInput,
    ) -> Result<ListResult> {
        let call = Call::with("list", ctx).of(key);
        let everything =
            input.namespaces.is_empty() && input.pagination == PaginationParams::default();
        let answer = self.inner.list(ctx, key, input);
        self.record_listing(
            call,
            answer,
            |got| page(got.result.len(), got.total_count),
            |got| everything.then(|| got.result.clone()),
        )
        .await
    }

    async fn find(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: FindInput,
    ) -> Result<FindResult> {
        let call = Call::with("find", ctx).of(key);
        let answer = self.inner.find(ctx, key, input);
        self.record(call, answer, |got| page(got.result.len(), got.total_count))
            .await
    }

    /// A creation of an issued sample is in the ledger before it is made, since one that fails or is never
    /// answered may have happened.
    async fn create(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: CreateInput,
    ) -> Result<CreateResult> {
        let mut call = Call::with("create", ctx).of(key);
        let entry = self
            .ledger
            .recognise(key, input.input.as_str())
            .map(|sample| Entry {
                connection: ctx.connection().map(|connection| connection.id.clone()),
                key: key.clone(),
                id: sample.id,
                namespace: String::from(&input.namespace),
            });
        let mut is_new = false;
        if let Some(entry) = &entry {
            call = call.object(&entry.id, &entry.namespace);
            is_new = self.ledger.note(entry.clone());
        }
        let answer = self.inner.create(ctx, key, input);
        let answer = self
            .record(call, answer, |made| made.result.to_string())
            .await;
        if let (Some(entry), Err(error)) = (entry, &answer)
            && is_new
            && *error.code() == ErrorCode::AlreadyExists
        {
            // It is somebody else's, and not ours to remove.
            self.ledger.strike(&entry.key, &entry.id, &entry.namespace);
        }
        answer
    }

    async fn update(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: UpdateInput,
    ) -> Result<UpdateResult> {
        let call = Call::with("update", ctx)
            .of(key)
            .object(&input.id, &input.namespace);
        let answer = self.inner.update(ctx, key, input);
        self.record(call, answer, |made| made.result.to_string())
            .await
    }

    /// Strikes nothing from the ledger: whether the object is gone is what a check may be about.
    async fn delete(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: DeleteInput,
    ) -> Result<DeleteResult> {
        let call = Call::with("delete", ctx)
            .of(key)
            .object(&input.id, &input.namespace);
        let answer = self.inner.delete(ctx, key, input);
        self.record(call, answer, |_| "done".to_owned()).await
    }
}

fn page(length: usize, total: i64) -> String {
    format!("{length} objects of {total}")
}
