//! An object is added before it changes, and changes before it is gone.

use super::{
    super::{StepKind, Trace},
    Violation,
    support::{Breach, Objects, name, shown, watches},
};

/// Contract: SNK-03, SNK-07
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        let mut objects = Objects::new(trace.hears_everything());
        for step in events {
            if let Some(Breach::NotThere(gone)) = objects.take(step) {
                let verb = match step.kind {
                    StepKind::Delete => "delete",
                    _ => "update",
                };
                let object = shown(&name(step));
                violations.push(Violation::new(
                    step.sequence,
                    format!("the {verb} of {object} in the watch of {watch}"),
                    "an object that was added before and is not gone",
                    match gone {
                        Some(at) => format!("it is gone since #{at}"),
                        None => "it was never added".to_owned(),
                    },
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
    fn add_comes_before_update_and_update_before_delete() {
        for (history, expected) in [
            (
                &[
                    "SYNCING", "add a", "update a", "update a", "delete a", "add a", "update a",
                ][..],
                &[][..],
            ),
            (&["SYNCING", "update a"], &[2]),
            (&["SYNCING", "delete a"], &[2]),
            (&["SYNCING", "add a", "delete a", "update a"], &[4]),
            (&["SYNCING", "add a", "delete a", "delete a"], &[4]),
            // The same id elsewhere is another object.
            (&["SYNCING", "add x/a", "update y/a"], &[3]),
            (&["SYNCING", "add a", "%Other update a"], &[3]),
            (&["SYNCING", "add a", "@other delete a"], &[3]),
            // A new attempt may go on where the last one ended.
            (
                &[
                    "SYNCING",
                    "add a",
                    "ERROR X y",
                    "SYNCING",
                    "update a",
                    "delete a",
                ],
                &[],
            ),
            // Somebody else heard the beginning; what is heard still has to fit.
            (
                &["call listen_for_events", "update a", "delete a", "update a"],
                &[4],
            ),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
