//! What decides most comparisons, small enough to sort by without a look at the value.

use std::cmp::Ordering;

use serde_json::Value;

use super::compare::{ARRAY, NUMBER, OBJECT, STRING, compare_values, float, rank};

/// The start of a value, ordered like the value: where two leads differ, so do the values.
///
/// From the greatest byte: the rank of the kind, 14 bytes of the value, and the length of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lead(u128);

/// How many bytes of a text a lead holds.
const TEXT: usize = 14;

impl Lead {
    pub(super) fn of(value: Option<&Value>) -> Self {
        let value = value.unwrap_or(&Value::Null);
        let mut bytes = [0; 16];
        bytes[0] = rank(value);
        match value {
            Value::Bool(value) => bytes[1] = u8::from(*value),
            Value::Number(number) => {
                bytes[1..9].copy_from_slice(&ordered_bits(float(number)).to_be_bytes());
            }
            Value::String(text) => {
                let held = text.len().min(TEXT);
                bytes[1..=held].copy_from_slice(&text.as_bytes()[..held]);
                // Tells "a" from "a\0", and a text that is held from one that goes on.
                bytes[15] = u8::try_from(text.len().min(TEXT + 1)).unwrap_or(u8::MAX);
            }
            Value::Array(_) | Value::Object(_) | Value::Null => {}
        }
        Self(u128::from_be_bytes(bytes))
    }

    /// Compares the values that two leads are of, which are only looked at if the leads agree.
    pub(super) fn compare(
        self,
        other: Self,
        value: Option<&Value>,
        others: Option<&Value>,
    ) -> Ordering {
        match self.cmp(&other) {
            Ordering::Equal if !self.is_whole() => compare_values(value, others),
            order => order,
        }
    }

    /// Whether equal leads mean equal values.
    fn is_whole(self) -> bool {
        let bytes = self.0.to_be_bytes();
        match bytes[0] {
            // Up to 2^53 a float holds every number exactly.
            NUMBER => {
                let mut bits = [0; 8];
                bits.copy_from_slice(&bytes[1..9]);
                let limit = 9_007_199_254_740_992.0;
                (ordered_bits(-limit) + 1..ordered_bits(limit)).contains(&u64::from_be_bytes(bits))
            }
            STRING => usize::from(bytes[15]) <= TEXT,
            rank => rank != ARRAY && rank != OBJECT,
        }
    }
}

/// The bits of a float, ordered like the float; both zeros are one.
fn ordered_bits(float: f64) -> u64 {
    let bits = (float + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::query::any_value;

    fn check(a: &Value, b: &Value) {
        let (a, b) = (Some(a), Some(b));
        let (lead_a, lead_b) = (Lead::of(a), Lead::of(b));
        assert_eq!(
            lead_a.compare(lead_b, a, b),
            compare_values(a, b),
            "{a:?} {b:?}"
        );
    }

    #[test]
    fn leads_decide_near_their_limits_as_values_do() {
        let edge = 9_007_199_254_740_992_i64;
        let values = [
            json!(edge),
            json!(edge - 1),
            json!(edge + 1),
            json!(-edge),
            json!(-edge - 1),
            json!(1 - edge),
            json!(edge as f64),
            json!(0),
            json!(0.0),
            json!(-0.0),
            json!(-1),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(i64::MAX),
            json!(1.5),
            json!(-1.5),
            json!(""),
            json!("\0"),
            json!("a"),
            json!("a\0"),
            json!("abcdefghijklm"),
            json!("abcdefghijklmn"),
            json!("abcdefghijklmn\0"),
            json!("abcdefghijklmno"),
            json!("abcdefghijklmnop"),
            json!("abcdefghijklmé"),
            json!("abcdefghijklm\u{ffff}"),
            json!([]),
            json!([1]),
            json!([2]),
            json!({}),
            json!({"a": 1}),
            json!({"a": 2}),
            json!(null),
            json!(true),
            json!(false),
        ];
        for a in &values {
            for b in &values {
                check(a, b);
            }
        }
    }

    proptest! {
        #[test]
        fn leads_decide_as_values_do(a in any_value(), b in any_value()) {
            check(&a, &b);
        }
    }
}
