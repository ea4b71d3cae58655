//! Waiting for an event.

use std::{error::Error, fmt, future::IntoFuture, panic::Location, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use omniview_sdk::WatchState;
use tokio::time::timeout;

use super::{EventPattern, search::nth};
use crate::{Mark, Recording, Seen, harness::Shared, recording::count};

/// How many events the text of a failure lists.
pub(super) const LISTED: usize = 20;

/// A wait for an event that has not begun yet.
///
/// `.await` it where the event must come: the test fails at this line otherwise, with what was seen instead.
/// `.attempt().await` it for the `Result`. Looks at everything that was recorded so far, then at what comes.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// use std::time::Duration;
///
/// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// pods.insert(json!({"id": "web", "phase": "Failed"}));
/// let seen = h.wait_for(updated("web").on("dev")).within(Duration::from_secs(1)).await;
/// assert_eq!(seen.json()["phase"], "Failed");
///
/// let missing = h.wait_for(added("api")).within(Duration::from_millis(1)).attempt().await;
/// let text = missing.unwrap_err().to_string();
/// assert!(text.starts_with("waited 1ms for ADD \"api\", which did not come"), "{text}");
/// # h.shutdown().await;
/// # }
/// ```
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait {
    shared: Arc<Shared>,
    location: &'static Location<'static>,
    pattern: EventPattern,
    since: Mark,
    times: usize,
    limit: Duration,
}

impl Wait {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        location: &'static Location<'static>,
        pattern: EventPattern,
    ) -> Self {
        Self {
            shared: shared.clone(),
            location,
            pattern,
            since: Mark::START,
            times: 1,
            limit: shared.timeout,
        }
    }

    /// Looks only at what was recorded after a mark.
    pub fn since(mut self, mark: Mark) -> Self {
        self.since = mark;
        self
    }

    /// Waits for the `times`th such event, counted from the mark; 1 if nothing is said.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times.max(1);
        self
    }

    /// Waits at most this long, on tokio's clock, in place of the harness's time-out.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Waits, and returns the event or why it did not come: the try-form.
    ///
    /// # Errors
    ///
    /// The event did not come in time.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost when the future is dropped: the recording keeps every event.
    pub async fn attempt(self) -> Result<Seen, WaitTimeout> {
        let recorder = &self.shared.recorder;
        let search = nth(recorder, &self.pattern, self.since, self.times);
        match timeout(self.limit, search).await {
            Ok(seen) => Ok(seen),
            Err(_) => Err(self.timed_out()),
        }
    }

    /// What to do, where what was seen of the type tells.
    fn advice(&self, seen: &Recording, is_near: bool) -> Option<&'static str> {
        let last = seen.states().last().and_then(|seen| seen.state());
        match (self.pattern.state(), last) {
            _ if self.shared.status.complaint().is_some() || self.since > Mark::START => None,
            (Some(WatchState::Synced), Some(WatchState::Syncing)) => {
                Some("a watcher calls `sink.synced(count)` once it has told what exists")
            }
            (_, None) if seen.is_empty() && !is_near => Some(
                "a type is watched once its connection is started; with `SyncPolicy::OnFirstQuery` \
                 once it is queried",
            ),
            (_, Some(WatchState::Error | WatchState::Failed | WatchState::Forbidden)) => {
                Some("the watch has failed: mend what its last state says")
            }
            _ => None,
        }
    }

    fn timed_out(&self) -> WaitTimeout {
        let recording = self.shared.recorder.since(self.since);
        let matching = recording
            .iter()
            .filter(|seen| self.pattern.matches(&seen.event))
            .count();
        let mut text = format!("waited {:?} for {}", self.limit, self.pattern);
        match (self.times, matching) {
            (1, _) => text.push_str(", which did not come"),
            (times, came) => text.push_str(&format!(
                " to come {}, and it came {}",
                times_over(times),
                times_over(came)
            )),
        }
        if let Some(complaint) = self.shared.status.complaint() {
            text.push_str(&format!("\n  note: {complaint}"));
        }
        let nearest = nearest(&self.pattern, &recording).filter(|_| matching == 0);
        if let Some((seen, misses)) = &nearest {
            text.push_str(&format!(
                "\n  nearest: #{} {seen} ({})",
                seen.number,
                misses.join(", ")
            ));
        }
        let relevant = match self.pattern.key() {
            Some(key) => recording.of(key),
            None => recording.clone(),
        };
        text.push('\n');
        text.push_str(&relevant.listing(LISTED));
        let others = recording.len() - relevant.len();
        if others > 0 {
            text.push_str(&format!(
                "\n    and {} of other types",
                count(others, "event")
            ));
        }
        if self.since > Mark::START {
            text.push_str(&format!(
                "\n  not looked at: the first {}, recorded before the mark",
                count(self.since.0, "event")
            ));
        }
        if let Some(advice) = self.advice(&relevant, nearest.is_some()) {
            text.push_str(&format!("\n  in a test: {advice}"));
        }
        text.push_str(&format!("\n  at {}", self.location));
        WaitTimeout {
            text,
            recording: relevant,
        }
    }
}

impl IntoFuture for Wait {
    type Output = Seen;
    type IntoFuture = BoxFuture<'static, Seen>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.attempt().await {
                Ok(seen) => seen,
                Err(error) => panic!("{error}"),
            }
        })
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("pattern", &self.pattern)
            .field("since", &self.since)
            .field("times", &self.times)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// An event did not come in time. Its text says what was waited for, and what was seen.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// # h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// let soon = std::time::Duration::from_millis(1);
/// let missing = h.wait_for(added("api").of("core::v1::Pod")).within(soon).attempt().await.unwrap_err();
/// assert!(missing.to_string().contains("which did not come"));
/// let came: Vec<_> = missing.recording().iter().filter_map(|seen| seen.id()).collect();
/// assert_eq!(came, ["web"]);
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct WaitTimeout {
    text: String,
    recording: Recording,
}

impl WaitTimeout {
    /// What was recorded of the type that was waited for, or of all types.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }
}

impl fmt::Display for WaitTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for WaitTimeout {}

/// The event that misses the pattern by least; of equal ones the latest.
fn nearest<'a>(
    pattern: &EventPattern,
    recording: &'a Recording,
) -> Option<(&'a Seen, Vec<String>)> {
    recording
        .iter()
        .rev()
        .filter_map(|seen| Some((seen, pattern.miss(seen)?)))
        .min_by_key(|(_, misses)| misses.len())
}

fn times_over(times: usize) -> String {
    match times {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        times => format!("{times} times"),
    }
}
