//! What is at one path of the objects of one chunk.

use std::{collections::HashMap, ops::Range};

use foldhash::fast::FixedState;

use super::packed::{Cell, Parts, push_part};

/// What is at one path of some objects: cells that are equal are kept once as far as that is cheap, and an object has the number of
/// its cell.
///
/// A predicate is asked once a cell, and the objects are gone through with nothing but two numbers each in sight. What a query goes
/// through is in one piece, the cells and the numbers: at a million objects it is the way to the memory that takes its time.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    /// The cells, each after its length.
    packed: String,
    /// The number of its cell, row by row.
    codes: Vec<u16>,
    /// Where each cell starts.
    starts: Vec<u32>,
}

/// How many cells no row has any more are left alone, beside as many as there are rows.
const SLACK: usize = 32;

/// Among how many cells a new one is looked for.
const FIRST: usize = 16;

impl Column {
    /// How many different cells there are, those that no row has any more among them.
    pub(super) fn width(&self) -> usize {
        self.starts.len()
    }

    /// The different cells, by number.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        Parts::new(&self.packed).map(Cell::new)
    }

    /// The number of its cell, row by row.
    pub(super) fn codes(&self) -> &[u16] {
        &self.codes
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: u16) -> Cell<'_> {
        Cell::new(self.packed_cell(self.code(row)))
    }

    /// The number of the cell of a row.
    pub(super) fn code(&self, row: u16) -> usize {
        self.codes[usize::from(row)].into()
    }

    pub(super) fn insert(&mut self, row: usize, cell: &str) {
        let code = self.code_near(row, cell);
        self.codes.insert(row, code);
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.insert(self.codes.len(), cell);
    }

    pub(super) fn replace(&mut self, row: usize, cell: &str) {
        if self.packed_cell(self.codes[row].into()) == cell {
            return;
        }
        self.codes[row] = self.code_near(row, cell);
        self.tidy();
    }

    pub(super) fn remove(&mut self, row: usize) {
        self.codes.remove(row);
        self.tidy();
    }

    /// Gives back the memory that was taken for more.
    pub(super) fn shrink(&mut self) {
        self.packed.shrink_to_fit();
        self.codes.shrink_to_fit();
        self.starts.shrink_to_fit();
    }

    /// Some rows of columns, one after the other; each cell is in it once.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = (&'a Self, Range<usize>)>) -> Self {
        let mut column = Self::default();
        let mut known: HashMap<&str, u16, FixedState> = HashMap::default();
        for (part, rows) in parts {
            let mut codes = vec![None; part.width()];
            for &code in &part.codes[rows] {
                let code = usize::from(code);
                let own = *codes[code].get_or_insert_with(|| {
                    let cell = part.packed_cell(code);
                    *known.entry(cell).or_insert_with(|| column.add(cell))
                });
                column.codes.push(own);
            }
        }
        column.shrink();
        column
    }

    /// Forgets the cells that no row has any more, once they are more than the rows.
    fn tidy(&mut self) {
        if self.width() > 2 * self.codes.len() + SLACK {
            *self = Self::of([(&*self, 0..self.codes.len())]);
        }
    }

    fn packed_cell(&self, code: usize) -> &str {
        let from = &self.packed[self.starts[code] as usize..];
        Parts::new(from).next().unwrap_or_default()
    }

    /// The number of a cell that is to be at a row. Where there are few different ones, or neighbours are equal, it is that of the
    /// one that is there; a look at all of them would take longer than it saves.
    fn code_near(&mut self, row: usize, cell: &str) -> u16 {
        let before = row.checked_sub(1).and_then(|row| self.codes.get(row));
        let near = [before, self.codes.get(row)].into_iter().flatten().copied();
        let near = near
            .into_iter()
            .find(|code| self.packed_cell((*code).into()) == cell);
        let first = || {
            (0..)
                .zip(Parts::new(&self.packed).take(FIRST))
                .find(|(_, one)| *one == cell)
        };
        match near.or_else(|| first().map(|(code, _)| code)) {
            Some(code) => code,
            None => self.add(cell),
        }
    }

    fn add(&mut self, cell: &str) -> u16 {
        // A chunk has some hundred objects, and an object a megabyte at most.
        self.starts
            .push(u32::try_from(self.packed.len()).unwrap_or(u32::MAX));
        push_part(cell, &mut self.packed);
        // `tidy` keeps them below three times the rows of a chunk.
        u16::try_from(self.starts.len() - 1).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert(usize, String),
        Replace(usize, String),
        Remove(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let cell = || "[a-c]{0,2}";
        let row = 0..64_usize;
        prop_oneof![
            2 => (row.clone(), cell()).prop_map(|(row, cell)| Step::Insert(row, cell)),
            2 => (row.clone(), cell()).prop_map(|(row, cell)| Step::Replace(row, cell)),
            1 => row.prop_map(Step::Remove),
        ]
    }

    proptest! {
        #[test]
        fn a_column_is_a_list_of_cells_and_keeps_a_few_equal_ones_once(
            steps in prop::collection::vec(step(), 0..200)
        ) {
            let mut column = Column::default();
            let mut list: Vec<String> = Vec::new();
            for step in steps {
                match step {
                    Step::Insert(row, cell) => {
                        let row = row % (list.len() + 1);
                        column.insert(row, &cell);
                        list.insert(row, cell);
                    }
                    Step::Replace(row, cell) if !list.is_empty() => {
                        let row = row % list.len();
                        column.replace(row, &cell);
                        list[row] = cell;
                    }
                    Step::Remove(row) if !list.is_empty() => {
                        let row = row % list.len();
                        column.remove(row);
                        list.remove(row);
                    }
                    _ => {}
                }
            }
            let rows = column.codes().iter().map(|code| column.packed_cell((*code).into()));
            prop_assert_eq!(rows.collect::<Vec<_>>(), list.iter().collect::<Vec<_>>());
            let mut cells: Vec<&str> = (0..column.width()).map(|code| column.packed_cell(code)).collect();
            cells.sort_unstable();
            prop_assert!(cells.windows(2).all(|two| two[0] != two[1]));
        }
    }

    #[test]
    fn cells_that_no_row_has_any_more_are_forgotten() {
        let mut column = Column::default();
        column.push("");
        for n in 0..10_000_u32 {
            column.replace(0, &n.to_string());
            assert!(column.width() <= 2 + SLACK);
        }
        assert_eq!(column.packed_cell(column.code(0)), "9999");
        assert!(column.packed.len() <= 5 * (2 + SLACK));
    }
}
