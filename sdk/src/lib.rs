//! The resource-plugin contract as Rust types and traits, and the controller that keeps it.
mod call;
mod config;
pub mod connection;
pub mod context;
mod controller;
mod discovery;
mod error;
mod error_code;
pub mod filter;
mod ids;
mod json;
mod options;
mod panic;
pub mod provider;
pub mod query;
mod registry;
pub mod resource;
mod settings;
mod timestamp;
pub mod types;
pub mod watch;
mod wire;

pub use async_trait::async_trait;
pub use config::ResourcePluginConfig;
pub use connection::{
    ClientRefresher, ConnectionProvider, ConnectionRegistration, ConnectionRegistrationBuilder,
    ConnectionScope, ConnectionWatcher, SchemaProvider, ScopeProvider,
};
pub use context::{
    CallContext, Context, GlobalConfig, Session, connection_from_context, session_from_context,
    watch_scope_from_context, with_session, with_watch_scope,
};
pub use controller::build_resource_controller;
pub use discovery::{DiscoveredTypes, DiscoveryCoverage, DiscoveryProvider};
pub use error::{BoxError, Fault, PluginResult, ResourceOperationError, Result};
pub use error_code::ErrorCode;
pub use ids::{ConnectionId, PluginId, RequestId, RequesterId, ResourceKey};
pub use json::{Json, JsonMap};
pub use options::ControllerOptions;
pub use provider::{
    ActionProvider, ConnectionLifecycleProvider, EditorSchemaProvider, HealthProvider,
    OperationProvider, Provider, RelationshipProvider, TypeProvider, WatchProvider,
};
pub use resource::{
    ActionResourcer, ActionSink, DefinitionProvider, ErrorClassifier, EventRetriever, FilterFields,
    FilterableProvider, HealthAssessor, InvalidPattern, KeyPattern, RelationshipDeclarer,
    RelationshipResolver, ResourceHandles, ResourceRegistration, ResourceRegistrationBuilder,
    ResourceSchemaProvider, ResourceTarget, Resourcer, ScaleHintProvider, SyncPolicyDeclarer,
    TextSearchProvider, Watcher,
};
pub use settings::{Setting, SettingChange, SettingKind, SettingValue, Settings, SettingsError};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use types::*;
pub use watch::{Delivery, Jitter, RetryPolicy, SinkClosed, WatchEventSink, WatchSink};
