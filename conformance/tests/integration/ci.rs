//! `docs/ci.md` is true: its YAML is YAML, and its commands do what it says.

use std::{env, fs, path::Path, process::Command};

use serde_yaml_ng::Value;

use crate::command::{Folder, conformance};

/// The page, where it is there: it is not part of the published package.
#[expect(
    clippy::print_stderr,
    reason = "what is not tested is not passed over in silence"
)]
fn page() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ci.md");
    let page = fs::read_to_string(path).ok();
    if page.is_none() {
        eprintln!("skipped: docs/ci.md is not part of the published package");
    }
    page
}

/// The code of the blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let parts = page.split(&opening).skip(1);
    parts
        .map(|part| part.split("\n```").next().unwrap().to_owned())
        .collect()
}

/// The steps of every job of every workflow on the page.
fn steps(page: &str) -> Vec<Value> {
    let mut steps = Vec::new();
    for block in blocks(page, "yaml") {
        let workflow: Value = serde_yaml_ng::from_str(&block).unwrap();
        let jobs = workflow["jobs"].as_mapping().unwrap();
        for job in jobs.values() {
            assert!(job["runs-on"].is_string(), "{job:?}");
            steps.extend(job["steps"].as_sequence().unwrap().clone());
        }
    }
    steps
}

#[test]
fn the_workflows_are_yaml_and_every_step_does_something() {
    let Some(page) = page() else { return };
    let steps = steps(&page);
    assert!(steps.len() > 8, "{}", steps.len());
    for step in &steps {
        assert!(
            step["uses"].is_string() != step["run"].is_string(),
            "{step:?}"
        );
    }
}

/// Runs what begins with `conformance` in each step, in one folder, in the order of the page. What builds a plugin's own tests is left
/// out; a run over the reference plugin stands for it.
#[cfg(unix)]
#[test]
fn every_command_of_the_page_runs() {
    let Some(page) = page() else { return };
    let folder = Folder::new("ci");
    let summary = folder.0.join("summary.md");
    let bin = Path::new(env!("CARGO_BIN_EXE_conformance"));
    let path = format!(
        "{}:{}",
        bin.parent().unwrap().display(),
        env::var("PATH").unwrap()
    );
    // What the tests of a plugin would have left, and what the last run of the main branch did.
    fs::create_dir(folder.0.join("parts")).unwrap();
    let args = ["run", "-q", "--profile", "full", "--report"];
    for place in ["parts/whole.json", "main.json"] {
        let ran = conformance(&[&args[..], &[place]].concat())
            .current_dir(&folder.0)
            .status();
        assert!(ran.unwrap().success());
    }
    folder.write("conformance-baseline.toml", "# Nothing is known to fail.\n");
    let mut lines = Vec::new();
    for step in steps(&page) {
        let script = step["run"].as_str().unwrap_or_default().to_owned();
        // A line that goes on in the next is one.
        let script = script.replace("\\\n", " ");
        let ours = script.lines().filter(|line| {
            let line = line.trim_start();
            line.starts_with("conformance ") || line.starts_with("cat report.md")
        });
        lines.extend(ours.map(str::to_owned));
    }
    for block in blocks(&page, "sh") {
        let ours = block
            .lines()
            .filter(|line| line.starts_with("conformance "));
        lines.extend(ours.map(str::to_owned));
    }
    assert!(lines.len() > 8, "{lines:#?}");
    for line in lines {
        // What Actions puts in.
        let line = line.replace("${{ matrix.shard }}", "1");
        let output = Command::new("sh")
            .args(["-ec", &line])
            .current_dir(&folder.0)
            .env("PATH", &path)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{line}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let summary = fs::read_to_string(summary).unwrap();
    assert!(
        summary.contains("## Conformance of reference: conformant"),
        "{summary}"
    );
    assert!(summary.contains("## not regressed"), "{summary}");
}

#[test]
fn the_page_shows_the_template_of_the_defaults() {
    let Some(page) = page() else { return };
    let output = conformance(&["config"]).output().unwrap();
    let template = String::from_utf8(output.stdout).unwrap();
    assert!(
        blocks(&page, "toml").contains(&template.trim_end().to_owned()),
        "docs/ci.md does not show what `conformance config` prints:\n{template}"
    );
}
