//! The objects of a site.

use std::time::Duration;

use omniview_sdk::Timestamp;
use serde_json::{Value, json};

use super::{
    Kind,
    workloads::{Job, Trouble, Workload},
};

/// When the object number `index` of a type was created: all in December 2025, the first 50,000 at different times.
pub(super) fn created_at(kind: Kind, index: usize) -> Timestamp {
    // 2025-12-01T08:00:00Z, and the hours that are left of the month.
    const START: i128 = 1_764_576_000_000_000_000;
    const HOURS: u64 = 730;
    let hours = 5 * index as u64 + kind as u64;
    let seconds = hours % HOURS * 3600 + hours / HOURS % 3600;
    Timestamp::from_unix_nanos(START)
        .and_then(|start| start.checked_add(Duration::from_secs(seconds)))
        .unwrap_or_default()
}

/// One of the copies that a scaled site consists of; the first is the site as it is without a scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct SiteCopy(pub(super) usize);

impl SiteCopy {
    /// What is called `name` is called in this copy.
    pub(super) fn name(self, name: &str) -> String {
        match self.0 {
            0 => name.to_owned(),
            number => format!("{name}-n{number}"),
        }
    }

    /// The number of an object in the whole, of which each copy has `each`.
    fn index(self, each: usize, index: usize) -> usize {
        self.0 * each + index
    }

    fn region(self) -> &'static str {
        ["eu-1", "us-1", "ap-1"][self.0 % 3]
    }
}

pub(super) fn pods(workloads: &[Workload], nodes: &[&str], copy: SiteCopy) -> Vec<Value> {
    let mut pods = Vec::new();
    let each = workloads.iter().map(|workload| workload.replicas).sum();
    for workload in workloads {
        for replica in 0..workload.replicas {
            let index = copy.index(each, pods.len());
            let trouble = if replica + 1 == workload.replicas {
                workload.trouble
            } else {
                Trouble::None
            };
            let node = copy.name(nodes[pods.len() % nodes.len()]);
            pods.push(pod(workload, copy, replica, index, &node, trouble));
        }
    }
    pods
}

fn pod(
    workload: &Workload,
    copy: SiteCopy,
    replica: usize,
    index: usize,
    node: &str,
    trouble: Trouble,
) -> Value {
    let Workload {
        namespace,
        team,
        image,
        ..
    } = workload;
    let name = copy.name(workload.name);
    let started = created_at(Kind::Pod, index);
    let mut pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": format!("{name}-{replica}"),
            "namespace": namespace,
            "labels": {"app": name, "team": team},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": name}],
        },
        "spec": {
            "nodeName": node,
            "priority": (index % 4) * 100,
            "hostNetwork": *namespace == "kube-system",
            "containers": [{"name": name, "image": image}],
        },
        "status": {
            "phase": "Running",
            "startTime": started.to_string(),
            "cpuUsage": ((index * 37) % 200) as f64 / 100.0,
            "containerStatuses": [{"name": name, "ready": true, "restartCount": index % 3}],
            "conditions": [
                condition("PodScheduled", "True", "", started),
                condition("Ready", "True", "", started),
            ],
        },
    });
    match trouble {
        Trouble::None => {}
        Trouble::Unschedulable => {
            pod["spec"]["nodeName"].take();
            pod["status"] = json!({
                "phase": "Pending",
                "conditions": [condition("PodScheduled", "False", "Unschedulable", started)],
            });
        }
        Trouble::CrashLoop => {
            pod["status"]["containerStatuses"][0]["ready"] = false.into();
            pod["status"]["containerStatuses"][0]["restartCount"] = 17.into();
            pod["status"]["conditions"][1] =
                condition("Ready", "False", "ContainersNotReady", started);
        }
        Trouble::Evicted => {
            pod["status"] = json!({
                "phase": "Failed",
                "reason": "Evicted",
                "startTime": started.to_string(),
                "conditions": [condition("Ready", "False", "PodFailed", started)],
            });
        }
    }
    pod
}

pub(super) fn nodes(nodes: &[&str], copy: SiteCopy) -> Vec<Value> {
    nodes
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let last = index + 1 == nodes.len();
            let since = created_at(Kind::Node, copy.index(nodes.len(), index));
            let region = copy.region();
            let zone = format!("{region}{}", ["a", "b"][index % 2]);
            let pressure = if last { "True" } else { "False" };
            json!({
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {
                    "name": copy.name(name),
                    "labels": {"region": region, "zone": zone, "pool": "general"},
                },
                "spec": {"unschedulable": last},
                "status": {
                    "memoryBytes": (16_u64 + 16 * (index as u64 % 2)) << 30,
                    "nodeInfo": {"kubeletVersion": "v1.34.2"},
                    "conditions": [
                        condition("Ready", "True", "", since),
                        condition("MemoryPressure", pressure, "", since),
                    ],
                },
            })
        })
        .collect()
}

pub(super) fn deployments(workloads: &[Workload], copy: SiteCopy) -> Vec<Value> {
    workloads
        .iter()
        .map(|workload| {
            let name = copy.name(workload.name);
            let missing = usize::from(workload.trouble != Trouble::None);
            json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": {
                    "name": name,
                    "namespace": workload.namespace,
                    "labels": {"app": name, "team": workload.team},
                },
                "spec": {
                    "replicas": workload.replicas,
                    "image": workload.image,
                    "configMap": format!("{name}-settings"),
                    "selector": {"matchLabels": {"app": name}},
                },
                "status": {"availableReplicas": workload.replicas - missing},
            })
        })
        .collect()
}

pub(super) fn jobs(jobs: &[Job], copy: SiteCopy) -> Vec<Value> {
    jobs.iter()
        .enumerate()
        .map(|(index, job)| {
            let since = created_at(Kind::Job, copy.index(jobs.len(), index));
            let mut conditions = Vec::new();
            if job.failed {
                conditions.push(condition("Failed", "True", "BackoffLimitExceeded", since));
            } else if job.succeeded == job.completions {
                conditions.push(condition("Complete", "True", "", since));
            }
            json!({
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {
                    "name": copy.name(job.name),
                    "namespace": job.namespace,
                    "labels": {"team": job.team},
                },
                "spec": {"completions": job.completions},
                "status": {"succeeded": job.succeeded, "conditions": conditions},
            })
        })
        .collect()
}

pub(super) fn config_maps(workloads: &[Workload], copy: SiteCopy) -> Vec<Value> {
    workloads
        .iter()
        .map(|workload| {
            let name = copy.name(workload.name);
            json!({
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": format!("{name}-settings"),
                    "namespace": workload.namespace,
                    "labels": {"app": name},
                },
                "data": {"log.level": "info", "image": workload.image},
            })
        })
        .collect()
}

fn condition(kind: &str, status: &str, reason: &str, since: Timestamp) -> Value {
    let mut condition = json!({
        "type": kind,
        "status": status,
        "lastTransitionTime": since.to_string(),
    });
    if !reason.is_empty() {
        condition["reason"] = reason.into();
    }
    condition
}
