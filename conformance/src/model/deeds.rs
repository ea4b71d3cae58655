//! What the suite did to the objects of a program, and what somebody else did.

use std::collections::BTreeMap;

use omniview_sdk::WatchEvent;
use serde_json::Value;

use super::oracle::contradiction;

/// An object: its id and its namespace.
type Name = (String, String);

/// Everything that the suite wrote to the objects of a program, refused or not, and how often it removed them.
#[derive(Debug, Default)]
pub(super) struct Deeds(BTreeMap<Name, Deed>);

#[derive(Debug, Default)]
struct Deed {
    /// What was sent, and what was answered to it.
    states: Vec<Value>,
    removals: usize,
}

impl Deeds {
    pub(super) fn wrote(&mut self, id: &str, namespace: &str, state: Value) {
        self.of(id, namespace).states.push(state);
    }

    pub(super) fn removed(&mut self, id: &str, namespace: &str) {
        self.of(id, namespace).removals += 1;
    }

    /// Whether the suite has tried to do anything to the object.
    pub(super) fn touch(&self, id: &str, namespace: &str) -> bool {
        self.0.contains_key(&(id.to_owned(), namespace.to_owned()))
    }

    fn of(&mut self, id: &str, namespace: &str) -> &mut Deed {
        let name = (id.to_owned(), namespace.to_owned());
        self.0.entry(name).or_default()
    }

    /// What these events tell that the suite has not done, each with the id of its object: one of the program with a content
    /// that was never written, or removed more often than that.
    pub(super) fn undone<'e>(
        &self,
        events: impl IntoIterator<Item = &'e WatchEvent>,
    ) -> Vec<(String, String)> {
        let mut removals: BTreeMap<Name, usize> = BTreeMap::new();
        let undone = events.into_iter().filter_map(|event| {
            let name = (event.id()?.to_owned(), event.namespace()?.to_owned());
            let deed = self.0.get(&name)?;
            let how = if matches!(event, WatchEvent::Delete(_)) {
                let count = removals.entry(name.clone()).or_default();
                *count += 1;
                (*count > deed.removals).then(|| format!("{} was removed", name.0))
            } else {
                let told = event.data()?.to_value().ok()?;
                let is_ours = |state: &Value| contradiction(&told, state).is_none();
                (!deed.states.iter().any(is_ours))
                    .then(|| format!("{} was changed to what was not written here", name.0))
            };
            Some((name.0, how?))
        });
        undone.collect()
    }
}

#[cfg(test)]
mod tests {
    use omniview_sdk::{WatchAddPayload, WatchDeletePayload};
    use serde_json::json;

    use super::*;

    fn add(id: &str, data: Value) -> WatchEvent {
        WatchEvent::Add(WatchAddPayload::new(id, "blue", data))
    }

    fn delete(id: &str) -> WatchEvent {
        WatchEvent::Delete(WatchDeletePayload::new(id, "blue", json!({ "id": id })))
    }

    fn deeds() -> Deeds {
        let mut deeds = Deeds::default();
        deeds.wrote("a", "blue", json!({ "id": "a", "size": 1 }));
        deeds.wrote("a", "blue", json!({ "id": "a", "size": 2 }));
        deeds.removed("a", "blue");
        deeds
    }

    #[test]
    fn what_the_suite_did_is_nobody_elses() {
        let events = [
            add("a", json!({ "id": "a", "size": 1, "version": 7 })),
            delete("a"),
            // Once more, as after a restart of the watch.
            add("a", json!({ "id": "a", "size": 2 })),
            add("b", json!({ "id": "b", "size": 3 })),
            delete("b"),
        ];
        assert_eq!(deeds().undone(&events), []);
    }

    #[test]
    fn a_content_that_nobody_wrote_here_and_one_removal_too_many_are_somebody_elses() {
        let events = [
            add("a", json!({ "id": "a", "size": 3 })),
            delete("a"),
            delete("a"),
        ];
        let told: Vec<String> = deeds()
            .undone(&events)
            .into_iter()
            .map(|(_, how)| how)
            .collect();
        let expected = [
            "a was changed to what was not written here",
            "a was removed",
        ];
        assert_eq!(told, expected);
    }
}
