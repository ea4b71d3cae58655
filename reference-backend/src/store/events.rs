//! What happened to the objects of a table.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use omniview_sdk::{EventSeverity, ResourceEvent, Timestamp};

/// How many events of one object are remembered: 64.
pub const MAX_EVENTS: usize = 64;

/// How many objects have remembered events: 4,096. Those of the object that got its first one longest ago go first.
const MAX_OBJECTS: usize = 4096;

/// Something that happened to an object, before the table says when.
///
/// ```
/// use omniview_reference_backend::store::Happening;
///
/// let happening = Happening::warning("Evicted", "the node was drained").by("scheduler");
/// assert_eq!(happening.reason(), "Evicted");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    severity: EventSeverity,
    reason: String,
    message: String,
    source: String,
}

impl Happening {
    /// Something that is as it should be.
    pub fn normal(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: EventSeverity::Normal,
            reason: reason.into(),
            message: message.into(),
            source: "store".to_owned(),
        }
    }

    /// Something that is worth a look.
    pub fn warning(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: EventSeverity::Warning,
            ..Self::normal(reason, message)
        }
    }

    /// Says who says so; the store if nobody does.
    #[must_use]
    pub fn by(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Why, in one word.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(super) fn at(self, time: Timestamp) -> ResourceEvent {
        ResourceEvent {
            kind: self.severity,
            reason: self.reason,
            message: self.message,
            source: self.source,
            count: 1,
            first_seen: time,
            last_seen: time,
        }
    }
}

/// Namespace and id.
type Identity = (Arc<str>, Arc<str>);

/// The events of a table's objects, bounded both ways.
#[derive(Debug, Clone, Default)]
pub(super) struct EventLog {
    /// Newest first.
    objects: BTreeMap<Identity, VecDeque<ResourceEvent>>,
    /// In the order of their first event.
    arrivals: VecDeque<Identity>,
}

impl EventLog {
    pub(super) fn push(&mut self, namespace: &Arc<str>, id: &Arc<str>, event: ResourceEvent) {
        let identity = (Arc::clone(namespace), Arc::clone(id));
        let events = self.objects.entry(identity.clone()).or_insert_with(|| {
            self.arrivals.push_back(identity);
            VecDeque::new()
        });
        // What is told late goes where it belongs: newest first, later told first among the same time.
        let place = events.partition_point(|known| known.last_seen > event.last_seen);
        events.insert(place, event);
        events.truncate(MAX_EVENTS);
        while self.arrivals.len() > MAX_OBJECTS {
            if let Some(oldest) = self.arrivals.pop_front() {
                self.objects.remove(&oldest);
            }
        }
    }

    /// The newest events of an object, newest first.
    pub(super) fn newest(&self, namespace: &str, id: &str, limit: usize) -> Vec<ResourceEvent> {
        let identity = (Arc::from(namespace), Arc::from(id));
        let events = self.objects.get(&identity);
        events.into_iter().flatten().take(limit).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i128) -> Timestamp {
        Timestamp::from_unix_nanos(seconds * 1_000_000_000).unwrap()
    }

    #[test]
    fn events_are_newest_first_and_bounded_by_object_and_in_all() {
        let mut log = EventLog::default();
        let (namespace, id): (Arc<str>, Arc<str>) = ("shop".into(), "web".into());
        for n in 0..100 {
            let happening = Happening::normal(format!("R{n}"), "");
            log.push(&namespace, &id, happening.at(at(n)));
        }
        log.push(&namespace, &id, Happening::normal("Late", "").at(at(98)));
        let events = log.newest("shop", "web", usize::MAX);
        assert_eq!(events.len(), MAX_EVENTS);
        let reasons: Vec<&str> = events[..3].iter().map(|one| &*one.reason).collect();
        assert_eq!(reasons, ["R99", "Late", "R98"]);
        assert_eq!(log.newest("shop", "web", 2).len(), 2);
        assert!(log.newest("shop", "other", 2).is_empty());

        for n in 0..MAX_OBJECTS {
            let id = format!("o{n}").into();
            log.push(&namespace, &id, Happening::normal("R", "").at(at(0)));
        }
        assert!(log.newest("shop", "web", 1).is_empty());
        assert_eq!(log.newest("shop", "o0", 1).len(), 1);
    }
}
