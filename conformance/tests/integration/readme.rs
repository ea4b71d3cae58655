//! The README shows what the command prints.

use std::{env, fs, path::Path, process::Command};

#[path = "../../../tests/readme/shown.rs"]
mod shown;

#[test]
fn the_readme_shows_what_the_command_prints() {
    let run = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .output()
        .unwrap();
    let output = String::from_utf8(run.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let command = "cargo run -p omniview-conformance";
    if env::var_os("UPDATE_README").is_some() {
        fs::write(&path, updated(&readme, command, &output)).unwrap();
    }
    let readme = fs::read_to_string(&path).unwrap();
    eprintln!(
        "to show what is printed now: UPDATE_README=1 cargo test -p omniview-conformance --test integration readme"
    );
    shown::assert_shown(&readme, command, &output);
}

/// The README with what is printed now, less the reasons of what is not applicable.
fn updated(readme: &str, command: &str, output: &str) -> String {
    let begin = format!("```text\n$ {command}\n");
    let (before, rest) = readme.split_once(&begin).unwrap();
    let (_, after) = rest.split_once("```").unwrap();
    let (table, reasons) = output.split_once("\nnot applicable\n").unwrap();
    let verdict = reasons.lines().rev().find(|line| !line.is_empty()).unwrap();
    format!(
        "{before}{begin}{}\n...\n{verdict}\n```{after}",
        table.trim_end()
    )
}
