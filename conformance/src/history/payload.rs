//! The content of an object, known by a hash.

use std::fmt;

use omniview_sdk::Json;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// The content of an object, as it was answered or reported.
///
/// Two are equal when their JSON means the same: the order of keys does not count. A file keeps the hash alone.
///
/// ```
/// use omniview_conformance::history::Payload;
/// use serde_json::json;
///
/// let one = Payload::from(json!({ "a": 1, "b": [true] }));
/// let two: Payload = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
/// assert_eq!(one, two);
/// assert!(Payload::from(json!({})).is_empty());
/// ```
#[derive(Clone)]
pub struct Payload(Content);

#[derive(Clone)]
enum Content {
    /// What went past; its hash is not needed unless somebody looks.
    Json(Json),
    Hash(u64),
}

impl Payload {
    /// The hash: the same on every machine, and for every order of the keys.
    pub fn hash(&self) -> u64 {
        match &self.0 {
            Content::Json(json) => match json.to_value() {
                Ok(value) => hash_of(&value),
                // Not JSON that has a value in memory: known by its text.
                Err(_) => mix(TEXT, hash_text(json.as_str())),
            },
            Content::Hash(hash) => *hash,
        }
    }

    /// Whether there is nothing in it: null, an empty text, an object or a list without anything.
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Content::Json(json) => matches!(json.as_str(), "null" | "\"\"" | "{}" | "[]"),
            Content::Hash(hash) => [
                Value::Null,
                Value::from(""),
                Value::Object(serde_json::Map::new()),
                Value::Array(Vec::new()),
            ]
            .iter()
            .any(|empty| hash_of(empty) == *hash),
        }
    }

    /// The JSON, unless it was read from a file.
    pub(crate) fn json(&self) -> Option<&Json> {
        match &self.0 {
            Content::Json(json) => Some(json),
            Content::Hash(_) => None,
        }
    }
}

impl From<Json> for Payload {
    fn from(json: Json) -> Self {
        Self(Content::Json(json))
    }
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self::from(Json::from(value))
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        match (self.json(), other.json()) {
            (Some(one), Some(two)) if one == two => true,
            _ => self.hash() == other.hash(),
        }
    }
}

impl Eq for Payload {}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.hash())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({self})")
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let hash = Some(&text)
            .filter(|text| text.len() == 16)
            .and_then(|text| u64::from_str_radix(text, 16).ok())
            .ok_or_else(|| de::Error::custom(format!("{text:?} is not 16 hexadecimal digits")))?;
        Ok(Self(Content::Hash(hash)))
    }
}

const NULL: u64 = 1;
const TRUE: u64 = 2;
const FALSE: u64 = 3;
const INTEGER: u64 = 4;
const FLOAT: u64 = 5;
const TEXT: u64 = 6;
const LIST: u64 = 7;
const OBJECT: u64 = 8;

fn hash_of(value: &Value) -> u64 {
    match value {
        Value::Null => mix(NULL, 0),
        Value::Bool(true) => mix(TRUE, 0),
        Value::Bool(false) => mix(FALSE, 0),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(integer), _) => mix(INTEGER, integer.cast_unsigned()),
            (None, Some(integer)) => mix(INTEGER, integer),
            (None, None) => mix(FLOAT, number.as_f64().unwrap_or_default().to_bits()),
        },
        Value::String(text) => mix(TEXT, hash_text(text)),
        Value::Array(items) => items
            .iter()
            .fold(mix(LIST, 0), |hash, item| mix(hash, hash_of(item))),
        // A sum does not know the order of its parts.
        Value::Object(fields) => mix(
            OBJECT,
            fields.iter().fold(0, |sum: u64, (name, value)| {
                sum.wrapping_add(mix(hash_text(name), hash_of(value)))
            }),
        ),
    }
}

/// FNV-1a.
pub(crate) fn hash_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finisher of SplitMix64, over both.
fn mix(one: u64, other: u64) -> u64 {
    let mut hash = one
        .rotate_left(25)
        .wrapping_add(other)
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn payload(text: &str) -> Payload {
        Payload::from(Json::parse(text).unwrap())
    }

    #[test]
    fn what_means_the_same_is_equal_and_nothing_else_is() {
        assert_eq!(
            payload(r#"{"a":1,"b":2}"#),
            payload(r#"{ "b": 2, "a": 1 }"#)
        );
        let different = [
            "null",
            "true",
            "false",
            "0",
            "1",
            "-1",
            "1.5",
            "\"\"",
            "\"1\"",
            "[]",
            "[1]",
            "[1,2]",
            "[2,1]",
            "{}",
            r#"{"a":1,"b":2}"#,
            r#"{"a":2,"b":1}"#,
            r#"{"a":{"b":1}}"#,
        ];
        for (place, one) in different.iter().enumerate() {
            for other in &different[place + 1..] {
                assert_ne!(payload(one), payload(other), "{one} and {other}");
            }
        }
    }

    #[test]
    fn a_hash_is_the_same_for_ever() {
        // A file that was written long ago is read today.
        assert_eq!(
            Payload::from(json!({ "kind": "Pod", "ready": [true, null, 3] })).to_string(),
            "02a6aed542253ea1"
        );
    }

    #[test]
    fn what_is_read_back_is_as_empty_as_it_was() {
        for (value, expected) in [
            (json!(null), true),
            (json!(""), true),
            (json!({}), true),
            (json!([]), true),
            (json!({ "a": null }), false),
            (json!(0), false),
        ] {
            let live = Payload::from(value);
            let text = serde_json::to_string(&live).unwrap();
            let read: Payload = serde_json::from_str(&text).unwrap();
            assert_eq!((live.is_empty(), read.is_empty()), (expected, expected));
        }
        assert!(serde_json::from_str::<Payload>("\"12\"").is_err());
    }
}
