//! Histories in a file: one JSON object a line.
//!
//! The first line says what the file is. A line of kind `check` begins the history of a check; the lines up to the next one are
//! its steps, in order, none missing.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Known, Step, Trace};

/// The version of the file's form; it grows when a reader has to change.
pub const FORMAT_VERSION: u64 = 1;

const FORMAT: &str = "omniview-conformance-history";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    kind: String,
    format: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    kind: String,
    subject: String,
    check: String,
    known: Known,
}

/// What is wrong with a file, and in which line.
///
/// ```
/// use omniview_conformance::history::read;
///
/// let error = read("").unwrap_err();
/// assert_eq!(error.to_string(), "line 1: the file is empty");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryFileError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for HistoryFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for HistoryFileError {}

/// Histories as the text of a file.
///
/// ```
/// use omniview_conformance::history::{Trace, write};
///
/// let text = write(&[Trace::new("shop", "watch.sync.is-reached")]);
/// assert_eq!(text.lines().count(), 2);
/// assert!(text.lines().nth(1).unwrap().contains("watch.sync.is-reached"));
/// ```
pub fn write(traces: &[Trace]) -> String {
    let mut out = String::new();
    let mut line = |value: serde_json::Value| {
        out.push_str(&value.to_string());
        out.push('\n');
    };
    line(json!({ "kind": "format", "format": FORMAT, "version": FORMAT_VERSION }));
    for trace in traces {
        line(json!({
            "kind": "check",
            "subject": trace.subject,
            "check": trace.check,
            "known": trace.known,
        }));
        for step in &trace.steps {
            line(json!(step));
        }
    }
    out
}

/// Histories from the text of a file.
///
/// # Errors
///
/// The first line that is not as it should be: no JSON, an unknown field or kind, a step that is out of place.
///
/// # Examples
///
/// ```
/// use omniview_conformance::history::{Trace, read, write};
///
/// let traces = [Trace::new("shop", "watch.sync.is-reached")];
/// assert_eq!(read(&write(&traces))?, traces);
/// # Ok::<(), omniview_conformance::history::HistoryFileError>(())
/// ```
pub fn read(text: &str) -> Result<Vec<Trace>, HistoryFileError> {
    let mut traces: Vec<Trace> = Vec::new();
    let mut lines = text.lines().zip(1..);
    let Some((first, line)) = lines.next() else {
        return Err(wrong(1, "the file is empty"));
    };
    opening(first, line)?;
    for (text, line) in lines {
        let kind = kind_of(text, line)?;
        if kind == "check" {
            let heading: Heading = parsed(text, line)?;
            traces.push(Trace {
                known: heading.known,
                ..Trace::new(heading.subject, heading.check)
            });
            continue;
        }
        let Some(trace) = traces.last_mut() else {
            return Err(wrong(
                line,
                "a step before the first line of kind \"check\"",
            ));
        };
        let step: Step = parsed(text, line)?;
        place(trace, step, line)?;
    }
    Ok(traces)
}

fn opening(text: &str, line: usize) -> Result<(), HistoryFileError> {
    let opening: Opening = parsed(text, line)
        .map_err(|error| wrong(line, format!("this is no history: {}", error.message)))?;
    if opening.format != FORMAT {
        let format = opening.format;
        return Err(wrong(line, format!("this is no history but {format:?}")));
    }
    if opening.version != FORMAT_VERSION {
        return Err(wrong(
            line,
            format!(
                "its version is {} and this suite reads version {FORMAT_VERSION}; record it again",
                opening.version
            ),
        ));
    }
    Ok(())
}

/// Takes a step to the end of a history, if that is where it belongs.
fn place(trace: &mut Trace, step: Step, line: usize) -> Result<(), HistoryFileError> {
    let next = trace.steps.len() as u64;
    if step.sequence != next {
        let found = step.sequence;
        return Err(wrong(
            line,
            format!("step {found} where step {next} should be"),
        ));
    }
    if step.call.is_some_and(|call| call >= next) {
        return Err(wrong(line, "the answer to a call that has not begun"));
    }
    if step.kind.is_event() && (step.connection.is_none() || step.key.is_none()) {
        return Err(wrong(
            line,
            "an event without a connection or without a key",
        ));
    }
    if trace.steps.last().is_some_and(|last| last.at > step.at) {
        return Err(wrong(line, "earlier than the step before it"));
    }
    trace.steps.push(step);
    Ok(())
}

fn kind_of(text: &str, line: usize) -> Result<String, HistoryFileError> {
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
    }
    parsed::<Kind>(text, line).map(|kind| kind.kind)
}

fn parsed<'t, T: Deserialize<'t>>(text: &'t str, line: usize) -> Result<T, HistoryFileError> {
    serde_json::from_str(text).map_err(|error| {
        let text = error.to_string();
        // The text is one line: only the column says something.
        let what = text.split(" at line ").next().unwrap_or(&text);
        wrong(line, format!("{what} (column {})", error.column()))
    })
}

fn wrong(line: usize, message: impl Into<String>) -> HistoryFileError {
    HistoryFileError {
        line,
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::invariants::sample::trace, *};

    fn good() -> Vec<Trace> {
        let one = trace(&[
            "SYNCING",
            "add a {\"n\":1}",
            "SYNCED 1",
            "call list",
            "listed a {\"n\":1}",
            "quiet",
            "ERROR TIMEOUT slow",
        ]);
        let mut two = trace(&["call create a", "refused FORBIDDEN", "outside insert b"]);
        two.check = "another.check".to_owned();
        vec![one, two]
    }

    #[test]
    fn what_is_written_is_read_back_and_written_the_same() {
        let text = write(&good());
        let read = read(&text).unwrap();
        assert_eq!(read, good());
        assert_eq!(write(&read), text);
    }

    #[test]
    fn a_bad_line_is_named_with_what_is_wrong() {
        let text = write(&good());
        let lines: Vec<&str> = text.lines().collect();
        let with = |at: usize, line: &str| {
            let mut lines = lines.clone();
            lines[at - 1] = line;
            read(&lines.join("\n")).unwrap_err().to_string()
        };
        for (at, line, expected) in [
            (1, "", "line 1: this is no history: EOF"),
            (1, "{}", "line 1: this is no history: missing field `kind`"),
            (
                1,
                r#"{"kind":"format","format":"x","version":1}"#,
                "line 1: this is no history but \"x\"",
            ),
            (
                1,
                r#"{"kind":"format","format":"omniview-conformance-history","version":9}"#,
                "line 1: its version is 9 and this suite reads version 1; record it again",
            ),
            (
                2,
                lines[2],
                "line 2: a step before the first line of kind \"check\"",
            ),
            (3, "{\"kind\"", "line 3: EOF"),
            (
                3,
                r#"{"kind":"dance","sequence":0,"atMicros":0}"#,
                "line 3: unknown variant `dance`",
            ),
            (
                3,
                r#"{"kind":"note","sequence":0,"atMicros":0,"x":1}"#,
                "line 3: unknown field `x`",
            ),
            (
                3,
                r#"{"kind":"add","sequence":0,"atMicros":0}"#,
                "line 3: an event without a connection",
            ),
            (4, lines[2], "line 4: step 0 where step 1 should be"),
            (
                4,
                r#"{"kind":"ended","sequence":1,"atMicros":9000000,"call":1}"#,
                "line 4: the answer to a call that has not begun",
            ),
        ] {
            let error = with(at, line);
            assert!(error.starts_with(expected), "{line}: {error}");
        }
        assert_eq!(
            read("").unwrap_err().to_string(),
            "line 1: the file is empty"
        );
    }
}
