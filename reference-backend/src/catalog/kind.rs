//! The types of the fleet.

use omniview_sdk::{
    ActionDescriptor, FilterFields, Json, RelationshipDescriptor, ResourceDefinition,
    ResourceGroup, ResourceKey, ResourceMeta, ScaleHint, SyncPolicy,
};

use super::{Relation, actions, definitions, fields, relations, schemas};
use crate::store::TableScope;

/// A type of the fleet.
///
/// ```
/// use omniview_reference_backend::Kind;
///
/// assert_eq!(Kind::of(&"core::v1::Pod".into()), Some(Kind::Pod));
/// assert_eq!(Kind::Deployment.key().as_str(), "apps::v1::Deployment");
/// // Types differ on purpose.
/// assert!(Kind::Pod.filter_fields().is_some());
/// assert!(Kind::ConfigMap.filter_fields().is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// `core::v1::Pod`: namespaced, watched from the start, everything that a type can be.
    Pod,
    /// `core::v1::Node`: without namespaces.
    Node,
    /// `apps::v1::Deployment`: namespaced, healthy by its replicas.
    Deployment,
    /// `batch::v1::Job`: watched from its first query on.
    Job,
    /// `core::v1::ConfigMap`: never watched, a schema and little else.
    ConfigMap,
}

impl Kind {
    /// Every type.
    pub const ALL: &'static [Self] = &[
        Self::Pod,
        Self::Node,
        Self::Deployment,
        Self::Job,
        Self::ConfigMap,
    ];

    /// The type with this key.
    pub fn of(key: &ResourceKey) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.key() == *key)
    }

    /// What the type is called.
    pub fn meta(self) -> ResourceMeta {
        let (group, kind, category, icon, description) = match self {
            Self::Pod => (
                "core",
                "Pod",
                "Workloads",
                "box",
                "Containers that run together on a node.",
            ),
            Self::Node => (
                "core",
                "Node",
                "Cluster",
                "server",
                "A machine that runs pods.",
            ),
            Self::Deployment => (
                "apps",
                "Deployment",
                "Workloads",
                "layers",
                "A number of equal pods that is kept up.",
            ),
            Self::Job => (
                "batch",
                "Job",
                "Workloads",
                "play",
                "Pods that run to completion.",
            ),
            Self::ConfigMap => (
                "core",
                "ConfigMap",
                "Configuration",
                "file-text",
                "Settings that pods read.",
            ),
        };
        ResourceMeta::new(group, "v1", kind)
            .with_category(category)
            .with_icon(icon)
            .with_description(description)
    }

    /// The key of the type.
    pub fn key(self) -> ResourceKey {
        self.meta().key()
    }

    /// Whether its objects live in namespaces.
    pub const fn scope(self) -> TableScope {
        match self {
            Self::Node => TableScope::Cluster,
            Self::Pod | Self::Deployment | Self::Job | Self::ConfigMap => TableScope::Namespaced,
        }
    }

    /// When its watch starts.
    pub const fn sync_policy(self) -> SyncPolicy {
        match self {
            Self::Pod | Self::Node | Self::Deployment => SyncPolicy::OnConnect,
            Self::Job => SyncPolicy::OnFirstQuery,
            Self::ConfigMap => SyncPolicy::Never,
        }
    }

    /// How its objects are identified and shown.
    pub fn definition(self) -> ResourceDefinition {
        definitions::definition(self)
    }

    /// The fields that it can be filtered by; none where it is not filterable.
    pub fn filter_fields(self) -> Option<FilterFields> {
        fields::filter_fields(self)
    }

    /// The paths at which queries look into its objects: what it can be filtered by, and what tables of the user interface and
    /// relationships show. Settings are not looked into.
    pub(crate) fn query_paths(self) -> Vec<String> {
        if self == Self::ConfigMap {
            return Vec::new();
        }
        let fields = self.filter_fields().unwrap_or_default();
        let columns = self.definition().column_defs;
        let accessors = columns.into_iter().map(|column| column.accessor);
        let linked = ["metadata.ownerReferences", "spec.selector.matchLabels"].map(str::to_owned);
        let linked = linked
            .into_iter()
            .filter(|_| matches!(self, Self::Pod | Self::Deployment));
        let filtered = fields.iter().map(|field| field.path.clone());
        filtered.chain(accessors).chain(linked).collect()
    }

    /// What can be done with it beyond the six operations; none where it has no actions.
    pub fn actions(self) -> Vec<ActionDescriptor> {
        actions::actions(self)
    }

    /// How it relates to other types.
    pub fn relationships(self) -> Vec<RelationshipDescriptor> {
        relations(self).iter().map(Relation::descriptor).collect()
    }

    /// The JSON Schema that each of its objects validates against.
    pub fn schema(self) -> Json {
        schemas::schema(self)
    }

    /// What that schema is called.
    pub fn schema_uri(self) -> String {
        schemas::schema_uri(self)
    }

    /// How many objects to expect, where that can be said.
    pub fn scale_hint(self) -> Option<ScaleHint> {
        schemas::scale_hint(self)
    }
}

/// The groups that the types belong to.
pub(crate) fn groups() -> [ResourceGroup; 3] {
    [
        ResourceGroup::new("core", "Core").with_description("What every cluster has."),
        ResourceGroup::new("apps", "Apps").with_description("Pods that are kept up."),
        ResourceGroup::new("batch", "Batch").with_description("Pods that come to an end."),
    ]
}
