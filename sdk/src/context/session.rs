//! Who asks, on which connection, with which settings.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::Value;

use crate::{Connection, ConnectionId, RequestId, RequesterId, Settings};

/// Who asks, on which connection, with which settings; one a request.
///
/// Callers of the boundary set the connection (its id selects where a key-only method goes), the request id and
/// the requester. Plugin code always finds the full connection and the plugin's settings in it.
///
/// Cheap to clone. It has no JSON form: a session never crosses the wire.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use omniview_sdk::{CallContext, Session, Setting, Settings};
///
/// let settings = Settings::new();
/// settings.register_setting(Setting::new("pageSize", 50))?;
/// let session = Session::for_connection("dev").with_requester_id("window-1").with_plugin_config(Arc::new(settings));
/// let ctx = CallContext::new().with_session(session);
///
/// // What plugin code reads, from this context or from its `Context<C>`:
/// let session = ctx.session().ok_or("there is no session")?;
/// assert_eq!(session.connection_id().map(|id| id.as_str()), Some("dev"));
/// let settings = session.plugin_config.as_deref().ok_or("there are no settings")?;
/// assert_eq!(settings.int("pageSize")?, 50);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: SES-05, SES-06, SES-07
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Session {
    /// The connection; its id alone selects on the way in, all of its data is there on the plugin's side.
    pub connection: Option<Arc<Connection>>,
    /// The settings of the plugin. The SDK fills it from the configuration when it is `None`.
    pub plugin_config: Option<Arc<Settings>>,
    /// The settings of the whole application. The SDK fills it from the configuration when it is `None`.
    pub global_config: Option<GlobalConfig>,
    /// Names this request in logs. The SDK makes one up when it is empty.
    pub request_id: RequestId,
    /// Who asks: a window, a user, another plugin.
    pub requester_id: RequesterId,
}

impl Session {
    /// An empty session: no connection chosen.
    pub fn new() -> Self {
        Self::default()
    }

    /// A session that selects the connection called `id`.
    pub fn for_connection(id: impl Into<ConnectionId>) -> Self {
        Self {
            connection: Some(Arc::new(Connection {
                id: id.into(),
                ..Connection::default()
            })),
            ..Self::default()
        }
    }

    /// Sets the connection.
    #[must_use]
    pub fn with_connection(mut self, connection: Arc<Connection>) -> Self {
        self.connection = Some(connection);
        self
    }

    /// Sets the request id.
    #[must_use]
    pub fn with_request_id(mut self, id: impl Into<RequestId>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sets the requester.
    #[must_use]
    pub fn with_requester_id(mut self, id: impl Into<RequesterId>) -> Self {
        self.requester_id = id.into();
        self
    }

    /// Sets the plugin's settings.
    #[must_use]
    pub fn with_plugin_config(mut self, settings: Arc<Settings>) -> Self {
        self.plugin_config = Some(settings);
        self
    }

    /// Sets the application's settings.
    #[must_use]
    pub fn with_global_config(mut self, config: GlobalConfig) -> Self {
        self.global_config = Some(config);
        self
    }

    /// The id of the connection, if one is set and not empty.
    pub fn connection_id(&self) -> Option<&ConnectionId> {
        self.connection
            .as_deref()
            .map(|connection| &connection.id)
            .filter(|id| !id.is_empty())
    }
}

/// Makes a request id that no other call of this process has.
pub(crate) fn fresh_request_id() -> RequestId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    RequestId::from(format!("sdk-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// The application's settings: an opaque, shared map.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{GlobalConfig, Session};
///
/// let session = Session::new().with_global_config(GlobalConfig::from_iter([("theme", "dark")]));
/// let config = session.global_config.unwrap();
/// assert_eq!(config.get("theme").and_then(|theme| theme.as_str()), Some("dark"));
/// ```
///
/// Contract: SES-05
#[derive(Debug, Clone)]
pub struct GlobalConfig(Arc<BTreeMap<String, Value>>);

impl GlobalConfig {
    /// The value of `key`; `None` when it is missing.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }
}

impl Default for GlobalConfig {
    fn default() -> Self {
        static EMPTY: LazyLock<Arc<BTreeMap<String, Value>>> = LazyLock::new(Arc::default);
        Self(EMPTY.clone())
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for GlobalConfig {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(Arc::new(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_connection_id_selects_nothing() {
        assert_eq!(Session::for_connection("").connection_id(), None);
        assert_eq!(
            Session::for_connection("dev").connection_id(),
            Some(&ConnectionId::from("dev"))
        );
    }

    #[test]
    fn a_missing_global_setting_is_none() {
        let config: GlobalConfig = [("theme", "dark")].into_iter().collect();
        assert_eq!(config.get("theme"), Some(&Value::from("dark")));
        assert_eq!(config.get("font"), None);
        assert_eq!(GlobalConfig::default().get("theme"), None);
    }

    #[test]
    fn request_ids_differ() {
        assert_ne!(fresh_request_id(), fresh_request_id());
    }
}
