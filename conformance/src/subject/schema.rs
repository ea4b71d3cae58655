//! Samples out of a JSON Schema, for a type about which the author tells none.
//!
//! What is generated is the least that the schema demands: what is not required may be the backend's own to fill in. A
//! schema that demands what is not known here gives no samples and the reason, never a guess.

use serde_json::{Map, Value, json};

use super::{Sample, shape::Shape};

/// Makes samples of a type.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipe {
    shape: Shape,
    /// Where an object has its id.
    id: Vec<String>,
    /// Where it has its namespace, in a type with namespaces.
    namespace: Option<Vec<String>>,
}

impl Recipe {
    /// Reads a schema, and where objects of the type say which they are.
    ///
    /// # Errors
    ///
    /// The schema demands what is not known here, or an id cannot be put where it belongs; the text says where.
    pub(crate) fn read(schema: &Value, id: &str, namespace: Option<&str>) -> Result<Self, String> {
        let path = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
        let recipe = Self {
            shape: Shape::read(schema, "")?,
            id: path(id),
            namespace: namespace.map(path),
        };
        for path in recipe.identity() {
            takes_text(schema, path)?;
        }
        match recipe.shape {
            Shape::Object(_) => Ok(recipe),
            _ => Err("the schema does not describe an object".to_owned()),
        }
    }

    /// The sample with a number: the same for ever, and with an id of its own.
    pub(crate) fn sample(&self, number: u32, namespace: &str) -> Sample {
        let id = format!("sample-{number}");
        let mut object = self.shape.value(number);
        put(&mut object, &self.id, &id);
        if let Some(path) = &self.namespace {
            put(&mut object, path, namespace);
        }
        Sample::new(id, object).in_namespace(namespace)
    }

    /// An object with another value in a field that the schema demands and that is no part of its identity.
    ///
    /// # Errors
    ///
    /// There is no such field.
    pub(crate) fn change(&self, mut object: Value) -> Result<Value, String> {
        const OTHER: std::ops::Range<u32> = 1..8;
        let (path, leaf) = self.changeable()?;
        let Some(place) = at(&mut object, &path) else {
            return Ok(object);
        };
        let other = OTHER.map(|number| leaf.value(number));
        if let Some(value) = other.into_iter().find(|value| value != place) {
            *place = value;
        }
        Ok(object)
    }

    /// The first field that can have another value.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(super) fn changeable(&self) -> Result<(Vec<String>, &Shape), String> {
        let mut leaves = Vec::new();
        self.shape.leaves(&mut Vec::new(), &mut leaves);
        let fields = leaves.into_iter();
        let mut fields = fields.filter(|(path, leaf)| {
            let is_identity = self.identity().any(|identity| identity == path);
            !is_identity && leaf.value(0) != leaf.value(1)
        });
        fields
            .next()
            .ok_or_else(|| "the schema demands no field that could be changed".to_owned())
    }

    fn identity(&self) -> impl Iterator<Item = &Vec<String>> {
        [&self.id].into_iter().chain(&self.namespace)
    }
}

/// Whether any text may stand at a place of a schema.
fn takes_text(schema: &Value, path: &[String]) -> Result<(), String> {
    let mut place = schema;
    for segment in path {
        place = match place.pointer(&format!("/properties/{segment}")) {
            // What it does not describe it does not limit.
            None => return Ok(()),
            Some(place) => place,
        };
    }
    let limits = [
        "pattern",
        "format",
        "enum",
        "const",
        "maxLength",
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "not",
    ];
    let at = path.join(".");
    if let Some(limit) = limits.iter().find(|limit| place.get(**limit).is_some()) {
        return Err(format!(
            "`{limit}` at {at} limits what can be an id or a namespace"
        ));
    }
    let is_text = match place.get("type") {
        None => true,
        Some(Value::Array(types)) => types.contains(&json!("string")),
        Some(one) => *one == json!("string"),
    };
    if is_text {
        return Ok(());
    }
    Err(format!("{at} is no string, and ids and namespaces are"))
}

