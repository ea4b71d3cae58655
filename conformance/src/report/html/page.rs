//! The page as a whole.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{check, filters, group, masthead, matrix, visible::visible};
use crate::{
    history::hash_text,
    report::{CheckReport, Report},
    status::StatusKind,
};

const STYLE: &str = include_str!("page.css");
const THEME: &str = include_str!("theme.js");
const SCRIPT: &str = include_str!("page.js");

/// The report as a page.
pub(in crate::report) fn report(report: &Report) -> String {
    let body = body(report);
    // Known to this page alone: it depends on every word of it.
    let nonce = format!("{:016x}", hash_text(&body.0));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'"
    );
    let verdict = report.verdict();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "omniview-conformance " (report.header.suite_version) };
                title { (report.header.subject) ": " (verdict.as_str()) " · conformance" }
                style nonce=(nonce) { (PreEscaped(STYLE)) }
                script nonce=(nonce) { (PreEscaped(THEME)) }
            }
            body {
                (body)
                script nonce=(nonce) { (PreEscaped(SCRIPT)) }
            }
        }
    };
    visible(&page.0)
}

fn body(report: &Report) -> Markup {
    let (mut attention, others): (Vec<&CheckReport>, Vec<&CheckReport>) = report
        .results
        .iter()
        .partition(|check| check.needs_attention());
    attention.sort_by_key(|check| group::rank(check.status.kind()));
    let worst = attention.first().map(|check| check.status.kind());
    html! {
        a.skip href="#checks" { "Skip to the checks" }
        (group::icons())
        (masthead::masthead(report))
        main {
            (matrix::matrix(report))
            (filters::filters(report))
            section #checks tabindex="-1" aria-label="Checks" {
                @if report.results.is_empty() {
                    p.nothing { "The report holds no check." }
                }
                p #none.nothing hidden { "No check is like that. " button type="button" data-clear { "Clear the filters" } }
                @if !attention.is_empty() {
                    section.area #attention {
                        h2 { "Needs attention " span.n { (attention.len()) } }
                        @for result in attention {
                            // What was blocked is seldom why a plugin fails, and often the same.
                            @let open = result.status.kind() != StatusKind::Blocked || worst == Some(StatusKind::Blocked);
                            (check::check(result, open))
                        }
                    }
                }
                (areas(&others))
            }
        }
        footer {
            p { "Written by omniview-conformance " (report.header.suite_version)
                ". This page is whole: it loads nothing from anywhere." }
            p.keys data-script hidden {
                kbd { "/" } " search · " kbd { "j" } " " kbd { "k" } " next, previous check · "
                kbd { "←" } " " kbd { "→" } " along a time line · " kbd { "Esc" } " clear"
            }
        }
        p #said.hidden role="status" aria-live="polite" {}
    }
}

fn areas(checks: &[&CheckReport]) -> Markup {
    html! {
        @for checks in checks.chunk_by(|one, other| one.area() == other.area()) {
            @let area = checks[0].area();
            section.area id={ "area-" (area) } {
                h2 { (area) " " span.n { (group::in_words(&group::counts(checks.iter().copied()))) } }
                @for result in checks { (check::check(result, false)) }
            }
        }
    }
}
