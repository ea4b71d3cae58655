//! Runs the crates of `tests/doors` as a plugin's author does. Included by the tests of `conformance` too.

use std::{env, path::Path, process::Command, sync::LazyLock};

use omniview_conformance::fragment;

pub(crate) const MACRO: &str = "door-macro";
pub(crate) const HARNESS: &str = "door-harness";
pub(crate) const DEVIATION: &str = "DOOR_DEVIATION";

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("RUST_BACKTRACE")
        .env_remove(DEVIATION)
        .env_remove(fragment::FRAGMENTS);
    for name in [
        "CONFORMANCE_SEED",
        "CONFORMANCE_PROGRAMS",
        "CONFORMANCE_PROFILE",
    ] {
        command.env_remove(name);
    }
    // A run of its own, whatever runs this.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("NEXTEST") {
            command.env_remove(name);
        }
    }
    command
}

/// A door with the arguments of its test binary.
pub(crate) fn test(door: &str, arguments: &[&str]) -> Command {
    let mut command = cargo(&[
        "test",
        "-q",
        "--offline",
        "--workspace",
        "--test",
        door,
        "--",
    ]);
    command.args(arguments);
    command
}

/// A door with nextest, where there is one.
#[allow(
    clippy::print_stderr,
    reason = "what is not tested is not passed over in silence"
)]
pub(crate) fn nextest(door: &str) -> Option<Command> {
    static IS_THERE: LazyLock<bool> = LazyLock::new(|| {
        let version = cargo(&["nextest", "--version"]).output();
        version.is_ok_and(|output| output.status.success())
    });
    if !*IS_THERE {
        eprintln!("skipped: cargo-nextest is not installed (https://nexte.st)");
        return None;
    }
    let mut command = cargo(&["nextest", "run", "--offline", "--workspace", "--test", door]);
    command.args([
        "--no-fail-fast",
        "--show-progress",
        "none",
        "--status-level",
        "fail",
    ]);
    Some(command)
}

/// What a command prints on both streams, and whether it succeeds.
pub(crate) fn output(mut command: Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}
