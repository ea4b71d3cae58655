//! Which objects of a chunk satisfy a filter.

use std::cell::OnceCell;

use omniview_sdk::{
    FilterLogic,
    filter::{CompiledFilter, CompiledPredicate},
};
use serde_json::Value;

use super::{chunk::Chunk, column::Column, shape::Shape};

/// A chunk while a filter goes through its columns.
pub(super) struct Selecting<'a> {
    chunk: &'a Chunk,
    shape: &'a Shape,
    /// The objects that had to be parsed, for predicates on paths that nothing keeps.
    parsed: OnceCell<Box<[OnceCell<Value>]>>,
}

impl<'a> Selecting<'a> {
    pub(super) fn new(chunk: &'a Chunk, shape: &'a Shape) -> Self {
        Self {
            chunk,
            shape,
            parsed: OnceCell::new(),
        }
    }

    /// Leaves those rows, which grow, that satisfy a filter.
    pub(super) fn keep(&self, rows: &mut Vec<u16>, filter: &CompiledFilter) {
        let (predicates, groups) = (filter.predicates(), filter.groups());
        if predicates.is_empty() && groups.is_empty() {
            return;
        }
        // What is parsed comes last, when few are left.
        let (kept, parsed): (Vec<_>, Vec<_>) = predicates
            .iter()
            .map(|predicate| (predicate, self.shape.index(predicate.path())))
            .partition(|(_, column)| column.is_some());
        let parts = kept.iter().map(|part| Part::Predicate(*part));
        let parts = parts.chain(groups.iter().map(Part::Group));
        let parts = parts.chain(parsed.iter().map(|part| Part::Predicate(*part)));
        if filter.logic() == FilterLogic::Or {
            let mut hits = Vec::new();
            for part in parts {
                let mut hit = rows.clone();
                self.keep_part(&mut hit, part);
                rows.retain(|row| hit.binary_search(row).is_err());
                hits.append(&mut hit);
            }
            hits.sort_unstable();
            *rows = hits;
        } else {
            for part in parts {
                if !rows.is_empty() {
                    self.keep_part(rows, part);
                }
            }
        }
    }

    fn keep_part(&self, rows: &mut Vec<u16>, part: Part<'_>) {
        match part {
            Part::Group(group) => self.keep(rows, group),
            Part::Predicate((predicate, Some(number))) => {
                keep_column(rows, predicate, self.chunk.column(number));
            }
            Part::Predicate((predicate, None)) => {
                rows.retain(|row| predicate.holds(self.parsed(*row)));
            }
        }
    }

    fn parsed(&self, row: u16) -> &Value {
        let parsed = self.parsed.get_or_init(|| {
            let rows = self.chunk.objects().iter();
            rows.map(|_| OnceCell::new()).collect()
        });
        parsed[usize::from(row)].get_or_init(|| self.chunk.object(row).parse())
    }
}

#[derive(Clone, Copy)]
enum Part<'f> {
    /// With the number of its column.
    Predicate((&'f CompiledPredicate, Option<usize>)),
    Group(&'f CompiledFilter),
}

fn keep_column(rows: &mut Vec<u16>, predicate: &CompiledPredicate, column: &Column) {
    if rows.len() < column.width() {
        return rows.retain(|row| predicate.holds(&column.cell(*row)));
    }
    let passes: Vec<bool> = column.cells().map(|cell| predicate.holds(&cell)).collect();
    if passes.iter().all(|passes| *passes) {
        return;
    }
    // Without a branch, which would be mispredicted at every other row.
    let mut kept = 0;
    let codes = column.codes();
    for index in 0..rows.len() {
        let row = rows[index];
        rows[kept] = row;
        kept += usize::from(passes[codes.of(row)]);
    }
    rows.truncate(kept);
}
