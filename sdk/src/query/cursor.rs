//! Where a result ended, as a text that only this module reads.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::order::Position;
use crate::{FilterExpression, OrderField, ResourceOperationError, Result};

/// What makes two queries the same one, so that a cursor of the first continues the second.
///
/// The page size is not part of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct QueryShape<'a> {
    pub(super) operation: &'static str,
    pub(super) namespaces: &'a [String],
    pub(super) order: &'a [OrderField],
    pub(super) filters: Option<&'a FilterExpression>,
    pub(super) text: &'a str,
}

/// What a cursor says; short keys, since clients carry it around.
#[derive(Serialize, Deserialize)]
struct Wire {
    /// The digest of the query.
    q: String,
    /// The order keys.
    k: Vec<Value>,
    /// The namespace.
    n: String,
    /// The id.
    i: String,
}

/// Writes a cursor that continues `shape` after `position`.
pub(super) fn encode(shape: &QueryShape<'_>, position: &Position) -> Result<String> {
    let wire = Wire {
        q: shape.digest()?,
        k: position.keys.iter().map(exact).collect(),
        n: position.namespace.clone(),
        i: position.id.clone(),
    };
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).map_err(unwritable)?))
}

/// Reads a cursor.
///
/// # Errors
///
/// `INVALID_INPUT` if it is malformed or continues another query.
pub(super) fn decode(shape: &QueryShape<'_>, cursor: &str) -> Result<Position> {
    let wire: Wire = URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(malformed)?;
    if wire.q != shape.digest()? {
        return Err(ResourceOperationError::invalid_input(
            "the cursor belongs to another query: namespaces, order, filters or text differ",
        )
        .with_suggestion("Repeat the query that the cursor came from, or drop the cursor"));
    }
    if wire.k.len() != shape.order.len() {
        return Err(malformed());
    }
    Ok(Position {
        keys: wire
            .k
            .into_iter()
            .map(inexact)
            .collect::<Option<_>>()
            .ok_or_else(malformed)?,
        namespace: wire.n,
        id: wire.i,
    })
}

impl QueryShape<'_> {
    /// The same for the same query, in every process.
    fn digest(&self) -> Result<String> {
        let mut namespaces: Vec<&String> = self.namespaces.iter().collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let filters = self.filters.filter(|filters| !filters.is_empty());
        let canonical =
            serde_json::to_vec(&(self.operation, namespaces, self.order, filters, self.text))
                .map_err(unwritable)?;
        Ok(format!("{:016x}", fnv1a(&canonical)))
    }
}

// Guards against mix-ups, not against forgery: whoever can ask a query may see its whole result.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Writes floats as their bits and objects as `{"o": ..}`: a float may change its last bit on the way
/// through JSON text, and the place of the cursor with it.
fn exact(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => tagged("f", Value::from(float.to_bits())),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(exact).collect(),
        Value::Object(map) => tagged(
            "o",
            map.iter()
                .map(|(key, value)| (key.clone(), exact(value)))
                .collect(),
        ),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

fn inexact(value: Value) -> Option<Value> {
    match value {
        Value::Array(items) => items.into_iter().map(inexact).collect(),
        Value::Object(tagged) => match tagged.into_iter().next()? {
            (tag, Value::Number(bits)) if tag == "f" => {
                serde_json::Number::from_f64(f64::from_bits(bits.as_u64()?)).map(Value::Number)
            }
            (tag, Value::Object(map)) if tag == "o" => map
                .into_iter()
                .map(|(key, value)| Some((key, inexact(value)?)))
                .collect(),
            _ => None,
        },
        value => Some(value),
    }
}

fn tagged(tag: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(tag.to_owned(), value)]))
}

fn malformed() -> ResourceOperationError {
    ResourceOperationError::invalid_input("the cursor is malformed")
        .with_suggestion("Pass on the nextCursor of an earlier result as it is, or drop the cursor")
}

fn unwritable(error: serde_json::Error) -> ResourceOperationError {
    ResourceOperationError::internal("a cursor could not be written").with_source(error)
}
