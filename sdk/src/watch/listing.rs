//! The objects of a type at one moment, and what changes one moment into another.

use std::collections::{BTreeMap, btree_map};

use crate::{
    Namespace, ResourceId, WatchAddPayload, WatchDeletePayload, WatchEvent, WatchUpdatePayload,
};

/// The objects of a type at one moment, by namespace and id.
///
/// It is what a backend that cannot tell about changes is asked for, again and again: the events are then the
/// [difference](Self::changes_since) of two listings, and a [`Relist`](super::Relist) tells them.
///
/// Two objects of one namespace and id are one, of which the later counts: a backend whose pages move while they are read may
/// name it twice.
///
/// ```
/// use omniview_sdk::{Listing, WatchAddPayload, WatchEvent};
/// use serde_json::json;
///
/// let listing = |names: &[&str]| -> Listing {
///     names.iter().map(|name| WatchAddPayload::new(*name, "", json!({"name": name}))).collect()
/// };
/// let changes = listing(&["db", "web"]).changes_since(&listing(&["web", "api"]));
/// assert!(matches!(&changes[0], WatchEvent::Delete(gone) if gone.id == "api"));
/// assert!(matches!(&changes[1], WatchEvent::Add(new) if new.id == "db"));
/// assert_eq!(changes.len(), 2, "web is what it was");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing(BTreeMap<Place, WatchAddPayload>);

/// Namespace and id.
type Place = (Namespace, ResourceId);

impl Listing {
    /// No objects.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object, in place of one with its namespace and id.
    pub fn insert(&mut self, object: WatchAddPayload) {
        let place = (object.namespace.clone(), object.id.clone());
        self.0.insert(place, object);
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The objects, by namespace and then by id.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.values())
    }

    /// Leaves only the objects that `keep` is true of.
    pub fn retain(&mut self, mut keep: impl FnMut(&WatchAddPayload) -> bool) {
        self.0.retain(|_, object| keep(object));
    }

    /// The events that make this listing of an `earlier` one: what is gone, then what is new or another.
    ///
    /// - An object that is in both, with the same data and metadata, is not mentioned. Data is compared as text, so that a
    ///   backend that writes one object in two ways reports changes that are none.
    /// - An object whose uid is another is not the same object: it is deleted, and another one added.
    /// - A deletion has the last known data; an update has the new one. Each object is mentioned once, a replaced one twice.
    ///
    /// Contract: SNK-09, SNK-10, SNK-12
    pub fn changes_since(&self, earlier: &Self) -> Vec<WatchEvent> {
        let mut changes = Vec::new();
        for (place, before) in &earlier.0 {
            let is_there = |now: &WatchAddPayload| now.metadata.uid == before.metadata.uid;
            if !self.0.get(place).is_some_and(is_there) {
                changes.push(deleted(before).into());
            }
        }
        for (place, now) in &self.0 {
            match earlier.0.get(place) {
                Some(before) if before.metadata.uid == now.metadata.uid => {
                    if before.data != now.data || before.metadata != now.metadata {
                        changes.push(updated(now).into());
                    }
                }
                _ => changes.push(now.clone().into()),
            }
        }
        changes
    }

    /// Makes of this listing what an event says; one of a state says nothing.
    pub(super) fn apply(&mut self, event: WatchEvent) {
        match event {
            WatchEvent::Add(object) => self.insert(object),
            WatchEvent::Update(update) => self.insert(WatchAddPayload {
                metadata: update.metadata,
                ..WatchAddPayload::new(update.id, update.namespace, update.data)
            }),
            WatchEvent::Delete(gone) => drop(self.0.remove(&(gone.namespace, gone.id))),
            WatchEvent::State(_) => {}
        }
    }
}

fn updated(now: &WatchAddPayload) -> WatchUpdatePayload {
    WatchUpdatePayload {
        metadata: now.metadata.clone(),
        ..WatchUpdatePayload::new(&now.id, &now.namespace, now.data.clone())
    }
}

fn deleted(last: &WatchAddPayload) -> WatchDeletePayload {
    WatchDeletePayload::new(&last.id, &last.namespace, last.data.clone())
}

impl Extend<WatchAddPayload> for Listing {
    fn extend<I: IntoIterator<Item = WatchAddPayload>>(&mut self, objects: I) {
        objects.into_iter().for_each(|object| self.insert(object));
    }
}

impl FromIterator<WatchAddPayload> for Listing {
    fn from_iter<I: IntoIterator<Item = WatchAddPayload>>(objects: I) -> Self {
        let mut listing = Self::new();
        listing.extend(objects);
        listing
    }
}

