//! What can go wrong, and what is remembered of a call.

use omniview_sdk::{CallContext, ConnectionId, ResourceKey, ResourceMeta};
use serde_json::Value;

/// A method that a plugin author implements and a test can break.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// use omniview_plugintest::fault::{Fault, Faults, PluginMethod};
///
/// let faults = Faults::new();
/// let h = Harness::mount(faults.wrap(stub_plugin().config));
/// h.connect("dev").await;
/// faults.always(PluginMethod::Delete, Fault::refused(ErrorCode::Forbidden));
/// h.create("core::v1::Pod", json!({"id": "web"})).await;
/// h.delete("core::v1::Pod", "web").expect_error(ErrorCode::Forbidden).await;
/// h.get("core::v1::Pod", "web").await; // the other methods go on
/// assert_eq!((faults.calls(PluginMethod::Delete), faults.calls(PluginMethod::Get)), (1, 1));
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each is named as the method that it stands for"
)]
pub enum PluginMethod {
    Get,
    List,
    Find,
    Create,
    Update,
    Delete,
    Watch,
    ListActions,
    ExecuteAction,
    StreamAction,
    ResourceSchema,
    FilterFields,
    Search,
    ResolveRelationships,
    AssessHealth,
    Events,
    LoadConnections,
    CreateClient,
    DestroyClient,
    CheckConnection,
    GetNamespaces,
    WatchConnections,
    RefreshClient,
    EditorSchemas,
    ResolveScope,
    Discover,
}

/// One call that a plugin has got.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// h.get("core::v1::Pod", "web").await;
/// let call = pods.last(StubOperation::Get);
/// assert_eq!((call.connection_id(), &call.input["id"]), ("dev".into(), &json!("web")));
/// assert!(call.context.deadline().is_some(), "the harness gives every call one");
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PluginCall {
    /// Which method.
    pub operation: PluginMethod,
    /// Session, scope, deadline and cancellation as they came.
    pub context: CallContext,
    /// The concrete resource type; none of a connection's methods.
    pub meta: Option<ResourceMeta>,
    /// The number of a stub's client; none of methods that get none, and over any other plugin.
    pub client: Option<u64>,
    /// The input as JSON; null where there is none.
    pub input: Value,
}

impl PluginCall {
    /// The id of the session's connection; empty without one.
    pub fn connection_id(&self) -> ConnectionId {
        self.context
            .connection()
            .map(|connection| connection.id.clone())
            .unwrap_or_default()
    }

    /// The key of the resource type; none of a connection's methods.
    pub fn key(&self) -> Option<ResourceKey> {
        self.meta.as_ref().map(ResourceMeta::key)
    }
}
