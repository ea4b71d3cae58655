//! Reports of real runs, as files.

use std::{env, fs, path::PathBuf, process::Command, sync::OnceLock};

use omniview_conformance::{Failure, NotRunReason, Report, Status};

use crate::browser::artefacts;

/// What no page may take for markup.
pub(crate) const EVIL: &str = "</script><script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'>\"'&\u{202e}\0\u{1b}[31m-->";

/// The names of the reports.
pub(crate) const NAMES: [&str; 5] = ["conformant", "failing", "incomplete", "empty", "evil"];

/// A report as a file; each is made once.
pub(crate) fn page(name: &str) -> PathBuf {
    static PAGES: OnceLock<Vec<PathBuf>> = OnceLock::new();
    let at = NAMES.iter().position(|known| *known == name);
    PAGES.get_or_init(written)[at.expect("there is such a report")].clone()
}

fn written() -> Vec<PathBuf> {
    let folder = artefacts();
    let conformant = run("reference");
    let failing = run("reference:deviation=duplicates-add");
    let mut empty = conformant.clone();
    empty.results.clear();
    let incomplete = incomplete(conformant.clone());
    let evil = evil(failing.clone());
    let write = |(name, report): (&str, Report)| {
        // Tests of several processes may write it at once; each moves a whole one into its place.
        let draft = folder.join(format!("{name}-{}.draft", std::process::id()));
        let page = folder.join(format!("{name}.html"));
        fs::write(&draft, report.to_html()).expect("the page can be written");
        fs::rename(&draft, &page).expect("the page can be put into its place");
        page
    };
    let reports = [conformant, failing, incomplete, empty, evil];
    NAMES.into_iter().zip(reports).map(write).collect()
}

/// What the command reports of a subject.
fn run(subject: &str) -> Report {
    let file = env::temp_dir().join(format!(
        "page-{}-{}.json",
        std::process::id(),
        subject.replace([':', '='], "-")
    ));
    let ran = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(["run", subject, "--quiet", "--report"])
        .arg(&file)
        .output()
        .expect("the command runs");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    // Read, and not needed any more.
    let _ = fs::remove_file(&file);
    Report::from_json(&text).expect("it is a report")
}

/// A run that was interrupted, over a plugin about which not enough is told.
fn incomplete(mut report: Report) -> Report {
    let length = report.results.len();
    for (at, result) in report.results.iter_mut().enumerate() {
        if at > length / 2 {
            let reason = NotRunReason::Interrupted;
            result.status = Status::NotRun { reason };
        } else if result.area() == "crud" {
            result.status = Status::Blocked {
                prerequisite: "samples of a type (ResourceFixture::sample)".to_owned(),
            };
        }
    }
    report
}

/// A report of a plugin that puts markup wherever it can.
fn evil(mut report: Report) -> Report {
    report.header.subject = EVIL.to_owned();
    report.header.command = EVIL.to_owned();
    report.header.connections = vec![EVIL.to_owned()];
    let declared = report.header.capabilities.values().next().cloned();
    let declared = declared.unwrap_or_default();
    report.header.capabilities.insert(EVIL.into(), declared);
    let mut failure = Failure::default();
    failure.what = EVIL.to_owned();
    failure.expected = format!("{{\"name\": {}}}", serde_json::json!(EVIL));
    failure.actual = format!("{{\"name\": 1, \"is\": {}}}", serde_json::json!(EVIL));
    failure.history = vec![EVIL.to_owned()];
    failure.reproduction = EVIL.to_owned();
    for result in &mut report.results {
        result.types = vec![EVIL.into()];
        result.reproduce = EVIL.to_owned();
        for step in &mut result.timeline.steps {
            step.id = Some(EVIL.to_owned());
            step.text = EVIL.to_owned();
            step.connection = Some(EVIL.into());
            step.key = Some(EVIL.into());
        }
    }
    report.results[0].status = Status::Fail(Box::new(failure));
    report.results[1].status = Status::NotApplicable {
        capability: EVIL.to_owned(),
    };
    report
}
