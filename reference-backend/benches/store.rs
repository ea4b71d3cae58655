//! How fast the store is.
//!
//! `cargo bench -p omniview-reference-backend --bench store` on a quiet machine; the README has the last numbers. The memory that the
//! objects take is printed first: nothing here may count allocations, so it is the growth of the process.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::{BenchmarkId, Criterion, Throughput};
use omniview_reference_backend::{
    Kind, ReferenceBackend, Site,
    store::{Snapshot, Table},
};
use omniview_sdk::{FilterExpression, FilterPredicate, FindInput, Json, ListInput};
use serde_json::json;

/// Pods on one `dev`.
const PODS: usize = 23;

fn backend(pods: usize, kinds: impl IntoIterator<Item = Kind>) -> ReferenceBackend {
    ReferenceBackend::builder()
        .kinds(kinds)
        .connection("dev", Site::dev().scaled(pods.div_ceil(PODS)))
        .build()
}

fn pods(backend: &ReferenceBackend) -> Arc<Table> {
    backend.table("dev", Kind::Pod).unwrap()
}

/// Bytes of memory that the process holds.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn memory() {
    let before = resident();
    let backend = backend(100_000, [Kind::Pod]);
    let (Some(before), Some(after)) = (before, resident()) else {
        println!("memory: this system does not say");
        return;
    };
    let snapshot = pods(&backend).snapshot();
    let sizes = snapshot.objects();
    let text: usize = sizes.map(|object| object.json().as_str().len()).sum();
    let held = after - before;
    println!(
        "memory of {} pods: {} MiB for {} MiB of JSON, {:.2} times as much",
        snapshot.len(),
        held >> 20,
        text >> 20,
        held as f64 / text as f64
    );
}

fn four_predicates() -> FilterExpression {
    FilterExpression::and([
        FilterPredicate::eq("status.phase", "Running"),
        FilterPredicate::gte("spec.priority", 100),
        FilterPredicate::prefix("spec.containers.image", "web"),
        FilterPredicate::lt("status.containerStatuses.restartCount", 2),
    ])
}

/// The same number of predicates, none of which rules much out before the last.
fn four_broad_predicates() -> FilterExpression {
    FilterExpression::and([
        FilterPredicate::exists("status.phase"),
        FilterPredicate::lt("spec.priority", 1000),
        FilterPredicate::neq("spec.nodeName", "none"),
        FilterPredicate::has_key("metadata.labels", "app"),
    ])
}

fn queries(criterion: &mut Criterion) {
    let fields = Kind::Pod.filter_fields().unwrap();
    for count in [1_000, 10_000, 100_000, 1_000_000] {
        let backend = backend(count, [Kind::Pod]);
        let snapshot: Arc<Snapshot> = pods(&backend).snapshot();
        let objects: Vec<_> = snapshot.objects().cloned().collect();
        let mut group = criterion.benchmark_group("find, four predicates");
        group.throughput(Throughput::Elements(objects.len() as u64));
        for (name, filter) in [
            ("selective", four_predicates()),
            ("broad", four_broad_predicates()),
        ] {
            let input = FindInput::all().filter(filter).page_size(200);
            group.bench_with_input(BenchmarkId::new(name, count), &input, |bench, input| {
                bench.iter(|| snapshot.find(black_box(input), &fields).unwrap());
            });
        }
        group.finish();
        let mut group = criterion.benchmark_group("list, a page of 200");
        group.throughput(Throughput::Elements(objects.len() as u64));
        for (name, input) in [
            (
                "ordered by one field",
                ListInput::all().order_by("metadata.creationTimestamp"),
            ),
            (
                "ordered by two fields",
                ListInput::all()
                    .order_by("status.phase")
                    .order_by_descending("spec.priority"),
            ),
        ] {
            let input = input.page_size(200);
            group.bench_with_input(BenchmarkId::new(name, count), &input, |bench, input| {
                bench.iter(|| snapshot.list(black_box(input)).unwrap());
            });
        }
        group.finish();
        let table = pods(&backend);
        let ids: Vec<(String, String)> = objects
            .iter()
            .step_by(97)
            .map(|object| (object.id().to_owned(), object.namespace().to_owned()))
            .collect();
        criterion.bench_function(&format!("get/{count}"), |bench| {
            let mut next = ids.iter().cycle();
            bench.iter(|| {
                let (id, namespace) = next.next().unwrap();
                table.get(id, namespace).unwrap()
            });
        });
        criterion.bench_function(
            &format!("update, then find, four predicates/{count}"),
            |bench| {
                let input = FindInput::all().filter(four_predicates()).page_size(200);
                let (id, namespace) = (objects[0].id(), objects[0].namespace());
                let mut object = objects[0].json().to_value().unwrap();
                object["metadata"]["resourceVersion"].take();
                let json = Json::from(object);
                bench.iter(|| {
                    table.update(id, &json, namespace).unwrap();
                    table.snapshot().find(black_box(&input), &fields).unwrap()
                });
            },
        );
        criterion.bench_function(&format!("update/{count}"), |bench| {
            let object = objects[count / 2].json().to_value().unwrap();
            let mut object = object;
            object["metadata"]["resourceVersion"].take();
            let json = Json::from(object);
            let (id, namespace) = (objects[count / 2].id(), objects[count / 2].namespace());
            bench.iter(|| table.update(id, &json, namespace).unwrap());
        });
    }
}

/// From the change outside to the follower that waited for it.
fn following(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let backend = backend(100_000, [Kind::Pod]);
    let table = pods(&backend);
    let object = json!({
        "metadata": {"name": "echo-0", "namespace": "default"},
        "status": {"phase": "Running"},
    });
    let object = Json::from(object);
    criterion.bench_function("follow, an outside change to its follower", |bench| {
        let mut follower = table.follow();
        bench.iter(|| {
            runtime.block_on(async {
                let changes = follower.changes();
                let change = async { table.update("echo-0", &object, "default").unwrap() };
                tokio::join!(changes, change).0.unwrap()
            })
        });
    });
}

fn main() {
    memory();
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .sample_size(20)
        .configure_from_args();
    queries(&mut criterion);
    following(&mut criterion);
    criterion.final_summary();
}
