//! The search that every wait is.

use super::EventPattern;
use crate::{Mark, Seen, recording::Recorder};

/// The `times`th event after a mark that matches, whenever it comes.
///
/// Nothing is lost when this is dropped: the recording keeps every event.
pub(super) async fn nth(
    recorder: &Recorder,
    pattern: &EventPattern,
    since: Mark,
    times: usize,
) -> Seen {
    let mut looked = since;
    let mut found = 0;
    loop {
        // The pattern may be the test's own code: it runs on a copy, not under the recording's lock.
        let (candidates, end) = recorder.like(pattern, looked);
        for seen in candidates {
            if pattern.matches(&seen.event) {
                found += 1;
                if found == times {
                    return seen;
                }
            }
        }
        looked = end;
        recorder.grown(pattern, looked).await;
    }
}
