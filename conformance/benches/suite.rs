//! The whole suite over the reference backend, as the command runs it.
//!
//! `cargo bench -p omniview-conformance --bench suite`. A process a run: start, every check of the core profile, report, end.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

fn suite(criterion: &mut Criterion) {
    criterion.bench_function("suite/reference", |bench| {
        bench.iter(|| {
            let run = Command::new(env!("CARGO_BIN_EXE_conformance"))
                .args(["run", "reference"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            assert!(
                run.unwrap().success(),
                "the reference backend does not pass"
            );
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = suite
}
criterion_main!(benches);
