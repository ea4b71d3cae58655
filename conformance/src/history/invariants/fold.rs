//! What the events tell adds up to what is there.
//!
//! Judged where the history proves that nothing was under way: the harness has waited and said so
//! ([`StepKind::Settled`]), the watch is Synced, and since everything of the type was listed on the same connection no event of it
//! came and no change was made.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{Listed, Step, StepKind, Trace},
    Violation,
    support::{Live, Name, Objects, Watch, shown},
};

/// The objects that the events tell of are those that are listed.
///
/// Contract: WAT-27, SNK-03, SNK-07
pub(super) fn judge_objects(trace: &Trace) -> Vec<Violation> {
    moments(trace)
        .iter()
        .filter_map(|moment| {
            let (missing, surplus) = moment.different_objects();
            if missing.is_empty() && surplus.is_empty() {
                return None;
            }
            let first = missing.iter().chain(&surplus).next().cloned();
            let mut actual = Vec::new();
            for (what, names) in [
                ("listed and not told of", missing),
                ("told of and not listed", surplus),
            ] {
                if !names.is_empty() {
                    actual.push(format!("{what}: {}", some_of(&names)));
                }
            }
            let violation = Violation::new(
                moment.settled,
                format!("the objects that the events of {} add up to", moment.watch),
                format!(
                    "those of the list (#{}), {}",
                    moment.list,
                    moment.listed.len()
                ),
                actual.join("; "),
            );
            Some(match first {
                Some((_, id)) => violation.about(&id),
                None => violation,
            })
        })
        .collect()
}

/// An object is, by the events, what it is in the list.
///
/// A plugin may list objects in another form than it reports them in. Where the objects of the initial list that nobody
/// has touched are the same in both, the form is, and the others are the same too.
///
/// Contract: SNK-09, SNK-03
pub(super) fn judge_content(trace: &Trace) -> Vec<Violation> {
    moments(trace)
        .iter()
        .filter_map(|moment| {
            let stale = moment.stale_objects();
            let (name, live) = stale.first()?;
            Some(
                Violation::new(
                    moment.settled,
                    format!(
                        "what the events of {} tell of {}",
                        moment.watch,
                        shown(name)
                    ),
                    format!("what the list (#{}) shows of it", moment.list),
                    format!(
                        "something else: #{} told of it last ({} of {} objects differ)",
                        live.since,
                        stale.len(),
                        moment.listed.len()
                    ),
                )
                .about(&name.1),
            )
        })
        .collect()
}

/// Whether the events of a watch and the last list of its type disagree, as far as the history goes: for whoever waits until
/// they agree. `None` where the history does not tell.
pub(crate) fn disagreement(
    trace: &Trace,
    connection: &omniview_sdk::ConnectionId,
    key: &omniview_sdk::ResourceKey,
) -> Option<bool> {
    let moment = moment(trace, Watch { connection, key }, trace.steps.len() as u64)?;
    let (missing, surplus) = moment.different_objects();
    Some(!(missing.is_empty() && surplus.is_empty() && moment.stale_objects().is_empty()))
}

/// A quiet moment of a watch.
struct Moment<'t> {
    watch: Watch<'t>,
    settled: u64,
    /// The place of the list.
    list: u64,
    listed: Vec<Listed>,
    folded: BTreeMap<Name, Live>,
    /// The objects that somebody has changed.
    touched: BTreeSet<Name>,
}

