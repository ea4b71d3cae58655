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

/// All of it but the slice of history, which the texts have to do without.
fn of_failure(failure: &Failure) -> String {
    let Failure {
        what,
        expected,
        actual,
        ..
    } = failure;
    let text = format!("    what      {what}\n    expected  {expected}\n    actual    {actual}\n");
    without_hashes(&text)
}

/// Cursors of deviations have a hash in them that is another with another compiler.
fn without_hashes(text: &str) -> String {
    const BEFORE: &str = "position-";
    let mut parts = text.split(BEFORE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|character: char| character.is_ascii_hexdigit());
        let _ = write!(out, "{BEFORE}[hash]{rest}");
    }
    out
}
