//! The objects that a query runs over.

use std::{borrow::Cow, cmp::Ordering, sync::Arc};

use serde_json::Value;

use super::path::lookup;
use crate::{Json, ResourceDefinition, ResourceOperationError, Result, filter::CompiledFilter};

/// An object that a query can look into, order and return.
///
/// A backend that keeps its objects parsed implements it for what it keeps; [`Item`] is the ready one.
/// References and [`Arc`]s of an item are items.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Json, ListInput, query::{self, QueryItem}};
/// use serde_json::{Value, json};
///
/// /// An object that is kept parsed, and knows its own place.
/// struct Pod { name: String, value: Value }
///
/// impl QueryItem for Pod {
///     fn value(&self) -> &Value { &self.value }
///     fn json(&self) -> Json { Json::from(self.value.clone()) }
///     fn id(&self) -> &str { &self.name }
///     fn namespace(&self) -> &str { "" }
/// }
///
/// let pods = ["web", "db"].map(|name| Pod { name: name.to_owned(), value: json!({"name": name}) });
/// let sorted = query::list(&pods, &ListInput::all().order_by("name"))?;
/// assert_eq!(sorted.result[0].as_str(), r#"{"name":"db"}"#);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
pub trait QueryItem {
    /// The object, parsed.
    fn value(&self) -> &Value;

    /// The object as it is returned.
    fn json(&self) -> Json;

    /// The id of the object, unique within its namespace.
    fn id(&self) -> &str;

    /// The namespace of the object; empty for one that has none.
    fn namespace(&self) -> &str;

    /// Whether the object satisfies a filter. A backend that can tell without the parsed object overrides it; the answer is the same.
    fn satisfies(&self, filter: &CompiledFilter) -> bool {
        filter.matches(self.value())
    }

    /// What the object is ordered by at a path, as [`lookup`] says. A backend that can tell without the parsed object overrides
    /// it; the answer is the same.
    fn order_key(&self, path: &str) -> Option<Cow<'_, Value>> {
        lookup(self.value(), path).map(Cow::Borrowed)
    }

    /// How namespace and id stand to those of another object, which breaks ties. A backend that knows the places of its objects
    /// overrides it; the answer is the same.
    fn compare_identity(&self, other: &Self) -> Ordering
    where
        Self: Sized,
    {
        (self.namespace(), self.id()).cmp(&(other.namespace(), other.id()))
    }
}

macro_rules! forward {
    ($($pointer:ty)+) => {$(
        impl<T: QueryItem + ?Sized> QueryItem for $pointer {
            fn value(&self) -> &Value {
                (**self).value()
            }

            fn json(&self) -> Json {
                (**self).json()
            }

            fn id(&self) -> &str {
                (**self).id()
            }

            fn namespace(&self) -> &str {
                (**self).namespace()
            }

            fn satisfies(&self, filter: &CompiledFilter) -> bool {
                (**self).satisfies(filter)
            }

            fn order_key(&self, path: &str) -> Option<Cow<'_, Value>> {
                (**self).order_key(path)
            }
        }
    )+};
}

forward! { &T Arc<T> Box<T> }

/// Where the objects of a type have their id and their namespace, as dot paths.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ResourceDefinition, query::Identity};
///
/// let pods = Identity::new("metadata.name", "metadata.namespace");
/// assert_eq!((pods.id_path(), pods.namespace_path()), ("metadata.name", Some("metadata.namespace")));
///
/// let definition = ResourceDefinition { id_accessor: "name".into(), ..ResourceDefinition::default() };
/// assert_eq!(Identity::from(&definition).namespace_path(), None, "a type without namespaces");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    id: String,
    namespace: String,
}

impl Identity {
    /// Names both paths; an empty namespace path is a type without namespaces.
    pub fn new(id: impl Into<String>, namespace: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            namespace: namespace.into(),
        }
    }

    /// Where the id is.
    pub fn id_path(&self) -> &str {
        &self.id
    }

    /// Where the namespace is; none for a type without namespaces.
    pub fn namespace_path(&self) -> Option<&str> {
        Some(&*self.namespace).filter(|path| !path.is_empty())
    }
}

impl From<&ResourceDefinition> for Identity {
    fn from(definition: &ResourceDefinition) -> Self {
        Self::new(
            definition.id_accessor.as_str(),
            definition.namespace_accessor.as_str(),
        )
    }
}

/// An object with its parsed value and its identity.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Json, query::{Identity, Item, QueryItem}};
///
/// let identity = Identity::new("name", "");
/// let web = Item::parse(Json::parse(r#"{ "name": "web", "size": 1.50 }"#)?, &identity)?;
/// assert_eq!((web.id(), &web.value()["size"]), ("web", &1.5.into()));
/// assert!(web.json().as_str().contains("1.50"), "returned as it was written");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    json: Json,
    value: Value,
    id: String,
    namespace: String,
}

