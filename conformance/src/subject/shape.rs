//! What a JSON Schema allows, as far as values can be made of it.

use serde_json::{Map, Number, Value, json};

/// A part of a schema of which a value can be made for every number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// One of these.
    OneOf(Vec<Value>),
    Boolean,
    /// An integer between two, both included.
    Integer(i64, i64),
    /// A number from one on, up to the other.
    Number(f64, f64),
    /// A text of at least and at most so many characters.
    Text(usize, usize),
    DateTime,
    /// So many of the same.
    Array(Box<Self>, usize),
    /// Only what is required.
    Object(Vec<(String, Self)>),
}

/// What says nothing about values, or not about those that are made here.
const WITHOUT_EFFECT: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "$anchor",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "additionalProperties",
    "unevaluatedProperties",
    "maxProperties",
    "contentMediaType",
    "contentEncoding",
];

/// Reads the part of a schema that is about one type.
type Read = fn(&Map<String, Value>, &str) -> Result<Shape, String>;

impl Shape {
    /// Reads a schema, or a part of one at a place.
    ///
    /// # Errors
    ///
    /// It demands what is not known here.
    pub(super) fn read(schema: &Value, at: &str) -> Result<Self, String> {
        let place = if at.is_empty() { "/" } else { at };
        let any = || {
            Err(format!(
                "any value is allowed at {place}, and none is better than another"
            ))
        };
        let Some(schema) = schema.as_object() else {
            return any();
        };
        if let Some(only) = schema.get("const") {
            return Ok(Self::OneOf(vec![only.clone()]));
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let values: Vec<Value> = values
                .iter()
                .filter(|value| !value.is_null())
                .cloned()
                .collect();
            return match values.len() {
                0 => Err(format!("no value is allowed at {place}")),
                _ => Ok(Self::OneOf(values)),
            };
        }
        let types = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(one)) => vec![one.as_str()],
            // What has properties is meant to be an object.
            _ if schema.contains_key("properties") => vec!["object"],
            _ => Vec::new(),
        };
        let (known, read): (&[&str], Read) = match types.iter().find(|name| **name != "null") {
            Some(&"boolean") => (&[], |_, _| Ok(Self::Boolean)),
            Some(&"integer") => (
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
                integer,
            ),
            Some(&"number") => (&["minimum", "maximum"], number),
            Some(&"string") => (&["minLength", "maxLength", "format"], text),
            Some(&"array") => (&["items", "minItems", "maxItems"], array),
            Some(&"object") => (&["properties", "required"], object),
            Some(other) => return Err(format!("the type `{other}` at {place} is none")),
            None => {
                only_known(schema, &[], place)?;
                return any();
            }
        };
        only_known(schema, known, place)?;
        read(schema, at)
    }

    /// The value with a number.
    pub(super) fn value(&self, number: u32) -> Value {
        match self {
            Self::OneOf(values) => values[number as usize % values.len()].clone(),
            Self::Boolean => json!(number.is_multiple_of(2)),
            Self::Integer(least, most) => {
                let places = i128::from(*most) - i128::from(*least) + 1;
                json!(i128::from(*least) + i128::from(number) % places)
            }
            Self::Number(least, most) => {
                let places = (most - least).clamp(0.0, 1000.0).floor() + 1.0;
                let value = (least + f64::from(number) % places).min(*most);
                Number::from_f64(value).map_or(Value::Null, Value::Number)
            }
            Self::Text(least, most) => {
                let text = format!("text-{number}");
                let padded = format!("{text:0<least$}");
                // The end tells texts apart.
                let cut = padded.len().saturating_sub(*most);
                json!(padded[cut..])
            }
            Self::DateTime => json!(format!("2026-01-{:02}T00:00:00Z", number % 28 + 1)),
            Self::Array(item, length) => {
                let items = (0..*length).map(|place| item.value(number.wrapping_add(place as u32)));
                Value::Array(items.collect())
            }
            Self::Object(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(name, shape)| (name.clone(), shape.value(number)));
                Value::Object(fields.collect())
            }
        }
    }

    /// Every field below it that is no object, and the way to it.
    pub(super) fn leaves<'a>(
        &'a self,
        way: &mut Vec<String>,
        leaves: &mut Vec<(Vec<String>, &'a Self)>,
    ) {
        let Self::Object(fields) = self else {
            leaves.push((way.clone(), self));
            return;
        };
        for (name, shape) in fields {
            way.push(name.clone());
            shape.leaves(way, leaves);
            way.pop();
        }
    }
}

