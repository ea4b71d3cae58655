//! Watches and listeners.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{build::ResourceController, completed::Completed};
use crate::{
    CallContext, ConnectionId, ResourceKey, ResourceOperationError, Result, WatchConnectionSummary,
    WatchEventSink, WatchProvider, WatchState,
    call::{CallSite, expired, over},
    connection::Active,
    registry::ServedType,
    watch::{ConnectionWatches, Hub},
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
        let site = CallSite::new("listen_for_events");
        self.enter(ctx, site)?;
        // Dropped, and its task with it, when this returns.
        let mut background = JoinSet::new();
        background.spawn(Self::close_hub_in_the_end(
            self.closing.token().clone(),
            self.tracker.clone(),
            self.hub.clone(),
        ));
        let listening = self.hub.listen(ctx, sink);
        if ctx.deadline().is_none() {
            return listening.await;
        }
        tokio::select! {
            biased;
            told = listening => told,
            why = expired(ctx, site) => Err(why),
        }
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
        let watches = self.offered(ctx, site, connection, key)?;
        let wanted = key.clone();
        let ensured = Completed::new(&self.tracker, async move { watches.ensure(&wanted).await });
        tokio::select! {
            biased;
            ensured = ensured => ensured.map_err(|error| site.locate(error)),
            why = over(ctx, site) => Err(why),
        }
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
        let Watchable { active, .. } = self.watchable(ctx, site, connection, key)?;
        // It is cancelled at once; what takes time is to see it end.
        tokio::select! {
            biased;
            () = active.watches.stop_one(key) => Ok(()),
            why = over(ctx, site) => Err(why),
        }
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
        let watches = self.offered(ctx, site, connection, key)?;
        let wanted = key.clone();
        let restarted =
            Completed::new(&self.tracker, async move { watches.restart(&wanted).await });
        tokio::select! {
            biased;
            restarted = restarted => restarted.map_err(|error| site.locate(error)),
            why = over(ctx, site) => Err(why),
        }
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

/// A started connection and a type that has a watcher.
struct Watchable<C> {
    served: Arc<ServedType<C>>,
    active: Arc<Active<C>>,
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// Ends the listeners of a plugin whose end nobody waits for, when everything else has ended.
    ///
    /// Contract: OPS-16
    async fn close_hub_in_the_end(closing: CancellationToken, tracker: TaskTracker, hub: Arc<Hub>) {
        closing.cancelled().await;
        tracker.close();
        tracker.wait().await;
        hub.close();
    }

    /// The watches of a started connection with the type on their books, which may be new to them.
    ///
    /// Contract: WAT-15
    fn offered(
        &self,
        ctx: &CallContext,
        site: CallSite<'_>,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<Arc<ConnectionWatches<C>>> {
        let Watchable { served, active } = self.watchable(ctx, site, connection, key)?;
        self.connections
            .offer_watch(&active, &served)
            .map_err(|error| site.locate(error))?;
        Ok(active.watches.clone())
    }

    /// Refuses a type without a watcher and a connection that is not started.
    ///
    /// Contract: WAT-15
    fn watchable(
        &self,
        ctx: &CallContext,
        site: CallSite<'_>,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<Watchable<C>> {
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
        let served = served.into_owned();
        Ok(Watchable { served, active })
    }
}
