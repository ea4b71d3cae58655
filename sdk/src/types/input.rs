//! What the operations on resources are asked.

use serde::{Deserialize, Serialize};

use super::filter::FilterExpression;
use crate::ids::{Namespace, ResourceId};
use crate::json::Json;
use crate::wire;

/// Asks for one resource. Contract: OPS-03.
///
/// # Examples
///
/// ```
/// use omniview_sdk::GetInput;
///
/// let web = GetInput::new("web").in_namespace("prod");
/// assert_eq!((web.id.as_str(), web.namespace.as_str()), ("web", "prod"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GetInput {
    /// The id of the resource.
    pub id: ResourceId,
    /// Its namespace; empty for a type without namespaces.
    pub namespace: Namespace,
}

impl GetInput {
    /// Asks for a resource that has no namespace.
    pub fn new(id: impl Into<ResourceId>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Says which namespace the resource is in.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = namespace.into();
        self
    }
}

/// Asks for the resources of a type.
///
/// The default asks for all of them: every namespace, no order, one page.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ListInput;
///
/// let newest = ListInput::all()
///     .namespace("dev")
///     .namespace("prod")
///     .order_by_descending("metadata.creationTimestamp")
///     .page(1, 50);
/// assert_eq!(newest.namespaces, ["dev", "prod"]);
///
/// // The rest of a long list: each answer says where to go on.
/// let next = ListInput::all().page_size(50).cursor("from the last answer");
/// assert_eq!(next.pagination.page, 0, "a cursor stands in for the page number");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ListInput {
    /// The namespaces to look in; none means every namespace. Contract: OPS-11, OPS-12.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub namespaces: Vec<Namespace>,
    /// What the result is ordered by, the first field first. Contract: PAG-01.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub order: Vec<OrderField>,
    /// Which part of the result is wanted.
    pub pagination: PaginationParams,
}

/// Asks for the resources of a type that match a filter, a text, or both.
///
/// The default asks for all of them. Contract: FLT-14, TXT-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{FilterPredicate, FindInput};
///
/// let running = FindInput::all().filter(FilterPredicate::eq("phase", "Running")).text("web");
/// assert_eq!(running.text_query, "web");
/// assert_eq!(running.filters.unwrap().predicates[0].field, "phase");
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FindInput {
    /// What the fields of a match satisfy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<FilterExpression>,
    /// The text to search for; empty for none. Contract: TXT-01.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text_query: String,
    /// The namespaces to look in; none means every namespace. Contract: OPS-11, OPS-12.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub namespaces: Vec<Namespace>,
    /// What the result is ordered by, the first field first. Contract: PAG-01.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub order: Vec<OrderField>,
    /// Which part of the result is wanted.
    pub pagination: PaginationParams,
}

impl FindInput {
    /// Keeps what satisfies a filter, in place of an earlier one.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<FilterExpression>) -> Self {
        self.filters = Some(filter.into());
        self
    }

    /// Keeps what a text search finds.
    #[must_use]
    pub fn text(mut self, query: impl Into<String>) -> Self {
        self.text_query = query.into();
        self
    }
}

macro_rules! query_setters {
    ($($name:ident)+) => {$(
        impl $name {
            /// Asks for everything.
            pub fn all() -> Self {
                Self::default()
            }

            /// Looks in one more namespace; the first call ends looking in all of them.
            #[must_use]
            pub fn namespace(mut self, namespace: impl Into<Namespace>) -> Self {
                self.namespaces.push(namespace.into());
                self
            }

            /// Orders by one more field, ascending. Contract: PAG-01, PAG-02.
            #[must_use]
            pub fn order_by(mut self, field: impl Into<String>) -> Self {
                self.order.push(OrderField { field: field.into(), descending: false });
                self
            }

            /// Orders by one more field, descending. Contract: PAG-01, PAG-02.
            #[must_use]
            pub fn order_by_descending(mut self, field: impl Into<String>) -> Self {
                self.order.push(OrderField { field: field.into(), descending: true });
                self
            }

            /// Asks for one page by its number, counted from 1. Contract: PAG-04.
            #[must_use]
            pub fn page(mut self, page: i64, size: i64) -> Self {
                self.pagination.page = page;
                self.pagination.page_size = size;
                self
            }

            /// Caps how many resources come back; 0 lifts the cap. Contract: PAG-05, PAG-06.
            #[must_use]
            pub fn page_size(mut self, size: i64) -> Self {
                self.pagination.page_size = size;
                self
            }

            /// Goes on where an earlier result ended. Contract: PAG-07.
            #[must_use]
            pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
                self.pagination.cursor = Some(cursor.into());
                self
            }
        }
    )+};
}

query_setters! { ListInput FindInput }

/// Asks for a resource to be made. Contract: OPS-05, OPS-06.
///
/// # Examples
///
/// ```
/// use omniview_sdk::CreateInput;
/// use serde_json::json;
///
/// let web = CreateInput::new(json!({"name": "web"})).in_namespace("prod");
/// assert_eq!(web.input.as_str(), r#"{"name":"web"}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CreateInput {
    /// The resource, as JSON.
    pub input: Json,
    /// The namespace to make it in; empty for a type without namespaces.
    pub namespace: Namespace,
}

impl CreateInput {
    /// Asks for a resource that has no namespace.
    pub fn new(input: impl Into<Json>) -> Self {
        Self {
            input: input.into(),
            ..Self::default()
        }
    }

    /// Says which namespace to make the resource in.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = namespace.into();
        self
    }
}

