//! The objects of a table in their order.

use std::sync::Arc;

use super::{
    Object,
    chunk::{Chunk, MOST},
    shape::Cells,
};

/// A chunk with fewer objects than this joins a neighbour that has room.
const FEW: usize = MOST / 8;

/// The objects of a table, ordered by namespace and id.
///
/// A clone costs nothing and stays as it is: a writer copies what it changes while somebody else has it.
#[derive(Debug, Clone)]
pub(super) struct Chunks {
    list: Arc<Vec<Arc<Chunk>>>,
    len: usize,
    paths: usize,
}

/// A place in [`Chunks`], ordered as the objects are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) chunk: usize,
    pub(super) row: u16,
}

impl Chunks {
    /// No objects, of which so many paths will be kept.
    pub(super) fn new(paths: usize) -> Self {
        Self {
            list: Arc::default(),
            len: 0,
            paths,
        }
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn list(&self) -> &[Arc<Chunk>] {
        &self.list
    }

    pub(super) fn object(&self, place: Place) -> &Arc<Object> {
        self.list[place.chunk].object(place.row)
    }

    /// Where an object is that is ordered so; otherwise, where it would be.
    pub(super) fn search(&self, identity: (&str, &str)) -> Result<Place, Place> {
        // No chunk is empty. The last one that does not start behind is the one.
        let after = self
            .list
            .partition_point(|chunk| chunk.object(0).identity() <= identity);
        let chunk = after.saturating_sub(1);
        let place = |row: usize| Place {
            chunk,
            // A chunk has far fewer.
            row: u16::try_from(row).unwrap_or(u16::MAX),
        };
        match self.list.get(chunk) {
            Some(found) => found.search(identity).map(place).map_err(place),
            None => Err(place(0)),
        }
    }

    /// Puts an object in its place, which may be that of an earlier version of it.
    pub(super) fn put(&mut self, object: Arc<Object>, cells: &Cells) {
        let place = self.search(object.identity());
        let list = Arc::make_mut(&mut self.list);
        let place = match place {
            Ok(Place { chunk, row }) => {
                return Arc::make_mut(&mut list[chunk]).replace(row.into(), object, cells);
            }
            Err(place) => place,
        };
        self.len += 1;
        if list.is_empty() {
            list.push(Arc::new(Chunk::new(self.paths)));
        }
        let chunk = Arc::make_mut(&mut list[place.chunk]);
        chunk.insert(place.row.into(), object, cells);
        if chunk.len() > MOST {
            let halves = chunk.halves().map(Arc::new);
            list.splice(place.chunk..=place.chunk, halves);
        }
    }

    /// Takes the object of an identity away.
    pub(super) fn remove(&mut self, identity: (&str, &str)) {
        let Ok(place) = self.search(identity) else {
            return;
        };
        self.len -= 1;
        let list = Arc::make_mut(&mut self.list);
        let chunk = Arc::make_mut(&mut list[place.chunk]);
        chunk.remove(place.row.into());
        match chunk.len() {
            0 => drop(list.remove(place.chunk)),
            len if len < FEW => join(list, place.chunk.saturating_sub(1), self.paths),
            _ => {}
        }
    }
}

/// Makes one chunk of two that follow each other, if it has room for more then.
fn join(list: &mut Vec<Arc<Chunk>>, first: usize, paths: usize) {
    if let Some([a, b]) = list.get(first..first + 2)
        && a.len() + b.len() <= MOST / 2
    {
        let mut joined = Chunk::new(paths);
        for chunk in [a, b] {
            joined.extend(chunk, 0..chunk.len());
        }
        list.splice(first..first + 2, [Arc::new(joined)]);
    }
}
