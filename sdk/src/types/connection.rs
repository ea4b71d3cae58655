//! Connections: how a plugin reaches one backend.

use std::time::Duration;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize, Serializer};

use super::connection_builder::ConnectionBuilder;
use super::open_enum::open_enum;
use super::sensitive::SensitiveData;
use crate::ids::ConnectionId;
use crate::json::JsonMap;
use crate::timestamp::Timestamp;
use crate::wire;

/// Describes how a plugin reaches one backend.
///
/// [`Connection::builder`] fills in what most connections leave unsaid; a literal fills in nothing.
/// Secrets go into `sensitive`, which is neither written nor printed. A key `Client`, which another
/// side may write, is ignored.
///
/// # Examples
///
/// ```
/// use omniview_sdk::Connection;
///
/// let connection = Connection::builder("dev")
///     .name("Development")
///     .data("url", "https://dev.example")
///     .sensitive("token", "s3cret")
///     .build()?;
/// assert!(!format!("{connection:?}").contains("s3cret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Connection {
    /// When the credentials were last renewed; the zero time if never.
    pub last_refresh: Timestamp,
    /// What the plugin needs to reach the backend.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub data: JsonMap,
    /// What people sort connections by.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub labels: JsonMap,
    /// When the connection starts by itself.
    pub lifecycle: ConnectionLifecycle,
    /// The id, unique within the plugin and stable across restarts. Contract: CON-01.
    pub id: ConnectionId,
    /// The id of this very object, which a later one of the same `id` does not share.
    pub uid: String,
    /// What people read.
    pub name: String,
    /// What the connection leads to, in a sentence.
    pub description: String,
    /// The picture of the connection.
    pub avatar: String,
    /// How long credentials hold; nanoseconds on the wire, where a negative number reads as 0.
    #[serde(serialize_with = "write_nanos", deserialize_with = "read_nanos")]
    pub expiry_time: Duration,
    /// Secrets; neither written nor printed.
    #[serde(skip)]
    pub sensitive: SensitiveData,
}

impl Connection {
    /// Starts a connection of this id.
    pub fn builder(id: impl Into<ConnectionId>) -> ConnectionBuilder {
        ConnectionBuilder::new(id.into())
    }

    /// Tells whether the credentials still hold at a time.
    ///
    /// They hold for `expiry_time` from `last_refresh`, the last instant excluded; with an expiry
    /// of zero they never do.
    pub fn is_authed(&self, now: Timestamp) -> bool {
        // An expiry past the end of the calendar never comes.
        !self.expiry_time.is_zero()
            && self
                .last_refresh
                .checked_add(self.expiry_time)
                .is_none_or(|expiry| now < expiry)
    }

    /// Tells whether the other connection asks for the same client. Contract: CON-24.
    ///
    /// Refresh time and uid do not count, secrets do. A retry that is not set is `NONE`.
    pub fn same_configuration(&self, other: &Self) -> bool {
        // Exhaustive, so that a new field has to be decided on.
        let Self {
            last_refresh: _,
            uid: _,
            data,
            labels,
            lifecycle,
            id,
            name,
            description,
            avatar,
            expiry_time,
            sensitive,
        } = self;
        *data == other.data
            && *labels == other.labels
            && lifecycle.same_as(&other.lifecycle)
            && *id == other.id
            && *name == other.name
            && *description == other.description
            && *avatar == other.avatar
            && *expiry_time == other.expiry_time
            && *sensitive == other.sensitive
    }
}

/// Tells when a connection starts by itself.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{Connection, ConnectionAutoConnect, ConnectionRetry, ConnectionTrigger};
///
/// let auto = ConnectionAutoConnect::on([ConnectionTrigger::PluginStart]).retry(ConnectionRetry::None);
/// let dev = Connection::builder("dev").auto_connect(auto).build()?;
/// assert!(dev.lifecycle.auto_connect.is_some_and(|auto| auto.enabled));
/// # Ok::<(), omniview_sdk::InvalidConnection>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionLifecycle {
    /// How it starts by itself; none if it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_connect: Option<ConnectionAutoConnect>,
}

