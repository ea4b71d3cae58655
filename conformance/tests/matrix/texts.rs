//! What the suite says of each deviation: the texts that an author reads.

use std::{collections::BTreeMap, fmt::Write};

use omniview_conformance::{CheckReport, Failure, Status, catalogue};
use omniview_reference_backend::Deviation;

/// What each check said of each deviation that it names.
#[derive(Default)]
pub(crate) struct Texts(BTreeMap<String, Vec<String>>);

impl Texts {
    pub(crate) fn note(&mut self, deviation: Deviation, result: &CheckReport) {
        let text = match (&result.status, result.status.failure()) {
            (_, Some(failure)) => of_failure(failure),
            (Status::Timeout { .. }, None) => {
                format!("    {}\n", result.status.reason().unwrap_or_default())
            }
            (status, None) => panic!("{deviation}: {} is {status:?}", result.id),
        };
        let texts = self.0.entry(result.id.clone()).or_default();
        texts.push(format!("  over {deviation}\n{text}"));
    }

    /// Compares them with the snapshots, one an area, in the order of the catalogue.
    pub(crate) fn are_those_that_were_reviewed(&self) {
        let mut areas: BTreeMap<&str, String> = BTreeMap::new();
        for check in catalogue() {
            let Some(texts) = self.0.get(check.id) else {
                continue;
            };
            let area = areas.entry(check.area()).or_default();
            let _ = writeln!(area, "{}: {}", check.id, check.requirement);
            texts.iter().for_each(|text| area.push_str(text));
            area.push('\n');
        }
        for (area, text) in areas {
            // Which program of a seed is the first to fail depends on how programs are made.
            let text = match area {
                "model" => without_numbers(&text),
                _ => text,
            };
            insta::assert_snapshot!(format!("of_{area}"), text);
        }
    }
}

fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut digits = false;
    for character in text.chars() {
        if !character.is_ascii_digit() {
            out.push(character);
        } else if !digits {
            out.push('N');
        }
        digits = character.is_ascii_digit();
    }
    out
}

/// All of it but the slice of history, which the texts have to do without; what differs from run to run is redacted.
fn of_failure(failure: &Failure) -> String {
    let Failure {
        what,
        expected,
        actual,
        ..
    } = failure;
    // No order is promised between the watches of different types, so that any of them may be the first or the last.
    let is_of_any_watch = expected.starts_with("no such event") || actual.contains("the last was");
    let actual = match is_of_any_watch {
        true => without_types(actual),
        false => actual.clone(),
    };
    let is_about_any_watch = what.contains("seen behind") || expected.contains("only another");
    let what = match is_about_any_watch {
        true => without_types(what),
        false => what.clone(),
    };
    let text = format!("    what      {what}\n    expected  {expected}\n    actual    {actual}\n");
    // Cursors of deviations have a hash in them that is another with another compiler, and every event more or less moves the
    // places in a history.
    let text = without_what_follows(&text, "position-", |one| one.is_ascii_hexdigit());
    without_what_follows(&text, "#", |one| one.is_ascii_digit())
}

/// Leaves the type out, and what only an object of that type has.
fn without_types(text: &str) -> String {
    let words = text.split(' ').map(|word| match word {
        word if word.contains("::") => "[type]",
        word if word.contains('/') => "[object]",
        word if word.starts_with('(') && word[1..].parse::<u64>().is_ok() => "([count]",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

fn without_what_follows(text: &str, before: &str, goes: fn(&char) -> bool) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|one: char| goes(&one));
        let _ = write!(out, "{before}[…]{rest}");
    }
    out
}
