//! The states of a watch follow one another as the contract says.

use omniview_sdk::WatchState::{
    self, Error, Failed, Forbidden, Idle, Skipped, Stopped, Synced, Syncing,
};

use super::{super::Trace, Violation, support::watches};

/// Contract: WAT-22, WAT-25 to WAT-27, WAT-30 to WAT-32, WAT-37, WAT-41
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    let beginning = trace.hears_everything().then_some(Idle);
    for (watch, events) in watches(trace) {
        let mut state = beginning;
        for step in events {
            let Some(to) = step.state else { continue };
            if let Some(from) = state
                && !after(from).contains(&to)
            {
                let expected: Vec<&str> = after(from).iter().map(|state| state.ui_name()).collect();
                violations.push(Violation::new(
                    step.sequence,
                    format!("what follows {from} in the watch of {watch}"),
                    expected.join(", "),
                    to.ui_name(),
                ));
            }
            state = Some(to);
        }
    }
    violations
}

/// What may follow a state.
fn after(state: WatchState) -> &'static [WatchState] {
    match state {
        Syncing => &[Synced, Error, Forbidden, Stopped],
        Synced => &[Error, Stopped],
        Error => &[Syncing, Failed, Stopped],
        Skipped => &[Syncing, Skipped],
        Idle | Stopped | Failed | Forbidden => &[Syncing, Skipped],
        // A state that is newer than this suite says nothing about what follows.
        _ => WatchState::ALL,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn only_the_documented_transitions_are_legal() {
        for (history, expected) in [
            (&["SYNCING", "SYNCED 0", "STOPPED", "SYNCING"][..], &[][..]),
            (
                &[
                    "SYNCING",
                    "ERROR X y",
                    "SYNCING",
                    "ERROR X y",
                    "FAILED X y",
                    "SYNCING",
                ],
                &[],
            ),
            (&["SYNCING", "FORBIDDEN X", "SYNCING", "STOPPED"], &[]),
            (&["SYNCING", "SYNCED 0", "ERROR X y", "STOPPED"], &[]),
            (&["SKIPPED", "SKIPPED", "SYNCING"], &[]),
            (&["SYNCED 0"], &[1]),
            (&["SYNCING", "SYNCING"], &[2]),
            (&["SYNCING", "SYNCED 0", "SYNCED 0"], &[3]),
            (&["SYNCING", "FAILED X y"], &[2]),
            (&["SYNCING", "SYNCED 0", "FORBIDDEN X"], &[3]),
            (&["SYNCING", "ERROR X y", "FAILED X y", "ERROR X y"], &[4]),
            (&["SYNCING", "STOPPED", "STOPPED"], &[3]),
            (&["SYNCING", "STOPPED", "SYNCED 0"], &[3]),
            (&["SYNCING", "SYNCED 0", "SYNCING"], &[3]),
            // One watch says nothing about another.
            (
                &["SYNCING", "%Other SYNCING", "@other SYNCING", "SYNCED 0"],
                &[],
            ),
            // Somebody else heard the beginning.
            (&["call listen_for_events", "SYNCED 0", "SYNCED 0"], &[3]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
