//! A whole plugin of stubs.

use omniview_sdk::{
    ActionDescriptor, FilterField, FilterFieldType, HealthStatus, RelationshipDescriptor,
    RelationshipType, ResourceHealth, ResourcePluginConfig,
};
use serde_json::{Value, json};

use super::{Stub, StubClient, StubConnections, StubControl};

/// A whole plugin of stubs, ready to mount.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::{Harness, stub::{Fault, StubOperation, StubPlugin, stub_plugin}};
/// use omniview_sdk::ErrorCode;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let StubPlugin { config, connections, pods } = stub_plugin();
/// let h = Harness::mount(config);
/// connections.next(StubOperation::CreateClient, Fault::refused(ErrorCode::Unauthorized));
/// h.start_connection("dev").expect_error(ErrorCode::Unauthorized).await;
/// h.connect("dev").await;
/// pods.insert(json!({"id": "web"}));
/// h.get("core::v1::Pod", "web").await;
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug)]
pub struct StubPlugin {
    /// What to mount.
    pub config: ResourcePluginConfig<StubClient>,
    /// The test's hand on its connections, `dev` and `prod`.
    pub connections: StubConnections,
    /// The test's hand on its only type, `core::v1::Pod`.
    pub pods: StubControl,
}

/// A plugin with the connections `dev` and `prod` and one type, `core::v1::Pod`, that can be watched, filtered, searched
/// and judged, has a `restart` action and a relationship, and holds no object.
///
/// ```
/// use omniview_plugintest::{Harness, added, stub::stub_plugin};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let plugin = stub_plugin();
/// let h = Harness::mount(plugin.config);
/// h.connect("dev").await;
/// plugin.pods.insert(json!({"id": "web-1", "namespace": "default", "phase": "Running"}));
/// h.wait_for(added("web-1").of("core::v1::Pod")).await;
/// h.shutdown().await;
/// # }
/// ```
pub fn stub_plugin() -> StubPlugin {
    let connections = StubConnections::new(["dev", "prod"])
        .watchable()
        .refreshable();
    let (registration, pods) = Stub::resource("core::v1::Pod")
        .watchable()
        .searchable()
        .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
        .health(health_by_phase)
        .actions([ActionDescriptor::new("restart", "Restart").streaming()])
        .relationships([RelationshipDescriptor::new(
            RelationshipType::RunsOn,
            "core::v1::Node",
            "runs on",
        )])
        .schema(json!({"type": "object", "required": ["id"]}))
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    StubPlugin {
        config,
        connections,
        pods,
    }
}

fn health_by_phase(object: &Value) -> ResourceHealth {
    ResourceHealth::new(match object.get("phase").and_then(Value::as_str) {
        Some("Running") => HealthStatus::Healthy,
        Some("Pending") => HealthStatus::Pending,
        Some("Failed") => HealthStatus::Unhealthy,
        _ => HealthStatus::Unknown,
    })
}
