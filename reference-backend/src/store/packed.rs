//! JSON values as bytes, one after the other in memory.

use std::cmp::Ordering;

use omniview_sdk::{
    filter::{FieldSource, FieldValue, FieldView},
    query::{compare_values, lookup, lookup_all},
};
use serde_json::{Map, Number, Value};

// The first byte of a value says what it is. What follows belongs to it up to the end of the slice: the bytes of a number or a
// text, or for arrays and objects parts, each after its length.
const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const SIGNED: u8 = 3;
const UNSIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const ARRAY: u8 = 7;
const OBJECT: u8 = 8;
// Of a cell: an array along the path, the first element of which leads to the first value, or nowhere.
const MANY: u8 = 9;
const MANY_BUT_THE_FIRST: u8 = 10;

/// Writes what is at a path of an object, so that a [`Cell`] of the bytes answers as the object does.
pub(super) fn pack_at(object: &Value, path: &str, bytes: &mut Vec<u8>) {
    match (&*lookup_all(object, path), lookup(object, path)) {
        ([], _) => {}
        ([one], Some(first)) if std::ptr::eq(*one, first) => pack(one, bytes),
        (all, first) => {
            // The first element of an array leads to the first of all values, if it leads anywhere.
            bytes.push(first.map_or(MANY_BUT_THE_FIRST, |_| MANY));
            for value in all {
                part(bytes, |bytes| pack(value, bytes));
            }
        }
    }
}

/// Writes a value.
pub(super) fn pack(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Null => bytes.push(NULL),
        Value::Bool(false) => bytes.push(FALSE),
        Value::Bool(true) => bytes.push(TRUE),
        Value::Number(number) => {
            let (tag, eight) = if let Some(number) = number.as_i64() {
                (SIGNED, number.to_le_bytes())
            } else if let Some(number) = number.as_u64() {
                (UNSIGNED, number.to_le_bytes())
            } else {
                (FLOAT, number.as_f64().unwrap_or_default().to_le_bytes())
            };
            bytes.push(tag);
            bytes.extend(eight);
        }
        Value::String(text) => {
            bytes.push(TEXT);
            bytes.extend(text.as_bytes());
        }
        Value::Array(items) => {
            bytes.push(ARRAY);
            for item in items {
                part(bytes, |bytes| pack(item, bytes));
            }
        }
        Value::Object(map) => {
            bytes.push(OBJECT);
            for (key, value) in map {
                part(bytes, |bytes| bytes.extend(key.as_bytes()));
                part(bytes, |bytes| pack(value, bytes));
            }
        }
    }
}

/// Writes a part after its length.
fn part(bytes: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = bytes.len();
    bytes.extend([0; 4]);
    write(bytes);
    // An object of the store has a megabyte at most.
    let length = u32::try_from(bytes.len() - start - 4).unwrap_or(u32::MAX);
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// What is at one path of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a>(&'a [u8]);

impl<'a> Cell<'a> {
    /// What [`pack_at`] wrote.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The value that orders; none where nothing is.
    pub(super) fn first(self) -> Option<Packed<'a>> {
        match self.0.split_first()? {
            (&MANY, parts) => Parts(parts).next().map(Packed),
            (&MANY_BUT_THE_FIRST, _) => None,
            _ => Some(Packed(self.0)),
        }
    }
}

/// Whatever the path: the one of the cell.
impl<'a> FieldSource for Cell<'a> {
    type Value = Packed<'a>;

    fn any_field(&self, _path: &str, test: impl Fn(&Packed<'a>) -> bool) -> bool {
        match self.0.split_first() {
            None => false,
            Some((&(MANY | MANY_BUT_THE_FIRST), parts)) => {
                Parts(parts).any(|part| test(&Packed(part)))
            }
            Some(_) => test(&Packed(self.0)),
        }
    }
}

/// A value that [`pack`] wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed<'a>(&'a [u8]);

impl<'a> Packed<'a> {
    /// What [`pack`] wrote.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What [`pack`] wrote.
    pub(super) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The value, unpacked.
    pub(super) fn to_value(self) -> Value {
        match self.content() {
            Content::Scalar(view) => scalar(&view),
            Content::Array(items) => items.map(|item| Packed(item).to_value()).collect(),
            Content::Object(parts) => {
                let entries = Entries(parts);
                Value::Object(Map::from_iter(entries.map(|(key, value)| {
                    (String::from_utf8_lossy(key).into_owned(), value.to_value())
                })))
            }
        }
    }

    fn content(self) -> Content<'a> {
        let (tag, rest) = self.0.split_first().unwrap_or((&NULL, &[]));
        let eight = || rest.try_into().unwrap_or_default();
        Content::Scalar(match *tag {
            FALSE => FieldView::Bool(false),
            TRUE => FieldView::Bool(true),
            SIGNED => FieldView::Number(i64::from_le_bytes(eight()).into()),
            UNSIGNED => FieldView::Number(u64::from_le_bytes(eight()).into()),
            // A number of JSON is finite.
            FLOAT => FieldView::Number(
                Number::from_f64(f64::from_le_bytes(eight())).unwrap_or_else(|| 0.into()),
            ),
            // Only texts were written.
            TEXT => FieldView::Text(std::str::from_utf8(rest).unwrap_or_default()),
            ARRAY => return Content::Array(Parts(rest)),
            OBJECT => return Content::Object(Parts(rest)),
            _ => FieldView::Null,
        })
    }
}

enum Content<'a> {
    Scalar(FieldView<'a>),
    Array(Parts<'a>),
    Object(Parts<'a>),
}

impl FieldValue for Packed<'_> {
    fn view(&self) -> FieldView<'_> {
        match self.content() {
            Content::Scalar(view) => view,
            Content::Array(_) => FieldView::Array,
            Content::Object(_) => FieldView::Object,
        }
    }

    fn any_element(&self, test: impl Fn(&Self) -> bool) -> bool {
        match self.content() {
            Content::Array(mut items) => items.any(|item| test(&Packed(item))),
            _ => false,
        }
    }

    fn any_entry(&self, key: &str, test: impl Fn(&Self) -> bool) -> bool {
        match self.content() {
            Content::Object(parts) => Entries(parts)
                .find(|(known, _)| *known == key.as_bytes())
                .is_some_and(|(_, value)| test(&value)),
            _ => false,
        }
    }
}

/// As [`compare_values`]: texts and different kinds without a look at more than the bytes.
pub(super) fn compare(a: Option<Packed<'_>>, b: Option<Packed<'_>>) -> Ordering {
    let null = Packed(&[NULL]);
    match (a.unwrap_or(null).0, b.unwrap_or(null).0) {
        (same, other) if same == other => Ordering::Equal,
        ([TEXT, a @ ..], [TEXT, b @ ..]) => a.cmp(b),
        (a, b) => compare_values(Some(&Packed(a).to_value()), Some(&Packed(b).to_value())),
    }
}

/// The bytes of a value.
pub(super) fn packed_key(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(value, &mut bytes);
    bytes
}

fn scalar(view: &FieldView<'_>) -> Value {
    match view {
        FieldView::Bool(value) => (*value).into(),
        FieldView::Number(number) => Value::Number(number.clone()),
        FieldView::Text(text) => (*text).into(),
        _ => Value::Null,
    }
}

/// Slices, each after its length.
struct Parts<'a>(&'a [u8]);

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some(part)
    }
}

/// Keys and values in turn.
struct Entries<'a>(Parts<'a>);

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a [u8], Packed<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, Packed(self.0.next()?)))
    }
}
