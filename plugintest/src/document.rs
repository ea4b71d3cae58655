//! Text that should be JSON, for the one method that takes it unparsed.

use omniview_sdk::Json;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The data of an object as `assess_health` takes it: text that is JSON, or that is not.
///
/// A [`Value`] or a [`Json`] is always valid; a `&str` or `String` is passed on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document(pub(crate) String);

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl From<&Value> for Document {
    fn from(value: &Value) -> Self {
        Self(value.to_string())
    }
}

impl From<Json> for Document {
    fn from(json: Json) -> Self {
        Self::from(&json)
    }
}

impl From<&Json> for Document {
    fn from(json: &Json) -> Self {
        Self(json.as_str().to_owned())
    }
}

// In the text of a failure valid JSON is shown as JSON, and anything else as the text that it is.
impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Json::parse(self.0.as_str()) {
            Ok(json) => json.serialize(serializer),
            Err(_) => serializer.serialize_str(&self.0),
        }
    }
}
