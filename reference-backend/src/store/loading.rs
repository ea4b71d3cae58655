//! The first objects of a table, all at once.

use std::{collections::BTreeMap, sync::Arc};

use omniview_sdk::{Json, Timestamp};

use super::{Object, StoreError, Table, draft::Draft, draft::Stamp, index::Index, shape::Shape};

/// The first objects of a table. As many calls of [`Table::create_at`] would end with the same and take longer, since each has to
/// find its place among those before it.
#[derive(Debug)]
pub(crate) struct Loading<'a> {
    table: &'a Table,
    nothing: Shape,
    objects: Loaded,
}

/// Objects in the order in which they came to be, and what is known of them.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) objects: Vec<Arc<Object>>,
    pub(super) index: Index,
    /// How many objects are in each.
    pub(super) namespaces: BTreeMap<Arc<str>, usize>,
}

impl<'a> Loading<'a> {
    pub(super) fn new(table: &'a Table) -> Self {
        Self {
            table,
            nothing: Shape::new(Vec::<String>::new()),
            objects: Loaded::default(),
        }
    }

    /// As [`Table::create_at`]; it is in the table when the loading is finished.
    ///
    /// # Errors
    ///
    /// As [`Table::create_at`].
    pub(crate) fn push(
        &mut self,
        json: &Json,
        created_at: Timestamp,
    ) -> Result<Arc<Object>, StoreError> {
        let draft = Draft::read(json, "", self.table.key(), self.table.scope())?;
        let loaded = &mut self.objects;
        let namespace = self.table.place(&draft);
        let known = loaded.namespaces.get_key_value(&namespace);
        let namespace = known.map_or(namespace, |(known, _)| Arc::clone(known));
        if loaded.index.get((&namespace, &draft.id)).is_some() {
            return Err(self.table.taken(&draft.id, &namespace));
        }
        let version = self.table.clock().next_version();
        let stamp = Stamp {
            namespace: Arc::clone(&namespace),
            version,
            born: version,
            created_at,
        };
        // What is kept of it is found later, in the order of the table.
        let (object, _) = draft.stamp(stamp, &self.nothing);
        *loaded.namespaces.entry(namespace).or_default() += 1;
        loaded.index.put(&object);
        loaded.objects.push(Arc::clone(&object));
        Ok(object)
    }

    /// Puts the objects into the table, which was empty.
    pub(crate) fn finish(self) {
        self.table.fill(self.objects);
    }
}
