//! `conformance report` over what real tests have left: those of the crates of `tests/doors`, run by cargo and by nextest.

#[path = "../../../tests/integration/doors/run.rs"]
mod doors;

use std::{fs, path::Path, process::Command};

use omniview_conformance::{Report, catalogue, fragment::FRAGMENTS};

use self::doors::{DEVIATION, HARNESS, MACRO, nextest, output, test};
use crate::command::{Folder, code_and_text};

/// Whether the crates are there: they are not part of the published package.
#[expect(
    clippy::print_stderr,
    reason = "what is not tested is not passed over in silence"
)]
fn are_there() -> bool {
    let doors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/doors");
    if !doors.is_dir() {
        eprintln!("skipped: tests/doors is not part of the published package");
    }
    doors.is_dir()
}

/// The folder that tests leave their fragments in.
fn left_by(mut command: Command, folder: &Folder, name: &str) -> String {
    let parts = folder.0.join(name);
    let (succeeded, text) = output({
        command.env(FRAGMENTS, &parts);
        command
    });
    assert!(succeeded, "{text}");
    parts.to_str().unwrap().to_owned()
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

fn last_line(out: &str) -> &str {
    out.trim_end().lines().last().unwrap()
}

#[test]
fn what_cargo_test_leaves_is_one_report_and_a_test_that_left_nothing_is_named() {
    if !are_there() {
        return;
    }
    let folder = Folder::new("shards-cargo");
    let parts = left_by(test(MACRO, &[]), &folder, "parts");
    let report = folder.0.join("report.json");
    let (code, out, error) =
        code_and_text(&["report", &parts, "--report", report.to_str().unwrap()]);
    assert_eq!(code, 0, "{out}{error}");
    let all = catalogue().len();
    assert_eq!(
        last_line(&out),
        format!("{all} parts merged: each of the {all} checks is there once")
    );
    let merged = Report::from_json(&fs::read_to_string(report).unwrap()).unwrap();
    let ids: Vec<&str> = merged.results.iter().map(|one| one.id.as_str()).collect();
    let listed: Vec<&str> = catalogue().iter().map(|check| check.id).collect();
    assert_eq!(ids, listed);

    let lost = files(Path::new(&parts))
        .into_iter()
        .find(|path| path.to_str().unwrap().contains("get_returns_created"));
    fs::remove_file(lost.unwrap()).unwrap();
    let (code, out, _) = code_and_text(&["report", "--quiet", &parts]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains(" are in none of them\n  crud.get.returns-created\n")
            || out.contains(" is in none of them\n  crud.get.returns-created\n"),
        "{out}"
    );
}

#[test]
fn a_defect_in_a_real_test_fails_the_merged_report() {
    if !are_there() {
        return;
    }
    let folder = Folder::new("shards-defect");
    let parts = folder.0.join("parts");
    let mut command = test(MACRO, &["crud::delete"]);
    command
        .env(FRAGMENTS, &parts)
        .env(DEVIATION, "delete-ignored");
    let (succeeded, text) = output(command);
    assert!(!succeeded, "{text}");
    let (code, out, _) = code_and_text(&["report", "--quiet", parts.to_str().unwrap()]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("FAIL crud.delete.removes (MUST OPS-08)"),
        "{out}"
    );
}

#[test]
fn the_shards_of_nextest_are_one_report_and_one_that_is_missing_is_said() {
    if !are_there() {
        return;
    }
    let folder = Folder::new("shards-nextest");
    let mut parts = Vec::new();
    for (name, partition) in [("one", "hash:1/2"), ("two", "hash:2/2")] {
        let Some(mut command) = nextest(HARNESS) else {
            return;
        };
        command.args(["--partition", partition]);
        parts.push(left_by(command, &folder, name));
    }
    let (code, out, error) = code_and_text(&["report", &parts[0], &parts[1]]);
    assert_eq!(code, 0, "{out}{error}");
    let all = catalogue().len();
    let whole = format!(" parts merged: each of the {all} checks is there once");
    assert!(last_line(&out).ends_with(&whole), "{out}");

    for alone in &parts {
        let (code, out, _) = code_and_text(&["report", "--quiet", alone]);
        assert_eq!(code, 3, "{out}");
        assert!(out.contains(" are in none of them\n  "), "{out}");
    }
}
