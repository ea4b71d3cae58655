//! What differs between two states of one object.

use omniview_sdk::Json;
use serde_json::Value;

use crate::Halt;

/// What `after` has that `before` has not.
pub(in crate::checks) fn difference_of(before: &Json, after: &Json) -> Result<Json, Halt> {
    fn part(before: &Value, after: &Value) -> Option<Value> {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                let fields: serde_json::Map<String, Value> = after
                    .iter()
                    .filter_map(|(name, after)| match before.get(name) {
                        Some(before) => Some((name.clone(), part(before, after)?)),
                        None => Some((name.clone(), after.clone())),
                    })
                    .collect();
                (!fields.is_empty()).then_some(Value::Object(fields))
            }
            (before, after) => (before != after).then(|| after.clone()),
        }
    }
    let (before, after) = (before.to_value(), after.to_value());
    let (Ok(before), Ok(after)) = (before, after) else {
        return Err(Halt::broken("the change of a sample cannot be read"));
    };
    part(&before, &after)
        .map(Json::from)
        .ok_or_else(|| Halt::broken("ResourceFixture::change adds and alters nothing"))
}

/// The fields of a fetched object that `sent` has, as they were fetched.
pub(in crate::checks) fn kept_part(fetched: &Json, sent: &Json) -> Json {
    fn common(fetched: &Value, sent: &Value) -> Value {
        match (fetched, sent) {
            (Value::Object(fetched), Value::Object(sent)) => Value::Object(
                sent.iter()
                    .filter_map(|(name, sent)| {
                        Some((name.clone(), common(fetched.get(name)?, sent)))
                    })
                    .collect(),
            ),
            (fetched, _) => fetched.clone(),
        }
    }
    match (fetched.to_value(), sent.to_value()) {
        (Ok(fetched), Ok(sent)) => Json::from(common(&fetched, &sent)),
        _ => sent.clone(),
    }
}

/// The first place where two views of one object differ; what only one of them shows is no contradiction.
pub(in crate::checks) fn contradiction(
    list: &Value,
    get: &Value,
    path: &str,
) -> Option<(String, Value, Value)> {
    let (Value::Object(listed), Value::Object(fetched)) = (list, get) else {
        return (list != get).then(|| (path.to_owned(), list.clone(), get.clone()));
    };
    listed.iter().find_map(|(name, listed)| {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        contradiction(listed, fetched.get(name)?, &path)
    })
}

/// Whether every field of `part` is in `whole` with the same value.
pub(in crate::checks) fn includes(whole: &Json, part: &Json) -> bool {
    fn within(whole: &Value, part: &Value) -> bool {
        match (whole, part) {
            (Value::Object(whole), Value::Object(part)) => part
                .iter()
                .all(|(name, part)| whole.get(name).is_some_and(|whole| within(whole, part))),
            (whole, part) => whole == part,
        }
    }
    match (whole.to_value(), part.to_value()) {
        (Ok(whole), Ok(part)) => within(&whole, &part),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_difference_of_a_change_is_what_it_adds_and_alters() {
        let before = Json::from(json!({"a": 1, "b": {"c": 1, "d": 2}, "gone": 0}));
        let after = Json::from(json!({"a": 1, "b": {"c": 3, "d": 2, "e": 4}}));
        let difference = difference_of(&before, &after).unwrap();
        assert_eq!(
            difference.to_value().unwrap(),
            json!({"b": {"c": 3, "e": 4}})
        );
        assert!(difference_of(&before, &before).is_err());
    }

    #[test]
    fn a_summary_does_not_contradict_the_whole() {
        let whole = json!({"a": 1, "b": {"c": 2}});
        assert_eq!(contradiction(&json!({"b": {}}), &whole, ""), None);
        assert_eq!(
            contradiction(&json!({"b": {"c": 3}}), &whole, ""),
            Some(("b.c".to_owned(), json!(3), json!(2)))
        );
    }
}
