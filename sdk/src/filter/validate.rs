//! Validation against the declared fields.

use super::{demand::Demand, fault};
use crate::{FilterExpression, FilterField, FilterLogic, FilterPredicate, Result};

/// Validates the filters of a query, also where it has none: required fields demand some.
///
/// See [`FilterExpression::validate`].
///
/// # Errors
///
/// Those of [`FilterExpression::validate`].
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, FilterExpression, FilterField, FilterFieldType, FilterPredicate};
/// use omniview_sdk::filter::validate_filters;
///
/// let fields = [FilterField::new("region", FilterFieldType::String).required()];
/// let here = FilterExpression::from(FilterPredicate::eq("region", "eu"));
/// validate_filters(Some(&here), &fields)?;
/// assert_eq!(*validate_filters(None, &fields).unwrap_err().code(), ErrorCode::InvalidInput);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: FLT-08, FLT-14
pub fn validate_filters(filters: Option<&FilterExpression>, fields: &[FilterField]) -> Result<()> {
    match filters {
        Some(filters) => filters.validate(fields),
        None => match fields.iter().find(|field| field.required) {
            Some(field) => Err(fault::required(field)),
            None => Ok(()),
        },
    }
}

impl FilterExpression {
    /// Checks that every predicate fits the declared fields, and that every required field is named.
    ///
    /// - Each field is a declared path, each operator one that the field allows, each value one that
    ///   fits both. Where a path is declared twice the first declaration counts.
    /// - `gt`, `gte`, `lt` and `lte` are for integer, number and datetime fields; `contains`,
    ///   `prefix`, `suffix` and `regex` for string and enum fields, with any text; `haskey` for map
    ///   fields; the others for every type.
    /// - `in` and `notin` take a list of texts, each read as the field's type: `"3"` for an integer,
    ///   `"true"` for a boolean. An empty list is valid.
    /// - An enum that declares no values allows every text.
    /// - Groups nest one level, and the logic is `and`, `or` or nothing.
    /// - An operator that the SDK does not know is accepted where the field itself lists it, and a
    ///   field type that it does not know accepts every value: only the author can tell.
    ///
    /// The happy path allocates nothing but regular expressions.
    ///
    /// # Errors
    ///
    /// `FILTER_UNKNOWN_FIELD`, `FILTER_INVALID_OPERATOR`, and `INVALID_INPUT` for everything else;
    /// the first problem in the order of the expression, a missing required field last.
    ///
    /// Contract: FLT-01, FLT-02, FLT-03, FLT-07, FLT-08, FLT-09, FLT-10, FLT-11
    pub fn validate(&self, fields: &[FilterField]) -> Result<()> {
        validate_level(self, fields)?;
        for group in &self.groups {
            if !group.groups.is_empty() {
                return Err(fault::nested_groups());
            }
            validate_level(group, fields)?;
        }
        match fields
            .iter()
            .find(|field| field.required && !names(self, &field.path))
        {
            Some(field) => Err(fault::required(field)),
            None => Ok(()),
        }
    }
}

/// Whether the parts of an expression are joined by `or`.
pub(super) fn is_or(expression: &FilterExpression) -> Result<bool> {
    match &expression.logic {
        None | Some(FilterLogic::And) => Ok(false),
        Some(FilterLogic::Or) => Ok(true),
        Some(FilterLogic::Other(text)) => match &**text {
            "" | "and" => Ok(false),
            "or" => Ok(true),
            _ => Err(fault::unknown_logic(&FilterLogic::Other(text.clone()))),
        },
    }
}

pub(super) fn declared<'f>(
    predicate: &FilterPredicate,
    fields: &'f [FilterField],
) -> Result<&'f FilterField> {
    fields
        .iter()
        .find(|field| field.path == predicate.field)
        .ok_or_else(|| fault::unknown_field(&predicate.field, fields))
}

fn validate_level(level: &FilterExpression, fields: &[FilterField]) -> Result<()> {
    is_or(level)?;
    for predicate in &level.predicates {
        Demand::of(predicate, declared(predicate, fields)?)?;
    }
    Ok(())
}

fn names(expression: &FilterExpression, path: &str) -> bool {
    expression
        .predicates
        .iter()
        .chain(expression.groups.iter().flat_map(|group| &group.predicates))
        .any(|predicate| predicate.field == path)
}
