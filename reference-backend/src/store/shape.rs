//! Which paths of its objects a table keeps beside their text.

use serde_json::Value;

use super::packed::pack_at;

/// The paths at which the objects of a table are looked into.
#[derive(Debug)]
pub(super) struct Shape {
    paths: Box<[Box<str>]>,
}

impl Shape {
    pub(super) fn new(paths: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let mut paths: Vec<Box<str>> = paths.into_iter().map(Into::into).collect();
        paths.sort_unstable();
        paths.dedup();
        Self {
            paths: paths.into(),
        }
    }

    /// How many paths there are.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    /// The number of a path.
    pub(super) fn index(&self, path: &str) -> Option<usize> {
        self.paths
            .binary_search_by(|known| (**known).cmp(path))
            .ok()
    }

    /// Takes an object apart.
    pub(super) fn project(&self, object: &Value) -> Cells {
        let mut cells = Cells {
            packed: String::new(),
            ends: Vec::with_capacity(self.len()),
        };
        for path in &self.paths {
            pack_at(object, path, &mut cells.packed);
            cells.ends.push(cells.packed.len());
        }
        cells
    }
}

/// What is at each path of one object, packed.
#[derive(Debug)]
pub(super) struct Cells {
    packed: String,
    ends: Vec<usize>,
}

impl Cells {
    /// In the order of the paths.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.packed[start..*end])
    }
}
