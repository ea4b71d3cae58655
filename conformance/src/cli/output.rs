//! Where output goes, how it looks there, and how a command ends.

use std::{
    env, fmt, fs,
    io::{self, IsTerminal, Write},
    path::Path,
};

use omniview_conformance::{Style, Verdict};

/// Why a command did not do what was asked; exits with 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Usage(pub(super) String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The exit code of wrong usage.
pub(super) const USAGE: u8 = 2;

/// How a command ends.
pub(super) type Outcome = Result<Verdict, Usage>;

/// Writes to standard output. A reader that has gone away has read enough.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line to standard error.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Colours on a terminal, unless `NO_COLOR` is set.
pub(super) fn style() -> Style {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !unwanted {
        Style::Colour
    } else {
        Style::Plain
    }
}

/// Whether somebody looks at standard error while the run goes on.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal() && env::var_os("CI").is_none()
}

/// Writes a file beside its place and moves it there, so that there is never half of one.
///
/// # Errors
///
/// It cannot be written; the message names it.
pub(super) fn write_whole(path: &Path, text: &str) -> Result<(), Usage> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        // What could not be moved is in nobody's way.
        let _ = fs::remove_file(&part);
        Usage(format!("{} cannot be written: {error}", path.display()))
    })
}
