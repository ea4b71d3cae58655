//! What is done to one watch leaves the others alone.

use omniview_sdk::WatchState;

use super::{
    super::{Step, Trace},
    Violation,
    support::{Watch, watches},
};

/// Stop every watch of a connection, or may.
const OF_A_CONNECTION: &[&str] = &[
    "stop_connection",
    "stop_connection_watch",
    "delete_connection",
    "update_connection",
    "start_connection",
    "refresh_connection",
];

/// Stop the watch of a type.
const OF_A_TYPE: &[&str] = &["stop_resource_watch", "restart_resource_watch"];

/// May stop anything.
const OF_ALL: &[&str] = &["close", "load_connections", "watch_connections"];

/// A watch that is stopped while only others were told to stop. One that ends by itself says why, and is not looked at.
///
/// Contract: CON-15, WAT-16, WAT-42
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        let mut since = 0;
        for step in events {
            match step.state {
                Some(WatchState::Syncing) => since = step.sequence,
                Some(WatchState::Stopped) if step.text.is_empty() => {
                    violations.extend(told_to_another(trace, watch, since, step));
                }
                _ => {}
            }
        }
    }
    violations
}

/// The violation, if only others were told to stop between a Syncing and a Stopped.
fn told_to_another(
    trace: &Trace,
    watch: Watch<'_>,
    since: u64,
    stopped: &Step,
) -> Option<Violation> {
    let mut other = None;
    for call in trace
        .steps
        .iter()
        .take_while(|step| step.sequence < stopped.sequence)
    {
        let stops_connection = call.begins(OF_A_CONNECTION);
        let stops_type = call.begins(OF_A_TYPE);
        let stops_all = call.begins(OF_ALL);
        if !(stops_connection || stops_type || stops_all) {
            continue;
        }
        let answer = trace.answer_to(call.sequence);
        if answer.is_some_and(|answer| answer.sequence < since) {
            continue;
        }
        let same_connection = call.connection.as_ref() == Some(watch.connection);
        if stops_all
            || (stops_connection && same_connection)
            || (stops_type && same_connection && call.key.as_ref() == Some(watch.key))
        {
            return None;
        }
        other = Some(call);
    }
    other.map(|call| {
        Violation::new(
            stopped.sequence,
            format!("the watch of {watch}"),
            "it goes on, since only another was told to stop",
            format!("STOPPED after {call}"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn a_watch_is_stopped_by_what_names_it() {
        for (history, expected) in [
            (
                &["SYNCING", "call stop_resource_watch", "STOPPED"][..],
                &[][..],
            ),
            (
                &[
                    "SYNCING",
                    "call stop_connection",
                    "STOPPED",
                    "%Other SYNCING",
                ],
                &[],
            ),
            (
                &["SYNCING", "%Other call stop_resource_watch", "STOPPED"],
                &[3],
            ),
            (
                &["SYNCING", "@other call stop_resource_watch", "STOPPED"],
                &[3],
            ),
            (&["SYNCING", "@other call stop_connection", "STOPPED"], &[3]),
            (
                &[
                    "SYNCING",
                    "@other call stop_connection",
                    "call stop_connection",
                    "STOPPED",
                ],
                &[],
            ),
            (
                &["SYNCING", "@other call stop_connection", "@other STOPPED"],
                &[],
            ),
            (
                &[
                    "SYNCING",
                    "@other call stop_connection",
                    "call close",
                    "STOPPED",
                ],
                &[],
            ),
            // Told before the watch began, and over by then.
            (
                &[
                    "call stop_resource_watch",
                    "done",
                    "SYNCING",
                    "@other call stop_connection",
                    "STOPPED",
                ],
                &[5],
            ),
            // It says itself why.
            (
                &[
                    "SYNCING",
                    "@other call stop_connection",
                    "STOPPED - returned early",
                ],
                &[],
            ),
            (&["SYNCING", "STOPPED"], &[]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
