//! The report for programs, written and read.

use std::{collections::BTreeSet, fmt};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Report,
    wire::{self, FORMAT, SCHEMA_VERSION, WireReport},
};

/// The JSON Schema (draft 2020-12) of what [`Report::to_json`] writes.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(omniview_conformance::REPORT_SCHEMA).unwrap();
/// assert_eq!(schema["title"], "Conformance report, version 1");
/// ```
pub const REPORT_SCHEMA: &str = include_str!("../../schema/report-v1.json");

/// Why a text cannot be read as a report.
///
/// ```
/// use omniview_conformance::Report;
///
/// let error = Report::from_json("{\n  \"format\": oops").unwrap_err();
/// assert_eq!(error.position.unwrap().line, 2);
/// assert!(error.to_string().starts_with("line 2, column "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// Where, counted from 1; none where it is about the text as a whole.
    pub position: Option<Position>,
    /// What is wrong there, and what to do about it.
    pub message: String,
}

/// A place in a text.
///
/// ```
/// use omniview_conformance::Position;
///
/// let place = Position { line: 2, column: 13 };
/// assert_eq!(format!("report.json:{}:{}", place.line, place.column), "report.json:2:13");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1.
    pub column: usize,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column }) = self.position {
            write!(f, "line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// The report as JSON: keys sorted, and everything that differs from run to run under `volatile`.
pub(super) fn write(report: &Report) -> String {
    // A struct of strings, numbers and maps with keys of text is always JSON.
    let mut document = serde_json::to_value(WireReport::from(report)).unwrap_or_default();
    // Somebody else in the tree may have asked `serde_json` to keep the order of insertion.
    document.sort_all_objects();
    format!("{document:#}\n")
}

/// The report that a text was written from.
pub(super) fn read(text: &str) -> Result<Report, ReadError> {
    // An editor or a shell on Windows may have put a mark before it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
    recognised(&value)?;
    let wire: WireReport = serde_json::from_str(text).map_err(|error| {
        at(
            &error,
            "it is no report of this version as the suite writes it; write it again",
        )
    })?;
    let (verdict, counts) = (wire.verdict.clone(), wire.counts.clone());
    let report = Report::try_from(wire).map_err(about_the_whole)?;
    let mut seen = BTreeSet::new();
    for result in &report.results {
        if !seen.insert(&result.id) {
            return Err(about_the_whole(format!(
                "the check {} is in it twice; write it again",
                result.id
            )));
        }
    }
    let amounts_to = report.verdict().as_str();
    if verdict != amounts_to {
        return Err(about_the_whole(format!(
            "its verdict is `{verdict}` and its results amount to `{amounts_to}`: it was changed after it was written; \
             write it again"
        )));
    }
    if counts != wire::counts(&report) {
        return Err(about_the_whole(
            "its counts are not those of its results: it was changed after it was written; write it again",
        ));
    }
    Ok(report)
}

/// Whether it says of itself that it can be read here.
fn recognised(value: &Value) -> Result<(), ReadError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Opening {
        format: String,
        schema_version: u64,
        #[serde(default)]
        suite_version: String,
    }
    let opening = Opening::deserialize(value).ok();
    let Some(opening) = opening.filter(|opening| opening.format == FORMAT) else {
        return Err(about_the_whole(format!(
            "it is JSON and no report of this suite, which begins with \"format\": \"{FORMAT}\"; \
             `conformance run --report FILE.json` writes one"
        )));
    };
    let Opening {
        schema_version,
        suite_version,
        ..
    } = opening;
    if schema_version != SCHEMA_VERSION {
        return Err(about_the_whole(format!(
            "its schemaVersion is {schema_version}, and this suite, {}, reads {SCHEMA_VERSION}; use the suite that \
             wrote it ({}), or write it again",
            env!("CARGO_PKG_VERSION"),
            if suite_version.is_empty() {
                "it does not say which"
            } else {
                &suite_version
            },
        )));
    }
    Ok(())
}

fn unreadable(text: &str, error: &serde_json::Error) -> ReadError {
    if text.trim().is_empty() {
        return about_the_whole("it is empty; was the run that writes it ended before its end?");
    }
    if error.is_eof() {
        return at(
            error,
            "it ends in the middle; copy it whole or write it again",
        );
    }
    at(
        error,
        "it is no JSON; a report has a name that ends in .json",
    )
}

fn at(error: &serde_json::Error, what_to_do: &str) -> ReadError {
    let text = error.to_string();
    // The place is told once, and first.
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = text.strip_suffix(&place).unwrap_or(&text);
    ReadError {
        position: (error.line() > 0).then(|| Position {
            line: error.line(),
            column: error.column().max(1),
        }),
        message: format!("{what}; {what_to_do}"),
    }
}

fn about_the_whole(message: impl Into<String>) -> ReadError {
    ReadError {
        position: None,
        message: message.into(),
    }
}
