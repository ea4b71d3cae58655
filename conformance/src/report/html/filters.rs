//! The form that narrows what is shown; nothing without a script, and hidden without one.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{
    group::{self, WORST_FIRST},
    matrix::{EVERY, capabilities},
};
use crate::{check::Level, report::Report};

/// The form.
pub(super) fn filters(report: &Report) -> Markup {
    let counts = report.counts();
    let mut areas: Vec<&str> = Vec::new();
    let mut clauses: BTreeSet<&str> = BTreeSet::new();
    let mut about = BTreeSet::new();
    for check in &report.results {
        if !areas.contains(&check.area()) {
            areas.push(check.area());
        }
        clauses.extend(check.clauses.iter().map(String::as_str));
        about.extend(capabilities(check));
    }
    html! {
        form.filters #filters role="search" aria-label="Checks" data-script hidden {
            div.search {
                label.hidden for="q" { "Search" }
                input #q type="search" name="q" placeholder="Search ids, requirements, messages  ( / )" autocomplete="off" spellcheck="false" aria-controls="checks";
                output #count for="q" aria-live="polite" {}
            }
            div.chips role="group" aria-label="Status" {
                @for kind in WORST_FIRST.iter().filter(|kind| counts.contains_key(kind)) {
                    button.chip.{ "s-" (kind) } type="button" data-status=(kind) aria-pressed="false" {
                        (group::icon(*kind)) (group::in_word(*kind)) " " b { (counts[kind]) }
                    }
                }
            }
            div.selects {
                (choice("area", "Any area", areas.iter().map(|area| (*area, *area))))
                (choice("level", "MUST and SHOULD", [Level::Must, Level::Should].map(|level| (level.as_str(), level.as_str()))))
                (choice("cap", "Any capability", std::iter::once((EVERY, "needs none")).chain(about.iter().map(|one| (one.as_str(), one.as_str())))))
                (choice("clause", "Any clause", clauses.iter().map(|clause| (*clause, *clause))))
                button.quiet type="button" data-clear hidden { "Clear" }
                button.quiet type="button" #unfold aria-pressed="false" { "Open all" }
            }
        }
    }
}

fn choice<'a>(
    name: &str,
    all: &str,
    values: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Markup {
    html! {
        select name=(name) aria-label=(all) {
            option value="" { (all) }
            @for (value, text) in values { option value=(value) { (text) } }
        }
    }
}
