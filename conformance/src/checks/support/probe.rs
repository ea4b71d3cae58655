//! Predicates to try, with values that objects have.

use std::{collections::BTreeSet, fmt};

use omniview_sdk::{
    FilterField, FilterFieldType as Kind, FilterOperator as Op, FilterPredicate, Timestamp,
};
use serde_json::{Value, json};

use super::{
    Listing,
    evaluate::{holds, lead, scalars},
    order::compare,
};

/// A text that no object has anywhere.
pub(in crate::checks) const NOWHERE: &str = "zq-nothing-has-this-text-qz";

/// A predicate, and one that means the same and is easier to judge.
#[derive(Debug, Clone)]
pub(in crate::checks) struct Probe {
    pub(in crate::checks) kind: Kind,
    pub(in crate::checks) predicate: FilterPredicate,
    means: FilterPredicate,
}

impl Probe {
    fn new(field: &FilterField, predicate: FilterPredicate) -> Self {
        Self {
            kind: field.kind.clone(),
            means: predicate.clone(),
            predicate,
        }
    }

    /// Whether an object satisfies it; `None` where the contract leaves it open.
    pub(in crate::checks) fn holds(&self, object: &Value) -> Option<bool> {
        holds(&self.kind, &self.means, object)
    }

    /// The same with another operator.
    pub(in crate::checks) fn with_operator(&self, operator: &Op) -> Self {
        let with = |predicate: &FilterPredicate| FilterPredicate {
            operator: operator.clone(),
            ..predicate.clone()
        };
        Self {
            kind: self.kind.clone(),
            predicate: with(&self.predicate),
            means: with(&self.means),
        }
    }

    /// Whether it holds of some objects and not of others.
    pub(in crate::checks) fn divides(&self, listing: &Listing) -> bool {
        let mut decided = listing
            .objects
            .iter()
            .filter_map(|seen| self.holds(seen.value()));
        let first = decided.next();
        first.is_some_and(|first| decided.any(|other| other != first))
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&in_words(&self.predicate))
    }
}

/// A predicate as people write it.
pub(in crate::checks) fn in_words(predicate: &FilterPredicate) -> String {
    let FilterPredicate {
        field,
        operator,
        value,
    } = predicate;
    match value {
        Some(value) => format!("{field} {operator} {value}"),
        None => format!("{field} {operator}"),
    }
}

/// Predicates on a field with an operator, with values that objects have and one that none has.
pub(in crate::checks) fn probes(
    field: &FilterField,
    operator: &Op,
    listing: &Listing,
) -> Vec<Probe> {
    let path = field.path.as_str();
    let plain =
        |value: Value| Probe::new(field, FilterPredicate::new(path, operator.clone(), value));
    let kind = &field.kind;
    let values = values(field, listing);
    match operator {
        Op::Exists | Op::NotExists => vec![plain(Value::Null)],
        Op::Eq | Op::Neq => {
            let mut probes: Vec<Probe> = few(&values).into_iter().map(plain).collect();
            if *kind == Kind::String && !probes.is_empty() {
                probes.push(plain(NOWHERE.into()));
            }
            if *kind == Kind::Datetime {
                // The same instant in other words.
                probes.extend(values.iter().find_map(|value| {
                    let text = value.as_str()?.strip_suffix('Z')?;
                    Some(plain(format!("{text}+00:00").into()))
                }));
            }
            probes
        }
        Op::In | Op::NotIn if matches!(kind, Kind::String | Kind::Enum | Kind::Map) => {
            let few = few(&values);
            let mut lists: Vec<Value> = few.iter().map(|value| json!([value])).collect();
            if let [first, .., last] = few.as_slice() {
                lists.push(json!([first, last]));
                lists.push(json!([last, first]));
            }
            if let ([first, ..], Kind::String) = (few.as_slice(), kind) {
                lists.push(json!([NOWHERE, first]));
            }
            lists.into_iter().map(plain).collect()
        }
        Op::Gt | Op::Gte | Op::Lt | Op::Lte
            if matches!(kind, Kind::Integer | Kind::Number | Kind::Datetime) =>
        {
            few(&values).into_iter().map(plain).collect()
        }
        Op::Contains | Op::Prefix | Op::Suffix if *kind == Kind::String => parts(&values)
            .into_iter()
            .map(|part| plain(part.text.into()))
            .collect(),
        Op::Regex if *kind == Kind::String => parts(&values)
            .into_iter()
            .map(|part| {
                let literal = escaped(&part.text);
                let (pattern, means) = match part.place {
                    Place::Head => (format!("^{literal}"), Op::Prefix),
                    Place::Middle => (literal, Op::Contains),
                    Place::Tail => (format!("{literal}$"), Op::Suffix),
                };
                Probe {
                    means: FilterPredicate::new(path, means, part.text),
                    ..plain(pattern.into())
                }
            })
            .collect(),
        Op::HasKey if *kind == Kind::Map => {
            let mut keys = BTreeSet::new();
            each_value(path, listing, |value| {
                keys.extend(
                    value
                        .as_object()
                        .into_iter()
                        .flat_map(|map| map.keys().cloned()),
                );
            });
            let mut keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
            keys.truncate(2);
            if !keys.is_empty() {
                keys.push(NOWHERE.into());
            }
            keys.into_iter().map(plain).collect()
        }
        _ => Vec::new(),
    }
}

