//! The fields that each type can be filtered by.

use omniview_sdk::{FilterField, FilterFieldType, FilterFields, FilterOperator as Op};

use super::{Kind, workloads::PHASES};
use crate::store::TableScope;

const PRESENCE: [Op; 2] = [Op::Exists, Op::NotExists];
const EQUALITY: [Op; 4] = [Op::Eq, Op::Neq, Op::In, Op::NotIn];
const ORDER: [Op; 4] = [Op::Gt, Op::Gte, Op::Lt, Op::Lte];
const TEXT: [Op; 4] = [Op::Contains, Op::Prefix, Op::Suffix, Op::Regex];

/// Every field allows whatever makes sense for what it holds, so that there is something to test each operator on.
pub(super) fn filter_fields(kind: Kind) -> Option<FilterFields> {
    if kind == Kind::ConfigMap {
        return None;
    }
    let mut fields = vec![
        text("metadata.name", "Name", "The id of the object."),
        map(
            "metadata.labels",
            "Labels",
            "Texts by which people sort objects.",
        ),
        datetime(
            "metadata.creationTimestamp",
            "Created",
            "When the object was created.",
        ),
    ];
    if kind.scope() == TableScope::Namespaced {
        fields.push(text(
            "metadata.namespace",
            "Namespace",
            "Where the object is.",
        ));
    }
    fields.extend(match kind {
        Kind::Pod => vec![
            choice("status.phase", "Phase", "How far the pod has come.", PHASES),
            text(
                "spec.nodeName",
                "Node",
                "Where the pod runs; missing until it does.",
            ),
            text(
                "spec.containers.image",
                "Image",
                "What the containers run; a list.",
            ),
            integer("spec.priority", "Priority", "Which pod has to go first."),
            integer(
                "status.containerStatuses.restartCount",
                "Restarts",
                "How often each container was started again; a list.",
            ),
            number(
                "status.cpuUsage",
                "CPU",
                "Cores in use; missing until it runs.",
            ),
            boolean(
                "spec.hostNetwork",
                "Host network",
                "Whether it uses the node's network.",
            ),
            datetime("status.startTime", "Started", "Missing until it runs."),
        ],
        Kind::Node => vec![
            boolean(
                "spec.unschedulable",
                "Cordoned",
                "Whether it takes no new pods.",
            ),
            integer("status.memoryBytes", "Memory", "Bytes of memory."),
        ],
        Kind::Deployment => vec![
            integer("spec.replicas", "Desired", "How many pods there should be."),
            integer(
                "status.availableReplicas",
                "Available",
                "How many there are.",
            ),
        ],
        Kind::Job => vec![
            integer(
                "spec.completions",
                "Completions",
                "How many pods have to succeed.",
            ),
            integer("status.succeeded", "Succeeded", "How many have."),
        ],
        Kind::ConfigMap => Vec::new(),
    });
    Some(fields.into())
}

fn field(path: &str, name: &str, description: &str, kind: FilterFieldType) -> FilterField {
    FilterField::new(path, kind)
        .display_name(name)
        .description(description)
}

fn allow<const A: usize, const B: usize>(first: [Op; A], more: [Op; B]) -> Vec<Op> {
    first.into_iter().chain(more).chain(PRESENCE).collect()
}

fn text(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::String).operators(allow(EQUALITY, TEXT))
}

fn integer(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::Integer)
        .operators(allow([Op::Eq, Op::Neq], ORDER))
}

fn number(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::Number)
        .operators(allow([Op::Eq, Op::Neq], ORDER))
}

fn boolean(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::Boolean).operators(allow([Op::Eq, Op::Neq], []))
}

fn datetime(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::Datetime)
        .operators(allow([Op::Eq, Op::Neq], ORDER))
}

fn choice<const N: usize>(
    path: &str,
    name: &str,
    description: &str,
    values: [&str; N],
) -> FilterField {
    field(path, name, description, FilterFieldType::Enum)
        .operators(allow(EQUALITY, []))
        .allowed_values(values)
}

fn map(path: &str, name: &str, description: &str) -> FilterField {
    field(path, name, description, FilterFieldType::Map).operators(allow(EQUALITY, [Op::HasKey]))
}
