//! The order of objects in a result.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::Value;

use super::{compare::compare_values, item::QueryItem, lead::Lead};
use crate::OrderField;

/// Compares two objects: the order fields in sequence, then namespace and id.
///
/// A path is looked up as [`lookup`](super::lookup) says; where nothing is there, the object counts as greatest.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Json, ListInput, query::{Identity, Item, QueryItem, compare_items}};
/// use serde_json::json;
///
/// let pods = [("web", 3), ("db", 3), ("api", 1)]
///     .map(|(name, restarts)| Item::parse(Json::from(json!({"name": name, "restarts": restarts})), &Identity::new("name", "")));
/// let mut pods = pods.into_iter().collect::<Result<Vec<_>, _>>()?;
/// let order = ListInput::all().order_by_descending("restarts").order;
/// pods.sort_by(|a, b| compare_items(a, b, &order));
/// assert_eq!(pods.iter().map(|pod| pod.id()).collect::<Vec<_>>(), ["db", "web", "api"], "a tie goes by id");
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: PAG-01, PAG-02, PAG-03
pub fn compare_items<A, B>(a: &A, b: &B, order: &[OrderField]) -> Ordering
where
    A: QueryItem + ?Sized,
    B: QueryItem + ?Sized,
{
    order
        .iter()
        .map(|by| {
            let (a, b) = (a.order_key(&by.field), b.order_key(&by.field));
            turned(compare_values(a.as_deref(), b.as_deref()), by)
        })
        .find(|order| order.is_ne())
        .unwrap_or_else(|| identity(a).cmp(&identity(b)))
}

/// Objects with the values that they are ordered by, each looked up once.
pub(super) struct Rows<'a, T> {
    items: &'a [T],
    order: &'a [OrderField],
    // One for each order field, object by object.
    keys: Vec<Key<'a>>,
}

#[derive(Debug, Clone)]
struct Key<'a> {
    lead: Lead,
    value: Option<Cow<'a, Value>>,
}

impl Key<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        let values = (self.value.as_deref(), other.value.as_deref());
        self.lead.compare(other.lead, values.0, values.1)
    }
}

/// A place in the order of a result: that of an object which may be gone by now.
///
/// See [`QueryShape`](super::QueryShape).
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Json, ListInput, query::{self, Identity, Item, Position, QueryShape}};
/// use serde_json::json;
///
/// let people = [("ada", 36), ("bob", 42), ("cyd", 42)]
///     .map(|(name, age)| Item::parse(Json::from(json!({"name": name, "age": age})), &Identity::new("name", "")));
/// let people = people.into_iter().collect::<Result<Vec<_>, _>>()?;
///
/// // A page ended with Bea, who is gone by now: what comes after her place?
/// let bea = Position { keys: vec![json!(42)], namespace: "".into(), id: "bea".into() };
/// let query = ListInput::all().order_by("age");
/// let next = query.clone().cursor(QueryShape::from(&query).cursor(&bea)?);
/// assert_eq!(query::list(&people, &next)?.result[0].to_value()?["name"], "bob");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// What the object is ordered by, one for each order field; null where nothing was there.
    pub keys: Vec<Value>,
    /// The namespace of the object; empty for one that has none.
    pub namespace: String,
    /// The id of the object.
    pub id: String,
}

impl<'a, T: QueryItem> Rows<'a, T> {
    pub(super) fn new(items: &'a [T], order: &'a [OrderField]) -> Self {
        let mut keys = Vec::with_capacity(items.len() * order.len());
        for item in items {
            keys.extend(order.iter().map(|by| {
                let value = item.order_key(&by.field);
                let lead = Lead::of(value.as_deref());
                Key { lead, value }
            }));
        }
        Self { items, order, keys }
    }

    /// Compares two objects by their indexes; only an object and itself are equal.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        self.order
            .iter()
            .zip(self.keys(a).iter().zip(self.keys(b)))
            .map(|(by, (a, b))| turned(a.compare(b), by))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| {
                self.items[a]
                    .compare_identity(&self.items[b])
                    .then(a.cmp(&b))
            })
    }

    /// Tells whether an object comes after a position.
    pub(super) fn is_after(&self, index: usize, position: &Position) -> bool {
        self.order
            .iter()
            .zip(self.keys(index).iter().zip(&position.keys))
            .map(|(by, (key, passed))| {
                turned(compare_values(key.value.as_deref(), Some(passed)), by)
            })
            .find(|order| order.is_ne())
            .unwrap_or_else(|| {
                identity(&self.items[index]).cmp(&(&position.namespace, &position.id))
            })
            .is_gt()
    }

    /// The place of an object.
    pub(super) fn position(&self, index: usize) -> Position {
        let item = &self.items[index];
        Position {
            keys: self
                .keys(index)
                .iter()
                .map(|key| key.value.clone().map(Cow::into_owned).unwrap_or_default())
                .collect(),
            namespace: item.namespace().to_owned(),
            id: item.id().to_owned(),
        }
    }

    fn keys(&self, index: usize) -> &[Key<'a>] {
        let width = self.order.len();
        &self.keys[index * width..(index + 1) * width]
    }
}

fn identity<T: QueryItem + ?Sized>(item: &T) -> (&str, &str) {
    (item.namespace(), item.id())
}

fn turned(order: Ordering, by: &OrderField) -> Ordering {
    if by.descending {
        order.reverse()
    } else {
        order
    }
}
