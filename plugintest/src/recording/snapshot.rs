//! A recording as it was at one moment.

use std::{fmt, slice, sync::Arc, time::Duration};

use omniview_sdk::{WatchEvent, WatchState};
use serde_json::Value;

use super::{Seen, redact::Redactor};

/// A place in a recording: what came before it, and what after.
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
/// h.wait_for(state("core::v1::Pod", WatchState::Synced)).await;
/// let mark = h.mark();
/// h.delete("core::v1::Pod", "web").await;
/// h.wait_for(deleted("web")).since(mark).await;
/// h.recording().since(mark).assert_adds(0).assert_deletes(1);
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mark(pub(crate) usize);

impl Mark {
    /// Before the first event.
    pub const START: Self = Self(0);
}

/// Events in the order in which the listener got them; it does not change any more.
///
/// For each resource type that is the order of emission. Between types the contract promises no order: compare
/// [`grouped`](Self::grouped) where several watches run at once.
///
/// Prints one event a line, without times, so that two runs print the same.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// # use omniview_plugintest::{Recording, Seen};
/// # use omniview_sdk::{WatchEvent, WatchState, WatchStateEvent};
/// # let mut event = WatchStateEvent::synced(0);
/// # event.connection = "dev".into();
/// # event.resource_key = "core::v1::Pod".into();
/// # let recording: Recording = [Arc::new(WatchEvent::from(event))].into_iter().collect();
/// let pods = recording.of("core::v1::Pod");
/// pods.assert_states(&[WatchState::Synced]).assert_adds(0);
/// assert_eq!(pods.to_string(), "dev core::v1::Pod SYNCED (0)\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    events: Vec<Seen>,
}

impl Recording {
    /// The events, in order.
    pub fn iter(&self) -> slice::Iter<'_, Seen> {
        self.events.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The last event.
    pub fn last(&self) -> Option<&Seen> {
        self.events.last()
    }

