//! What a watch reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::watch::WatchState;
use crate::error_code::ErrorCode;
use crate::ids::{ConnectionId, Namespace, PluginId, ResourceId, ResourceKey};
use crate::json::Json;
use crate::timestamp::Timestamp;
use crate::wire;

/// What is known of every resource whatever its type. Contract: SNK-12.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ResourceMetadata, Timestamp, WatchAddPayload};
/// use serde_json::json;
///
/// let metadata = ResourceMetadata {
///     labels: [("app".to_owned(), "web".to_owned())].into(),
///     created_at: Some(Timestamp::parse("2026-01-01T10:00:00Z")?),
///     ..ResourceMetadata::new("0f8d5a6e")
/// };
/// let event = WatchAddPayload::new("web", "prod", json!({"name": "web"})).with_metadata(metadata);
/// assert_eq!(event.metadata.uid, "0f8d5a6e");
/// # Ok::<(), omniview_sdk::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceMetadata {
    /// The id of this very resource, which a later one of the same name does not share.
    pub uid: String,
    /// The labels of the resource.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub labels: BTreeMap<String, String>,
    /// When the resource was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

impl ResourceMetadata {
    /// Metadata with a uid alone.
    pub fn new(uid: impl Into<String>) -> Self {
        Self {
            uid: uid.into(),
            ..Self::default()
        }
    }
}

