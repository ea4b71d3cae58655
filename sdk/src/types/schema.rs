//! Schemas: of what actions take and answer, and of what editors are shown.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserializer, Error as _};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::open_enum::open_enum;
use crate::ids::ResourceKey;
use crate::wire;

/// A JSON Schema of an object. Contract: ACT-06.
///
/// Writes `"type":"object"` first, always; a type that is read is dropped.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Schema, SchemaProperty};
///
/// let scale = Schema::new()
///     .property("replicas", SchemaProperty::integer().minimum(0).maximum(100))
///     .property("strategy", SchemaProperty::string().one_of(["rolling", "recreate"]).default_value("rolling"))
///     .required("replicas");
/// let written = serde_json::to_value(&scale)?;
/// assert_eq!(written["type"], "object");
/// assert_eq!(written["properties"]["strategy"]["enum"][1], "recreate");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Schema {
    /// The properties of the object.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub properties: BTreeMap<String, SchemaProperty>,
    /// The names of the properties that must be there.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub required: Vec<String>,
}

impl Schema {
    /// A schema that every object fits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a property, in place of an earlier one of the name.
    #[must_use]
    pub fn property(mut self, name: impl Into<String>, property: SchemaProperty) -> Self {
        self.properties.insert(name.into(), property);
        self
    }

    /// Demands that a property is there.
    #[must_use]
    pub fn required(mut self, name: impl Into<String>) -> Self {
        self.required.push(name.into());
        self
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            properties,
            required,
        } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "object")?;
        if !properties.is_empty() {
            map.serialize_entry("properties", properties)?;
        }
        if !required.is_empty() {
            map.serialize_entry("required", required)?;
        }
        map.end()
    }
}

/// Describes one property of an object.
///
/// # Examples
///
/// ```
/// use omniview_sdk::SchemaProperty;
///
/// let limits = SchemaProperty::object()
///     .description("What it may use at most.")
///     .property("cpu", SchemaProperty::number().minimum(0))
///     .property("memory", SchemaProperty::string())
///     .required("memory");
/// assert_eq!(serde_json::to_value(&limits)?["required"][0], "memory");
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Contract: ACT-06. There is no description of the items of an array.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SchemaProperty {
    /// What the property holds; the key is `type`.
    #[serde(rename = "type")]
    pub kind: SchemaType,
    /// What the property says, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The values it is limited to; the key is `enum`.
    #[serde(
        rename = "enum",
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub one_of: Vec<String>,
    /// What holds if nothing is said; the key is `default`.
    #[serde(rename = "default", skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// The least number; 0 is a bound, none is not.
    #[serde(
        serialize_with = "wire::shortest_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub minimum: Option<f64>,
    /// The greatest number; 0 is a bound, none is not.
    #[serde(
        serialize_with = "wire::shortest_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub maximum: Option<f64>,
    /// The properties of an object.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub properties: BTreeMap<String, SchemaProperty>,
    /// The names of the properties that must be there.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub required: Vec<String>,
}

impl SchemaProperty {
    /// A property of a type.
    pub fn new(kind: SchemaType) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// A text.
    pub fn string() -> Self {
        Self::new(SchemaType::String)
    }

    /// A number without a fraction.
    pub fn integer() -> Self {
        Self::new(SchemaType::Integer)
    }

    /// Any number.
    pub fn number() -> Self {
        Self::new(SchemaType::Number)
    }

    /// True or false.
    pub fn boolean() -> Self {
        Self::new(SchemaType::Boolean)
    }

    /// An object; see [`SchemaProperty::property`].
    pub fn object() -> Self {
        Self::new(SchemaType::Object)
    }

    /// A list of anything.
    pub fn array() -> Self {
        Self::new(SchemaType::Array)
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Limits the property to these values.
    #[must_use]
    pub fn one_of<T: Into<String>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.one_of = values.into_iter().map(Into::into).collect();
        self
    }

