//! What stands beneath what.

use std::collections::BTreeMap;

use omniview_sdk::{ConnectionId, ResourceKey, WatchState};

use super::scale::Scale;
use crate::history::{Step, StepKind};

/// A call, from its beginning to its end, or something done from outside, which has no length.
pub(super) struct Span<'a> {
    pub(super) step: &'a Step,
    pub(super) answer: Option<&'a Step>,
    pub(super) from: f64,
    pub(super) to: f64,
    /// Where its label begins: in it where there is room, else behind it.
    pub(super) label: f64,
    /// Where it and its label end.
    pub(super) taken: f64,
    /// The row, counted from the top: two that overlap stand in different ones.
    pub(super) row: usize,
}

/// A watch: how far it has come, and what it told.
pub(super) struct Watch<'a> {
    pub(super) connection: &'a ConnectionId,
    pub(super) key: &'a ResourceKey,
    pub(super) bands: Vec<Band<'a>>,
    pub(super) marks: Vec<(&'a Step, f64)>,
}

/// A state of a watch, for as long as it lasts.
pub(super) struct Band<'a> {
    pub(super) step: &'a Step,
    pub(super) state: WatchState,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// How wide a letter of a label is, about.
pub(super) const LETTER: f64 = 6.3;

/// The calls and what was done from outside, in rows in which no label covers another.
pub(super) fn spans<'a>(steps: &'a [Step], scale: &Scale) -> Vec<Span<'a>> {
    let mut spans: Vec<Span<'_>> = Vec::new();
    let mut free: Vec<f64> = Vec::new();
    for (step, from) in steps.iter().zip(&scale.places) {
        if !matches!(step.kind, StepKind::Begun | StepKind::Outside) {
            continue;
        }
        let ended = steps
            .iter()
            .position(|other| other.kind == StepKind::Ended && other.call == Some(step.sequence));
        let to = match (step.kind, ended) {
            (StepKind::Outside, _) => *from,
            (_, Some(at)) => scale.places[at],
            (_, None) => scale.end,
        };
        let length = label(step).chars().count() as f64 * LETTER;
        let label = if to - from >= length { *from } else { to + 8.0 };
        let taken = to.max(label + length) + 10.0;
        let row = free.iter().position(|free| free <= from);
        let row = row.unwrap_or_else(|| {
            free.push(0.0);
            free.len() - 1
        });
        free[row] = taken;
        spans.push(Span {
            step,
            answer: ended.map(|at| &steps[at]),
            from: *from,
            to,
            label,
            taken,
            row,
        });
    }
    spans
}

/// What stands beside a span.
pub(super) fn label(step: &Step) -> &str {
    step.operation.as_deref().unwrap_or_default()
}

/// The watches, in the order in which they appear.
pub(super) fn watches<'a>(steps: &'a [Step], scale: &Scale) -> Vec<Watch<'a>> {
    let mut watches: Vec<Watch<'_>> = Vec::new();
    let mut places: BTreeMap<(&ConnectionId, &ResourceKey), usize> = BTreeMap::new();
    for (step, x) in steps.iter().zip(&scale.places) {
        let (Some(connection), Some(key)) = (&step.connection, &step.key) else {
            continue;
        };
        if !step.kind.is_event() && step.kind != StepKind::Settled {
            continue;
        }
        let place = *places.entry((connection, key)).or_insert_with(|| {
            watches.push(Watch {
                connection,
                key,
                bands: Vec::new(),
                marks: Vec::new(),
            });
            watches.len() - 1
        });
        let watch = &mut watches[place];
        match step.state {
            Some(state) if step.kind == StepKind::State => {
                if let Some(band) = watch.bands.last_mut() {
                    band.to = *x;
                }
                watch.bands.push(Band {
                    step,
                    state,
                    from: *x,
                    to: scale.end,
                });
            }
            _ => watch.marks.push((step, *x)),
        }
    }
    watches
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn call(sequence: u64, operation: &'static str) -> Step {
        let mut step = Step::new(StepKind::Begun, sequence, Duration::ZERO);
        step.operation = Some(operation.into());
        step
    }

    fn answer(sequence: u64, call: u64) -> Step {
        let mut step = Step::new(StepKind::Ended, sequence, Duration::ZERO);
        step.call = Some(call);
        step
    }

    fn state(sequence: u64, key: &str, state: WatchState) -> Step {
        let mut step = Step::new(StepKind::State, sequence, Duration::ZERO);
        step.connection = Some("dev".into());
        step.key = Some(key.into());
        step.state = Some(state);
        step
    }

    #[test]
    fn calls_that_overlap_stand_in_rows_of_their_own() {
        let steps = [
            call(0, "get"),
            call(1, "list"),
            answer(2, 0),
            call(3, "an_operation_of_a_long_name"),
        ];
        let scale = Scale::new(&steps);
        let spans = spans(&steps, &scale);
        assert_eq!(spans.len(), 3);
        assert_ne!(spans[0].row, spans[1].row);
        assert_eq!(spans[0].to, scale.places[2]);
        // Never answered: under way until the end.
        assert_eq!((spans[1].to, spans[1].answer), (scale.end, None));
    }

    #[test]
    fn a_state_lasts_until_the_next_of_its_watch() {
        let steps = [
            state(0, "a::b::C", WatchState::Syncing),
            state(1, "a::b::D", WatchState::Syncing),
            state(2, "a::b::C", WatchState::Synced),
        ];
        let scale = Scale::new(&steps);
        let watches = watches(&steps, &scale);
        assert_eq!(watches.len(), 2);
        let bands: Vec<_> = watches[0]
            .bands
            .iter()
            .map(|band| (band.state, band.from, band.to))
            .collect();
        assert_eq!(
            bands,
            [
                (WatchState::Syncing, scale.places[0], scale.places[2]),
                (WatchState::Synced, scale.places[2], scale.end),
            ]
        );
    }
}
