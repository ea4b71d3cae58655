//! Filters that do not fit the declared fields.

use omniview_sdk::{ErrorCode, FilterExpression, FilterOperator, FilterPredicate, FindInput};
use rstest::rstest;
use serde_json::Value;

use super::{
    desk::Desk,
    notes::{NOTE, TAR},
};

fn predicate(field: &str, operator: FilterOperator, value: impl Into<Value>) -> FilterExpression {
    FilterPredicate::new(field, operator, value).into()
}

fn nested_twice() -> FilterExpression {
    let inner = FilterExpression::or([FilterPredicate::eq("colour", "red")]);
    let outer = FilterExpression::and([]).group(inner);
    FilterExpression::and([]).group(outer)
}

/// Contract: FLT-01, FLT-02, FLT-03, FLT-07, FLT-09, FLT-10, FLT-15
#[rstest]
#[case::an_undeclared_field(
    predicate("weight", FilterOperator::Eq, 1),
    ErrorCode::FilterUnknownField,
    "field weight is not a valid filter field",
    "Check FilterFields() for the list of supported filter paths"
)]
#[case::a_field_within_a_group(
    FilterExpression::and([]).group(predicate("weight", FilterOperator::Eq, 1)),
    ErrorCode::FilterUnknownField,
    "field weight is not a valid filter field",
    "Check FilterFields() for the list of supported filter paths"
)]
#[case::an_operator_of_another_field(
    predicate("size", FilterOperator::Eq, 1),
    ErrorCode::FilterInvalidOperator,
    "operator eq is not valid for field size",
    "Allowed operators: gt, lt"
)]
#[case::an_operator_beyond_the_default(
    predicate("colour", FilterOperator::Contains, "r"),
    ErrorCode::FilterInvalidOperator,
    "operator contains is not valid for field colour",
    "Allowed operators: eq, neq"
)]
#[case::a_value_that_is_not_allowed(
    predicate("colour", FilterOperator::Eq, "blue"),
    ErrorCode::InvalidInput,
    "colour",
    "green"
)]
#[case::a_value_of_another_type(
    predicate("size", FilterOperator::Gt, "large"),
    ErrorCode::InvalidInput,
    "size",
    ""
)]
#[case::a_group_within_a_group(nested_twice(), ErrorCode::InvalidInput, "group", "")]
#[tokio::test(start_paused = true)]
async fn are_refused_before_the_plugin_is_asked(
    #[case] filter: FilterExpression,
    #[case] code: ErrorCode,
    #[case] message: &str,
    #[case] suggestion: &str,
    // A type that never answers shows that it is not asked.
    #[values(NOTE, TAR)] key: &str,
) {
    let desk = Desk::open().await;
    let input = FindInput::all().filter(filter);
    let error = desk
        .harness
        .find(key, input)
        .on("a")
        .expect_error(code)
        .await;
    assert!(error.message().contains(message), "{error}");
    assert!(
        error.suggestions().join("; ").contains(suggestion),
        "{error}"
    );
    assert_eq!(error.key().map(|key| key.as_str()), Some(key));
    assert_eq!(desk.calls.seen(), 0, "plugin code was called");
    desk.assert_unharmed().await;
}
