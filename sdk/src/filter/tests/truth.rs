//! Which values satisfy which valid predicate.

use rstest::rstest;
use serde_json::{Value, json};

use super::{field, holds, predicate};
use crate::{
    FilterExpression, FilterField,
    FilterFieldType::{self, Boolean, Datetime, Enum, Integer, Map, Number, String},
    FilterLogic, FilterOperator, FilterPredicate,
};

const NOON: &str = "2026-01-02T12:00:00Z";

/// Contract: FLT-12
// (the values of `f` that satisfy, the values that do not)
#[rstest]
// Strings.
#[case(String, "eq", json!("web"), json!(["web", ["db", "web"], [["web"]]]), json!(["Web", "we", "", 1, true, {}, [], ["db"], [null]]))]
#[case(String, "eq", json!(""), json!([""]), json!(["a", 0, false, []]))]
#[case(String, "contains", json!("eb"), json!(["web", "ebb", ["x", "web"]]), json!(["WEB", "e", 3, [], {}, ["x"]]))]
#[case(String, "contains", json!(""), json!(["", "a"]), json!([1, []]))]
#[case(String, "prefix", json!("we"), json!(["we", "web", ["x", "web"]]), json!(["awe", "w", "We", 1, []]))]
#[case(String, "suffix", json!("eb"), json!(["eb", "web", ["web", "x"]]), json!(["ebb", "b", "EB", 1, []]))]
#[case(String, "regex", json!("b.d"), json!(["abxdc", "b\u{e4}d", ["x", "bad"]]), json!(["bd", "b\nd", "B.D", 1, []]))]
#[case(String, "regex", json!("^a+$"), json!(["a", "aaa"]), json!(["ab", "", "A"]))]
#[case(String, "in", json!(["a", "b"]), json!(["a", "b", ["x", "b"]]), json!(["c", "A", "ab", 1, [], ["x"]]))]
#[case(String, "in", json!([]), json!([]), json!(["a", "", [], 1]))]
#[case(String, "exists", json!(null), json!(["a", "", 0, false, {}, [], [null]]), json!([]))]
// Integers.
#[case(Integer, "eq", json!(3), json!([3, 3.0, [1, 3]]), json!([4, 3.5, "3", true, [], {}]))]
#[case(Integer, "eq", json!(3.0), json!([3, 3.0]), json!([2]))]
#[case(Integer, "eq", json!(9_007_199_254_740_993_i64), json!([9_007_199_254_740_993_i64]), json!([9_007_199_254_740_992_i64, 9_007_199_254_740_994_i64, 9_007_199_254_740_992.0]))]
#[case(Integer, "eq", json!(u64::MAX), json!([u64::MAX]), json!([u64::MAX - 1, -1, 18_446_744_073_709_551_616_f64]))]
#[case(Integer, "gt", json!(3), json!([4, 4.0, u64::MAX, [1, 4]]), json!([3, 2, -4, 3.5, "4", [], true]))]
#[case(Integer, "gte", json!(3), json!([3, 3.0, 4]), json!([2, 3.5, "3"]))]
#[case(Integer, "lt", json!(3), json!([2, -9, i64::MIN, [9, 1]]), json!([3, 4, 2.5, "2"]))]
#[case(Integer, "lte", json!(3), json!([3, 2]), json!([4, 2.5, "3"]))]
#[case(Integer, "in", json!(["3", "-5", "4.0"]), json!([3, -5, 4, [0, 3]]), json!([5, "3", 3.5, []]))]
#[case(Integer, "exists", json!("ignored"), json!([0, "text", []]), json!([]))]
// Numbers.
#[case(Number, "eq", json!(1.5), json!([1.5, [0, 1.5]]), json!([1, 1.6, "1.5", []]))]
#[case(Number, "eq", json!(2), json!([2, 2.0]), json!([2.1, "2"]))]
#[case(Number, "gt", json!(1.5), json!([1.6, 2, u64::MAX]), json!([1.5, 1, -2, "2"]))]
#[case(Number, "gte", json!(1.5), json!([1.5, 2]), json!([1.4, "2"]))]
#[case(Number, "lt", json!(1.5), json!([1, 1.4, -2]), json!([1.5, 2, "1"]))]
#[case(Number, "lte", json!(1.5), json!([1.5, 1]), json!([1.6, "1"]))]
#[case(Number, "lt", json!(9_007_199_254_740_993_i64), json!([9_007_199_254_740_992.0]), json!([9_007_199_254_740_994.0]))]
#[case(Number, "in", json!(["1.5", "2"]), json!([1.5, 2, 2.0]), json!([1, "2"]))]
#[case(Number, "exists", json!(null), json!([0, []]), json!([]))]
// Booleans.
#[case(Boolean, "eq", json!(true), json!([true, [false, true]]), json!([false, "true", 1, []]))]
#[case(Boolean, "eq", json!(false), json!([false]), json!([true, "false", 0, ""]))]
#[case(Boolean, "in", json!(["false"]), json!([false]), json!([true, "false", 0]))]
#[case(Boolean, "in", json!(["true", "false"]), json!([true, false]), json!(["true", 1]))]
#[case(Boolean, "exists", json!(null), json!([false]), json!([]))]
// Times.
#[case(Datetime, "eq", json!(NOON), json!([NOON, "2026-01-02T14:00:00+02:00", "2026-01-02T12:00:00.000Z"]), json!(["2026-01-02T12:00:00+02:00", "2026-01-02", "noon", 12, []]))]
#[case(Datetime, "gt", json!(NOON), json!(["2026-01-02T12:00:00.000000001Z", "2026-01-02T12:00:00-01:00"]), json!([NOON, "2026-01-02T13:00:00+02:00", "zzz"]))]
#[case(Datetime, "gte", json!(NOON), json!([NOON, "2026-01-02T13:00:00+01:00"]), json!(["2026-01-02T11:59:59Z", "zzz"]))]
#[case(Datetime, "lt", json!(NOON), json!(["2026-01-02T13:00:00+02:00"]), json!([NOON, "2026-01-02T11:00:00-02:00", ""]))]
#[case(Datetime, "lte", json!(NOON), json!([NOON, "2026-01-01T00:00:00Z"]), json!(["2026-01-02T12:00:01Z", ""]))]
#[case(Datetime, "in", json!(["2026-01-02T14:00:00+02:00"]), json!([NOON, ["x", NOON]]), json!(["x"]))]
#[case(Datetime, "exists", json!(null), json!(["x", NOON]), json!([]))]
// Enums.
#[case(Enum, "eq", json!("Up"), json!(["Up", ["Down", "Up"]]), json!(["up", "Down", 1, []]))]
#[case(Enum, "in", json!(["Up", "Down"]), json!(["Up", "Down"]), json!(["Gone", "up", 1]))]
#[case(Enum, "contains", json!("p"), json!(["Up"]), json!(["Down", 1]))]
#[case(Enum, "prefix", json!("D"), json!(["Down"]), json!(["Up"]))]
#[case(Enum, "suffix", json!("n"), json!(["Down"]), json!(["Up"]))]
#[case(Enum, "regex", json!("U|D"), json!(["Up", "Down"]), json!(["Gone"]))]
#[case(Enum, "exists", json!(null), json!(["Up"]), json!([]))]
// Maps.
#[case(Map, "eq", json!("app=web"), json!([{"app": "web"}, {"app": ["db", "web"]}, [{"app": "db"}, {"app": "web"}]]), json!([{"app": "Web"}, {"web": "app"}, {}, {"app": null}, "app=web", []]))]
#[case(Map, "eq", json!("app="), json!([{"app": ""}]), json!([{"app": "x"}, {"app": null}, {}]))]
#[case(Map, "eq", json!("a=b=c"), json!([{"a": "b=c"}]), json!([{"a=b": "c"}]))]
#[case(Map, "eq", json!("n=3"), json!([{"n": "3"}]), json!([{"n": 3}]))]
#[case(Map, "eq", json!("app.io/name=web"), json!([{"app.io/name": "web"}]), json!([{"app": {"io/name": "web"}}]))]
#[case(Map, "in", json!(["app=web", "tier=db"]), json!([{"app": "web"}, {"tier": "db", "app": "x"}]), json!([{"app": "db"}, {}, []]))]
#[case(Map, "haskey", json!("app"), json!([{"app": "web"}, {"app": null}, [{}, {"app": 1}]]), json!([{"App": 1}, {}, "app", ["app"], []]))]
#[case(Map, "exists", json!(null), json!([{}, {"a": 1}]), json!([]))]
fn an_operator_holds_of(
    #[case] kind: FilterFieldType,
    #[case] operator: &str,
    #[case] value: Value,
    #[case] satisfying: Value,
    #[case] others: Value,
) {
    // Missing and null satisfy nothing but the negative operators.
    let absent = [json!("<none>"), json!(null)];
    let negative = match operator {
        "eq" => Some("neq"),
        "in" => Some("notin"),
        "exists" => Some("notexists"),
        _ => None,
    };
    let cases = (satisfying
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (found, true)))
    .chain(
        others
            .as_array()
            .unwrap()
            .iter()
            .map(|found| (found, false)),
    )
    .chain(absent.iter().map(|found| (found, false)));
    for (found, expected) in cases {
        assert_eq!(
            holds(kind.clone(), operator, value.clone(), found),
            expected,
            "{found} {operator} {value}"
        );
        if let Some(negative) = negative {
            assert_eq!(
                holds(kind.clone(), negative, value.clone(), found),
                !expected,
                "{found} {negative} {value}"
            );
        }
    }
}

