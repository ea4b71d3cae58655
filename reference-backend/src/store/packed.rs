//! JSON values in a text, one after the other in memory.

use std::cmp::Ordering;

use omniview_sdk::{
    filter::{FieldSource, FieldValue, FieldView},
    query::{compare_values, lookup, lookup_all},
};
use serde_json::{Map, Number, Value};

// The first character of a value says what it is. What follows belongs to it up to its end: the bits of a number, a text as it is,
// or for arrays and objects parts, each after its length. All of it is text, so that a text in it need not be checked again.
const NULL: u8 = b'0';
const FALSE: u8 = b'f';
const TRUE: u8 = b't';
const SIGNED: u8 = b'i';
const UNSIGNED: u8 = b'u';
const FLOAT: u8 = b'n';
const TEXT: u8 = b'"';
const ARRAY: u8 = b'[';
const OBJECT: u8 = b'{';
// Of a cell: an array along the path, the first element of which leads to the first value, or nowhere.
const MANY: u8 = b'*';
const MANY_BUT_THE_FIRST: u8 = b'-';

/// Writes what is at a path of an object, so that a [`Cell`] of it answers as the object does.
pub(super) fn pack_at(object: &Value, path: &str, packed: &mut String) {
    match (&*lookup_all(object, path), lookup(object, path)) {
        ([], _) => {}
        ([one], Some(first)) if std::ptr::eq(*one, first) => pack(one, packed),
        (all, first) => {
            // The first element of an array leads to the first of all values, if it leads anywhere.
            packed.push(char::from(first.map_or(MANY_BUT_THE_FIRST, |_| MANY)));
            let mut part = String::new();
            for value in all {
                part.clear();
                pack(value, &mut part);
                push_part(&part, packed);
            }
        }
    }
}

/// Writes a value.
pub(super) fn pack(value: &Value, packed: &mut String) {
    let tag = match value {
        Value::Null => NULL,
        Value::Bool(false) => FALSE,
        Value::Bool(true) => TRUE,
        Value::Number(number) => return pack_number(number, packed),
        Value::String(_) => TEXT,
        Value::Array(_) => ARRAY,
        Value::Object(_) => OBJECT,
    };
    packed.push(char::from(tag));
    match value {
        Value::String(text) => packed.push_str(text),
        Value::Array(items) => {
            let mut part = String::new();
            for item in items {
                part.clear();
                pack(item, &mut part);
                push_part(&part, packed);
            }
        }
        Value::Object(map) => {
            let mut part = String::new();
            for (key, value) in map {
                push_part(key, packed);
                part.clear();
                pack(value, &mut part);
                push_part(&part, packed);
            }
        }
        _ => {}
    }
}

fn pack_number(number: &Number, packed: &mut String) {
    let (tag, bits) = if let Some(number) = number.as_i64() {
        (SIGNED, number.cast_unsigned())
    } else if let Some(number) = number.as_u64() {
        (UNSIGNED, number)
    } else {
        (FLOAT, number.as_f64().unwrap_or_default().to_bits())
    };
    packed.push(char::from(tag));
    packed.extend((0..10).map(|place| char::from((bits >> (7 * place)) as u8 & 0x7f)));
}

/// Writes a part after its length: six bits at a time, the seventh where more follow.
pub(super) fn push_part(part: &str, packed: &mut String) {
    let mut length = part.len();
    while length >= 0x40 {
        packed.push(char::from((length & 0x3f) as u8 | 0x40));
        length >>= 6;
    }
    packed.push(char::from(length as u8));
    packed.push_str(part);
}

/// Parts that [`push_part`] wrote.
#[derive(Debug, Clone)]
pub(super) struct Parts<'a>(&'a str);

impl<'a> Parts<'a> {
    pub(super) fn new(packed: &'a str) -> Self {
        Self(packed)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0.as_bytes();
        let (mut length, mut head) = (0, 0);
        loop {
            let byte = usize::from(*bytes.get(head)?);
            length |= (byte & 0x3f) << (6 * head);
            head += 1;
            if byte < 0x40 {
                break;
            }
        }
        let part = self.0.get(head..head + length)?;
        self.0 = self.0.get(head + length..)?;
        Some(part)
    }
}

/// What is at one path of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a>(&'a str);

impl<'a> Cell<'a> {
    /// What [`pack_at`] wrote.
    pub(super) fn new(packed: &'a str) -> Self {
        Self(packed)
    }

    /// The value that orders; none where nothing is.
    pub(super) fn first(self) -> Option<Packed<'a>> {
        match self.0.as_bytes().first() {
            None | Some(&MANY_BUT_THE_FIRST) => None,
            Some(&MANY) => Parts(&self.0[1..]).next().map(Packed),
            Some(_) => Some(Packed(self.0)),
        }
    }
}

/// Whatever the path: the one of the cell.
impl<'a> FieldSource for Cell<'a> {
    type Value = Packed<'a>;

    fn any_field(&self, _path: &str, test: impl Fn(&Packed<'a>) -> bool) -> bool {
        match self.0.as_bytes().first() {
            None => false,
            Some(&(MANY | MANY_BUT_THE_FIRST)) => {
                Parts(&self.0[1..]).any(|part| test(&Packed(part)))
            }
            Some(_) => test(&Packed(self.0)),
        }
    }
}

/// A value that [`pack`] wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed<'a>(&'a str);

impl<'a> Packed<'a> {
    /// What [`pack`] wrote.
    pub(super) fn new(packed: &'a str) -> Self {
        Self(packed)
    }

