//! Events, from the plugin's task to the recording of the harness.
//!
//! `cargo bench -p omniview-plugintest --bench recording`. Each measurement mounts a plugin, emits 100,000 prepared events of
//! 1 KiB on a runtime of two workers, and ends when a wait for the last one has found it. The recording keeps the
//! events, so that freeing them is not included. The elements are events.
//!
//! `.ci/bench` sets `GLIBC_TUNABLES=glibc.malloc.trim_threshold=4000000000:glibc.malloc.arena_max=1`, so that the memory of one
//! recording serves the next. Without it the rows with a longer history show what it costs the system to hand out fresh pages.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use omniview_speed::{
    clock::{timed, two_workers},
    events::{EVENTS, Recorded, prepared},
};

fn recording(criterion: &mut Criterion) {
    let runtime = two_workers();
    let mut group = criterion.benchmark_group("recorded event");
    for before in [0, 1, 3] {
        group.throughput(Throughput::Elements(EVENTS as u64));
        group.bench_function(
            BenchmarkId::new("recorded before", before * EVENTS),
            |bench| {
                bench.iter_custom(|times| {
                    let mut total = Duration::ZERO;
                    for _ in 0..times {
                        total += runtime.block_on(async {
                            let mut recorded = Recorded::new().await;
                            for _ in 0..before {
                                recorded.emit(prepared(EVENTS)).await;
                            }
                            let events = prepared(EVENTS);
                            let took = timed(recorded.emit(events)).await.1;
                            recorded.close().await;
                            took
                        });
                    }
                    total
                });
            },
        );
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(Duration::from_secs(5));
    targets = recording
}
criterion_main!(benches);
