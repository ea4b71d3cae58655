//! Validates filters against declared fields, and evaluates them over JSON.
//!
//! [`FilterExpression::validate`](crate::FilterExpression::validate) and
//! [`FilterExpression::compile`](crate::FilterExpression::compile) are the front door; the latter
//! says which objects satisfy a filter. [`query::find`](crate::query::find) does both.

mod compile;
mod demand;
mod fault;
mod source;
mod validate;
mod value;

pub use compile::{CompiledFilter, CompiledPredicate};
pub use source::{FieldSource, FieldValue, FieldView};
pub use validate::validate_filters;

#[cfg(test)]
mod tests;
