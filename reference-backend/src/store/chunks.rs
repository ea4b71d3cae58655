//! The objects of a table in their order.

use std::sync::Arc;

use super::{
    Object,
    chunk::{Chunk, MOST},
    shape::Cells,
};

/// A chunk with fewer objects than this joins a neighbour that has room.
const FEW: u16 = MOST / 4;

/// With so many objects a chunk starts that has room for more.
const FULL: u16 = MOST / 4 * 3;

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

    /// All of these objects, which are in their order; `project` takes one apart.
    pub(super) fn of(
        objects: &[Arc<Object>],
        paths: usize,
        project: impl Fn(&Object) -> Cells,
    ) -> Self {
        let list = objects.chunks(FULL.into()).map(|objects| {
            let mut chunk = Chunk::new(paths);
            for (row, object) in (0..).zip(objects) {
                chunk.insert(row, Arc::clone(object), &project(object));
            }
            Arc::new(chunk.compact())
        });
        Self {
            list: Arc::new(list.collect()),
            len: objects.len(),
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
        let place = |row| Place { chunk, row };
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
                return Arc::make_mut(&mut list[chunk]).replace(row, object, cells);
            }
            Err(place) => place,
        };
        self.len += 1;
        if list.is_empty() {
            list.push(Arc::new(Chunk::new(self.paths)));
        }
        let chunk = Arc::make_mut(&mut list[place.chunk]);
        chunk.insert(place.row, object, cells);
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
        chunk.remove(place.row);
        match chunk.len() {
            0 => drop(list.remove(place.chunk)),
            len if len < FEW => join(list, place.chunk.saturating_sub(1)),
            _ => {}
        }
    }
}

/// Makes one chunk of two that follow each other, if it has room for more then.
fn join(list: &mut Vec<Arc<Chunk>>, first: usize) {
    if let Some([a, b]) = list.get(first..first + 2)
        && a.len() + b.len() <= MOST / 2
    {
        let joined = Chunk::of(&[(&**a, 0..a.len()), (&**b, 0..b.len())]);
        list.splice(first..first + 2, [Arc::new(joined)]);
    }
}

#[cfg(test)]
mod tests {
    use omniview_sdk::Json;
    use serde_json::json;

    use super::*;
    use crate::store::{Clock, Table, TableScope};

    fn table() -> Table {
        let clock = Arc::new(Clock::new());
        Table::new("core::v1::Pod", TableScope::Cluster, clock).keeping(["n"])
    }

    fn put(table: &Table, n: usize) {
        let object = json!({"metadata": {"name": format!("o{n:04}")}, "n": n});
        table.create(&Json::from(object), "").unwrap();
    }

    fn sizes(table: &Table) -> Vec<u16> {
        let snapshot = table.snapshot();
        let chunks = snapshot.chunks().list().iter();
        chunks.map(|chunk| chunk.len()).collect()
    }

    #[test]
    fn chunks_are_split_when_they_are_full_and_joined_when_they_are_nearly_empty() {
        let table = table();
        // From both ends to the middle.
        for n in 0..100 {
            put(&table, if n % 2 == 0 { n } else { 1000 - n });
        }
        let sizes_then = sizes(&table);
        assert!(sizes_then.iter().all(|size| (1..=MOST).contains(size)));
        assert!(sizes_then.len() >= 100 / usize::from(MOST));
        for n in 0..100 {
            if n % 20 != 0 {
                let n = if n % 2 == 0 { n } else { 1000 - n };
                table.remove(&format!("o{n:04}"), "").unwrap();
            }
        }
        assert_eq!(table.snapshot().len(), 5);
        assert!(sizes(&table).len() <= 3, "{:?}", sizes(&table));
    }

    #[test]
    fn a_writer_copies_one_chunk_and_only_for_a_snapshot_that_somebody_has() {
        let table = table();
        for n in 0..100 {
            put(&table, n);
        }
        let addresses = |table: &Table| -> Vec<usize> {
            let snapshot = table.snapshot();
            let chunks = snapshot.chunks().list().iter();
            chunks.map(|chunk| Arc::as_ptr(chunk).addr()).collect()
        };
        let before = addresses(&table);
        let change = Json::from(json!({"metadata": {"name": "o0050"}, "n": -1}));
        table.update("o0050", &change, "").unwrap();
        assert_eq!(addresses(&table), before);

        let snapshot = table.snapshot();
        let change = Json::from(json!({"metadata": {"name": "o0050"}, "n": -2}));
        table.update("o0050", &change, "").unwrap();
        let after = addresses(&table);
        let copied = before.iter().zip(&after).filter(|(a, b)| a != b);
        assert_eq!(copied.count(), 1);
        assert_eq!(snapshot.objects().nth(50).unwrap().value()["n"], -1);
    }
}
