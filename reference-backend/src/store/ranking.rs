//! The first objects of an order, found without sorting the others.

use std::{cell::OnceCell, cmp::Ordering};

use omniview_sdk::{OrderField, query::Position};
use serde_json::Value;

use super::{
    chunk::Chunk,
    chunks::{Chunks, Place},
    column::{Codes, Column},
    packed::{Packed, compare, packed},
    shape::Shape,
};

/// The first objects of an order among those that were offered.
///
/// It holds twice as many as are wanted and a chunk's more, drops those that are too many, and from then on takes only what comes
/// before the last that is left.
pub(super) struct Ranking<'a> {
    chunks: &'a Chunks,
    order: Vec<By>,
    /// The columns that order by paths that the table does not keep, chunk by chunk.
    made: Vec<Box<[Column]>>,
    unkept: Shape,
    after: Option<Bound>,
    first: Vec<Place>,
    wanted: usize,
    last: Option<Bound>,
    offered: usize,
}

#[derive(Clone, Copy)]
struct By {
    column: Source,
    descending: bool,
}

#[derive(Clone, Copy)]
enum Source {
    Kept(usize),
    Made(usize),
}

impl By {
    fn turned(self, order: Ordering) -> Ordering {
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

/// A point in the order; whoever has its keys is before it if its place is.
struct Bound {
    keys: Vec<String>,
    place: Place,
}

impl<'a> Ranking<'a> {
    /// The first `wanted` objects behind `after`.
    pub(super) fn new(
        chunks: &'a Chunks,
        shape: &Shape,
        order: &[OrderField],
        after: Option<&Position>,
        wanted: usize,
    ) -> Self {
        let paths = order.iter().map(|by| by.field.as_str());
        let unkept = Shape::new(paths.filter(|path| shape.index(path).is_none()));
        let by = |by: &OrderField| By {
            column: match (shape.index(&by.field), unkept.index(&by.field)) {
                (Some(number), _) => Source::Kept(number),
                (None, number) => Source::Made(number.unwrap_or_default()),
            },
            descending: by.descending,
        };
        let after = after.map(|after| Bound {
            keys: after.keys.iter().map(packed).collect(),
            place: match chunks.search((&after.namespace, &after.id)) {
                Ok(place) => Place {
                    row: place.row + 1,
                    ..place
                },
                Err(place) => place,
            },
        });
        Self {
            chunks,
            order: order.iter().map(by).collect(),
            made: Vec::new(),
            unkept,
            after,
            first: Vec::new(),
            wanted,
            last: None,
            offered: 0,
        }
    }

    /// Offers some rows of the next chunk.
    pub(super) fn offer(&mut self, rows: &mut Vec<u16>) {
        let number = self.made.len();
        let chunk = &self.chunks.list()[number];
        self.made.push(self.make(chunk, rows));
        if let Some(after) = &self.after {
            let against = Against::new(self, number, after);
            rows.retain(|row| against.compare(*row).is_gt());
        }
        self.offered += rows.len();
        if let Some(last) = &self.last {
            let against = Against::new(self, number, last);
            rows.retain(|row| against.compare(*row).is_lt());
        }
        let places = rows.iter().map(|row| Place {
            chunk: number,
            row: *row,
        });
        self.first.extend(places);
        let held = self.first.len();
        if held >= self.wanted && (self.last.is_none() || held / 2 >= self.wanted) {
            self.prune();
        }
    }

    /// How many rows of those that were offered are behind the start.
    pub(super) fn offered(&self) -> usize {
        self.offered
    }

    /// The places `wanted` of the order, none of them beyond what was wanted at first.
    pub(super) fn finish(&mut self, wanted: std::ops::Range<usize>) -> Vec<Place> {
        let mut first = std::mem::take(&mut self.first);
        if wanted.is_empty() {
            return Vec::new();
        }
        let compare = |a: &Place, b: &Place| self.compare(*a, *b);
        if wanted.end < first.len() {
            first.select_nth_unstable_by(wanted.end, compare);
            first.truncate(wanted.end);
        }
        if wanted.start > 0 {
            first.select_nth_unstable_by(wanted.start, compare);
        }
        let mut page = first.split_off(wanted.start);
        page.sort_unstable_by(compare);
        page
    }

    /// What a cursor says of a place.
    pub(super) fn position(&self, place: Place) -> Position {
        let object = self.chunks.object(place);
        let keys = self.order.iter().map(|by| {
            let key = self.key(*by, place);
            key.map_or(Value::Null, Packed::to_value)
        });
        Position {
            keys: keys.collect(),
            namespace: object.namespace().to_owned(),
            id: object.id().to_owned(),
        }
    }

    /// Leaves as many as are wanted.
    fn prune(&mut self) {
        let mut first = std::mem::take(&mut self.first);
        let Some(nth) = self.wanted.checked_sub(1) else {
            return;
        };
        let (_, last, _) =
            first.select_nth_unstable_by(nth, |a: &Place, b: &Place| self.compare(*a, *b));
        let place = *last;
        let keys = self.order.iter().map(|by| {
            let key = self.key(*by, place);
            key.map_or(String::new(), |key| key.as_str().to_owned())
        });
        self.last = Some(Bound {
            keys: keys.collect(),
            place,
        });
        first.truncate(self.wanted);
        self.first = first;
    }

    fn compare(&self, a: Place, b: Place) -> Ordering {
        self.order
            .iter()
            .map(|by| by.turned(compare(self.key(*by, a), self.key(*by, b))))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| a.cmp(&b))
    }

    fn key(&self, by: By, place: Place) -> Option<Packed<'_>> {
        self.column(by, place.chunk).cell(place.row).first()
    }

