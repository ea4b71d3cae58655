//! What a filter means, written down apart from the SDK's evaluation.
//!
//! A verdict is `None` where the contract leaves it open, or an object does not have what the field declares.

use std::cmp::Ordering;

use omniview_sdk::{FilterFieldType as Kind, FilterOperator as Op, FilterPredicate, Timestamp};
use serde_json::Value;

use super::order::compare_numbers;

/// Whether an object satisfies a predicate on a field of this kind.
pub(in crate::checks) fn holds(
    kind: &Kind,
    predicate: &FilterPredicate,
    object: &Value,
) -> Option<bool> {
    let mut found = Vec::new();
    lead(object, Some(&predicate.field), &mut found);
    let wanted = predicate.value.as_ref();
    match predicate.operator {
        Op::Exists => exists(&found),
        Op::NotExists => exists(&found).map(|exists| !exists),
        Op::Eq => any_equal(kind, &found, &[wanted?]),
        Op::Neq => any_equal(kind, &found, &[wanted?]).map(|equal| !equal),
        Op::In => any_equal(kind, &found, &texts(wanted?)?),
        Op::NotIn => any_equal(kind, &found, &texts(wanted?)?).map(|equal| !equal),
        Op::Gt => any_ordered(kind, &found, wanted?, Ordering::is_gt),
        Op::Gte => any_ordered(kind, &found, wanted?, Ordering::is_ge),
        Op::Lt => any_ordered(kind, &found, wanted?, Ordering::is_lt),
        Op::Lte => any_ordered(kind, &found, wanted?, Ordering::is_le),
        Op::Contains => any_text(kind, &found, wanted?, |text, part| text.contains(part)),
        Op::Prefix => any_text(kind, &found, wanted?, |text, part| text.starts_with(part)),
        Op::Suffix => any_text(kind, &found, wanted?, |text, part| text.ends_with(part)),
        Op::HasKey => {
            let key = wanted?.as_str()?;
            maps(kind, &found)?
                .iter()
                .any(|map| map.contains_key(key))
                .into()
        }
        // Not here: its meaning is said by one of the others.
        _ => None,
    }
}

/// The values that a path leads to, the value itself without one; a list on the way leads on through each element, unless an
/// index is named.
pub(in crate::checks) fn lead<'v>(
    value: &'v Value,
    path: Option<&str>,
    found: &mut Vec<&'v Value>,
) {
    let Some(path) = path else {
        found.push(value);
        return;
    };
    match value {
        Value::Object(fields) => {
            // The longest key wins, since a key may have dots in it.
            let dots = path.rmatch_indices('.').map(|(at, _)| at);
            let step = std::iter::once(path.len())
                .chain(dots)
                .find_map(|end| Some((fields.get(&path[..end])?, path.get(end + 1..))));
            if let Some((next, rest)) = step {
                lead(next, rest, found);
            }
        }
        Value::Array(elements) => {
            let (first, rest) = match path.split_once('.') {
                Some((first, rest)) => (first, Some(rest)),
                None => (path, None),
            };
            match first.parse::<usize>() {
                Ok(index) => {
                    if let Some(element) = elements.get(index) {
                        lead(element, rest, found);
                    }
                }
                Err(_) => {
                    for element in elements {
                        lead(element, Some(path), found);
                    }
                }
            }
        }
        _ => {}
    }
}

/// The values themselves: elements in place of lists, nulls left out.
pub(in crate::checks) fn scalars<'v>(found: &[&'v Value]) -> Vec<&'v Value> {
    let mut scalars = Vec::new();
    for value in found {
        match value {
            Value::Null => {}
            Value::Array(elements) => {
                let elements: Vec<&Value> = elements.iter().collect();
                scalars.extend(self::scalars(&elements));
            }
            value => scalars.push(*value),
        }
    }
    scalars
}

fn exists(found: &[&Value]) -> Option<bool> {
    let is_open = |value: &&Value| match value {
        Value::Array(elements) => elements.iter().all(Value::is_null),
        _ => false,
    };
    if found.iter().any(is_open) {
        return None;
    }
    Some(found.iter().any(|value| !value.is_null()))
}

fn texts(value: &Value) -> Option<Vec<&Value>> {
    let values = value.as_array()?;
    values
        .iter()
        .all(Value::is_string)
        .then(|| values.iter().collect())
}

