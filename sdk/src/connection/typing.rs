//! The types of a connection: discovery, scope, and the watches that follow from both.

use std::{collections::BTreeMap, sync::Arc};

use tokio::time::Instant;

use super::{
    manager::{ConnectionManager, not_started, unknown},
    table::{Active, Place},
};
use crate::{
    CallContext, Connection, ConnectionId, ConnectionScope, DiscoveredTypes, DiscoveryCoverage,
    ResourceKey, ResourceMeta, Result, ScopeMode, WatchScope,
    call::CallSite,
    panic::{Guarded, PanicText, guard},
    registry::ServedType,
    watch::{WatchPlan, WatchedType},
};

/// A type that a connection has, or that discovery excludes from it.
pub(crate) struct ConnectionType<C> {
    pub(crate) meta: Arc<ResourceMeta>,
    /// Who serves it; a discovered type may be served by nobody.
    pub(crate) served: Option<Arc<ServedType<C>>>,
    pub(crate) excluded: bool,
}

/// What the watches of a connection may see.
enum Scope {
    Everything,
    Partitions(Arc<WatchScope>),
    Nothing,
}

impl<C: Send + Sync + 'static> ConnectionManager<C> {
    /// Contract: WAT-01, WAT-05, WAT-06
    pub(crate) async fn start_watch(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<()> {
        let site = CallSite::new("start_connection_watch").on_connection(id);
        self.in_lane(ctx, id, site, |manager, place, active| async move {
            manager.start_watches(&place, &active, &[]).await;
        })
        .await
    }

    /// Contract: WAT-07
    pub(crate) async fn stop_watch(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<()> {
        let site = CallSite::new("stop_connection_watch").on_connection(id);
        self.in_lane(ctx, id, site, |_, _, active| async move {
            active.watches.stop().await;
        })
        .await
    }

    async fn in_lane<F>(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
        site: CallSite<'_>,
        work: impl FnOnce(Arc<Self>, Place, Arc<Active<C>>) -> F + Send + 'static,
    ) -> Result<()>
    where
        F: Future<Output = ()> + Send,
    {
        self.enter(ctx, site).await?;
        let (place, lane) = {
            let rows = self.table.read();
            let slot = rows.slots.get(id).ok_or_else(|| site.locate(unknown(id)))?;
            if slot.active.is_none() {
                return Err(site.locate(not_started(id)));
            }
            let place = Place {
                id: id.clone(),
                serial: slot.serial,
            };
            (place, slot.lane.clone())
        };
        let manager = self.clone();
        let operation = site.operation;
        lane.run(ctx, site, move |_| async move {
            let site = CallSite::new(operation).on_connection(&place.id);
            let active = manager
                .table
                .look(&place, |slot| slot.active.clone())
                .flatten()
                .ok_or_else(|| site.locate(not_started(&place.id)))?;
            work(manager.clone(), place.clone(), active).await;
            Ok(())
        })
        .await
    }

    /// The types of a connection by key: the static ones, and what discovery added.
    ///
    /// Contract: TYP-03, TYP-11, WAT-32, CFG-11
    pub(crate) fn types_of(
        &self,
        discovered: Option<&DiscoveredTypes>,
    ) -> BTreeMap<ResourceKey, ConnectionType<C>> {
        let mut types: BTreeMap<ResourceKey, ConnectionType<C>> = self
            .registry
            .static_types()
            .map(|served| {
                let excluded = discovered.is_some_and(|answer| {
                    answer.coverage == DiscoveryCoverage::Complete
                        && !answer.types.iter().any(|meta| meta.key() == served.key)
                });
                let served_type = ConnectionType {
                    meta: served.meta.clone(),
                    served: Some(served.clone()),
                    excluded,
                };
                (served.key.clone(), served_type)
            })
            .collect();
        for meta in discovered.into_iter().flat_map(|answer| &answer.types) {
            types.entry(meta.key()).or_insert_with(|| {
                let served = self.registry.resolve_meta(meta);
                ConnectionType {
                    meta: Arc::new(meta.clone().with_defaults()),
                    served,
                    excluded: false,
                }
            });
        }
        types
    }

    /// Starts the watches of a connection, unless they are started.
    pub(super) async fn start_watches(
        &self,
        place: &Place,
        active: &Arc<Active<C>>,
        also: &[ResourceKey],
    ) {
        if active.watches.is_started() {
            return;
        }
        let scope = self.resolve_scope(place, active).await;
        let (scope, out_of_scope) = match scope {
            Scope::Everything => (None, false),
            Scope::Partitions(scope) => (Some(scope), false),
            Scope::Nothing => (None, true),
        };
        let types = self.watched_types(place, out_of_scope);
        let plan = WatchPlan {
            client: active.client.clone(),
            session: active.session.clone(),
            scope,
            out_of_scope,
            cancel: self.closing.child_token(),
        };
        active.watches.start(Arc::new(plan), types, also);
    }

    /// Asks discovery, and keeps a good answer.
    ///
    /// Contract: TYP-11, TYP-14
    pub(super) async fn discover(&self, place: &Place, active: &Arc<Active<C>>) {
        let Some(discovery) = &self.discovery else {
            return;
        };
        let call = self.own_call(&active.session);
        let site = CallSite::new("discover").on_connection(&place.id);
        let answer = self
            .call(&call, site, || {
                discovery.discover(&call, &active.connection, &active.client)
            })
            .await;
        let due = Instant::now() + self.options.discovery_interval;
        let answer = match answer {
            Ok(answer) => Some(Arc::new(answer)),
            Err(error) => {
                tracing::warn!(connection = %place.id, %error, "discovery failed; the last good answer stays");
                None
            }
        };
        self.table.change(place, |slot| {
            if slot.active.is_some() {
                slot.discovery_due = Some(due);
            }
            if answer.is_some() {
                slot.discovered = answer;
            }
        });
    }

    /// Asks discovery again, and starts and stops watches accordingly; what hangs is given up when the connection is stopped.
    ///
    /// Contract: TYP-12
    pub(super) async fn discover_again(&self, place: &Place) {
        let before = self.table.change(place, |slot| {
            slot.discovery_due = None;
            let active = slot.active.clone()?;
            Some((active, slot.discovered.clone(), slot.abort_starts.clone()))
        });
        let Some(Some((active, before, abort))) = before else {
            return;
        };
        tokio::select! {
            biased;
            () = self.discover(place, &active) => {}
            () = abort.cancelled() => return,
        }
        let after = self
            .table
            .look(place, |slot| slot.discovered.clone())
            .flatten();
        if before != after && active.watches.is_started() {
            let out_of_scope = active.watches.is_out_of_scope();
            active
                .watches
                .retype(self.watched_types(place, out_of_scope))
                .await;
        }
    }

    /// Tells discovery that a connection is gone.
    ///
    /// Contract: TYP-13
    pub(super) async fn forget_discovery(&self, connection: &Arc<Connection>) {
        let Some(discovery) = &self.discovery else {
            return;
        };
        let call = self.call_on(connection, &CallContext::new());
        let told = match guard(|| discovery.on_connection_removed(&call, connection)) {
            Ok(told) => told,
            Err(PanicText(text)) => {
                tracing::warn!(connection = %connection.id, "discovery panicked: {text}");
                return;
            }
        };
        tokio::select! {
            biased;
            outcome = Guarded::new(told) => {
                if let Err(PanicText(text)) = outcome {
                    tracing::warn!(connection = %connection.id, "discovery panicked: {text}");
                }
            }
            () = self.abort.cancelled() => {}
        }
    }

    /// Contract: SCP-01 to SCP-05
    async fn resolve_scope(&self, place: &Place, active: &Arc<Active<C>>) -> Scope {
        let Some(provider) = &self.registration.scope else {
            return Scope::Everything;
        };
        let call = self.own_call(&active.session);
        let site = CallSite::new("resolve_scope").on_connection(&place.id);
        let answer = self
            .call(&call, site, || {
                provider.resolve_scope(&call, &active.client)
            })
            .await;
        match answer {
            Ok(ConnectionScope {
                mode: ScopeMode::All,
                ..
            }) => Scope::Everything,
            Ok(ConnectionScope { partitions, .. }) if partitions.is_empty() => Scope::Nothing,
            Ok(ConnectionScope { partitions, .. }) => {
                Scope::Partitions(Arc::new(WatchScope { partitions }))
            }
            Err(error) => {
                tracing::warn!(connection = %place.id, %error, "the scope could not be resolved; watches are not limited");
                Scope::Everything
            }
        }
    }

    fn watched_types(&self, place: &Place, out_of_scope: bool) -> Vec<WatchedType<C>> {
        let discovered = self
            .table
            .look(place, |slot| slot.discovered.clone())
            .flatten();
        self.types_of(discovered.as_deref())
            .into_values()
            .filter_map(|found| {
                let served = found.served?;
                served.handles.watcher.as_ref()?;
                let excluded = if found.excluded {
                    Some("discovery says that the connection does not have it")
                } else if out_of_scope {
                    Some("the scope of the connection has no partitions")
                } else {
                    None
                };
                Some(WatchedType {
                    policy: served.sync_policy(),
                    served,
                    excluded: excluded.map(Arc::from),
                })
            })
            .collect()
    }
}
