//! The third door: a program that runs the suite, prints the report as JSON, and exits as the command does.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use omniview_conformance::{Profile, RunOptions, Selection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<ExitCode> {
    let options = RunOptions::new()
        .selection(Selection::profile(Profile::Full))
        .command("cargo run -p omniview-door-library");
    let report = omniview_conformance::run(&omniview_door_subject::subject(), options).await;
    io::stdout().lock().write_all(report.to_json().as_bytes())?;
    Ok(ExitCode::from(report.verdict().exit_code()))
}
