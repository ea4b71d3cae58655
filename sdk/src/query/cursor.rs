//! Where a result ended, as a text that only this module reads.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    order::Position,
    page::{check_pagination, has_cursor},
};
use crate::{
    FilterExpression, FindInput, ListInput, Namespace, OrderField, PaginationParams,
    ResourceOperationError, Result,
};

/// What makes two queries the same one, so that a cursor of the first continues the second.
///
/// For a backend that orders and cuts pages itself: it asks where to [resume](Self::resume), fetches what comes after
/// that, and writes the [cursor](Self::cursor) of the last object. The cursors are those of
/// [`query::list`](super::list) and [`query::find`](super::find): opaque, bound to the query, the same in every process.
/// The page size is not part of the query.
///
/// ```
/// use omniview_sdk::{ListInput, query::{Position, QueryShape}};
/// use serde_json::json;
///
/// let input = ListInput::all().order_by("age").page_size(1);
/// let query = QueryShape::from(&input);
/// assert_eq!(query.resume(&input.pagination)?, None);
///
/// let last = Position { keys: vec![json!(42)], namespace: String::new(), id: "ada".into() };
/// let next = input.clone().cursor(query.cursor(&last)?);
/// assert_eq!(QueryShape::from(&next).resume(&next.pagination)?, Some(last));
///
/// let other = ListInput::all().cursor(next.pagination.cursor.unwrap());
/// assert!(QueryShape::from(&other).resume(&other.pagination).is_err());
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: PAG-07
#[derive(Debug, Clone, Copy)]
pub struct QueryShape<'a> {
    pub(super) operation: &'static str,
    pub(super) namespaces: &'a [Namespace],
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
fn encode(shape: &QueryShape<'_>, position: &Position) -> Result<String> {
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
fn decode(shape: &QueryShape<'_>, cursor: &str) -> Result<Position> {
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

impl<'a> From<&'a ListInput> for QueryShape<'a> {
    fn from(input: &'a ListInput) -> Self {
        Self {
            operation: "list",
            namespaces: &input.namespaces,
            order: &input.order,
            filters: None,
            text: "",
        }
    }
}

impl<'a> From<&'a FindInput> for QueryShape<'a> {
    fn from(input: &'a FindInput) -> Self {
        Self {
            operation: "find",
            namespaces: &input.namespaces,
            order: &input.order,
            filters: input.filters.as_ref(),
            text: &input.text_query,
        }
    }
}

