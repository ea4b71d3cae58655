//! The template of a plugin is one: rendered into a folder of its own, it builds and its tests pass.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn template() -> PathBuf {
    root().join("templates/plugin")
}

/// The files of the template, by their path within it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name == "target" || name == "Cargo.lock" {
            continue;
        }
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// What cargo-generate makes of a file's text, and where it puts the file.
fn render(text: &str, name: &str, sdk: &str) -> String {
    text.replace("{{project-name}}", name)
        .replace("{{sdk}}", sdk)
}

/// A fresh folder that is removed again, and in it the rendered template.
struct Rendered(PathBuf);

impl Rendered {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for file in files(&template()) {
            let inside = file.strip_prefix(template()).unwrap();
            let plain = inside.with_extension("");
            let has_placeholders = inside.extension().is_some_and(|last| last == "liquid");
            // As cargo-generate does: the file with placeholders takes the place of the one without.
            let is_replaced = template()
                .join(format!("{}.liquid", inside.display()))
                .exists();
            if is_replaced || inside == Path::new("cargo-generate.toml") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            let (to, text) = match has_placeholders {
                true => (
                    folder.join(plain),
                    render(&text, name, root().to_str().unwrap()),
                ),
                false => (folder.join(inside), text),
            };
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, text).unwrap();
        }
        // The versions that are here already, so that nothing has to be downloaded.
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        Self(folder)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        // What is built here already is used: the folder above the one for scratch files is that of the build.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .env("INSTA_UPDATE", "no")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap()
    }
}

impl Drop for Rendered {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_copy_and_a_rendering_differ_in_nothing_but_name_and_path() {
    let manifest = fs::read_to_string(template().join("Cargo.toml")).unwrap();
    let liquid = fs::read_to_string(template().join("Cargo.toml.liquid")).unwrap();
    assert_eq!(render(&liquid, "my-plugin", "../.."), manifest);
    assert!(liquid.contains("{{project-name}}") && liquid.contains("{{sdk}}"));
}

#[test]
fn no_other_file_of_the_template_has_what_cargo_generate_would_replace() {
    for file in files(&template()) {
        let text = fs::read_to_string(&file).unwrap();
        let is_template = file.extension().is_some_and(|last| last == "liquid");
        let has_placeholder = text.contains("{{") || text.contains("{%");
        assert_eq!(has_placeholder, is_template, "{}", file.display());
    }
}

#[test]
fn the_rendered_template_is_formatted_builds_and_passes_its_tests() {
    let rendered = Rendered::new("rendered-plugin");
    let tested = rendered.cargo(&["test"]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&tested.stdout), text(&tested.stderr));
    assert!(tested.status.success(), "{out}\n{err}");
    assert!(!err.contains("warning"), "{err}");
    assert!(out.contains("test watch::create_is_told ... ok"), "{out}");
    assert!(
        out.contains("test whoever_listens_is_told_of_every_change ... ok"),
        "{out}"
    );
    crate::readme::shows("cargo test", &format!("{err}\n{out}"));

    let formatted = Command::new("rustfmt")
        .args(["--edition", "2024", "--check"])
        .args(["src/lib.rs", "tests/harness.rs", "tests/conformance.rs"])
        .current_dir(&rendered.0)
        .output();
    // The minimal profile of rustup comes without rustfmt.
    if let Ok(formatted) = formatted {
        assert!(formatted.status.success(), "{}", text(&formatted.stdout));
    }
}
