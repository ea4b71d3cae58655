//! Where output goes, how it looks there, and how a command ends.

use std::{
    env,
    ffi::OsString,
    fmt, fs,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::OnceLock,
};

use omniview_conformance::{Report, Style, Verdict};

use super::args::ColorChoice;

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

static CHOICE: OnceLock<ColorChoice> = OnceLock::new();

/// Takes what the command line says about colours, once.
pub(super) fn choose_colours(choice: ColorChoice) {
    let _ = CHOICE.set(choice);
}

/// How standard output looks.
pub(super) fn style() -> Style {
    let choice = CHOICE.get().copied().unwrap_or_default();
    decide(choice, |name| env::var_os(name), io::stdout().is_terminal())
}

/// The command line first, then the environment as the others of its kind read it, then whether it is a terminal.
fn decide(
    choice: ColorChoice,
    variable: impl Fn(&str) -> Option<OsString>,
    is_terminal: bool,
) -> Style {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let is = |name: &str, value: &str| set(name).is_some_and(|is| is == value);
    let coloured = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR").is_some() => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => is_terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"),
    };
    if coloured {
        Style::Colour
    } else {
        Style::Plain
    }
}

/// Whether somebody looks at standard error while the run goes on.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal() && env::var_os("CI").is_none()
}

/// The report that a file holds.
///
/// # Errors
///
/// It cannot be read, or holds none; the message names the file, the place and what to do.
pub(super) fn read_report(path: &Path) -> Result<Report, Usage> {
    let shown = path.display();
    let bytes =
        fs::read(path).map_err(|error| Usage(format!("{shown} cannot be read: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Usage(format!("{shown}: it is no text, and so no report")))?;
    Report::from_json(&text).map_err(|error| Usage(format!("{shown}: {error}")))
}

/// Writes a text after a prefix and its further lines after another, none wider than a terminal; a longer word is left
/// whole.
pub(super) fn wrapped(out: &mut String, prefix: &str, further: &str, text: &str) {
    const WIDTH: usize = 80;
    let mut line = prefix.to_owned();
    let mut empty = true;
    for word in text.split_whitespace() {
        let gap = usize::from(!empty);
        if !empty && line.chars().count() + gap + word.chars().count() > WIDTH {
            out.push_str(line.trim_end());
            out.push('\n');
            line = further.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_as_the_command_line_the_environment_and_the_terminal_say() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, environment, is_terminal, coloured) in [
            (Auto, &[][..], true, true),
            (Auto, &[], false, false),
            (Auto, &[("NO_COLOR", "1")], true, false),
            (Auto, &[("NO_COLOR", "")], true, true),
            (Auto, &[("CLICOLOR_FORCE", "1")], false, true),
            (Auto, &[("CLICOLOR_FORCE", "0")], false, false),
            (
                Auto,
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                true,
                false,
            ),
            (Auto, &[("CLICOLOR", "0")], true, false),
            (Auto, &[("TERM", "dumb")], true, false),
            (Always, &[("NO_COLOR", "1")], false, true),
            (Never, &[("CLICOLOR_FORCE", "1")], true, false),
        ] {
            let variable = |name: &str| {
                let found = environment.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            let style = decide(choice, variable, is_terminal);
            assert_eq!(
                style == Style::Colour,
                coloured,
                "{choice:?} {environment:?} {is_terminal}"
            );
        }
    }

    #[test]
    fn no_line_is_wider_than_a_terminal_unless_it_is_one_word() {
        let mut out = String::new();
        wrapped(&mut out, "  - ", "    ", &"word ".repeat(60));
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        assert_eq!(
            out.split_whitespace()
                .filter(|word| *word == "word")
                .count(),
            60
        );
        let mut out = String::new();
        wrapped(&mut out, "> ", "  ", &format!("a {} b", "x".repeat(90)));
        assert_eq!(out, format!("> a\n  {}\n  b\n", "x".repeat(90)));
    }
}
