//! The order of JSON values.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Compares two values in the order of results; none is a missing value.
///
/// - Booleans come before numbers, then strings, arrays and objects; null and missing are equal to
///   each other and greater than everything.
/// - Numbers compare by value, exactly: `1` equals `1.0`, and integers beyond 2^53 are not rounded.
/// - Strings compare by code point, `false` is less than `true`.
/// - Arrays compare element by element, objects entry by entry with their keys sorted; the one that
///   ends first is less.
///
/// This is a total order, also within arrays and objects.
///
/// ```
/// use std::cmp::Ordering;
/// use omniview_sdk::query::compare_values;
/// use serde_json::json;
///
/// assert_eq!(compare_values(Some(&json!(9)), Some(&json!("10"))), Ordering::Less);
/// assert_eq!(compare_values(Some(&json!({})), None), Ordering::Less);
/// assert_eq!(compare_values(Some(&json!(null)), None), Ordering::Equal);
/// ```
///
/// Contract: PAG-03
pub fn compare_values(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    let (a, b) = (a.unwrap_or(&Value::Null), b.unwrap_or(&Value::Null));
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => a
            .iter()
            .zip(b)
            .map(|(a, b)| compare_values(Some(a), Some(b)))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.len().cmp(&b.len())),
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .zip(b)
            .map(|((key_a, a), (key_b, b))| {
                key_a
                    .cmp(key_b)
                    .then_with(|| compare_values(Some(a), Some(b)))
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.len().cmp(&b.len())),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

const BOOL: u8 = 0;
pub(super) const NUMBER: u8 = 1;
pub(super) const STRING: u8 = 2;
pub(super) const ARRAY: u8 = 3;
pub(super) const OBJECT: u8 = 4;
const NULL: u8 = 5;

/// The place of a value's kind among the kinds.
pub(super) fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => BOOL,
        Value::Number(_) => NUMBER,
        Value::String(_) => STRING,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
        Value::Null => NULL,
    }
}

/// Compares two numbers by value, without rounding either.
pub(crate) fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64()) {
        return a.cmp(&b);
    }
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_mixed(a, float(b)),
        (None, Some(b)) => compare_mixed(b, float(a)).reverse(),
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

/// Tells whether a number has no fraction; `3.0` has none.
pub(crate) fn is_integral(number: &Number) -> bool {
    integer(number).is_some() || float(number).fract() == 0.0
}

fn integer(number: &Number) -> Option<i128> {
    number
        .as_i64()
        .map(i128::from)
        .or_else(|| number.as_u64().map(i128::from))
}

// JSON has no infinities and no NaN, so every number that is not an integer has a finite float.
pub(super) fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or_default()
}

fn compare_mixed(integer: i128, float: f64) -> Ordering {
    // The cast saturates, which is far outside the integers of JSON; inside, it only drops the
    // fraction, and that decides where the whole parts agree.
    let whole = float.trunc();
    integer
        .cmp(&(whole as i128))
        .then_with(|| whole.partial_cmp(&float).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Any JSON value, with small and extreme numbers and few distinct texts, so that ties happen.
    pub(crate) fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-3i64..3).prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            (-3i32..3).prop_map(|n| Value::from(f64::from(n) / 2.0)),
            any::<f64>().prop_map(Value::from),
            "[abÄ😀]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|entries| entries.into_iter().collect::<Value>()),
            ]
        })
    }

    /// Contract: PAG-03
    #[test]
    fn the_kinds_and_values_come_in_the_documented_order() {
        let ascending = [
            json!(false),
            json!(true),
            json!(-1e300),
            json!(i64::MIN),
            json!(-1.5),
            json!(-1),
            json!(0),
            json!(0.5),
            json!(1),
            json!(9_007_199_254_740_992_i64),
            json!(9_007_199_254_740_993_i64),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(18_446_744_073_709_551_616_f64),
            json!(1e300),
            json!(""),
            json!("10"),
            json!("9"),
            json!("Z"),
            json!("a"),
            json!("ä"),
            json!("\u{ffff}"),
            json!("😀"),
            json!([]),
            json!([1]),
            json!([1, 2]),
            json!([2]),
            json!([null]),
            json!({}),
            json!({"a": 1}),
            json!({"a": 1, "b": 1}),
            json!({"a": 2}),
            json!({"b": 0}),
            json!(null),
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(
                    compare_values(Some(a), Some(b)),
                    i.cmp(&j),
                    "{a} against {b}"
                );
            }
        }
    }

    /// Contract: PAG-03
    #[test]
    fn equal_numbers_and_missing_values_tie() {
        for (a, b) in [
            (json!(1), json!(1.0)),
            (json!(0.0), json!(-0.0)),
            (json!([1, {"a": 2}]), json!([1.0, {"a": 2.0}])),
            (
                json!(9_007_199_254_740_992_i64),
                json!(9_007_199_254_740_992_f64),
            ),
        ] {
            assert_eq!(compare_values(Some(&a), Some(&b)), Ordering::Equal);
        }
        assert_eq!(compare_values(None, Some(&Value::Null)), Ordering::Equal);
        assert_eq!(compare_values(None, None), Ordering::Equal);
        assert_eq!(
            compare_values(None, Some(&json!({"a": 1}))),
            Ordering::Greater
        );
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in any_value(), b in any_value(), c in any_value()) {
            let cmp = |a: &Value, b: &Value| compare_values(Some(a), Some(b));
            prop_assert_eq!(cmp(&a, &a), Ordering::Equal);
            prop_assert_eq!(cmp(&a, &b), cmp(&b, &a).reverse());
            if cmp(&a, &b).is_le() && cmp(&b, &c).is_le() {
                prop_assert!(cmp(&a, &c).is_le());
            }
            if cmp(&a, &b).is_eq() {
                prop_assert_eq!(cmp(&a, &c), cmp(&b, &c));
            }
        }
    }
}
