//! Samples for tests.

use omniview_sdk::{Json, ResourceKey};
use serde_json::{Value, json};

use super::{Kind, workloads::PHASES};
use crate::store::TableScope;

/// What a test needs to know to create, change and find objects of a type.
///
/// ```
/// use omniview_reference_backend::{Kind, TypeFixture};
///
/// let pods = TypeFixture::new(Kind::Pod, vec!["shop".to_owned()]);
/// assert_eq!(pods.id(7), "sample-7");
/// assert_eq!(pods.namespace(7), "shop");
/// assert_eq!(pods.sample(7).to_value().unwrap()["metadata"]["name"], "sample-7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFixture {
    kind: Kind,
    namespaces: Vec<String>,
}

impl TypeFixture {
    /// A fixture for a type whose samples go to `namespaces` in turn; a type without namespaces uses none of them.
    pub fn new(kind: Kind, namespaces: Vec<String>) -> Self {
        let namespaces = match kind.scope() {
            TableScope::Namespaced => namespaces,
            TableScope::Cluster => Vec::new(),
        };
        Self { kind, namespaces }
    }

    /// The type.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The key of the type.
    pub fn key(&self) -> ResourceKey {
        self.kind.key()
    }

    /// The namespaces that samples go to; none for a type without.
    pub fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// The id of the sample number `n`.
    pub fn id(&self, n: usize) -> String {
        format!("sample-{n}")
    }

    /// The namespace of the sample number `n`; empty for a type without.
    pub fn namespace(&self, n: usize) -> &str {
        match self.namespaces.len() {
            0 => "",
            count => &self.namespaces[n % count],
        }
    }

    /// The sample number `n`, ready to be created; samples differ in what they can be filtered and ordered by.
    pub fn sample(&self, n: usize) -> Json {
        let even = n.is_multiple_of(2);
        let mut object = match self.kind {
            Kind::Pod => {
                let mut pod = json!({
                    "spec": {
                        "priority": n % 7,
                        "hostNetwork": even,
                        "containers": [{"name": "main", "image": format!("sample:{}", n % 3)}],
                    },
                    "status": {"phase": PHASES[n % PHASES.len()]},
                });
                // Every other sample does not run yet, so that something is missing.
                if even {
                    pod["spec"]["nodeName"] = format!("node-{}", n % 5).into();
                    pod["status"]["cpuUsage"] = (n as f64 / 4.0).into();
                    pod["status"]["startTime"] = format!("2026-01-02T03:{:02}:00Z", n % 60).into();
                }
                pod
            }
            Kind::Node => json!({
                "spec": {"unschedulable": even},
                "status": {
                    "memoryBytes": (n as u64 + 1) << 30,
                    "conditions": [{"type": "Ready", "status": "True"}],
                },
            }),
            Kind::Deployment => json!({
                "spec": {"replicas": 1 + n % 4},
                "status": {"availableReplicas": n % 4},
            }),
            Kind::Job => json!({
                "spec": {"completions": 1 + n % 3},
                "status": {"succeeded": n % 2},
            }),
            Kind::ConfigMap => json!({"data": {"n": n.to_string()}}),
        };
        let mut metadata = json!({
            "name": self.id(n),
            "labels": {"app": "sample", "parity": if even { "even" } else { "odd" }},
        });
        if !self.namespaces.is_empty() {
            metadata["namespace"] = self.namespace(n).into();
        }
        object["metadata"] = metadata;
        Json::from(object)
    }

    /// The same object with something else in it: the label `revision` counts the changes.
    ///
    /// What is no JSON object with metadata is returned as it is.
    pub fn change(&self, object: &Json) -> Json {
        let Ok(mut value) = object.to_value() else {
            return object.clone();
        };
        let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else {
            return object.clone();
        };
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        if let Some(labels) = labels.as_object_mut() {
            let revision: u64 = labels
                .get("revision")
                .and_then(Value::as_str)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            labels.insert("revision".into(), (revision + 1).to_string().into());
        }
        Json::from(value)
    }
}
