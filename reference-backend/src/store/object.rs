//! One stored object.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use omniview_sdk::{
    Json, ResourceMetadata, Timestamp,
    query::{self, QueryItem},
};
use serde_json::Value;

/// One version of one object; a change makes a new one.
///
/// It keeps the parsed value, which queries look at, and the text, which answers carry.
#[derive(Debug)]
pub struct Object {
    pub(super) value: Value,
    pub(super) json: Json,
    pub(super) id: Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) version: u64,
    pub(super) uid: Arc<str>,
    pub(super) created_at: Timestamp,
}

impl Object {
    /// The parsed value.
    pub fn value(&self) -> &Value {
        &self.value
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
    pub fn uid(&self) -> &str {
        &self.uid
    }

    /// When it was created.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// What a dot path names, as [`query::lookup`] says; `None` where nothing is there.
    pub fn at(&self, path: &str) -> Option<Cow<'_, Value>> {
        query::lookup(&self.value, path).map(Cow::Borrowed)
    }

    /// The labels: what is text among `metadata.labels`.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.value
            .pointer("/metadata/labels")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// What a watch says of every object, whatever its type.
    ///
    /// Contract: SNK-12
    pub fn metadata(&self) -> ResourceMetadata {
        ResourceMetadata {
            uid: self.uid.to_string(),
            labels: self
                .labels()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect::<BTreeMap<_, _>>(),
            created_at: Some(self.created_at),
        }
    }
}

impl QueryItem for Object {
    fn value(&self) -> &Value {
        &self.value
    }

    fn json(&self) -> Json {
        self.json.clone()
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn namespace(&self) -> &str {
        &self.namespace
    }
}
