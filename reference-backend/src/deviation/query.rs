//! Defects of list and find.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, Json, ListInput, ListResult, OrderField, PluginResult, Resourcer, UpdateInput,
    UpdateResult, async_trait,
};

use super::{
    Deviation,
    cursor::{Position, fingerprint},
    filter,
};
use crate::{
    store::{DEFAULT_NAMESPACE, TableScope},
    world::ReferenceClient,
};

/// A resourcer with one defect in its queries.
///
/// List is a find without filters here: both have the defect, and one code makes it. Each keeps its own cursors,
/// because the honest side tells them apart.
pub(super) struct BentQuery {
    deviation: Deviation,
    inner: Arc<dyn Resourcer<ReferenceClient>>,
    flip: AtomicBool,
    /// The last object before each cursor that was given out.
    before: Mutex<BTreeMap<String, Json>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operation {
    List,
    Find,
}

impl BentQuery {
    pub(super) fn new(deviation: Deviation, inner: Arc<dyn Resourcer<ReferenceClient>>) -> Self {
        Self {
            deviation,
            inner,
            flip: AtomicBool::new(false),
            before: Mutex::default(),
        }
    }

    async fn honest(
        &self,
        ctx: &Context<ReferenceClient>,
        operation: Operation,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        if operation == Operation::Find {
            return self.inner.find(ctx, input).await;
        }
        let input = ListInput {
            namespaces: input.namespaces,
            order: input.order,
            pagination: input.pagination,
        };
        let answer = self.inner.list(ctx, input).await?;
        Ok(FindResult {
            result: answer.result,
            success: answer.success,
            total_count: answer.total_count,
            next_cursor: answer.next_cursor,
        })
    }

    async fn bent(
        &self,
        ctx: &Context<ReferenceClient>,
        operation: Operation,
        mut input: FindInput,
    ) -> PluginResult<FindResult> {
        match self.deviation {
            Deviation::OrderIgnored => input.order.clear(),
            Deviation::SecondOrderIgnored => input.order.truncate(1),
            Deviation::DescendingIgnored => {
                for field in &mut input.order {
                    field.descending = false;
                }
            }
            Deviation::NoNamespaceMeansDefault
                if input.namespaces.is_empty() && is_namespaced(ctx) =>
            {
                input.namespaces.push(DEFAULT_NAMESPACE.into());
            }
            Deviation::NamespaceFilterIgnored => input.namespaces.clear(),
            Deviation::PageSizeIgnored => input.pagination = Default::default(),
            Deviation::TiesUnstable => return self.unstable(ctx, operation, input).await,
            Deviation::UnorderedWavers if input.order.is_empty() => {
                return self.unstable(ctx, operation, input).await;
            }
            Deviation::UnorderedByAge if input.order.is_empty() => {
                input.order.push(OrderField {
                    field: "metadata.uid".to_owned(),
                    descending: false,
                });
            }
            Deviation::PageOverlap => return self.overlapping(ctx, operation, input).await,
            Deviation::CursorForgetsOrder
            | Deviation::CursorByPosition
            | Deviation::CursorForAnyQuery
            | Deviation::CursorAtTheEnd => return self.positioned(ctx, operation, input).await,
            _ => {
                input.filters = input
                    .filters
                    .map(|filters| filter::bend(self.deviation, filters));
            }
        }
        let mut answer = self.honest(ctx, operation, input).await?;
        match self.deviation {
            Deviation::ListWithoutSuccess => answer.success = false,
            Deviation::WrongTotal => answer.total_count += 1,
            Deviation::TotalOfPage => {
                answer.total_count = i64::try_from(answer.result.len()).unwrap_or(i64::MAX);
            }
            _ => {}
        }
        Ok(answer)
    }

    /// Every second answer that holds everything has its ties the other way round.
    async fn unstable(
        &self,
        ctx: &Context<ReferenceClient>,
        operation: Operation,
        mut input: FindInput,
    ) -> PluginResult<FindResult> {
        // A page that is cut elsewhere would lose objects, which is another defect.
        let whole = input.pagination.page_size == 0 && input.pagination.cursor.is_none();
        if whole && self.flip.fetch_xor(true, Ordering::Relaxed) {
            for field in ["metadata.namespace", "metadata.name"] {
                input.order.push(OrderField {
                    field: field.to_owned(),
                    descending: true,
                });
            }
        }
        self.honest(ctx, operation, input).await
    }

