//! How a resource is doing.

use serde::{Deserialize, Serialize};

use super::open_enum::open_enum;
use crate::timestamp::Timestamp;
use crate::wire;

/// Tells how a resource is doing. Contract: HLT-01.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{HealthStatus, ResourceHealth};
///
/// let health = ResourceHealth::new(HealthStatus::Degraded)
///     .with_reason("BackOff")
///     .with_message("restarted 4 times in a minute");
/// assert_eq!(serde_json::to_value(&health).unwrap()["status"], "degraded");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceHealth {
    /// How it is doing. Contract: HLT-02.
    pub status: HealthStatus,
    /// Why, in one word for programs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Why, in a sentence for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What the status was concluded from.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub conditions: Vec<HealthCondition>,
}

impl ResourceHealth {
    /// A status without an explanation.
    pub fn new(status: HealthStatus) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    /// Says why, in one word for programs.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Says why, in a sentence for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Says since when.
    #[must_use]
    pub fn with_since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    /// Adds one condition.
    #[must_use]
    pub fn with_condition(mut self, condition: HealthCondition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// One observation that a resource's health was concluded from.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{HealthCondition, HealthStatus, ResourceHealth};
///
/// let ready = HealthCondition::new("Ready", "False");
/// let health = ResourceHealth::new(HealthStatus::Unhealthy).with_condition(ready);
/// assert_eq!(health.conditions[0].kind, "Ready");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HealthCondition {
    /// What was observed, for example `Ready`; the key is `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it holds, in the backend's words, for example `True`.
    pub status: String,
    /// Why, in one word for programs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Why, in a sentence for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// When it was last looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_probe_time: Option<Timestamp>,
    /// When it last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_transition_time: Option<Timestamp>,
}

impl HealthCondition {
    /// An observation without an explanation.
    pub fn new(kind: impl Into<String>, status: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            status: status.into(),
            ..Self::default()
        }
    }
}

/// Something that happened to a resource. Contract: HLT-03.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{EventSeverity, ResourceEvent, Timestamp};
///
/// let restarted = ResourceEvent {
///     kind: EventSeverity::Warning,
///     reason: "BackOff".into(),
///     message: "restarting the failed container".into(),
///     count: 4,
///     first_seen: Timestamp::parse("2026-01-01T10:00:00Z")?,
///     last_seen: Timestamp::parse("2026-01-01T10:03:00Z")?,
///     ..ResourceEvent::default()
/// };
/// assert!(restarted.first_seen < restarted.last_seen);
/// # Ok::<(), omniview_sdk::ParseTimestampError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ResourceEvent {
    /// How bad it is; the key is `type`.
    #[serde(rename = "type")]
    pub kind: EventSeverity,
    /// What happened, in one word for programs.
    pub reason: String,
    /// What happened, in a sentence for people.
    pub message: String,
    /// Who says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// How often it happened; 0 if that is not known.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub count: i32,
    /// When it was first seen; the zero time if that is not known.
    pub first_seen: Timestamp,
    /// When it was last seen; the zero time if that is not known.
    pub last_seen: Timestamp,
}

open_enum! {
    /// How a resource is doing. Contract: HLT-02.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::HealthStatus;
    ///
    /// fn of_replicas(ready: u32, wanted: u32) -> HealthStatus {
    ///     match ready {
    ///         _ if ready >= wanted => HealthStatus::Healthy,
    ///         0 => HealthStatus::Unhealthy,
    ///         _ => HealthStatus::Degraded,
    ///     }
    /// }
    ///
    /// assert_eq!(of_replicas(1, 3), HealthStatus::Degraded);
    /// assert_eq!(of_replicas(3, 3), "healthy", "its text on the wire");
    /// ```
    HealthStatus = Unknown {
        /// It does what it should.
        Healthy = "healthy",
        /// It does some of what it should.
        Degraded = "degraded",
        /// It does not do what it should.
        Unhealthy = "unhealthy",
        /// It is on its way.
        Pending = "pending",
        /// Nothing can be said.
        Unknown = "unknown",
    }
}

open_enum! {
    /// How bad an event is.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{EventSeverity, ResourceEvent};
    ///
    /// let happened = |kind, reason: &str| ResourceEvent { kind, reason: reason.into(), ..ResourceEvent::default() };
    /// let events = [happened(EventSeverity::Normal, "Started"), happened(EventSeverity::Warning, "BackOff")];
    /// let alarming: Vec<&str> =
    ///     events.iter().filter(|event| event.kind != EventSeverity::Normal).map(|event| &*event.reason).collect();
    /// assert_eq!(alarming, ["BackOff"]);
    /// ```
    EventSeverity = Normal {
        /// As it should be.
        Normal = "normal",
        /// Worth a look.
        Warning = "warning",
        /// Something failed.
        Error = "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: HLT-02
    #[test]
    fn there_are_five_statuses_and_the_default_is_unknown() {
        assert_eq!(HealthStatus::ALL.len(), 5);
        assert_eq!(ResourceHealth::default().status, HealthStatus::Unknown);
    }

    #[test]
    fn times_of_an_event_are_always_written() {
        let event = ResourceEvent {
            reason: "BackOff".into(),
            ..Default::default()
        };
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            concat!(
                r#"{"type":"normal","reason":"BackOff","message":"","#,
                r#""firstSeen":"0001-01-01T00:00:00Z","lastSeen":"0001-01-01T00:00:00Z"}"#
            )
        );
    }

    #[test]
    fn what_is_not_said_of_health_is_left_out() {
        let health = ResourceHealth::new(HealthStatus::Healthy);
        assert_eq!(
            serde_json::to_string(&health).unwrap(),
            r#"{"status":"healthy"}"#
        );
        let health = health.with_condition(HealthCondition::new("Ready", "True"));
        let value = serde_json::to_value(health).unwrap();
        assert_eq!(
            value["conditions"],
            serde_json::json!([{"type": "Ready", "status": "True"}])
        );
    }
}
