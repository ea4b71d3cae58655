//! Laws that hold whatever the values are.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::{FilterExpression, FilterField, FilterFieldType, FilterPredicate, query::any_value};

use super::field;

/// A type with a value and a list element that fit it.
fn operand() -> impl Strategy<Value = (FilterFieldType, Value, String)> {
    prop_oneof![
        "[ab]{0,2}".prop_map(|t| (FilterFieldType::String, json!(t), t)),
        "[ab]{0,2}".prop_map(|t| (FilterFieldType::Enum, json!(t), t)),
        any::<i64>().prop_map(|n| (FilterFieldType::Integer, json!(n), n.to_string())),
        (-3i64..3).prop_map(|n| (FilterFieldType::Integer, json!(n), n.to_string())),
        (-3i64..3).prop_map(|n| (FilterFieldType::Number, json!(n), n.to_string())),
        any::<bool>().prop_map(|b| (FilterFieldType::Boolean, json!(b), b.to_string())),
    ]
}

fn object() -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[fgh]", any_value(), 0..4)
        .prop_map(|entries| Value::Object(Map::from_iter(entries)))
}

/// An expression of one level over `f`, `g` and `h`.
fn level() -> impl Strategy<Value = FilterExpression> {
    let predicate = ("[fgh]", -2i64..2, any::<bool>()).prop_map(|(path, number, equal)| {
        if equal {
            FilterPredicate::eq(path, number)
        } else {
            FilterPredicate::neq(path, number)
        }
    });
    (prop::collection::vec(predicate, 0..4), any::<bool>()).prop_map(|(predicates, and)| {
        if and {
            FilterExpression::and(predicates)
        } else {
            FilterExpression::or(predicates)
        }
    })
}

fn numbers() -> [FilterField; 3] {
    ["f", "g", "h"].map(|path| FilterField::new(path, FilterFieldType::Number))
}

fn matches(filter: &FilterExpression, object: &Value) -> bool {
    filter.compile(&numbers()).unwrap().matches(object)
}

proptest! {
    /// Contract: FLT-12
    #[test]
    fn a_predicate_and_its_negation_partition(
        (kind, value, text) in operand(),
        object in object(),
    ) {
        let fields = [field(kind)];
        let holds = |predicate: FilterPredicate| {
            FilterExpression::from(predicate).compile(&fields).unwrap().matches(&object)
        };
        let eq = holds(FilterPredicate::eq("f", value.clone()));
        prop_assert_ne!(eq, holds(FilterPredicate::neq("f", value)));
        let is_in = holds(FilterPredicate::any_of("f", [text.clone(), text.clone()]));
        prop_assert_ne!(is_in, holds(FilterPredicate::none_of("f", [text.clone(), text])));
        prop_assert_eq!(eq, is_in);
        prop_assert_ne!(
            holds(FilterPredicate::exists("f")),
            holds(FilterPredicate::not_exists("f"))
        );
    }

    /// Contract: FLT-11
    #[test]
    fn joining_groups_is_joining_their_truths(
        groups in prop::collection::vec(level(), 1..4),
        object in object(),
    ) {
        let joined = |start: FilterExpression| {
            groups.iter().cloned().fold(start, FilterExpression::group)
        };
        let truths: Vec<bool> = groups.iter().map(|group| matches(group, &object)).collect();
        let and = matches(&joined(FilterExpression::and([])), &object);
        let or = matches(&joined(FilterExpression::or([])), &object);
        prop_assert_eq!(and, truths.iter().all(|&truth| truth));
        prop_assert_eq!(or, truths.iter().any(|&truth| truth));
    }

    /// Contract: FLT-11
    #[test]
    fn an_or_is_the_negation_of_the_and_of_negations(
        values in prop::collection::vec(("[fgh]", -2i64..2), 1..4),
        object in object(),
    ) {
        let or = FilterExpression::or(
            values.iter().map(|(path, number)| FilterPredicate::eq(path, *number)),
        );
        let and = FilterExpression::and(
            values.iter().map(|(path, number)| FilterPredicate::neq(path, *number)),
        );
        prop_assert_ne!(matches(&or, &object), matches(&and, &object));
    }
}
