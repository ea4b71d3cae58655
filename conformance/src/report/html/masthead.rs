//! What a reader sees first: the verdict, what it rests on, what is wrong.

use maud::{Markup, html};

use super::{
    group::{self, WORST_FIRST},
    matrix,
};
use crate::{
    check::Level,
    report::{CheckReport, Report},
    status::{NotRunReason, Status, StatusKind, Verdict},
};

/// How many kinds of trouble are named before the matrix.
const NAMED: usize = 8;

/// The head of the page.
pub(super) fn masthead(report: &Report) -> Markup {
    let header = &report.header;
    let verdict = report.verdict();
    html! {
        header.masthead.{ "is-" (slug(verdict)) } {
            div.bar {
                span.brand { "Conformance report" }
                button #theme type="button" data-script hidden { "Dark" }
            }
            div.hero {
                p.verdict { (group::icon(sign(verdict))) span { (verdict.as_str()) } }
                h1 { (header.subject) }
                p.why { (why(report)) }
            }
            (proportions(report))
            (digest(report))
            dl.facts {
                @if let Some(version) = &header.plugin_version {
                    dt { "Plugin" } dd { (header.subject) " " (version) }
                }
                dt { "Suite" } dd { (header.suite_version) ", SDK " (header.sdk_version) }
                dt { "Profile" }
                dd {
                    (header.profile.as_str())
                    @if header.strict { ", strict: a SHOULD counts as a MUST" }
                    @if let Some(shard) = &header.shard { ", part " (shard) }
                }
                @if header.programs > 0 { dt { "Seed" } dd { (header.seed) ", " (header.programs) " random programs" } }
                dt { "Catalogue" } dd { code { (header.catalogue) } }
                @if !header.connections.is_empty() {
                    dt { "Connections" } dd { (header.connections.join(", ")) }
                }
                @if !header.command.is_empty() {
                    dt { "Command" } dd { code data-copy { (header.command) } }
                }
            }
            (matrix::types(report))
        }
    }
}

const fn slug(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conformant => "pass",
        Verdict::NotConformant => "fail",
        Verdict::Incomplete => "blocked",
        Verdict::HarnessError => "harness-error",
        Verdict::StaleBaseline => "stale",
    }
}

const fn sign(verdict: Verdict) -> StatusKind {
    match verdict {
        Verdict::Conformant => StatusKind::Pass,
        Verdict::NotConformant => StatusKind::Fail,
        Verdict::Incomplete => StatusKind::Blocked,
        Verdict::HarnessError => StatusKind::HarnessError,
        Verdict::StaleBaseline => StatusKind::UnexpectedPass,
    }
}

/// The verdict as a sentence.
fn why(report: &Report) -> String {
    let of = |wanted: &dyn Fn(&CheckReport) -> bool| {
        report.results.iter().filter(|check| wanted(check)).count()
    };
    let is_must = |check: &CheckReport| check.level == Level::Must;
    let kind = |check: &CheckReport| check.status.kind();
    match report.verdict() {
        Verdict::Conformant => {
            let passed = of(&|check| check.status == Status::Pass);
            format!(
                "Every MUST that applies was seen to be kept: {passed} of {} pass.",
                checks(report.results.len())
            )
        }
        Verdict::NotConformant => {
            let broken = of(&|check| match kind(check) {
                StatusKind::Fail => true,
                StatusKind::Timeout => is_must(check),
                _ => false,
            });
            format!(
                "{broken} of {} say that the contract is not kept.",
                checks(report.results.len())
            )
        }
        Verdict::HarnessError => {
            let errors = of(&|check| kind(check) == StatusKind::HarnessError);
            format!(
                "The suite, or how the plugin is described to it, is wrong in {}; the silence of the others means nothing.",
                checks(errors)
            )
        }
        Verdict::StaleBaseline => {
            let kept = of(&|check| kind(check) == StatusKind::UnexpectedPass);
            format!(
                "{} passed that the baseline expects to fail: write it again.",
                checks(kept)
            )
        }
        Verdict::Incomplete => {
            let interrupted = of(&|check| {
                let reason = NotRunReason::Interrupted;
                check.status == Status::NotRun { reason }
            });
            let blocked = of(&|check| is_must(check) && kind(check) == StatusKind::Blocked);
            match (interrupted, blocked) {
                (0, 0) => "Nothing was seen: no check that applies has run.".to_owned(),
                (0, _) => format!(
                    "No MUST was seen to be broken, and what {} would show could not be seen.",
                    checks(blocked)
                ),
                _ => format!(
                    "The run was interrupted before {} had run.",
                    checks(interrupted)
                ),
            }
        }
    }
}

fn checks(count: usize) -> String {
    match count {
        1 => "1 check".to_owned(),
        _ => format!("{count} checks"),
    }
}

/// How the checks ended, as parts of a whole.
fn proportions(report: &Report) -> Markup {
    let counts = report.counts();
    let mut from = 0;
    let parts: Vec<(StatusKind, usize, usize)> = WORST_FIRST
        .into_iter()
        .filter_map(|kind| {
            let count = *counts.get(&kind)?;
            let part = (kind, from, count);
            from += count;
            Some(part)
        })
        .collect();
    html! {
        @if !parts.is_empty() {
            svg.proportions role="img" aria-label=(group::in_words(&counts)) viewBox={ "0 0 " (from) " 1" } preserveAspectRatio="none" {
                @for (kind, from, count) in &parts {
                    rect.{ "s-" (kind) } x=(from) y="0" width=(count) height="1" {}
                }
            }
            ul.tally {
                @for (kind, _, count) in &parts {
                    li.{ "s-" (kind) } {
                        a href="#checks" data-go={ "status=" (kind) } {
                            (group::icon(*kind)) b { (count) } " " (group::in_word(*kind))
                        }
                    }
                }
            }
        }
    }
}

/// What needs attention, what is alike together, each with a way there.
fn digest(report: &Report) -> Markup {
    let mut alike: Vec<(&CheckReport, String, usize)> = Vec::new();
    for check in report
        .results
        .iter()
        .filter(|check| check.needs_attention())
    {
        let what = match check.status.failure() {
            Some(_) => check.requirement.clone(),
            None => check.status.reason().unwrap_or_default(),
        };
        let same = alike
            .iter_mut()
            .find(|(first, of, _)| *of == what && first.status.kind() == check.status.kind());
        match same {
            Some((_, _, others)) => *others += 1,
            None => alike.push((check, what, 0)),
        }
    }
    alike.sort_by_key(|(check, ..)| group::rank(check.status.kind()));
    html! {
        @if !alike.is_empty() {
            nav.digest aria-label="What needs attention" {
                ol {
                    @for (check, what, others) in alike.iter().take(NAMED) {
                        li.{ "s-" (check.status.kind()) } {
                            (group::icon(check.status.kind()))
                            div {
                                a href={ "#" (check.id) } { (check.id) }
                                @if *others > 0 { " " a.more href="#attention" data-go={ "status=" (check.status.kind()) } { "and " (others) " alike" } }
                                p { (what) }
                            }
                        }
                    }
                }
                @if alike.len() > NAMED {
                    p.more { a href="#attention" { "and " (alike.len() - NAMED) " more" } }
                }
            }
        }
    }
}