    async fn overlapping(
        &self,
        ctx: &Context<ReferenceClient>,
        operation: Operation,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        let mut answer = self.honest(ctx, operation, input.clone()).await?;
        let last = answer.result.last().cloned();
        let before = match input.pagination.cursor.as_deref() {
            Some(cursor) if !cursor.is_empty() => self.lock_before().get(cursor).cloned(),
            _ if input.pagination.page > 1 => {
                let mut previous = input;
                previous.pagination.page -= 1;
                let previous = self.honest(ctx, operation, previous).await?;
                previous.result.last().cloned()
            }
            _ => None,
        };
        if let (Some(first), Some(before)) = (answer.result.first_mut(), before) {
            *first = before;
        }
        if let (Some(cursor), Some(last)) = (&answer.next_cursor, last) {
            self.lock_before().insert(cursor.clone(), last);
        }
        Ok(answer)
    }

    /// Answers with cursors that are positions in the result as it is at the moment.
    async fn positioned(
        &self,
        ctx: &Context<ReferenceClient>,
        operation: Operation,
        mut input: FindInput,
    ) -> PluginResult<FindResult> {
        let cursor = input
            .pagination
            .cursor
            .take()
            .filter(|cursor| !cursor.is_empty());
        let mut shape = input.clone();
        shape.pagination = Default::default();
        let query = fingerprint(&(operation == Operation::List, &shape));
        let size = usize::try_from(input.pagination.page_size).unwrap_or(0);
        let Some(cursor) = cursor else {
            let page = usize::try_from(input.pagination.page).unwrap_or(0).max(1);
            let mut answer = self.honest(ctx, operation, input).await?;
            let end = (page - 1).saturating_mul(size) + answer.result.len();
            let follows = answer.next_cursor.is_some();
            let at_the_end = self.deviation == Deviation::CursorAtTheEnd
                && size > 0
                && !answer.result.is_empty();
            answer.next_cursor =
                (follows || at_the_end).then(|| Position::new(query, end).encode());
            return Ok(answer);
        };
        let expected = (self.deviation != Deviation::CursorForAnyQuery).then_some(query);
        let offset = Position::decode(&cursor, expected)?.offset;
        if self.deviation == Deviation::CursorForgetsOrder {
            shape.order.clear();
        }
        let mut answer = self.honest(ctx, operation, shape).await?;
        let size = if size == 0 { usize::MAX } else { size };
        let rest = answer.result.into_iter().skip(offset);
        answer.result = rest.take(size).collect();
        let end = offset + answer.result.len();
        let follows = i64::try_from(end).is_ok_and(|end| end < answer.total_count);
        let at_the_end = self.deviation == Deviation::CursorAtTheEnd && !answer.result.is_empty();
        answer.next_cursor = (follows || at_the_end).then(|| Position::new(query, end).encode());
        Ok(answer)
    }

    fn lock_before(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Json>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Resourcer<ReferenceClient> for BentQuery {
    async fn get(
        &self,
        ctx: &Context<ReferenceClient>,
        input: GetInput,
    ) -> PluginResult<GetResult> {
        self.inner.get(ctx, input).await
    }

    async fn list(
        &self,
        ctx: &Context<ReferenceClient>,
        input: ListInput,
    ) -> PluginResult<ListResult> {
        let input = FindInput {
            namespaces: input.namespaces,
            order: input.order,
            pagination: input.pagination,
            ..FindInput::default()
        };
        let answer = self.bent(ctx, Operation::List, input).await?;
        Ok(ListResult {
            result: answer.result,
            success: answer.success,
            total_count: answer.total_count,
            next_cursor: answer.next_cursor,
        })
    }

    async fn find(
        &self,
        ctx: &Context<ReferenceClient>,
        input: FindInput,
    ) -> PluginResult<FindResult> {
        self.bent(ctx, Operation::Find, input).await
    }

    async fn create(
        &self,
        ctx: &Context<ReferenceClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        self.inner.create(ctx, input).await
    }

    async fn update(
        &self,
        ctx: &Context<ReferenceClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        self.inner.update(ctx, input).await
    }

    async fn delete(
        &self,
        ctx: &Context<ReferenceClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        self.inner.delete(ctx, input).await
    }
}

fn is_namespaced(ctx: &Context<ReferenceClient>) -> bool {
    let table = ctx.client().fleet().table(ctx.key());
    table.is_ok_and(|table| table.scope() == TableScope::Namespaced)
}

impl fmt::Debug for BentQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BentQuery")
            .field("deviation", &self.deviation)
            .finish_non_exhaustive()
    }
}
