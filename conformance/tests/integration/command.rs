//! The command, from its arguments to its exit code.

use std::process::{Command, Output};

fn conformance(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .output()
        .unwrap()
}

pub(crate) fn code_and_text(arguments: &[&str]) -> (i32, String, String) {
    let output = conformance(arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn the_reference_conforms_without_any_argument() {
    let (code, out, _) = code_and_text(&[]);
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("Conformance of reference\n"), "{out}");
    assert!(out.contains("\nconformant: "), "{out}");
    assert!(!out.contains('\u{1b}'), "colours without a terminal: {out}");
}

#[test]
fn a_deviation_exits_with_1_and_names_the_check() {
    let subject = "reference:deviation=delete-ignored";
    let (code, out, _) =
        code_and_text(&["run", subject, "--quiet", "--only", "crud.delete.removes"]);
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("FAIL crud.delete.removes (MUST OPS-08)"),
        "{out}"
    );
    let again = "conformance run reference:deviation=delete-ignored --only";
    assert!(out.contains(again), "{out}");
}

#[test]
fn wrong_usage_exits_with_2_and_says_what_is_right() {
    for (arguments, text) in [
        (
            &["run", "--only", "no.such.check"][..],
            "no check matches `no.such.check`",
        ),
        (
            &["run", "--only", "crud.get.returns-create"],
            "crud.get.returns-created",
        ),
        (
            &["run", "--skip", "nothing.*"],
            "no check matches `nothing.*`",
        ),
        (
            &["run", "--only", "crud.*", "--skip", "crud.*"],
            "nothing is left",
        ),
        (&["run", "nobody"], "there is no subject `nobody`"),
        (&["run", "reference:deviation=nope"], "no deviation `nope`"),
        (&["run", "--report", "report.txt"], "has to end in .json"),
        (
            &["run", "--report", "missing/report.json"],
            "there is no folder missing",
        ),
        (&["run", "--profile", "huge"], "smoke, core, full"),
        (
            &["list", "--area", "nowhere"],
            "there is no area `nowhere`; there are crud",
        ),
        (
            &["explain", "crud.get.return-created"],
            "the nearest are crud.get.returns-created",
        ),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let (code, out, error) = code_and_text(arguments);
        assert_eq!(code, 2, "{arguments:?}: {out}{error}");
        assert!(error.contains(text), "{arguments:?}: {error}");
        assert_eq!(out, "", "{arguments:?} printed before it was refused");
    }
}

#[test]
fn a_report_is_written_whole_and_beside_nothing() {
    let folder = std::env::temp_dir().join(format!("conformance-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("report.json");
    let (code, _, error) = code_and_text(&[
        "run",
        "--profile",
        "smoke",
        "--report",
        path.to_str().unwrap(),
    ]);
    assert_eq!(code, 0, "{error}");
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(report["verdict"], "conformant");
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, 1);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn every_listed_check_is_explained() {
    let (code, list, _) = code_and_text(&["list"]);
    assert_eq!(code, 0);
    let (code, explained, _) = code_and_text(&["explain", "crud.delete.removes"]);
    assert_eq!(code, 0);
    assert!(list.contains("crud.delete.removes "), "{list}");
    assert!(
        explained.contains("catches      delete-ignored"),
        "{explained}"
    );
    let (code, deviations, _) = code_and_text(&["list", "--deviations"]);
    assert_eq!(code, 0);
    assert!(deviations.contains("\ndelete-ignored "), "{deviations}");
}
