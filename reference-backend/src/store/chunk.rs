//! Some objects that follow each other, and what is kept of them.

use std::sync::Arc;

use super::{Object, column::Column, shape::Cells};

/// How many objects a chunk has at most: few enough to be copied for a writer, many enough for a query to go straight on.
pub(super) const MOST: usize = 512;

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

    pub(super) fn len(&self) -> usize {
        self.objects.len()
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
    pub(super) fn search(&self, identity: (&str, &str)) -> Result<usize, usize> {
        self.objects
            .binary_search_by(|object| object.identity().cmp(&identity))
    }

    pub(super) fn insert(&mut self, row: usize, object: Arc<Object>, cells: &Cells) {
        self.objects.insert(row, object);
        for (column, cell) in self.columns.iter_mut().zip(cells.iter()) {
            column.insert(row, cell);
        }
    }

    pub(super) fn replace(&mut self, row: usize, object: Arc<Object>, cells: &Cells) {
        self.objects[row] = object;
        for (column, cell) in self.columns.iter_mut().zip(cells.iter()) {
            column.replace(row, cell);
        }
    }

    pub(super) fn remove(&mut self, row: usize) {
        self.objects.remove(row);
        for column in &mut self.columns {
            column.remove(row);
        }
    }

    /// Takes over some rows of another chunk.
    pub(super) fn extend(&mut self, other: &Self, rows: std::ops::Range<usize>) {
        self.objects.extend_from_slice(&other.objects[rows.clone()]);
        for (column, others) in self.columns.iter_mut().zip(&other.columns) {
            column.extend(others, rows.clone());
        }
    }

    /// The same in two halves.
    pub(super) fn halves(&self) -> [Self; 2] {
        let middle = self.len() / 2;
        [0..middle, middle..self.len()].map(|rows| {
            let mut half = Self::new(self.columns.len());
            half.extend(self, rows);
            half
        })
    }
}