    /// What [`pack`] wrote.
    pub(super) fn as_str(self) -> &'a str {
        self.0
    }

    /// The value, unpacked.
    pub(super) fn to_value(self) -> Value {
        match self.content() {
            FieldView::Null => Value::Null,
            FieldView::Bool(value) => value.into(),
            FieldView::Number(number) => Value::Number(number),
            FieldView::Text(text) => text.into(),
            FieldView::Array => Parts(self.rest())
                .map(|item| Packed(item).to_value())
                .collect(),
            FieldView::Object => Value::Object(Map::from_iter(
                self.entries()
                    .map(|(key, value)| (key.to_owned(), value.to_value())),
            )),
        }
    }

    fn rest(self) -> &'a str {
        self.0.get(1..).unwrap_or_default()
    }

    fn content(self) -> FieldView<'a> {
        match self.0.as_bytes().first() {
            Some(&FALSE) => FieldView::Bool(false),
            Some(&TRUE) => FieldView::Bool(true),
            Some(&SIGNED) => FieldView::Number(self.bits().cast_signed().into()),
            Some(&UNSIGNED) => FieldView::Number(self.bits().into()),
            Some(&FLOAT) => {
                // A number of JSON is finite.
                let number = Number::from_f64(f64::from_bits(self.bits()));
                FieldView::Number(number.unwrap_or_else(|| 0.into()))
            }
            Some(&TEXT) => FieldView::Text(self.rest()),
            Some(&ARRAY) => FieldView::Array,
            Some(&OBJECT) => FieldView::Object,
            _ => FieldView::Null,
        }
    }

    fn bits(self) -> u64 {
        let bytes = self.rest().as_bytes().iter();
        bytes
            .rev()
            .fold(0, |bits, byte| bits << 7 | u64::from(*byte))
    }

    fn entries(self) -> impl Iterator<Item = (&'a str, Self)> {
        let mut parts = Parts(self.rest());
        std::iter::from_fn(move || Some((parts.next()?, Packed(parts.next()?))))
    }
}

impl FieldValue for Packed<'_> {
    fn view(&self) -> FieldView<'_> {
        self.content()
    }

    fn any_element(&self, test: impl Fn(&Self) -> bool) -> bool {
        self.content() == FieldView::Array && Parts(self.rest()).any(|item| test(&Packed(item)))
    }

    fn any_entry(&self, key: &str, test: impl Fn(&Self) -> bool) -> bool {
        self.content() == FieldView::Object
            && self
                .entries()
                .find(|(known, _)| *known == key)
                .is_some_and(|(_, value)| test(&value))
    }
}

/// As [`compare_values`]; most texts and what is the same are compared as they are.
pub(super) fn compare(a: Option<Packed<'_>>, b: Option<Packed<'_>>) -> Ordering {
    let null = Packed("0");
    let (a, b) = (a.unwrap_or(null), b.unwrap_or(null));
    match (a.content(), b.content()) {
        (FieldView::Text(a), FieldView::Text(b)) => a.cmp(b),
        _ if a.0 == b.0 => Ordering::Equal,
        _ => compare_values(Some(&a.to_value()), Some(&b.to_value())),
    }
}

/// What [`pack`] writes for a value.
pub(super) fn packed(value: &Value) -> String {
    let mut packed = String::new();
    pack(value, &mut packed);
    packed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const PATHS: [&str; 5] = ["a", "a.b", "a.b.a", "b.a", "a.0"];

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-2i64..2).prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[xyä]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|entries| entries.into_iter().collect::<Value>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn cells_answer_as_the_object_does(object in any_value()) {
            for path in PATHS {
                let mut packed = String::new();
                pack_at(&object, path, &mut packed);
                let cell = Cell::new(&packed);
                let first = cell.first().map(Packed::to_value);
                prop_assert_eq!(first.as_ref(), lookup(&object, path), "{} {}", path, object);
                for wanted in [json!(null), json!(true), json!(1), json!("x"), json!([])] {
                    prop_assert_eq!(
                        cell.any_field(path, |value| value.to_value() == wanted),
                        object.any_field(path, |value| *value == wanted),
                        "{} {}", path, object
                    );
                }
            }
        }

        #[test]
        fn a_packed_value_is_viewed_and_compared_as_it_was(a in any_value(), b in any_value()) {
            let (text_a, text_b) = (packed(&a), packed(&b));
            let (packed_a, packed_b) = (Packed::new(&text_a), Packed::new(&text_b));
            prop_assert_eq!(&packed_a.to_value(), &a);
            prop_assert_eq!(packed_a.view(), a.view());
            for key in ["a", "b", "c"] {
                let is_b = |value: &Packed<'_>| value.to_value() == b;
                prop_assert_eq!(packed_a.any_entry(key, is_b), a.any_entry(key, |value| *value == b));
                prop_assert_eq!(packed_a.any_element(is_b), a.any_element(|value| *value == b));
            }
            prop_assert_eq!(
                compare(Some(packed_a), Some(packed_b)),
                compare_values(Some(&a), Some(&b))
            );
            prop_assert_eq!(compare(None, Some(packed_b)), compare_values(None, Some(&b)));
        }
    }
}