impl Moment<'_> {
    fn listed_names(&self) -> BTreeMap<Name, &Listed> {
        // Objects that do not say their namespace are found by their id, if only one has it.
        let mut names = BTreeMap::new();
        for listed in &self.listed {
            let namespace = match &listed.namespace {
                Some(namespace) => namespace.clone(),
                None => {
                    let mut same = self.folded.keys().filter(|(_, id)| *id == listed.id);
                    let namespace = same.next().map(|(namespace, _)| namespace.clone());
                    namespace.unwrap_or_default()
                }
            };
            names.insert((namespace, listed.id.clone()), listed);
        }
        names
    }

    /// What is listed and not told of, and the other way round.
    fn different_objects(&self) -> (Vec<Name>, Vec<Name>) {
        let names = self.listed_names();
        let missing = names.keys().filter(|name| !self.folded.contains_key(name));
        let surplus = self.folded.keys().filter(|name| !names.contains_key(name));
        (missing.cloned().collect(), surplus.cloned().collect())
    }

    /// The objects that are something else in the list, where that says anything.
    fn stale_objects(&self) -> Vec<(Name, &Live)> {
        let names = self.listed_names();
        let differing: Vec<(Name, &Live)> = self
            .folded
            .iter()
            .filter(|(name, live)| {
                names
                    .get(name)
                    .is_some_and(|listed| live.payload.as_ref() != Some(&listed.payload))
            })
            .map(|(name, live)| (name.clone(), live))
            .collect();
        let is_untouched =
            |name: &Name, live: &Live| live.is_initial && !self.touched.contains(name);
        let untouched = self
            .folded
            .iter()
            .any(|(name, live)| is_untouched(name, live) && names.contains_key(name));
        let has_another_form = differing
            .iter()
            .any(|(name, live)| is_untouched(name, live));
        if !untouched || has_another_form {
            return Vec::new();
        }
        differing
    }
}

/// The moments that the harness says are quiet, and that are.
fn moments(trace: &Trace) -> Vec<Moment<'_>> {
    trace
        .steps
        .iter()
        .filter(|step| step.kind == StepKind::Settled)
        .filter_map(|step| {
            let (connection, key) = (step.connection.as_ref()?, step.key.as_ref()?);
            moment(trace, Watch { connection, key }, step.sequence)
        })
        .collect()
}

const MUTATIONS: &[&str] = &["create", "update", "delete"];

fn moment<'t>(trace: &'t Trace, watch: Watch<'t>, settled: u64) -> Option<Moment<'t>> {
    let before = &trace.steps[..usize::try_from(settled).ok()?];
    let answer = before.iter().rev().find(|step| {
        step.is_about(watch.connection, watch.key) && step.listed.is_some() && step.code.is_none()
    })?;
    let list = answer.call?;
    let changes = |step: &&Step| {
        step.key.as_ref() == Some(watch.key)
            && (step.begins(MUTATIONS) || step.kind == StepKind::Outside)
    };
    let is_disturbed = before.iter().any(|step| {
        let is_late = step.sequence > list;
        (is_late && step.kind.is_event() && step.is_about(watch.connection, watch.key))
            || (changes(&step)
                && (is_late
                    || step.kind == StepKind::Begun
                        && trace
                            .answer_to(step.sequence)
                            .is_none_or(|end| end.sequence > list)))
    });
    if is_disturbed {
        return None;
    }
    let mut objects = Objects::new(trace.hears_everything());
    for step in before
        .iter()
        .filter(|step| step.kind.is_event() && step.is_about(watch.connection, watch.key))
    {
        objects.take(step);
    }
    let folded = objects.known()?.clone();
    let listed = answer.listed.as_ref()?.objects()?;
    let touched = before
        .iter()
        .filter(changes)
        .map(super::support::name)
        .collect();
    Some(Moment {
        watch,
        settled,
        list,
        listed,
        folded,
        touched,
    })
}

