//! One call through the suite's recorder, beside the same call without it.
//!
//! `cargo bench -p omniview-conformance --bench recorder`. A get through the controller that answers 1 KiB of shared JSON, with a session
//! that names the connection, and its input made for each. 500 of them, more than most checks make, on a runtime on one
//! thread: `bare` calls the plugin, `recorded` puts a recorder before it, with a history and a ledger of its own
//! that are made before the first call and freed after the last, as for a check. The elements are calls; what the harness costs is
//! the difference.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::{sync::Arc, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use omniview_speed::{
    calls::Calls,
    clock::{one_thread, timed},
    plugin::connection,
};

const CALLS: u64 = 500;

fn recorder(criterion: &mut Criterion) {
    let runtime = one_thread();
    let calls = runtime.block_on(Calls::on(1, connection("dev")));
    let mut group = criterion.benchmark_group("call of a check");
    group.throughput(Throughput::Elements(CALLS));
    group.bench_function("bare", |bench| {
        bench.iter_custom(|times| {
            let work = async {
                for _ in 0..times {
                    calls.get(CALLS).await;
                }
            };
            runtime.block_on(timed(work)).1
        });
    });
    group.bench_function("recorded", |bench| {
        bench.iter_custom(|times| {
            let work = async {
                for _ in 0..times {
                    let plugin = Arc::clone(calls.provider());
                    let recorder = omniview_conformance::__recorded(plugin);
                    calls.get_through(&*recorder, CALLS).await;
                }
            };
            runtime.block_on(timed(work)).1
        });
    });
    group.finish();
    runtime.block_on(calls.close());
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(5));
    targets = recorder
}
criterion_main!(benches);
