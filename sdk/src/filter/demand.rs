//! What one predicate demands, checked against the declaration of its field.

use std::{borrow::Cow, cmp::Ordering, mem::discriminant};

use regex::Regex;
use serde_json::Value;

use super::{fault, value::Literal};
use crate::{FilterField, FilterFieldType, FilterOperator, FilterPredicate, Result};

/// What a predicate demands of its field, before `neq`, `notin` and `notexists` turn it around.
#[derive(Debug)]
pub(super) enum Demand<'a> {
    /// Something other than null.
    Present,
    Equals(Literal<'a>),
    /// One of the elements, each a text that reads as the type.
    OneOf(FilterFieldType, &'a [Value]),
    Ordered(Relation, Literal<'a>),
    Text(TextRelation, &'a str),
    Matches(Regex),
    HasKey(&'a str),
    /// An operator or a type of the author's own, which only the author can evaluate.
    Foreign,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Relation {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Relation {
    pub(super) fn holds(self, found: Ordering) -> bool {
        match self {
            Self::Greater => found.is_gt(),
            Self::GreaterOrEqual => found.is_ge(),
            Self::Less => found.is_lt(),
            Self::LessOrEqual => found.is_le(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum TextRelation {
    Contains,
    Prefix,
    Suffix,
}

impl TextRelation {
    pub(super) fn holds(self, found: &str, wanted: &str) -> bool {
        match self {
            Self::Contains => found.contains(wanted),
            Self::Prefix => found.starts_with(wanted),
            Self::Suffix => found.ends_with(wanted),
        }
    }
}

impl<'a> Demand<'a> {
    /// Reads a predicate on `field`, which is the one it names.
    ///
    /// Allocates nothing but a regular expression and errors.
    pub(super) fn of(predicate: &'a FilterPredicate, field: &FilterField) -> Result<Self> {
        let operator = &predicate.operator;
        let allowed = field.allowed_operators();
        if !allowed.iter().any(|allowed| same(allowed, operator)) {
            return Err(fault::invalid_operator(field, operator));
        }
        let kind = known_kind(&field.kind);
        match &*known_operator(operator) {
            FilterOperator::Exists | FilterOperator::NotExists => Ok(Self::Present),
            FilterOperator::Other(_) => Ok(Self::Foreign),
            _ if matches!(*kind, FilterFieldType::Other(_)) => Ok(Self::Foreign),
            FilterOperator::Eq | FilterOperator::Neq => equality(predicate, field, &kind),
            FilterOperator::In | FilterOperator::NotIn => membership(predicate, field, &kind),
            FilterOperator::Gt => ordering(Relation::Greater, predicate, field, &kind),
            FilterOperator::Gte => ordering(Relation::GreaterOrEqual, predicate, field, &kind),
            FilterOperator::Lt => ordering(Relation::Less, predicate, field, &kind),
            FilterOperator::Lte => ordering(Relation::LessOrEqual, predicate, field, &kind),
            FilterOperator::Contains => {
                text(predicate, field, &kind).map(|text| Self::Text(TextRelation::Contains, text))
            }
            FilterOperator::Prefix => {
                text(predicate, field, &kind).map(|text| Self::Text(TextRelation::Prefix, text))
            }
            FilterOperator::Suffix => {
                text(predicate, field, &kind).map(|text| Self::Text(TextRelation::Suffix, text))
            }
            FilterOperator::Regex => pattern(predicate, field, &kind),
            FilterOperator::HasKey => key(predicate, field, &kind),
        }
    }
}

/// Whether an operator holds exactly where its demand does not.
pub(super) fn is_negative(operator: &FilterOperator) -> bool {
    matches!(
        &*known_operator(operator),
        FilterOperator::Neq | FilterOperator::NotIn | FilterOperator::NotExists
    )
}

fn equality<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Demand<'a>> {
    let literal = literal(predicate, field, kind)?;
    if let Literal::Text(text) = &literal {
        check_enum(text, predicate, field, kind)?;
    }
    Ok(Demand::Equals(literal))
}

fn membership<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Demand<'a>> {
    let Some(Value::Array(elements)) = &predicate.value else {
        return Err(fault::invalid_value(predicate, field, fault::Wanted::List));
    };
    for element in elements {
        let Value::String(text) = element else {
            return Err(fault::invalid_element(predicate, field, element));
        };
        check_enum(text, predicate, field, kind)?;
        if Literal::of_text(kind, text).is_none() {
            return Err(fault::invalid_element(predicate, field, element));
        }
    }
    Ok(Demand::OneOf(kind.clone(), elements))
}

fn ordering<'a>(
    relation: Relation,
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Demand<'a>> {
    match kind {
        FilterFieldType::Integer | FilterFieldType::Number | FilterFieldType::Datetime => {
            literal(predicate, field, kind).map(|literal| Demand::Ordered(relation, literal))
        }
        _ => Err(fault::unfit_operator(
            predicate,
            field,
            "integer, number and datetime fields",
        )),
    }
}

fn text<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<&'a str> {
    match (kind, &predicate.value) {
        (FilterFieldType::String | FilterFieldType::Enum, Some(Value::String(text))) => Ok(text),
        (FilterFieldType::String | FilterFieldType::Enum, _) => {
            Err(fault::invalid_value(predicate, field, fault::Wanted::Text))
        }
        _ => Err(fault::unfit_operator(
            predicate,
            field,
            "string and enum fields",
        )),
    }
}

fn pattern<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Demand<'a>> {
    let pattern = text(predicate, field, kind)?;
    match Regex::new(pattern) {
        Ok(regex) => Ok(Demand::Matches(regex)),
        Err(error) => Err(fault::invalid_regex(predicate, pattern, error)),
    }
}

fn key<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Demand<'a>> {
    match (kind, &predicate.value) {
        (FilterFieldType::Map, Some(Value::String(key)))
            if !key.is_empty() && !key.contains('=') =>
        {
            Ok(Demand::HasKey(key))
        }
        (FilterFieldType::Map, _) => {
            Err(fault::invalid_value(predicate, field, fault::Wanted::Key))
        }
        _ => Err(fault::unfit_operator(predicate, field, "map fields")),
    }
}

fn literal<'a>(
    predicate: &'a FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<Literal<'a>> {
    predicate
        .value
        .as_ref()
        .and_then(|value| Literal::of(kind, value))
        .ok_or_else(|| fault::invalid_value(predicate, field, fault::Wanted::OfType))
}

fn check_enum(
    text: &str,
    predicate: &FilterPredicate,
    field: &FilterField,
    kind: &FilterFieldType,
) -> Result<()> {
    let limited = *kind == FilterFieldType::Enum && !field.allowed_values.is_empty();
    if limited && !field.allowed_values.iter().any(|allowed| allowed == text) {
        return Err(fault::not_allowed(predicate, field, text));
    }
    Ok(())
}

/// The equality of operators by text, which two known ones need not look at.
fn same(a: &FilterOperator, b: &FilterOperator) -> bool {
    match (a, b) {
        (FilterOperator::Other(_), _) | (_, FilterOperator::Other(_)) => a == b,
        _ => discriminant(a) == discriminant(b),
    }
}

// A known name may also come as `Other`, and then means the same.
fn known_operator(operator: &FilterOperator) -> Cow<'_, FilterOperator> {
    match operator {
        FilterOperator::Other(text) => Cow::Owned(FilterOperator::from(&**text)),
        known => Cow::Borrowed(known),
    }
}

fn known_kind(kind: &FilterFieldType) -> Cow<'_, FilterFieldType> {
    match kind {
        FilterFieldType::Other(text) => Cow::Owned(FilterFieldType::from(&**text)),
        known => Cow::Borrowed(known),
    }
}
