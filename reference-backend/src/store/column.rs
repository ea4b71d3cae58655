//! What is at one path of the objects of one chunk.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::packed::Cell;

/// What is at one path of some objects: cells that are equal are kept once, and an object has the number of its cell.
///
/// A predicate is asked once a cell, and the objects are gone through with nothing but two numbers each in sight.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    /// The number of its cell, row by row.
    codes: Vec<u16>,
    /// Where each cell ends in `bytes`; it starts where the one before it ends.
    ends: Vec<u32>,
    /// Of each cell, to find it by.
    hashes: Vec<u32>,
    bytes: Vec<u8>,
}

/// How many cells no row has any more are left alone, beside as many as there are rows.
const SLACK: usize = 32;

impl Column {
    /// How many different cells there are, those that no row has any more among them.
    pub(super) fn width(&self) -> usize {
        self.ends.len()
    }

    /// The different cells, by number.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.ends.len()).map(|code| Cell::new(self.bytes_of(code)))
    }

    /// The number of its cell, row by row.
    pub(super) fn codes(&self) -> &[u16] {
        &self.codes
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: u16) -> Cell<'_> {
        Cell::new(self.bytes_of(self.code(row)))
    }

    /// The number of the cell of a row.
    pub(super) fn code(&self, row: u16) -> usize {
        self.codes[usize::from(row)].into()
    }

    pub(super) fn insert(&mut self, row: usize, cell: &[u8]) {
        let code = self.code_of(cell);
        self.codes.insert(row, code);
    }

    pub(super) fn push(&mut self, cell: &[u8]) {
        self.insert(self.codes.len(), cell);
    }

    pub(super) fn replace(&mut self, row: usize, cell: &[u8]) {
        if self.bytes_of(self.codes[row].into()) == cell {
            return;
        }
        self.codes[row] = self.code_of(cell);
        self.tidy();
    }

    pub(super) fn remove(&mut self, row: usize) {
        self.codes.remove(row);
        self.tidy();
    }

    /// Takes over some rows of another column.
    pub(super) fn extend(&mut self, other: &Self, rows: std::ops::Range<usize>) {
        let mut known = vec![None; other.width()];
        for &code in &other.codes[rows] {
            let code = usize::from(code);
            let own = *known[code].get_or_insert_with(|| self.code_of(other.bytes_of(code)));
            self.codes.push(own);
        }
    }

    /// Forgets the cells that no row has any more, once they are more than the rows.
    fn tidy(&mut self) {
        if self.width() > 2 * self.codes.len() + SLACK {
            let mut tidy = Self::default();
            tidy.extend(self, 0..self.codes.len());
            *self = tidy;
        }
    }

    fn bytes_of(&self, code: usize) -> &[u8] {
        let start = match code.checked_sub(1) {
            Some(before) => self.ends[before] as usize,
            None => 0,
        };
        &self.bytes[start..self.ends[code] as usize]
    }

    /// The number of a cell, which is a new one unless the cell is there.
    fn code_of(&mut self, cell: &[u8]) -> u16 {
        // The lower half is as good as the whole to tell a thousand cells apart.
        let hash = FixedState::default().hash_one(cell) as u32;
        let mut same = self
            .hashes
            .iter()
            .enumerate()
            .filter(|(_, one)| **one == hash);
        let known = same.find(|(code, _)| self.bytes_of(*code) == cell);
        let code = known.map(|(code, _)| code).unwrap_or_else(|| {
            self.bytes.extend(cell);
            // A chunk has some hundred objects, and an object a megabyte at most.
            self.ends
                .push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
            self.hashes.push(hash);
            self.hashes.len() - 1
        });
        // `tidy` keeps them below three times the rows of a chunk.
        u16::try_from(code).unwrap_or(u16::MAX)
    }
}
