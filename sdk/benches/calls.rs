//! One call through the controller: get, list, and the validation of a find.
//!
//! `cargo bench -p omniview-sdk --bench calls`. The caller gives a session with its connection and a request id. A get answers
//! 1 KiB of shared JSON and includes making its input; a list answers 10,000
//! references to one text; a find has four predicates on four declared fields and answers nothing, and its input is made and
//! freed outside of what is measured. A runtime on one thread; one operation is one call.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use omniview_speed::{
    calls::{Calls, LISTED},
    clock::{one_thread, timed},
    plugin::{connection, furnished},
};
use tokio::runtime::Runtime;

fn bench_get(criterion: &mut Criterion, runtime: &Runtime, id: BenchmarkId, calls: Calls) {
    let mut group = criterion.benchmark_group("get");
    group.bench_function(id, |bench| {
        bench.iter_custom(|times| runtime.block_on(timed(calls.get(times))).1);
    });
    group.finish();
    runtime.block_on(calls.close());
}

fn get(criterion: &mut Criterion) {
    let runtime = one_thread();
    let plain = runtime.block_on(Calls::on(1, connection("dev")));
    bench_get(
        criterion,
        &runtime,
        BenchmarkId::from_parameter("plain connection"),
        plain,
    );
    let full = runtime.block_on(Calls::on(1, furnished("dev")));
    bench_get(
        criterion,
        &runtime,
        BenchmarkId::from_parameter("8 data keys and 4 labels"),
        full,
    );
    for types in [1, 10, 100, 1000] {
        let calls = runtime.block_on(Calls::on(types, connection("dev")));
        bench_get(criterion, &runtime, BenchmarkId::new("types", types), calls);
    }
    for connections in [1, 10, 100, 1000] {
        let calls = runtime.block_on(Calls::of_connections(connections));
        bench_get(
            criterion,
            &runtime,
            BenchmarkId::new("connections", connections),
            calls,
        );
    }
}

fn find(criterion: &mut Criterion) {
    let runtime = one_thread();
    let calls = runtime.block_on(Calls::on(1, connection("dev")));
    criterion.bench_function("find/four predicates", |bench| {
        bench.iter_custom(|times| {
            let inputs = calls.finds(times);
            runtime.block_on(timed(calls.find(inputs))).1
        });
    });
    runtime.block_on(calls.close());
}

fn list(criterion: &mut Criterion) {
    let runtime = one_thread();
    let calls = runtime.block_on(Calls::on(1, connection("dev")));
    let mut group = criterion.benchmark_group("list");
    group.throughput(Throughput::Elements(LISTED as u64));
    group.bench_function("10000 objects", |bench| {
        bench.iter_custom(|times| runtime.block_on(timed(calls.list(times))).1);
    });
    group.finish();
    runtime.block_on(calls.close());
}

criterion_group!(benches, get, list, find);
criterion_main!(benches);