/// Asks for an existing resource to be changed. Contract: OPS-07.
///
/// # Examples
///
/// ```
/// use omniview_sdk::UpdateInput;
/// use serde_json::json;
///
/// let scaled = UpdateInput::new("web", json!({"name": "web", "replicas": 3})).in_namespace("prod");
/// assert_eq!(scaled.id, "web");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UpdateInput {
    /// The resource as it should be, as JSON.
    pub input: Json,
    /// The id of the resource.
    pub id: ResourceId,
    /// Its namespace; empty for a type without namespaces.
    pub namespace: Namespace,
}

impl UpdateInput {
    /// Asks for a change to a resource that has no namespace.
    pub fn new(id: impl Into<ResourceId>, input: impl Into<Json>) -> Self {
        Self {
            id: id.into(),
            input: input.into(),
            ..Self::default()
        }
    }

    /// Says which namespace the resource is in.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = namespace.into();
        self
    }
}

/// Asks for a resource to be removed. Contract: OPS-08.
///
/// # Examples
///
/// ```
/// use omniview_sdk::DeleteInput;
///
/// assert_eq!(DeleteInput::new("web").grace_period_seconds, None, "as the backend likes");
/// let at_once = DeleteInput::new("web").grace_period_seconds(0);
/// assert_eq!(at_once.grace_period_seconds, Some(0));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeleteInput {
    /// The id of the resource.
    pub id: ResourceId,
    /// Its namespace; empty for a type without namespaces.
    pub namespace: Namespace,
    /// How long the resource may take to go; 0 is at once, which is not the same as none said.
    /// Contract: OPS-10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_period_seconds: Option<i64>,
}

impl DeleteInput {
    /// Asks for the removal of a resource that has no namespace.
    pub fn new(id: impl Into<ResourceId>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Says which namespace the resource is in.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Says how long the resource may take to go. Contract: OPS-10.
    #[must_use]
    pub fn grace_period_seconds(mut self, seconds: i64) -> Self {
        self.grace_period_seconds = Some(seconds);
        self
    }
}

/// Names one field that a result is ordered by.
///
/// # Examples
///
/// ```
/// use omniview_sdk::FindInput;
///
/// // By phase, and within a phase the oldest last.
/// let order = FindInput::all().order_by("phase").order_by_descending("age").order;
/// assert_eq!((order[0].field.as_str(), order[0].descending), ("phase", false));
/// assert!(order[1].descending);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct OrderField {
    /// A dot path into the resource. Contract: PAG-03.
    pub field: String,
    /// Whether the greatest comes first. Contract: PAG-02.
    pub descending: bool,
}

/// Says which part of a result is wanted, by page number or by cursor but not by both.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, PaginationParams, query::check_pagination};
///
/// let third = PaginationParams { page: 3, page_size: 50, ..PaginationParams::default() };
/// check_pagination(&third)?;
///
/// let both = PaginationParams { cursor: Some("c".into()), ..third };
/// assert_eq!(*check_pagination(&both).unwrap_err().code(), ErrorCode::InvalidInput);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: PAG-08. The default asks for everything at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PaginationParams {
    /// The page, counted from 1; 0 means 1. Contract: PAG-04.
    pub page: i64,
    /// How many resources a page holds; 0 means all of them. Contract: PAG-05, PAG-06.
    pub page_size: i64,
    /// Where an earlier result ended, as it said itself. Contract: PAG-07.
    #[serde(
        deserialize_with = "wire::text_or_none",
        skip_serializing_if = "wire::no_text"
    )]
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::filter::FilterPredicate;
    use super::*;

    #[test]
    fn null_absent_and_empty_lists_are_one_input() {
        for value in [
            json!({}),
            json!({"namespaces": null, "order": null}),
            json!({"namespaces": [], "order": [], "pagination": {"cursor": ""}, "new": 1}),
        ] {
            assert_eq!(
                serde_json::from_value::<ListInput>(value).unwrap(),
                ListInput::all()
            );
        }
    }

    #[test]
    fn an_empty_cursor_is_not_written() {
        let params = PaginationParams {
            cursor: Some(String::new()),
            ..Default::default()
        };
        assert_eq!(
            serde_json::to_string(&params).unwrap(),
            r#"{"page":0,"pageSize":0}"#
        );
    }

    /// Contract: OPS-10
    #[test]
    fn a_grace_period_of_zero_is_written() {
        let input = DeleteInput::new("web").grace_period_seconds(0);
        assert_eq!(
            serde_json::to_string(&input).unwrap(),
            r#"{"id":"web","namespace":"","gracePeriodSeconds":0}"#
        );
        let null = json!({"id": "web", "gracePeriodSeconds": null});
        assert_eq!(
            serde_json::from_value::<DeleteInput>(null).unwrap(),
            DeleteInput::new("web")
        );
    }

    #[test]
    fn a_query_is_built_step_by_step() {
        let input = FindInput::all()
            .namespace("a")
            .order_by("kind")
            .order_by_descending("name")
            .page(2, 10)
            .filter(FilterPredicate::eq("phase", "Running"))
            .text("web");
        assert_eq!(
            serde_json::to_value(input).unwrap(),
            json!({
                "filters": {"predicates": [
                    {"field": "phase", "operator": "eq", "value": "Running"},
                ]},
                "textQuery": "web",
                "namespaces": ["a"],
                "order": [
                    {"field": "kind", "descending": false},
                    {"field": "name", "descending": true},
                ],
                "pagination": {"page": 2, "pageSize": 10},
            })
        );
    }
}
