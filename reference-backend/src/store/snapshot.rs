//! A table at one version.

use std::{
    borrow::Cow,
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

use omniview_sdk::{
    Json,
    filter::{CompiledFilter, FieldSource},
    query::QueryItem,
};
use serde_json::Value;

use super::{
    Object,
    fields::{Cell, Shape},
    object::Looking,
};

/// A whole table at one version.
///
/// [`rows`](Self::rows) are what queries run over: the values at a path are gathered in a column when a query first asks for
/// them, so that a query does not visit the objects that it passes by.
#[derive(Debug)]
pub struct Snapshot {
    version: u64,
    objects: Vec<Arc<Object>>,
    shape: Arc<Shape>,
    columns: Box<[OnceLock<Box<[Cell]>>]>,
}

impl Snapshot {
    pub(super) fn new(version: u64, objects: Vec<Arc<Object>>, shape: &Arc<Shape>) -> Self {
        Self {
            version,
            objects,
            shape: Arc::clone(shape),
            columns: (0..shape.len()).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The version of the last change that is in it.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The objects, ordered by namespace and id.
    pub fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    /// The same as [`objects`](Self::objects), to be queried.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.objects.len()).map(|index| Row {
            snapshot: self,
            index,
        })
    }

    fn cell(&self, path: &str, index: usize) -> Option<&Cell> {
        let number = self.shape.index(path)?;
        let column = self.columns[number].get_or_init(|| {
            let objects = self.objects.iter();
            objects.map(|object| object.cell(number)).collect()
        });
        Some(&column[index])
    }
}

/// One object of a [`Snapshot`], to be queried.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    snapshot: &'a Snapshot,
    index: usize,
}

impl Row<'_> {
    fn object(&self) -> &Object {
        &self.snapshot.objects[self.index]
    }
}

impl QueryItem for Row<'_> {
    fn value(&self) -> &Value {
        self.object().value()
    }

    fn json(&self) -> Json {
        self.object().json().clone()
    }

    fn id(&self) -> &str {
        self.object().id()
    }

    fn namespace(&self) -> &str {
        self.object().namespace()
    }

    fn satisfies(&self, filter: &CompiledFilter) -> bool {
        filter.matches_fields(&LookingAtRow {
            row: *self,
            object: Looking::at(self.object()),
        })
    }

    fn order_key(&self, path: &str) -> Option<Cow<'_, Value>> {
        match self.snapshot.cell(path, self.index) {
            Some(cell) => cell.first().map(Cow::Borrowed),
            None => self.object().at(path),
        }
    }

    fn compare_identity(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self.snapshot, other.snapshot) {
            // The objects are in this order.
            return self.index.cmp(&other.index);
        }
        (self.namespace(), self.id()).cmp(&(other.namespace(), other.id()))
    }
}

struct LookingAtRow<'a> {
    row: Row<'a>,
    object: Looking<'a>,
}

impl FieldSource for LookingAtRow<'_> {
    fn any_field(&self, path: &str, test: impl Fn(&Value) -> bool) -> bool {
        match self.row.snapshot.cell(path, self.row.index) {
            Some(cell) => cell.any(test),
            None => self.object.any_field(path, test),
        }
    }
}
