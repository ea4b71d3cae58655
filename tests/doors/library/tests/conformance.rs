//! One test that runs the suite and looks at its report. It writes the report where `DOOR_REPORT` says.

use std::{env, fs};

use omniview_conformance::{Profile, RunOptions, Selection, Verdict};

#[tokio::test(start_paused = true)]
async fn the_plugin_conforms() {
    let options = RunOptions::new()
        .selection(Selection::profile(Profile::Full))
        .command("cargo test -p omniview-door-library");
    let report = omniview_conformance::run(&omniview_door_library::subject(), options).await;
    if let Some(path) = env::var_os("DOOR_REPORT") {
        fs::write(path, report.to_json()).unwrap();
    }
    assert_eq!(
        report.verdict(),
        Verdict::Conformant,
        "{}",
        report.to_text()
    );
}
