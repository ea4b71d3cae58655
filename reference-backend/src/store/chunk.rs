//! Some objects that follow each other, and what is kept of them.

use std::{ops::Range, sync::Arc};

use super::{Object, column::Column, shape::Cells};

/// How many objects a chunk has at most: few enough to be copied for a writer, many enough for a query to go straight on. In unit
/// tests a few objects need several chunks.
pub(super) const MOST: u16 = if cfg!(test) { 8 } else { 1024 };

/// Some objects that follow each other in a table, with a [`Column`] for each path that is kept.
///
/// It is what a snapshot shares with the table: a writer copies the one chunk that it changes, and only while a snapshot has it.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    /// Ordered by namespace and id.
    objects: Vec<Arc<Object>>,
    columns: Box<[Column]>,
}

impl Chunk {
    /// An empty chunk that keeps so many paths.
    pub(super) fn new(paths: usize) -> Self {
        Self {
            objects: Vec::new(),
            columns: (0..paths).map(|_| Column::default()).collect(),
        }
    }

    pub(super) fn len(&self) -> u16 {
        narrow(self.objects.len())
    }

    pub(super) fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    pub(super) fn object(&self, row: u16) -> &Arc<Object> {
        &self.objects[usize::from(row)]
    }

    pub(super) fn column(&self, number: usize) -> &Column {
        &self.columns[number]
    }

    /// The row of an identity, or the row where it would be.
    pub(super) fn search(&self, identity: (&str, &str)) -> Result<u16, u16> {
        self.objects
            .binary_search_by(|object| object.identity().cmp(&identity))
            .map(narrow)
            .map_err(narrow)
    }

    pub(super) fn insert(&mut self, row: u16, object: Arc<Object>, cells: &Cells) {
        self.objects.insert(row.into(), object);
        for (column, cell) in self.columns.iter_mut().zip(cells.iter()) {
            column.insert(row, cell);
        }
    }

    pub(super) fn replace(&mut self, row: u16, object: Arc<Object>, cells: &Cells) {
        self.objects[usize::from(row)] = object;
        for (column, cell) in self.columns.iter_mut().zip(cells.iter()) {
            column.replace(row, cell);
        }
    }

    pub(super) fn remove(&mut self, row: u16) {
        self.objects.remove(row.into());
        for column in &mut self.columns {
            column.remove(row);
        }
    }

    /// Some rows of chunks that follow each other.
    pub(super) fn of(parts: &[(&Self, Range<u16>)]) -> Self {
        let objects = |(chunk, rows): &(&Self, Range<u16>)| {
            chunk.objects[rows.start.into()..rows.end.into()].to_vec()
        };
        let paths = parts.first().map_or(0, |(chunk, _)| chunk.columns.len());
        let column = |number: usize| {
            let parts = parts.iter();
            Column::of(parts.map(|(chunk, rows)| (&chunk.columns[number], rows.clone())))
        };
        Self {
            objects: parts.iter().flat_map(objects).collect(),
            columns: (0..paths).map(column).collect(),
        }
    }

    /// The same in two halves.
    pub(super) fn halves(&self) -> [Self; 2] {
        let middle = self.len() / 2;
        [0..middle, middle..self.len()].map(|rows| Self::of(&[(self, rows)]))
    }

    /// All rows, in no more memory than they need.
    pub(super) fn compact(&self) -> Self {
        Self::of(&[(self, 0..self.len())])
    }
}

/// A number of a row, of which a chunk has [`MOST`] and one more.
fn narrow(row: usize) -> u16 {
    u16::try_from(row).unwrap_or(u16::MAX)
}
