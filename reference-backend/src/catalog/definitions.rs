//! How the user interface shows each type.

use std::collections::BTreeMap;

use omniview_sdk::{ColumnDefinition, Formatter, ResourceDefinition, ResourceLink};

use super::Kind;
use crate::store::TableScope;

pub(super) fn definition(kind: Kind) -> ResourceDefinition {
    let namespaced = kind.scope() == TableScope::Namespaced;
    let mut columns = vec![column("name", "Name", "metadata.name")];
    if namespaced {
        columns.push(column("namespace", "Namespace", "metadata.namespace"));
    }
    columns.extend(match kind {
        Kind::Pod => vec![
            coloured(column("phase", "Phase", "status.phase")),
            column(
                "restarts",
                "Restarts",
                "status.containerStatuses.restartCount",
            ),
            node_link(column("node", "Node", "spec.nodeName")),
        ],
        Kind::Node => vec![
            column("zone", "Zone", "metadata.labels.zone"),
            formatted(
                column("memory", "Memory", "status.memoryBytes"),
                Formatter::Bytes,
            ),
            column("version", "Version", "status.nodeInfo.kubeletVersion"),
        ],
        Kind::Deployment => vec![
            column("available", "Available", "status.availableReplicas"),
            column("desired", "Desired", "spec.replicas"),
        ],
        Kind::Job => vec![
            column("succeeded", "Succeeded", "status.succeeded"),
            column("completions", "Completions", "spec.completions"),
        ],
        Kind::ConfigMap => Vec::new(),
    });
    columns.push(formatted(
        column("age", "Age", "metadata.creationTimestamp"),
        Formatter::Age,
    ));
    ResourceDefinition {
        id_accessor: "metadata.name".into(),
        namespace_accessor: if namespaced {
            "metadata.namespace".into()
        } else {
            String::new()
        },
        memoizer_accessor: "metadata.resourceVersion".into(),
        column_defs: columns,
    }
}

/// What can be said of any namespaced type.
pub(super) fn plain() -> ResourceDefinition {
    ResourceDefinition {
        column_defs: vec![
            column("name", "Name", "metadata.name"),
            column("namespace", "Namespace", "metadata.namespace"),
            formatted(
                column("age", "Age", "metadata.creationTimestamp"),
                Formatter::Age,
            ),
        ],
        ..definition(Kind::ConfigMap)
    }
}

fn column(id: &str, header: &str, accessor: &str) -> ColumnDefinition {
    ColumnDefinition::new(id, header, accessor)
}

fn formatted(column: ColumnDefinition, formatter: Formatter) -> ColumnDefinition {
    ColumnDefinition {
        formatter,
        ..column
    }
}

fn coloured(column: ColumnDefinition) -> ColumnDefinition {
    let colours = [
        ("Running", "green"),
        ("Succeeded", "blue"),
        ("Pending", "yellow"),
        ("Failed", "red"),
        ("Unknown", "grey"),
    ];
    ColumnDefinition {
        color_map: colours
            .into_iter()
            .map(|(phase, colour)| (phase.to_owned(), colour.to_owned()))
            .collect::<BTreeMap<_, _>>(),
        ..column
    }
}

fn node_link(column: ColumnDefinition) -> ColumnDefinition {
    ColumnDefinition {
        resource_link: Some(ResourceLink {
            id_accessor: "spec.nodeName".into(),
            resource_key: Kind::Node.key(),
            ..ResourceLink::default()
        }),
        ..column
    }
}