impl ConnectionLifecycle {
    fn same_as(&self, other: &Self) -> bool {
        match (&self.auto_connect, &other.auto_connect) {
            (Some(one), Some(other)) => one.same_as(other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Tells what starts a connection, and what happens if that fails.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ConnectionAutoConnect, ConnectionRetry, ConnectionTrigger};
///
/// let auto = ConnectionAutoConnect::on([ConnectionTrigger::ConnectionDiscovered]);
/// assert!(auto.enabled && auto.triggers == [ConnectionTrigger::ConnectionDiscovered]);
/// assert_eq!(auto.effective_retry(), ConnectionRetry::None, "a failed start is not tried again");
/// assert!(!ConnectionAutoConnect::default().enabled);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionAutoConnect {
    /// Whether it starts by itself at all.
    pub enabled: bool,
    /// What starts it.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub triggers: Vec<ConnectionTrigger>,
    /// What happens after a failed start; the empty text means `NONE`.
    pub retry: ConnectionRetry,
}

impl ConnectionAutoConnect {
    /// Starts on any of these triggers, without a retry.
    pub fn on(triggers: impl IntoIterator<Item = ConnectionTrigger>) -> Self {
        Self {
            enabled: true,
            triggers: triggers.into_iter().collect(),
            retry: ConnectionRetry::None,
        }
    }

    /// Sets what happens after a failed start.
    #[must_use]
    pub fn retry(mut self, retry: ConnectionRetry) -> Self {
        self.retry = retry;
        self
    }

    /// What happens after a failed start, where nothing said means `NONE`.
    pub fn effective_retry(&self) -> ConnectionRetry {
        if self.retry.is_empty() {
            ConnectionRetry::None
        } else {
            self.retry.clone()
        }
    }

    fn same_as(&self, other: &Self) -> bool {
        let Self {
            enabled,
            triggers,
            retry: _,
        } = self;
        *enabled == other.enabled
            && *triggers == other.triggers
            && self.effective_retry() == other.effective_retry()
    }
}

open_enum! {
    /// What starts a connection by itself.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{Connection, ConnectionAutoConnect, ConnectionTrigger};
    ///
    /// let with = |trigger| Connection::builder("dev").auto_connect(ConnectionAutoConnect::on([trigger])).build();
    /// assert!(with(ConnectionTrigger::PluginStart).is_ok());
    /// assert!(with(ConnectionTrigger::from("FULL_MOON")).is_err(), "nothing would ever start it");
    /// ```
    ConnectionTrigger {
        /// The plugin starts.
        PluginStart = "PLUGIN_START",
        /// The connection turns up while the plugin runs.
        ConnectionDiscovered = "CONNECTION_DISCOVERED",
    }
}

open_enum! {
    /// What happens after a failed start.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ConnectionAutoConnect, ConnectionRetry, ConnectionTrigger};
    ///
    /// let auto = ConnectionAutoConnect::on([ConnectionTrigger::PluginStart]).retry(ConnectionRetry::OnChange);
    /// assert_eq!(serde_json::to_value(&auto)?["retry"], "ON_CHANGE");
    /// let unsaid = ConnectionAutoConnect { retry: ConnectionRetry::from(""), ..auto };
    /// assert_eq!(unsaid.effective_retry(), ConnectionRetry::None);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ConnectionRetry = None {
        /// Nothing.
        None = "NONE",
        /// Another try when the configuration changes.
        OnChange = "ON_CHANGE",
    }
}

fn write_nanos<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX))
}

