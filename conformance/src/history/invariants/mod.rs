//! What must hold of every history, whatever the check was about.
//!
//! Each invariant is a pure function over a [`Trace`]: the same over a check that has just run and over a file
//! (`conformance replay`). None of them says anything about what the history does not show: events that were not heard,
//! calls that are still under way, a list that nothing proves to be undisturbed.
//!
//! # How a violation is reported
//!
//! An invariant is a check of the catalogue with the same id, so that each is in a report exactly once. Behind *every* check
//! that runs, all of them are judged over its history, and a violation fails the check of the **invariant**, not the
//! one in whose history it was seen: a plugin with one defect then fails the check that is about that defect. The
//! failure names the check where it was seen first, with the slice of its history, and how often it was seen; the
//! command that reproduces it runs that check. As with `suite.clean-up`, the check of the invariant fails whether it was
//! selected or not.
//!
//! The body of these checks takes one tour through everything that a watch does
//! (`checks/history.rs`), once a run for all of them.

mod addressed;
mod apart;
mod counts;
mod deletes;
mod fields;
mod fold;
mod once;
mod order;
#[cfg(test)]
pub(super) mod sample;
mod silence;
mod states;
mod support;
mod violation;

pub(crate) use fold::disagreement;
pub use violation::Violation;

use super::Trace;

/// Something that must hold of every history.
///
/// ```
/// use omniview_conformance::{find_check, history::invariants};
///
/// for invariant in invariants::ALL {
///     println!("{}: {}", invariant.id, find_check(invariant.id).unwrap().requirement);
/// }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Invariant {
    /// The id of its check.
    pub id: &'static str,
    judge: fn(&Trace) -> Vec<Violation>,
}

/// Every invariant, in the order of the catalogue.
pub const ALL: &[Invariant] = &[
    Invariant {
        id: "history.states.are-legal",
        judge: states::judge,
    },
    Invariant {
        id: "history.states.carry-what-belongs",
        judge: fields::judge,
    },
    Invariant {
        id: "history.objects.are-in-order",
        judge: order::judge,
    },
    Invariant {
        id: "history.objects.are-added-once",
        judge: once::judge,
    },
    Invariant {
        id: "history.deletes.carry-state",
        judge: deletes::judge,
    },
    Invariant {
        id: "history.synced.counts-adds",
        judge: counts::judge,
    },
    Invariant {
        id: "history.stopped.is-silent",
        judge: silence::judge,
    },
    Invariant {
        id: "history.events.are-addressed",
        judge: addressed::judge,
    },
    Invariant {
        id: "history.watches.are-apart",
        judge: apart::judge,
    },
    Invariant {
        id: "history.fold.has-the-objects",
        judge: fold::judge_objects,
    },
    Invariant {
        id: "history.fold.has-their-content",
        judge: fold::judge_content,
    },
];

/// Everything that a history violates, invariant by invariant; of each, the first in time comes first.
///
/// ```
/// use std::time::Duration;
/// use omniview_conformance::history::{Known, Step, StepKind, Trace, invariants};
///
/// // An object that is added twice.
/// let mut trace = Trace::new("shop", "watch.changes.are-reported");
/// trace.known = Known::new(vec!["dev".into()], vec!["dev".into()], vec!["core::v1::Pod".into()]);
/// for place in 0..2 {
///     let mut add = Step::new(StepKind::Add, place, Duration::ZERO);
///     add.connection = Some("dev".into());
///     add.key = Some("core::v1::Pod".into());
///     add.id = Some("web".to_owned());
///     add.namespace = Some("shop".to_owned());
///     trace.steps.push(add);
/// }
///
/// let violations = invariants::judge(&trace);
/// assert!(violations.iter().any(|one| one.invariant == "history.objects.are-added-once" && one.at == 1));
/// ```
pub fn judge(trace: &Trace) -> Vec<Violation> {
    // Each of them is about events.
    if trace.events().next().is_none() {
        return Vec::new();
    }
    ALL.iter()
        .flat_map(|invariant| {
            let mut violations = (invariant.judge)(trace);
            violations.sort_by_key(|violation| violation.at);
            for violation in &mut violations {
                violation.invariant = invariant.id;
            }
            violations
        })
        .collect()
}

/// Whether a check is that of an invariant.
pub(crate) fn is_invariant(id: &str) -> bool {
    ALL.iter().any(|invariant| invariant.id == id)
}

#[cfg(test)]
mod tests {
    use super::{sample::trace, *};
    use crate::catalogue;

    #[test]
    fn the_invariants_are_the_checks_of_their_area() {
        let invariants: Vec<&str> = ALL.iter().map(|invariant| invariant.id).collect();
        let checks = catalogue().iter().filter(|check| check.area() == "history");
        assert_eq!(invariants, checks.map(|check| check.id).collect::<Vec<_>>());
    }

    #[test]
    fn an_honest_history_violates_nothing() {
        let trace = trace(&[
            "SYNCING",
            "add a",
            "add b",
            "SYNCED 2",
            "call create c",
            "done",
            "add c",
            "call update a",
            "done",
            "update a {\"id\":\"a\",\"v\":2}",
            "call delete b",
            "done",
            "delete b",
            "call list",
            "listed a {\"v\":2,\"id\":\"a\"} c {\"id\":\"c\"}",
            "quiet",
            "ERROR TIMEOUT slow",
            "SYNCING",
            "add a",
            "add c",
            "SYNCED 2",
            "call stop_connection",
            "STOPPED",
            "done",
            "call start_connection",
            "SYNCING",
            "done",
            "SYNCED 0",
        ]);
        assert_eq!(judge(&trace), []);
    }

    #[test]
    fn a_violation_is_told_with_the_part_of_the_history_that_shows_it() {
        let trace = trace(&[
            "SYNCING",
            "%Other SYNCING",
            "add a",
            "%Other add x",
            "SYNCED 1",
            "add a",
        ]);
        let [violation] = &judge(&trace)[..] else {
            panic!("{:?}", judge(&trace));
        };
        assert_eq!(violation.invariant, "history.objects.are-added-once");
        let failure = violation.failure(&trace);
        assert_eq!(
            failure.history,
            [
                "#0 listen_for_events",
                "#1 event SYNCING g::v::Thing on main",
                "#3 event add g::v::Thing a on main",
                "#5 event SYNCED g::v::Thing (1 objects) on main",
                "#6 event add g::v::Thing a on main",
            ]
        );
    }
}
