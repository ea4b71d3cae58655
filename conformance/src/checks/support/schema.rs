//! JSON Schema, as much of it as means the same in every draft.

use serde_json::Value;

/// The first place where a value does not keep to a schema, as text.
///
/// Looked at are `type`, `required`, `properties`, `items` (one schema for all), `enum`, the schemas `true` and `false`, and
/// `nullable` of OpenAPI. Everything else holds: combinations, patterns, bounds, and what a `$ref` leads to, beside which
/// some drafts ignore the rest. A value that is found wrong is wrong in any draft; one that is not may still be.
pub(in crate::checks) fn violation(schema: &Value, value: &Value) -> Option<String> {
    at("", schema, value)
}

fn at(path: &str, schema: &Value, value: &Value) -> Option<String> {
    let here = if path.is_empty() { "the object" } else { path };
    let schema = match schema {
        Value::Bool(false) => return Some(format!("{here} is not allowed")),
        Value::Object(schema) => schema,
        _ => return None,
    };
    if schema
        .keys()
        .any(|keyword| keyword.ends_with("Ref") || keyword == "$ref")
    {
        return None;
    }
    if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
        return None;
    }
    let types = schema.get("type").map(names).unwrap_or_default();
    if !types.is_empty() && !types.iter().any(|name| is_of(name, value)) {
        return Some(format!(
            "{here} has to be {}, and is {}",
            types.join(" or "),
            kind_of(value)
        ));
    }
    if let Some(Value::Array(allowed)) = schema.get("enum")
        && !allowed.iter().any(|one| same(one, value))
    {
        let allowed = Value::Array(allowed.clone());
        return Some(format!("{here} has to be one of {allowed}, and is {value}"));
    }
    match value {
        Value::Object(fields) => {
            let required = schema.get("required").map(names).unwrap_or_default();
            if let Some(missing) = required.iter().find(|name| !fields.contains_key(**name)) {
                return Some(format!("{here} misses {missing:?}"));
            }
            let properties = schema.get("properties").and_then(Value::as_object)?;
            properties.iter().find_map(|(name, schema)| {
                at(&super::joined(path, name), schema, fields.get(name)?)
            })
        }
        Value::Array(items) => {
            let schema = schema.get("items")?;
            let mut places = items.iter().enumerate();
            places.find_map(|(index, item)| at(&format!("{path}[{index}]"), schema, item))
        }
        _ => None,
    }
}

/// A name or a list of names.
fn names(value: &Value) -> Vec<&str> {
    match value {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "null" | "boolean" | "number" | "string" | "array" | "object" => kind_of(value) == name,
        // Not a type of any draft: nothing is known of it.
        _ => true,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Equal, numbers by value.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_looked_at_is_found_where_it_is() {
        let schema = json!({
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string"},
                "size": {"type": ["integer", "null"]},
                "phase": {"enum": ["on", 1]},
                "parts": {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}},
                "never": false,
            },
        });
        let found = |value| violation(&schema, &value);
        assert_eq!(
            found(json!({"name": "a", "size": 2.0, "phase": 1.0, "more": []})),
            None
        );
        assert_eq!(
            found(json!({"name": "a", "size": null, "parts": [{"id": 1}, {}]})),
            None
        );
        for (value, text) in [
            (json!(7), "the object has to be object, and is number"),
            (json!({}), "the object misses \"name\""),
            (json!({"name": null}), "name has to be string, and is null"),
            (
                json!({"name": "a", "size": 1.5}),
                "size has to be integer or null, and is number",
            ),
            (
                json!({"name": "a", "phase": "off"}),
                "phase has to be one of [\"on\",1], and is \"off\"",
            ),
            (
                json!({"name": "a", "parts": [{}, {"id": "x"}]}),
                "parts[1].id has to be integer, and is string",
            ),
            (json!({"name": "a", "never": 1}), "never is not allowed"),
        ] {
            assert_eq!(found(value).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_not_understood_holds() {
        for schema in [
            json!(true),
            json!({}),
            json!({"type": "quantity"}),
            json!({"$ref": "#/$defs/a", "type": "string"}),
            json!({"oneOf": [{"type": "string"}], "minimum": 9}),
            json!({"type": "string", "nullable": true}),
            json!({"items": [{"type": "string"}]}),
        ] {
            assert_eq!(violation(&schema, &Value::Null), None, "{schema}");
        }
        assert_eq!(
            violation(&json!({"items": [{"type": "string"}]}), &json!([1])),
            None
        );
    }
}
