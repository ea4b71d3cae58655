//! How the types refer to each other.

use omniview_sdk::{RelationshipDescriptor, RelationshipExtractor, RelationshipType};

use super::Kind;
use crate::store::TableScope;

/// How the objects at the other end of a relationship are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// This object names the other at a path.
    Names(&'static str),
    /// The other names this object at a path.
    NamedAt(&'static str),
    /// This object names the other as its owner.
    OwnedBy,
    /// The other names this object as its owner.
    Owns,
    /// The other has the labels at this path.
    Selects(&'static str),
    /// This object has the labels at that path of the other.
    SelectedBy(&'static str),
}

/// A relationship of a type and how it is resolved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relation {
    kind: fn() -> RelationshipType,
    pub(crate) target: Kind,
    label: &'static str,
    inverse: &'static str,
    many: bool,
    pub(crate) link: Link,
}

const NODE: &str = "spec.nodeName";
const CONFIG: &str = "spec.configMap";
const SELECTOR: &str = "spec.selector.matchLabels";

/// The relationships of a type; both ends of each declare it, settings excepted.
///
/// Contract: REL-01, REL-03
pub(crate) fn relations(kind: Kind) -> &'static [Relation] {
    const fn relation(
        kind: fn() -> RelationshipType,
        target: Kind,
        [label, inverse]: [&'static str; 2],
        many: bool,
        link: Link,
    ) -> Relation {
        Relation {
            kind,
            target,
            label,
            inverse,
            many,
            link,
        }
    }
    const RUNS_ON: fn() -> RelationshipType = || RelationshipType::RunsOn;
    const OWNS: fn() -> RelationshipType = || RelationshipType::Owns;
    const USES: fn() -> RelationshipType = || RelationshipType::Uses;
    const SELECTS: fn() -> RelationshipType = || RelationshipType::Selects;
    const POD: &[Relation] = &[
        relation(
            RUNS_ON,
            Kind::Node,
            ["runs on", "runs"],
            false,
            Link::Names(NODE),
        ),
        relation(
            OWNS,
            Kind::Deployment,
            ["owned by", "owns"],
            false,
            Link::OwnedBy,
        ),
        relation(
            SELECTS,
            Kind::Deployment,
            ["selected by", "selects"],
            true,
            Link::SelectedBy(SELECTOR),
        ),
    ];
    const NODES: &[Relation] = &[relation(
        RUNS_ON,
        Kind::Pod,
        ["runs", "runs on"],
        true,
        Link::NamedAt(NODE),
    )];
    const DEPLOYMENT: &[Relation] = &[
        relation(OWNS, Kind::Pod, ["owns", "owned by"], true, Link::Owns),
        relation(
            SELECTS,
            Kind::Pod,
            ["selects", "selected by"],
            true,
            Link::Selects(SELECTOR),
        ),
        relation(
            USES,
            Kind::ConfigMap,
            ["uses", "used by"],
            false,
            Link::Names(CONFIG),
        ),
    ];
    match kind {
        Kind::Pod => POD,
        Kind::Node => NODES,
        Kind::Deployment => DEPLOYMENT,
        Kind::Job | Kind::ConfigMap => &[],
    }
}

impl Relation {
    /// As it is declared.
    pub(crate) fn descriptor(&self) -> RelationshipDescriptor {
        let descriptor = RelationshipDescriptor {
            inverse_label: self.inverse.to_owned(),
            cardinality: Some(if self.many { "many" } else { "one" }.to_owned()),
            target_namespaced: Some(self.target.scope() == TableScope::Namespaced),
            ..RelationshipDescriptor::new((self.kind)(), self.target.key(), self.label)
        };
        let (method, path, incoming) = match self.link {
            Link::Names(path) => ("fieldPath", path, false),
            Link::NamedAt(path) => ("fieldPath", path, true),
            Link::OwnedBy => ("ownerReference", "metadata.ownerReferences", true),
            Link::Owns => ("ownerReference", "metadata.ownerReferences", false),
            Link::Selects(path) => ("labelSelector", path, false),
            Link::SelectedBy(path) => ("labelSelector", path, true),
        };
        let descriptor = descriptor.with_extractor(RelationshipExtractor {
            method: method.to_owned(),
            field_path: path.to_owned(),
            ..RelationshipExtractor::default()
        });
        if incoming {
            descriptor.incoming()
        } else {
            descriptor
        }
    }
}