    /// Sets what holds if nothing is said.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        self.default_value = Some(value.into());
        self
    }

    /// Sets the least number.
    #[must_use]
    pub fn minimum(mut self, minimum: impl Into<f64>) -> Self {
        self.minimum = Some(minimum.into());
        self
    }

    /// Sets the greatest number.
    #[must_use]
    pub fn maximum(mut self, maximum: impl Into<f64>) -> Self {
        self.maximum = Some(maximum.into());
        self
    }

    /// Adds a property to an object, in place of an earlier one of the name.
    #[must_use]
    pub fn property(mut self, name: impl Into<String>, property: SchemaProperty) -> Self {
        self.properties.insert(name.into(), property);
        self
    }

    /// Demands that a property of an object is there.
    #[must_use]
    pub fn required(mut self, name: impl Into<String>) -> Self {
        self.required.push(name.into());
        self
    }
}

open_enum! {
    /// What a property holds.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{SchemaProperty, SchemaType};
    ///
    /// // What has no constructor of its own:
    /// let tags = SchemaProperty::new(SchemaType::Array).description("The labels to add.");
    /// assert_eq!(serde_json::to_value(&tags)?["type"], "array");
    /// assert_eq!(SchemaProperty::integer().kind, SchemaType::Integer);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    SchemaType {
        /// A text.
        String = "string",
        /// A number without a fraction.
        Integer = "integer",
        /// Any number.
        Number = "number",
        /// True or false.
        Boolean = "boolean",
        /// An object.
        Object = "object",
        /// A list.
        Array = "array",
    }
}

/// A schema that an editor checks documents of a type with. Contract: SCH-01.
///
/// # Examples
///
/// ```
/// use omniview_sdk::EditorSchema;
///
/// let pods = EditorSchema {
///     resource_key: "core::v1::Pod".into(),
///     file_match: "*.pod.yaml".into(),
///     uri: "schema://core/v1/pod".into(),
///     content: br#"{"type": "object"}"#.to_vec(),
///     language: "yaml".into(),
///     ..EditorSchema::default()
/// };
/// assert!(pods.url.is_empty(), "the content is here, and nowhere to be fetched from");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EditorSchema {
    /// The type that the schema describes.
    pub resource_key: ResourceKey,
    /// The pattern of the file names that the schema applies to.
    pub file_match: String,
    /// What the schema is called, as a URI.
    pub uri: String,
    /// Where the schema can be fetched, if it is not given here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The schema itself; base64 on the wire.
    #[serde(
        serialize_with = "write_base64",
        deserialize_with = "read_base64",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub content: Vec<u8>,
    /// The language of the documents, for example `yaml`.
    pub language: String,
}

fn write_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn read_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text: String = wire::null_as_default(deserializer)?;
    STANDARD.decode(text).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: ACT-06
    #[test]
    fn the_type_comes_first_and_is_always_object() {
        let schema = Schema::new().required("replicas").property(
            "replicas",
            SchemaProperty::integer().minimum(0).maximum(1.5),
        );
        assert_eq!(
            serde_json::to_string(&schema).unwrap(),
            concat!(
                r#"{"type":"object","properties":{"replicas":"#,
                r#"{"type":"integer","minimum":0,"maximum":1.5}},"required":["replicas"]}"#
            )
        );
        let read: Schema = serde_json::from_value(json!({"type": "array"})).unwrap();
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"{"type":"object"}"#
        );
    }

    #[test]
    fn null_properties_read_as_none() {
        let schema: Schema =
            serde_json::from_value(json!({"properties": null, "required": null})).unwrap();
        assert_eq!(schema, Schema::new());
    }

    #[test]
    fn a_falsy_default_is_kept() {
        let property = SchemaProperty::boolean().default_value(false);
        assert_eq!(
            serde_json::to_string(&property).unwrap(),
            r#"{"type":"boolean","default":false}"#
        );
    }

    #[test]
    fn content_is_padded_base64() {
        let schema = EditorSchema {
            content: b"{}".to_vec(),
            ..Default::default()
        };
        let value = serde_json::to_value(&schema).unwrap();
        assert_eq!(value["content"], "e30=");
        assert_eq!(
            serde_json::from_value::<EditorSchema>(value).unwrap(),
            schema
        );
        assert!(serde_json::from_value::<EditorSchema>(json!({"content": "e30"})).is_err());
        let empty = serde_json::from_value::<EditorSchema>(json!({"content": null})).unwrap();
        assert_eq!(empty, EditorSchema::default());
    }
}
