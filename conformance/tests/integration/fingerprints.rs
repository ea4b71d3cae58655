//! A fingerprint is the same in the next run, and another for another defect.

use omniview_conformance::{
    Report,
    diff::{ChangeKind, Diff, DiffOptions},
};

use crate::command::{Folder, conformance};

fn report(folder: &Folder, deviation: &str, seed: &str) -> Report {
    let subject = format!("reference:deviation={deviation}");
    let output = conformance(&["run", &subject, "--no-config", "--quiet"])
        .args(["--skip", "model.*", "--seed", seed, "--report", "r.json"])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{deviation}");
    Report::from_json(&folder.read("r.json")).unwrap()
}

fn fingerprints(report: &Report) -> Vec<(&str, String)> {
    let all = report.results.iter();
    all.filter_map(|result| Some((result.id.as_str(), result.fingerprint()?)))
        .collect()
}

#[test]
fn the_same_defect_has_the_same_fingerprints_in_another_run() {
    let folder = Folder::new("fingerprints");
    for deviation in [
        "delete-ignored",
        "create-accepts-duplicates",
        "total-of-page",
    ] {
        let (one, other) = (
            report(&folder, deviation, "1"),
            report(&folder, deviation, "2"),
        );
        assert_ne!(fingerprints(&one), [], "{deviation}");
        assert_eq!(fingerprints(&one), fingerprints(&other), "{deviation}");
        let diff = Diff::between(&one, &other, &DiffOptions::new());
        assert!(!diff.regressed(), "{}", diff.to_text());
    }
}

#[test]
fn another_defect_of_the_same_check_has_another_fingerprint() {
    let folder = Folder::new("other-fingerprints");
    let one = report(&folder, "get-missing-succeeds", "1");
    let other = report(&folder, "get-missing-internal", "1");
    let diff = Diff::between(&one, &other, &DiffOptions::new());
    let otherwise = diff.changes.iter().any(|change| {
        change.kind == ChangeKind::FailsOtherwise
            && change.subject == "crud.get.unknown-is-not-found"
    });
    assert!(otherwise, "{}", diff.to_text());
}
