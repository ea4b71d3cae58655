//! Many watches that do nothing.

use std::sync::Arc;

use omniview_sdk::{CallContext, ConnectionId, Provider};
use tokio::task::yield_now;

use crate::{
    events::{Listening, NoOp},
    mount::running,
    plugin::{Watching, config, connection},
};

/// A plugin with a no-op listener and so many idle watches on each of so many connections.
pub struct Watches {
    provider: Arc<dyn Provider>,
    listening: Listening,
    connections: Vec<ConnectionId>,
    expected: usize,
}

impl Watches {
    /// A plugin whose connections are known and not started.
    pub async fn mounted(types: usize, connections: usize) -> Self {
        let connections: Vec<_> = (0..connections)
            .map(|number| connection(format!("c{number}")))
            .collect();
        let ids: Vec<_> = connections.iter().map(|one| one.id.clone()).collect();
        let provider = running(config(types, &Watching::Idle, connections), &[]).await;
        let listening = Listening::to(&provider, Arc::new(NoOp)).await;
        Self {
            provider,
            listening,
            connections: ids,
            expected: types,
        }
    }

    /// A plugin whose connections are started and whose watches are synced.
    pub async fn synced(types: usize, connections: usize) -> Self {
        let watches = Self::mounted(types, connections).await;
        watches.start_connections().await;
        watches
    }

    /// Starts every connection, and waits until every watch is synced.
    pub async fn start_connections(&self) {
        for id in &self.connections {
            let ctx = CallContext::new();
            self.provider.start_connection(&ctx, id).await.unwrap();
        }
        self.settle().await;
    }

    /// Starts the watches of every connection; returns when they are started, not when they are synced.
    pub async fn start(&self) {
        for id in &self.connections {
            let ctx = CallContext::new();
            self.provider
                .start_connection_watch(&ctx, id)
                .await
                .unwrap();
        }
    }

    /// Waits until every watch is synced.
    pub async fn settle(&self) {
        let ctx = CallContext::new();
        for id in &self.connections {
            loop {
                let summary = self.provider.get_watch_state(&ctx, id).await.unwrap();
                if summary.resource_counts.len() == self.expected
                    && summary
                        .resources
                        .values()
                        .all(|state| *state == omniview_sdk::WatchState::Synced)
                {
                    break;
                }
                yield_now().await;
            }
        }
    }

    /// Stops the watches of every connection; when it returns they have ended.
    pub async fn stop(&self) {
        for id in &self.connections {
            let ctx = CallContext::new();
            self.provider.stop_connection_watch(&ctx, id).await.unwrap();
        }
    }

    /// Ends the plugin.
    pub async fn close(self) {
        self.provider.close().await.unwrap();
        self.listening.ended().await;
    }
}

impl std::fmt::Debug for Watches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watches").finish_non_exhaustive()
    }
}