/// The values that predicates on a field may name, as objects have them, each once and in order.
fn values(field: &FilterField, listing: &Listing) -> Vec<Value> {
    let mut values = Vec::new();
    each_value(&field.path, listing, |value| {
        let fits = match (&field.kind, value) {
            (Kind::Map, Value::Object(map)) => {
                let entries = map.iter().filter_map(|(key, value)| {
                    let value = value.as_str().filter(|value| !value.contains('='))?;
                    (!key.contains('=')).then(|| Value::from(format!("{key}={value}")))
                });
                values.extend(entries);
                false
            }
            (Kind::String, Value::String(text)) => !text.is_empty(),
            (Kind::Enum, Value::String(text)) => {
                field.allowed_values.is_empty() || field.allowed_values.contains(text)
            }
            (Kind::Integer, Value::Number(number)) => number.is_i64(),
            (Kind::Number, Value::Number(_)) | (Kind::Boolean, Value::Bool(_)) => true,
            (Kind::Datetime, Value::String(text)) => Timestamp::parse(text).is_ok(),
            _ => false,
        };
        if fits {
            values.push(value.clone());
        }
    });
    values.sort_by(|a, b| compare(Some(a), Some(b)));
    values.dedup();
    values
}

fn each_value(path: &str, listing: &Listing, mut visit: impl FnMut(&Value)) {
    for seen in listing.objects.iter() {
        let mut found = Vec::new();
        lead(seen.value(), Some(path), &mut found);
        scalars(&found).into_iter().for_each(&mut visit);
    }
}

/// The least, the middle and the greatest.
fn few(values: &[Value]) -> Vec<Value> {
    let mut few: Vec<Value> = [0, values.len() / 2, values.len().saturating_sub(1)]
        .into_iter()
        .filter_map(|at| values.get(at).cloned())
        .collect();
    few.dedup();
    few
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Head,
    Middle,
    Tail,
}

struct Part {
    text: String,
    place: Place,
}

/// Parts of texts: beginnings, middles, ends, and one in another case.
fn parts(values: &[Value]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for value in few(values) {
        let text: Vec<char> = value.as_str().unwrap_or_default().chars().collect();
        let half = text.len().div_ceil(2);
        let pieces = [
            (Place::Head, &text[..half]),
            (
                Place::Middle,
                &text[text.len() / 4..text.len() - text.len() / 4],
            ),
            (Place::Tail, &text[text.len() - half..]),
        ];
        parts.extend(pieces.into_iter().map(|(place, piece)| Part {
            text: piece.iter().collect(),
            place,
        }));
    }
    let louder = parts.iter().find_map(|part| {
        let text = part.text.to_uppercase();
        (text != part.text).then_some(Part {
            text,
            place: Place::Middle,
        })
    });
    parts.extend(louder);
    parts.retain(|part| !part.text.is_empty());
    parts.sort_by(|a, b| (a.place, &a.text).cmp(&(b.place, &b.text)));
    parts.dedup_by(|a, b| a.place == b.place && a.text == b.text);
    parts
}

/// A pattern that matches a text literally.
fn escaped(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
