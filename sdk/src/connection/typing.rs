//! The types of a connection: discovery, scope, and the watches that follow from both.

use std::{collections::BTreeMap, sync::Arc};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::{
    client::Interrupt,
    lane::Lane,
    manager::ConnectionManager,
    table::{Active, Place, Unsettled, not_started},
};
use crate::{
    CallContext, Connection, ConnectionId, ConnectionScope, DiscoveredTypes, DiscoveryCoverage,
    ResourceKey, ResourceMeta, Result, ScopeMode, WatchScope,
    call::CallSite,
    panic::{Guarded, PanicText, guard},
    registry::ServedType,
    watch::{ConnectionWatches, Named, WatchPlan, WatchedType},
};

/// A type that a connection has, or that discovery excludes from it.
pub(crate) struct ConnectionType<C> {
    pub(crate) meta: Arc<ResourceMeta>,
    /// Who serves it; a discovered type may be served by nobody.
    pub(crate) served: Option<Arc<ServedType<C>>>,
    pub(crate) excluded: bool,
}

/// Discovery was asked again.
pub(super) struct Rediscovery<C> {
    active: Arc<Active<C>>,
    /// What it had said before.
    before: Option<Arc<DiscoveredTypes>>,
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
        const OPERATION: &str = "start_connection_watch";
        let site = CallSite::new(OPERATION).on_connection(id);
        let (place, lane, abort) = self.started(ctx, id, site).await?;
        let manager = self.clone();
        lane.run(ctx, site, move |caller| async move {
            let site = CallSite::new(OPERATION).on_connection(&place.id);
            let active = manager.still_started(&place, site)?;
            if active.watches.is_started() {
                return Ok(());
            }
            manager.table.change(&place, |slot| {
                slot.unsettled.get_or_insert(Unsettled {
                    also: Vec::new(),
                    discovery_asked: true,
                });
            });
            let interrupt = Interrupt::by(caller, abort);
            manager.settle_for(&place, &active, &interrupt, site).await
        })
        .await
    }

    /// Contract: WAT-07
    pub(crate) async fn stop_watch(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<()> {
        const OPERATION: &str = "stop_connection_watch";
        let site = CallSite::new(OPERATION).on_connection(id);
        let (place, lane, _) = self.started(ctx, id, site).await?;
        let manager = self.clone();
        lane.run(ctx, site, move |_| async move {
            let site = CallSite::new(OPERATION).on_connection(&place.id);
            let active = manager.still_started(&place, site)?;
            manager.table.change(&place, |slot| {
                // A start that is still to be completed must not start them again; discovery is asked all the same.
                if let Some(Unsettled {
                    discovery_asked: false,
                    ..
                }) = slot.unsettled.take()
                {
                    slot.discovery_due = Some(Instant::now());
                }
            });
            active.watches.stop().await;
            Ok(())
        })
        .await
    }

    /// The lane of a started connection.
    async fn started(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
        site: CallSite<'_>,
    ) -> Result<(Place, Lane, CancellationToken)> {
        self.enter(ctx, site).await?;
        let (place, lane, abort) = self.place(id, site)?;
        self.still_started(&place, site)?;
        Ok((place, lane, abort))
    }

    fn still_started(&self, place: &Place, site: CallSite<'_>) -> Result<Arc<Active<C>>> {
        self.table
            .look(place, |slot| slot.active.clone())
            .flatten()
            .ok_or_else(|| site.locate(not_started(&place.id)))
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
                let served_type = ConnectionType {
                    meta: served.subject.meta.clone(),
                    served: Some(served.clone()),
                    excluded: is_excluded(discovered, &served.subject.key),
                };
                (served.subject.key.clone(), served_type)
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

    /// Does what stands between a client and its watches: asks discovery, resolves the scope, starts the watches.
    ///
    /// Dropped at any time, it has done a part, and goes on from there the next time.
    pub(super) async fn settle(&self, place: &Place, active: &Arc<Active<C>>) {
        let left = self
            .table
            .look(place, |slot| slot.unsettled.clone())
            .flatten();
        let Some(Unsettled {
            also,
            discovery_asked,
        }) = left
        else {
            return;
        };
        if !discovery_asked {
            self.discover(place, active).await;
        }
        self.start_watches(place, active, &also).await;
        self.table.change(place, |slot| slot.unsettled = None);
    }

    /// What the lane does while it has no job: settles what a start has left, and asks discovery when it is due.
    ///
    /// Dropped when a job comes, so that a plugin which does not answer holds up nobody; then it begins again.
    ///
    /// Contract: TYP-12
    pub(super) async fn idle(&self, place: &Place) -> Option<Rediscovery<C>> {
        let standing = self.table.look(place, |slot| {
            let active = slot.active.clone()?;
            Some((active, slot.unsettled.is_some(), slot.discovery_due))
        });
        match standing.flatten() {
            Some((active, true, _)) => {
                self.settle(place, &active).await;
                None
            }
            Some((active, false, Some(due))) => {
                sleep_until(due).await;
                let before = self.discovered(&place.id).ok().flatten();
                self.discover(place, &active).await;
                Some(Rediscovery { active, before })
            }
            _ => std::future::pending().await,
        }
    }

    /// Starts and stops watches as a later answer of discovery says.
    ///
    /// Contract: TYP-12
    pub(super) async fn retype(&self, place: &Place, found: Rediscovery<C>) {
        let Rediscovery { active, before } = found;
        let after = self.discovered(&place.id).ok().flatten();
        if before != after && active.watches.is_started() {
            let out_of_scope = active.watches.is_out_of_scope();
            active
                .watches
                .retype(self.watched_types(place, out_of_scope, &active.watches))
                .await;
        }
    }

    /// Starts the watches of a connection, unless they are started.
    async fn start_watches(&self, place: &Place, active: &Arc<Active<C>>, also: &[ResourceKey]) {
        if active.watches.is_started() {
            return;
        }
        let scope = self.resolve_scope(place, active).await;
        let (scope, out_of_scope) = match scope {
            Scope::Everything => (None, false),
            Scope::Partitions(scope) => (Some(scope), false),
            Scope::Nothing => (None, true),
        };
        let types = self.watched_types(place, out_of_scope, &active.watches);
        let plan = WatchPlan {
            client: active.client.clone(),
            surroundings: active.surroundings.clone(),
            scope,
            out_of_scope,
            cancel: self.closing.child_token(),
        };
        active.watches.start(Arc::new(plan), types, also);
    }

    /// Asks discovery, and keeps a good answer.
    ///
    /// Contract: TYP-11, TYP-14
    async fn discover(&self, place: &Place, active: &Arc<Active<C>>) {
        let Some(discovery) = &self.discovery else {
            return;
        };
        let call = self.own_call(&active.surroundings);
        let site = CallSite::new("discover").on_connection(&place.id);
        let answer = self
            .call(&call, site, || {
                discovery.discover(&call, &active.connection, &active.client)
            })
            .await;
        let due = Instant::now().checked_add(self.options.discovery_interval);
        let answer = match answer {
            Ok(answer) => Some(Arc::new(answer)),
            Err(error) => {
                tracing::warn!(connection = %place.id, %error, "discovery failed; the last good answer stays");
                None
            }
        };
        self.table.change(place, |slot| {
            if slot.active.is_some() {
                slot.discovery_due = due;
            }
            if let Some(unsettled) = &mut slot.unsettled {
                unsettled.discovery_asked = true;
            }
            if answer.is_some() {
                slot.discovered = answer;
            }
        });
    }

    /// Tells discovery that a connection is gone.
    ///
    /// Contract: TYP-13
    pub(super) async fn forget_discovery(&self, connection: &Arc<Connection>) {
        let Some(discovery) = &self.discovery else {
            return;
        };
        let call = self.call_on(connection.clone(), &CallContext::new());
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
        let call = self.own_call(&active.surroundings);
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

    /// The types that a connection can watch: those that the plugin names, and those that callers have named.
    fn watched_types(
        &self,
        place: &Place,
        out_of_scope: bool,
        watches: &ConnectionWatches<C>,
    ) -> Vec<WatchedType<C>> {
        let discovered = self.discovered(&place.id).ok().flatten();
        let by_callers = |is_named: &dyn Fn(&ResourceKey) -> bool| -> Vec<_> {
            watches
                .named_by_callers()
                .into_iter()
                .filter(|key| !is_named(key))
                .filter_map(|key| Some(self.registry.resolve(&key).ok()?.into_owned()))
                .filter_map(|served| watched(served, Named::ByACaller, false, out_of_scope))
                .collect()
        };
        let Some(discovered) = discovered.as_deref() else {
            // What is registered is all that the plugin names: there is nothing to merge.
            let registered = self.registry.static_types().cloned();
            return registered
                .filter_map(|served| watched(served, Named::ByThePlugin, false, out_of_scope))
                .chain(by_callers(&|key| self.registry.exact(key).is_some()))
                .collect();
        };
        let types = self.types_of(Some(discovered));
        let by_callers =
            by_callers(&|key| types.contains_key(key) || is_excluded(Some(discovered), key));
        types
            .into_values()
            .filter_map(|found| {
                watched(
                    found.served?,
                    Named::ByThePlugin,
                    found.excluded,
                    out_of_scope,
                )
            })
            .chain(by_callers)
            .collect()
    }

    /// Puts a type on the books of a connection that only a pattern serves, because a caller wants it watched.
    ///
    /// Contract: CFG-07, WAT-15, WAT-32
    pub(crate) fn offer_watch(
        &self,
        active: &Active<C>,
        served: &Arc<ServedType<C>>,
    ) -> Result<()> {
        if self.registry.exact(&served.subject.key).is_some()
            || active.watches.knows(&served.subject.key)
        {
            return Ok(());
        }
        let discovered = self.discovered(&active.connection.id)?;
        let excluded = is_excluded(discovered.as_deref(), &served.subject.key);
        let out_of_scope = active.watches.is_out_of_scope();
        match watched(served.clone(), Named::ByACaller, excluded, out_of_scope) {
            Some(watched) => active.watches.offer(watched),
            None => Ok(()),
        }
    }
}

/// Whether discovery says that a connection does not have a type.
///
/// Contract: WAT-32
fn is_excluded(discovered: Option<&DiscoveredTypes>, key: &ResourceKey) -> bool {
    discovered.is_some_and(|answer| {
        answer.coverage == DiscoveryCoverage::Complete
            && !answer.types.iter().any(|meta| meta.key() == *key)
    })
}

/// A type as one that can be watched; `None` without a watcher.
fn watched<C>(
    served: Arc<ServedType<C>>,
    named: Named,
    excluded: bool,
    out_of_scope: bool,
) -> Option<WatchedType<C>> {
    served.handles.watcher.as_ref()?;
    let excluded = if excluded {
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
        named,
    })
}
