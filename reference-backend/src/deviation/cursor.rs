//! Cursors that are positions.

use std::hash::{DefaultHasher, Hash, Hasher};

use omniview_sdk::{ResourceOperationError, Result};
use serde::Serialize;

/// A position in the result of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    query: u64,
    pub(super) offset: usize,
}

impl Position {
    pub(super) fn new(query: u64, offset: usize) -> Self {
        Self { query, offset }
    }

    pub(super) fn encode(self) -> String {
        format!("position-{:x}-{}", self.query, self.offset)
    }

    /// Reads a cursor of the query `expected`, or of any query when that is `None`.
    pub(super) fn decode(cursor: &str, expected: Option<u64>) -> Result<Self> {
        let refuse = |why| {
            ResourceOperationError::invalid_input(format!("the cursor {cursor:?} {why}"))
                .with_suggestion("pass the cursor of an earlier answer to the same query")
        };
        let position = cursor
            .strip_prefix("position-")
            .and_then(|rest| rest.split_once('-'))
            .and_then(|(query, offset)| {
                Some(Self {
                    query: u64::from_str_radix(query, 16).ok()?,
                    offset: offset.parse().ok()?,
                })
            })
            .ok_or_else(|| refuse("is malformed"))?;
        match expected {
            Some(query) if query != position.query => Err(refuse("belongs to another query")),
            _ => Ok(position),
        }
    }
}

/// Tells one query from another.
pub(super) fn fingerprint(query: &impl Serialize) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(query)
        .unwrap_or_default()
        .hash(&mut hasher);
    hasher.finish()
}
