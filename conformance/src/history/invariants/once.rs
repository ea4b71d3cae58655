//! An object that is there is not added again.

use super::{
    super::Trace,
    Violation,
    support::{Breach, Objects, name, shown, watches},
};

/// Contract: SNK-03, WAT-27
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        let mut objects = Objects::new(trace.hears_everything());
        for step in events {
            if let Some(Breach::AddedTwice(since)) = objects.take(step) {
                let object = shown(&name(step));
                violations.push(Violation::new(
                    step.sequence,
                    format!("the add of {object} in the watch of {watch}"),
                    "an object that is not there",
                    format!(
                        "it is there: #{since} told of it, and no delete or Syncing came since"
                    ),
                ));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn an_object_is_added_once_until_it_is_gone_or_listed_again() {
        for (history, expected) in [
            (
                &["SYNCING", "add a", "add b", "SYNCED 2", "add c"][..],
                &[][..],
            ),
            (&["SYNCING", "add a", "add a"], &[3]),
            (&["SYNCING", "add a", "SYNCED 1", "add a"], &[4]),
            (&["SYNCING", "add a", "update a", "add a"], &[4]),
            (&["SYNCING", "add a", "delete a", "add a"], &[]),
            (
                &[
                    "SYNCING",
                    "add x/a",
                    "add y/a",
                    "%Other add x/a",
                    "@other add x/a",
                ],
                &[],
            ),
            // A new attempt lists again, each object once.
            (
                &["SYNCING", "add a", "ERROR X y", "SYNCING", "add a", "add a"],
                &[6],
            ),
            (&["call listen_for_events", "add a", "add a"], &[3]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
