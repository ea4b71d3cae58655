//! One recorded event.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use omniview_sdk::{WatchEvent, WatchState, WatchStateEvent};
use serde_json::{Value, json};

/// One recorded event: what came, as which, and when. Dereferences to the event.
///
/// Prints as one line: connection, key, and what happened.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use omniview_plugintest::Seen;
/// use omniview_sdk::{WatchAddPayload, WatchEvent};
///
/// let mut payload = WatchAddPayload::new("web-1", "default", serde_json::json!({}));
/// payload.connection = "dev".into();
/// payload.key = "core::v1::Pod".into();
/// let seen = Seen::new(1, Duration::ZERO, Arc::new(WatchEvent::from(payload)));
/// assert_eq!(seen.to_string(), "dev core::v1::Pod ADD default/web-1");
/// assert_eq!(seen.id(), Some("web-1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// The place in the recording, counted from 1; a filtered recording keeps it.
    pub number: usize,
    /// When it came, on tokio's clock, counted from the mount.
    pub at: Duration,
    /// The event itself, shared with every other listener.
    pub event: Arc<WatchEvent>,
}

impl Seen {
    /// Records by hand, for the test of a tool that reads recordings.
    pub fn new(number: usize, at: Duration, event: Arc<WatchEvent>) -> Self {
        Self { number, at, event }
    }

    /// What happened in one word: `ADD`, `UPDATE`, `DELETE`, or the name of the state.
    pub fn kind(&self) -> &'static str {
        kind_of(&self.event)
    }

    /// The data of the object as an untyped value; null for a state, and for JSON that has no such value.
    pub fn json(&self) -> Value {
        self.event
            .data()
            .and_then(|data| data.to_value().ok())
            .unwrap_or_default()
    }

    /// The event as one JSON object: where, what, and the payload's own keys.
    pub fn to_value(&self) -> Value {
        let payload = match &*self.event {
            WatchEvent::Add(payload) => serde_json::to_value(payload),
            WatchEvent::Update(payload) => serde_json::to_value(payload),
            WatchEvent::Delete(payload) => serde_json::to_value(payload),
            WatchEvent::State(event) => serde_json::to_value(event),
        };
        json!({
            "number": self.number,
            "atMillis": u64::try_from(self.at.as_millis()).unwrap_or(u64::MAX),
            "kind": self.kind(),
            "payload": payload.unwrap_or_else(|error| Value::String(error.to_string())),
        })
    }
}

impl Deref for Seen {
    type Target = WatchEvent;

    fn deref(&self) -> &WatchEvent {
        &self.event
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |text: &str| if text.is_empty() { "-" } else { text }.to_owned();
        write!(
            f,
            "{} {} {}",
            known(self.event.connection()),
            known(self.event.key()),
            self.kind()
        )?;
        match &*self.event {
            WatchEvent::State(event) => write_state(f, event),
            event => write!(f, " {}", identity(event)),
        }
    }
}

pub(crate) fn kind_of(event: &WatchEvent) -> &'static str {
    match event {
        WatchEvent::Add(_) => "ADD",
        WatchEvent::Update(_) => "UPDATE",
        WatchEvent::Delete(_) => "DELETE",
        WatchEvent::State(event) => event.state.ui_name(),
    }
}

/// `namespace/id`, or the id alone.
fn identity(event: &WatchEvent) -> String {
    let id = event.id().unwrap_or_default();
    match event.namespace() {
        Some(namespace) if !namespace.is_empty() => format!("{namespace}/{id}"),
        _ => id.to_owned(),
    }
}

fn write_state(f: &mut fmt::Formatter<'_>, event: &WatchStateEvent) -> fmt::Result {
    if let (WatchState::Synced, Some(count)) = (event.state, event.resource_count) {
        write!(f, " ({count})")?;
    }
    if let Some(code) = &event.error_code {
        write!(f, " {code}")?;
    }
    if !event.message.is_empty() {
        // One event is one line, whatever the plugin says.
        write!(f, ": {}", event.message.replace('\n', "\\n"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use omniview_sdk::{ErrorCode, WatchDeletePayload};

    use super::*;

    fn line(event: impl Into<WatchEvent>) -> String {
        Seen::new(1, Duration::ZERO, Arc::new(event.into())).to_string()
    }

    #[test]
    fn a_state_tells_its_count_or_its_error() {
        let mut synced = WatchStateEvent::synced(0);
        synced.connection = "dev".into();
        synced.resource_key = "core::v1::Pod".into();
        assert_eq!(line(synced), "dev core::v1::Pod SYNCED (0)");
        let error = WatchStateEvent::new(WatchState::Error)
            .with_error_code(ErrorCode::Timeout)
            .with_message("no\nanswer");
        assert_eq!(line(error), "- - ERROR TIMEOUT: no\\nanswer");
    }

    #[test]
    fn an_object_without_a_namespace_is_its_id() {
        let delete = WatchDeletePayload::new("node-1", "", json!({}));
        assert_eq!(line(delete), "- - DELETE node-1");
    }
}