/// Contract: FLT-12
#[rstest]
#[case::any_element("eq", json!("b"), true)]
#[case::no_element("eq", json!("z"), false)]
#[case::an_element_contradicts("neq", json!("b"), false)]
#[case::no_element_contradicts("neq", json!("z"), true)]
#[case::none_of_them("notin", json!(["y", "z"]), true)]
#[case::one_of_them("notin", json!(["y", "a"]), false)]
#[case::present_in_one("exists", json!(null), true)]
#[case::absent_in_all("notexists", json!(null), false)]
fn arrays_along_the_path_are_looked_through(
    #[case] operator: &str,
    #[case] value: Value,
    #[case] expected: bool,
) {
    let fields = [FilterField {
        path: "items.name".into(),
        ..field(String)
    }];
    let predicate = FilterPredicate {
        field: "items.name".into(),
        ..predicate(operator, value)
    };
    let filter = FilterExpression::from(predicate).compile(&fields).unwrap();
    let object = json!({"items": [{"name": "a"}, {}, {"name": null}, {"name": ["b"]}]});
    assert_eq!(filter.matches(&object), expected);
    let empty = json!({"items": []});
    let on_nothing = matches!(operator, "neq" | "notin" | "notexists");
    assert_eq!(filter.matches(&empty), on_nothing);
}

