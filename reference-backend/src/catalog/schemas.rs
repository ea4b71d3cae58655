//! The JSON Schema of each type, and how many objects of it to expect.

use omniview_sdk::{Json, ScaleHint, ScaleLevel};
use serde_json::{Value, json};

use super::{Kind, workloads::PHASES};

/// A schema (draft 2020-12) that every object of the type validates against, those of fixtures too. It demands a name, and of
/// everything else that it has its type if it is there.
///
/// Contract: SCH-02
pub(super) fn schema(kind: Kind) -> Json {
    let (spec, status) = match kind {
        Kind::Pod => (
            json!({
                "nodeName": {"type": ["string", "null"], "description": "Where the pod runs."},
                "priority": {"type": "integer"},
                "hostNetwork": {"type": "boolean"},
                "containers": {"type": "array", "items": {
                    "type": "object",
                    "required": ["name", "image"],
                    "properties": {"name": text(), "image": text()},
                }},
            }),
            json!({
                "phase": {"enum": PHASES},
                "reason": text(),
                "startTime": time(),
                "cpuUsage": {"type": "number", "minimum": 0},
                "containerStatuses": {"type": "array", "items": {
                    "type": "object",
                    "properties": {"name": text(), "ready": {"type": "boolean"}, "restartCount": count()},
                }},
                "conditions": conditions(),
            }),
        ),
        Kind::Node => (
            json!({"unschedulable": {"type": "boolean"}}),
            json!({
                "memoryBytes": count(),
                "nodeInfo": {"type": "object", "properties": {"kubeletVersion": text()}},
                "conditions": conditions(),
            }),
        ),
        Kind::Deployment => (
            json!({
                "replicas": count(),
                "image": text(),
                "configMap": text(),
                "selector": {"type": "object", "properties": {"matchLabels": texts()}},
            }),
            json!({"availableReplicas": count(), "observedRollouts": count()}),
        ),
        Kind::Job => (
            json!({"completions": count()}),
            json!({"succeeded": count(), "conditions": conditions()}),
        ),
        Kind::ConfigMap => return document(kind, json!({"data": texts()})),
    };
    let part = |properties: Value| json!({"type": "object", "properties": properties});
    document(kind, json!({"spec": part(spec), "status": part(status)}))
}

fn document(kind: Kind, mut properties: Value) -> Json {
    let meta = kind.meta();
    properties["apiVersion"] = text();
    properties["kind"] = text();
    properties["metadata"] = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "namespace": text(),
            "uid": text(),
            "resourceVersion": text(),
            "creationTimestamp": time(),
            "labels": texts(),
            "ownerReferences": {"type": "array", "items": {
                "type": "object",
                "required": ["kind", "name"],
                "properties": {"apiVersion": text(), "kind": text(), "name": text()},
            }},
        },
    });
    Json::from(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_uri(kind),
        "title": meta.kind,
        "description": meta.description,
        "type": "object",
        "required": ["metadata"],
        "properties": properties,
    }))
}

/// What the schema of a type is called.
pub(super) fn schema_uri(kind: Kind) -> String {
    let meta = kind.meta();
    format!(
        "https://fleet.example.io/schemas/{}/{}/{}.json",
        meta.group, meta.version, meta.kind
    )
}

/// How many objects to expect; nothing is said of settings.
///
/// Contract: CAP-04
pub(super) fn scale_hint(kind: Kind) -> Option<ScaleHint> {
    let hint = |level, expected_count, default_page_size| ScaleHint {
        level,
        expected_count,
        default_page_size,
    };
    match kind {
        Kind::Pod => Some(hint(ScaleLevel::Many, 10_000, 200)),
        Kind::Deployment => Some(hint(ScaleLevel::Moderate, 500, 100)),
        Kind::Job => Some(ScaleHint::new(ScaleLevel::Moderate)),
        Kind::Node => Some(hint(ScaleLevel::Few, 20, 0)),
        Kind::ConfigMap => None,
    }
}

fn text() -> Value {
    json!({"type": "string"})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn texts() -> Value {
    json!({"type": "object", "additionalProperties": text()})
}

fn conditions() -> Value {
    json!({"type": "array", "items": {
        "type": "object",
        "required": ["type", "status"],
        "properties": {
            "type": text(),
            "status": {"enum": ["True", "False", "Unknown"]},
            "reason": text(),
            "message": text(),
            "lastTransitionTime": time(),
        },
    }})
}