fn read_nanos<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let nanos = i64::deserialize(deserializer)?;
    Ok(Duration::from_nanos(u64::try_from(nanos).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn connection() -> Connection {
        Connection::builder("dev")
            .data("kubeconfig", "/k")
            .label("env", "dev")
            .sensitive("token", "hunter2")
            .auto_connect(ConnectionAutoConnect::on([ConnectionTrigger::PluginStart]))
            .build()
            .unwrap()
    }

    #[test]
    fn secrets_are_neither_printed_nor_written() {
        let connection = connection();
        assert!(!format!("{connection:?} {connection:#?}").contains("hunter2"));
        let written = serde_json::to_string(&connection).unwrap();
        assert!(
            !written.contains("hunter2") && !written.contains("token"),
            "{written}"
        );
        let read: Connection = serde_json::from_str(&written).unwrap();
        assert_eq!(
            read,
            Connection {
                sensitive: SensitiveData::new(),
                ..connection
            }
        );
    }

    /// Contract: CON-24
    #[test]
    fn a_client_is_ignored() {
        let read: Connection = serde_json::from_value(json!({"Client": {"a": 1}})).unwrap();
        assert_eq!(read, Connection::default());
        assert_eq!(serde_json::to_value(read).unwrap().get("Client"), None);
    }

    #[test]
    fn the_zero_connection_writes_every_key() {
        assert_eq!(
            serde_json::to_string(&Connection::default()).unwrap(),
            concat!(
                r#"{"last_refresh":"0001-01-01T00:00:00Z","data":{},"labels":{},"lifecycle":{},"#,
                r#""id":"","uid":"","name":"","description":"","avatar":"","expiry_time":0}"#
            )
        );
    }

    #[test]
    fn expiry_is_nanoseconds() {
        let read: Connection = serde_json::from_value(json!({"expiry_time": -1})).unwrap();
        assert_eq!(read.expiry_time, Duration::ZERO);
        let long = Connection {
            expiry_time: Duration::MAX,
            ..Default::default()
        };
        assert_eq!(serde_json::to_value(long).unwrap()["expiry_time"], i64::MAX);
        assert_eq!(
            serde_json::to_value(connection()).unwrap()["expiry_time"],
            86_400_000_000_000_i64
        );
    }

    #[test]
    fn credentials_hold_until_the_expiry() {
        let refreshed = Timestamp::parse("2026-01-02T03:04:05Z").unwrap();
        let at = |seconds| refreshed.checked_add(Duration::from_secs(seconds)).unwrap();
        let mut connection = Connection {
            last_refresh: refreshed,
            expiry_time: Duration::from_secs(10),
            ..connection()
        };
        assert!(connection.is_authed(at(9)));
        assert!(!connection.is_authed(at(10)));
        connection.expiry_time = Duration::MAX;
        assert!(connection.is_authed(at(10)));
        connection.expiry_time = Duration::ZERO;
        assert!(!connection.is_authed(refreshed));
    }

    #[test]
    fn a_connection_that_was_never_refreshed_is_not_authed() {
        assert!(!connection().is_authed(Timestamp::now()));
    }

    /// Contract: CON-24
    #[test]
    fn refresh_time_uid_and_an_unset_retry_do_not_count() {
        let one = connection();
        let mut other = Connection {
            last_refresh: Timestamp::now(),
            uid: "another".to_owned(),
            ..one.clone()
        };
        if let Some(auto) = &mut other.lifecycle.auto_connect {
            auto.retry = ConnectionRetry::from("");
        }
        assert!(one.same_configuration(&other));
    }

    /// Contract: CON-24
    #[test]
    fn an_absent_map_equals_an_empty_one() {
        let read = |value| serde_json::from_value::<Connection>(value).unwrap();
        let absent = read(json!({"id": "dev"}));
        let empty = read(json!({"id": "dev", "data": {}, "labels": {}}));
        let null = read(json!({"id": "dev", "data": null, "labels": null}));
        assert!(absent.same_configuration(&empty));
        assert!(absent.same_configuration(&null));
    }

    /// Contract: CON-24
    #[test]
    fn everything_else_counts() {
        let changes: [fn(&mut Connection); 10] = [
            |c| c.id = "other".into(),
            |c| c.name.push('x'),
            |c| c.description.push('x'),
            |c| c.avatar.push('x'),
            |c| c.expiry_time += Duration::from_nanos(1),
            |c| c.data.clear(),
            |c| c.labels.clear(),
            |c| drop(c.sensitive.insert("token", "hunter3")),
            |c| c.lifecycle.auto_connect = None,
            |c| {
                c.lifecycle.auto_connect = Some(
                    ConnectionAutoConnect::on([ConnectionTrigger::PluginStart])
                        .retry(ConnectionRetry::OnChange),
                );
            },
        ];
        let one = connection();
        for (index, change) in changes.iter().enumerate() {
            let mut other = one.clone();
            change(&mut other);
            assert!(!one.same_configuration(&other), "change {index}");
            assert!(!other.same_configuration(&one), "change {index}");
        }
    }
}
