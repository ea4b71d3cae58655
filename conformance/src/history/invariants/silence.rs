//! A watch that has ended says nothing more.

use omniview_sdk::WatchState;

use super::{
    super::{Step, StepKind, Trace},
    Violation,
    support::{name, shown, watches},
};

/// Contract: WAT-02, WAT-07, WAT-16, WAT-30, WAT-37
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = after_the_last_state(trace);
    violations.extend(after_a_stop(trace));
    violations
}

/// No object is reported between the end of an attempt and the next Syncing.
fn after_the_last_state(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        let mut state = trace.hears_everything().then_some(WatchState::Idle);
        for step in events {
            if step.state.is_some() {
                state = step.state;
            } else if let Some(state) = state
                && !matches!(state, WatchState::Syncing | WatchState::Synced)
            {
                violations.push(Violation::new(
                    step.sequence,
                    format!("what follows {state} in the watch of {watch}"),
                    "no object until the next SYNCING",
                    format!("an event about {}", shown(&name(step))),
                ));
            }
        }
    }
    violations
}

const STOPS: &[&str] = &[
    "stop_connection",
    "stop_connection_watch",
    "delete_connection",
];

/// What may start a watch of a connection.
const STARTS: &[&str] = &[
    "start_connection",
    "start_connection_watch",
    "ensure_resource_watch",
    "restart_resource_watch",
    "update_connection",
    "refresh_connection",
    "get",
    "list",
    "find",
];

/// Once a call that stops a connection's watches was answered, nothing of that connection follows.
fn after_a_stop(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for stop in trace.steps.iter().filter(|step| step.begins(STOPS)) {
        let Some(connection) = &stop.connection else {
            continue;
        };
        let answer = trace.answer_to(stop.sequence);
        let Some(answer) = answer.filter(|answer| answer.code.is_none()) else {
            continue;
        };
        let about_it = |step: &&Step| {
            step.connection
                .as_ref()
                .is_none_or(|named| named == connection)
        };
        let mut starts = trace
            .steps
            .iter()
            .filter(|step| step.begins(STARTS))
            .filter(about_it);
        let ends_before = |start: &Step| {
            trace
                .answer_to(start.sequence)
                .is_some_and(|end| end.sequence < stop.sequence)
        };
        // A start that was under way at the same time may come out last.
        let Some(until) = starts.try_fold(u64::MAX, |until, start| {
            if start.sequence > answer.sequence {
                Some(until.min(start.sequence))
            } else {
                ends_before(start).then_some(until)
            }
        }) else {
            continue;
        };
        let late = trace.events().find(|step| {
            step.connection.as_ref() == Some(connection)
                && (answer.sequence..until).contains(&step.sequence)
        });
        if let Some(late) = late {
            violations.push(Violation::new(
                late.sequence,
                format!(
                    "what follows the answer to {} (#{}) on {connection}",
                    stop.operation.as_deref().unwrap_or_default(),
                    answer.sequence
                ),
                "no event of the connection until it is started again",
                match late.kind {
                    StepKind::State => late.state.unwrap_or_default().ui_name().to_owned(),
                    _ => format!("an event about {}", shown(&name(late))),
                },
            ));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn no_object_is_reported_outside_an_attempt() {
        for (history, expected) in [
            (
                &[
                    "SYNCING", "add a", "SYNCED 1", "update a", "STOPPED", "SYNCING", "add a",
                ][..],
                &[][..],
            ),
            (&["add a"], &[1]),
            (&["SYNCING", "STOPPED", "add a"], &[3]),
            (&["SYNCING", "ERROR X y", "delete a", "SYNCING"], &[3]),
            (&["SYNCING", "FORBIDDEN X", "add a"], &[3]),
            (&["SYNCING", "ERROR X y", "FAILED X y", "update a"], &[4]),
            (&["SKIPPED", "add a"], &[2]),
            (
                &["SYNCING", "%Other SYNCING", "STOPPED", "%Other add a"],
                &[],
            ),
            (&["call listen_for_events", "add a"], &[]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }

    #[test]
    fn nothing_follows_the_answer_to_a_stop() {
        for (history, expected) in [
            (
                &["SYNCING", "call stop_connection", "STOPPED", "done"][..],
                &[][..],
            ),
            (
                &["SYNCING", "call stop_connection", "done", "STOPPED"],
                &[4],
            ),
            (
                &["SYNCING", "call stop_connection_watch", "done", "add a"],
                &[4],
            ),
            (
                &[
                    "SYNCING",
                    "call stop_connection",
                    "refused NOT_CONNECTED",
                    "add a",
                ],
                &[],
            ),
            (
                &[
                    "@other SYNCING",
                    "call stop_connection",
                    "done",
                    "@other add a",
                ],
                &[],
            ),
            (
                &[
                    "SYNCING",
                    "call stop_connection",
                    "done",
                    "call start_connection",
                    "STOPPED",
                ],
                &[],
            ),
            // Both at once: either may come out last.
            (
                &[
                    "SYNCING",
                    "call start_connection",
                    "call stop_connection",
                    "done",
                    "SYNCED 0",
                ],
                &[],
            ),
            (
                &[
                    "SYNCING",
                    "call list",
                    "done",
                    "call stop_connection",
                    "done",
                    "SYNCED 0",
                ],
                &[6],
            ),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
