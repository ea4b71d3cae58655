//! From a configuration to a running plugin and back: build, load, start, close; by number of types.
//!
//! `cargo bench -p omniview-sdk --bench mount`. One connection, a runtime on one thread. The configuration is made outside of
//! what is measured, and so is the last drop. Per operation is per mount; the elements are the types.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use omniview_speed::{
    clock::one_thread,
    mount::{mount_and_close, prepare},
    plugin::Watching,
};

fn mount(criterion: &mut Criterion) {
    let runtime = one_thread();
    for (name, watching, counts) in [
        ("mount, watchable", Watching::Idle, [10, 100, 1000]),
        ("mount, not watchable", Watching::Never, [10, 100, 1000]),
    ] {
        let mut group = criterion.benchmark_group(name);
        for types in counts {
            group.throughput(Throughput::Elements(types as u64));
            group.bench_with_input(
                BenchmarkId::from_parameter(types),
                &types,
                |bench, types| {
                    bench.iter_batched(
                        || prepare(*types, &watching),
                        |config| runtime.block_on(mount_and_close(config)),
                        BatchSize::PerIteration,
                    );
                },
            );
        }
        group.finish();
    }
}

criterion_group!(benches, mount);
criterion_main!(benches);
