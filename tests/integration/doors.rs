//! The three doors to the suite, opened as a plugin's author opens them: with `cargo test` and with nextest, and what
//! the tests leave is merged.
//!
//! Each door is a crate below `tests/doors`. They are built as `cargo test --workspace` builds them, so that under it nothing
//! is built here.

mod run;

use std::{
    collections::BTreeMap,
    env, fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use omniview_conformance::{Check, Report, StatusKind, Verdict, catalogue, fragment};

use run::{DEVIATION, HARNESS, MACRO, nextest, output, test};

const LIBRARY: &str = "door-library";

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("doors-{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The report of the tests that have left their fragments here.
    fn merged(&self) -> fragment::Merged {
        fragment::merge(&fragment::gather(&[&self.0]).unwrap()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The report of the third door, and whether its test passes.
fn library(deviation: &str) -> (Report, bool) {
    let folder = Folder::new(&format!("library-{deviation}"));
    let path = folder.0.join("report.json");
    let mut command = test(LIBRARY, &[]);
    command.env(DEVIATION, deviation).env("DOOR_REPORT", &path);
    let (succeeded, text) = output(command);
    let report = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {text}"));
    (Report::from_json(&report).unwrap(), succeeded)
}

/// How each check ended, by its id.
fn endings(report: &Report) -> BTreeMap<&str, (StatusKind, Option<String>)> {
    let results = report.results.iter();
    results
        .map(|one| (one.id.as_str(), (one.status.kind(), one.status.reason())))
        .collect()
}

fn name(check: &Check) -> String {
    format!("{}::{}", check.area(), check.test_name())
}

/// The tests of a list.
fn listed(text: &str) -> Vec<&str> {
    let tests = text.lines().filter_map(|line| line.strip_suffix(": test"));
    let mut tests: Vec<&str> = tests.collect();
    tests.sort_unstable();
    tests
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = catalogue().iter().map(name).collect();
    names.sort_unstable();
    names
}

#[test]
fn both_test_doors_have_one_test_a_check() {
    for door in [MACRO, HARNESS] {
        let (succeeded, text) = output(test(door, &["--list", "--format", "terse"]));
        assert!(succeeded, "{text}");
        assert_eq!(listed(&text), names(), "{door}");
    }
}

#[test]
fn a_list_of_the_harness_is_all_that_it_prints_and_tells_what_is_ignored() {
    let list = |arguments: &[&str], deviation: &str| {
        let mut command = test(HARNESS, arguments);
        let output = command.env(DEVIATION, deviation).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.lines().all(|line| line.ends_with(": test")), "{out}");
        let tests = listed(&out);
        tests.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let terse = ["--list", "--format", "terse"];
    let ignored = ["--list", "--format", "terse", "--ignored"];
    assert_eq!(list(&terse, ""), names());
    let absent = list(&ignored, "");
    assert!(
        absent.contains(&"search::text_narrows".to_owned()),
        "{absent:?}"
    );
    assert!(!absent.contains(&"crud::get_returns_created".to_owned()));
    // What cannot be mounted cannot be looked at: everything is there, and nothing is ignored.
    assert_eq!(list(&terse, "unmountable"), names());
    assert_eq!(list(&ignored, "unmountable"), [""; 0]);
}

#[test]
fn a_test_that_fails_tells_everything_and_how_to_repeat_it() {
    for (door, path) in [
        (MACRO, "crud::delete_removes"),
        (HARNESS, "crud::delete_removes"),
    ] {
        let mut command = test(door, &["--exact", path]);
        command.env(DEVIATION, "delete-ignored");
        let (succeeded, text) = output(command);
        assert!(!succeeded, "{door}: {text}");
        for expected in [
            "FAIL crud.delete.removes (MUST OPS-08)\n",
            "  requirement  An object that was deleted cannot be fetched any more.\n",
            "  expected     yes, within 2s\n",
            "  actual       not yet; get core::v1::ConfigMap ",
            " get core::v1::ConfigMap ",
            "  reproduce    cargo test crud::delete_removes -- --exact\n",
            "1 failed",
        ] {
            assert!(
                text.contains(expected),
                "{door} without {expected:?}: {text}"
            );
        }
    }
}

#[test]
fn a_seed_from_the_environment_is_in_the_failure_and_in_the_command_that_repeats_it() {
    for door in [MACRO, HARNESS] {
        let mut command = test(door, &["--exact", "model::random_programs"]);
        command
            .env(DEVIATION, "get-missing-succeeds")
            .env("CONFORMANCE_SEED", "5")
            .env("CONFORMANCE_PROGRAMS", "20");
        let (succeeded, text) = output(command);
        assert!(!succeeded, "{door}: {text}");
        // Long lines of a failure are folded.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, rest) = text.split_once("the random program of seed ").unwrap();
        let (seed, _) = rest.split_once(' ').unwrap();
        assert!((5..25).contains(&seed.parse::<u64>().unwrap()), "{seed}");
        let expected = format!(
            "CONFORMANCE_SEED={seed} CONFORMANCE_PROGRAMS=1 cargo test model::random_programs -- --exact"
        );
        assert!(text.contains(&expected), "{door}: {text}");
    }
}

#[test]
fn a_plugin_that_cannot_be_mounted_fails_each_test_of_the_harness_with_the_reason() {
    let mut command = test(HARNESS, &["suite"]);
    command.env(DEVIATION, "unmountable");
    let (succeeded, text) = output(command);
    assert!(!succeeded);
    assert!(
        text.contains("it could not be mounted: the backend is on strike"),
        "{text}"
    );
    assert!(text.contains("FAIL suite.mount-and-connect"), "{text}");
    assert!(text.contains("BLOCKED suite.clean-up"), "{text}");
    assert!(text.contains("0 passed; 2 failed; 0 ignored"), "{text}");
}

#[test]
fn a_check_that_does_not_apply_is_ignored_with_the_reason() {
    let (succeeded, text) = output(test(HARNESS, &["search::text_narrows"]));
    assert!(succeeded, "{text}");
    let expected = "search::text_narrows ... ignored (not applicable: searchable)";
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Quiet or not, the summary counts it.
    assert!(
        text.contains(expected) || text.contains("1 ignored"),
        "{text}"
    );
}

#[test]
fn the_tests_of_one_process_leave_the_report_of_a_run() {
    let folder = Folder::new("macro");
    let mut command = test(MACRO, &[]);
    command.env(fragment::FRAGMENTS, &folder.0);
    let (succeeded, text) = output(command);
    assert!(succeeded, "{text}");
    let merged = folder.merged();
    assert_eq!(merged.missing, [""; 0]);
    let (whole, passes) = library("");
    assert!(passes, "{}", whole.to_text());
    assert_eq!(endings(&merged.report), endings(&whole));
    assert_eq!(merged.report.header.capabilities, whole.header.capabilities);
    assert_eq!(merged.report.header.connections, whole.header.connections);
}

#[test]
fn nextest_runs_a_process_a_test_and_its_fragments_are_the_report_of_a_run() {
    let Some(mut command) = nextest(HARNESS) else {
        return;
    };
    let folder = Folder::new("nextest");
    command.env(fragment::FRAGMENTS, &folder.0);
    let (succeeded, text) = output(command);
    assert!(succeeded, "{text}");
    let (whole, _) = library("");
    let merged = folder.merged();
    assert_eq!(endings(&merged.report), endings(&whole));

    // What is not applicable by what the plugin declares has not run, and is shown as skipped.
    let ran = fs::read_dir(folder.0.join("door")).unwrap().count();
    let skipped = catalogue().len() - ran;
    let summary = format!("{ran} tests run: {ran} passed, {skipped} skipped");
    assert!(skipped > 0 && text.contains(&summary), "{summary}: {text}");

    // A test that was killed leaves nothing, and that shows.
    fs::remove_file(
        folder
            .0
            .join("door/door_harness.crud.get_returns_created.json"),
    )
    .unwrap();
    let merged = folder.merged();
    assert_eq!(merged.missing, ["crud.get.returns-created"]);
    assert_eq!(merged.report.verdict().exit_code(), 3);
}

#[test]
fn a_defect_is_the_same_through_nextest_and_in_a_run() {
    let Some(mut command) = nextest(MACRO) else {
        return;
    };
    let folder = Folder::new("broken");
    command
        .env(fragment::FRAGMENTS, &folder.0)
        .env(DEVIATION, "delete-ignored");
    let (succeeded, text) = output(command);
    assert!(!succeeded);
    assert!(
        text.contains("FAIL crud.delete.removes (MUST OPS-08)"),
        "{text}"
    );
    let (whole, passes) = library("delete-ignored");
    assert_eq!((whole.verdict(), passes), (Verdict::NotConformant, false));
    let merged = folder.merged();
    assert_eq!(endings(&merged.report), endings(&whole));
}
