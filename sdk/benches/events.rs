//! Events, from the plugin's task to its listeners.
//!
//! `cargo bench -p omniview-sdk --bench events`. Each measurement emits 100,000 prepared events of 1 KiB on a runtime of two
//! workers, and ends when every listener has seen the last. Every event has a text of its own unless it says "shared
//! text"; freeing them is included, and with it most of the memory that they take. The rows "made and freed" have no SDK in
//! them: they are what the allocator takes. The elements are events: the time is that of all of them.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use omniview_sdk::WatchAddPayload;
use omniview_speed::{
    clock::{timed, two_workers},
    events::{EVENTS, Stream, made_and_freed, prepared, prepared_alike},
};

type Make = fn(usize) -> Vec<WatchAddPayload>;

fn events(criterion: &mut Criterion) {
    let runtime = two_workers();
    let mut group = criterion.benchmark_group("event");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for (name, types, watches, listeners, make) in [
        ("1 watch, 1 listener", 1, 1, 1, prepared as Make),
        ("1 watch, 1 listener, shared text", 1, 1, 1, prepared_alike),
        ("16 watches, 1 listener", 16, 16, 1, prepared),
        ("1 watch, 8 listeners", 1, 1, 8, prepared),
        ("types/1", 1, 1, 1, prepared),
        ("types/10", 10, 1, 1, prepared),
        ("types/100", 100, 1, 1, prepared),
        ("types/1000", 1000, 1, 1, prepared),
    ] {
        let stream = runtime.block_on(Stream::new(types, watches, listeners));
        group.bench_function(name, |bench| {
            bench.iter_custom(|times| {
                let mut total = Duration::ZERO;
                for _ in 0..times {
                    let shares = stream.share(make(EVENTS));
                    total += runtime.block_on(timed(stream.emit(shares))).1;
                }
                total
            });
        });
        runtime.block_on(stream.close());
    }
    for (name, make) in [
        ("made and freed", prepared as Make),
        ("made and freed, shared text", prepared_alike),
    ] {
        group.bench_function(name, |bench| {
            bench.iter_custom(|times| {
                let took = |_| {
                    let payloads = make(EVENTS);
                    runtime.block_on(timed(made_and_freed(payloads))).1
                };
                (0..times).map(took).sum()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(4));
    targets = events
}
criterion_main!(benches);