macro_rules! data_payload {
    (
        #[doc = $summary:literal] $(#[$doc:meta])* $name:ident, $data_doc:literal
        $(, $(#[$metadata_doc:meta])* $metadata:ident)?
    ) => {
        #[doc = $summary]
        ///
        /// The SDK fills in plugin, type and connection. Contract: SNK-06 to SNK-08.
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub struct $name {
            #[doc = $data_doc]
            pub data: Json,
            /// The plugin that reports it. Contract: SNK-08.
            pub plugin_id: PluginId,
            /// The type of the resource. Contract: SNK-07.
            pub key: ResourceKey,
            /// The connection that it was seen through. Contract: SNK-06.
            pub connection: ConnectionId,
            /// The id of the resource. Contract: SNK-07.
            pub id: ResourceId,
            /// Its namespace; empty for a type without namespaces. Contract: SNK-11.
            pub namespace: Namespace,
            $($(#[$metadata_doc])* pub $metadata: ResourceMetadata,)?
        }

        impl $name {
            /// Reports a resource, leaving to the SDK what it fills in.
            pub fn new(
                id: impl Into<ResourceId>,
                namespace: impl Into<Namespace>,
                data: impl Into<Json>,
            ) -> Self {
                Self {
                    id: id.into(),
                    namespace: namespace.into(),
                    data: data.into(),
                    ..Self::default()
                }
            }

            $(
                /// Says what is known of every resource. Contract: SNK-12.
                #[must_use]
                pub fn with_metadata(mut self, metadata: ResourceMetadata) -> Self {
                    self.$metadata = metadata;
                    self
                }
            )?
        }
    };
}

data_payload! {
    /// Reports a resource that was not there before.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ResourceMetadata, WatchAddPayload};
    /// use serde_json::json;
    ///
    /// let add = WatchAddPayload::new("web", "prod", json!({"phase": "Running"}))
    ///     .with_metadata(ResourceMetadata::new("0f8d5a6e"));
    /// assert_eq!(add.id, "web");
    /// assert!(add.connection.is_empty() && add.key.is_empty(), "not the plugin's to say");
    /// assert_eq!(serde_json::to_value(&add)?["metadata"]["uid"], "0f8d5a6e");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    WatchAddPayload, "The resource, as JSON.",
    /// What is known of it whatever its type. Contract: SNK-12.
    metadata
}

data_payload! {
    /// Reports a resource that changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{WatchEvent, WatchUpdatePayload};
    /// use serde_json::json;
    ///
    /// let update = WatchUpdatePayload::new("web", "prod", json!({"name": "web", "phase": "Failed"}));
    /// let event = WatchEvent::from(update);
    /// let now = event.data().ok_or("an update has data")?;
    /// assert_eq!(now.to_value()?["name"], "web", "all of it, not what differs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    WatchUpdatePayload, "The resource as it is now, as JSON. Contract: SNK-09.",
    /// What is known of it whatever its type. Contract: SNK-12.
    metadata
}

data_payload! {
    /// Reports a resource that is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::WatchDeletePayload;
    /// use serde_json::json;
    ///
    /// let gone = WatchDeletePayload::new("web", "prod", json!({"phase": "Running"}));
    /// assert_eq!(gone.data.to_value()?["phase"], "Running", "a deletion is not empty");
    /// assert!(serde_json::to_value(&gone)?.get("metadata").is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    WatchDeletePayload, "The resource as it was last known, as JSON. Contract: SNK-10."
}

/// Reports how far the watch of a type has come. Contract: SNK-05, SNK-13.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ErrorCode, WatchState, WatchStateEvent};
///
/// let synced = WatchStateEvent::synced(0);
/// assert_eq!(synced.resource_count, Some(0), "none is a count");
/// let failed = WatchStateEvent::new(WatchState::Error)
///     .with_error_code(ErrorCode::Unavailable)
///     .with_message("connection refused");
/// assert_eq!(serde_json::to_value(&failed)?["errorCode"], "UNAVAILABLE");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WatchStateEvent {
    /// The plugin that reports it. Contract: SNK-08.
    pub plugin_id: PluginId,
    /// The connection that is watched. Contract: SNK-06.
    pub connection: ConnectionId,
    /// The type that is watched. Contract: SNK-07.
    pub resource_key: ResourceKey,
    /// How far it has come.
    pub state: WatchState,
    /// What people read.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// How many resources there are, once synced. Contract: SNK-13, WAT-27.
    ///
    /// The wire leaves a count of 0 out, so across it 0 and "not known" look the same.
    #[serde(skip_serializing_if = "no_count")]
    pub resource_count: Option<i64>,
    /// What went wrong, for programs. Contract: SNK-13.
    #[serde(
        deserialize_with = "wire::text_or_none",
        skip_serializing_if = "wire::no_text"
    )]
    pub error_code: Option<ErrorCode>,
}

impl WatchStateEvent {
    /// Reports a state, leaving to the SDK what it fills in.
    pub fn new(state: WatchState) -> Self {
        Self {
            state,
            ..Self::default()
        }
    }

    /// Reports that the initial list is in, with how many resources it has. Contract: WAT-27.
    pub fn synced(count: i64) -> Self {
        Self {
            resource_count: Some(count),
            ..Self::new(WatchState::Synced)
        }
    }

    /// Says what people read.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Says what went wrong. Contract: SNK-13.
    #[must_use]
    pub fn with_error_code(mut self, code: ErrorCode) -> Self {
        self.error_code = Some(code);
        self
    }
}

fn no_count(count: &Option<i64>) -> bool {
    count.is_none_or(|count| count == 0)
}

/// One report of a watch. Has no JSON form of its own: each kind travels as its payload.
///
/// The set of kinds is closed, so that a listener that decides on every kind notices a new one.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{WatchDeletePayload, WatchEvent, WatchState, WatchStateEvent};
/// use serde_json::json;
///
/// fn tell(event: &WatchEvent) -> String {
///     match event {
///         WatchEvent::Add(new) => format!("{} is there", new.id),
///         WatchEvent::Update(changed) => format!("{} is now {}", changed.id, changed.data),
///         WatchEvent::Delete(gone) => format!("{} is gone; it was {}", gone.id, gone.data),
///         WatchEvent::State(state) => format!("{} is {:?}", state.resource_key, state.state),
///     }
/// }
///
/// let gone = WatchDeletePayload::new("web", "prod", json!({"name": "web"}));
/// assert_eq!(tell(&gone.into()), r#"web is gone; it was {"name":"web"}"#);
/// assert_eq!(WatchEvent::from(WatchStateEvent::synced(3)).state(), Some(WatchState::Synced));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// A resource was not there before.
    Add(WatchAddPayload),
    /// A resource changed.
    Update(WatchUpdatePayload),
    /// A resource is gone.
    Delete(WatchDeletePayload),
    /// The watch has come further.
    State(WatchStateEvent),
}

