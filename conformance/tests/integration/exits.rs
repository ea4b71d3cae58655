//! One test an exit code, and what the files say then.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
};

use omniview_conformance::{NotRunReason, Report, Status, Verdict};

use crate::command::{Folder, conformance};

const BROKEN: &str = "reference:deviation=delete-ignored";

/// Exit code, standard output and standard error of a command in a folder.
fn ran(folder: &Folder, line: &str) -> (i32, String, String) {
    let output = conformance(&line.split(' ').collect::<Vec<_>>())
        .current_dir(&folder.0)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn report(folder: &Folder, name: &str) -> Report {
    Report::from_json(&folder.read(name)).unwrap()
}

#[test]
fn code_0_is_a_plugin_that_conforms_and_every_kind_of_report_says_so() {
    let folder = Folder::new("exit-0");
    let line = "run --profile smoke --report r.json --report r.xml --report r.md --report r.html";
    let (code, out, error) = ran(&folder, line);
    assert_eq!(code, 0, "{out}{error}");
    assert_eq!(report(&folder, "r.json").verdict(), Verdict::Conformant);
    assert!(
        folder
            .read("r.md")
            .starts_with("## Conformance of reference: conformant\n")
    );
    assert!(!folder.read("r.xml").contains("<failure"));
    assert_eq!(folder.names(), ["r.html", "r.json", "r.md", "r.xml"]);
}

#[test]
fn code_1_is_a_plugin_that_does_not_and_a_comparison_that_got_worse() {
    let folder = Folder::new("exit-1");
    let (code, ..) = ran(&folder, "run -q --only crud.delete.* --report old.json");
    assert_eq!(code, 0);
    let line = format!("run {BROKEN} -q --only crud.delete.* --report new.json --report new.xml");
    let (code, out, _) = ran(&folder, &line);
    assert_eq!(code, 1, "{out}");
    assert!(folder.read("new.xml").contains("<failure"));
    let (code, out, _) = ran(&folder, "diff old.json new.json");
    assert_eq!(code, 1, "{out}");
    assert!(
        out.contains("crud.delete.removes: newly failing (pass -> fail)"),
        "{out}"
    );
    let (code, out, _) = ran(&folder, "diff --format json new.json old.json");
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("\"regressed\": false"), "{out}");
    let (code, out, _) = ran(&folder, "diff --format md old.json old.json");
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("## not regressed"), "{out}");
}

#[test]
fn code_2_is_wrong_usage_and_nothing_has_run() {
    let folder = Folder::new("exit-2");
    fs::create_dir(folder.0.join("folder.json")).unwrap();
    folder.write("foreign.json", "{\"results\": []}\n");
    folder.write("cut.json", "{\"format\": \"omniview-conf");
    folder.write(
        "unmatched.toml",
        "[[known]]\nid = \"crud.delet.*\"\nreason = \"why\"\n",
    );
    folder.write("no-reason.toml", "\n[[known]]\nid = \"crud.*\"\n");
    folder.write("wrong.toml", "# mine\nprofil = \"core\"\n");
    let before = folder.names();
    let mut said = String::new();
    for line in [
        "run --report r.txt",
        "run --report missing/r.json",
        "run --report folder.json",
        "run --report r.json --report r.json",
        "run --report r.json --report /proc/r.json",
        "run --history missing/h.jsonl",
        "run --baseline missing.toml",
        "run --baseline unmatched.toml",
        "run --baseline no-reason.toml",
        "run --config wrong.toml",
        "run --config missing.toml",
        "run --only no.such.check",
        "run --shard 3/2",
        "diff foreign.json foreign.json",
        "diff cut.json cut.json",
        "diff missing.json missing.json",
        "bless foreign.json",
        "explain crud.get.return-created",
        "man missing",
    ] {
        let (code, out, error) = ran(&folder, line);
        assert_eq!(code, 2, "{line}: {out}{error}");
        assert_eq!(out, "", "{line}");
        assert!(
            !error.contains("checking"),
            "{line} ran before it was refused: {error}"
        );
        said.push_str(&format!("conformance {line}\n{error}\n"));
    }
    assert_eq!(folder.names(), before);
    insta::assert_snapshot!(said);
}

#[test]
fn code_3_is_a_run_that_has_not_seen_enough() {
    let folder = Folder::new("exit-3");
    let line = "run -q --only crud.unsupported.is-refused --report r.json";
    let (code, out, _) = ran(&folder, line);
    assert_eq!(code, 3, "{out}");
    assert_eq!(report(&folder, "r.json").verdict(), Verdict::Incomplete);
}

#[test]
fn code_4_is_a_suite_that_is_wrong() {
    let folder = Folder::new("exit-4");
    let (code, ..) = ran(&folder, "run -q --profile full --report good.json");
    assert_eq!(code, 0);
    // No check of ours is wrong, so one is made to say that it is.
    let mut report = report(&folder, "good.json");
    report.results[0].status = Status::HarnessError {
        message: "the body panicked".to_owned(),
    };
    folder.write("wrong.json", &report.to_json());
    let (code, out, error) = ran(&folder, "report wrong.json --report r.xml");
    assert_eq!(code, 4, "{out}{error}");
    assert!(out.contains("harness error: "), "{out}");
    assert!(folder.read("r.xml").contains("<error"), "{out}");
}

