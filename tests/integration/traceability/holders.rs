//! Who holds which clause: the tests of the workspace, the checks of the suite and the compiler.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::{
    BY_THE_COMPILER,
    page::is_id,
    source::{Above, Mention, mentions},
    workspace,
};

/// The holders of every clause, and every reference to one.
#[derive(Default)]
pub(super) struct Holders {
    /// By clause, as the page shows them.
    by_clause: BTreeMap<String, BTreeSet<String>>,
    /// Each clause that is named somewhere, with the place.
    references: Vec<(String, String)>,
    /// Lines that hold nothing though they look as if they did.
    faults: Vec<String>,
    /// The files with tests that hold something.
    files: BTreeSet<String>,
    /// The names in `mod name;`, wherever it stands.
    modules: BTreeSet<String>,
}

impl Holders {
    /// Looks through the sources of every package of the workspace, the catalogue and the list of the compiler's.
    pub(super) fn find() -> Self {
        let mut holders = Self::default();
        for package in entries(&workspace()) {
            if package.join("Cargo.toml").is_file() {
                holders.read_all(&package.join("src"));
                holders.read_all(&package.join("tests"));
                holders.read_all(&package.join("integration"));
            }
        }
        holders.find_unused_files();
        for check in omniview_conformance::catalogue() {
            let place = format!("the check {}", check.id);
            for clause in check.clauses {
                holders.hold(clause, &place, format!("`{}`", check.id));
            }
        }
        for (clause, reason) in BY_THE_COMPILER {
            holders.hold(
                clause,
                "the list BY_THE_COMPILER",
                format!("the compiler: {reason}"),
            );
        }
        holders
    }

    /// The holders of a clause, as the page shows them.
    pub(super) fn of(&self, clause: &str) -> Vec<&str> {
        let holders = self.by_clause.get(clause).into_iter().flatten();
        holders.map(String::as_str).collect()
    }

    /// Each clause that is named somewhere, with the place.
    pub(super) fn references(&self) -> impl Iterator<Item = (&str, &str)> {
        let references = self.references.iter();
        references.map(|(clause, place)| (clause.as_str(), place.as_str()))
    }

    /// Lines that hold nothing though they look as if they did.
    pub(super) fn faults(&self) -> &[String] {
        &self.faults
    }

    fn hold(&mut self, clause: &str, place: &str, shown: String) {
        self.references.push((clause.to_owned(), place.to_owned()));
        self.by_clause
            .entry(clause.to_owned())
            .or_default()
            .insert(shown);
    }

    /// Reads every source file in a directory and below it.
    fn read_all(&mut self, directory: &Path) {
        for path in entries(directory) {
            if path.is_dir() {
                self.read_all(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()));
                let file = slashed(path.strip_prefix(workspace()).unwrap_or(&path));
                self.modules
                    .extend(source.lines().filter_map(declared_module));
                // Most files say nothing of the contract, and need not be taken apart.
                if source.contains("Contract:") {
                    for mention in mentions(&source) {
                        self.take(&file, mention);
                    }
                }
            }
        }
    }

    /// A file that no module declares is not compiled, whatever its tests say.
    fn find_unused_files(&mut self) {
        for file in &self.files {
            let mut parts = file.trim_end_matches(".rs").rsplit('/');
            let name = match (parts.next(), parts.next()) {
                (Some("main" | "lib"), _) => continue,
                // The root of a test binary.
                (_, Some("tests")) if file.matches('/').count() == 2 => continue,
                (Some("mod"), Some(directory)) => directory,
                (Some(name), _) => name,
                (None, _) => continue,
            };
            if !self.modules.contains(name) {
                self.faults.push(format!(
                    "{file} is declared nowhere as `mod {name};`, so that its tests do not run"
                ));
            }
        }
    }

    fn take(&mut self, file: &str, mention: Mention) {
        let place = format!("{file}:{}", mention.line);
        match mention.above {
            Above::Test(name) => {
                self.files.insert(file.to_owned());
                let text = mention.text.trim_end_matches('.');
                for clause in text.split(',').map(str::trim) {
                    if is_id(clause) {
                        self.hold(clause, &place, format!("`{file}::{name}`"));
                    } else {
                        self.faults.push(format!(
                            "{place} says `{clause}` above the test {name}: list the ids of clauses, separated by \
                             commas, each by itself"
                        ));
                    }
                }
            }
            Above::IgnoredTest(name) => self.faults.push(format!(
                "{place} is above the test {name}, which is ignored and holds nothing"
            )),
            Above::Item
                if file
                    .split('/')
                    .any(|part| part == "tests" || part == "tests.rs") =>
            {
                self.faults
                    .push(format!("{place} is not above a test and holds nothing"));
            }
            Above::Item => {
                let words = mention
                    .text
                    .split(|c: char| c != '-' && !c.is_alphanumeric());
                for clause in words.filter(|word| is_id(word)) {
                    self.references.push((clause.to_owned(), place.clone()));
                }
            }
        }
    }
}

/// The name in a line `mod name;`.
fn declared_module(line: &str) -> Option<String> {
    let (before, name) = line.trim().strip_suffix(';')?.rsplit_once("mod ")?;
    let declares = before.is_empty() || before.starts_with("pub");
    declares.then(|| name.to_owned())
}

/// What a directory holds, sorted; nothing where there is no such directory.
fn entries(directory: &Path) -> Vec<std::path::PathBuf> {
    let found = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<_> = found.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// A path as it is written on every machine.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}
