//! The command, from its arguments to its exit code.

use std::{
    fs,
    path::PathBuf,
    process::{self, Command},
};

/// The command with arguments, ready to be run; the environment of the test says nothing about colours.
pub(crate) fn conformance(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

/// A folder that goes away with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("conformance-{name}-{}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn code_and_text(arguments: &[&str]) -> (i32, String, String) {
    let output = conformance(arguments).output().unwrap();
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
fn every_listed_check_is_explained() {
    let (code, list, _) = code_and_text(&["list"]);
    assert_eq!(code, 0);
    let (code, explained, _) = code_and_text(&["explain", "crud.delete.removes"]);
    assert_eq!(code, 0);
    assert!(list.contains("crud.delete.removes "), "{list}");
    assert!(
        explained.contains("  - delete-ignored: Delete answers "),
        "{explained}"
    );
    let (code, deviations, _) = code_and_text(&["list", "--deviations"]);
    assert_eq!(code, 0);
    assert!(deviations.contains("\ndelete-ignored "), "{deviations}");
}

#[test]
fn colours_and_detail_are_as_they_are_asked_for() {
    let run = ["run", "--no-config", "--only", "crud.delete.*"];
    let with = |more: &[&str]| conformance(&[&run, more].concat());
    let text = |command: &mut Command| {
        let output = command.output().unwrap();
        assert!(output.status.success());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    };
    let escape = '\u{1b}';
    assert!(!text(&mut with(&[])).0.contains(escape));
    assert!(
        text(with(&[]).env("CLICOLOR_FORCE", "1"))
            .0
            .contains(escape)
    );
    assert!(text(&mut with(&["--color", "always"])).0.contains(escape));
    let both = text(with(&[]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!both.0.contains(escape));

    let (plain, lines) = text(&mut with(&[]));
    assert!(
        lines.contains("checking crud\n") && !lines.contains("crud.delete.removes"),
        "{lines}"
    );
    let (quiet, nothing) = text(&mut with(&["--quiet"]));
    assert!(
        quiet.starts_with("conformant: ") && quiet.len() < plain.len(),
        "{quiet}"
    );
    assert_eq!(nothing, "");
    let (_, each) = text(&mut with(&["-v"]));
    assert!(
        each.contains("pass           crud.delete.removes ("),
        "{each}"
    );
}

#[test]
fn what_other_programs_read_is_printed() {
    for (arguments, text) in [
        (&["completions", "bash"][..], "complete -F _conformance"),
        (&["completions", "zsh"], "#compdef conformance"),
        (&["completions", "fish"], "complete -c conformance"),
        (&["man"], ".TH conformance 1"),
        (&["schema"], "\"Conformance report, version 1\""),
        (&["config"], "# profile = \"core\""),
    ] {
        let (code, out, error) = code_and_text(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
        assert!(out.contains(text), "{arguments:?}: {out}");
    }
    let folder = Folder::new("man");
    let (code, ..) = code_and_text(&["man", folder.0.to_str().unwrap()]);
    assert_eq!(code, 0);
    let names = folder.names();
    for page in ["conformance.1", "conformance-run.1", "conformance-diff.1"] {
        assert!(names.contains(&page.to_owned()), "{names:?}");
    }
}

#[test]
fn defaults_are_taken_from_the_nearest_file_upward_and_the_command_line_wins() {
    let folder = Folder::new("config");
    folder.write(
        "conformance.toml",
        "only = \"crud.delete.*\"\nreport = [\"r.json\"]\n",
    );
    fs::create_dir(folder.0.join("inner")).unwrap();
    let ran = |arguments: &[&str]| {
        let mut command = conformance(arguments);
        let output = command
            .current_dir(folder.0.join("inner"))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let narrowed = ran(&["run"]);
    assert!(
        folder
            .read("r.json")
            .contains("omniview-conformance-report")
    );
    assert!(narrowed.contains("not-run"), "{narrowed}");
    let other = ran(&["run", "-v", "--only", "crud.get.*"]);
    assert_ne!(narrowed, other);
    let whole = ran(&["run", "--no-config"]);
    assert!(whole.contains("\nwatch "), "{whole}");
}
