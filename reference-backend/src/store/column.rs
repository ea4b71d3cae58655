//! What is at one path of the objects of one chunk.

use std::{collections::HashMap, ops::Range};

use foldhash::fast::FixedState;

use super::packed::{Cell, Parts, push_part};

/// What is at one path of some objects: cells that are equal are kept once as far as that is cheap, and an object has the number of
/// its cell.
///
/// A predicate is asked once a cell, and the objects are gone through with nothing but a number each in sight. What a query goes
/// through is in one piece: over a million objects it is the way to the memory that takes the time, and each piece is one more.
#[derive(Debug, Clone, Default)]
// One line of the cache each, and not two.
#[repr(align(64))]
pub(super) struct Column {
    /// The cells, each after its length; then the numbers of the cells, row by row. A number is one character, or two, the lower
    /// first, where there are more cells than [`NARROW`].
    block: String,
    /// Where the numbers start.
    middle: usize,
    /// Where each cell starts.
    starts: Vec<u32>,
}

/// How many cells have a number in one character: 128.
const NARROW: usize = 1 << BITS;
const BITS: u32 = 7;

/// How many cells no row has any more are left alone, beside as many as there are rows.
const SLACK: usize = 32;

/// Among how many cells a new one is looked for.
const FIRST: usize = 16;

/// The numbers of the cells of a column, by row.
#[derive(Clone, Copy)]
pub(super) struct Codes<'a> {
    bytes: &'a [u8],
    wide: bool,
}

impl Codes<'_> {
    /// The number of the cell of a row.
    pub(super) fn of(self, row: u16) -> usize {
        let row = usize::from(row);
        if self.wide {
            usize::from(self.bytes[2 * row]) | usize::from(self.bytes[2 * row + 1]) << BITS
        } else {
            self.bytes[row].into()
        }
    }

    fn len(self) -> usize {
        self.bytes.len() / if self.wide { 2 } else { 1 }
    }
}

impl Column {
    /// How many different cells there are, those that no row has any more among them.
    pub(super) fn width(&self) -> usize {
        self.starts.len()
    }

