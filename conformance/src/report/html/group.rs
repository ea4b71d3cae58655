//! Statuses as a page tells them apart.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::{report::CheckReport, status::StatusKind};

/// How many checks ended in each way.
pub(super) type Counts = BTreeMap<StatusKind, usize>;

/// The kinds, the worst first: how a cell is coloured, and in which order counts stand.
pub(super) const WORST_FIRST: [StatusKind; 10] = [
    StatusKind::Fail,
    StatusKind::UnexpectedPass,
    StatusKind::Timeout,
    StatusKind::HarnessError,
    StatusKind::Blocked,
    StatusKind::Warn,
    StatusKind::ExpectedFailure,
    StatusKind::Pass,
    StatusKind::NotApplicable,
    StatusKind::NotRun,
];

/// How checks ended, counted.
pub(super) fn counts<'a>(checks: impl IntoIterator<Item = &'a CheckReport>) -> Counts {
    let mut counts = Counts::new();
    for check in checks {
        *counts.entry(check.status.kind()).or_default() += 1;
    }
    counts
}

/// The worst kind that there is.
pub(super) fn worst(counts: &Counts) -> Option<StatusKind> {
    WORST_FIRST
        .into_iter()
        .find(|kind| counts.contains_key(kind))
}

/// How bad a kind is, the worst 0.
pub(super) fn rank(kind: StatusKind) -> usize {
    WORST_FIRST
        .iter()
        .position(|other| *other == kind)
        .unwrap_or(WORST_FIRST.len())
}

/// Counts in words, the worst first: `2 fail, 18 pass`.
pub(super) fn in_words(counts: &Counts) -> String {
    let words: Vec<String> = WORST_FIRST
        .iter()
        .filter_map(|kind| Some(format!("{} {}", counts.get(kind)?, in_word(*kind))))
        .collect();
    words.join(", ")
}

/// A status as people say it.
pub(super) const fn in_word(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Pass => "pass",
        StatusKind::Fail => "fail",
        StatusKind::Warn => "warn",
        StatusKind::ExpectedFailure => "expected failure",
        StatusKind::UnexpectedPass => "unexpected pass",
        StatusKind::NotApplicable => "not applicable",
        StatusKind::Blocked => "blocked",
        StatusKind::Timeout => "timeout",
        StatusKind::HarnessError => "harness error",
        StatusKind::NotRun => "not run",
    }
}

/// The sign of a status; decoration, because a word stands beside it.
pub(super) fn icon(kind: StatusKind) -> Markup {
    html! {
        svg.i aria-hidden="true" { use href={ "#i-" (kind) } {} }
    }
}

/// The signs of all statuses, drawn once. Each has another shape, so that nobody has to tell colours apart.
pub(super) fn icons() -> Markup {
    let stroke = |d: &str| html! { path d=(d) {} };
    let disc = || html! { circle cx="8" cy="8" r="6.5" {} };
    html! {
        svg.icons aria-hidden="true" width="0" height="0" {
            @for kind in StatusKind::ALL {
                symbol id={ "i-" (kind) } viewBox="0 0 16 16" {
                    @match kind {
                        StatusKind::Pass => (stroke("M3 8.5l3.5 3.5L13 4.5")),
                        StatusKind::Fail => (stroke("M4 4l8 8M12 4l-8 8")),
                        StatusKind::Warn => (stroke("M8 2L14.5 13.5H1.5ZM8 6.5v3.2M8 11.6v.4")),
                        StatusKind::ExpectedFailure => { (disc()) (stroke("M5.5 5.5l5 5M10.5 5.5l-5 5")) }
                        StatusKind::UnexpectedPass => { (disc()) (stroke("M5 8.2l2.2 2.3L11 5.8")) }
                        StatusKind::NotApplicable => (stroke("M4 8h8")),
                        StatusKind::Blocked => { (disc()) (stroke("M3.6 3.6l8.8 8.8")) }
                        StatusKind::Timeout => { (disc()) (stroke("M8 4.5V8l2.5 1.5")) }
                        StatusKind::HarnessError => (stroke("M5 2h6l3.5 3.5v5L11 14H5L1.5 10.5v-5ZM8 5v4M8 11v.4")),
                        _ => (disc()),
                    }
                }
            }
        }
    }
}