#[test]
fn a_should_decides_where_it_is_strict_and_only_there() {
    let folder = Folder::new("strict");
    let (code, ..) = ran(&folder, "run -q --profile full --report good.json");
    assert_eq!(code, 0);
    let mut report = report(&folder, "good.json");
    report.results[0].status = Status::Warn(Box::default());
    folder.write("warned.json", &report.to_json());
    for (line, expected) in [
        ("report warned.json", 0),
        ("report warned.json --strict", 1),
        ("report warned.json --strict=false", 0),
    ] {
        let (code, out, error) = ran(&folder, line);
        assert_eq!(code, expected, "{line}: {out}{error}");
    }
}

#[test]
fn code_5_is_a_baseline_that_expects_what_does_not_fail_any_more() {
    let folder = Folder::new("exit-5");
    let broken = format!("run {BROKEN} -q --only crud.delete.removes");
    let (code, ..) = ran(&folder, &format!("{broken} --report broken.json"));
    assert_eq!(code, 1);

    let (code, _, error) = ran(&folder, "bless broken.json");
    assert_eq!(code, 2);
    assert!(
        error.contains("crud.delete.removes") && error.contains("--reason"),
        "{error}"
    );
    let (code, out, _) = ran(
        &folder,
        "bless broken.json --reason later --expires 2027-01-31",
    );
    assert_eq!(code, 0);
    assert!(out.contains("added    crud.delete.removes\n"), "{out}");
    let (code, out, _) = ran(&folder, "bless broken.json");
    assert_eq!(
        (code, out.as_str()),
        (0, "conformance-baseline.toml is up to date\n")
    );

    let with = "--baseline conformance-baseline.toml --today";
    let (code, out, _) = ran(&folder, &format!("{broken} {with} 2027-01-31"));
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = ran(&folder, &format!("{broken} {with} 2027-02-01"));
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("expired on 2027-01-31"), "{out}");

    let line = format!("run -q --only crud.delete.removes {with} 2027-01-31 --report r.json");
    let (code, out, _) = ran(&folder, &line);
    assert_eq!(code, 5, "{out}");
    assert_eq!(report(&folder, "r.json").verdict(), Verdict::StaleBaseline);
    let (code, out, _) = ran(&folder, "bless r.json");
    assert_eq!(code, 0);
    assert!(out.contains("removed  crud.delete.removes\n"), "{out}");
    let (code, out, _) = ran(&folder, &line);
    assert_eq!(code, 0, "{out}");
}

/// A run that lasts until somebody ends it, and has begun.
#[cfg(unix)]
fn endless(
    folder: &Folder,
    stdout: impl Into<Stdio>,
) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = conformance(&[
        "run",
        "--only",
        "model.random-programs",
        "--only",
        "suite.*",
        "--programs",
        "1000000000",
        // One after the other, so that what comes after it does not run.
        "--jobs",
        "1",
        "--report",
        "r.json",
    ])
    .current_dir(&folder.0)
    .stdout(stdout)
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    wait_for(&mut stderr, "checking model");
    (child, stderr)
}

#[cfg(unix)]
fn wait_for(stderr: &mut impl BufRead, text: &str) {
    let mut line = String::new();
    while !line.contains(text) {
        line.clear();
        assert_ne!(
            stderr.read_line(&mut line).unwrap(),
            0,
            "it ended before {text:?}"
        );
    }
}

#[cfg(unix)]
fn send(signal: &str, child: &Child) {
    let killed = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
}

#[cfg(unix)]
#[test]
fn codes_130_and_143_are_an_interrupted_run_that_was_cleaned_up_and_reported() {
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = Folder::new(&format!("exit-{code}"));
        let (mut child, _stderr) = endless(&folder, Stdio::null());
        send(signal, &child);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        let report = report(&folder, "r.json");
        assert_eq!(report.verdict(), Verdict::Incomplete);
        for id in ["model.random-programs", "suite.clean-up"] {
            let interrupted = Status::NotRun {
                reason: NotRunReason::Interrupted,
            };
            assert_eq!(report.result(id).unwrap().status, interrupted, "{id}");
        }
        assert_eq!(folder.names(), ["r.json"]);
    }
}

/// A pipe that is full, so that whoever writes to it waits, until the reader is dropped.
#[cfg(unix)]
fn full_pipe() -> (io::PipeReader, io::PipeWriter, thread::JoinHandle<()>) {
    let (reader, writer) = io::pipe().unwrap();
    let mut filling = writer.try_clone().unwrap();
    let filler = thread::spawn(move || while filling.write_all(&[b' '; 4096]).is_ok() {});
    (reader, writer, filler)
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_the_command_at_once_though_it_is_not_done_with_the_first() {
    for (second, code) in [("-INT", 130), ("-TERM", 143)] {
        let folder = Folder::new(&format!("exit-twice-{code}"));
        // The report cannot be printed, so that a command that is not ended stays.
        let (reader, writer, filler) = full_pipe();
        let (mut child, mut stderr) = endless(&folder, writer);
        send("-INT", &child);
        wait_for(
            &mut stderr,
            "interrupted: cleaning up (once more to stop at once)",
        );
        send(second, &child);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        // It is printed before it is written.
        assert_eq!(folder.names(), [""; 0]);
        drop(reader);
        filler.join().unwrap();
    }
}
