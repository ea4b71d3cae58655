//! One thing that happened, as data.

use std::{borrow::Cow, fmt, time::Duration};

use omniview_sdk::{
    ConnectionId, ErrorCode, Json, ResourceKey, WatchState,
    query::{Identity, Item, QueryItem},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Payload;

/// What kind of thing happened.
///
/// ```
/// use omniview_conformance::history::StepKind;
///
/// assert!(StepKind::Add.is_data() && StepKind::Add.is_event());
/// assert!(StepKind::State.is_event() && !StepKind::State.is_data());
/// assert!(!StepKind::Ended.is_event());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StepKind {
    /// A call of the boundary began.
    Begun,
    /// A call ended; with a code if it was refused.
    Ended,
    /// An event: an object is new.
    Add,
    /// An event: an object changed.
    Update,
    /// An event: an object is gone.
    Delete,
    /// An event: a watch has come further.
    State,
    /// The backend was changed behind the plugin's back.
    Outside,
    /// The harness has waited for everything that was to come of a type.
    Settled,
    /// A line for the reader.
    Note,
}

impl StepKind {
    /// Whether it is an event that reports an object.
    pub const fn is_data(self) -> bool {
        matches!(self, Self::Add | Self::Update | Self::Delete)
    }

    /// Whether it is an event.
    pub const fn is_event(self) -> bool {
        self.is_data() || matches!(self, Self::State)
    }
}

/// One thing that happened. Which fields there are depends on the kind.
///
/// ```
/// use std::time::Duration;
/// use omniview_conformance::history::{Step, StepKind};
///
/// let mut step = Step::new(StepKind::Delete, 3, Duration::from_micros(40));
/// step.key = Some("core::v1::Pod".into());
/// step.id = Some("web".to_owned());
/// let text = step.to_string();
/// assert!(text.contains("core::v1::Pod") && text.contains("web"), "{text}");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Step {
    /// What kind of thing.
    pub kind: StepKind,
    /// Its place in the history, counted from 0.
    pub sequence: u64,
    /// When, since the plugin was handed to the check.
    #[serde(rename = "atMicros", with = "micros")]
    pub at: Duration,
    /// The call that ended: the place where it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<u64>,
    /// The method, or what was done from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Cow<'static, str>>,
    /// The connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The resource type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ResourceKey>,
    /// The object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its namespace; empty for a type without namespaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The content of the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Payload>,
    /// How far the watch has come.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "state_by_name"
    )]
    pub state: Option<WatchState>,
    /// How many objects the watch has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// What went wrong, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// What people read: an answer in short, a message.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The objects of an answer that lists everything of a type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Listing>,
}

impl Step {
    /// A step of a kind, at a place, and nothing else of it.
    pub fn new(kind: StepKind, sequence: u64, at: Duration) -> Self {
        Self {
            kind,
            sequence,
            at,
            call: None,
            operation: None,
            connection: None,
            key: None,
            id: None,
            namespace: None,
            payload: None,
            state: None,
            count: None,
            code: None,
            text: String::new(),
            listed: None,
        }
    }

    /// Whether it is the beginning of a call of one of these methods.
    pub fn begins(&self, operations: &[&str]) -> bool {
        self.kind == StepKind::Begun
            && self
                .operation
                .as_deref()
                .is_some_and(|operation| operations.contains(&operation))
    }

    /// Whether it names this type on this connection.
    pub fn is_about(&self, connection: &ConnectionId, key: &ResourceKey) -> bool {
        self.connection.as_ref() == Some(connection) && self.key.as_ref() == Some(key)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} ", self.sequence)?;
        match (self.kind, self.call) {
            (StepKind::Begun, _) => {}
            (StepKind::Ended, Some(call)) => write!(f, "answer to #{call}: ")?,
            (StepKind::Ended, None) => f.write_str("answer: ")?,
            (StepKind::Add, _) => f.write_str("event add")?,
            (StepKind::Update, _) => f.write_str("event update")?,
            (StepKind::Delete, _) => f.write_str("event delete")?,
            (StepKind::State, _) => {
                let name = self.state.unwrap_or_default().ui_name();
                write!(f, "event {name}")?;
            }
            (StepKind::Outside, _) => f.write_str("outside: ")?,
            (StepKind::Settled, _) => f.write_str("quiet:")?,
            (StepKind::Note, _) => {}
        }
        if self.kind == StepKind::Ended || self.kind == StepKind::Note {
            if let Some(code) = &self.code {
                write!(f, "{code}, ")?;
            }
            return f.write_str(&self.text);
        }
        if let Some(operation) = &self.operation {
            f.write_str(operation)?;
        }
        if let Some(key) = &self.key {
            write!(f, " {key}")?;
        }
        match (&self.id, self.namespace.as_deref()) {
            (Some(id), Some(namespace)) if !namespace.is_empty() => write!(f, " {namespace}/{id}")?,
            (Some(id), _) => write!(f, " {id}")?,
            _ => {}
        }
        if let Some(count) = self.count {
            write!(f, " ({count} objects)")?;
        }
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        if let Some(connection) = &self.connection {
            write!(f, " on {connection}")?;
        }
        Ok(())
    }
}

