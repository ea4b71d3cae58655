//! Where nobody subscribes to the log, nothing is printed.

use std::{env, process::Command};

use omniview_plugintest::{
    Harness, state,
    stub::{WatchScript, stub_plugin},
};
use omniview_sdk::WatchState;

/// Set for the run of a test in a process of its own.
const ALONE: &str = "OMNIVIEW_TEST_ALONE";

/// Contract: CFG-05
#[test]
fn nothing_is_printed_where_nobody_subscribes_to_the_log() {
    if env::var_os(ALONE).is_some() {
        return warn_of_something();
    }
    let name = "silence::nothing_is_printed_where_nobody_subscribes_to_the_log";
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--quiet"])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{printed}");
    assert!(printed.contains("1 passed"), "{printed}");
    // What is left is the test runner's own.
    let lines: Vec<_> = printed.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
}

/// Makes the SDK warn, without anybody to hear it.
fn warn_of_something() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let plugin = stub_plugin();
        plugin.pods.next_watches([WatchScript::ReturnEarly]);
        let h = Harness::mount(plugin.config);
        h.connect("dev").await;
        h.wait_for(state("core::v1::Pod", WatchState::Stopped))
            .await;
        h.shutdown().await;
    });
}
