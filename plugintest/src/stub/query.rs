//! Namespaces, filters, order and pages over the objects of a stub.

use std::cmp::Ordering;

use omniview_sdk::{
    FilterExpression, FilterLogic, FilterOperator, FilterPredicate, Json, Namespace, OrderField,
    PaginationParams, ResourceOperationError, Result,
};
use serde_json::Value;

use super::store::Object;

const CURSOR: &str = "stub-offset-";

/// One page of a result, how many match in all, and where to go on.
pub(super) struct Page {
    pub(super) objects: Vec<Json>,
    pub(super) total: i64,
    pub(super) next: Option<String>,
}

/// Orders objects and cuts out a page. They come sorted by (namespace, id), which breaks ties.
pub(super) fn page(
    mut objects: Vec<Object>,
    order: &[OrderField],
    pagination: &PaginationParams,
) -> Result<Page> {
    objects.sort_by(|a, b| {
        let by_field = order.iter().map(|field| {
            let ordering = compare(at(&a.value, &field.field), at(&b.value, &field.field));
            if field.descending {
                ordering.reverse()
            } else {
                ordering
            }
        });
        by_field.fold(Ordering::Equal, Ordering::then)
    });
    let size = usize::try_from(pagination.page_size).unwrap_or(0);
    let start = match pagination.cursor.as_deref() {
        Some(cursor) => cursor
            .strip_prefix(CURSOR)
            .and_then(|offset| offset.parse().ok())
            .ok_or_else(|| {
                ResourceOperationError::invalid_input(format!("{cursor:?} is no cursor"))
            })?,
        None => (usize::try_from(pagination.page.max(1)).unwrap_or(1) - 1) * size,
    };
    let total = objects.len();
    let end = match size {
        0 => total,
        size => total.min(start.saturating_add(size)),
    };
    let wanted = objects.get(start.min(end)..end).unwrap_or_default();
    Ok(Page {
        objects: wanted
            .iter()
            .map(|object| object.value.clone().into())
            .collect(),
        total: i64::try_from(total).unwrap_or(i64::MAX),
        next: (end < total).then(|| format!("{CURSOR}{end}")),
    })
}

/// Whether an object is in one of the namespaces, none of which are all of them.
pub(super) fn in_namespaces(object: &Object, namespaces: &[Namespace]) -> bool {
    namespaces.is_empty() || namespaces.iter().any(|one| *one == object.namespace)
}

/// Whether an object satisfies a filter.
///
/// A stub knows `eq`, `neq`, `exists` and `notexists`: enough to see that a filter has arrived.
pub(super) fn satisfies(value: &Value, filter: &FilterExpression) -> Result<bool> {
    let mut verdicts = Vec::new();
    for predicate in &filter.predicates {
        verdicts.push(holds(value, predicate)?);
    }
    for group in &filter.groups {
        verdicts.push(satisfies(value, group)?);
    }
    Ok(match &filter.logic {
        Some(FilterLogic::Or) => verdicts.is_empty() || verdicts.contains(&true),
        _ => !verdicts.contains(&false),
    })
}

fn holds(value: &Value, predicate: &FilterPredicate) -> Result<bool> {
    let found = at(value, &predicate.field);
    let wanted = predicate.value.as_ref();
    match predicate.operator {
        FilterOperator::Eq => Ok(found == wanted),
        FilterOperator::Neq => Ok(found != wanted),
        FilterOperator::Exists => Ok(found.is_some()),
        FilterOperator::NotExists => Ok(found.is_none()),
        _ => Err(ResourceOperationError::unsupported(format!(
            "a stub does not evaluate the operator {}",
            predicate.operator
        ))),
    }
}

/// What is at a dot path; `None` also for null.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.')
        .try_fold(value, |value, step| value.get(step))
        .filter(|value| !value.is_null())
}

/// Missing is greatest; then bool, number, string, array, object upwards.
fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(Value::Number(a)), Some(Value::Number(b))) => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: Option<&Value>) -> u8 {
    match value {
        Some(Value::Bool(_)) => 0,
        Some(Value::Number(_)) => 1,
        Some(Value::String(_)) => 2,
        Some(Value::Array(_)) => 3,
        Some(Value::Object(_)) => 4,
        Some(Value::Null) | None => 5,
    }
}
