//! One stored object.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use omniview_sdk::{Json, ResourceMetadata, Timestamp, query};
use serde::Deserialize;
use serde_json::Value;

/// One version of one object; a change makes a new one.
///
/// It keeps the text, which answers carry; what queries look at is beside it in the table. The parsed value is three to ten times
/// as large as the text; it is made when it is asked for, and kept from then on.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Table::new("core::v1::Pod", TableScope::Namespaced, Arc::new(Clock::new()));
/// let pod = json!({"metadata": {"name": "web"}, "status": {"phase": "Running"}});
/// let object = table.create(&Json::from(pod), "shop")?;
/// assert_eq!((object.id(), object.namespace(), object.version()), ("web", "shop", 1));
/// assert_eq!(*object.at("status.phase").unwrap(), json!("Running"));
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug)]
pub struct Object {
    pub(super) json: Json,
    pub(super) id: Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) version: u64,
    /// The version at which it was created, which is its identity.
    pub(super) born: u64,
    pub(super) created_at: Timestamp,
    pub(super) parsed: OnceLock<Box<Value>>,
}

impl Object {
    /// The parsed value; [`at`](Self::at) needs less memory.
    pub fn value(&self) -> &Value {
        self.parsed.get_or_init(|| Box::new(self.parse()))
    }

    /// The text.
    pub fn json(&self) -> &Json {
        &self.json
    }

    /// The id, unique within the namespace.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The namespace; empty for a type without namespaces.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The version of the store that wrote it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The id of this very object, which a later one of the same name does not share.
    pub fn uid(&self) -> String {
        uid(self.born)
    }

    /// Whether the other is a version of this very object.
    pub fn is_same(&self, other: &Self) -> bool {
        self.born == other.born
    }

    /// When it was created.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// What a dot path names, as [`query::lookup`] says; `None` where nothing is there. The text is parsed for it.
    pub fn at(&self, path: &str) -> Option<Cow<'_, Value>> {
        match self.parsed.get() {
            Some(value) => query::lookup(value, path).map(Cow::Borrowed),
            None => query::lookup(&self.parse(), path).cloned().map(Cow::Owned),
        }
    }

    /// What a watch says of every object, whatever its type.
    ///
    /// Contract: SNK-12
    pub fn metadata(&self) -> ResourceMetadata {
        // Nothing else is made of the text: a watch asks this of every object.
        let head: Head = self.json.to().unwrap_or_default();
        let labels = head.metadata.labels.as_ref().and_then(Value::as_object);
        ResourceMetadata {
            uid: self.uid(),
            labels: labels
                .into_iter()
                .flatten()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            created_at: Some(self.created_at),
        }
    }

    /// Namespace and id, by which objects are ordered.
    pub(super) fn identity(&self) -> (&str, &str) {
        (&self.namespace, &self.id)
    }

    /// The value, parsed and not kept.
    pub(super) fn parse(&self) -> Value {
        // The store wrote the text, from a value.
        self.json.to_value().unwrap_or_default()
    }
}

/// What [`Object::metadata`] needs of an object.
#[derive(Default, Deserialize)]
struct Head {
    metadata: Labelled,
}

#[derive(Default, Deserialize)]
struct Labelled {
    labels: Option<Value>,
}

/// A UUID that says at which version an object was created.
pub(super) fn uid(born: u64) -> String {
    format!("00000000-0000-4000-8000-{born:012x}")
}
