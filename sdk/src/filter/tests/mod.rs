//! The truth of each operator on each field type, written from the contract.

mod invalid;
mod laws;
mod truth;

use serde_json::{Value, json};

use crate::{FilterField, FilterFieldType, FilterOperator, FilterPredicate};

/// A field called `f` of this type, which lists every operator.
fn field(kind: FilterFieldType) -> FilterField {
    FilterField::new("f", kind).operators(FilterOperator::ALL.iter().cloned())
}

fn predicate(operator: &str, value: Value) -> FilterPredicate {
    FilterPredicate::new("f", operator.into(), value)
}

/// Whether an object whose `f` is `found` satisfies the predicate; `"<none>"` leaves `f` out.
fn holds(kind: FilterFieldType, operator: &str, value: Value, found: &Value) -> bool {
    let object = if found == "<none>" {
        json!({})
    } else {
        json!({"f": found})
    };
    crate::FilterExpression::from(predicate(operator, value))
        .compile(&[field(kind)])
        .unwrap()
        .matches(&object)
}
