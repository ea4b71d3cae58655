//! The six operations.

use omniview_sdk::{
    CallContext, CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FindInput,
    FindResult, GetInput, GetResult, ListInput, ListResult, OperationProvider, PaginationParams,
    ResourceKey, ResourceOperationError, Result, Session, UpdateInput, UpdateResult, async_trait,
};

use super::provider::{BentProvider, fresh, recode};
use crate::Deviation;

impl BentProvider {
    /// The context that the honest provider is called with.
    async fn caller(&self, ctx: &CallContext) -> Result<CallContext> {
        let said = ctx
            .session()
            .is_some_and(|one| one.connection_id().is_some());
        match self.deviation {
            Deviation::DeadlineIgnored => Ok(fresh(ctx)),
            Deviation::AmbiguousPicksFirst if !said => {
                Ok(match self.started().await.into_iter().next() {
                    Some(first) => ctx.clone().with_session(Session::for_connection(first)),
                    None => ctx.clone(),
                })
            }
            Deviation::SoleConnectionRefused if !said => Err(ResourceOperationError::new(
                ErrorCode::AmbiguousConnection,
                "the session names no connection",
            )),
            Deviation::UnknownConnectionServed if said && !self.is_known(ctx).await => {
                Ok(match self.started().await.into_iter().next() {
                    Some(first) => ctx.clone().with_session(Session::for_connection(first)),
                    None => ctx.clone(),
                })
            }
            _ => Ok(ctx.clone()),
        }
    }

    /// Makes an answer of the honest answer.
    fn answer<T>(&self, answer: Result<T>) -> Result<T> {
        answer.map_err(|error| match (self.deviation, error.code()) {
            (Deviation::UnknownKeyIsInternal, ErrorCode::NotFound) if error.id().is_none() => {
                recode(&error, ErrorCode::Internal)
            }
            (Deviation::UnknownKeySuggestsNothing, ErrorCode::NotFound) if error.id().is_none() => {
                ResourceOperationError::not_found("there is no such type")
            }
            (Deviation::MalformedKeyNotFound, ErrorCode::InvalidInput)
                if error.message().starts_with("resource key") =>
            {
                recode(&error, ErrorCode::NotFound)
            }
            (
                Deviation::FilterErrorIsInternal,
                ErrorCode::FilterUnknownField | ErrorCode::FilterInvalidOperator,
            ) => recode(&error, ErrorCode::Internal),
            (Deviation::CancelledIsTimeout, ErrorCode::Cancelled) => {
                recode(&error, ErrorCode::Timeout)
            }
            _ => error,
        })
    }

    fn page(&self, page: &mut PaginationParams) {
        match self.deviation {
            Deviation::CursorAcceptedWithPage if page.cursor.is_some() => page.page = 0,
            Deviation::NegativePageAccepted => {
                page.page = page.page.max(0);
                page.page_size = page.page_size.max(0);
            }
            Deviation::SecondPageOfEverythingAccepted if page.page_size == 0 => page.page = 0,
            _ => {}
        }
    }

    /// Whether nothing is answered instead of an error.
    fn is_silent<T>(&self, answer: &Result<T>) -> bool {
        self.is(Deviation::NotConnectedAnswers)
            && answer
                .as_ref()
                .is_err_and(|error| *error.code() == ErrorCode::NotConnected)
    }
}

#[async_trait]
impl OperationProvider for BentProvider {
    async fn get(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        mut input: GetInput,
    ) -> Result<GetResult> {
        let mut ctx = self.caller(ctx).await?;
        if self.is(Deviation::GetAsksLastConnection)
            && let [_, .., last] = self.started().await.as_slice()
        {
            ctx = ctx.with_session(Session::for_connection(last));
        }
        let mut under_way = None;
        if self.is(Deviation::GetsMixedUp) {
            let (call, first) = self.gets.begin(key.clone(), input);
            (under_way, input) = (Some(call), first);
            // Those that were made at the same time begin now.
            tokio::task::yield_now().await;
        }
        let answer = self.inner.get(&ctx, key, input).await;
        drop(under_way);
        let answer = answer.map_err(|error| self.untrue(&ctx, error));
        let mut answer = self.answer(answer)?;
        answer.result = self.another(answer.result);
        Ok(answer)
    }

    async fn list(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        mut input: ListInput,
    ) -> Result<ListResult> {
        let ctx = self.caller(ctx).await?;
        self.page(&mut input.pagination);
        let mut asked = FindInput {
            pagination: input.pagination.clone(),
            ..FindInput::default()
        };
        self.ask(&ctx, key, &mut asked).await?;
        self.alive(key, &asked)?;
        let mut answer = self.inner.list(&ctx, key, input.clone()).await;
        if let Err(error) = &answer
            && self.overlooks(error, &mut asked)
        {
            input.pagination = asked.pagination;
            answer = self.inner.list(&ctx, key, input.clone()).await;
        }
        if let Err(error) = &answer
            && self.is(Deviation::MalformedKeyAccepted)
            && error.message().starts_with("resource key")
        {
            return Ok(ListResult {
                success: true,
                ..ListResult::default()
            });
        }
        let answer = answer.and_then(|listed| self.listed(&input, listed));
        if let Ok(listed) = &answer {
            self.gave(key, listed.next_cursor.as_ref());
        }
        if self.is_silent(&answer) {
            return Ok(ListResult {
                success: true,
                ..ListResult::default()
            });
        }
        self.answer(answer)
    }

    async fn find(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        mut input: FindInput,
    ) -> Result<FindResult> {
        let ctx = self.caller(ctx).await?;
        self.page(&mut input.pagination);
        self.ask(&ctx, key, &mut input).await?;
        self.alive(key, &input)?;
        let mut answer = self.inner.find(&ctx, key, input.clone()).await;
        if let Err(error) = &answer {
            let mut less = input.clone();
            if self.overlooks(error, &mut less) {
                input = less;
                answer = self.inner.find(&ctx, key, input.clone()).await;
            }
        }
        answer = answer.and_then(|found| self.found(&input, found));
        if let Ok(found) = &answer {
            self.gave(key, found.next_cursor.as_ref());
        }
        let ignored = match self.deviation {
            Deviation::UnknownFieldAccepted => Some(ErrorCode::FilterUnknownField),
            Deviation::InvalidOperatorAccepted => Some(ErrorCode::FilterInvalidOperator),
            _ => None,
        };
        if let (Some(ignored), Err(error)) = (ignored, &answer)
            && *error.code() == ignored
        {
            input.filters = None;
            answer = self.inner.find(&ctx, key, input).await;
        }
        if self.is_silent(&answer) {
            return Ok(FindResult {
                success: true,
                ..FindResult::default()
            });
        }
        self.answer(answer)
    }

    async fn create(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: CreateInput,
    ) -> Result<CreateResult> {
        let ctx = self.caller(ctx).await?;
        let answer = self.inner.create(&ctx, key, input.clone()).await;
        if answer.is_ok() {
            self.kill_cursors(key);
        }
        self.answer(self.odd(&input, answer))
    }

    async fn update(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: UpdateInput,
    ) -> Result<UpdateResult> {
        let ctx = self.caller(ctx).await?;
        self.answer(self.inner.update(&ctx, key, input).await)
    }

    async fn delete(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: DeleteInput,
    ) -> Result<DeleteResult> {
        let ctx = self.caller(ctx).await?;
        let answer = self.inner.delete(&ctx, key, input.clone()).await;
        if answer.is_ok() {
            self.delete_more(&ctx, key, &input).await;
        }
        self.answer(answer)
    }
}
