//! Which predicates are refused, and what the caller is told.

use rstest::rstest;
use serde_json::{Value, json};

use super::{field, predicate};
use crate::{
    ErrorCode, Fault, FilterExpression, FilterField,
    FilterFieldType::{self, Boolean, Datetime, Enum, Integer, Map, Number, String},
    FilterLogic, FilterOperator, FilterPredicate, ResourceOperationError,
    filter::validate_filters,
};

fn refused(filter: impl Into<FilterExpression>, fields: &[FilterField]) -> ResourceOperationError {
    let filter = filter.into();
    let error = filter.validate(fields).unwrap_err();
    assert_eq!(filter.compile(fields).unwrap_err(), error);
    assert!(!error.suggestions().is_empty(), "{error}");
    error
}

/// Contract: FLT-09
#[rstest]
fn a_value_that_does_not_fit_is_invalid_input(
    #[values(String, Integer, Number, Boolean, Datetime, Enum, Map)] kind: FilterFieldType,
    #[values(
        "eq", "neq", "gt", "gte", "lt", "lte", "contains", "prefix", "suffix", "regex", "in",
        "notin", "haskey"
    )]
    operator: &str,
) {
    let values = json!([
        null,
        "text",
        "",
        3,
        3.0,
        3.5,
        true,
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "app=web",
        "=web",
        ["text"],
        ["3"],
        [3],
        [true],
        [null],
        [],
        {},
        "("
    ]);
    let fields = [field(kind.clone())];
    for value in values.as_array().unwrap() {
        let filter = FilterExpression::from(predicate(operator, value.clone()));
        if fits(&kind, operator, value) {
            filter.validate(&fields).unwrap();
            filter.compile(&fields).unwrap();
            continue;
        }
        let error = refused(filter, &fields);
        assert_eq!(*error.code(), ErrorCode::InvalidInput, "{value}");
        for part in [&format!("operator {operator}"), "field f"] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }
}

/// What the contract says of one of the values above.
fn fits(kind: &FilterFieldType, operator: &str, value: &Value) -> bool {
    let text = value.as_str();
    let scalar = match kind {
        String | Enum => text.is_some(),
        Integer => [json!(3), json!(3.0)].contains(value),
        Number => value.is_number(),
        Boolean => value.is_boolean(),
        Datetime => text == Some("2026-01-02T03:04:05Z"),
        Map => text == Some("app=web"),
        FilterFieldType::Other(_) => false,
    };
    let is_text = matches!(kind, String | Enum);
    match operator {
        "eq" | "neq" => scalar,
        "gt" | "gte" | "lt" | "lte" => scalar && matches!(kind, Integer | Number | Datetime),
        "contains" | "prefix" | "suffix" => is_text && text.is_some(),
        "regex" => is_text && text.is_some_and(|text| text != "("),
        "in" | "notin" => {
            *value == json!([])
                || *value == json!(["3"]) && (is_text || matches!(kind, Integer | Number))
                || *value == json!(["text"]) && is_text
        }
        _ => *kind == Map && text.is_some_and(|text| !text.is_empty() && !text.contains('=')),
    }
}

