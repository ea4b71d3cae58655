//! Synced comes after the initial list, and says how many objects it had.

use omniview_sdk::WatchState;

use super::{
    super::Trace,
    Violation,
    support::{Objects, Sync, watches},
};

/// Contract: WAT-27
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        let mut objects = Objects::new(trace.hears_everything());
        for step in events {
            if step.state == Some(WatchState::Synced)
                && let Some(sync) = objects.sync()
                && objects.state() == Some(WatchState::Syncing)
            {
                // Across the wire a count of 0 is left out.
                let count = step.count.unwrap_or(0);
                let right = right_counts(sync, objects.live());
                if !usize::try_from(count).is_ok_and(|count| right.contains(&count)) {
                    let added = sync.added.len();
                    violations.push(Violation::new(
                        step.sequence,
                        format!("the count of Synced in the watch of {watch}"),
                        format!("{added}, as many as were added since Syncing"),
                        count.to_string(),
                    ));
                }
            }
            objects.take(step);
        }
    }
    violations
}

/// The counts that the attempt allows: the initial list, without what was removed while it was read or not; for a later
/// attempt that goes on where the last one ended, all objects.
fn right_counts(sync: &Sync, live: usize) -> Vec<usize> {
    let added = sync.added.len();
    let mut counts = vec![added];
    if sync.removed > 0 {
        counts.push(added.saturating_sub(sync.removed));
    }
    if sync.carried > 0 {
        counts.push(live);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn the_count_is_that_of_the_initial_list() {
        for (history, expected) in [
            (&["SYNCING", "SYNCED 0", "add a"][..], &[][..]),
            (&["SYNCING", "SYNCED"], &[]),
            (&["SYNCING", "add a", "add b", "SYNCED 2"], &[]),
            (&["SYNCING", "add a", "SYNCED 2"], &[3]),
            (&["SYNCING", "add a", "SYNCED"], &[3]),
            (&["SYNCING", "SYNCED 1", "add a"], &[2]),
            (&["SYNCING", "SYNCED -1"], &[2]),
            // An object that is told of twice is one.
            (&["SYNCING", "add a", "add a", "SYNCED 1"], &[]),
            (&["SYNCING", "add a", "delete a", "SYNCED 0"], &[]),
            (&["SYNCING", "add a", "delete a", "SYNCED 1"], &[]),
            // Adds of another watch do not count.
            (
                &["SYNCING", "%Other add a", "@other add a", "SYNCED 2"],
                &[4],
            ),
            // A later attempt lists again, or goes on.
            (
                &[
                    "SYNCING",
                    "add a",
                    "SYNCED 1",
                    "ERROR X y",
                    "SYNCING",
                    "add a",
                    "SYNCED 1",
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
                    "SYNCED 3",
                ],
                &[7],
            ),
            // Its beginning was not heard.
            (&["call listen_for_events", "add a", "SYNCED 5"], &[]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
