//! What a connection leads to.

use std::time::Duration;

use omniview_sdk::{Connection, Json, Timestamp};

use serde_json::Value;

use super::{
    Kind, custom, objects,
    workloads::{
        DEV_JOBS, DEV_NODES, DEV_WORKLOADS, Job, PROD_JOBS, PROD_NODES, PROD_WORKLOADS, Workload,
    },
};
use crate::store::DEFAULT_NAMESPACE;

/// What a connection leads to when it is new.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    name: &'static str,
    description: &'static str,
    nodes: &'static [&'static str],
    workloads: &'static [Workload],
    jobs: &'static [Job],
}

impl Site {
    /// A small cluster on which things go wrong.
    pub const fn dev() -> Self {
        Self {
            name: "dev",
            description: "A small cluster on which things go wrong.",
            nodes: DEV_NODES,
            workloads: DEV_WORKLOADS,
            jobs: DEV_JOBS,
        }
    }

    /// A larger cluster with other objects, some of which have the names of those in [`dev`](Self::dev).
    pub const fn prod() -> Self {
        Self {
            name: "prod",
            description: "A larger cluster with customers on it.",
            nodes: PROD_NODES,
            workloads: PROD_WORKLOADS,
            jobs: PROD_JOBS,
        }
    }

    /// A cluster with a namespace and nothing in it.
    pub const fn empty() -> Self {
        Self {
            name: "empty",
            description: "A cluster with nothing on it.",
            nodes: &[],
            workloads: &[],
            jobs: &[],
        }
    }

    /// The connection that usually leads here.
    pub fn connection(&self) -> Connection {
        Connection {
            id: self.name.into(),
            uid: format!("connection-{}", self.name),
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            expiry_time: Duration::from_secs(24 * 60 * 60),
            data: [(
                "endpoint".to_owned(),
                format!("memory://{}", self.name).into(),
            )]
            .into_iter()
            .collect(),
            labels: [("environment".to_owned(), self.name.into())]
                .into_iter()
                .collect(),
            ..Connection::default()
        }
    }

    /// The namespaces, sorted.
    pub fn namespaces(&self) -> Vec<String> {
        let mut namespaces: Vec<String> = self
            .workloads
            .iter()
            .map(|workload| workload.namespace)
            .chain(self.jobs.iter().map(|job| job.namespace))
            .chain([DEFAULT_NAMESPACE])
            .map(str::to_owned)
            .collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        namespaces
    }

    /// The objects of a type with the time at which each was created.
    pub fn objects(&self, kind: Kind) -> Vec<(Json, Timestamp)> {
        let values = match kind {
            Kind::Pod => objects::pods(self.workloads, self.nodes),
            Kind::Node => objects::nodes(self.nodes),
            Kind::Deployment => objects::deployments(self.workloads),
            Kind::Job => objects::jobs(self.jobs),
            Kind::ConfigMap => objects::config_maps(self.workloads),
        };
        dated(kind, values)
    }

    /// The objects of the type that discovery brings, with the time at which each was created.
    pub(crate) fn rollouts(&self) -> Vec<(Json, Timestamp)> {
        dated(Kind::Deployment, custom::rollouts(self.workloads))
    }
}

fn dated(kind: Kind, values: Vec<Value>) -> Vec<(Json, Timestamp)> {
    values
        .into_iter()
        .enumerate()
        .map(|(index, value)| (Json::from(value), objects::created_at(kind, index)))
        .collect()
}
