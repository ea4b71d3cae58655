//! Which assertion failed, in a short text that is the same in the next run.

use super::CheckReport;
#[cfg(feature = "cli")]
use crate::status::StatusKind;
use crate::{halt::Failure, history::hash_text, status::Status};

/// The fingerprint of a check that did not end in time: there is no assertion to tell apart.
const TIMEOUT: &str = "timeout";

impl CheckReport {
    /// What tells its failure from another one of the same check, where it failed, warned or timed out.
    ///
    /// Made of what was expected and of the form of what was seen. What differs from run to run does not count: numbers and
    /// words with a digit in them, whatever is quoted, JSON, and how often something is repeated in a row.
    ///
    /// ```
    /// # use omniview_conformance::Report;
    /// # fn example(report: Report) {
    /// for result in &report.results {
    ///     if let Some(fingerprint) = result.fingerprint() {
    ///         println!("{} {fingerprint}", result.id);
    ///     }
    /// }
    /// # }
    /// ```
    pub fn fingerprint(&self) -> Option<String> {
        match (&self.status, self.status.failure()) {
            (Status::Timeout { .. }, _) => Some(TIMEOUT.to_owned()),
            // A timeout that was known was made an expected failure.
            (Status::ExpectedFailure { .. }, Some(failure)) if failure.what == ENDS => {
                Some(TIMEOUT.to_owned())
            }
            (_, Some(failure)) => Some(of(failure)),
            (_, None) => None,
        }
    }

    /// What was expected and seen, of a timeout too.
    #[cfg(feature = "cli")]
    pub(crate) fn as_failure(&self) -> Option<Failure> {
        match &self.status {
            Status::Timeout { limit, history } => Some(Failure {
                what: ENDS.to_owned(),
                expected: format!("an end within {limit:?}"),
                actual: "none".to_owned(),
                history: history.clone(),
                ..Failure::default()
            }),
            status => status.failure().cloned(),
        }
    }

    /// Whether it is a requirement that was seen not to be kept.
    #[cfg(feature = "cli")]
    pub(crate) fn is_unkept(&self) -> bool {
        matches!(
            self.status.kind(),
            StatusKind::Fail | StatusKind::Warn | StatusKind::Timeout | StatusKind::ExpectedFailure
        )
    }
}

const ENDS: &str = "the check ends in time";

fn of(failure: &Failure) -> String {
    let form = [&failure.what, &failure.expected, &failure.actual].map(|text| form(text));
    format!("{:016x}", hash_text(&form.join("\0")))
}

/// A text without what differs from run to run.
fn form(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let bare = bare(text);
    for word in bare.split(|c: char| c.is_whitespace() || c == ',' || c == ';') {
        let word = if word.contains(|c: char| c.is_ascii_digit()) || is_id(word) {
            "#"
        } else {
            word
        };
        if !word.is_empty() && words.last().is_none_or(|last| last != word) {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}

/// Without what stands in quotes, braces and brackets.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                // To the closing quote, or to the end where the text was cut.
                while let Some(inner) = chars.next() {
                    match inner {
                        '\\' => drop(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                if depth == 0 {
                    out.push_str("\"\"");
                }
            }
            '{' | '[' => {
                if depth == 0 {
                    out.push_str("{}");
                }
                depth += 1;
            }
            '}' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// Whether a word without digits is a random one: hexadecimal, and too long for a word of a language.
fn is_id(word: &str) -> bool {
    let letters = word.chars().filter(|c| *c != '-').count();
    letters >= 8 && word.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(what: &str, expected: &str, actual: &str) -> String {
        of(&Failure {
            what: what.to_owned(),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
            ..Failure::default()
        })
    }

    #[test]
    fn what_differs_from_run_to_run_does_not_count() {
        let one = failing(
            "get of pod-1 in 3 ms",
            r#"{"id":"pod-1","at":"2026-01-01T00:00:00Z"}"#,
            r#"missing: pod-1, pod-2; seen "x\"1" at 0xab of deadbeef-cafe-abba"#,
        );
        let other = failing(
            "get of pod-77 in 12 ms",
            r#"{"id":"pod-77","more":[1,2,{}]}"#,
            r#"missing: pod-7; seen "another" at 0x17 of feedface-abba-cafe"#,
        );
        assert_eq!(one, other);
    }

    #[test]
    fn another_assertion_or_another_error_is_another_fingerprint() {
        let known = failing("get succeeds", "success", "NOT_FOUND: no \"pod-1\"");
        for (what, expected, actual) in [
            ("list succeeds", "success", "NOT_FOUND: no \"pod-1\""),
            ("get succeeds", "an error", "NOT_FOUND: no \"pod-1\""),
            ("get succeeds", "success", "INTERNAL: no \"pod-1\""),
        ] {
            assert_ne!(
                failing(what, expected, actual),
                known,
                "{what} {expected} {actual}"
            );
        }
    }

    #[test]
    fn a_fingerprint_never_changes() {
        // It is written into baselines, which live as long as the plugin.
        assert_eq!(
            failing("get succeeds", "success", "NOT_FOUND"),
            "f562e3ca88dee235"
        );
    }

    #[test]
    fn what_is_cut_in_the_middle_has_a_fingerprint_too() {
        for text in ["{\"a\": [1", "\"open", "\"ends with \\", "]}", ""] {
            assert_eq!(failing(text, text, text).len(), 16);
        }
    }
}
