//! A table at one version.

use std::{ops::Range, sync::Arc};

use omniview_sdk::{
    FilterField, FindInput, FindResult, Json, ListInput, ListResult, Namespace, PaginationParams,
    Result,
    filter::{CompiledFilter, validate_filters},
    query::{QueryShape, page_range},
};

use super::{
    Object, Row, chunk::Chunk, chunks::Chunks, ranking::Ranking, select::Selecting, shape::Shape,
};

/// A whole table at one version.
///
/// It answers queries from what the table keeps of its objects: a predicate is asked once for each different value of some hundred
/// objects, an order holds no more than the page that is wanted, and the objects themselves are touched for that page only. A path
/// that the table does not keep is answered by parsing.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Table, TableScope};
/// use omniview_sdk::{Json, ListInput};
/// use serde_json::json;
///
/// let table = Table::new("core::v1::Pod", TableScope::Namespaced, Arc::new(Clock::new())).keeping(["spec.priority"]);
/// for (name, priority) in [("a", 2), ("b", 1)] {
///     table.create(&Json::from(json!({"metadata": {"name": name}, "spec": {"priority": priority}})), "shop")?;
/// }
/// let listed = table.snapshot().list(&ListInput::all().order_by("spec.priority"))?;
/// assert_eq!(listed.total_count, 2);
/// assert_eq!(listed.result[0].to_value()?["metadata"]["name"], "b");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Snapshot {
    version: u64,
    chunks: Chunks,
    shape: Arc<Shape>,
}

impl Snapshot {
    pub(super) fn new(version: u64, chunks: Chunks, shape: Arc<Shape>) -> Self {
        Self {
            version,
            chunks,
            shape,
        }
    }

    #[cfg(test)]
    pub(super) fn chunks(&self) -> &Chunks {
        &self.chunks
    }

    /// The version of the last change that is in it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.chunks.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The objects, ordered by namespace and id.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        let chunks = self.chunks.list().iter();
        chunks.flat_map(|chunk| chunk.objects())
    }

    /// The same as [`objects`](Self::objects), to be looked into.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let chunks = self.chunks.list().iter();
        chunks.flat_map(|chunk| (0..chunk.len()).map(|row| Row::new(chunk, &self.shape, row)))
    }

    /// The object of exactly this identity.
    pub fn row(&self, id: &str, namespace: &str) -> Option<Row<'_>> {
        let place = self.chunks.search((namespace, id)).ok()?;
        Some(Row::new(
            &self.chunks.list()[place.chunk],
            &self.shape,
            place.row,
        ))
    }

    /// Answers as [`query::list`](omniview_sdk::query::list) does over the same objects.
    ///
    /// # Errors
    ///
    /// Those of [`query::list`](omniview_sdk::query::list).
    ///
    /// Contract: OPS-11, OPS-12, PAG-01 to PAG-10
    pub fn list(&self, input: &ListInput) -> Result<ListResult> {
        let page = self.page(&Query {
            shape: QueryShape::from(input),
            namespaces: &input.namespaces,
            order: &input.order,
            filter: &CompiledFilter::default(),
            pagination: &input.pagination,
        })?;
        Ok(ListResult {
            result: page.result,
            success: true,
            total_count: page.total,
            next_cursor: page.next,
        })
    }

    /// Answers as [`query::find`](omniview_sdk::query::find) does over the same objects.
    ///
    /// # Errors
    ///
    /// Those of [`query::find`](omniview_sdk::query::find).
    ///
    /// Contract: FLT-12, FLT-14, OPS-11, OPS-12, PAG-01 to PAG-10
    pub fn find(&self, input: &FindInput, fields: &[FilterField]) -> Result<FindResult> {
        let filter = match &input.filters {
            Some(filters) => filters.compile(fields)?,
            None => {
                validate_filters(None, fields)?;
                CompiledFilter::default()
            }
        };
        let page = self.page(&Query {
            shape: QueryShape::from(input),
            namespaces: &input.namespaces,
            order: &input.order,
            filter: &filter,
            pagination: &input.pagination,
        })?;
        Ok(FindResult {
            result: page.result,
            success: true,
            total_count: page.total,
            next_cursor: page.next,
        })
    }

    fn page(&self, query: &Query<'_>) -> Result<Page> {
        let after = query.shape.resume(query.pagination)?;
        let wanted = page_range(query.pagination, usize::MAX).end;
        let after = after.as_ref();
        let mut ranking = Ranking::new(&self.chunks, &self.shape, query.order, after, wanted);
        let mut total = 0;
        let mut rows = Vec::new();
        for chunk in self.chunks.list() {
            rows.clear();
            within(query.namespaces, chunk, &mut rows);
            Selecting::new(chunk, &self.shape).keep(&mut rows, query.filter);
            total += rows.len();
            ranking.offer(&mut rows);
        }
        let left = ranking.offered();
        let wanted: Range<usize> = page_range(query.pagination, left);
        let follows = wanted.end < left;
        let places = ranking.finish(wanted);
        let next = match places.last() {
            Some(last) if follows => Some(query.shape.cursor(&ranking.position(*last))?),
            _ => None,
        };
        let objects = places.iter().map(|place| self.chunks.object(*place));
        Ok(Page {
            result: objects.map(|object| object.json().clone()).collect(),
            total: i64::try_from(total).unwrap_or(i64::MAX),
            next,
        })
    }
}

struct Query<'a> {
    shape: QueryShape<'a>,
    namespaces: &'a [Namespace],
    order: &'a [omniview_sdk::OrderField],
    filter: &'a CompiledFilter,
    pagination: &'a PaginationParams,
}

struct Page {
    result: Vec<Json>,
    total: i64,
    next: Option<String>,
}

/// Adds the rows of a chunk that are in the namespaces; without any, all.
fn within(namespaces: &[Namespace], chunk: &Chunk, rows: &mut Vec<u16>) {
    let objects = chunk.objects();
    let all = (0..).zip(objects);
    if namespaces.is_empty() {
        return rows.extend(all.map(|(row, _)| row));
    }
    let wanted = |object: &Arc<Object>| namespaces.iter().any(|one| one == object.namespace());
    match objects {
        // The namespaces follow each other: between two that are one, there is no other.
        [first, .., last] if first.namespace() == last.namespace() => {
            if wanted(first) {
                rows.extend(all.map(|(row, _)| row));
            }
        }
        _ => rows.extend(all.filter(|(_, object)| wanted(object)).map(|(row, _)| row)),
    }
}
