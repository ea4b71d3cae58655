//! What should be there: a map.

use std::collections::BTreeMap;

use omniview_sdk::Json;
use serde_json::Value;

/// Which object: its slot and its namespace.
pub(super) type Place = (u8, u8);

/// An object that should be there.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) id: String,
    /// What has to be in it.
    pub(super) value: Value,
    /// How it was answered last, to make the next change from.
    pub(super) last: Json,
}

/// What should be there.
#[derive(Debug, Default)]
pub(super) struct Model(BTreeMap<Place, Expected>);

impl Model {
    pub(super) fn get(&self, place: Place) -> Option<&Expected> {
        self.0.get(&place)
    }

    pub(super) fn put(&mut self, place: Place, expected: Expected) {
        self.0.insert(place, expected);
    }

    pub(super) fn remove(&mut self, place: Place) {
        self.0.remove(&place);
    }

    /// The objects in a namespace, or all of them.
    pub(super) fn within(&self, namespace: Option<u8>) -> impl Iterator<Item = (Place, &Expected)> {
        self.0
            .iter()
            .filter(move |(place, _)| namespace.is_none_or(|namespace| place.1 == namespace))
            .map(|(place, expected)| (*place, expected))
    }
}

/// What an object has to hold after a change: what it had to hold, with what the change adds and alters.
pub(super) fn changed(value: &Value, before: &Value, after: &Value) -> Value {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let mut fields = value.as_object().cloned().unwrap_or_default();
            for (name, after) in new {
                let before = old.get(name);
                if before == Some(after) {
                    continue;
                }
                let expected = match (fields.get(name), before) {
                    (Some(value), Some(before)) => changed(value, before, after),
                    (None, Some(before)) => changed(&Value::Null, before, after),
                    (_, None) => after.clone(),
                };
                fields.insert(name.clone(), expected);
            }
            Value::Object(fields)
        }
        (before, after) if before == after => value.clone(),
        (_, after) => after.clone(),
    }
}

/// The first place where a listed object shows something else than it should; what a list leaves out is no contradiction.
pub(super) fn contradiction(listed: &Value, expected: &Value) -> Option<String> {
    match (listed, expected) {
        (Value::Object(listed), Value::Object(expected)) => expected
            .iter()
            .find_map(|(name, expected)| contradiction(listed.get(name)?, expected)),
        (listed, expected) if listed == expected => None,
        (listed, expected) => Some(format!("{listed} instead of {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_carried_over_to_what_is_expected() {
        let expected = json!({ "name": "a", "spec": { "size": 1 } });
        let before = json!({ "name": "a", "spec": { "size": 1, "added": true }, "version": 1 });
        let after = json!({
            "name": "a",
            "spec": { "size": 2, "added": true },
            "labels": { "x": "y" },
            "version": 1,
        });
        assert_eq!(
            changed(&expected, &before, &after),
            json!({ "name": "a", "spec": { "size": 2 }, "labels": { "x": "y" } })
        );
    }

    #[test]
    fn a_summary_contradicts_nothing_that_it_leaves_out() {
        let expected = json!({ "name": "a", "spec": { "size": 1 } });
        assert_eq!(contradiction(&json!({ "name": "a" }), &expected), None);
        assert_eq!(
            contradiction(&json!({ "spec": { "size": 2 } }), &expected),
            Some("2 instead of 1".to_owned())
        );
    }
}
