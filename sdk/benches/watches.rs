//! Starting and stopping 1,000 watches of one connection.
//!
//! `cargo bench -p omniview-sdk --bench watches`. A start ends when the call returns, with every watch Syncing; a stop when every
//! watcher has ended and the listener, which does nothing, has the last event. A runtime on one thread. The elements are watches.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use omniview_speed::{
    clock::{one_thread, timed},
    watches::Watches,
};

const WATCHES: usize = 1000;

fn watches(criterion: &mut Criterion) {
    let runtime = one_thread();
    let watches = runtime.block_on(Watches::synced(WATCHES, 1));
    runtime.block_on(watches.stop());
    let mut group = criterion.benchmark_group("1000 watches");
    group.throughput(Throughput::Elements(WATCHES as u64));
    group.bench_function("start", |bench| {
        bench.iter_custom(|times| {
            runtime.block_on(async {
                let mut total = Duration::ZERO;
                for _ in 0..times {
                    total += timed(watches.start()).await.1;
                    watches.settle().await;
                    watches.stop().await;
                }
                total
            })
        });
    });
    group.bench_function("stop", |bench| {
        bench.iter_custom(|times| {
            runtime.block_on(async {
                let mut total = Duration::ZERO;
                for _ in 0..times {
                    watches.start().await;
                    watches.settle().await;
                    total += timed(watches.stop()).await.1;
                }
                total
            })
        });
    });
    group.finish();
    runtime.block_on(watches.close());
}

criterion_group!(benches, watches);
criterion_main!(benches);
