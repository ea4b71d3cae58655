//! How the benchmarks measure: on a runtime of their own, the async work alone.

use std::time::Duration;

use tokio::{
    runtime::{Builder, Runtime},
    time::Instant,
};

/// A runtime on the thread of the benchmark: for work that one caller waits for.
pub fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

/// A runtime on one thread whose clock only moves when nothing else does.
pub fn paused() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

/// A runtime of two workers: for work that runs beside the one who waits.
pub fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
}

/// How long `work` takes on tokio's clock, which is the real one unless it is paused.
pub async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let before = Instant::now();
    let output = work.await;
    (output, before.elapsed())
}
