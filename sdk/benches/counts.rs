//! What is counted rather than timed: memory, losses, and how long a failing watch takes to give up.
//!
//! `cargo bench -p omniview-sdk --bench counts`. The memory of an idle watch is the growth of what is allocated while 100
//! connections of 100 types are started, with everything that a connection needs besides, divided by their 10,000 watches. An
//! early event is one that a watch emits before anybody listens: 2,000 plugins are mounted, emit ten events each, and the
//! listener that comes afterwards has to hear them all. The failing watch is timed in real time on a paused clock.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark that cannot run has failed, and says so where people look"
)]

use std::{alloc::System, collections::BTreeMap, fs, path::PathBuf};

use criterion::Criterion;
use omniview_speed::{
    clock::{one_thread, paused, two_workers},
    early::{early_events_lost, until_failed},
    watches::Watches,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const TYPES: usize = 100;
const CONNECTIONS: usize = 100;
const TRIALS: usize = 2_000;

/// Bytes that are allocated for each watch while all of them idle.
fn bytes_of_an_idle_watch() -> usize {
    let runtime = one_thread();
    runtime.block_on(async {
        let plugin = Watches::mounted(TYPES, CONNECTIONS).await;
        let region = Region::new(ALLOCATOR);
        plugin.start_connections().await;
        let change = region.change();
        let grown = change.bytes_allocated as isize - change.bytes_deallocated as isize;
        plugin.close().await;
        usize::try_from(grown).unwrap() / (TYPES * CONNECTIONS)
    })
}

fn trials_that_lost_an_early_event() -> usize {
    let runtime = two_workers();
    let trials = (0..TRIALS).map(|_| runtime.block_on(early_events_lost(10)));
    trials.filter(|lost| *lost > 0).count()
}

/// Beside what criterion writes, for the tool that makes the page.
fn keep(counts: &BTreeMap<&str, usize>) {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target"),
        PathBuf::from,
    );
    let directory = target.join("criterion");
    fs::create_dir_all(&directory).unwrap();
    let text = serde_json::to_string_pretty(counts).unwrap();
    fs::write(directory.join("counted.json"), text).unwrap();
}

fn main() {
    let counts = BTreeMap::from([
        ("bytes of an idle watch", bytes_of_an_idle_watch()),
        (
            "trials that lost an early event",
            trials_that_lost_an_early_event(),
        ),
    ]);
    for (name, count) in &counts {
        println!("{name}: {count}");
    }
    keep(&counts);
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("failing watch/until Failed, paused clock", |bench| {
        bench.iter(|| paused().block_on(until_failed()));
    });
    criterion.final_summary();
}
