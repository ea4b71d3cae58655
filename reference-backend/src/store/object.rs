//! One stored object.

use std::{
    borrow::Cow,
    cell::OnceCell,
    sync::{Arc, OnceLock},
};

use omniview_sdk::{
    Json, ResourceMetadata, Timestamp,
    filter::{CompiledFilter, FieldSource},
    query::{self, QueryItem},
};
use serde_json::Value;

use super::fields::{Cell, Shape};

/// One version of one object; a change makes a new one.
///
/// It keeps the text, which answers carry, and the values at the paths of its table, which queries look at. The parsed value is
/// three to ten times as large as the text; it is made when it is asked for, and kept from then on.
#[derive(Debug)]
pub struct Object {
    pub(super) json: Json,
    pub(super) id: Arc<str>,
    pub(super) namespace: Arc<str>,
    pub(super) version: u64,
    /// The version at which it was created, which is its identity.
    pub(super) born: u64,
    pub(super) created_at: Timestamp,
    pub(super) shape: Arc<Shape>,
    pub(super) cells: Box<[Cell]>,
    pub(super) parsed: OnceLock<Box<Value>>,
}

impl Object {
    /// The parsed value; [`at`](Self::at) needs less memory.
    pub fn value(&self) -> &Value {
        self.parsed.get_or_init(|| Box::new(parse(&self.json)))
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

    /// What a dot path names, as [`query::lookup`] says; `None` where nothing is there. A path that the table does not keep is
    /// found by parsing the text.
    pub fn at(&self, path: &str) -> Option<Cow<'_, Value>> {
        if let Some(index) = self.shape.index(path) {
            return self.cells[index].first().map(Cow::Borrowed);
        }
        match self.parsed.get() {
            Some(value) => query::lookup(value, path).map(Cow::Borrowed),
            None => query::lookup(&parse(&self.json), path)
                .cloned()
                .map(Cow::Owned),
        }
    }

    pub(super) fn cell(&self, number: usize) -> Cell {
        self.cells[number].clone()
    }

    /// Whether any label, what is text among `metadata.labels`, passes a test.
    pub fn any_label(&self, test: impl Fn(&str, &str) -> bool) -> bool {
        let labels = self.at("metadata.labels");
        let labels = labels.as_deref().and_then(Value::as_object);
        labels
            .into_iter()
            .flatten()
            .any(|(key, value)| value.as_str().is_some_and(|value| test(key, value)))
    }

    /// What a watch says of every object, whatever its type.
    ///
    /// Contract: SNK-12
    pub fn metadata(&self) -> ResourceMetadata {
        let labels = self.at("metadata.labels");
        let labels = labels.as_deref().and_then(Value::as_object);
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
}

/// A UUID that says at which version an object was created.
pub(super) fn uid(born: u64) -> String {
    format!("00000000-0000-4000-8000-{born:012x}")
}

// The store wrote the text, from a value.
fn parse(json: &Json) -> Value {
    json.to_value().unwrap_or_default()
}

impl QueryItem for Object {
    fn value(&self) -> &Value {
        Self::value(self)
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

    fn satisfies(&self, filter: &CompiledFilter) -> bool {
        filter.matches_fields(&Looking::at(self))
    }

    fn order_key(&self, path: &str) -> Option<Cow<'_, Value>> {
        self.at(path)
    }
}

/// An object while a filter looks at it: parsed once, and only if a path demands it.
pub(super) struct Looking<'a> {
    object: &'a Object,
    parsed: OnceCell<Value>,
}

impl<'a> Looking<'a> {
    pub(super) fn at(object: &'a Object) -> Self {
        Self {
            object,
            parsed: OnceCell::new(),
        }
    }
}

impl FieldSource for Looking<'_> {
    fn any_field(&self, path: &str, test: impl Fn(&Value) -> bool) -> bool {
        if let Some(index) = self.object.shape.index(path) {
            return self.object.cells[index].any(test);
        }
        match self.object.parsed.get() {
            Some(value) => value.any_field(path, test),
            None => {
                let parsed = self.parsed.get_or_init(|| parse(&self.object.json));
                parsed.any_field(path, test)
            }
        }
    }
}
