//! From a configuration to a running plugin and back to nothing.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, ConnectionId, Provider, ResourcePluginConfig, build_resource_controller,
};

use crate::plugin::{Watching, config, connection};

/// A configuration of so many types on one connection, `dev`.
pub fn prepare(types: usize, watching: &Watching) -> ResourcePluginConfig<()> {
    config(types, watching, vec![connection("dev")])
}

/// Builds the controller, loads the connections, starts the only one, closes.
///
/// What is returned is only to be dropped, outside of what is measured.
pub async fn mount_and_close(config: ResourcePluginConfig<()>) -> Arc<dyn Provider> {
    let provider = running(config, &["dev".into()]).await;
    provider.close().await.unwrap();
    provider
}

/// A controller on which these connections are started.
pub async fn running(
    config: ResourcePluginConfig<()>,
    connections: &[ConnectionId],
) -> Arc<dyn Provider> {
    let ctx = CallContext::new();
    let provider = build_resource_controller(&ctx, config).unwrap();
    provider.load_connections(&ctx).await.unwrap();
    for id in connections {
        provider.start_connection(&ctx, id).await.unwrap();
    }
    provider
}
