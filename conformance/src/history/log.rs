//! The one totally ordered log of what was asked, answered and reported.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use omniview_sdk::{ConnectionId, ErrorCode, Json, ResourceKey, WatchEvent};
use tokio::{sync::watch, time::Instant};

/// One entry of the history.
///
/// ```
/// use omniview_conformance::{Cx, history::Record};
///
/// fn since(cx: &Cx, mark: u64) -> Vec<String> {
///     cx.history().since(mark).iter().map(Record::to_string).collect()
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Record {
    /// Its place; no two are equal.
    pub sequence: u64,
    /// When, since the history began.
    pub at: Duration,
    /// What happened.
    pub moment: Moment,
}

/// What can happen.
///
/// ```
/// use omniview_conformance::{Cx, history::Moment};
///
/// /// How many calls of a method there were so far.
/// fn calls_of(cx: &Cx, operation: &str) -> usize {
///     let records = cx.history().since(0).into_iter();
///     records.filter(|record| matches!(&record.moment, Moment::Call(call) if call.operation == operation)).count()
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Moment {
    /// A method of the boundary was called.
    Call(Call),
    /// A call was answered.
    Answer {
        /// The sequence of the call.
        call: u64,
        /// What was answered, in short, or the code and message of the error.
        outcome: Result<String, (ErrorCode, String)>,
        /// The objects, where everything of a type was listed.
        listed: Option<Vec<Json>>,
    },
    /// The listener got an event.
    Event(Arc<WatchEvent>),
    /// The backend was changed behind the plugin's back, or is about to be.
    Outside(Call),
    /// The harness has waited for what was to come of a type: what has not come by now is missing.
    Settled(ConnectionId, ResourceKey),
    /// The check or the harness says something.
    Note(String),
}

/// Which method was called, and about what.
///
/// ```
/// use omniview_conformance::history::Call;
///
/// let call = Call {
///     operation: "get",
///     connection: Some("dev".into()),
///     key: Some("core::v1::Pod".into()),
///     id: Some("web".to_owned()),
///     namespace: Some("shop".to_owned()),
/// };
/// assert_eq!(call.to_string(), "get core::v1::Pod shop/web on dev");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// The method.
    pub operation: &'static str,
    /// The connection, from the session or the argument.
    pub connection: Option<ConnectionId>,
    /// The resource type.
    pub key: Option<ResourceKey>,
    /// The object.
    pub id: Option<String>,
    /// The object's namespace.
    pub namespace: Option<String>,
}

/// The log of one check; a copy is the same log.
///
/// ```
/// use omniview_conformance::{CheckResult, Cx};
/// use omniview_sdk::ListInput;
///
/// async fn a_list_is_one_call_and_its_answer(cx: &Cx) -> CheckResult {
///     let before = cx.history().position();
///     cx.expect_ok("list", cx.list(&cx.any_type().key, ListInput::all()).await)?;
///     cx.expect_eq("the entries of a call", cx.history().since(before).len(), 2)
/// }
/// ```
#[derive(Clone)]
pub struct History(Arc<Inner>);

struct Inner {
    began: Instant,
    records: Mutex<Vec<Record>>,
    length: watch::Sender<u64>,
}

impl Default for History {
    fn default() -> Self {
        Self(Arc::new(Inner {
            began: Instant::now(),
            records: Mutex::default(),
            length: watch::Sender::new(0),
        }))
    }
}

impl History {
    /// An empty log that begins now.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries there are; a place to look from later.
    pub fn position(&self) -> u64 {
        self.records().len() as u64
    }

    /// A copy of the entries from `position` on.
    pub fn since(&self, position: u64) -> Vec<Record> {
        let records = self.records();
        let from = usize::try_from(position).map_or(records.len(), |at| at.min(records.len()));
        records[from..].to_vec()
    }

    /// The last entries as text, one a line.
    pub fn tail(&self, entries: usize) -> Vec<String> {
        let records = self.records();
        let from = records.len().saturating_sub(entries);
        records[from..].iter().map(Record::to_string).collect()
    }

    /// The call that was answered last of those that are wanted, and its answer.
    pub(crate) fn last_answered(&self, wanted: impl Fn(&Call) -> bool) -> Option<(Call, String)> {
        let records = self.records();
        records.iter().rev().find_map(|record| {
            let Moment::Answer { call, outcome, .. } = &record.moment else {
                return None;
            };
            let Moment::Call(call) = &records.get(usize::try_from(*call).ok()?)?.moment else {
                return None;
            };
            wanted(call).then(|| {
                let answer = match outcome {
                    Ok(text) => text.clone(),
                    Err((code, message)) => format!("{code}, {message}"),
                };
                (call.clone(), answer)
            })
        })
    }

    pub(crate) fn push(&self, moment: Moment) -> u64 {
        let sequence = {
            let mut records = self.records();
            let sequence = records.len() as u64;
            records.push(Record {
                sequence,
                at: self.0.began.elapsed(),
                moment,
            });
            sequence
        };
        self.0
            .length
            .send_modify(|length| *length = (*length).max(sequence + 1));
        sequence
    }

    /// Completes once there is an entry at `position`.
    pub(crate) async fn grown_past(&self, position: u64) {
        let mut length = self.0.length.subscribe();
        // The sender is in `self`, so that it cannot be gone.
        let _ = length.wait_for(|length| *length > position).await;
    }

    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0
            .records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("entries", &self.position())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sequence = self.sequence;
        match &self.moment {
            Moment::Call(call) => write!(f, "#{sequence} {call}"),
            Moment::Answer {
                call,
                outcome: Ok(text),
                ..
            } => write!(f, "#{sequence} answer to #{call}: {text}"),
            Moment::Answer {
                call,
                outcome: Err((code, message)),
                ..
            } => write!(f, "#{sequence} answer to #{call}: {code}, {message}"),
            Moment::Event(event) => write!(f, "#{sequence} event {}", EventLine(event)),
            Moment::Outside(call) => write!(f, "#{sequence} outside: {call}"),
            Moment::Settled(connection, key) => {
                write!(f, "#{sequence} {key} on {connection} is quiet")
            }
            Moment::Note(text) => write!(f, "#{sequence} {text}"),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        match &self.key {
            Some(key) if key.as_str().is_empty() => f.write_str(" \"\"")?,
            Some(key) => write!(f, " {key}")?,
            None => {}
        }
        if let Some(id) = &self.id {
            match self.namespace.as_deref() {
                Some(namespace) if !namespace.is_empty() => write!(f, " {namespace}/{id}")?,
                _ => write!(f, " {id}")?,
            }
        }
        if let Some(connection) = &self.connection {
            write!(f, " on {connection}")?;
        }
        Ok(())
    }
}

/// An event in one line.
pub(crate) struct EventLine<'a>(pub(crate) &'a WatchEvent);

impl fmt::Display for EventLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.0;
        let kind = match event {
            WatchEvent::Add(_) => "add",
            WatchEvent::Update(_) => "update",
            WatchEvent::Delete(_) => "delete",
            WatchEvent::State(state) => state.state.ui_name(),
        };
        write!(f, "{kind} {}", event.key())?;
        match (event.id(), event.namespace()) {
            (Some(id), Some(namespace)) if !namespace.is_empty() => write!(f, " {namespace}/{id}")?,
            (Some(id), _) => write!(f, " {id}")?,
            _ => {}
        }
        if let WatchEvent::State(state) = event {
            if let Some(count) = state.resource_count {
                write!(f, " ({count} objects)")?;
            }
            if let Some(code) = &state.error_code {
                write!(f, " ({code})")?;
            }
        }
        write!(f, " on {}", event.connection())
    }
}
