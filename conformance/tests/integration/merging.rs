//! `conformance report`, from its arguments to its exit code.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::command::code_and_text;

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    /// With the reports of two shards of the smoke profile, `one.json` and `two.json`.
    fn of_shards(name: &str, subject: &str) -> Self {
        let path = std::env::temp_dir().join(format!("merging-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        for (file, shard) in [("one.json", "1/2"), ("two.json", "2/2")] {
            let file = folder.path(file);
            let (_, _, error) = code_and_text(&[
                "run",
                subject,
                "--profile",
                "smoke",
                "--shard",
                shard,
                "--report",
                &file,
            ]);
            assert!(fs::exists(&file).unwrap(), "{error}");
        }
        folder
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.path(name);
        let mut report = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut report);
        fs::write(path, report.to_string()).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_shards_of_a_run_are_the_run() {
    let folder = Folder::of_shards("whole", "reference");
    let (parts, merged) = (folder.path(""), folder.path("merged.json"));
    let (code, out, error) = code_and_text(&["report", &parts, "--report", &merged]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.starts_with("Conformance of reference\n"), "{out}");
    let last = out.lines().last().unwrap();
    assert!(
        last.starts_with("2 parts merged: each of the ") && last.ends_with(" checks is there once"),
        "{out}"
    );
    let whole = folder.path("whole.json");
    let (code, _, _) = code_and_text(&["run", "--profile", "smoke", "--report", &whole]);
    assert_eq!(code, 0);
    let essence = |path: &str| {
        let mut report: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        report["volatile"] = Value::Null;
        report["command"] = Value::Null;
        report
    };
    assert_eq!(essence(&merged), essence(&whole));
}

#[test]
fn a_shard_that_is_missing_exits_with_3_and_lists_its_checks() {
    let folder = Folder::of_shards("missing", "reference");
    let (code, out, _) = code_and_text(&["report", "--quiet", &folder.path("one.json")]);
    assert_eq!(code, 3, "{out}");
    assert!(out.contains("1 part merged: "), "{out}");
    assert!(out.contains(" are in none of them\n  "), "{out}");
    assert!(out.contains("; some checks are in no part\n"), "{out}");
}

#[test]
fn a_failure_in_a_shard_exits_with_1() {
    let folder = Folder::of_shards("broken", "reference:deviation=delete-ignored");
    let (code, out, _) = code_and_text(&["report", "--quiet", &folder.path("")]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("FAIL suite.clean-up"), "{out}");
}

#[test]
fn what_does_not_belong_together_exits_with_2_and_names_the_files() {
    let folder = Folder::of_shards("mixed", "reference");
    let (one, two) = (folder.path("one.json"), folder.path("two.json"));
    folder.change("two.json", |report| report["seed"] = 7.into());
    let (code, out, error) = code_and_text(&["report", &one, &two]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        error,
        format!(
            "error: the parts are not of one run: they differ in the seed\n  1 in {one}\n  7 in {two}\nmerge those of one \
             plugin, suite, selection and seed\n"
        )
    );
}

#[test]
fn what_is_no_part_exits_with_2_and_is_named() {
    let folder = Folder::of_shards("none", "reference");
    let empty = folder.path("empty");
    fs::create_dir(&empty).unwrap();
    fs::write(folder.path("cut.json"), "{\"format\": ").unwrap();
    fs::write(folder.path("other.json"), "{}").unwrap();
    for (part, text) in [
        ("nowhere.json", "nowhere.json: No such file"),
        ("empty", "the folder has no .json file"),
        ("cut.json", "it ends in the middle"),
        ("other.json", "no report of this suite"),
    ] {
        let (code, out, error) = code_and_text(&["report", &folder.path(part)]);
        assert_eq!((code, out.as_str()), (2, ""), "{part}");
        assert!(
            error.contains(part) && error.contains(text),
            "{part}: {error}"
        );
    }
    let (code, _, error) = code_and_text(&["report"]);
    assert_eq!(code, 2);
    assert!(error.contains("<PART>..."), "{error}");
    let (code, _, error) =
        code_and_text(&["report", &folder.path("one.json"), "--report", "report.txt"]);
    assert_eq!(code, 2);
    assert!(error.contains("report.txt"), "{error}");
}
