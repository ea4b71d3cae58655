//! What runs on each site, as tables.

/// The phases of a pod.
pub(super) const PHASES: [&str; 5] = ["Pending", "Running", "Succeeded", "Failed", "Unknown"];

/// A deployment and its pods.
#[derive(Debug)]
pub(super) struct Workload {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) team: &'static str,
    pub(super) image: &'static str,
    pub(super) replicas: usize,
    /// How many of the replicas are not up, and why.
    pub(super) trouble: Trouble,
}

/// What is wrong with the last pod of a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    /// No node has room for it.
    Unschedulable,
    /// It starts again and again.
    CrashLoop,
    /// It was evicted.
    Evicted,
}

#[derive(Debug)]
pub(super) struct Job {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) team: &'static str,
    pub(super) completions: usize,
    pub(super) succeeded: usize,
    pub(super) failed: bool,
}

const fn workload(
    namespace: &'static str,
    name: &'static str,
    team: &'static str,
    image: &'static str,
    replicas: usize,
    trouble: Trouble,
) -> Workload {
    Workload {
        namespace,
        name,
        team,
        image,
        replicas,
        trouble,
    }
}

const fn job(
    namespace: &'static str,
    name: &'static str,
    team: &'static str,
    completions: usize,
    succeeded: usize,
    failed: bool,
) -> Job {
    Job {
        namespace,
        name,
        team,
        completions,
        succeeded,
        failed,
    }
}

pub(super) const DEV_NODES: &[&str] = &["dev-a", "dev-b", "dev-c"];

pub(super) const DEV_WORKLOADS: &[Workload] = &[
    workload("default", "echo", "platform", "echo:1.4", 1, Trouble::None),
    workload(
        "kube-system",
        "coredns",
        "platform",
        "coredns:1.12",
        2,
        Trouble::None,
    ),
    workload(
        "kube-system",
        "metrics-server",
        "platform",
        "metrics-server:0.8",
        1,
        Trouble::None,
    ),
    workload(
        "monitoring",
        "grafana",
        "observability",
        "grafana:12.1",
        1,
        Trouble::None,
    ),
    workload(
        "monitoring",
        "prometheus",
        "observability",
        "prometheus:3.5",
        2,
        Trouble::Unschedulable,
    ),
    workload("shop", "cart", "checkout", "cart:2.0", 3, Trouble::None),
    workload(
        "shop",
        "checkout",
        "checkout",
        "checkout:7.3-rc1",
        3,
        Trouble::CrashLoop,
    ),
    workload(
        "shop",
        "search",
        "discovery",
        "search:0.9",
        4,
        Trouble::None,
    ),
    workload("shop", "web", "discovery", "web:5.11", 6, Trouble::Evicted),
];

pub(super) const DEV_JOBS: &[Job] = &[
    job("default", "smoke-test", "platform", 1, 1, false),
    job("shop", "import-catalogue", "discovery", 3, 1, false),
    job("shop", "migrate-orders", "checkout", 1, 0, true),
];

pub(super) const PROD_NODES: &[&str] = &["prod-a", "prod-b", "prod-c", "prod-d", "prod-e"];

pub(super) const PROD_WORKLOADS: &[Workload] = &[
    workload(
        "kube-system",
        "coredns",
        "platform",
        "coredns:1.11",
        3,
        Trouble::None,
    ),
    workload(
        "kube-system",
        "metrics-server",
        "platform",
        "metrics-server:0.8",
        2,
        Trouble::None,
    ),
    workload(
        "monitoring",
        "prometheus",
        "observability",
        "prometheus:3.4",
        3,
        Trouble::None,
    ),
    workload(
        "payments",
        "ledger",
        "payments",
        "ledger:11.2",
        5,
        Trouble::None,
    ),
    workload(
        "payments",
        "gateway",
        "payments",
        "gateway:4.0",
        4,
        Trouble::CrashLoop,
    ),
    workload("shop", "cart", "checkout", "cart:1.9", 6, Trouble::None),
    workload(
        "shop",
        "checkout",
        "checkout",
        "checkout:7.2",
        6,
        Trouble::None,
    ),
    workload("shop", "web", "discovery", "web:5.10", 12, Trouble::Evicted),
];

pub(super) const PROD_JOBS: &[Job] = &[
    job("payments", "close-books", "payments", 4, 4, false),
    job("payments", "reconcile", "payments", 2, 1, false),
];
