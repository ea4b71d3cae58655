//! The README is true: its code is what is compiled and run here.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[path = "../readme/shown.rs"]
mod shown;

/// `src/lib.rs` of the plugin in the README.
#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "the README shows the least that compiles"
)]
mod plugin {
    include!("../readme/plugin.rs");
}

/// Its `tests/harness.rs`.
mod harness {
    use super::plugin as library;

    include!("../readme/harness.rs");
}

/// Its `tests/conformance.rs`.
mod conformance {
    use super::plugin as library;

    include!("../readme/conformance.rs");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// Asserts that the README shows what a command printed.
pub(crate) fn shows(command: &str, output: &str) {
    shown::assert_shown(&readme(), command, output);
}

#[test]
fn the_code_in_the_readme_is_the_code_that_runs_here() {
    let readme = readme();
    let blocks: Vec<&str> = readme
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    let files = ["plugin.rs", "harness.rs", "conformance.rs"];
    assert_eq!(
        blocks.len(),
        files.len(),
        "every block of Rust has its file"
    );
    for (block, file) in blocks.into_iter().zip(files) {
        let path = root().join("tests/readme").join(file);
        let code = fs::read_to_string(&path).unwrap();
        assert_eq!(block, code, "README.md and {} differ", path.display());
    }
}

#[test]
fn the_dependencies_in_the_readme_are_packages_of_this_workspace() {
    let readme = readme();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (manifest, _) = rest.split_once("```").unwrap();
    let ours = manifest
        .lines()
        .filter(|line| line.starts_with("omniview-"));
    let mut count = 0;
    for line in ours {
        let name = line.split_whitespace().next().unwrap();
        let folder = name.strip_prefix("omniview-").unwrap();
        let manifest = root().join(folder).join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).unwrap();
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{line}");
        count += 1;
    }
    assert_eq!(count, 3);
}