fn some_of(names: &[Name]) -> String {
    const MOST: usize = 5;
    let mut shown: Vec<String> = names.iter().take(MOST).map(shown).collect();
    if names.len() > MOST {
        shown.push(format!("and {} more", names.len() - MOST));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{
        super::sample::{trace, violated_at},
        *,
    };

    const A: &str = "listed a {\"id\":\"a\"}";

    #[test]
    fn the_events_add_up_to_the_list() {
        for (history, expected) in [
            (
                &["SYNCING", "add a", "SYNCED 1", "call list", A, "quiet"][..],
                &[][..],
            ),
            (&["SYNCING", "SYNCED 0", "call list", A, "quiet"], &[5]),
            (
                &[
                    "SYNCING",
                    "add a",
                    "add b",
                    "SYNCED 2",
                    "call list",
                    A,
                    "quiet",
                ],
                &[7],
            ),
            (
                &[
                    "SYNCING",
                    "add a",
                    "delete a",
                    "SYNCED 1",
                    "call list",
                    A,
                    "quiet",
                ],
                &[7],
            ),
            // The same id elsewhere is another object.
            (
                &["SYNCING", "add x/a", "SYNCED 1", "call list", A, "quiet"],
                &[6],
            ),
            // An attempt that lists again replaces, one that goes on adds.
            (
                &[
                    "SYNCING",
                    "add b",
                    "SYNCED 1",
                    "ERROR X y",
                    "SYNCING",
                    "add a",
                    "SYNCED 1",
                    "call list",
                    A,
                    "quiet",
                ],
                &[],
            ),
            (
                &[
                    "SYNCING",
                    "add a",
                    "SYNCED 1",
                    "ERROR X y",
                    "SYNCING",
                    "add b",
                    "SYNCED 2",
                    "call list",
                    A,
                    "quiet",
                ],
                &[10],
            ),
        ] {
            assert_eq!(violated_at(judge_objects, history), expected, "{history:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_a_moment_that_is_not_quiet() {
        for history in [
            &["SYNCING", "SYNCED 0", "call list", A][..],
            &["SYNCING", "SYNCED 0", "call list", A, "add a", "quiet"],
            &[
                "SYNCING",
                "SYNCED 0",
                "call list",
                A,
                "call create b",
                "quiet",
            ],
            &[
                "SYNCING",
                "SYNCED 0",
                "call create b",
                "call list",
                A,
                "quiet",
            ],
            &[
                "SYNCING",
                "SYNCED 0",
                "call list",
                A,
                "outside insert b",
                "quiet",
            ],
            &["SYNCING", "call list", A, "quiet"],
            &["SYNCING", "SYNCED 0", "STOPPED", "call list", A, "quiet"],
            &["SYNCING", "SYNCED 0", "@other call list", A, "quiet"],
            &[
                "SYNCING",
                "SYNCED 0",
                "call list",
                "refused TIMEOUT",
                "quiet",
            ],
        ] {
            assert_eq!(violated_at(judge_objects, history), [0; 0], "{history:?}");
        }
    }

    #[test]
    fn an_object_is_what_it_was_last_told_to_be() {
        let listed = "listed a {\"id\":\"a\"} b {\"v\":2}";
        for (history, expected) in [
            (
                &[
                    "SYNCING",
                    "add a",
                    "add b {\"v\":1}",
                    "SYNCED 2",
                    "call update b",
                    "done",
                    "update b {\"v\":2}",
                    "call list",
                    listed,
                    "quiet",
                ][..],
                &[][..],
            ),
            // The update was never told of, or told with the state before it.
            (
                &[
                    "SYNCING",
                    "add a",
                    "add b {\"v\":1}",
                    "SYNCED 2",
                    "call update b",
                    "done",
                    "call list",
                    listed,
                    "quiet",
                ],
                &[9],
            ),
            (
                &[
                    "SYNCING",
                    "add a",
                    "add b {\"v\":1}",
                    "SYNCED 2",
                    "update b {\"v\":1}",
                    "call list",
                    listed,
                    "quiet",
                ],
                &[8],
            ),
            // Lists have another form than events: then content says nothing.
            (
                &[
                    "SYNCING",
                    "add a {\"full\":1}",
                    "add b {\"v\":1}",
                    "SYNCED 2",
                    "update b {\"v\":1}",
                    "call list",
                    listed,
                    "quiet",
                ],
                &[],
            ),
            // Nothing is untouched, so that nobody knows whether the form is the same.
            (
                &[
                    "SYNCING",
                    "SYNCED 0",
                    "add a",
                    "add b {\"v\":1}",
                    "call list",
                    listed,
                    "quiet",
                ],
                &[],
            ),
        ] {
            assert_eq!(violated_at(judge_content, history), expected, "{history:?}");
            assert_eq!(violated_at(judge_objects, history), [0; 0], "{history:?}");
        }
    }

    #[test]
    fn whoever_waits_is_told_whether_they_agree() {
        let (connection, key) = ("main".into(), "g::v::Thing".into());
        let said = |lines: &[&str]| disagreement(&trace(lines), &connection, &key);
        assert_eq!(said(&["SYNCING", "SYNCED 0", "call list", A]), Some(true));
        assert_eq!(
            said(&["SYNCING", "add a", "SYNCED 1", "call list", A]),
            Some(false)
        );
        assert_eq!(said(&["SYNCING", "call list", A]), None);
    }
}