    /// The different cells, by number.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.parts().map(Cell::new)
    }

    /// The numbers of the cells.
    pub(super) fn codes(&self) -> Codes<'_> {
        Codes {
            bytes: &self.block.as_bytes()[self.middle..],
            wide: self.is_wide(),
        }
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: u16) -> Cell<'_> {
        Cell::new(self.part(self.codes().of(row)))
    }

    pub(super) fn insert(&mut self, row: u16, cell: &str) {
        let code = self.code_near(row, cell);
        let [low, high] = characters(code);
        let at = self.place(row);
        if self.is_wide() {
            self.block.insert(at, high);
        }
        self.block.insert(at, low);
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.insert(self.len(), cell);
    }

    pub(super) fn replace(&mut self, row: u16, cell: &str) {
        if self.part(self.codes().of(row)) != cell {
            self.cut(row);
            self.insert(row, cell);
            self.tidy();
        }
    }

    pub(super) fn remove(&mut self, row: u16) {
        self.cut(row);
        self.tidy();
    }

    /// Some rows of columns, one after the other; each cell is in it once, and it takes no more memory than that.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = (&'a Self, Range<u16>)>) -> Self {
        let mut column = Self::default();
        let mut codes = Vec::new();
        let mut known: HashMap<&str, usize, FixedState> = HashMap::default();
        for (part, rows) in parts {
            let mut own = vec![None; part.width()];
            for row in rows {
                let code = part.codes().of(row);
                codes.push(*own[code].get_or_insert_with(|| {
                    let cell = part.part(code);
                    *known.entry(cell).or_insert_with(|| column.add(cell))
                }));
            }
        }
        column.number(codes);
        column.block.shrink_to_fit();
        column.starts.shrink_to_fit();
        column
    }

    fn len(&self) -> u16 {
        // A chunk has some hundred rows.
        u16::try_from(self.codes().len()).unwrap_or(u16::MAX)
    }

    fn is_wide(&self) -> bool {
        self.width() > NARROW
    }

    fn parts(&self) -> Parts<'_> {
        Parts::new(&self.block[..self.middle])
    }

    fn part(&self, code: usize) -> &str {
        let from = Parts::new(&self.block[self.starts[code] as usize..self.middle]);
        from.into_iter().next().unwrap_or_default()
    }

    /// Where the number of a row is.
    fn place(&self, row: u16) -> usize {
        let row = usize::from(row);
        self.middle + if self.is_wide() { 2 * row } else { row }
    }

    fn cut(&mut self, row: u16) {
        let (from, to) = (self.place(row), self.place(row + 1));
        self.block.replace_range(from..to, "");
    }

    /// Forgets the cells that no row has any more, once they are more than the rows.
    fn tidy(&mut self) {
        if self.width() > 2 * usize::from(self.len()) + SLACK {
            *self = Self::of([(&*self, 0..self.len())]);
        }
    }

    /// The number of a cell that is to be at a row. Where there are few different ones, or neighbours are equal, it is that of the
    /// one that is there; a look at all of them would take longer than it saves.
    fn code_near(&mut self, row: u16, cell: &str) -> usize {
        let (codes, len) = (self.codes(), self.len());
        let neighbours = [row.checked_sub(1), (row < len).then_some(row)];
        let near = neighbours.into_iter().flatten().map(|row| codes.of(row));
        let near = near.into_iter().find(|code| self.part(*code) == cell);
        let first = || self.parts().take(FIRST).position(|one| one == cell);
        match near.or_else(first) {
            Some(code) => code,
            None => self.add(cell),
        }
    }

    /// Adds a cell and returns its number.
    fn add(&mut self, cell: &str) -> usize {
        let code = self.width();
        let numbers = if code == NARROW {
            // From here on a number is two characters.
            let codes = self.codes();
            let all: Vec<usize> = (0..self.len()).map(|row| codes.of(row)).collect();
            self.block.truncate(self.middle);
            Some(all)
        } else {
            None
        };
        let mut part = String::with_capacity(cell.len() + 2);
        push_part(cell, &mut part);
        // A chunk has some hundred objects, and an object a megabyte at most.
        self.starts
            .push(u32::try_from(self.middle).unwrap_or(u32::MAX));
        self.block.insert_str(self.middle, &part);
        self.middle += part.len();
        if let Some(all) = numbers {
            self.number(all);
        }
        code
    }

    /// Numbers the rows of a column that has none.
    fn number(&mut self, codes: impl IntoIterator<Item = usize>) {
        let wide = self.is_wide();
        for code in codes {
            let [low, high] = characters(code);
            self.block.push(low);
            if wide {
                self.block.push(high);
            }
        }
    }
}

/// A number as text: seven bits and the rest. `tidy` keeps numbers below three times the rows of a chunk.
fn characters(code: usize) -> [char; 2] {
    [code, code >> BITS].map(|bits| char::from((bits % NARROW) as u8))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

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
            different in select(vec![0, 1, 120, 127, 300]),
            steps in prop::collection::vec(step(), 0..200)
        ) {
            let mut column = Column::default();
            // So many that numbers are two characters, or soon will be.
            let mut list: Vec<String> = (0..different).map(|n| n.to_string()).collect();
            list.iter().for_each(|cell| column.push(cell));
            for step in steps {
                match step {
                    Step::Insert(row, cell) => {
                        let row = row % (list.len() + 1);
                        column.insert(row as u16, &cell);
                        list.insert(row, cell);
                    }
                    Step::Replace(row, cell) if !list.is_empty() => {
                        let row = row % list.len();
                        column.replace(row as u16, &cell);
                        list[row] = cell;
                    }
                    Step::Remove(row) if !list.is_empty() => {
                        let row = row % list.len();
                        column.remove(row as u16);
                        list.remove(row);
                    }
                    _ => {}
                }
            }
            let rows = (0..column.len()).map(|row| column.part(column.codes().of(row)));
            prop_assert_eq!(rows.collect::<Vec<_>>(), list.iter().collect::<Vec<_>>());
            prop_assert!(column.width() <= 2 * list.len() + SLACK + 1);
            if different == 0 {
                let mut cells: Vec<&str> = column.parts().collect();
                cells.sort_unstable();
                prop_assert!(cells.windows(2).all(|two| two[0] != two[1]));
            }
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
        assert_eq!(column.part(column.codes().of(0)), "9999");
        assert!(column.block.len() <= 5 * (2 + SLACK));
    }
}
