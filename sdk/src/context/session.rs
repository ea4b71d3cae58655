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
/// let settings = session.plugin_config().ok_or("there are no settings")?;
/// assert_eq!(settings.int("pageSize")?, 50);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Contract: SES-05, SES-06, SES-07
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Session {
    surroundings: Option<Arc<Surroundings>>,
    /// Names this request in logs. The SDK makes one up when it is empty.
    pub request_id: RequestId,
    /// Who asks: a window, a user, another plugin.
    pub requester_id: RequesterId,
}

/// What the calls on one connection share, behind one count: every call has a session of its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    pub(crate) connection: Option<Arc<Connection>>,
    pub(crate) plugin_config: Option<Arc<Settings>>,
    pub(crate) global_config: Option<GlobalConfig>,
}

impl Session {
    /// An empty session: no connection chosen.
    pub fn new() -> Self {
        Self::default()
    }

    /// A session that selects the connection called `id`.
    pub fn for_connection(id: impl Into<ConnectionId>) -> Self {
        Self::new().on_connection(id)
    }

    /// A session of the SDK's own.
    pub(crate) fn within(surroundings: Arc<Surroundings>) -> Self {
        Self {
            surroundings: Some(surroundings),
            request_id: fresh_request_id(),
            requester_id: RequesterId::default(),
        }
    }

    /// The session that plugin code gets on a caller's behalf: what the caller has not set is that of the surroundings.
    pub(crate) fn on_behalf(caller: &Self, surroundings: Arc<Surroundings>) -> Self {
        let settings = (caller.plugin_config(), caller.global_config());
        let surroundings = match settings {
            (None, None) => surroundings,
            (plugin, global) => Arc::new(Surroundings {
                connection: surroundings.connection.clone(),
                plugin_config: plugin.or(surroundings.plugin_config.as_ref()).cloned(),
                global_config: global.or(surroundings.global_config.as_ref()).cloned(),
            }),
        };
        let request_id = match caller.request_id.is_empty() {
            true => fresh_request_id(),
            false => caller.request_id.clone(),
        };
        Self {
            surroundings: Some(surroundings),
            request_id,
            requester_id: caller.requester_id.clone(),
        }
    }

    /// Selects the connection called `id`, in place of another.
    #[must_use]
    pub fn on_connection(self, id: impl Into<ConnectionId>) -> Self {
        self.with_connection(Arc::new(Connection {
            id: id.into(),
            ..Connection::default()
        }))
    }

    /// Sets the connection.
    #[must_use]
    pub fn with_connection(mut self, connection: Arc<Connection>) -> Self {
        self.change().connection = Some(connection);
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
        self.change().plugin_config = Some(settings);
        self
    }

    /// Sets the application's settings.
    #[must_use]
    pub fn with_global_config(mut self, config: GlobalConfig) -> Self {
        self.change().global_config = Some(config);
        self
    }

    /// The connection; its id alone selects on the way in, all of its data is there on the plugin's side.
    pub fn connection(&self) -> Option<&Arc<Connection>> {
        self.surroundings.as_ref()?.connection.as_ref()
    }

    /// The id of the connection, if one is set and not empty.
    pub fn connection_id(&self) -> Option<&ConnectionId> {
        self.connection()
            .map(|connection| &connection.id)
            .filter(|id| !id.is_empty())
    }

    /// The settings of the plugin. The SDK sets those of the configuration where there are none.
    pub fn plugin_config(&self) -> Option<&Arc<Settings>> {
        self.surroundings.as_ref()?.plugin_config.as_ref()
    }

    /// The settings of the whole application. The SDK sets those of the configuration where there are none.
    pub fn global_config(&self) -> Option<&GlobalConfig> {
        self.surroundings.as_ref()?.global_config.as_ref()
    }

    fn change(&mut self) -> &mut Surroundings {
        Arc::make_mut(self.surroundings.get_or_insert_default())
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
/// let config = session.global_config().unwrap();
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
