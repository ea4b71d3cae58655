//! Answers list and find over objects in memory.

use std::collections::HashSet;

use super::{cursor::QueryShape, item::QueryItem, order::Rows, page::page_range};
use crate::{
    FilterField, FindInput, FindResult, Json, ListInput, ListResult, Namespace, PaginationParams,
    Result, filter::CompiledFilter, filter::validate_filters,
};

/// Answers a [`ListInput`] over all objects of a type.
///
/// See [`find`], which does the same and filters.
///
/// # Errors
///
/// Those of [`check_pagination`](super::check_pagination), and `INVALID_INPUT` for a cursor that is malformed or belongs to
/// another query.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Json, ListInput, query::{self, Identity, Item}};
/// use serde_json::json;
///
/// let pods = ["web", "db"]
///     .map(|name| Item::parse(Json::from(json!({"name": name})), &Identity::new("name", "")));
/// let pods = pods.into_iter().collect::<Result<Vec<_>, _>>()?;
///
/// let first = query::list(&pods, &ListInput::all().order_by("name").page_size(1))?;
/// assert_eq!(first.result[0].to_value()?["name"], "db");
/// assert_eq!((first.total_count, first.next_cursor.is_some()), (2, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: OPS-11, OPS-12, PAG-01 to PAG-10
pub fn list<I>(items: I, input: &ListInput) -> Result<ListResult>
where
    I: IntoIterator<Item: QueryItem>,
{
    let shape = QueryShape::from(input);
    let page = run(items, &shape, &CompiledFilter::default(), &input.pagination)?;
    Ok(ListResult {
        result: page.result,
        success: true,
        total_count: page.total,
        next_cursor: page.next,
    })
}

/// Answers a [`FindInput`] over all objects of a type, or over those that a text search found.
///
/// - Namespaces and filters restrict; the total counts what is left on every page.
/// - The order is that of [`compare_items`](super::compare_items): deterministic, ties broken.
/// - A page or a cursor selects; the next cursor is there if and only if something follows. A cursor
///   names the place of the last object, so that inserts and deletes between pages neither repeat nor
///   lose an object that was there throughout. It works in every process, for this query only.
/// - The text of the query is not searched for: pass what the search found.
///
/// Only the page is sorted and copied.
///
/// ```
/// use omniview_sdk::{
///     FilterField, FilterFieldType, FilterPredicate, FindInput, Json,
///     query::{self, Identity, Item},
/// };
///
/// let identity = Identity::new("name", "");
/// let pods = ["web", "db", "cache"]
///     .map(|name| Json::of(&serde_json::json!({"name": name, "phase": "Running"})))
///     .into_iter()
///     .map(|json| Ok(Item::parse(json?, &identity)?))
///     .collect::<Result<Vec<Item>, Box<dyn std::error::Error>>>()?;
/// let fields = [FilterField::new("phase", FilterFieldType::String)];
///
/// let input = FindInput::all()
///     .filter(FilterPredicate::eq("phase", "Running"))
///     .order_by("name")
///     .page_size(2);
/// let first = query::find(&pods, &input, &fields)?;
/// assert_eq!(first.total_count, 3);
/// assert_eq!(first.result[0].to_value()?["name"], "cache");
///
/// let rest = query::find(&pods, &input.cursor(first.next_cursor.unwrap()), &fields)?;
/// assert_eq!(rest.result[0].to_value()?["name"], "web");
/// assert_eq!(rest.next_cursor, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Those of [`list`] and of [`FilterExpression::compile`](crate::FilterExpression::compile); a required field
/// is missed also where there are no filters.
///
/// Contract: FLT-14, TXT-02, OPS-11, OPS-12, PAG-01 to PAG-10
pub fn find<I>(items: I, input: &FindInput, fields: &[FilterField]) -> Result<FindResult>
where
    I: IntoIterator<Item: QueryItem>,
{
    let filter = match &input.filters {
        Some(filters) => filters.compile(fields)?,
        None => {
            validate_filters(None, fields)?;
            CompiledFilter::default()
        }
    };
    let shape = QueryShape::from(input);
    let page = run(items, &shape, &filter, &input.pagination)?;
    Ok(FindResult {
        result: page.result,
        success: true,
        total_count: page.total,
        next_cursor: page.next,
    })
}

struct Page {
    result: Vec<Json>,
    total: i64,
    next: Option<String>,
}

fn run<I>(
    items: I,
    shape: &QueryShape<'_>,
    filter: &CompiledFilter,
    pagination: &PaginationParams,
) -> Result<Page>
where
    I: IntoIterator<Item: QueryItem>,
{
    let after = shape.resume(pagination)?;
    let namespaces: HashSet<&str> = shape.namespaces.iter().map(Namespace::as_str).collect();
    let matching: Vec<I::Item> = items
        .into_iter()
        .filter(|item| namespaces.is_empty() || namespaces.contains(item.namespace()))
        .filter(|item| item.satisfies(filter))
        .collect();

    let rows = Rows::new(&matching, shape.order);
    let mut left: Vec<usize> = (0..matching.len()).collect();
    if let Some(after) = &after {
        left.retain(|&index| rows.is_after(index, after));
    }
    let wanted = page_range(pagination, left.len());
    let follows = wanted.end < left.len();
    let page = select(&mut left, wanted, |&a, &b| rows.compare(a, b));
    let next = match page.last() {
        Some(&last) if follows => Some(shape.cursor(&rows.position(last))?),
        _ => None,
    };
    Ok(Page {
        result: page.iter().map(|&index| matching[index].json()).collect(),
        total: i64::try_from(matching.len()).unwrap_or(i64::MAX),
        next,
    })
}

/// The part of `places` that a full sort would put in `wanted`, sorted; the others are not.
fn select(
    places: &mut [usize],
    wanted: std::ops::Range<usize>,
    compare: impl Fn(&usize, &usize) -> std::cmp::Ordering,
) -> &[usize] {
    if wanted.is_empty() {
        return &[];
    }
    if wanted.end < places.len() {
        places.select_nth_unstable_by(wanted.end, &compare);
    }
    let upto = &mut places[..wanted.end];
    if wanted.start > 0 {
        upto.select_nth_unstable_by(wanted.start, &compare);
    }
    let page = &mut upto[wanted.start..];
    page.sort_unstable_by(&compare);
    page
}
