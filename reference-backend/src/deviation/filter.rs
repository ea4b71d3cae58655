//! Rewrites a filter into one that means what a defect makes of it.

use omniview_sdk::{FilterExpression, FilterLogic, FilterOperator, FilterPredicate};
use serde_json::Value;

use super::Deviation;

/// What the honest evaluation has to be asked for the defect to show.
pub(super) fn bend(deviation: Deviation, filter: FilterExpression) -> FilterExpression {
    match deviation {
        Deviation::GtAlwaysTrue => without(filter, &FilterOperator::Gt).unwrap_or_default(),
        Deviation::GteExcludesEqual => each(filter, &|one| {
            rename(one, &FilterOperator::Gte, FilterOperator::Gt)
        }),
        Deviation::PrefixAsContains => each(filter, &|one| {
            rename(one, &FilterOperator::Prefix, FilterOperator::Contains)
        }),
        Deviation::LteExcludesEqual => each(filter, &|one| {
            rename(one, &FilterOperator::Lte, FilterOperator::Lt)
        }),
        Deviation::SuffixAsContains => each(filter, &|one| {
            rename(one, &FilterOperator::Suffix, FilterOperator::Contains)
        }),
        Deviation::ExistsIgnored => without(filter, &FilterOperator::Exists).unwrap_or_default(),
        Deviation::RegexIgnored => without(filter, &FilterOperator::Regex).unwrap_or_default(),
        Deviation::HasKeyIgnored => without(filter, &FilterOperator::HasKey).unwrap_or_default(),
        Deviation::NotInIgnored => without(filter, &FilterOperator::NotIn).unwrap_or_default(),
        Deviation::InFirstOnly => each(filter, &first_of_list),
        Deviation::NeqOnMissingFalse => demand_presence(filter),
        Deviation::ContainsAsPrefix => each(filter, &|one| {
            rename(one, &FilterOperator::Contains, FilterOperator::Prefix)
        }),
        Deviation::LtIncludesEqual => each(filter, &|one| {
            rename(one, &FilterOperator::Lt, FilterOperator::Lte)
        }),
        Deviation::EqIgnored => without(filter, &FilterOperator::Eq).unwrap_or_default(),
        Deviation::NotExistsIgnored => {
            without(filter, &FilterOperator::NotExists).unwrap_or_default()
        }
        Deviation::AndAsOr => FilterExpression {
            logic: Some(FilterLogic::Or),
            ..filter
        },
        Deviation::UnsaidLogicIsOr => FilterExpression {
            logic: filter.logic.or(Some(FilterLogic::Or)),
            ..filter
        },
        Deviation::OrAsAnd => all_and(filter),
        Deviation::GroupsIgnored => FilterExpression {
            groups: Vec::new(),
            ..filter
        },
        _ => filter,
    }
}

fn each(
    filter: FilterExpression,
    change: &impl Fn(FilterPredicate) -> FilterPredicate,
) -> FilterExpression {
    FilterExpression {
        logic: filter.logic,
        predicates: filter.predicates.into_iter().map(change).collect(),
        groups: filter
            .groups
            .into_iter()
            .map(|group| each(group, change))
            .collect(),
    }
}

fn rename(
    mut predicate: FilterPredicate,
    from: &FilterOperator,
    to: FilterOperator,
) -> FilterPredicate {
    if predicate.operator == *from {
        predicate.operator = to;
    }
    predicate
}

fn first_of_list(mut predicate: FilterPredicate) -> FilterPredicate {
    if let (FilterOperator::In, Some(Value::Array(values))) =
        (&predicate.operator, &mut predicate.value)
    {
        values.truncate(1);
    }
    predicate
}

/// Takes out what always holds; `None` when that makes the whole hold.
fn without(filter: FilterExpression, operator: &FilterOperator) -> Option<FilterExpression> {
    if filter.is_empty() {
        return Some(filter);
    }
    let is_or = is_or(&filter);
    let parts = filter.predicates.len() + filter.groups.len();
    let predicates: Vec<_> = filter
        .predicates
        .into_iter()
        .filter(|predicate| predicate.operator != *operator)
        .collect();
    let groups: Vec<_> = filter
        .groups
        .into_iter()
        .filter_map(|group| without(group, operator))
        .collect();
    let left = predicates.len() + groups.len();
    if left == 0 || (is_or && left < parts) {
        return None;
    }
    Some(FilterExpression {
        logic: filter.logic,
        predicates,
        groups,
    })
}

/// Adds `exists` to every `neq`; one that is joined by `or` inside a group would need a deeper filter, and stays.
fn demand_presence(mut filter: FilterExpression) -> FilterExpression {
    if is_or(&filter) {
        let (neq, rest): (Vec<_>, Vec<_>) = filter
            .predicates
            .into_iter()
            .partition(|predicate| predicate.operator == FilterOperator::Neq);
        filter.predicates = rest;
        filter.groups.extend(neq.into_iter().map(|predicate| {
            let exists = FilterPredicate::exists(predicate.field.clone());
            FilterExpression::and([predicate, exists])
        }));
    } else {
        require(&mut filter);
    }
    for group in filter.groups.iter_mut().filter(|group| !is_or(group)) {
        require(group);
    }
    filter
}

fn require(filter: &mut FilterExpression) {
    let fields: Vec<String> = filter
        .predicates
        .iter()
        .filter(|predicate| predicate.operator == FilterOperator::Neq)
        .map(|predicate| predicate.field.clone())
        .collect();
    let exists = fields.into_iter().map(FilterPredicate::exists);
    filter.predicates.extend(exists);
}

fn all_and(filter: FilterExpression) -> FilterExpression {
    FilterExpression {
        logic: Some(FilterLogic::And),
        predicates: filter.predicates,
        groups: filter.groups.into_iter().map(all_and).collect(),
    }
}

fn is_or(filter: &FilterExpression) -> bool {
    filter
        .logic
        .as_ref()
        .is_some_and(|logic| logic.as_str() == FilterLogic::Or.as_str())
}