impl<'a> IntoIterator for &'a Listing {
    type Item = &'a WatchAddPayload;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The objects of a [`Listing`], by namespace and then by id.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Listing, WatchAddPayload};
/// use serde_json::json;
///
/// let listing: Listing = [("b", "web"), ("a", "web"), ("a", "db")]
///     .map(|(namespace, id)| WatchAddPayload::new(id, namespace, json!({})))
///     .into_iter()
///     .collect();
/// let places: Vec<String> = listing.iter().map(|pod| format!("{}/{}", pod.namespace, pod.id)).collect();
/// assert_eq!(places, ["a/db", "a/web", "b/web"]);
/// ```
#[derive(Debug, Clone)]
pub struct Iter<'a>(btree_map::Values<'a, Place, WatchAddPayload>);

impl<'a> Iterator for Iter<'a> {
    type Item = &'a WatchAddPayload;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Iter<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::ResourceMetadata;

    fn object(namespace: &str, id: &str, version: u8, uid: u8) -> WatchAddPayload {
        WatchAddPayload::new(id, namespace, json!({"version": version}))
            .with_metadata(ResourceMetadata::new(format!("uid-{uid}")))
    }

    /// Few places, versions and uids, so that listings have much in common.
    fn any_listing() -> impl Strategy<Value = Listing> {
        let any_object = ("[ab]?", "[a-d]", 0..3_u8, 0..2_u8);
        proptest::collection::vec(any_object, 0..12).prop_map(|objects| {
            let objects = objects.into_iter();
            objects
                .map(|(namespace, id, version, uid)| object(&namespace, &id, version, uid))
                .collect()
        })
    }

    proptest! {
        /// Contract: SNK-09, SNK-10, SNK-12
        #[test]
        fn the_changes_make_the_later_listing_of_the_earlier(earlier in any_listing(), later in any_listing()) {
            let mut made = earlier.clone();
            for change in later.changes_since(&earlier) {
                made.apply(change);
            }
            prop_assert_eq!(made, later);
        }

        #[test]
        fn nothing_is_said_twice_or_of_what_is_not_there(earlier in any_listing(), later in any_listing()) {
            // The uid of what is there, followed through the events.
            let mut there: HashMap<Place, Option<String>> = HashMap::new();
            for object in &earlier {
                there.insert((object.namespace.clone(), object.id.clone()), None);
            }
            let mut mentioned: HashMap<Place, Vec<&str>> = HashMap::new();
            let changes = later.changes_since(&earlier);
            for change in &changes {
                let place = (change.namespace().unwrap().into(), change.id().unwrap().into());
                let kind = match change {
                    WatchEvent::Add(object) => {
                        let before = there.insert(place.clone(), Some(object.metadata.uid.clone()));
                        prop_assert!(before.is_none(), "added while it is there: {:?}", place);
                        "add"
                    }
                    WatchEvent::Update(_) => {
                        prop_assert!(there.contains_key(&place), "updated and not there: {:?}", place);
                        "update"
                    }
                    WatchEvent::Delete(gone) => {
                        prop_assert!(there.remove(&place).is_some(), "deleted and not there: {:?}", place);
                        prop_assert!(!gone.data.as_str().is_empty());
                        "delete"
                    }
                    WatchEvent::State(_) => unreachable!("a listing has no states"),
                };
                mentioned.entry(place).or_default().push(kind);
            }
            for (place, kinds) in mentioned {
                let is_once = matches!(&*kinds, [_] | ["delete", "add"]);
                prop_assert!(is_once, "{:?} is said of {:?}", kinds, place);
            }
        }

        #[test]
        fn what_is_the_same_is_not_mentioned(listing in any_listing()) {
            prop_assert_eq!(listing.changes_since(&listing.clone()), []);
        }
    }

    #[test]
    fn a_listing_knows_how_many_objects_it_has() {
        let mut listing = Listing::new();
        assert!(listing.is_empty());
        listing.extend([object("", "web", 1, 1), object("a", "web", 1, 1)]);
        assert!(!listing.is_empty());
        assert_eq!(listing.len(), 2);
        let mut objects = listing.iter();
        assert_eq!(objects.len(), 2);
        objects.next();
        assert_eq!(objects.len(), 1);
    }

    #[test]
    fn an_object_that_was_made_again_is_another() {
        let earlier = Listing::from_iter([object("", "web", 1, 1)]);
        let later = Listing::from_iter([object("", "web", 1, 2)]);
        let changes = later.changes_since(&earlier);
        assert!(
            matches!(&*changes, [WatchEvent::Delete(_), WatchEvent::Add(new)] if new.metadata.uid == "uid-2"),
            "{changes:?}"
        );
    }

    #[test]
    fn of_two_objects_in_one_place_the_later_counts() {
        let listing = Listing::from_iter([object("", "web", 1, 1), object("", "web", 2, 1)]);
        let data: Vec<&str> = listing.iter().map(|object| object.data.as_str()).collect();
        assert_eq!(data, [r#"{"version":2}"#]);
    }
}