impl Item {
    /// Parses an object and finds its identity.
    ///
    /// An id or namespace that is a number counts as its text. A namespace that is missing or null is
    /// empty.
    ///
    /// ```
    /// use omniview_sdk::{Json, query::{Identity, Item, QueryItem}};
    ///
    /// let identity = Identity::new("metadata.name", "metadata.namespace");
    /// let pod = Json::parse(r#"{"metadata": {"name": "web", "namespace": "prod"}}"#)?;
    /// let item = Item::parse(pod, &identity)?;
    /// assert_eq!((item.namespace(), item.id()), ("prod", "web"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for JSON that has no value in memory, an object without an id or with an empty
    /// one, and an id or namespace that is neither a text nor a number.
    pub fn parse(json: Json, identity: &Identity) -> Result<Self> {
        let value = json.to_value().map_err(|error| {
            ResourceOperationError::invalid_input(format!("the object cannot be parsed: {error}"))
                .with_suggestion("Keep numbers within 64 bits and nesting below 128 levels")
                .with_source(error)
        })?;
        let id = part(&value, "id", &identity.id)?
            .filter(|id| !id.is_empty())
            .ok_or_else(|| {
                ResourceOperationError::invalid_input(format!(
                    "the object has no id: nothing is at {:?}",
                    identity.id
                ))
                .with_suggestion(
                    "Set it, or let the id_accessor of the type's definition say where it is",
                )
            })?;
        let namespace = match identity.namespace_path() {
            Some(path) => part(&value, "namespace", path)?.unwrap_or_default(),
            None => String::new(),
        };
        Ok(Self {
            json,
            value,
            id,
            namespace,
        })
    }
}

impl QueryItem for Item {
    fn value(&self) -> &Value {
        &self.value
    }

    fn json(&self) -> Json {
        self.json.clone()
    }

    fn id(&self) -> &str {
        &self.id
    }

    fn namespace(&self) -> &str {
        &self.namespace
    }
}

fn part(value: &Value, what: &str, path: &str) -> Result<Option<String>> {
    match lookup(value, path) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(ResourceOperationError::invalid_input(format!(
                "the {what} of the object at {path:?} is neither a text nor a number"
            ))
            .with_suggestion(format!("Point the accessor of the {what} at a text")))
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::ErrorCode;

    #[rstest]
    #[case::both(json!({"m": {"id": "a", "ns": "x"}}), "a", "x")]
    #[case::a_number_as_id(json!({"m": {"id": 42, "ns": "x"}}), "42", "x")]
    #[case::no_namespace(json!({"m": {"id": "a"}}), "a", "")]
    #[case::a_null_namespace(json!({"m": {"id": "a", "ns": null}}), "a", "")]
    fn identity_is_found(#[case] object: Value, #[case] id: &str, #[case] namespace: &str) {
        let item = Item::parse(Json::from(object), &Identity::new("m.id", "m.ns")).unwrap();
        assert_eq!((item.id(), item.namespace()), (id, namespace));
    }

    #[rstest]
    #[case::no_id(r#"{"m": {}}"#, "no id")]
    #[case::a_null_id(r#"{"m": {"id": null}}"#, "no id")]
    #[case::an_empty_id(r#"{"m": {"id": ""}}"#, "no id")]
    #[case::an_object_as_id(r#"{"m": {"id": {}}}"#, "neither a text nor a number")]
    #[case::an_array_as_namespace(r#"{"m": {"id": "a", "ns": []}}"#, "the namespace")]
    #[case::no_object(r#""text""#, "no id")]
    #[case::no_value(r#"{"m": {"id": "a"}, "n": 1e999}"#, "cannot be parsed")]
    fn an_object_without_identity_is_refused(#[case] text: &str, #[case] said: &str) {
        let json = Json::parse(text).unwrap();
        let error = Item::parse(json, &Identity::new("m.id", "m.ns")).unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput);
        assert!(error.message().contains(said), "{error}");
    }

    #[test]
    fn a_type_without_a_namespace_accessor_has_no_namespaces() {
        let definition = ResourceDefinition {
            id_accessor: "name".into(),
            ..ResourceDefinition::default()
        };
        let identity = Identity::from(&definition);
        assert_eq!(
            (identity.id_path(), identity.namespace_path()),
            ("name", None)
        );
        let item = Item::parse(Json::from(json!({"name": "a", "": "b"})), &identity).unwrap();
        assert_eq!(item.namespace(), "");
    }
}