/// Contract: FLT-09
#[rstest]
#[case(Integer, "eq", json!("three"), "operator eq on field f of type integer takes an integral number, not \"three\"", "Give an integral number, for example 3")]
#[case(Datetime, "gt", json!(null), "operator gt on field f of type datetime takes an RFC 3339 time with an offset, not no value at all", "Give an RFC 3339 time with an offset, for example \"2026-01-02T03:04:05Z\"")]
#[case(String, "gt", json!("a"), "operator gt is for integer, number and datetime fields, and field f is declared with type string (given: \"a\")", "Use another operator; the plugin should not declare gt for this field")]
#[case(Number, "lt", json!("x"), "operator lt on field f of type number takes a number, not \"x\"", "Give a number, for example 1.5")]
#[case(Boolean, "eq", json!("true"), "operator eq on field f of type boolean takes true or false, not \"true\"", "Give true or false, for example true")]
#[case(Map, "eq", json!("app"), "operator eq on field f of type map takes key=value, not \"app\"", "Give key=value, for example \"app=web\"")]
#[case(String, "eq", json!(3), "operator eq on field f of type string takes a text, not 3", "Give a text, for example \"web\"")]
#[case(String, "contains", json!(3), "operator contains on field f of type string takes a text, not 3", "Give a text, for example \"web\"")]
#[case(Enum, "regex", json!(null), "operator regex on field f of type enum takes a text, not no value at all", "Give a text, for example \"web\"")]
#[case(Integer, "suffix", json!("a"), "operator suffix is for string and enum fields, and field f is declared with type integer (given: \"a\")", "Use another operator; the plugin should not declare suffix for this field")]
#[case(Map, "haskey", json!("app=web"), "operator haskey on field f of type map takes a key without a value, not \"app=web\"", "Give a key without a value, for example \"app\"")]
#[case(String, "haskey", json!("app"), "operator haskey is for map fields, and field f is declared with type string (given: \"app\")", "Use another operator; the plugin should not declare haskey for this field")]
#[case(Integer, "in", json!(3), "operator in on field f of type integer takes a list of texts, not 3", "Give a list of texts, for example [\"a\", \"b\"]")]
#[case(Boolean, "in", json!(["yes"]), "each element for operator in on field f of type boolean is true or false as a text, and \"yes\" is not", "Make each element true or false written as a text, for example \"true\"")]
#[case(Number, "in", json!(["x"]), "each element for operator in on field f of type number is a number as a text, and \"x\" is not", "Make each element a number written as a text, for example \"1.5\"")]
#[case(Map, "in", json!(["app"]), "each element for operator in on field f of type map is key=value as a text, and \"app\" is not", "Make each element key=value, for example \"app=web\"")]
#[case(Integer, "in", json!(["1", "x"]), "each element for operator in on field f of type integer is an integral number as a text, and \"x\" is not", "Make each element an integral number written as a text, for example \"3\"")]
fn the_error_says_what_was_given_and_what_would_fit(
    #[case] kind: FilterFieldType,
    #[case] operator: &str,
    #[case] value: Value,
    #[case] message: &str,
    #[case] suggestion: &str,
) {
    let error = refused(predicate(operator, value), &[field(kind)]);
    assert_eq!(error.message(), message);
    assert_eq!(error.suggestions(), [suggestion]);
}

#[test]
fn an_operator_that_the_type_does_not_have_is_the_plugins_fault() {
    let error = refused(predicate("haskey", json!("a")), &[field(String)]);
    assert_eq!(error.fault(), Fault::Plugin);
}

/// Contract: FLT-01
#[test]
fn an_undeclared_field_is_unknown() {
    let error = refused(FilterPredicate::eq("g", 1), &[field(Integer)]);
    assert_eq!(*error.code(), ErrorCode::FilterUnknownField);
    assert_eq!(
        error.suggestions().last().unwrap(),
        "Supported filter paths: f"
    );
    let error = refused(FilterPredicate::eq("g", 1), &[]);
    assert_eq!(error, ResourceOperationError::filter_unknown_field("g"));
}

/// Contract: FLT-02, FLT-03
#[rstest]
#[case::not_listed(&[FilterOperator::Gt, FilterOperator::Lt], "eq", "Allowed operators: gt, lt")]
#[case::none_listed(&[], "gt", "Allowed operators: eq, neq")]
#[case::unknown(&[], "like", "Allowed operators: eq, neq")]
#[case::empty(&[], "", "Allowed operators: eq, neq")]
#[case::exists_is_not_free(&[], "exists", "Allowed operators: eq, neq")]
fn an_operator_that_the_field_does_not_allow_is_invalid(
    #[case] listed: &[FilterOperator],
    #[case] operator: &str,
    #[case] suggestion: &str,
) {
    let fields = [FilterField::new("f", Integer).operators(listed.iter().cloned())];
    let error = refused(predicate(operator, json!(1)), &fields);
    assert_eq!(*error.code(), ErrorCode::FilterInvalidOperator);
    assert_eq!(error.suggestions(), [suggestion]);
}

