//! Text that should be JSON, for the one method that takes it unparsed.

use omniview_sdk::Json;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// The data of an object as `assess_health` takes it: text that is JSON, or that is not.
///
/// A [`Value`] or a [`Json`] is always valid; a `&str` or `String` is passed on as it is.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// let health = h.assess_health("core::v1::Pod", json!({"id": "web", "phase": "Failed"})).await;
/// assert_eq!(health.unwrap().status, HealthStatus::Unhealthy);
/// h.assess_health("core::v1::Pod", "{").expect_error(ErrorCode::InvalidInput).await;
/// # h.shutdown().await;
/// # }
/// ```
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
