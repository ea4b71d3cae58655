//! The part of a history that shows how a check ended, as data.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use omniview_sdk::{ConnectionId, ResourceKey};
use serde::{Deserialize, Serialize};

use super::{Step, StepKind, Trace};

/// The part of a history that shows how a check ended, as data: what a report draws.
///
/// It is bounded, and complete in itself: a call that ends in it begins in it, and where a watch is told of, the state that
/// it was in is told too. The steps are in order; places are left out between them where nothing bears on the ending.
///
/// ```
/// use omniview_conformance::{CheckReport, history::Timeline};
///
/// /// What happened around the end of a check, a line a step; the one that is wrong is marked.
/// fn drawn(report: &CheckReport) -> String {
///     let Timeline { steps, shown_at, .. } = &report.timeline;
///     let line = |step: &omniview_conformance::history::Step| {
///         let mark = if Some(step.sequence) == *shown_at { "> " } else { "  " };
///         format!("{mark}{step}\n")
///     };
///     steps.iter().map(line).collect()
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Timeline {
    /// What happened, without the contents of lists.
    pub steps: Vec<Step>,
    /// The place of the step that shows what is wrong; none where it is what did not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_at: Option<u64>,
}

impl Timeline {
    /// These steps, of which the one at a place shows what is wrong.
    pub fn new(steps: Vec<Step>, shown_at: Option<u64>) -> Self {
        Self { steps, shown_at }
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// How many steps before the end are shown: more than a text has lines for, and no wider than a page.
const BEFORE: usize = 40;

/// How many steps after the one that is wrong are shown: how it went on.
const AFTER: usize = 4;

impl Trace {
    /// The last steps.
    pub fn last_steps(&self) -> Timeline {
        let from = self.steps.len().saturating_sub(BEFORE);
        self.timeline((from..self.steps.len()).collect(), None)
    }

    /// The steps around the one at `place` that are about the same type and connection, or about all of them.
    pub fn steps_around(&self, place: u64) -> Timeline {
        let Some(end) = usize::try_from(place)
            .ok()
            .filter(|end| *end < self.steps.len())
        else {
            return Timeline::default();
        };
        let about = &self.steps[end];
        let concerns = |at: &usize| {
            let step = &self.steps[*at];
            let alike = |one: bool, other: bool, equal: bool| one || other || equal;
            alike(
                about.key.is_none(),
                step.key.is_none(),
                step.key == about.key,
            ) && alike(
                about.connection.is_none(),
                step.connection.is_none(),
                step.connection == about.connection,
            )
        };
        let mut places: BTreeSet<usize> = (0..end).rev().filter(concerns).take(BEFORE).collect();
        places.insert(end);
        places.extend((end + 1..self.steps.len()).filter(concerns).take(AFTER));
        self.timeline(places, Some(place))
    }

    /// These steps, and what a reader has to know of the time before them.
    fn timeline(&self, mut places: BTreeSet<usize>, shown_at: Option<u64>) -> Timeline {
        let mut before = Vec::new();
        let mut watches: BTreeMap<(&ConnectionId, &ResourceKey), usize> = BTreeMap::new();
        for at in &places {
            let step = &self.steps[*at];
            before.extend(step.call.and_then(|call| usize::try_from(call).ok()));
            if let (true, Some(connection), Some(key)) =
                (step.kind.is_event(), &step.connection, &step.key)
            {
                watches.entry((connection, key)).or_insert(*at);
            }
        }
        for ((connection, key), first) in watches {
            before.extend(
                self.steps[..first].iter().rposition(|step| {
                    step.kind == StepKind::State && step.is_about(connection, key)
                }),
            );
        }
        places.extend(before.into_iter().filter(|at| *at < self.steps.len()));
        let steps = places.into_iter().map(|at| Step {
            listed: None,
            // What a report holds can be written and read back exactly.
            at: Duration::from_micros(
                u64::try_from(self.steps[at].at.as_micros()).unwrap_or(u64::MAX),
            ),
            ..self.steps[at].clone()
        });
        Timeline::new(steps.collect(), shown_at)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::invariants::sample::trace, *};

    fn places(timeline: &Timeline) -> Vec<u64> {
        timeline.steps.iter().map(|step| step.sequence).collect()
    }

    #[test]
    fn what_is_about_another_type_or_connection_is_left_out_around_a_step() {
        let trace = trace(&[
            "SYNCING",
            "%Other SYNCING",
            "add a",
            "%Other add x",
            "@other SYNCING",
            "SYNCED 1",
            "add a",
            "%Other SYNCED 1",
            "update a",
        ]);
        let around = trace.steps_around(7);
        assert_eq!(places(&around), [0, 1, 3, 6, 7, 9]);
        assert_eq!(around.shown_at, Some(7));
        assert_eq!(trace.steps_around(99), Timeline::default());
    }

    #[test]
    fn a_bounded_part_begins_with_the_state_that_its_watches_were_in() {
        let mut lines = vec!["SYNCING", "SYNCED 0", "call list"];
        lines.extend(["update a"; 60]);
        lines.push("listed a {}");
        let trace = trace(&lines);
        let last = trace.last_steps();
        // The state, the beginning of the call, and the last steps.
        assert_eq!(places(&last)[..2], [2, 3]);
        assert_eq!(last.steps.len(), BEFORE + 2);
        assert!(last.steps.iter().all(|step| step.listed.is_none()));
        assert_eq!(last.shown_at, None);
    }

    #[test]
    fn a_part_is_read_back_as_it_was_written() {
        let trace = trace(&[
            "SYNCING",
            "add a {\"n\":1}",
            "call get a",
            "refused TIMEOUT",
        ]);
        for timeline in [trace.last_steps(), trace.steps_around(2)] {
            let text = serde_json::to_string(&timeline).unwrap();
            assert_eq!(serde_json::from_str::<Timeline>(&text).unwrap(), timeline);
        }
    }
}