    /// Those that satisfy `keep`.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&Seen) -> bool) -> Self {
        self.iter().filter(|seen| keep(seen)).cloned().collect()
    }

    /// Those of one resource type.
    #[must_use]
    pub fn of(&self, key: impl AsRef<str>) -> Self {
        self.filter(|seen| *seen.key() == *key.as_ref())
    }

    /// Those of one connection.
    #[must_use]
    pub fn on(&self, connection: impl AsRef<str>) -> Self {
        self.filter(|seen| *seen.connection() == *connection.as_ref())
    }

    /// Those of objects with this id, in whatever namespace.
    #[must_use]
    pub fn with_id(&self, id: impl AsRef<str>) -> Self {
        self.filter(|seen| seen.id() == Some(id.as_ref()))
    }

    /// Those of objects in this namespace.
    #[must_use]
    pub fn in_namespace(&self, namespace: impl AsRef<str>) -> Self {
        self.filter(|seen| seen.namespace() == Some(namespace.as_ref()))
    }

    /// Those of objects: additions, updates and deletions.
    #[must_use]
    pub fn objects(&self) -> Self {
        self.filter(|seen| seen.state().is_none())
    }

    /// Those of states.
    #[must_use]
    pub fn states(&self) -> Self {
        self.filter(|seen| seen.state().is_some())
    }

    /// Those that came after a mark.
    #[must_use]
    pub fn since(&self, mark: Mark) -> Self {
        self.filter(|seen| seen.number > mark.0)
    }

    /// Sorted by connection and key; the order within a resource type stays.
    ///
    /// Watches run at the same time, so this is the form to compare when there are several.
    #[must_use]
    pub fn grouped(&self) -> Self {
        let mut events = self.events.clone();
        events.sort_by(|a, b| (a.connection(), a.key()).cmp(&(b.connection(), b.key())));
        Self { events }
    }

    /// The events as a JSON array.
    pub fn to_value(&self) -> Value {
        self.iter().map(Seen::to_value).collect()
    }

    /// The events as a JSON array in which what differs from run to run is replaced, for a snapshot.
    ///
    /// UUIDs and uids become `[uid-1]`, times `[time-1]`, resource versions `[version-1]`, numbered in the order in which
    /// they first appear; so equal ones stay equal. When an event came is left out.
    pub fn to_redacted_value(&self) -> Value {
        let mut value = self.to_value();
        for event in value.as_array_mut().into_iter().flatten() {
            if let Some(event) = event.as_object_mut() {
                event.remove("atMillis");
            }
        }
        Redactor::default().redact(&mut value);
        value
    }

    /// Asserts how many additions there are.
    ///
    /// # Panics
    ///
    /// There are more or fewer; the text lists the recording.
    #[track_caller]
    pub fn assert_adds(&self, expected: usize) -> &Self {
        self.assert_count(expected, "ADD")
    }

    /// Asserts how many updates there are.
    ///
    /// # Panics
    ///
    /// As [`assert_adds`](Self::assert_adds).
    #[track_caller]
    pub fn assert_updates(&self, expected: usize) -> &Self {
        self.assert_count(expected, "UPDATE")
    }

    /// Asserts how many deletions there are.
    ///
    /// # Panics
    ///
    /// As [`assert_adds`](Self::assert_adds).
    #[track_caller]
    pub fn assert_deletes(&self, expected: usize) -> &Self {
        self.assert_count(expected, "DELETE")
    }

    /// Asserts exactly which states were reported, in order.
    ///
    /// # Panics
    ///
    /// They are others; the text lists the recording.
    #[track_caller]
    pub fn assert_states(&self, expected: &[WatchState]) -> &Self {
        let found: Vec<WatchState> = self.iter().filter_map(|seen| seen.state()).collect();
        assert!(
            found == expected,
            "expected the states {}, found {}\n{}",
            names(expected),
            names(&found),
            self.listing(usize::MAX)
        );
        self
    }

    /// The last `most` events with number and time, for the text of a failure.
    pub(crate) fn listing(&self, most: usize) -> String {
        if self.is_empty() {
            return "  recorded: nothing".to_owned();
        }
        let skipped = self.len().saturating_sub(most);
        let mut text = match skipped {
            0 => format!("  recorded ({}):", count(self.len(), "event")),
            _ => format!(
                "  recorded ({}, {skipped} earlier ones left out):",
                count(self.len(), "event")
            ),
        };
        for seen in &self.events[skipped..] {
            text.push_str(&format!("\n    #{} +{:?} {seen}", seen.number, seen.at));
        }
        text
    }

    #[track_caller]
    fn assert_count(&self, expected: usize, kind: &str) -> &Self {
        let found = self.iter().filter(|seen| seen.kind() == kind).count();
        assert!(
            found == expected,
            "expected {}, found {found}\n{}",
            count(expected, &format!("{kind} event")),
            self.listing(usize::MAX)
        );
        self
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|seen| writeln!(f, "{seen}"))
    }
}

impl FromIterator<Seen> for Recording {
    fn from_iter<I: IntoIterator<Item = Seen>>(events: I) -> Self {
        Self {
            events: events.into_iter().collect(),
        }
    }
}

impl FromIterator<Arc<WatchEvent>> for Recording {
    fn from_iter<I: IntoIterator<Item = Arc<WatchEvent>>>(events: I) -> Self {
        events
            .into_iter()
            .enumerate()
            .map(|(index, event)| Seen::new(index + 1, Duration::ZERO, event))
            .collect()
    }
}

impl<'a> IntoIterator for &'a Recording {
    type Item = &'a Seen;
    type IntoIter = slice::Iter<'a, Seen>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Recording {
    type Item = Seen;
    type IntoIter = std::vec::IntoIter<Seen>;

    fn into_iter(self) -> Self::IntoIter {
        self.events.into_iter()
    }
}

/// `1 event`, `2 events`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

fn names(states: &[WatchState]) -> String {
    let names: Vec<&str> = states.iter().map(|state| state.ui_name()).collect();
    format!("[{}]", names.join(", "))
}