impl WatchEvent {
    /// The connection that is watched. Contract: SNK-06.
    pub fn connection(&self) -> &ConnectionId {
        match self {
            Self::Add(payload) => &payload.connection,
            Self::Update(payload) => &payload.connection,
            Self::Delete(payload) => &payload.connection,
            Self::State(event) => &event.connection,
        }
    }

    /// The type that is watched. Contract: SNK-07.
    pub fn key(&self) -> &ResourceKey {
        match self {
            Self::Add(payload) => &payload.key,
            Self::Update(payload) => &payload.key,
            Self::Delete(payload) => &payload.key,
            Self::State(event) => &event.resource_key,
        }
    }

    /// The id of the resource; none of a state.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Add(payload) => Some(&payload.id),
            Self::Update(payload) => Some(&payload.id),
            Self::Delete(payload) => Some(&payload.id),
            Self::State(_) => None,
        }
    }

    /// The namespace of the resource, empty for a type without namespaces; none of a state.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Add(payload) => Some(&payload.namespace),
            Self::Update(payload) => Some(&payload.namespace),
            Self::Delete(payload) => Some(&payload.namespace),
            Self::State(_) => None,
        }
    }

    /// How far the watch has come; none of a resource.
    pub fn state(&self) -> Option<WatchState> {
        match self {
            Self::State(event) => Some(event.state),
            Self::Add(_) | Self::Update(_) | Self::Delete(_) => None,
        }
    }

    /// The resource, as JSON; none of a state.
    pub fn data(&self) -> Option<&Json> {
        match self {
            Self::Add(payload) => Some(&payload.data),
            Self::Update(payload) => Some(&payload.data),
            Self::Delete(payload) => Some(&payload.data),
            Self::State(_) => None,
        }
    }
}

macro_rules! into_event {
    ($($payload:ident => $variant:ident,)+) => {$(
        impl From<$payload> for WatchEvent {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        }
    )+};
}

into_event! {
    WatchAddPayload => Add,
    WatchUpdatePayload => Update,
    WatchDeletePayload => Delete,
    WatchStateEvent => State,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_count_of_zero_is_kept_in_memory_and_left_out_of_json() {
        let event = WatchStateEvent::synced(0);
        assert_eq!(event.resource_count, Some(0));
        assert_eq!(
            serde_json::to_value(&event).unwrap().get("resourceCount"),
            None
        );
        let event = WatchStateEvent::synced(42);
        assert_eq!(serde_json::to_value(&event).unwrap()["resourceCount"], 42);
    }

    #[test]
    fn an_empty_error_code_reads_as_none() {
        let event: WatchStateEvent =
            serde_json::from_value(json!({"state": 5, "errorCode": "", "error": {}})).unwrap();
        assert_eq!(event, WatchStateEvent::new(WatchState::Failed));
    }

    /// Contract: SNK-12
    #[test]
    fn metadata_is_always_written_and_never_of_a_deletion() {
        let add = serde_json::to_value(WatchAddPayload::default()).unwrap();
        assert_eq!(add["metadata"], json!({"uid": ""}));
        let delete = serde_json::to_value(WatchDeletePayload::default()).unwrap();
        assert_eq!(delete.get("metadata"), None);
    }

    #[test]
    fn an_event_tells_what_it_is_about() {
        let data = Json::from(json!({"a": 1}));
        let mut payload = WatchDeletePayload::new("web", "prod", data.clone());
        payload.connection = "dev".into();
        payload.key = "core::v1::Pod".into();
        let event = WatchEvent::from(payload);
        assert_eq!(*event.connection(), "dev");
        assert_eq!(*event.key(), "core::v1::Pod");
        assert_eq!((event.id(), event.namespace()), (Some("web"), Some("prod")));
        assert_eq!((event.data(), event.state()), (Some(&data), None));

        let event = WatchEvent::from(WatchStateEvent::new(WatchState::Synced));
        assert_eq!(
            (event.id(), event.namespace(), event.data()),
            (None, None, None)
        );
        assert_eq!(event.state(), Some(WatchState::Synced));
    }
}