/// Contract: FLT-07
#[rstest]
#[case("eq", json!("Gone"))]
#[case("neq", json!("up"))]
#[case("in", json!(["Up", "Gone"]))]
#[case("notin", json!(["Gone"]))]
fn a_value_outside_an_enum_is_refused_with_the_allowed_ones(
    #[case] operator: &str,
    #[case] value: Value,
) {
    let fields = [field(Enum).allowed_values(["Up", "Down"])];
    let error = refused(predicate(operator, value), &fields);
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert_eq!(error.suggestions(), ["Allowed values: Up, Down"]);
}

#[test]
fn an_enum_without_values_allows_every_text_and_text_search_is_free() {
    FilterExpression::from(predicate("eq", json!("Any")))
        .validate(&[field(Enum)])
        .unwrap();
    FilterExpression::from(predicate("prefix", json!("U")))
        .validate(&[field(Enum).allowed_values(["Up"])])
        .unwrap();
}

/// Contract: FLT-08
#[test]
fn a_required_field_must_be_named_also_without_filters() {
    let fields = [field(Integer).required(), FilterField::new("g", Integer)];
    let without = FilterExpression::from(FilterPredicate::eq("g", 1));
    for filters in [None, Some(&FilterExpression::default()), Some(&without)] {
        let error = validate_filters(filters, &fields).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput);
        assert!(error.message().contains("field f is required"), "{error}");
    }
    let with = FilterExpression::from(FilterPredicate::exists("f"));
    validate_filters(Some(&with), &fields).unwrap();
    validate_filters(Some(&without.group(with)), &fields).unwrap();
    validate_filters(None, &fields[1..]).unwrap();
}

/// Contract: FLT-10
#[test]
fn groups_nest_once_and_are_validated() {
    let fields = [field(Integer)];
    let leaf = FilterExpression::from(FilterPredicate::eq("f", 1));
    let one = FilterExpression::default().group(leaf.clone());
    one.validate(&fields).unwrap();
    let error = refused(FilterExpression::default().group(one), &fields);
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    // Even a group of nothing is a level.
    let hollow = FilterExpression::default().group(FilterExpression::default());
    refused(FilterExpression::default().group(hollow), &fields);
    let bad = FilterExpression::from(FilterPredicate::eq("f", "x"));
    refused(leaf.group(bad), &fields);
}

/// Contract: FLT-11
#[test]
fn unknown_logic_is_invalid_input() {
    let mut filter = FilterExpression::from(FilterPredicate::eq("f", 1));
    filter.logic = Some(FilterLogic::from("xor"));
    let error = refused(filter, &[field(Integer)]);
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
    assert!(error.message().contains("\"xor\""), "{error}");
}

/// Contract: FLT-11
#[rstest]
#[case("", false)]
#[case("and", false)]
#[case("or", true)]
fn logic_that_comes_as_text_means_what_it_says(#[case] logic: &str, #[case] either: bool) {
    let fields = [field(Integer)];
    let mut filter = FilterExpression::from(FilterPredicate::eq("f", 1));
    filter.predicates.push(FilterPredicate::eq("f", 2));
    filter.logic = Some(FilterLogic::Other(logic.into()));
    filter.validate(&fields).unwrap();
    let compiled = filter.compile(&fields).unwrap();
    assert_eq!(compiled.matches(&json!({"f": 1})), either);
}

#[test]
fn what_only_the_author_knows_is_valid_and_cannot_be_evaluated() {
    let own_operator = FilterField::new("f", String).operators([FilterOperator::from("like")]);
    let own_type = field(FilterFieldType::from("geo"));
    for (field, operator) in [(own_operator, "like"), (own_type.clone(), "gt")] {
        let filter = FilterExpression::from(predicate(operator, json!("x")));
        filter.validate(std::slice::from_ref(&field)).unwrap();
        let error = filter.compile(&[field]).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Unsupported);
    }
    let filter = FilterExpression::from(predicate("exists", json!(null)));
    assert!(
        filter
            .compile(&[own_type])
            .unwrap()
            .matches(&json!({"f": {}}))
    );
}

#[test]
fn a_long_value_is_cut_in_the_error() {
    let error = refused(
        predicate("eq", json!("ä".repeat(10_000))),
        &[field(Integer)],
    );
    assert!(error.message().len() < 400, "{error}");
}