fn put(object: &mut Value, path: &[String], text: &str) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let mut place = object;
    for segment in before {
        place = fields(place).entry(segment).or_insert_with(|| json!({}));
    }
    fields(place).insert(last.clone(), json!(text));
}

/// The fields of a value, which becomes an object if it is none.
fn fields(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(fields) => fields,
        _ => unreachable!("it has just become an object"),
    }
}

fn at<'a>(object: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    let mut place = object;
    for segment in path {
        place = place.get_mut(segment)?;
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(schema: &Value) -> Result<Recipe, String> {
        Recipe::read(schema, "meta.name", Some("meta.space"))
    }

    #[test]
    fn a_sample_has_what_the_schema_demands_and_an_identity_of_its_own() {
        let schema = json!({
            "type": "object",
            "required": ["size", "colour", "born"],
            "properties": {
                "size": {"type": "integer", "minimum": 3, "maximum": 9},
                "colour": {"enum": ["red", "blue"]},
                "born": {"type": "string", "format": "date-time"},
                "revision": {"type": "string", "pattern": "^r[0-9]+$"},
                "meta": {"type": "object", "properties": {"name": {"type": "string", "minLength": 1}}},
            },
        });
        let recipe = recipe(&schema).unwrap();
        let sample = recipe.sample(4, "blue");
        assert_eq!(
            (sample.id.as_str(), sample.namespace.as_str()),
            ("sample-4", "blue")
        );
        assert_eq!(
            sample.data.to_value().unwrap(),
            json!({
                "size": 7,
                "colour": "red",
                "born": "2026-01-05T00:00:00Z",
                "meta": {"name": "sample-4", "space": "blue"},
            })
        );
        assert_eq!(recipe.sample(4, "blue"), sample);
        let data = |number| recipe.sample(number, "blue").data;
        assert!((0..50).all(|number| data(number) != data(number + 1)));
    }

    #[test]
    fn a_change_can_be_seen_and_leaves_the_identity_alone() {
        let schema = json!({
            "type": "object",
            "required": ["meta", "size"],
            "properties": {
                "meta": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
                "size": {"type": "integer"},
            },
        });
        let recipe = recipe(&schema).unwrap();
        let before = recipe.sample(1, "blue").data.to_value().unwrap();
        let after = recipe.change(before.clone()).unwrap();
        assert_ne!(after["size"], before["size"]);
        assert_eq!(after["meta"], before["meta"]);
    }

    #[test]
    fn what_cannot_be_generated_is_told_and_never_guessed() {
        let demanding =
            |field: Value| json!({"type": "object", "required": ["x"], "properties": {"x": field}});
        let named = |name: Value| json!({"type": "object", "properties": {"meta": {"properties": {"name": name}}}});
        for (schema, text) in [
            (
                demanding(json!({"type": "string", "pattern": "a+"})),
                "`pattern` at /properties/x",
            ),
            (
                demanding(json!({"$ref": "#/$defs/x"})),
                "`$ref` at /properties/x",
            ),
            (
                demanding(json!({"type": "string", "format": "ipv6"})),
                "the format `ipv6` at /properties/x",
            ),
            (
                demanding(json!({"type": "integer", "minimum": 3, "maximum": 2})),
                "no integer is allowed at /properties/x",
            ),
            (
                demanding(json!({})),
                "any value is allowed at /properties/x",
            ),
            (
                json!({"type": "object", "required": ["x"]}),
                "`x` is required at / and not described",
            ),
            (
                json!({"type": "array"}),
                "the schema does not describe an object",
            ),
            (
                json!({"type": "object", "minProperties": 2}),
                "`minProperties` at /",
            ),
            (json!(true), "any value is allowed at /"),
            (named(json!({"type": "integer"})), "meta.name is no string"),
            (
                named(json!({"type": "string", "pattern": "a"})),
                "`pattern` at meta.name limits",
            ),
        ] {
            let error = recipe(&schema).unwrap_err();
            assert!(error.contains(text), "{schema}: {error}");
        }
        let nothing = json!({"type": "object", "properties": {"x": {"type": "string"}}});
        let error = recipe(&nothing).unwrap().change(json!({})).unwrap_err();
        assert_eq!(error, "the schema demands no field that could be changed");
    }
}
