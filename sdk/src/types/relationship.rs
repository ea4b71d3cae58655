//! How resources refer to each other.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};

use super::open_enum::open_enum;
use crate::ids::{ConnectionId, Namespace, PluginId, ResourceId, ResourceKey};
use crate::wire;

/// Declares that resources of a type are related to resources of another. Contract: REL-01.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{RelationshipDescriptor, RelationshipExtractor, RelationshipType};
///
/// let node = RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on")
///     .with_extractor(RelationshipExtractor {
///         method: "fieldPath".into(),
///         field_path: "spec.nodeName".into(),
///         ..RelationshipExtractor::default()
///     });
/// assert_eq!(node.target_resource_key, "core::v1::Node");
///
/// // The other way round: the claim is declared here, and it is the pods that mount it.
/// let pods = RelationshipDescriptor::new(RelationshipType::Uses, "core::v1::Pod", "mounted by").incoming();
/// assert_eq!(serde_json::to_value(&pods)?["direction"], "incoming");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RelationshipDescriptor {
    /// What the relation is; the key is `type`.
    #[serde(rename = "type")]
    pub kind: RelationshipType,
    /// The type at the other end.
    pub target_resource_key: ResourceKey,
    /// What people read.
    pub label: String,
    /// What people read at the other end.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub inverse_label: String,
    /// How many there are at the other end, for example `one`.
    #[serde(
        deserialize_with = "wire::text_or_none",
        skip_serializing_if = "wire::no_text"
    )]
    pub cardinality: Option<String>,
    /// Which end the relation starts from. Contract: REL-03.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub direction: EdgeDirection,
    /// How the related resources are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extractor: Option<RelationshipExtractor>,
    /// Whether the target's type has namespaces; none if nobody says. Contract: REL-04.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_namespaced: Option<bool>,
}

impl RelationshipDescriptor {
    /// Declares an outgoing relation.
    pub fn new(
        kind: RelationshipType,
        target: impl Into<ResourceKey>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            target_resource_key: target.into(),
            label: label.into(),
            ..Self::default()
        }
    }

    /// Turns the relation around: it starts from the target. Contract: REL-03.
    #[must_use]
    pub fn incoming(mut self) -> Self {
        self.direction = EdgeDirection::Incoming;
        self
    }

    /// Says how the related resources are found.
    #[must_use]
    pub fn with_extractor(mut self, extractor: RelationshipExtractor) -> Self {
        self.extractor = Some(extractor);
        self
    }
}

/// Tells how related resources are found from a resource.
///
/// # Examples
///
/// ```
/// use omniview_sdk::RelationshipExtractor;
/// use serde_json::json;
///
/// let by_labels = RelationshipExtractor {
///     method: "labelSelector".into(),
///     label_selector: [("app".to_owned(), "web".to_owned())].into(),
///     ..RelationshipExtractor::default()
/// };
/// let written = serde_json::to_value(&by_labels)?;
/// assert_eq!(written, json!({"method": "labelSelector", "labelSelector": {"app": "web"}}));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RelationshipExtractor {
    /// The name of the method, for example `fieldPath`.
    pub method: String,
    /// A dot path to the id of the target.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field_path: String,
    /// The labels that the target has.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub label_selector: BTreeMap<String, String>,
}

/// Points to one resource.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ResourceRef;
///
/// let web = ResourceRef {
///     connection_id: "dev".into(),
///     resource_key: "core::v1::Pod".into(),
///     id: "web".into(),
///     ..ResourceRef::default()
/// };
/// assert_eq!(
///     serde_json::to_string(&web)?,
///     r#"{"connectionId":"dev","resourceKey":"core::v1::Pod","id":"web"}"#,
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceRef {
    /// The plugin that serves it; empty for the one that says so.
    #[serde(skip_serializing_if = "PluginId::is_empty")]
    pub plugin_id: PluginId,
    /// The connection that it is reached by.
    pub connection_id: ConnectionId,
    /// Its type.
    pub resource_key: ResourceKey,
    /// Its id.
    pub id: ResourceId,
    /// Its namespace; empty for a type without namespaces.
    #[serde(skip_serializing_if = "Namespace::is_empty")]
    pub namespace: Namespace,
    /// What people read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
}

