//! The README shows what the command prints.

use std::{fs, path::Path, process::Command};

#[path = "../../../tests/readme/shown.rs"]
mod shown;

#[test]
fn the_readme_shows_what_the_command_prints() {
    let run = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .output()
        .unwrap();
    let output = String::from_utf8(run.stdout).unwrap();
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).unwrap();
    shown::assert_shown(&readme, "cargo run -p omniview-conformance", &output);
}
