//! The picture itself.

use maud::{Markup, html};

use super::{
    super::check::spoken,
    lanes::{self, Band, LETTER, Span, Watch},
    scale::Scale,
};
use crate::history::{Step, StepKind, Timeline};

/// Where the lanes begin, under the axis.
const TOP: f64 = 26.0;
/// The heights of a row of calls; of a watch's name, band and marks; of the room between two lanes.
const ROW: f64 = 20.0;
const NAME: f64 = 16.0;
const BAND: f64 = 18.0;
const MARKS: f64 = 18.0;
const GAP: f64 = 8.0;

/// A history as a picture; `ending` says what its end means where no step shows what is wrong.
pub(super) fn picture(timeline: &Timeline, ending: &str) -> Markup {
    let steps = &timeline.steps[..];
    let scale = Scale::new(steps);
    let spans = lanes::spans(steps, &scale);
    let watches = lanes::watches(steps, &scale);
    let rows = spans.iter().map(|span| span.row + 1).max().unwrap_or(0);
    let mut y = TOP;
    let calls_at = y;
    if rows > 0 {
        y += NAME + rows as f64 * ROW + GAP;
    }
    let mut watches_at = Vec::with_capacity(watches.len());
    for watch in &watches {
        watches_at.push(y);
        y += NAME + BAND + GAP;
        if !watch.marks.is_empty() {
            y += MARKS;
        }
    }
    // The last line is for what the end means.
    let height = y + 12.0;
    let width = spans
        .iter()
        .map(|span| span.taken)
        .fold(scale.width, f64::max);
    let shown = timeline.shown_at.and_then(|at| {
        let place = steps.iter().position(|step| step.sequence == at)?;
        Some(scale.places[place])
    });
    html! {
        svg width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="img" aria-label=(summary(steps)) {
            (axis(steps, &scale, height))
            (wrong(shown, ending, &scale, height))
            @if rows > 0 {
                text.lane x="2" y=(calls_at + 11.0) { "calls" }
                @for span in &spans { (call(span, calls_at + NAME)) }
            }
            @for (watch, y) in watches.iter().zip(&watches_at) { (drawn(watch, *y)) }
            @for (step, x) in steps.iter().zip(&scale.places) {
                @if step.kind == StepKind::Note {
                    g.step data-n=(step.sequence) { title { (told(step)) } path.note d={ "M" (x - 4.0) " " (TOP - 4.0) "h8l-4 6z" } {} }
                }
            }
        }
    }
}

/// The times, where there is room, and a line where time passes.
fn axis(steps: &[Step], scale: &Scale, height: f64) -> Markup {
    let mut ticks: Vec<(f64, String)> = Vec::new();
    let mut free = 0.0;
    let mut before = None;
    for (step, x) in steps.iter().zip(&scale.places) {
        if before != Some(step.at) {
            let text = spoken(step.at);
            if *x >= free {
                free = x + text.chars().count() as f64 * LETTER + 10.0;
                ticks.push((*x, text));
            } else {
                ticks.push((*x, String::new()));
            }
        }
        before = Some(step.at);
    }
    html! {
        g.axis aria-hidden="true" {
            @for (x, text) in &ticks {
                line x1=(x) x2=(x) y1="16" y2=(height) {}
                @if !text.is_empty() { text x=(x) y="11" { (text) } }
            }
        }
    }
}

fn wrong(shown: Option<f64>, ending: &str, scale: &Scale, height: f64) -> Markup {
    let (x, text) = match shown {
        Some(x) => (x, "this one"),
        None => (scale.end, ending),
    };
    html! {
        g.wrong {
            @if shown.is_some() { rect x=(x - 8.0) y="14" width="16" height=(height - 30.0) rx="3" {} }
            @else { line x1=(x) x2=(x) y1="14" y2=(height - 14.0) {} }
            text x=(x - 8.0) y=(height - 3.0) { (text) }
        }
    }
}

fn call(span: &Span<'_>, top: f64) -> Markup {
    let y = top + span.row as f64 * ROW;
    let step = span.step;
    let refused = span.answer.is_some_and(|answer| answer.code.is_some());
    let mut title = told(step);
    match span.answer {
        Some(answer) => {
            title.push('\n');
            title.push_str(&told(answer));
        }
        None if step.kind == StepKind::Begun => title.push_str("\nnot answered"),
        None => {}
    }
    html! {
        g.step.call .refused[refused] .open[span.answer.is_none()] data-n=(step.sequence) data-until=[span.answer.map(|answer| answer.sequence)] {
            title { (title) }
            @if step.kind == StepKind::Outside {
                g transform={ "translate(" (span.from) " " (y + 8.0) ")" } { (sign(StepKind::Outside)) }
            } @else {
                rect x=(span.from - 3.0) y=(y + 1.0) width=(span.to - span.from + 6.0) height="14" rx="4" {}
            }
            text x=(span.label) y=(y + 12.0) { (lanes::label(step)) }
        }
    }
}

fn drawn(watch: &Watch<'_>, top: f64) -> Markup {
    let marks_at = top + NAME + BAND + MARKS / 2.0 + 1.0;
    html! {
        text.lane x="2" y=(top + 11.0) { (watch.key) " on " (watch.connection) }
        @for band in &watch.bands { (drawn_band(band, top + NAME)) }
        @for (step, x) in &watch.marks {
            g.step data-n=(step.sequence) transform={ "translate(" (x) " " (marks_at) ")" } {
                title { (told(step)) }
                rect.reach x="-9" y="-9" width="18" height="18" {}
                (sign(step.kind))
            }
        }
    }
}

fn drawn_band(band: &Band<'_>, y: f64) -> Markup {
    let name = band.state.ui_name();
    let width = band.to - band.from;
    let room = name.chars().count() as f64 * (LETTER + 0.5) + 8.0;
    html! {
        g.step.band.{ "w-" (name.to_lowercase()) } data-n=(band.step.sequence) {
            title { (told(band.step)) }
            rect x=(band.from) y=(y) width=(width) height=(BAND) rx="3" {}
            @if width >= room { text x=(band.from + 5.0) y=(y + 12.5) { (name) } }
        }
    }
}

/// The sign of a step, around the origin.
pub(super) fn sign(kind: StepKind) -> Markup {
    html! {
        @match kind {
            StepKind::Add => { path.add d="M-5 0H5M0-5V5" {} },
            StepKind::Update => { circle.update r="4" {} },
            StepKind::Delete => { path.delete d="M-4-4L4 4M4-4L-4 4" {} },
            StepKind::Outside => { path.outside d="M0-5.5L5.5 0 0 5.5-5.5 0Z" {} },
            _ => { path.settled d="M-4 0H4" {} },
        }
    }
}

/// A step in a line, with its time.
fn told(step: &Step) -> String {
    format!("{step} · {}", spoken(step.at))
}

fn summary(steps: &[Step]) -> String {
    let calls = steps.iter().filter(|step| step.kind == StepKind::Begun);
    let events = steps.iter().filter(|step| step.kind.is_event());
    format!(
        "{} calls and {} events; the list below has them in words",
        calls.count(),
        events.count()
    )
}
