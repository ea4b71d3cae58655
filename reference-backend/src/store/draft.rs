//! What a caller wants to be stored, checked before the store is touched.

use std::sync::{Arc, OnceLock};

use omniview_sdk::{Json, JsonMap, ResourceKey, Timestamp};
use serde_json::Value;

use super::{
    Object, Refusal, StoreError, TableScope,
    object::uid,
    shape::{Cells, Shape},
};

/// The largest object that is taken, in bytes of its text: 1 MiB.
pub const MAX_OBJECT_BYTES: usize = 1 << 20;

/// The longest id or namespace that is taken, in bytes: 1,024.
pub const MAX_NAME_BYTES: usize = 1024;

/// Where an object goes whose namespace nobody said.
pub const DEFAULT_NAMESPACE: &str = "default";

/// A checked object that has no version yet.
#[derive(Debug)]
pub(super) struct Draft {
    map: JsonMap,
    pub(super) id: Arc<str>,
    /// The namespace that the object or its caller named, empty where neither did.
    pub(super) namespace: Arc<str>,
    /// The version that the caller saw, if it said so.
    pub(super) seen_version: Option<u64>,
    /// The uid that the caller saw, if it said so.
    pub(super) seen_uid: Option<String>,
}

impl Draft {
    /// Reads what a caller wants to be stored in `namespace` (empty: the object says).
    pub(super) fn read(
        json: &Json,
        namespace: &str,
        key: &ResourceKey,
        scope: TableScope,
    ) -> Result<Self, StoreError> {
        let refuse = |message: String| StoreError::new(Refusal::Invalid, key, message);
        let text = json.as_str();
        if text.len() > MAX_OBJECT_BYTES {
            return Err(refuse(format!(
                "the object has {} bytes, more than the {MAX_OBJECT_BYTES} that are stored",
                text.len()
            )));
        }
        let value = json
            .to_value()
            .map_err(|error| refuse(format!("the object cannot be read: {error}")))?;
        let kind = kind_of(&value);
        let Value::Object(map) = value else {
            return Err(refuse(format!(
                "the object has to be a JSON object, and is {kind}"
            )));
        };
        let id = required_name(&map, "name").map_err(refuse)?;
        let own = optional_text(&map, "namespace").map_err(refuse)?;
        let namespace = agree(own, namespace, scope).map_err(|why| refuse(why).on_id(id))?;
        let seen_version = seen_version(&map).map_err(|why| refuse(why).on_id(id))?;
        let seen_uid = optional_text(&map, "uid").map_err(|why| refuse(why).on_id(id))?;
        Ok(Self {
            id: id.into(),
            namespace: namespace.into(),
            seen_version,
            seen_uid: (!seen_uid.is_empty()).then(|| seen_uid.to_owned()),
            map,
        })
    }

    /// Writes what belongs to the store into the object and makes it one, with what is kept beside it.
    pub(super) fn stamp(mut self, stamp: Stamp, shape: &Shape) -> (Arc<Object>, Cells) {
        let Stamp {
            namespace,
            version,
            born,
            created_at,
        } = stamp;
        // `read` found the id in `metadata`, so it is there and a map.
        if let Some(Value::Object(metadata)) = self.map.get_mut("metadata") {
            if !namespace.is_empty() {
                metadata.insert("namespace".into(), Value::from(&*namespace));
            }
            metadata.insert("resourceVersion".into(), Value::from(version.to_string()));
            metadata.insert("uid".into(), Value::from(uid(born)));
            metadata.insert("creationTimestamp".into(), created_at.to_string().into());
        }
        let value = Value::Object(self.map);
        let cells = shape.project(&value);
        let object = Object {
            json: Json::from(value),
            id: self.id,
            namespace,
            version,
            born,
            created_at,
            parsed: OnceLock::new(),
        };
        (Arc::new(object), cells)
    }
}

/// What belongs to the store and not to the caller.
#[derive(Debug)]
pub(super) struct Stamp {
    pub(super) namespace: Arc<str>,
    pub(super) version: u64,
    pub(super) born: u64,
    pub(super) created_at: Timestamp,
}

fn required_name<'a>(map: &'a JsonMap, field: &str) -> Result<&'a str, String> {
    match optional_text(map, field)? {
        "" => Err(format!(
            "the object has no id: set `metadata.{field}` to a text that is not empty"
        )),
        name => Ok(name),
    }
}

fn optional_text<'a>(map: &'a JsonMap, field: &str) -> Result<&'a str, String> {
    match map.get("metadata").and_then(|metadata| metadata.get(field)) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) if text.len() <= MAX_NAME_BYTES => Ok(text),
        Some(Value::String(text)) => Err(format!(
            "`metadata.{field}` has {} bytes, more than the {MAX_NAME_BYTES} that are stored",
            text.len()
        )),
        Some(other) => Err(format!(
            "`metadata.{field}` has to be a text, and is {}",
            kind_of(other)
        )),
    }
}

fn agree<'a>(own: &'a str, asked: &'a str, scope: TableScope) -> Result<&'a str, String> {
    if asked.len() > MAX_NAME_BYTES {
        return Err(format!(
            "the namespace has {} bytes, more than the {MAX_NAME_BYTES} that are stored",
            asked.len()
        ));
    }
    match (scope, own, asked) {
        (_, "", "") => Ok(""),
        (TableScope::Cluster, own, asked) => Err(format!(
            "objects of this type have no namespace, and {:?} was given: leave it out",
            if own.is_empty() { asked } else { own }
        )),
        (TableScope::Namespaced, "", named) | (TableScope::Namespaced, named, "") => Ok(named),
        (TableScope::Namespaced, own, asked) if own == asked => Ok(own),
        (TableScope::Namespaced, own, asked) => Err(format!(
            "the object says namespace {own:?} and the call says {asked:?}: an object cannot move, make them one"
        )),
    }
}

fn seen_version(map: &JsonMap) -> Result<Option<u64>, String> {
    let version = map
        .get("metadata")
        .and_then(|metadata| metadata.get("resourceVersion"));
    let parsed = match version {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_u64(),
    };
    parsed.map(Some).ok_or_else(|| {
        "`metadata.resourceVersion` has to be the text that an earlier answer had: \
         copy it unchanged, or leave it out to overwrite whatever is there"
            .to_owned()
    })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
