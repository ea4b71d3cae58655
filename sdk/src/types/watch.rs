//! What is watched, when, and how far a watch has come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::int_enum::int_enum;
use crate::ids::{ConnectionId, ResourceKey};
use crate::wire;

int_enum! {
    /// How far the watch of one resource type has come.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::WatchState;
    ///
    /// let state: WatchState = serde_json::from_str("3")?;
    /// assert_eq!((state, state.is_terminal()), (WatchState::Error, false), "another attempt follows");
    /// assert!(WatchState::Failed.is_terminal(), "none does");
    /// assert!(serde_json::from_str::<WatchState>("8").is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    WatchState, "watch state" {
        /// Registered and not started. Contract: WAT-02. Left by starting.
        Idle = 0, "IDLE";
        /// An attempt runs and the initial list is not in. Contract: WAT-25, WAT-26.
        Syncing = 1, "SYNCING";
        /// The initial list is in and changes follow. Contract: WAT-27.
        Synced = 2, "SYNCED";
        /// The attempt failed; another follows unless the budget is spent. Contract: WAT-22.
        Error = 3, "ERROR";
        /// Ended because it was told to, until it is started again. Contract: WAT-30.
        Stopped = 4, "STOPPED";
        /// The budget of attempts is spent, until it is started again. Contract: WAT-23, WAT-37.
        Failed = 5, "FAILED";
        /// The backend refuses, until it is started again. Contract: WAT-31.
        Forbidden = 6, "FORBIDDEN";
        /// Excluded by discovery or by scope. Contract: WAT-32.
        Skipped = 7, "SKIPPED";
    }
}

impl WatchState {
    /// Tells whether nothing more happens by itself: stopped, failed, forbidden or skipped.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Stopped | Self::Failed | Self::Forbidden | Self::Skipped => true,
            Self::Idle | Self::Syncing | Self::Synced | Self::Error => false,
        }
    }
}

int_enum! {
    /// When the watch of a resource type starts.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ResourceMeta, SyncPolicy, SyncPolicyDeclarer};
    ///
    /// struct Logs;
    ///
    /// impl SyncPolicyDeclarer for Logs {
    ///     fn sync_policy(&self, meta: &ResourceMeta) -> SyncPolicy {
    ///         // Nobody follows a million lines unasked.
    ///         if meta.kind == "Line" { SyncPolicy::OnFirstQuery } else { SyncPolicy::default() }
    ///     }
    /// }
    ///
    /// assert_eq!(Logs.sync_policy(&ResourceMeta::new("logs", "v1", "File")), SyncPolicy::OnConnect);
    /// ```
    SyncPolicy, "sync policy" {
        /// With the connection. Contract: WAT-01, WAT-04.
        OnConnect = 0, "ON_CONNECT";
        /// With the first query of the type. Contract: WAT-02, WAT-21.
        OnFirstQuery = 1, "ON_FIRST_QUERY";
        /// Never. Contract: WAT-03.
        Never = 2, "NEVER";
    }
}

int_enum! {
    /// How the partitions that a connection is watched in are chosen.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ConnectionScope, ScopeMode};
    ///
    /// // Explicitly nothing is not everything: its watches are skipped.
    /// let nothing = ConnectionScope::explicit(Vec::<String>::new());
    /// assert_eq!((nothing.mode, nothing.mode.ui_name()), (ScopeMode::Explicit, "EXPLICIT"));
    /// assert_ne!(nothing, ConnectionScope::all());
    /// ```
    ScopeMode, "scope mode" {
        /// All of them. Contract: SCP-01.
        All = 0, "ALL";
        /// Those that are listed. Contract: SCP-02.
        Explicit = 1, "EXPLICIT";
        /// Those that are found. Contract: SCP-02.
        AutoDiscover = 2, "AUTO_DISCOVER";
    }
}

/// Limits a watch to parts of the backend, namespaces for example. Contract: SCP-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::WatchScope;
///
/// let scope = WatchScope::new(["shop", "payments"]);
/// assert!(scope.includes("shop") && !scope.includes("bank"));
/// assert!(WatchScope::default().includes("bank"), "no partitions are no limit");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WatchScope {
    /// The parts; none listed in a scope that reaches a watch means all. Contract: SCP-03.
    #[serde(
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub partitions: Vec<String>,
}

impl WatchScope {
    /// Limits a watch to these parts.
    pub fn new<T: Into<String>>(partitions: impl IntoIterator<Item = T>) -> Self {
        Self {
            partitions: partitions.into_iter().map(Into::into).collect(),
        }
    }

    /// Tells whether a watch with this scope reports on a part. Contract: SCP-03.
    pub fn includes(&self, partition: &str) -> bool {
        self.partitions.is_empty() || self.partitions.iter().any(|one| one == partition)
    }
}

/// How far each watch of a connection has come. Contract: WAT-09.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # async fn example(provider: &dyn Provider, ctx: &CallContext) -> Result<()> {
/// let summary = provider.get_watch_state(ctx, &"dev".into()).await?;
/// for (key, state) in &summary.resources {
///     match summary.resource_counts.get(key) {
///         Some(count) => println!("{key}: {state:?}, {count} objects"),
///         None => println!("{key}: {state:?}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WatchConnectionSummary {
    /// The connection.
    pub connection_id: ConnectionId,
    /// The state of every watchable type, idle and skipped ones too.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub resources: BTreeMap<ResourceKey, WatchState>,
    /// How many resources each type had when it last synced; 0 is a count, absent is not.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub resource_counts: BTreeMap<ResourceKey, i64>,
    /// What the watches are limited to; none if to nothing. Contract: SCP-04.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<WatchScope>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: WAT-43
    #[test]
    fn every_state_policy_and_mode_is_listed_with_its_name() {
        fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
            all.iter().map(|one| name(*one)).collect()
        }
        assert_eq!(
            names(WatchState::ALL, WatchState::ui_name),
            [
                "IDLE",
                "SYNCING",
                "SYNCED",
                "ERROR",
                "STOPPED",
                "FAILED",
                "FORBIDDEN",
                "SKIPPED"
            ]
        );
        assert_eq!(
            names(SyncPolicy::ALL, SyncPolicy::ui_name),
            ["ON_CONNECT", "ON_FIRST_QUERY", "NEVER"]
        );
        assert_eq!(
            names(ScopeMode::ALL, ScopeMode::ui_name),
            ["ALL", "EXPLICIT", "AUTO_DISCOVER"]
        );
    }

    #[test]
    fn an_unknown_state_is_rejected_by_number() {
        let error = serde_json::from_value::<WatchConnectionSummary>(
            json!({"resources": {"core::v1::Pod": 9}}),
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown watch state 9, expected a number from 0 to 7"
        );
    }

    #[test]
    fn four_states_are_terminal() {
        let terminal: Vec<_> = WatchState::ALL
            .iter()
            .copied()
            .filter(|state| state.is_terminal())
            .collect();
        assert_eq!(
            terminal,
            [
                WatchState::Stopped,
                WatchState::Failed,
                WatchState::Forbidden,
                WatchState::Skipped
            ]
        );
    }

    /// Contract: SCP-03
    #[test]
    fn a_scope_without_partitions_includes_all() {
        assert!(WatchScope::default().includes("a"));
        assert!(WatchScope::new(["a"]).includes("a"));
        assert!(!WatchScope::new(["a"]).includes("b"));
        assert_eq!(serde_json::to_string(&WatchScope::default()).unwrap(), "{}");
    }
}
