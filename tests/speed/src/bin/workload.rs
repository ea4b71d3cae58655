//! Runs one workload so many times, for a profiler or the instruction gate to look at.
//!
//!     workload NAME TIMES
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a workload that cannot run has failed, and says so where people look"
)]

use std::process::ExitCode;

use omniview_speed::{
    calls::Calls,
    clock::one_thread,
    events::{Recorded, Stream, prepared, prepared_alike},
    mount::{mount_and_close, prepare},
    plugin::{Watching, connection, furnished},
    watches::Watches,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(times)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: workload NAME TIMES");
        return ExitCode::from(2);
    };
    let times: usize = times.parse().unwrap();
    one_thread().block_on(run(&name, times))
}

async fn run(name: &str, times: usize) -> ExitCode {
    match name {
        "get" => get(Calls::on(1, connection("dev")).await, times).await,
        "get-full" => get(Calls::on(1, furnished("dev")).await, times).await,
        "find" => {
            let calls = Calls::on(1, connection("dev")).await;
            calls.find(calls.finds(times as u64)).await;
            calls.close().await;
        }
        "event" => events(Stream::new(1, 1, 1).await, times).await,
        "event-8" => events(Stream::new(1, 1, 8).await, times).await,
        "recorded" => {
            let mut recorded = Recorded::new().await;
            if times > 0 {
                recorded.emit(prepared(times)).await;
            }
            recorded.close().await;
        }
        "mount-100" => mount(100, &Watching::Idle, times).await,
        "mount-1000-unwatched" => mount(1000, &Watching::Never, times).await,
        "start-stop-1000" => {
            let watches = Watches::synced(1000, 1).await;
            watches.stop().await;
            for _ in 0..times {
                watches.start().await;
                watches.stop().await;
            }
            watches.close().await;
        }
        _ => {
            eprintln!("there is no workload {name:?}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

async fn get(calls: Calls, times: usize) {
    calls.get(times as u64).await;
    calls.close().await;
}

async fn events(stream: Stream, times: usize) {
    if times > 0 {
        stream.emit(stream.share(prepared_alike(times))).await;
    }
    stream.close().await;
}

async fn mount(types: usize, watching: &Watching, times: usize) {
    for _ in 0..times {
        drop(mount_and_close(prepare(types, watching)).await);
    }
}
