//! An object in its place in a snapshot.

use std::{borrow::Cow, ops::Deref, sync::Arc};

use serde_json::Value;

use super::{Object, chunk::Chunk, shape::Shape};

/// An object with what is kept beside it, so that it is looked into without being parsed.
///
/// It is the object otherwise. An object that is in no snapshot is a row too, of which nothing is kept.
///
/// ```
/// use std::sync::Arc;
/// use omniview_reference_backend::store::{Clock, Table, TableScope};
/// use omniview_sdk::Json;
/// use serde_json::json;
///
/// let table = Table::new("core::v1::Pod", TableScope::Namespaced, Arc::new(Clock::new())).keeping(["status.phase"]);
/// let pod = json!({"metadata": {"name": "web", "labels": {"app": "shop"}}, "status": {"phase": "Running"}});
/// table.create(&Json::from(pod), "shop")?;
/// let snapshot = table.snapshot();
/// let row = snapshot.row("web", "shop").unwrap();
/// assert_eq!(*row.at("status.phase").unwrap(), json!("Running"));
/// assert!(row.any_label(|key, value| (key, value) == ("app", "shop")));
/// # Ok::<(), omniview_reference_backend::store::StoreError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    object: &'a Arc<Object>,
    kept: Option<Kept<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Kept<'a> {
    chunk: &'a Chunk,
    shape: &'a Shape,
    row: u16,
}

impl<'a> Row<'a> {
    pub(super) fn new(chunk: &'a Chunk, shape: &'a Shape, row: u16) -> Self {
        Self {
            object: chunk.object(row),
            kept: Some(Kept { chunk, shape, row }),
        }
    }

    /// As [`Object::at`]; the text is parsed only for a path that the table does not keep.
    pub fn at(&self, path: &str) -> Option<Cow<'a, Value>> {
        if let Some(Kept { chunk, shape, row }) = self.kept
            && let Some(number) = shape.index(path)
        {
            let first = chunk.column(number).cell(row).first()?;
            return Some(Cow::Owned(first.to_value()));
        }
        self.object.at(path)
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
}

impl<'a> From<&'a Arc<Object>> for Row<'a> {
    fn from(object: &'a Arc<Object>) -> Self {
        Self { object, kept: None }
    }
}

impl Deref for Row<'_> {
    type Target = Arc<Object>;

    fn deref(&self) -> &Self::Target {
        self.object
    }
}
