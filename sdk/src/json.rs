//! JSON that was serialised once and is passed on as it is.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// An untyped JSON object, its keys sorted.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ActionResult, JsonMap};
///
/// let mut data = JsonMap::new();
/// data.insert("replicas".to_owned(), 3.into());
/// data.insert("forced".to_owned(), true.into());
/// let result = ActionResult { data, ..ActionResult::new("scaled") };
/// assert_eq!(serde_json::to_string(&result.data)?, r#"{"forced":true,"replicas":3}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub type JsonMap = serde_json::Map<String, Value>;

/// A JSON value as text: valid by construction, cheap to clone, never parsed on the way through.
///
/// - Numbers, key order and inner whitespace are kept as they were written.
/// - Two values are equal when their texts are; `{"a":1}` and `{ "a": 1 }` are not. Compare
///   [`Json::to_value`] for equality of meaning.
/// - Null is the default and takes no allocation.
///
/// Does not work inside an untagged, internally tagged or flattened serde type, which buffer what
/// they read.
///
/// # Examples
///
/// ```
/// use omniview_sdk::Json;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Pod { name: &'static str }
///
/// let written = Json::of(&Pod { name: "web" })?;
/// assert_eq!(written.as_str(), r#"{"name":"web"}"#);
/// let passed_through = Json::parse(r#"{ "name": "web", "size": 1.50 }"#)?;
/// assert_eq!(passed_through.to_value()?["name"], "web");
/// assert!(passed_through.as_str().contains("1.50"), "nothing is rewritten");
/// assert!(Json::parse("{").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
// `None` is null, and a held text is never `null`: every constructor goes through `from_raw`.
pub struct Json(Option<Arc<RawValue>>);

impl Json {
    /// Serialises a value.
    ///
    /// # Errors
    ///
    /// The value has no JSON form, for example a map whose keys are not text.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Self> {
        to_raw_value(value).map(Self::from_raw)
    }

    /// Takes a text that is already JSON; whitespace around it is dropped.
    ///
    /// # Errors
    ///
    /// The text is not one JSON value.
    pub fn parse(text: impl Into<String>) -> serde_json::Result<Self> {
        RawValue::from_string(text.into()).map(Self::from_raw)
    }

    /// JSON's null.
    pub const fn null() -> Self {
        Self(None)
    }

    /// Tells whether this is null.
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().map_or("null", RawValue::get)
    }

    /// Reads the text as a `T`.
    ///
    /// # Errors
    ///
    /// The text does not describe a `T`.
    pub fn to<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(self.as_str())
    }

    /// Reads the text as an untyped value.
    ///
    /// # Errors
    ///
    /// A number is out of every range (`1e999`), or values nest too deeply: both are valid JSON
    /// that [`Value`] cannot hold.
    pub fn to_value(&self) -> serde_json::Result<Value> {
        self.to()
    }

    fn from_raw(raw: Box<RawValue>) -> Self {
        Self((raw.get() != "null").then(|| Arc::from(raw)))
    }
}

impl From<Box<RawValue>> for Json {
    fn from(raw: Box<RawValue>) -> Self {
        Self::from_raw(raw)
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "serialising fails on keys that are not text and on failing `Serialize` \
                      implementations, and a `Value` has neither"
        )]
        Self::of(&value).expect("every JSON value serialises")
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl Hash for Json {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_unit(),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::from_raw)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Envelope {
        #[serde(default)]
        data: Json,
    }

    #[test]
    fn the_text_passes_through_untouched() {
        let text = r#"{"data":{"z":1.00,"a":[12345678901234567890123]}}"#;
        let envelope: Envelope = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&envelope).unwrap(), text);
        assert_eq!(
            envelope.data.as_str(),
            r#"{"z":1.00,"a":[12345678901234567890123]}"#
        );
    }

    #[test]
    fn null_and_an_absent_key_are_null() {
        for text in ["{}", r#"{"data":null}"#, r#"{"data": null }"#] {
            let envelope: Envelope = serde_json::from_str(text).unwrap();
            assert!(envelope.data.is_null(), "{text}");
            assert_eq!(
                serde_json::to_string(&envelope).unwrap(),
                r#"{"data":null}"#
            );
        }
        for null in [
            Json::default(),
            Json::parse(" null ").unwrap(),
            Json::from(Value::Null),
        ] {
            assert_eq!(null, Json::null());
        }
        assert!(Json::of(&None::<i64>).unwrap().is_null());
    }

    #[test]
    fn it_survives_a_trip_through_a_value() {
        let value = json!({"data": {"a": [1, "x", null]}});
        let envelope: Envelope = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(envelope.data.to_value().unwrap(), value["data"]);
        assert_eq!(serde_json::to_value(&envelope).unwrap(), value);
    }

    #[test]
    fn only_json_is_taken() {
        assert!(Json::parse("{").is_err());
        assert!(Json::parse("1 2").is_err());
        assert!(Json::parse("").is_err());
    }

    #[test]
    fn valid_json_may_still_have_no_value() {
        let json = Json::parse("1e999").unwrap();
        assert!(json.to_value().is_err());
    }

    #[test]
    fn equality_is_that_of_the_text() {
        let json = Json::of(&json!({"a": 1})).unwrap();
        assert_eq!(json, Json::parse(r#"{"a":1}"#).unwrap());
        assert_ne!(json, Json::parse(r#"{"a": 1}"#).unwrap());
        assert_eq!(format!("{json} {json:?}"), r#"{"a":1} {"a":1}"#);
    }
}
