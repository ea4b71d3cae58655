//! A state carries what belongs to it, and nothing else.

use omniview_sdk::WatchState;

use super::{super::Trace, Violation, support::watches};

/// Contract: SNK-13, WAT-28
pub(super) fn judge(trace: &Trace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (watch, events) in watches(trace) {
        for step in events {
            let Some(state) = step.state else { continue };
            let mut wrong = |what: &str, expected: &str, actual: String| {
                let what = format!("{what} of {state} in the watch of {watch}");
                violations.push(Violation::new(step.sequence, what, expected, actual));
            };
            let failed = matches!(state, WatchState::Error | WatchState::Failed);
            let may_have_code = failed || state == WatchState::Forbidden;
            match (&step.code, step.count) {
                (Some(code), _) if !may_have_code => {
                    wrong("the error code", "none", code.to_string());
                }
                (None, _) if failed => wrong("the error code", "one", "none".to_owned()),
                (_, Some(count)) if state != WatchState::Synced => {
                    wrong("the count", "none", count.to_string());
                }
                _ if failed && step.text.is_empty() => {
                    wrong("the message", "what went wrong", "nothing".to_owned());
                }
                _ => {}
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{super::sample::violated_at, *};

    #[test]
    fn code_message_and_count_are_where_they_belong() {
        for (history, expected) in [
            (&["SYNCING", "SYNCED 3"][..], &[][..]),
            // Across the wire a count of 0 is left out.
            (&["SYNCED"], &[]),
            (
                &[
                    "ERROR TIMEOUT slow",
                    "FAILED TIMEOUT slow",
                    "FORBIDDEN FORBIDDEN no",
                    "FORBIDDEN",
                ],
                &[],
            ),
            (&["STOPPED - returned early", "SKIPPED - out of scope"], &[]),
            (&["ERROR"], &[1]),
            (&["ERROR TIMEOUT"], &[1]),
            (&["FAILED - slow"], &[1]),
            (&["STOPPED TIMEOUT slow", "SYNCING TIMEOUT x"], &[1, 2]),
            (&["SYNCING 3", "STOPPED 0"], &[1, 2]),
        ] {
            assert_eq!(violated_at(judge, history), expected, "{history:?}");
        }
    }
}