fn only_known(schema: &Map<String, Value>, known: &[&str], place: &str) -> Result<(), String> {
    let unknown = schema.keys().find(|keyword| {
        let keyword = keyword.as_str();
        keyword != "type" && !known.contains(&keyword) && !WITHOUT_EFFECT.contains(&keyword)
    });
    match unknown {
        None => Ok(()),
        Some(keyword) => Err(format!(
            "`{keyword}` at {place} is not known to the generator"
        )),
    }
}

fn integer(schema: &Map<String, Value>, at: &str) -> Result<Shape, String> {
    // As far as every reader of JSON goes.
    const FAR: i64 = 1 << 53;
    let bound = |name: &str| match schema.get(name) {
        None => Ok(None),
        Some(bound) => bound
            .as_i64()
            .map(Some)
            .ok_or_else(|| format!("`{name}` at {at} is no integer")),
    };
    let least = match (bound("minimum")?, bound("exclusiveMinimum")?) {
        (None, None) => None,
        (least, above) => least.max(above.map(|above| above.saturating_add(1))),
    };
    let most = match (bound("maximum")?, bound("exclusiveMaximum")?) {
        (None, below) => below.map(|below| below.saturating_sub(1)),
        (Some(most), below) => Some(below.map_or(most, |below| most.min(below.saturating_sub(1)))),
    };
    let least = least.unwrap_or_else(|| most.map_or(0, |most| most.min(0)));
    let most = most.unwrap_or_else(|| least.max(FAR));
    if least > most {
        return Err(format!("no integer is allowed at {at}"));
    }
    Ok(Shape::Integer(least, most))
}

fn number(schema: &Map<String, Value>, at: &str) -> Result<Shape, String> {
    const FAR: f64 = 1_000_000.0;
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let most = bound("maximum");
    let least = bound("minimum").unwrap_or_else(|| most.map_or(0.0, |most| most.min(0.0)));
    let most = most.unwrap_or_else(|| least.max(FAR));
    if least > most {
        return Err(format!("no number is allowed at {at}"));
    }
    Ok(Shape::Number(least, most))
}

fn text(schema: &Map<String, Value>, at: &str) -> Result<Shape, String> {
    const LONG: usize = 10_000;
    let length = |name: &str| {
        let length = schema.get(name).and_then(Value::as_u64);
        length.and_then(|length| usize::try_from(length).ok())
    };
    match schema
        .get("format")
        .map(|format| format.as_str().unwrap_or_default())
    {
        None => {}
        Some("date-time") => return Ok(Shape::DateTime),
        Some(other) => {
            return Err(format!(
                "the format `{other}` at {at} is not known to the generator"
            ));
        }
    }
    let least = length("minLength").unwrap_or(0);
    let most = length("maxLength").unwrap_or(LONG.max(least));
    if least > most || least > LONG {
        return Err(format!(
            "no text of {least} to {most} characters can be made at {at}"
        ));
    }
    Ok(Shape::Text(least, most))
}

fn array(schema: &Map<String, Value>, at: &str) -> Result<Shape, String> {
    const MANY: u64 = 100;
    let length = |name: &str| schema.get(name).and_then(Value::as_u64);
    let least = length("minItems").unwrap_or(0);
    if least > MANY {
        return Err(format!("{least} items at {at} are too many"));
    }
    // One shows more than none, where that is allowed and can be made.
    let wanted = least.max(1).min(length("maxItems").unwrap_or(1).max(least));
    let item = match schema.get("items") {
        None => Err(format!(
            "any item is allowed at {at}, and none is better than another"
        )),
        Some(items) => Shape::read(items, &format!("{at}/items")),
    };
    match item {
        Ok(item) => Ok(Shape::Array(Box::new(item), wanted as usize)),
        Err(_) if least == 0 => Ok(Shape::Array(Box::new(Shape::Boolean), 0)),
        Err(error) => Err(error),
    }
}

fn object(schema: &Map<String, Value>, at: &str) -> Result<Shape, String> {
    let place = if at.is_empty() { "/" } else { at };
    let none = Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let required = schema.get("required").and_then(Value::as_array);
    let mut fields = Vec::new();
    for name in required.into_iter().flatten().filter_map(Value::as_str) {
        let Some(property) = properties.get(name) else {
            return Err(format!("`{name}` is required at {place} and not described"));
        };
        // What only the backend may write is not given to it.
        if property.get("readOnly") == Some(&Value::Bool(true)) {
            continue;
        }
        let shape = Shape::read(property, &format!("{at}/properties/{name}"))?;
        fields.push((name.to_owned(), shape));
    }
    Ok(Shape::Object(fields))
}