impl QueryShape<'_> {
    /// The place after which the page begins; none where the query has no cursor.
    ///
    /// # Errors
    ///
    /// Those of [`check_pagination`], and `INVALID_INPUT` for a cursor that is malformed or continues another query.
    pub fn resume(&self, pagination: &PaginationParams) -> Result<Option<Position>> {
        check_pagination(pagination)?;
        match pagination.cursor.as_deref() {
            Some(cursor) if has_cursor(Some(cursor)) => Ok(Some(decode(self, cursor)?)),
            _ => Ok(None),
        }
    }

    /// The cursor that continues the query after a place.
    ///
    /// # Errors
    ///
    /// `INTERNAL` for a key or a filter that cannot be written as JSON.
    pub fn cursor(&self, after: &Position) -> Result<String> {
        encode(self, after)
    }

    /// The same for the same query, in every process.
    fn digest(&self) -> Result<String> {
        let mut namespaces: Vec<&Namespace> = self.namespaces.iter().collect();
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::{ErrorCode, FilterPredicate, query::any_value};

    const PLAIN: QueryShape<'static> = QueryShape {
        operation: "list",
        namespaces: &[],
        order: &[],
        filters: None,
        text: "",
    };

    fn by(field: &str) -> OrderField {
        OrderField {
            field: field.into(),
            descending: false,
        }
    }

    fn position(keys: Vec<Value>) -> Position {
        Position {
            keys,
            namespace: "ns".into(),
            id: "id".into(),
        }
    }

    proptest! {
        #[test]
        fn a_position_comes_back_bit_for_bit(keys in prop::collection::vec(any_value(), 0..3)) {
            let order: Vec<OrderField> = keys.iter().map(|_| by("x")).collect();
            let shape = QueryShape { order: &order, ..PLAIN };
            let position = position(keys);
            let back = decode(&shape, &encode(&shape, &position).unwrap()).unwrap();
            // By text, since `-0.0` equals `0.0`.
            prop_assert_eq!(format!("{back:?}"), format!("{position:?}"));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            prop_assert!(decode(&PLAIN, &text).is_err());
        }
    }

    #[test]
    fn the_digest_is_the_same_in_every_process() {
        assert_eq!(PLAIN.digest().unwrap(), "5ee70fb47628aa6c");
    }

    /// Contract: PAG-07
    #[test]
    fn a_cursor_belongs_to_one_query() {
        let namespaces = ["a".into(), "b".into()];
        let (order, filter) = (
            [by("x")],
            FilterExpression::from(FilterPredicate::exists("x")),
        );
        let descending = [OrderField {
            descending: true,
            ..by("x")
        }];
        let shapes = [
            PLAIN,
            QueryShape {
                operation: "find",
                ..PLAIN
            },
            QueryShape {
                namespaces: &namespaces,
                ..PLAIN
            },
            QueryShape {
                namespaces: &namespaces[..1],
                ..PLAIN
            },
            QueryShape {
                order: &order,
                ..PLAIN
            },
            QueryShape {
                order: &descending,
                ..PLAIN
            },
            QueryShape {
                filters: Some(&filter),
                ..PLAIN
            },
            QueryShape { text: "x", ..PLAIN },
        ];
        for (i, from) in shapes.iter().enumerate() {
            let place = position(from.order.iter().map(|_| Value::Null).collect());
            let cursor = encode(from, &place).unwrap();
            for (j, to) in shapes.iter().enumerate() {
                match decode(to, &cursor) {
                    Ok(_) => assert_eq!(i, j),
                    Err(error) => {
                        assert_ne!(i, j);
                        assert_eq!(*error.code(), ErrorCode::InvalidInput);
                        assert!(error.message().contains("another query"), "{error}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_of_namespaces_and_an_empty_filter_do_not_matter() {
        let (ab, ba) = (["a", "b"], ["b", "a", "b"]);
        let (ab, ba) = (ab.map(Namespace::from), ba.map(Namespace::from));
        let empty = FilterExpression::default();
        let cursor = encode(
            &QueryShape {
                namespaces: &ab,
                ..PLAIN
            },
            &position(vec![]),
        )
        .unwrap();
        let same = QueryShape {
            namespaces: &ba,
            filters: Some(&empty),
            ..PLAIN
        };
        decode(&same, &cursor).unwrap();
    }

    /// Contract: PAG-07
    #[rstest]
    #[case::no_base64("not base64!")]
    #[case::no_json("aGVsbG8")]
    #[case::another_json("W10")]
    #[case::cut_short("eyJxIjoiIiwiayI6W10sIm4iOiIiLCJpIjo")]
    fn a_malformed_cursor_is_invalid_input(#[case] cursor: &str) {
        let error = decode(&PLAIN, cursor).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput);
        assert!(error.message().contains("malformed"), "{error}");
    }

    /// Contract: PAG-07
    #[test]
    fn a_forged_key_is_malformed() {
        let order = [by("x")];
        let shape = QueryShape {
            order: &order,
            ..PLAIN
        };
        for key in [
            "{}",
            r#"{"f":"x"}"#,
            r#"{"f":18442240474082181120}"#,
            r#"{"z":1}"#,
        ] {
            let digest = shape.digest().unwrap();
            let text = format!(r#"{{"q":"{digest}","k":[{key}],"n":"","i":""}}"#);
            let error = decode(&shape, &URL_SAFE_NO_PAD.encode(text)).unwrap_err();
            assert!(error.message().contains("malformed"), "{key}: {error}");
        }
    }
}
