//! What the caller of a filter is told.

use serde_json::Value;

use crate::{
    Fault, FilterField, FilterFieldType, FilterLogic, FilterOperator, FilterPredicate,
    ResourceOperationError,
};

/// The form of value that was missed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    /// A value of the field's own type.
    OfType,
    Text,
    List,
    Key,
}

pub(super) fn unknown_field(path: &str, fields: &[FilterField]) -> ResourceOperationError {
    let declared: Vec<&str> = fields.iter().map(|field| &*field.path).collect();
    let error = ResourceOperationError::filter_unknown_field(path);
    if declared.is_empty() {
        error
    } else {
        error.with_suggestion(format!("Supported filter paths: {}", declared.join(", ")))
    }
}

pub(super) fn invalid_operator(
    field: &FilterField,
    operator: &FilterOperator,
) -> ResourceOperationError {
    ResourceOperationError::filter_invalid_operator(
        &field.path,
        operator,
        field.allowed_operators(),
    )
}

pub(super) fn invalid_value(
    predicate: &FilterPredicate,
    field: &FilterField,
    wanted: Wanted,
) -> ResourceOperationError {
    let (wanted, example) = match wanted {
        Wanted::OfType => describe(&field.kind),
        Wanted::Text => ("a text", "\"web\""),
        Wanted::List => ("a list of texts", "[\"a\", \"b\"]"),
        Wanted::Key => ("a key without a value", "\"app\""),
    };
    ResourceOperationError::invalid_input(format!(
        "operator {} on field {} of type {} takes {wanted}, not {}",
        predicate.operator,
        field.path,
        field.kind,
        given(predicate.value.as_ref()),
    ))
    .with_suggestion(format!("Give {wanted}, for example {example}"))
}

pub(super) fn invalid_element(
    predicate: &FilterPredicate,
    field: &FilterField,
    element: &Value,
) -> ResourceOperationError {
    let (wanted, example) = describe(&field.kind);
    let text = match &field.kind {
        FilterFieldType::Integer | FilterFieldType::Number | FilterFieldType::Boolean => {
            format!("{wanted} written as a text, for example \"{example}\"")
        }
        _ => format!("{wanted}, for example {example}"),
    };
    ResourceOperationError::invalid_input(format!(
        "each element for operator {} on field {} of type {} is {wanted} as a text, and {} is not",
        predicate.operator,
        field.path,
        field.kind,
        given(Some(element)),
    ))
    .with_suggestion(format!("Make each element {text}"))
}

pub(super) fn not_allowed(
    predicate: &FilterPredicate,
    field: &FilterField,
    text: &str,
) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "{} is not a value of field {}, an enum (operator {})",
        quoted(text),
        field.path,
        predicate.operator,
    ))
    .with_suggestion(format!(
        "Allowed values: {}",
        field.allowed_values.join(", ")
    ))
}

pub(super) fn invalid_regex(
    predicate: &FilterPredicate,
    pattern: &str,
    error: regex::Error,
) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "{} is not a regular expression that operator {} on field {} can search for: {error}",
        quoted(pattern),
        predicate.operator,
        predicate.field,
    ))
    .with_suggestion(
        "Use the syntax of RE2: no look-around and no back-references, and a literal special \
         character after a backslash",
    )
    .with_source(error)
}

/// The field lists an operator that its type does not have: the declaration is wrong.
pub(super) fn unfit_operator(
    predicate: &FilterPredicate,
    field: &FilterField,
    fitting: &str,
) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "operator {} is for {fitting}, and field {} is declared with type {} (given: {})",
        predicate.operator,
        field.path,
        field.kind,
        given(predicate.value.as_ref()),
    ))
    .with_suggestion(format!(
        "Use another operator; the plugin should not declare {} for this field",
        predicate.operator
    ))
    .with_fault(Fault::Plugin)
}

pub(super) fn required(field: &FilterField) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "field {} is required in every query, and the filters do not name it",
        field.path
    ))
    .with_suggestion(format!(
        "Add a predicate on {} with one of: {}",
        field.path,
        field
            .allowed_operators()
            .iter()
            .map(FilterOperator::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    ))
}

pub(super) fn nested_groups() -> ResourceOperationError {
    ResourceOperationError::invalid_input(
        "a group of the filter has groups itself, and one level of groups is the limit",
    )
    .with_suggestion("Move the inner groups up, or write their predicates out")
}

pub(super) fn unknown_logic(logic: &FilterLogic) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "filter logic {} is unknown",
        quoted(logic.as_str())
    ))
    .with_suggestion("Use and, or, or leave it out for and")
}

pub(super) fn foreign(predicate: &FilterPredicate, field: &FilterField) -> ResourceOperationError {
    ResourceOperationError::unsupported(format!(
        "operator {} on field {} of type {} cannot be evaluated here: the operator or the type is \
         the plugin's own",
        predicate.operator, field.path, field.kind
    ))
    .with_suggestion("Use one of the documented operators and types, or let the backend filter")
    .with_fault(Fault::Plugin)
}

fn describe(kind: &FilterFieldType) -> (&'static str, &'static str) {
    match kind.as_str() {
        "integer" => ("an integral number", "3"),
        "number" => ("a number", "1.5"),
        "boolean" => ("true or false", "true"),
        "datetime" => (
            "an RFC 3339 time with an offset",
            "\"2026-01-02T03:04:05Z\"",
        ),
        "map" => ("key=value", "\"app=web\""),
        _ => ("a text", "\"web\""),
    }
}

fn given(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "no value at all".to_owned(),
        Some(Value::String(text)) => quoted(text),
        Some(value) => shortened(&value.to_string()),
    }
}

fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

// A filter may carry a long list; the error needs to show which one it was, not all of it.
fn shortened(text: &str) -> String {
    const LIMIT: usize = 80;
    match text.char_indices().nth(LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
