//! The history of a check, drawn: calls as spans, watch states as bands, events as marks, over virtual time.
//!
//! The way from left to right is the order of the history, because much of it happens at one moment of virtual time; where time
//! passes the picture is stretched, by the logarithm, and the axis says how late it is.

mod draw;
mod lanes;
mod scale;

use maud::{Markup, html};

use super::check::spoken;
use crate::{
    history::{Step, StepKind},
    report::CheckReport,
    status::Status,
};

/// How many letters of a remark are read at once.
const LONG: usize = 120;

/// The history as a picture and as a list; only the list where there are no steps to draw.
pub(super) fn timeline(check: &CheckReport) -> Markup {
    let lines = lines(check);
    let timeline = &check.timeline;
    if timeline.is_empty() {
        return html! {
            @if !lines.is_empty() {
                details.more open { summary { "History" } pre.history { (lines.join("\n")) } }
            }
        };
    }
    // The steps stand in the list; what else the text says, such as where it was seen too, does not.
    let remarks = lines.iter().filter(|line| !line.starts_with('#'));
    html! {
        figure.timeline {
            figcaption { "History" (legend(&timeline.steps)) }
            div.scroll tabindex="0" role="group" aria-label="Time line: the arrow keys go from step to step" {
                (draw::picture(timeline, &ending(&check.status)))
            }
            p.readout data-script hidden { }
            @for remark in remarks {
                @if remark.chars().count() > LONG {
                    details.more {
                        summary { (remark.chars().take(LONG).collect::<String>()) "…" }
                        p.remark { (remark) }
                    }
                } @else { p.remark { (remark) } }
            }
            details.more {
                summary { (timeline.steps.len()) " steps as text" }
                ol.steps {
                    @for step in &timeline.steps {
                        li data-n=(step.sequence) .wrong[timeline.shown_at == Some(step.sequence)] {
                            span.at { (spoken(step.at)) } " " span.say { (step) }
                        }
                    }
                }
            }
        }
    }
}

/// The history as text.
fn lines(check: &CheckReport) -> &[String] {
    match (&check.status, check.status.failure()) {
        (_, Some(failure)) => &failure.history,
        (Status::Timeout { history, .. }, None) => history,
        _ => &[],
    }
}

/// What the end of the picture means where no step shows what is wrong.
fn ending(status: &Status) -> String {
    match status {
        Status::Timeout { limit, .. } => format!("time is up: {}", spoken(*limit)),
        Status::Blocked { .. } => "blocked".to_owned(),
        Status::HarnessError { .. } => "error".to_owned(),
        _ => "found here".to_owned(),
    }
}

/// The signs that occur.
fn legend(steps: &[Step]) -> Markup {
    const SIGNS: [(StepKind, &str); 5] = [
        (StepKind::Add, "add"),
        (StepKind::Update, "update"),
        (StepKind::Delete, "delete"),
        (StepKind::Settled, "quiet"),
        (StepKind::Outside, "behind the plugin's back"),
    ];
    let occurs = |kind| steps.iter().any(|step| step.kind == kind);
    html! {
        ul.legend aria-label="Legend" {
            @for (kind, name) in SIGNS.into_iter().filter(|(kind, _)| occurs(*kind)) {
                li { svg width="12" height="12" viewBox="-6 -6 12 12" aria-hidden="true" { (draw::sign(kind)) } (name) }
            }
        }
    }
}
