//! Watches and listeners.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;

use super::build::ResourceController;
use crate::{
    CallContext, ConnectionId, ResourceKey, ResourceOperationError, Result, WatchConnectionSummary,
    WatchEventSink, WatchProvider, WatchState, call::CallSite, watch::ConnectionWatches,
};

#[async_trait]
impl<C: Send + Sync + 'static> WatchProvider for ResourceController<C> {
    async fn start_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()> {
        self.connections.start_watch(ctx, connection).await
    }

    async fn stop_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()> {
        self.connections.stop_watch(ctx, connection).await
    }

    async fn has_watch(&self, ctx: &CallContext, connection: &ConnectionId) -> Result<bool> {
        let site = CallSite::new("has_watch").on_connection(connection);
        self.enter(ctx, site)?;
        let watches = self
            .connections
            .watches(connection)
            .map_err(|error| site.locate(error))?;
        Ok(watches.any_running())
    }

    async fn get_watch_state(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<WatchConnectionSummary> {
        let site = CallSite::new("get_watch_state").on_connection(connection);
        self.enter(ctx, site)?;
        let watches = self
            .connections
            .watches(connection)
            .map_err(|error| site.locate(error))?;
        let discovered = self.connections.discovered(connection)?;
        let mut resources: BTreeMap<ResourceKey, WatchState> = self
            .connections
            .types_of(discovered.as_deref())
            .into_iter()
            .filter_map(|(key, found)| {
                found.served?.handles.watcher.as_ref()?;
                Some((key, WatchState::Idle))
            })
            .collect();
        let mut resource_counts = BTreeMap::new();
        for (key, watch) in watches.snapshots() {
            if let Some(count) = watch.count {
                resource_counts.insert(key.clone(), count);
            }
            resources.insert(key, watch.state);
        }
        Ok(WatchConnectionSummary {
            connection_id: connection.clone(),
            resources,
            resource_counts,
            scope: watches.scope().map(|scope| (*scope).clone()),
        })
    }

    async fn listen_for_events(
        &self,
        ctx: &CallContext,
        sink: Arc<dyn WatchEventSink>,
    ) -> Result<()> {
        self.enter(ctx, CallSite::new("listen_for_events"))?;
        self.hub.listen(ctx, &*sink).await
    }

    async fn ensure_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        let site = CallSite::new("ensure_resource_watch")
            .on_connection(connection)
            .on_key(key);
        let watches = self.watchable(ctx, site, connection, key)?;
        watches
            .ensure(key)
            .await
            .map_err(|error| site.locate(error))
    }

    async fn stop_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        let site = CallSite::new("stop_resource_watch")
            .on_connection(connection)
            .on_key(key);
        self.watchable(ctx, site, connection, key)?
            .stop_one(key)
            .await;
        Ok(())
    }

    async fn restart_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        let site = CallSite::new("restart_resource_watch")
            .on_connection(connection)
            .on_key(key);
        let watches = self.watchable(ctx, site, connection, key)?;
        watches
            .restart(key)
            .await
            .map_err(|error| site.locate(error))
    }

    async fn is_resource_watch_running(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<bool> {
        let site = CallSite::new("is_resource_watch_running")
            .on_connection(connection)
            .on_key(key);
        self.enter(ctx, site)?;
        Ok(self
            .connections
            .watches(connection)
            .is_ok_and(|watches| watches.is_running(key)))
    }
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// The watches of a started connection, once it is certain that the type can be watched.
    ///
    /// Contract: WAT-15
    fn watchable(
        &self,
        ctx: &CallContext,
        site: CallSite<'_>,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<Arc<ConnectionWatches<C>>> {
        self.enter(ctx, site)?;
        let served = self
            .registry
            .resolve(key)
            .map_err(|error| site.locate(error))?;
        if served.handles.watcher.is_none() {
            return Err(site.locate(
                ResourceOperationError::unsupported(format!(
                    "resource type {key} cannot be watched"
                ))
                .with_suggestion("list it instead"),
            ));
        }
        let active = self
            .connections
            .running(connection)
            .map_err(|error| site.locate(error))?;
        Ok(active.watches.clone())
    }
}
