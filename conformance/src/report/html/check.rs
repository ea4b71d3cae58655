//! One check: a line that opens.

use std::time::Duration;

use maud::{Markup, html};

use super::{
    difference, group,
    matrix::{EVERY, capabilities},
    timeline,
};
use crate::{halt::Failure, report::CheckReport, status::Status};

/// A check, open or not.
pub(super) fn check(check: &CheckReport, open: bool) -> Markup {
    let kind = check.status.kind();
    let mut about: Vec<&str> = capabilities(check)
        .iter()
        .map(|capability| capability.as_str())
        .collect();
    if about.is_empty() {
        about.push(EVERY);
    }
    html! {
        details.check.{ "s-" (kind) } id=(check.id) open[open]
            data-status=(kind) data-area=(check.area()) data-level=(check.level.as_str()) data-cap=(about.join(" ")) {
            summary {
                (group::icon(kind))
                span.status { (group::in_word(kind)) }
                @if check.needs_attention() { h3 { (check.id) } } @else { span.id { (check.id) } }
                span.requirement { (check.requirement) }
                span.level { (check.level.as_str()) }
            }
            div.body {
                @match check.status.failure() {
                    Some(failure) => { (reason(&check.status)) (failed(failure)) }
                    None => (reason(&check.status)),
                }
                (timeline::timeline(check))
                @if let Some(failure) = check.status.failure() { (reproduction(failure)) }
                (facts(check))
            }
        }
    }
}

fn reason(status: &Status) -> Markup {
    let label = match status {
        Status::Pass | Status::Fail(_) | Status::Warn(_) => return html! {},
        Status::ExpectedFailure { .. } => "Known because",
        Status::UnexpectedPass { .. } => "It was thought to fail because",
        Status::NotApplicable { .. } => "Not declared",
        Status::Blocked { .. } => "Missing",
        Status::Timeout { .. } => "Too slow",
        Status::HarnessError { .. } => "What is wrong",
        Status::NotRun { .. } => "Why",
    };
    html! {
        p.reason { b { (label) } " " span.say { (status.reason().unwrap_or_default()) } }
    }
}

fn failed(failure: &Failure) -> Markup {
    html! {
        p.what { (failure.what) }
        (difference::difference(&failure.expected, &failure.actual))
    }
}

fn reproduction(failure: &Failure) -> Markup {
    html! {
        @if !failure.reproduction.is_empty() {
            details.more {
                summary { "As a test" }
                pre { code data-copy { (failure.reproduction) } }
            }
        }
    }
}

fn facts(check: &CheckReport) -> Markup {
    html! {
        dl.facts {
            @if !check.clauses.is_empty() {
                dt { "Clauses" }
                dd.clauses { @for clause in &check.clauses { a href={ "#clause=" (clause) } data-go={ "clause=" (clause) } { (clause) } " " } }
            }
            @if !check.types.is_empty() {
                dt { "Types" }
                dd { @for (n, key) in check.types.iter().enumerate() { @if n > 0 { ", " } code { (key) } } }
            }
            @if check.calls > 0 {
                dt { "Seen" }
                dd { (check.assertions) " expectations over " (check.calls) " calls"
                    @if !check.elapsed.is_zero() { ", " (spoken(check.elapsed)) } }
            }
            @if !check.reproduce.is_empty() {
                dt { "Reproduce" }
                dd { code data-copy { (check.reproduce) } }
            }
        }
    }
}

/// A duration for people: three digits and a unit.
pub(super) fn spoken(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0 => "0".to_owned(),
        1..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => scaled(micros, 1_000, "ms"),
        1_000_000..60_000_000 => scaled(micros, 1_000_000, "s"),
        _ => format!(
            "{} min {} s",
            duration.as_secs() / 60,
            duration.as_secs() % 60
        ),
    }
}

fn scaled(micros: u128, unit: u128, name: &str) -> String {
    let (whole, tenths) = (micros / unit, micros % unit * 10 / unit);
    if whole >= 100 || tenths == 0 {
        format!("{whole} {name}")
    } else {
        format!("{whole}.{tenths} {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (micros, text) in [
            (0, "0"),
            (40, "40 µs"),
            (1_250, "1.2 ms"),
            (200_000, "200 ms"),
            (2_000_000, "2 s"),
            (123_900_000, "2 min 3 s"),
        ] {
            assert_eq!(spoken(Duration::from_micros(micros)), text);
        }
    }
}
