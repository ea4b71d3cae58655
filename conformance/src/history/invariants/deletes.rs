//! A delete says what the object was.

use super::{
    super::{Payload, StepKind, Trace},
    Violation,
    support::{name, shown, watches},
};

/// Contract: SNK-10
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        for step in events {
            let is_empty = step.payload.as_ref().is_none_or(Payload::is_empty);
            if step.kind == StepKind::Delete && is_empty {
                violations.push(Violation::new(
                    step.sequence,
                    format!(
                        "the delete of {} in the watch of {watch}",
                        shown(&name(step))
                    ),
                    "the last known state of the object",
                    "nothing",
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
    fn a_delete_without_data_is_found() {
        for (history, expected) in [
            (&["add a", "delete a"][..], &[][..]),
            (&["add a", "delete a null"], &[2]),
            (&["delete a {}", "delete b \"\"", "delete c []"], &[1, 2, 3]),
            // Only deletes are looked at.
            (&["add a null", "update a {}"], &[]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