fn any_equal(kind: &Kind, found: &[&Value], wanted: &[&Value]) -> Option<bool> {
    if *kind == Kind::Map {
        let maps = maps(kind, found)?;
        let mut pairs = Vec::new();
        for wanted in wanted {
            pairs.push(wanted.as_str()?.split_once('=')?);
        }
        let has = |(key, value): &(&str, &str)| {
            maps.iter().any(|map| {
                map.get(*key)
                    .is_some_and(|found| found.as_str() == Some(value))
            })
        };
        return Some(pairs.iter().any(has));
    }
    let mut any = false;
    for value in scalars(found) {
        for wanted in wanted {
            any |= compare(kind, value, wanted)?.is_eq();
        }
    }
    Some(any)
}

fn any_ordered(
    kind: &Kind,
    found: &[&Value],
    wanted: &Value,
    is: fn(Ordering) -> bool,
) -> Option<bool> {
    if !matches!(kind, Kind::Integer | Kind::Number | Kind::Datetime) {
        return None;
    }
    let mut any = false;
    for value in scalars(found) {
        any |= is(compare(kind, value, wanted)?);
    }
    Some(any)
}

fn any_text(
    kind: &Kind,
    found: &[&Value],
    wanted: &Value,
    is: fn(&str, &str) -> bool,
) -> Option<bool> {
    if !matches!(kind, Kind::String | Kind::Enum) {
        return None;
    }
    let mut any = false;
    for value in scalars(found) {
        any |= is(value.as_str()?, wanted.as_str()?);
    }
    Some(any)
}

fn maps<'v>(kind: &Kind, found: &[&'v Value]) -> Option<Vec<&'v serde_json::Map<String, Value>>> {
    if *kind != Kind::Map {
        return None;
    }
    scalars(found).into_iter().map(Value::as_object).collect()
}

fn compare(kind: &Kind, a: &Value, b: &Value) -> Option<Ordering> {
    match kind {
        Kind::String | Kind::Enum => Some(a.as_str()?.cmp(b.as_str()?)),
        Kind::Boolean => Some(a.as_bool()?.cmp(&b.as_bool()?)),
        Kind::Integer | Kind::Number => match (a, b) {
            (Value::Number(a), Value::Number(b)) => Some(compare_numbers(a, b)),
            _ => None,
        },
        Kind::Datetime => {
            let (a, b) = (a.as_str()?, b.as_str()?);
            Some(Timestamp::parse(a).ok()?.cmp(&Timestamp::parse(b).ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn missing_and_null_satisfy_the_negative_operators_only() {
        for object in [json!({}), json!({"a": null})] {
            for (predicate, expected) in [
                (FilterPredicate::eq("a", "x"), false),
                (FilterPredicate::neq("a", "x"), true),
                (FilterPredicate::any_of("a", ["x"]), false),
                (FilterPredicate::none_of("a", ["x"]), true),
                (FilterPredicate::prefix("a", ""), false),
                (FilterPredicate::exists("a"), false),
                (FilterPredicate::not_exists("a"), true),
            ] {
                let verdict = holds(&Kind::String, &predicate, &object);
                assert_eq!(verdict, Some(expected), "{predicate:?} of {object}");
            }
        }
    }

    #[test]
    fn any_element_of_a_list_satisfies_and_none_may_contradict() {
        let object = json!({"c": [{"n": 1}, {"n": 3}]});
        let verdict = |predicate| holds(&Kind::Integer, &predicate, &object);
        assert_eq!(verdict(FilterPredicate::gt("c.n", 2)), Some(true));
        assert_eq!(verdict(FilterPredicate::neq("c.n", 1)), Some(false));
        assert_eq!(verdict(FilterPredicate::eq("c.1.n", 3)), Some(true));
    }

    #[test]
    fn instants_and_entries_of_maps_are_compared_as_such() {
        let object = json!({"at": "2026-01-01T00:00:00Z", "l": {"a.b/c": "x"}});
        let at = FilterPredicate::eq("at", "2026-01-01T01:00:00+01:00");
        assert_eq!(holds(&Kind::Datetime, &at, &object), Some(true));
        let label = FilterPredicate::eq("l", "a.b/c=x");
        assert_eq!(holds(&Kind::Map, &label, &object), Some(true));
        let key = FilterPredicate::has_key("l", "a.b/c");
        assert_eq!(holds(&Kind::Map, &key, &object), Some(true));
    }

    #[test]
    fn what_is_not_of_the_declared_kind_is_left_open() {
        let predicate = FilterPredicate::eq("a", 1);
        let verdict = holds(&Kind::Integer, &predicate, &json!({"a": "1"}));
        assert_eq!(verdict, None);
    }
}