    fn column(&self, by: By, chunk: usize) -> &Column {
        match by.column {
            Source::Kept(number) => self.chunks.list()[chunk].column(number),
            Source::Made(number) => &self.made[chunk][number],
        }
    }

    /// Parses rows for what the order names and nothing keeps.
    fn make(&self, chunk: &Chunk, rows: &[u16]) -> Box<[Column]> {
        let mut columns: Box<[Column]> =
            (0..self.unkept.len()).map(|_| Column::default()).collect();
        if columns.is_empty() {
            return columns;
        }
        let mut rows = rows.iter().peekable();
        for (row, object) in (0..).zip(chunk.objects()) {
            if rows.next_if_eq(&&row).is_some() {
                let cells = self.unkept.project(&object.parse());
                for (column, cell) in columns.iter_mut().zip(cells.iter()) {
                    column.push(cell);
                }
            } else {
                columns.iter_mut().for_each(|column| column.push(""));
            }
        }
        columns
    }
}

/// The rows of one chunk against a point in the order: each cell is compared once.
struct Against<'r> {
    fields: Vec<Field<'r>>,
    chunk: usize,
    place: Place,
}

struct Field<'r> {
    by: By,
    column: &'r Column,
    codes: Codes<'r>,
    key: Option<Packed<'r>>,
    sides: OnceCell<Vec<Ordering>>,
}

impl<'r> Against<'r> {
    fn new(ranking: &'r Ranking<'_>, chunk: usize, bound: &'r Bound) -> Self {
        let keys = ranking.order.iter().zip(&bound.keys);
        Self {
            fields: keys
                .map(|(by, key)| {
                    let column = ranking.column(*by, chunk);
                    Field {
                        by: *by,
                        column,
                        codes: column.codes(),
                        key: (!key.is_empty()).then(|| Packed::new(key)),
                        sides: OnceCell::new(),
                    }
                })
                .collect(),
            chunk,
            place: bound.place,
        }
    }

    /// How a row stands to the point.
    fn compare(&self, row: u16) -> Ordering {
        for field in &self.fields {
            let side = field.sides()[field.codes.of(row)];
            if side.is_ne() {
                return side;
            }
        }
        let place = Place {
            chunk: self.chunk,
            row,
        };
        if place < self.place {
            Ordering::Less
        } else {
            Ordering::Greater
        }
    }
}

impl Field<'_> {
    /// How each cell of the column stands to the key.
    fn sides(&self) -> &[Ordering] {
        self.sides.get_or_init(|| {
            let cells = self.column.cells();
            cells
                .map(|cell| self.by.turned(compare(cell.first(), self.key)))
                .collect()
        })
    }
}
