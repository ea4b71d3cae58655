//! The documented order of values, written down apart from the SDK's.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{Id, Seen, joined};

/// Compares two values in the order of results: null and missing are greatest.
pub(in crate::checks) fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    fn rank(value: Option<&Value>) -> u8 {
        match value {
            Some(Value::Bool(_)) => 0,
            Some(Value::Number(_)) => 1,
            Some(Value::String(_)) => 2,
            Some(Value::Array(_)) => 3,
            Some(Value::Object(_)) => 4,
            Some(Value::Null) | None => 5,
        }
    }
    match (a, b) {
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(Value::Number(a)), Some(Value::Number(b))) => compare_numbers(a, b),
        (Some(Value::String(a)), Some(Value::String(b))) => a.chars().cmp(b.chars()),
        _ => rank(a).cmp(&rank(b)),
    }
}

pub(in crate::checks) fn compare_numbers(
    a: &serde_json::Number,
    b: &serde_json::Number,
) -> Ordering {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}

/// What a plain path leads to: every segment a key.
pub(in crate::checks) fn plain<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .try_fold(value, |value, key| value.as_object()?.get(key))
}

/// A path that objects can be ordered by, and how their values differ there.
#[derive(Debug, Clone)]
pub(in crate::checks) struct Column {
    pub(in crate::checks) path: String,
    /// How many different values there are; the missing one counts.
    pub(in crate::checks) distinct: usize,
}

/// The paths that lead to texts, numbers and truth values in some object and not through a list; the most diverse first.
pub(in crate::checks) fn columns(objects: &[Seen]) -> Vec<Column> {
    const LOOKED_AT: usize = 200;
    let objects = &objects[..objects.len().min(LOOKED_AT)];
    let mut paths = BTreeSet::new();
    for seen in objects {
        leaves(seen.value(), "", &mut paths);
    }
    let mut columns: Vec<Column> = paths
        .into_iter()
        .filter(|path| {
            let scalar = |seen: &Seen| match plain(seen.value(), path) {
                Some(Value::Array(_) | Value::Object(_)) => false,
                Some(_) => true,
                None => !crosses_list(seen.value(), path),
            };
            objects.iter().all(scalar)
        })
        .map(|path| {
            let values: BTreeMap<String, ()> = objects
                .iter()
                .map(|seen| {
                    let value = plain(seen.value(), &path);
                    (value.map_or_else(String::new, Value::to_string), ())
                })
                .collect();
            Column {
                distinct: values.len(),
                path,
            }
        })
        .collect();
    columns.sort_by_key(|column| std::cmp::Reverse(column.distinct));
    columns
}

fn leaves(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter().filter(|(name, _)| is_plain(name)) {
                leaves(value, &joined(path, name), paths);
            }
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) if !path.is_empty() => {
            paths.insert(path.to_owned());
        }
        _ => {}
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains('.')
}

/// Whether a path meets a list, or a key with dots, on its way; what it leads to is then not for us to say.
fn crosses_list(value: &Value, path: &str) -> bool {
    let mut value = value;
    for key in path.split('.') {
        match value {
            Value::Array(_) => return true,
            Value::Object(fields) => {
                if fields.keys().any(|name| !is_plain(name)) {
                    return true;
                }
                match fields.get(key) {
                    Some(next) => value = next,
                    None => return false,
                }
            }
            _ => return false,
        }
    }
    matches!(value, Value::Array(_))
}

/// One field of an order.
#[derive(Debug, Clone, Copy)]
pub(in crate::checks) enum By<'p> {
    Ascending(&'p str),
    Descending(&'p str),
}

/// An order in words.
pub(in crate::checks) fn orders(order: &[By<'_>]) -> String {
    let fields: Vec<String> = order
        .iter()
        .map(|by| match by {
            By::Ascending(path) => format!("{path} ascending"),
            By::Descending(path) => format!("{path} descending"),
        })
        .collect();
    fields.join(", then ")
}

/// The identities of objects in the documented order, ties broken by (namespace, id).
pub(in crate::checks) fn ordered(objects: &[Seen], order: &[By<'_>]) -> Vec<Id> {
    let mut objects: Vec<&Seen> = objects.iter().collect();
    objects.sort_by(|a, b| in_order(a, b, order).then_with(|| a.id.cmp(&b.id)));
    objects.into_iter().map(|seen| seen.id.clone()).collect()
}

/// Compares two objects by the fields alone.
pub(in crate::checks) fn in_order(a: &Seen, b: &Seen, order: &[By<'_>]) -> Ordering {
    order
        .iter()
        .map(|by| match by {
            By::Ascending(path) => compare(plain(a.value(), path), plain(b.value(), path)),
            By::Descending(path) => compare(plain(b.value(), path), plain(a.value(), path)),
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use omniview_sdk::Json;
    use serde_json::json;

    use super::*;

    fn seen(id: &str, value: Value) -> Seen {
        Seen::nameless(Id::new("", id), Json::from(value))
    }

    #[test]
    fn missing_is_last_ascending_and_first_descending() {
        let objects = [
            seen("a", json!({})),
            seen("b", json!({"n": 2})),
            seen("c", json!({"n": true})),
            seen("d", json!({"n": null})),
        ];
        let ids = |by| -> Vec<String> {
            let ids = ordered(&objects, &[by]);
            ids.iter().map(ToString::to_string).collect()
        };
        assert_eq!(ids(By::Ascending("n")), ["c", "b", "a", "d"]);
        assert_eq!(ids(By::Descending("n")), ["a", "d", "b", "c"]);
    }

    #[test]
    fn columns_do_not_lead_through_lists_or_dotted_keys() {
        let objects = [
            seen(
                "a",
                json!({"a": {"b": 1}, "l": [{"x": 1}], "c.d": 1, "s": "x"}),
            ),
            seen("b", json!({"a": {"b": 2}, "s": ["x"]})),
            seen("c", json!({"s": "y"})),
        ];
        let paths: Vec<String> = columns(&objects).into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["a.b"]);
        let _ = objects;
    }
}