#[test]
fn a_declared_path_may_lead_through_a_key_with_dots() {
    let path = "metadata.labels.app.kubernetes.io/name";
    let filter = FilterExpression::from(FilterPredicate::eq(path, "web"))
        .compile(&[FilterField::new(path, String)])
        .unwrap();
    let labelled = |value| json!({"metadata": {"labels": {"app.kubernetes.io/name": value}}});
    assert!(filter.matches(&labelled("web")));
    assert!(!filter.matches(&labelled("db")));
}

/// Contract: FLT-11
#[rstest]
#[case::empty_logic_is_and(None, [false, true, true, false])]
#[case::and(Some(FilterLogic::And), [false, true, true, false])]
#[case::empty_text_is_and(Some(FilterLogic::from("")), [false, true, true, false])]
#[case::or(Some(FilterLogic::Or), [true, true, true, false])]
fn logic_joins_predicates_and_groups(
    #[case] logic: Option<FilterLogic>,
    #[case] expected: [bool; 4],
) {
    let fields = ["a", "b", "c"].map(|path| FilterField::new(path, Integer));
    let mut filter =
        FilterExpression::from(FilterPredicate::eq("a", 1)).group(FilterExpression::or([
            FilterPredicate::eq("b", 1),
            FilterPredicate::eq("c", 1),
        ]));
    filter.logic = logic;
    let filter = filter.compile(&fields).unwrap();
    let objects = [
        json!({"a": 1}),
        json!({"a": 1, "b": 1}),
        json!({"a": 1, "c": 1}),
        json!({}),
    ];
    assert_eq!(objects.map(|object| filter.matches(&object)), expected);
}

/// Contract: FLT-11, FLT-14
#[rstest]
#[case(FilterExpression::default())]
#[case(FilterExpression::and([]))]
#[case(FilterExpression::or([]))]
#[case(FilterExpression::and([]).group(FilterExpression::or([])))]
#[case(FilterExpression::or([]).group(FilterExpression::or([])))]
fn an_empty_expression_filters_nothing_out(#[case] filter: FilterExpression) {
    assert!(filter.compile(&[]).unwrap().matches(&json!({"a": 1})));
}

#[test]
fn a_known_name_spelled_as_unknown_means_the_same() {
    let mut predicate = predicate("neq", json!(1));
    predicate.operator = FilterOperator::Other("neq".into());
    let mut declared = field(Integer);
    declared.kind = FilterFieldType::Other("integer".into());
    let filter = FilterExpression::from(predicate)
        .compile(&[declared])
        .unwrap();
    assert!(!filter.matches(&json!({"f": 1})));
    assert!(filter.matches(&json!({"f": 2})));
}
