//! What a connection leads to.

use std::time::Duration;

use omniview_sdk::{Connection, Json, Timestamp};

use super::{
    Kind, custom,
    objects::{self, SiteCopy},
    workloads::{
        DEV_JOBS, DEV_NODES, DEV_WORKLOADS, Job, PROD_JOBS, PROD_NODES, PROD_WORKLOADS, Workload,
    },
};
use crate::store::DEFAULT_NAMESPACE;

/// What a connection leads to when it is new.
///
/// ```
/// use omniview_reference_backend::{Kind, ReferenceBackend, Site};
///
/// let backend = ReferenceBackend::builder()
///     .connection("staging", Site::dev())
///     .connection("fresh", Site::empty())
///     .build();
/// assert_eq!(backend.objects("staging", Kind::Pod)?.len(), Site::dev().len(Kind::Pod));
/// assert!(backend.objects("fresh", Kind::Pod)?.is_empty());
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Site {
    name: &'static str,
    description: &'static str,
    nodes: &'static [&'static str],
    workloads: &'static [Workload],
    jobs: &'static [Job],
    factor: usize,
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
            factor: 1,
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
            factor: 1,
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
            factor: 1,
        }
    }

    /// The same site `factor` times over: each further copy has its own nodes, workloads and jobs in the same namespaces, and
    /// the first is as it was. A factor of 0 is 1.
    ///
    /// ```
    /// use omniview_reference_backend::{Kind, Site};
    ///
    /// let (once, twice) = (Site::dev(), Site::dev().scaled(2));
    /// assert_eq!(once.len(Kind::Pod), 23);
    /// assert_eq!(twice.len(Kind::Pod), 46);
    /// assert_eq!(once.objects(Kind::Pod), twice.objects(Kind::Pod)[..23]);
    /// ```
    #[must_use]
    pub const fn scaled(mut self, factor: usize) -> Self {
        self.factor = if factor == 0 { 1 } else { factor };
        self
    }

    /// How many objects of a type there are.
    pub fn len(&self, kind: Kind) -> usize {
        let each = match kind {
            Kind::Pod => self
                .workloads
                .iter()
                .map(|workload| workload.replicas)
                .sum(),
            Kind::Node => self.nodes.len(),
            Kind::Deployment | Kind::ConfigMap => self.workloads.len(),
            Kind::Job => self.jobs.len(),
        };
        each * self.factor
    }

    /// Whether there is no object at all.
    pub fn is_empty(&self) -> bool {
        Kind::ALL.iter().all(|kind| self.len(*kind) == 0)
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
        let mut objects = Vec::with_capacity(self.len(kind));
        let all: Result<(), std::convert::Infallible> = self.each_object(kind, |json, at| {
            objects.push((json, at));
            Ok(())
        });
        match all {
            Ok(()) => objects,
        }
    }

    /// Visits the objects of a type, of which a scaled site has more than one wants in a list.
    pub(crate) fn each_object<E>(
        &self,
        kind: Kind,
        mut visit: impl FnMut(Json, Timestamp) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = 0;
        for copy in (0..self.factor).map(SiteCopy) {
            let values = match kind {
                Kind::Pod => objects::pods(self.workloads, self.nodes, copy),
                Kind::Node => objects::nodes(self.nodes, copy),
                Kind::Deployment => objects::deployments(self.workloads, copy),
                Kind::Job => objects::jobs(self.jobs, copy),
                Kind::ConfigMap => objects::config_maps(self.workloads, copy),
            };
            for value in values {
                visit(Json::from(value), objects::created_at(kind, index))?;
                index += 1;
            }
        }
        Ok(())
    }

    /// The objects of the type that discovery brings, with the time at which each was created; a scale does not multiply them.
    pub(crate) fn rollouts(&self) -> Vec<(Json, Timestamp)> {
        let values = custom::rollouts(self.workloads, SiteCopy(0)).into_iter();
        values
            .enumerate()
            .map(|(index, value)| {
                let at = objects::created_at(Kind::Deployment, index);
                (Json::from(value), at)
            })
            .collect()
    }
}
