//! Stubs: a resource type and connections over memory, which do what the test says.
//!
//! [`Stub`] makes a registration with the capabilities that the test picks, and a [`StubControl`] that changes objects behind
//! the plugin's back, breaks calls, and knows which were made. [`StubConnections`] does the same for connections. Both share
//! one client type, [`StubClient`]. [`stub_plugin`] is all of it with one type, ready to mount.
//!
//! ```
//! use omniview_plugintest::{Harness, stub::{Fault, Stub, StubConnections, StubOperation}};
//! use omniview_sdk::{ErrorCode, ResourceOperationError, ResourcePluginConfig};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let (pods, control) = Stub::resource("core::v1::Pod").watchable().build();
//! let connections = StubConnections::new(["dev"]);
//! let config = ResourcePluginConfig::new("stub")
//!     .connections(connections.registration())
//!     .resource(pods);
//! let h = Harness::mount(config);
//! h.connect("dev").await;
//!
//! control.insert(json!({"id": "web-1", "namespace": "default"}));
//! control.next(StubOperation::Get, Fault::Error(ResourceOperationError::new(ErrorCode::Unavailable, "down")));
//! h.get("core::v1::Pod", "web-1").expect_error(ErrorCode::Unavailable).await;
//! h.get("core::v1::Pod", "web-1").await;
//! assert_eq!(control.calls(StubOperation::Get), 2);
//! h.shutdown().await;
//! # }
//! ```

mod builder;
mod capabilities;
mod connection_provider;
mod connections;
mod control;
mod plugin;
mod query;
mod resourcer;
mod store;
mod watcher;

pub use crate::fault::{
    Fault, PluginCall as StubCall, PluginMethod as StubOperation, RawError as StubError,
};
pub use builder::Stub;
pub use connections::{StubClient, StubConnections};
pub use control::StubControl;
pub use plugin::{StubPlugin, stub_plugin};
pub use resourcer::StubResourcer;
pub use watcher::WatchScript;