/// An object of a list.
///
/// ```
/// use omniview_conformance::history::{Listed, Payload};
/// use serde_json::json;
///
/// let web = Listed::new("web", Some("shop"), Payload::from(json!({ "phase": "Running" })));
/// assert_eq!(web.namespace.as_deref(), Some("shop"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its namespace, where objects of the type say theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its content.
    pub payload: Payload,
}

impl Listed {
    /// An object of a list.
    pub fn new(id: impl Into<String>, namespace: Option<&str>, payload: Payload) -> Self {
        Self {
            id: id.into(),
            namespace: namespace.map(str::to_owned),
            payload,
        }
    }
}

/// Everything of a type, as it was listed.
///
/// ```
/// use omniview_conformance::history::{Listed, Listing, Payload};
/// use serde_json::json;
///
/// let listing = Listing::from(vec![Listed::new("node-1", None, Payload::from(json!({})))]);
/// assert_eq!(listing.objects().unwrap()[0].id, "node-1");
/// ```
#[derive(Clone)]
pub struct Listing(Source);

#[derive(Clone)]
enum Source {
    /// What went past; which object is which is not found out unless somebody looks.
    Live(Vec<Json>, Option<Identity>),
    Read(Vec<Listed>),
}

impl Listing {
    pub(super) fn live(objects: Vec<Json>, identity: Option<Identity>) -> Self {
        Self(Source::Live(objects, identity))
    }

    /// The objects; nothing where nobody says which of them is which.
    pub fn objects(&self) -> Option<Vec<Listed>> {
        match &self.0 {
            Source::Read(objects) => Some(objects.clone()),
            Source::Live(objects, identity) => {
                let identity = identity.as_ref()?;
                let listed = objects.iter().map(|json| {
                    let item = Item::parse(json.clone(), identity).ok()?;
                    let namespace = identity.namespace_path().map(|_| item.namespace());
                    Some(Listed::new(item.id(), namespace, json.clone().into()))
                });
                listed.collect()
            }
        }
    }
}

impl From<Vec<Listed>> for Listing {
    fn from(objects: Vec<Listed>) -> Self {
        Self(Source::Read(objects))
    }
}

impl PartialEq for Listing {
    fn eq(&self, other: &Self) -> bool {
        self.objects() == other.objects()
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = match &self.0 {
            Source::Live(objects, _) => objects.len(),
            Source::Read(objects) => objects.len(),
        };
        write!(f, "Listing({length} objects)")
    }
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.objects().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Listing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::<Vec<Listed>>::deserialize(deserializer)? {
            Some(objects) => objects.into(),
            None => Self::live(Vec::new(), None),
        })
    }
}

mod micros {
    use super::{Deserialize, Deserializer, Duration, Serializer};

    pub(super) fn serialize<S: Serializer>(
        at: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(at.as_micros()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        u64::deserialize(d).map(Duration::from_micros)
    }
}

mod state_by_name {
    use super::{Deserialize, Deserializer, Serializer, WatchState, de};

    pub(super) fn serialize<S: Serializer>(
        state: &Option<WatchState>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // The caller leaves out what is not there.
        serializer.serialize_str(state.unwrap_or_default().ui_name())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<WatchState>, D::Error> {
        let name = String::deserialize(deserializer)?;
        let state = WatchState::ALL.iter().find(|state| state.ui_name() == name);
        match state {
            Some(state) => Ok(Some(*state)),
            None => Err(de::Error::custom(format!(
                "there is no watch state {name:?}"
            ))),
        }
    }
}
