//! What a field is compared with, read as the type of the field.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::{Number, Value};

use super::source::{FieldValue, FieldView, any_leaf};
use crate::{
    FilterFieldType, Timestamp,
    query::{compare_numbers, is_integral},
};

/// A value of one of the known field types.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal<'a> {
    Text(Cow<'a, str>),
    Integer(Number),
    Number(Number),
    Boolean(bool),
    Instant(Timestamp),
    Entry {
        key: Cow<'a, str>,
        value: Cow<'a, str>,
    },
}

impl<'a> Literal<'a> {
    /// Reads the value of a predicate; none if it is not one of the field's type.
    pub(super) fn of(kind: &FilterFieldType, value: &'a Value) -> Option<Self> {
        match (kind, value) {
            (FilterFieldType::Integer, Value::Number(number)) if is_integral(number) => {
                Some(Self::Integer(number.clone()))
            }
            (FilterFieldType::Number, Value::Number(number)) => Some(Self::Number(number.clone())),
            (FilterFieldType::Boolean, Value::Bool(value)) => Some(Self::Boolean(*value)),
            (FilterFieldType::Integer | FilterFieldType::Number | FilterFieldType::Boolean, _) => {
                None
            }
            (kind, Value::String(text)) => Self::of_text(kind, text),
            _ => None,
        }
    }

    /// Reads an element of a list, which is a text for every field type.
    pub(super) fn of_text(kind: &FilterFieldType, text: &'a str) -> Option<Self> {
        match kind {
            FilterFieldType::String | FilterFieldType::Enum => Some(Self::Text(text.into())),
            FilterFieldType::Integer => text.parse().ok().filter(is_integral).map(Self::Integer),
            FilterFieldType::Number => text.parse().ok().map(Self::Number),
            FilterFieldType::Boolean => text.parse().ok().map(Self::Boolean),
            FilterFieldType::Datetime => Timestamp::parse(text).ok().map(Self::Instant),
            FilterFieldType::Map => {
                text.split_once('=')
                    .filter(|(key, _)| !key.is_empty())
                    .map(|(key, value)| Self::Entry {
                        key: key.into(),
                        value: value.into(),
                    })
            }
            FilterFieldType::Other(_) => None,
        }
    }

    /// Tells whether a value of an object, which is viewed so, equals this; one of another type does not.
    pub(super) fn equals<V: FieldValue>(&self, leaf: &V, view: &FieldView<'_>) -> bool {
        match (self, view) {
            (Self::Text(wanted), FieldView::Text(text)) => wanted == text,
            (Self::Boolean(wanted), FieldView::Bool(value)) => wanted == value,
            (Self::Entry { key, value }, _) => leaf.any_entry(key, |found| {
                any_leaf(found, &|_, view| view == FieldView::Text(value))
            }),
            _ => self.compare(view) == Some(Ordering::Equal),
        }
    }

    /// How a value of an object stands to this; none if it has another type, or no order.
    pub(super) fn compare(&self, view: &FieldView<'_>) -> Option<Ordering> {
        match (self, view) {
            (Self::Integer(wanted), FieldView::Number(number)) if is_integral(number) => {
                Some(compare_numbers(number, wanted))
            }
            (Self::Number(wanted), FieldView::Number(number)) => {
                Some(compare_numbers(number, wanted))
            }
            (Self::Instant(wanted), FieldView::Text(text)) => {
                Timestamp::parse(text).ok().map(|time| time.cmp(wanted))
            }
            _ => None,
        }
    }

    /// The same, borrowing nothing.
    pub(super) fn into_owned(self) -> Literal<'static> {
        match self {
            Self::Text(text) => Literal::Text(text.into_owned().into()),
            Self::Integer(number) => Literal::Integer(number),
            Self::Number(number) => Literal::Number(number),
            Self::Boolean(value) => Literal::Boolean(value),
            Self::Instant(time) => Literal::Instant(time),
            Self::Entry { key, value } => Literal::Entry {
                key: key.into_owned().into(),
                value: value.into_owned().into(),
            },
        }
    }
}
