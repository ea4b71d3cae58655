//! The store against a plain map, with followers that come, fall behind and go on.

use std::{collections::BTreeMap, sync::Arc};

use omniview_reference_backend::store::{
    Change, ChangeKind, Clock, Follower, Mirror, Table, TableScope,
};
use omniview_sdk::ErrorCode;
use proptest::prelude::*;

use crate::support::pod;

type Place = (String, String);

#[derive(Debug, Clone)]
enum Step {
    Create(Place, i64),
    Update(Place, i64),
    /// An update from the version that the object had when it was created.
    StaleUpdate(Place, i64),
    Remove(Place),
    /// A new follower.
    Follow,
    /// Follower `n` catches up.
    CatchUp(usize),
}

fn place() -> impl Strategy<Value = Place> {
    ("[xy]", "[a-d]")
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (place(), 0..100_i64).prop_map(|(at, n)| Step::Create(at, n)),
        3 => (place(), 0..100_i64).prop_map(|(at, n)| Step::Update(at, n)),
        1 => (place(), 0..100_i64).prop_map(|(at, n)| Step::StaleUpdate(at, n)),
        3 => place().prop_map(Step::Remove),
        1 => Just(Step::Follow),
        2 => (0..4_usize).prop_map(Step::CatchUp),
    ]
}

/// Somebody who knows only what a follower told.
struct Reader {
    follower: Follower,
    mirror: Mirror,
    folded: BTreeMap<Place, i64>,
}

impl Reader {
    fn new(table: &Arc<Table>) -> Self {
        let mut reader = Self {
            follower: table.follow(),
            mirror: Mirror::new(),
            folded: BTreeMap::new(),
        };
        reader.relist();
        reader
    }

    fn relist(&mut self) {
        for change in self.mirror.reconcile(&self.follower.relist(), |_| true) {
            self.fold(&change);
        }
    }

    fn catch_up(&mut self) {
        // Nobody writes meanwhile: a few rounds are enough, and more is a follower that goes in circles.
        for _ in 0..10 {
            match self.follower.pending() {
                Ok(changes) if changes.is_empty() => return,
                Ok(changes) => {
                    for change in changes {
                        if let Some(change) = self.mirror.apply(change) {
                            self.fold(&change);
                        }
                    }
                }
                Err(_) => self.relist(),
            }
        }
        panic!("the follower does not come to rest");
    }

    /// Adds only what is new, updates and removes only what is there.
    fn fold(&mut self, change: &Change) {
        let object = &change.object;
        let place = (object.namespace().to_owned(), object.id().to_owned());
        let known = self.folded.contains_key(&place);
        assert_eq!(known, change.kind != ChangeKind::Added, "{change:?}");
        if change.kind == ChangeKind::Removed {
            self.folded.remove(&place);
        } else {
            let number = object.value()["spec"]["priority"].as_i64().unwrap();
            self.folded.insert(place, number);
        }
    }
}

proptest! {
    #[test]
    fn the_store_is_a_map_and_every_follower_ends_with_it(
        steps in proptest::collection::vec(step(), 1..120),
        bound in 0..12_usize,
    ) {
        let clock = Arc::new(Clock::new());
        let table = Arc::new(Table::with_log_bound(
            "core::v1::Pod",
            TableScope::Namespaced,
            clock,
            bound,
        ));
        let mut model: BTreeMap<Place, (i64, u64)> = BTreeMap::new();
        let mut born: BTreeMap<Place, u64> = BTreeMap::new();
        let mut readers = vec![Reader::new(&table)];
        let mut last_version = 0;

        for step in steps {
            let result = match step {
                Step::Create((namespace, id), number) => {
                    let result = table.create(&pod(&id, &namespace, number), "");
                    let place = (namespace, id);
                    match &result {
                        Ok(object) => {
                            let old = model.insert(place.clone(), (number, object.version()));
                            prop_assert!(old.is_none());
                            born.insert(place, object.version());
                        }
                        Err(error) => {
                            prop_assert!(model.contains_key(&place));
                            prop_assert_eq!(error.code(), &ErrorCode::AlreadyExists);
                        }
                    }
                    result.ok()
                }
                Step::Update((namespace, id), number) => {
                    let result = table.update(&id, &pod(&id, &namespace, number), &namespace);
                    match (&result, model.get_mut(&(namespace, id))) {
                        (Ok(object), Some(entry)) => *entry = (number, object.version()),
                        (Err(error), None) => {
                            prop_assert_eq!(error.code(), &ErrorCode::NotFound);
                        }
                        (result, entry) => prop_assert!(false, "{result:?} {entry:?}"),
                    }
                    result.ok()
                }
                Step::StaleUpdate((namespace, id), number) => {
                    let place = (namespace.clone(), id.clone());
                    let seen = born.get(&place).copied().unwrap_or(0);
                    let mut object = pod(&id, &namespace, number).to_value().unwrap();
                    object["metadata"]["resourceVersion"] = seen.to_string().into();
                    let result = table.update(&id, &object.into(), &namespace);
                    match (&result, model.get_mut(&place)) {
                        (Ok(object), Some(entry)) => {
                            prop_assert_eq!(entry.1, seen);
                            *entry = (number, object.version());
                        }
                        (Err(error), Some(entry)) => {
                            prop_assert_ne!(entry.1, seen);
                            prop_assert_eq!(error.code(), &ErrorCode::Conflict);
                        }
                        (Err(error), None) => {
                            prop_assert_eq!(error.code(), &ErrorCode::NotFound);
                        }
                        (Ok(object), None) => prop_assert!(false, "{object:?}"),
                    }
                    result.ok()
                }
                Step::Remove((namespace, id)) => {
                    let result = table.remove(&id, &namespace);
                    let was_there = model.remove(&(namespace, id)).is_some();
                    prop_assert_eq!(result.is_ok(), was_there);
                    None
                }
                Step::Follow => {
                    readers.push(Reader::new(&table));
                    None
                }
                Step::CatchUp(n) => {
                    let count = readers.len();
                    readers[n % count].catch_up();
                    None
                }
            };
            if let Some(object) = result {
                prop_assert!(object.version() > last_version);
                last_version = object.version();
            }
        }

        let snapshot = table.snapshot();
        let stored: BTreeMap<Place, (i64, u64)> = snapshot
            .objects()
            .map(|object| {
                let place = (object.namespace().to_owned(), object.id().to_owned());
                let number = object.value()["spec"]["priority"].as_i64().unwrap();
                (place, (number, object.version()))
            })
            .collect();
        prop_assert_eq!(&stored, &model);
        let truth: BTreeMap<Place, i64> = model
            .into_iter()
            .map(|(place, (number, _))| (place, number))
            .collect();
        for mut reader in readers {
            reader.catch_up();
            prop_assert_eq!(&reader.folded, &truth);
        }
    }
}