/// A relation with the resources at its other end. Contract: REL-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{RelationshipDescriptor, RelationshipType, ResolvedRelationship, ResourceRef};
///
/// let runs_on = ResolvedRelationship {
///     descriptor: RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on"),
///     targets: vec![ResourceRef {
///         connection_id: "dev".into(),
///         resource_key: "core::v1::Node".into(),
///         id: "node-1".into(),
///         ..ResourceRef::default()
///     }],
/// };
/// assert_eq!(runs_on.targets[0].id, "node-1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResolvedRelationship {
    /// The relation.
    pub descriptor: RelationshipDescriptor,
    /// The resources at its other end.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub targets: Vec<ResourceRef>,
}

open_enum! {
    /// What a relation is.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{RelationshipDescriptor, RelationshipType};
    ///
    /// let volume = RelationshipDescriptor::new(RelationshipType::Uses, "core::v1::Volume", "mounts");
    /// assert_eq!(serde_json::to_value(&volume)?["type"], "uses");
    /// let own = RelationshipType::from("mirrors");
    /// assert!(!own.is_known(), "a backend may have relations of its own");
    /// assert_eq!(own.as_str(), "mirrors");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    RelationshipType {
        /// One made the other and takes it along when it goes.
        Owns = "owns",
        /// One is carried out on the other.
        RunsOn = "runs_on",
        /// One needs the other.
        Uses = "uses",
        /// One makes the other reachable.
        Exposes = "exposes",
        /// One keeps the other as it should be.
        Manages = "manages",
        /// One is part of the other.
        MemberOf = "member_of",
        /// One picks the other, by its labels for example.
        Selects = "selects",
    }
}

/// Which end a relation starts from. Contract: REL-03.
///
/// A closed set: another text is rejected when it is read.
///
/// # Examples
///
/// ```
/// use omniview_sdk::EdgeDirection;
///
/// assert_eq!(EdgeDirection::default(), EdgeDirection::Outgoing);
/// assert_eq!(serde_json::from_str::<EdgeDirection>(r#""incoming""#)?, EdgeDirection::Incoming);
/// assert!(serde_json::from_str::<EdgeDirection>(r#""sideways""#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum EdgeDirection {
    /// From the type that declares it; the empty text on the wire.
    #[default]
    Outgoing,
    /// From the target; `incoming` on the wire.
    Incoming,
}

impl EdgeDirection {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outgoing => "",
            Self::Incoming => "incoming",
        }
    }
}

impl Serialize for EdgeDirection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for EdgeDirection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "" => Ok(Self::Outgoing),
            "incoming" => Ok(Self::Incoming),
            other => Err(D::Error::custom(format_args!(
                "unknown edge direction {other:?}, expected \"\" or \"incoming\""
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: REL-03
    #[test]
    fn an_outgoing_direction_is_left_out() {
        let relation =
            RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on");
        assert_eq!(
            serde_json::to_string(&relation).unwrap(),
            r#"{"type":"runs_on","targetResourceKey":"core::v1::Node","label":"runs on"}"#
        );
        let value = serde_json::to_value(relation.incoming()).unwrap();
        assert_eq!(value["direction"], "incoming");
    }

    /// Contract: REL-03
    #[test]
    fn another_direction_is_rejected() {
        for text in ["outgoing", "INCOMING"] {
            let error = serde_json::from_value::<EdgeDirection>(json!(text)).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("unknown edge direction {text:?}, expected \"\" or \"incoming\"")
            );
        }
        let empty: RelationshipDescriptor =
            serde_json::from_value(json!({"direction": "", "cardinality": ""})).unwrap();
        assert_eq!(empty, RelationshipDescriptor::default());
    }

    /// Contract: REL-04
    #[test]
    fn target_namespaced_has_three_states() {
        for state in [None, Some(false), Some(true)] {
            let relation = RelationshipDescriptor {
                target_namespaced: state,
                ..Default::default()
            };
            let value = serde_json::to_value(&relation).unwrap();
            assert_eq!(
                value
                    .get("targetNamespaced")
                    .and_then(|flag| flag.as_bool()),
                state
            );
            assert_eq!(
                serde_json::from_value::<RelationshipDescriptor>(value).unwrap(),
                relation
            );
        }
    }
}
