//! How the user interface shows a resource type as a table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;
use crate::ids::ResourceKey;
use crate::wire;

/// Tells how instances of a type are identified and which columns their table has.
///
/// Accessors are dot paths into the resource's JSON.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ColumnDefinition, Formatter, ResourceDefinition, query::Identity};
///
/// let pods = ResourceDefinition {
///     id_accessor: "metadata.name".into(),
///     namespace_accessor: "metadata.namespace".into(),
///     memoizer_accessor: "metadata.resourceVersion".into(),
///     column_defs: vec![
///         ColumnDefinition::new("name", "Name", "metadata.name"),
///         ColumnDefinition {
///             formatter: Formatter::Age,
///             ..ColumnDefinition::new("age", "Age", "metadata.creationTimestamp")
///         },
///     ],
/// };
/// assert_eq!(Identity::from(&pods).namespace_path(), Some("metadata.namespace"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceDefinition {
    /// Where an instance has its id.
    pub id_accessor: String,
    /// Where an instance has its namespace; empty for a type without namespaces.
    /// Contract: CAP-03.
    pub namespace_accessor: String,
    /// Where an instance has what changes whenever it does.
    pub memoizer_accessor: String,
    /// The columns, in the order they are shown.
    #[serde(rename = "columnDefs", deserialize_with = "wire::null_as_default")]
    pub column_defs: Vec<ColumnDefinition>,
}

/// Describes one column of a type's table.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Align, ColumnDefinition};
///
/// let phase = ColumnDefinition {
///     color_map: [("Failed".to_owned(), "danger".to_owned())].into(),
///     align: Align::Center,
///     ..ColumnDefinition::new("phase", "Phase", "status.phase")
/// };
/// assert_eq!(serde_json::to_value(&phase)?["colorMap"]["Failed"], "danger");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ColumnDefinition {
    /// The id of the column, unique within the table.
    pub id: String,
    /// The heading.
    pub header: String,
    /// Where the values are: one dot path, or several separated by commas.
    pub accessor: String,
    /// Which of several accessors counts.
    #[serde(skip_serializing_if = "AccessorPriority::is_empty")]
    pub accessor_priority: AccessorPriority,
    /// The colour of each value.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub color_map: BTreeMap<String, String>,
    /// The colour of every value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub color: String,
    /// The side the values are set to.
    #[serde(skip_serializing_if = "Align::is_empty")]
    pub align: Align,
    /// Whether the column starts out hidden.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub hidden: bool,
    /// The width in pixels; 0 leaves it to the table.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub width: i64,
    /// How values become text.
    #[serde(skip_serializing_if = "Formatter::is_empty")]
    pub formatter: Formatter,
    /// The component that draws a value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub component: String,
    /// What the component is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component_params: Option<Value>,
    /// The resource that a value leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_link: Option<ResourceLink>,
    /// What is shown in place of values that match a pattern.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub value_map: BTreeMap<String, String>,
}

impl ColumnDefinition {
    /// Makes a column that shows what an accessor finds.
    pub fn new(
        id: impl Into<String>,
        header: impl Into<String>,
        accessor: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            header: header.into(),
            accessor: accessor.into(),
            ..Self::default()
        }
    }
}

/// Tells which resource a cell leads to.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ColumnDefinition, ResourceLink};
///
/// let node = ResourceLink {
///     id_accessor: "spec.nodeName".into(),
///     resource_key: "core::v1::Node".into(),
///     display_id: true,
///     ..ResourceLink::default()
/// };
/// let column = ColumnDefinition {
///     resource_link: Some(node),
///     ..ColumnDefinition::new("node", "Node", "spec.nodeName")
/// };
/// assert_eq!(serde_json::to_value(&column)?["resourceLink"]["resourceKey"], "core::v1::Node");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceLink {
    /// Where the id of the target is.
    pub id_accessor: String,
    /// Where the namespace of the target is.
    pub namespace_accessor: String,
    /// Whether the target's type has namespaces.
    pub namespaced: bool,
    /// The type of the target, where it is always the same.
    pub resource_key: ResourceKey,
    /// Where the type of the target is, where it differs from cell to cell.
    pub key_accessor: String,
    /// The key of each type that `key_accessor` may find.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub key_map: BTreeMap<String, String>,
    /// More of what is shown about the target: name to accessor.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub detail_extractors: BTreeMap<String, String>,
    /// Whether the id of the target is shown.
    pub display_id: bool,
}

open_enum! {
    /// Which of a column's several accessors counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{AccessorPriority, ColumnDefinition};
    ///
    /// let owner = ColumnDefinition {
    ///     accessor_priority: AccessorPriority::First,
    ///     ..ColumnDefinition::new("owner", "Owner", "spec.owner,metadata.labels.owner")
    /// };
    /// assert_eq!(serde_json::to_value(&owner)?["accessorPriority"], "FIRST");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    AccessorPriority {
        /// All of them, together.
        All = "ALL",
        /// The first that finds something.
        First = "FIRST",
        /// The last that finds something.
        Last = "LAST",
    }
}

open_enum! {
    /// The side that a column's values are set to.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{Align, ColumnDefinition};
    ///
    /// let name = ColumnDefinition::new("name", "Name", "name");
    /// assert!(name.align.is_empty(), "the table decides");
    /// let size = ColumnDefinition { align: Align::Right, ..ColumnDefinition::new("size", "Size", "bytes") };
    /// assert_eq!(serde_json::to_value(&size)?["align"], "RIGHT");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Align {
        /// To the left.
        Left = "LEFT",
        /// In the middle.
        Center = "CENTER",
        /// To the right.
        Right = "RIGHT",
    }
}

open_enum! {
    /// How a column's values become text.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ColumnDefinition, Formatter};
    ///
    /// let size = ColumnDefinition { formatter: Formatter::Bytes, ..ColumnDefinition::new("size", "Size", "bytes") };
    /// assert_eq!(serde_json::to_value(&size)?["formatter"], "BYTES");
    /// assert_eq!(Formatter::from("PERCENT"), "PERCENT", "what only the user interface knows is passed on");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Formatter {
        /// As they are.
        None = "NONE",
        /// A number of bytes, with a unit.
        Bytes = "BYTES",
        /// A span of time.
        Duration = "DURATION",
        /// The time since a timestamp.
        Age = "AGE",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plain_column_writes_three_keys() {
        let column = ColumnDefinition::new("name", "Name", "metadata.name");
        assert_eq!(
            serde_json::to_string(&column).unwrap(),
            r#"{"id":"name","header":"Name","accessor":"metadata.name"}"#
        );
    }

    #[test]
    fn component_params_are_kept_when_false_and_dropped_when_null() {
        let mut column: ColumnDefinition =
            serde_json::from_value(json!({"componentParams": false})).unwrap();
        assert_eq!(column.component_params, Some(json!(false)));
        assert_eq!(
            serde_json::to_value(&column).unwrap()["componentParams"],
            json!(false)
        );
        column = serde_json::from_value(json!({"componentParams": null})).unwrap();
        assert_eq!(column, ColumnDefinition::default());
    }

    #[test]
    fn names_are_snake_case_then_camel_case() {
        assert_eq!(
            serde_json::to_string(&ResourceDefinition::default()).unwrap(),
            r#"{"id_accessor":"","namespace_accessor":"","memoizer_accessor":"","columnDefs":[]}"#
        );
    }
}
