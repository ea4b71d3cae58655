//! CRUD and queries.

use async_trait::async_trait;

use super::{build::ResourceController, target::Target};
use crate::{
    CallContext, CreateInput, CreateResult, DeleteInput, DeleteResult, Fault, FilterFields,
    FindInput, FindResult, GetInput, GetResult, ListInput, ListResult, OperationProvider,
    ResourceKey, Result, TextSearchProvider, UpdateInput, UpdateResult,
    call::PluginCall,
    filter::validate_filters,
    query::{self, Identity, Item, check_pagination},
};

#[async_trait]
impl<C: Send + Sync + 'static> OperationProvider for ResourceController<C> {
    async fn get(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: GetInput,
    ) -> Result<GetResult> {
        let target = self.target(ctx, key, "get")?;
        target.first_query();
        let id = input.id.clone();
        self.call(&target, "get", Some(&id), || {
            target.served.handles.resourcer.get(&target.ctx, input)
        })
        .await
    }

    async fn list(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: ListInput,
    ) -> Result<ListResult> {
        let target = self.target(ctx, key, "list")?;
        check_pagination(&input.pagination).map_err(|error| target.locate("list", error))?;
        target.first_query();
        self.call(&target, "list", None, || {
            target.served.handles.resourcer.list(&target.ctx, input)
        })
        .await
    }

    async fn find(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: FindInput,
    ) -> Result<FindResult> {
        let target = self.target(ctx, key, "find")?;
        check_pagination(&input.pagination).map_err(|error| target.locate("find", error))?;
        let fields = match self.declared_fields(&target, "find") {
            Some(asked) => Some(asked.await?),
            None => None,
        };
        if let Some(fields) = &fields {
            validate_filters(input.filters.as_ref(), fields)
                .map_err(|error| target.locate("find", error))?;
        }
        target.first_query();
        if let Some(search) = &target.served.handles.text_search
            && !input.text_query.is_empty()
        {
            let fields = fields.unwrap_or_default();
            // Boxed: it is big, and most finds are without a text.
            return Box::pin(self.find_text(&target, &**search, &input, &fields)).await;
        }
        self.call(&target, "find", None, || {
            target.served.handles.resourcer.find(&target.ctx, input)
        })
        .await
    }

    async fn create(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: CreateInput,
    ) -> Result<CreateResult> {
        let target = self.target(ctx, key, "create")?;
        self.call(&target, "create", None, || {
            target.served.handles.resourcer.create(&target.ctx, input)
        })
        .await
    }

    async fn update(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: UpdateInput,
    ) -> Result<UpdateResult> {
        let target = self.target(ctx, key, "update")?;
        let id = input.id.clone();
        self.call(&target, "update", Some(&id), || {
            target.served.handles.resourcer.update(&target.ctx, input)
        })
        .await
    }

    async fn delete(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: DeleteInput,
    ) -> Result<DeleteResult> {
        let target = self.target(ctx, key, "delete")?;
        let id = input.id.clone();
        self.call(&target, "delete", Some(&id), || {
            target.served.handles.resourcer.delete(&target.ctx, input)
        })
        .await
    }
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// Asks for the fields that the type declares for this connection; `None` where it is not filterable.
    pub(super) fn declared_fields<'a>(
        &'a self,
        target: &'a Target<'_, C>,
        operation: &'static str,
    ) -> Option<PluginCall<'a, FilterFields>> {
        let filterable = target.served.handles.filterable.as_ref()?;
        Some(self.call(target, operation, None, || {
            filterable.filter_fields(&target.ctx)
        }))
    }

    /// Searches, and applies the rest of the query to what was found.
    ///
    /// Contract: TXT-01, TXT-02
    async fn find_text(
        &self,
        target: &Target<'_, C>,
        search: &dyn TextSearchProvider<C>,
        input: &FindInput,
        fields: &FilterFields,
    ) -> Result<FindResult> {
        let found = self
            .call(target, "find", None, || {
                search.search(&target.ctx, &input.text_query, 0)
            })
            .await?;
        let identity = Identity::from(&*target.served.definition);
        let items = found
            .into_iter()
            .map(|json| Item::parse(json, &identity))
            .collect::<Result<Vec<Item>>>()
            // What was found is the plugin's, and so is what is wrong with it.
            .map_err(|error| target.locate("find", error.with_fault(Fault::Plugin)))?;
        query::find(&items, input, fields).map_err(|error| target.locate("find", error))
    }
}
