//! What the reference encoder wrote is read, and written back as an equal value.
//!
//! Each line of `wire-vectors.jsonl` holds the name of a type and the JSON of one of its values.
//! Exactly two differences are let through: a null where an empty list or map is written, and the
//! key `Client` of a connection. Escapes are gone once text is compared, and numbers inside
//! pass-through data are compared by value.

use omniview_sdk::types::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) const VECTORS: &str = include_str!("../wire-vectors.jsonl");

/// The types whose lines `wire_error` checks, and how many lines they have.
const ERROR_TYPES: [&str; 4] = [
    "ResourceOperationError",
    "ResourceOperationError.Error()",
    "ErrFilterUnknownField",
    "ErrFilterInvalidOperator",
];
const ERROR_LINES: usize = 5;

#[derive(Debug, Deserialize)]
pub(crate) struct Vector {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) case: String,
    pub(crate) json: String,
}

pub(crate) fn vectors() -> impl Iterator<Item = Vector> {
    VECTORS
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why} in {line}")))
}

#[test]
fn every_value_of_the_reference_is_read_and_written_back() {
    let (errors, rest): (Vec<_>, Vec<_>) =
        vectors().partition(|vector| ERROR_TYPES.contains(&vector.kind.as_str()));
    let failures: Vec<String> = rest
        .iter()
        .filter_map(|vector| {
            check(&vector.kind, &vector.json)
                .err()
                .map(|why| (vector, why))
        })
        .map(|(vector, why)| format!("{} ({}): {why}", vector.kind, vector.case))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(errors.len(), ERROR_LINES);
    assert_eq!(rest.len() + errors.len(), 118);
}

#[test]
fn an_unknown_type_fails_by_name() {
    let error = check("Unheard", "{}").unwrap_err();
    assert_eq!(error, "no such type: Unheard");
    for kind in ERROR_TYPES {
        assert_eq!(
            check(kind, "{}").unwrap_err(),
            format!("no such type: {kind}")
        );
    }
}

#[test]
fn only_the_deliberate_differences_are_let_through() {
    let same = |reference, ours| {
        compare(
            &serde_json::json!(reference),
            &serde_json::from_str(ours).unwrap(),
            "$",
        )
        .is_ok()
    };
    assert!(same(serde_json::json!({"a": null}), r#"{"a": []}"#));
    assert!(same(serde_json::json!({"a": null}), r#"{"a": {}}"#));
    assert!(same(
        serde_json::json!({"expiry_time": 0, "Client": null}),
        r#"{"expiry_time": 0}"#
    ));

    assert!(!same(serde_json::json!({"a": null}), r#"{"a": [1]}"#));
    assert!(!same(serde_json::json!({"a": null}), r#"{"a": ""}"#));
    assert!(!same(serde_json::json!({"a": null}), r#"{"a": 0}"#));
    assert!(!same(serde_json::json!({"a": null}), "{}"));
    assert!(!same(serde_json::json!({"a": []}), r#"{"a": null}"#));
    assert!(!same(serde_json::json!({"a": []}), r#"{"a": {}}"#));
    assert!(!same(serde_json::json!({}), r#"{"a": []}"#));
    assert!(!same(serde_json::json!({"Client": null}), "{}"));
    assert!(!same(
        serde_json::json!({"expiry_time": 0, "Client": 1}),
        r#"{"expiry_time": 0}"#
    ));
    assert!(!same(serde_json::json!([1]), "[1, 2]"));
    assert!(!same(serde_json::json!(0), "0.0"));
}

/// Reads the JSON as a value of the named type, writes it again, and compares.
fn check(kind: &str, json: &str) -> Result<(), String> {
    macro_rules! by_name {
        ($($name:ident)+) => {
            match kind {
                $(stringify!($name) => rewrite::<$name>(json),)+
                _ => return Err(format!("no such type: {kind}")),
            }
        };
    }

    let ours = by_name! {
        ActionDescriptor ActionEvent ActionInput ActionResult ColumnDefinition Connection
        ConnectionStatus CreateInput CreateResult DeleteInput DeleteResult EditorSchema
        FilterExpression FilterField FilterFieldType FilterOperator FilterPredicate FindInput
        FindResult GetInput GetResult HealthCondition ListInput ListResult OrderField
        PaginationParams RelationshipDescriptor ResolvedRelationship ResourceCapabilities
        ResourceDefinition ResourceEvent ResourceGroup ResourceHealth ResourceLink ResourceMeta
        ResourceMetadata ResourceRef Schema UpdateInput UpdateResult WatchAddPayload
        WatchConnectionSummary WatchDeletePayload WatchState WatchStateEvent WatchUpdatePayload
    }?;
    compare_texts(json, &ours)
}

fn rewrite<T: DeserializeOwned + Serialize>(json: &str) -> Result<String, String> {
    let value: T = serde_json::from_str(json).map_err(|error| format!("reading: {error}"))?;
    serde_json::to_string(&value).map_err(|error| format!("writing: {error}"))
}

/// Compares two JSON texts as values, and the order of their keys where nothing else differs.
pub(crate) fn compare_texts(reference: &str, ours: &str) -> Result<(), String> {
    let parse = |text| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    compare(&parse(reference)?, &parse(ours)?, "$")?;

    // Pass-through data keeps the escapes that it came with, so both sides drop them.
    let reference = without_escapes(reference).replace(r#","Client":null"#, "");
    let ours = without_escapes(ours);
    if !reference.contains("null") && reference != ours {
        return Err(format!(
            "the order of keys differs:\n  reference {reference}\n  ours {ours}"
        ));
    }
    Ok(())
}

fn without_escapes(text: &str) -> String {
    [("\\u003c", "<"), ("\\u003e", ">"), ("\\u0026", "&")]
        .iter()
        .fold(text.to_owned(), |text, (escape, plain)| {
            text.replace(escape, plain)
        })
}

/// Compares two values, letting through the deliberate differences and no others.
fn compare(reference: &Value, ours: &Value, path: &str) -> Result<(), String> {
    match (reference, ours) {
        (Value::Null, Value::Array(list)) if list.is_empty() => Ok(()),
        (Value::Null, Value::Object(map)) if map.is_empty() => Ok(()),
        (Value::Array(reference), Value::Array(ours)) if reference.len() == ours.len() => reference
            .iter()
            .zip(ours)
            .enumerate()
            .try_for_each(|(index, (one, other))| compare(one, other, &format!("{path}[{index}]"))),
        (Value::Object(reference), Value::Object(ours)) => {
            if let Some(key) = ours.keys().find(|key| !reference.contains_key(*key)) {
                return Err(format!("{path}.{key} is written without being read"));
            }
            let is_connection = reference.contains_key("expiry_time");
            reference
                .iter()
                .try_for_each(|(key, one)| match ours.get(key) {
                    Some(other) => compare(one, other, &format!("{path}.{key}")),
                    None if is_connection && key == "Client" && one.is_null() => Ok(()),
                    None => Err(format!("{path}.{key} is not written")),
                })
        }
        _ if reference == ours => Ok(()),
        _ => Err(format!("{path} is {ours} and should be {reference}")),
    }
}
