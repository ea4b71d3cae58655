//! Histories: kept in a file, judged again, and told in the report.

use std::{path::PathBuf, process::Command};

fn conformance(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let id = std::process::id();
        let folder = std::env::temp_dir().join(format!("conformance-{name}-{id}"));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn an_honest_history_is_kept_and_replays_clean() {
    let folder = Folder::new("honest");
    let file = folder.file("run.jsonl");
    let (code, out, error) = conformance(&["run", "-q", "--area", "history", "--history", &file]);
    assert_eq!(code, 0, "{out}{error}");
    let files = std::fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(files, 1, "something was left beside the file");
    let (code, out, error) = conformance(&["replay", &file]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(
        out.starts_with("1 checks, ") && out.ends_with(": nothing is violated\n"),
        "{out}"
    );
}

#[test]
fn a_deviation_is_seen_again_in_its_file() {
    let folder = Folder::new("deviating");
    let file = folder.file("run.jsonl");
    let subject = "reference:deviation=delete-event-without-data";
    let (code, ..) = conformance(&[
        "run",
        subject,
        "-q",
        "--area",
        "history",
        "--history",
        &file,
    ]);
    assert_eq!(code, 1);
    let (code, out, _) = conformance(&["replay", &file]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.starts_with("VIOLATED history.deletes.carry-state behind history.states.are-legal"),
        "{out}"
    );
    assert!(out.contains("  history\n    #"), "{out}");
}

#[test]
fn a_bad_file_exits_with_2_and_names_the_line() {
    let folder = Folder::new("bad");
    let file = folder.file("bad.jsonl");
    let (code, _, error) = conformance(&["replay", &file]);
    assert_eq!(code, 2);
    assert!(error.contains("bad.jsonl cannot be read"), "{error}");
    let opening = r#"{"kind":"format","format":"omniview-conformance-history","version":1}"#;
    std::fs::write(&file, format!("{opening}\n{{\"kind\":\"note\"}}\n")).unwrap();
    let (code, out, error) = conformance(&["replay", &file]);
    assert_eq!((code, &*out), (2, ""));
    assert!(
        error.contains("bad.jsonl, line 2: a step before"),
        "{error}"
    );
    let (code, _, error) = conformance(&["run", "--history", "missing/run.jsonl"]);
    assert_eq!(code, 2);
    assert!(
        error.contains("the history missing/run.jsonl cannot be written"),
        "{error}"
    );
}

#[test]
fn a_violation_behind_another_check_fails_the_check_of_the_invariant() {
    let subject = "reference:deviation=synced-count-off-by-one";
    // A check that is not about counts, and has nothing to say against the deviation.
    let (code, out, _) = conformance(&["run", subject, "-q", "--only", "watch.*"]);
    assert_eq!(code, 1, "{out}");
    let words: Vec<&str> = out.split_whitespace().collect();
    let text = words.join(" ");
    for part in [
        "FAIL history.synced.counts-adds (MUST WAT-27)",
        "seen behind watch.",
        "also behind watch.",
        &format!("reproduce conformance run {subject} --only watch."),
    ] {
        assert!(text.contains(part), "{part}: {out}");
    }
}

#[test]
fn a_selection_is_narrowed_and_shards_share_it() {
    let (code, out, error) = conformance(&[
        "run", "--area", "crud", "--clause", "OPS-08", "--level", "must",
    ]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(
        error.contains("checking crud") && !error.contains("checking listing"),
        "{error}"
    );
    for (arguments, text) in [
        (&["--area", "crude"][..], "no check is of area `crude`"),
        (&["--clause", "OPS-99"], "no check is of clause `OPS-99`"),
        (
            &["--capability", "winged"],
            "no check is of capability `winged`",
        ),
        (&["--shard", "3/2"], "write K/N"),
        (
            &["--area", "suite", "--clause", "PAG-01"],
            "nothing is left",
        ),
    ] {
        let (code, out, error) = conformance(&[&["run"], arguments].concat());
        assert_eq!((code, &*out), (2, ""), "{arguments:?}");
        assert!(error.contains(text), "{error}");
    }
    let folder = Folder::new("shards");
    let mut ran = Vec::new();
    for shard in ["1/2", "2/2"] {
        let file = folder.file("report.json");
        let (code, out, error) = conformance(&[
            "run", "-q", "--area", "crud", "--shard", shard, "--report", &file,
        ]);
        assert_eq!(code, 0, "{out}{error}");
        let text = std::fs::read_to_string(&file).unwrap();
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        for result in report["results"].as_array().unwrap() {
            let id = result["id"].as_str().unwrap().to_owned();
            match result["status"].as_str().unwrap() {
                "not-run" if id.starts_with("crud.") => {
                    assert_eq!(result["reason"], "in another shard", "{id}");
                }
                "not-run" => assert_eq!(result["reason"], "not selected", "{id}"),
                _ => ran.push(id),
            }
        }
    }
    let crud = omniview_conformance::catalogue()
        .iter()
        .filter(|check| check.area() == "crud");
    assert_eq!(ran.len(), crud.count());
}

#[test]
fn a_seed_makes_the_same_programs_again() {
    let run = |seed: &str| {
        conformance(&[
            "run",
            "reference:deviation=stale-get",
            "-q",
            "--only",
            "model.*",
            "--seed",
            seed,
        ])
        .1
    };
    // Places in the history and times differ; the program does not.
    let test = |out: &str| {
        let test = out.split("  as a test\n").nth(1).unwrap();
        test.split("  reproduce").next().unwrap().to_owned()
    };
    let once = run("7");
    assert!(test(&once).starts_with("    #[tokio::test]"), "{once}");
    assert_eq!(test(&run("7")), test(&once));
    // The failure names the seed of its program, which comes first when it is given.
    let name = test(&once);
    let seed = name.split("random_program_of_seed_").nth(1).unwrap();
    let seed = seed.split('(').next().unwrap();
    assert_ne!(seed, "7", "the first program fails: take another seed");
    assert_eq!(test(&run(seed)), test(&once));
}
