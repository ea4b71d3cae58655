//! What is kept of an object beside its text, so that queries need not parse it.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

use omniview_sdk::query::{lookup, lookup_all};
use serde_json::Value;

/// How many values are remembered for objects to share: 4,096, the last ones with their hash.
const SHARED: usize = 4096;

/// The paths at which the objects of a table are looked into.
///
/// Values that many objects have (phases, images, labels of replicas) are kept once.
#[derive(Debug)]
pub(super) struct Shape {
    paths: Box<[Box<str>]>,
    shared: Mutex<Shared>,
    hasher: RandomState,
}

impl Shape {
    pub(super) fn new(paths: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        let mut paths: Vec<Box<str>> = paths.into_iter().map(Into::into).collect();
        paths.sort_unstable();
        paths.dedup();
        Self {
            shared: Mutex::default(),
            paths: paths.into(),
            hasher: RandomState::new(),
        }
    }

    /// Takes an object apart.
    pub(super) fn project(&self, object: &Value) -> Box<[Cell]> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        self.paths
            .iter()
            .map(|path| {
                let mut keep = |value: &Value| shared.keep(value, self.hasher.hash_one(value));
                let first = lookup(object, path);
                match (&*lookup_all(object, path), first) {
                    ([], None) => Cell::Missing,
                    ([one], Some(first)) if std::ptr::eq(*one, first) => Cell::One(keep(one)),
                    (all, first) => Cell::Many(Arc::new(Many {
                        first: first.map(&mut keep),
                        all: all.iter().map(|value| keep(value)).collect(),
                    })),
                }
            })
            .collect()
    }

    /// How many paths there are.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(super) fn index(&self, path: &str) -> Option<usize> {
        self.paths.iter().position(|known| **known == *path)
    }
}

/// What is at one path of one object; cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Missing,
    One(Arc<Value>),
    /// An array along the path leads to several values, or to none of its first element.
    Many(Arc<Many>),
}

#[derive(Debug)]
pub(super) struct Many {
    first: Option<Arc<Value>>,
    all: Box<[Arc<Value>]>,
}

impl Cell {
    /// The value that orders.
    pub(super) fn first(&self) -> Option<&Value> {
        match self {
            Self::Missing => None,
            Self::One(value) => Some(value),
            Self::Many(many) => many.first.as_deref(),
        }
    }

    /// Whether any value passes a test.
    pub(super) fn any(&self, test: impl Fn(&Value) -> bool) -> bool {
        match self {
            Self::Missing => false,
            Self::One(value) => test(value),
            Self::Many(many) => many.all.iter().any(|value| test(value)),
        }
    }
}

/// The last values, each at the place that its hash says.
#[derive(Debug, Default)]
struct Shared(Vec<Option<Arc<Value>>>);

impl Shared {
    fn keep(&mut self, value: &Value, hash: u64) -> Arc<Value> {
        self.0.resize(SHARED, None);
        let place = usize::try_from(hash % SHARED as u64).unwrap_or_default();
        match &self.0[place] {
            Some(known) if same(known, value) => Arc::clone(known),
            _ => {
                let kept = Arc::new(value.clone());
                self.0[place] = Some(Arc::clone(&kept));
                kept
            }
        }
    }
}

fn same(known: &Arc<Value>, value: &Value) -> bool {
    let known: &Value = known.borrow();
    known == value
}

#[cfg(test)]
mod tests {
    use omniview_sdk::filter::FieldSource;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const PATHS: [&str; 5] = ["a", "a.b", "a.b.a", "b.a", "a.0"];

    fn any_object() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-2i64..2).prop_map(Value::from),
            "[xy]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|entries| entries.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn cells_answer_as_the_object_does(objects in prop::collection::vec(any_object(), 1..8)) {
            let shape = Shape::new(PATHS);
            for object in &objects {
                let cells = shape.project(object);
                for path in PATHS {
                    let cell = &cells[shape.index(path).unwrap()];
                    prop_assert_eq!(cell.first(), lookup(object, path), "{} {}", path, object);
                    for wanted in [json!(null), json!(true), json!(1), json!("x"), json!([])] {
                        prop_assert_eq!(
                            cell.any(|value| *value == wanted),
                            object.any_field(path, |value| *value == wanted),
                            "{} {}", path, object
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn equal_values_are_kept_once() {
        let shape = Shape::new(["phase"]);
        let cells: Vec<_> = (0..2)
            .map(|_| shape.project(&json!({"phase": "Running"})))
            .collect();
        let first = |cells: &[Cell]| std::ptr::from_ref(cells[0].first().unwrap());
        assert_eq!(first(&cells[0]), first(&cells[1]));
    }
}
