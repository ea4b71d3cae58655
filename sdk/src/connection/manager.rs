//! The connections of a plugin: who is known, who runs, and the way to each client.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{StreamExt, future::BoxFuture, stream::BoxStream};
use tokio::sync::{OnceCell, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    ConnectionRegistration,
    lane::{Job, Lane},
    table::{Active, Place, Table},
};
use crate::{
    CallContext, Connection, ConnectionId, ConnectionStatus, ControllerOptions, DiscoveredTypes,
    DiscoveryProvider, EditorSchema, ErrorCode, GlobalConfig, PluginResult, ResourceOperationError,
    Result, Session, Settings,
    call::{CallSite, Classifiers, PluginCall, call_plugin, closed, over, still_wanted},
    context::Surroundings,
    panic::Guarded,
    registry::Registry,
    watch::{ConnectionWatches, WatchRuntime},
};

/// The connections of a plugin.
pub(crate) struct ConnectionManager<C> {
    pub(super) registration: ConnectionRegistration<C>,
    pub(super) registry: Arc<Registry<C>>,
    pub(super) discovery: Option<Arc<dyn DiscoveryProvider<C>>>,
    pub(super) classifiers: Classifiers,
    pub(super) settings: Arc<Settings>,
    pub(super) global_config: GlobalConfig,
    pub(super) options: ControllerOptions,
    pub(super) watch_runtime: WatchRuntime,
    pub(super) table: Table<C>,
    pub(super) tracker: TaskTracker,
    /// Cancelled when the plugin closes: everything ends in good order.
    pub(super) closing: CancellationToken,
    /// Cancelled when the order takes too long: plugin code is dropped where it stands.
    pub(super) abort: CancellationToken,
    /// Counts changes from outside.
    pub(super) outside: watch::Sender<u64>,
    /// Where loads and changes from outside take their turns.
    configuration: Mutex<Option<Lane>>,
}

/// What a manager is made of.
pub(crate) struct ConnectionManagerParts<C> {
    pub(crate) registration: ConnectionRegistration<C>,
    pub(crate) registry: Arc<Registry<C>>,
    pub(crate) discovery: Option<Arc<dyn DiscoveryProvider<C>>>,
    pub(crate) classifiers: Classifiers,
    pub(crate) settings: Arc<Settings>,
    pub(crate) global_config: GlobalConfig,
    pub(crate) options: ControllerOptions,
    pub(crate) watch_runtime: WatchRuntime,
    pub(crate) tracker: TaskTracker,
    pub(crate) closing: CancellationToken,
}

impl<C: Send + Sync + 'static> ConnectionManager<C> {
    pub(crate) fn new(parts: ConnectionManagerParts<C>) -> Self {
        let ConnectionManagerParts {
            registration,
            registry,
            discovery,
            classifiers,
            settings,
            global_config,
            options,
            watch_runtime,
            tracker,
            closing,
        } = parts;
        Self {
            registration,
            registry,
            discovery,
            classifiers,
            settings,
            global_config,
            options,
            watch_runtime,
            table: Table::new(),
            tracker,
            closing,
            abort: CancellationToken::new(),
            outside: watch::Sender::new(0),
            configuration: Mutex::new(None),
        }
    }

    /// The client that a call on a resource type goes to.
    ///
    /// Contract: SES-07, OPS-13
    ///
    /// `look` runs under the lock, and takes what it needs of it.
    pub(crate) fn select<R>(
        &self,
        ctx: &CallContext,
        look: impl FnOnce(&Active<C>) -> R,
    ) -> Result<R> {
        let rows = self.table.read();
        if let Some(id) = ctx.session().and_then(Session::connection_id) {
            return rows.running(id).map(|active| look(active));
        }
        match rows.running.as_slice() {
            [only] => rows.running(only).map(|active| look(active)),
            [] => Err(ResourceOperationError::new(
                ErrorCode::NotConnected,
                "no connection is started, and the session names none",
            )
            .with_suggestion("start a connection first")),
            several => {
                let ids: Vec<&str> = several.iter().map(ConnectionId::as_str).collect();
                Err(ResourceOperationError::new(
                    ErrorCode::AmbiguousConnection,
                    format!(
                        "several connections are started, and the session names none: {}",
                        ids.join(", ")
                    ),
                )
                .with_suggestion("name one of them in the session"))
            }
        }
    }

    /// The client of a connection.
    pub(crate) fn running(&self, id: &ConnectionId) -> Result<Arc<Active<C>>> {
        self.table.read().running(id).cloned()
    }

    /// The watches of a known connection.
    pub(crate) fn watches(&self, id: &ConnectionId) -> Result<Arc<ConnectionWatches<C>>> {
        let rows = self.table.read();
        let slot = rows.slots.get(id).ok_or_else(|| rows.unknown(id))?;
        Ok(slot.watches.clone())
    }

    /// The last good answer of discovery for a known connection.
    pub(crate) fn discovered(&self, id: &ConnectionId) -> Result<Option<Arc<DiscoveredTypes>>> {
        let rows = self.table.read();
        let slot = rows.slots.get(id).ok_or_else(|| rows.unknown(id))?;
        Ok(slot.discovered.clone())
    }

    /// The last good answers of discovery for every connection.
    pub(crate) fn all_discovered(&self) -> BTreeMap<ConnectionId, Arc<DiscoveredTypes>> {
        self.table
            .read()
            .slots
            .iter()
            .filter_map(|(id, slot)| Some((id.clone(), slot.discovered.clone()?)))
            .collect()
    }

    /// Contract: CON-18
    pub(crate) async fn list(self: &Arc<Self>, ctx: &CallContext) -> Result<Vec<ConnectionStatus>> {
        self.enter(ctx, CallSite::new("list_connections")).await?;
        Ok(self.statuses())
    }

    /// Contract: CON-19
    pub(crate) async fn find(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<ConnectionStatus> {
        let site = CallSite::new("get_connection").on_connection(id);
        self.enter(ctx, site).await?;
        let rows = self.table.read();
        rows.slots
            .get(id)
            .map(|slot| slot.status())
            .ok_or_else(|| site.locate(rows.unknown(id)))
    }

    /// Contract: CON-20
    pub(crate) async fn namespaces(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Option<Vec<String>>> {
        let site = CallSite::new("get_connection_namespaces").on_connection(id);
        self.enter(ctx, site).await?;
        let active = self.running(id).map_err(|error| site.locate(error))?;
        let call = ctx.within(active.surroundings.clone());
        let asked = self.call(&call, site, || {
            self.registration
                .provider
                .get_namespaces(&call, &active.client)
        });
        self.while_open(site, asked).await
    }

    /// Contract: SCH-01, CON-30
    pub(crate) async fn editor_schemas(
        self: &Arc<Self>,
        ctx: &CallContext,
        id: &ConnectionId,
    ) -> Result<Vec<EditorSchema>> {
        let site = CallSite::new("editor_schemas").on_connection(id);
        self.enter(ctx, site).await?;
        let active = self.running(id).map_err(|error| site.locate(error))?;
        let Some(provider) = &self.registration.schemas else {
            return Ok(Vec::new());
        };
        let call = ctx.within(active.surroundings.clone());
        let fetched = active.schemas.get_or_try_init(|| {
            self.call(&call, site, || {
                provider.editor_schemas(&call, &active.client)
            })
        });
        self.while_open(site, async { fetched.await.cloned() })
            .await
    }

    /// Contract: CON-26, CON-27
    pub(crate) async fn watch(
        self: &Arc<Self>,
        ctx: &CallContext,
    ) -> Result<BoxStream<'static, Vec<ConnectionStatus>>> {
        const SITE: CallSite<'static> = CallSite::new("watch_connections");
        self.enter(ctx, SITE).await?;
        let changes = self.outside.subscribe();
        let manager = self.clone();
        let over = {
            let (ctx, closing) = (ctx.clone(), self.closing.clone());
            async move {
                tokio::select! {
                    _ = over(&ctx, SITE) => {}
                    () = closing.cancelled() => {}
                }
            }
        };
        let updates = futures_util::stream::unfold(changes, move |mut changes| {
            let manager = manager.clone();
            async move {
                changes.changed().await.ok()?;
                Some((manager.statuses(), changes))
            }
        });
        Ok(updates.take_until(Box::pin(over)).boxed())
    }

    /// How long closing may take before plugin code is dropped.
    pub(crate) fn close_grace(&self) -> std::time::Duration {
        self.options.close_grace
    }

    /// Every connection with its status, sorted by id.
    pub(super) fn statuses(&self) -> Vec<ConnectionStatus> {
        let rows = self.table.read();
        rows.slots.values().map(|slot| slot.status()).collect()
    }

    /// What every method does first: still open, still wanted, loaded.
    pub(super) async fn enter(
        self: &Arc<Self>,
        ctx: &CallContext,
        site: CallSite<'_>,
    ) -> Result<()> {
        if self.closing.is_cancelled() {
            return Err(closed(site));
        }
        still_wanted(ctx, site)?;
        if !self.table.read().loaded {
            self.load_once(ctx, site).await?;
        }
        Ok(())
    }

    /// The context of a plugin call about `connection`: the caller's, with a full session.
    pub(crate) fn call_on(&self, connection: Arc<Connection>, ctx: &CallContext) -> CallContext {
        ctx.within(self.surroundings(Some(connection)))
    }

    /// What the SDK promises plugin code to find in every session.
    pub(super) fn surroundings(&self, connection: Option<Arc<Connection>>) -> Arc<Surroundings> {
        Arc::new(Surroundings {
            connection,
            plugin_config: Some(self.settings.clone()),
            global_config: Some(self.global_config.clone()),
        })
    }

    /// A context of the SDK's own.
    pub(super) fn own_call(&self, surroundings: &Arc<Surroundings>) -> CallContext {
        CallContext::new().with_session(Session::within(surroundings.clone()))
    }

    /// Calls the connection provider.
    pub(super) fn call<'a, T>(
        &'a self,
        call: &'a CallContext,
        site: CallSite<'a>,
        plugin: impl FnOnce() -> BoxFuture<'a, PluginResult<T>>,
    ) -> PluginCall<'a, T> {
        call_plugin(call, &self.abort, site, &self.classifiers, plugin)
    }

    /// Waits for an answer that nothing else depends on, for as long as the plugin is open.
    ///
    /// What a connection needs for its end (to destroy a client, say) must not be given up when the plugin closes;
    /// a mere question must be, or its caller waits for ever.
    ///
    /// Contract: OPS-16
    pub(super) async fn while_open<T>(
        &self,
        site: CallSite<'_>,
        answer: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::select! {
            biased;
            answer = answer => answer,
            () = self.closing.cancelled() => Err(closed(site)),
        }
    }

    /// The lane of loads and changes from outside; its task starts with its first use.
    pub(super) fn configuration(self: &Arc<Self>) -> Lane {
        let mut lane = self
            .configuration
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        lane.get_or_insert_with(|| {
            let (lane, mut jobs) = Lane::new();
            let closing = self.closing.clone();
            self.tracker.spawn(async move {
                loop {
                    let job = tokio::select! {
                        biased;
                        () = closing.cancelled() => break,
                        job = jobs.recv() => job,
                    };
                    let Some(job) = job else { break };
                    run_job(job).await;
                }
            });
            lane
        })
        .clone()
    }

    /// Starts the lane of a new connection.
    pub(super) fn open_lane(self: &Arc<Self>, place: Place) -> Lane {
        let (lane, jobs) = Lane::new();
        self.tracker.spawn(self.clone().drive(place, jobs));
        lane
    }

    /// Runs the jobs of one connection, and tears it down at the end.
    async fn drive(self: Arc<Self>, place: Place, mut jobs: mpsc::UnboundedReceiver<Job>) {
        let work = async {
            loop {
                let found = tokio::select! {
                    biased;
                    () = self.closing.cancelled() => break,
                    job = jobs.recv() => match job {
                        Some(job) => {
                            run_job(job).await;
                            None
                        }
                        None => break,
                    },
                    found = self.idle(&place) => found,
                };
                if let Some(found) = found {
                    self.retype(&place, found).await;
                }
            }
            self.tear_down(&place).await;
        };
        let mut work = pin!(work);
        tokio::select! {
            biased;
            () = &mut work => return,
            () = self.long_closed() => self.give_up(),
        }
        work.await;
    }

    /// Completes when the plugin has been closing for as long as good order may take.
    ///
    /// Watches have their grace period, and the clients theirs after that. This bounds the end of a plugin that nobody waits
    /// for, by the end of its root context or by being dropped; [`close`](crate::Provider::close) has less patience.
    async fn long_closed(&self) {
        self.closing.cancelled().await;
        let both = self
            .options
            .stop_grace
            .saturating_add(self.options.close_grace);
        tokio::time::sleep(both).await;
    }

    /// Drops plugin code where it stands.
    ///
    /// Contract: OPS-16
    pub(crate) fn give_up(&self) {
        if !self.abort.is_cancelled() {
            tracing::warn!(
                plugin = %self.watch_runtime.plugin,
                "the plugin takes too long to end; what still runs is aborted",
            );
            self.abort.cancel();
        }
    }

    pub(super) fn new_watches(&self, id: &ConnectionId) -> Arc<ConnectionWatches<C>> {
        Arc::new(ConnectionWatches::new(
            id.clone(),
            self.watch_runtime.clone(),
        ))
    }

    pub(super) fn new_schemas() -> Arc<OnceCell<Vec<EditorSchema>>> {
        Arc::new(OnceCell::new())
    }
}

/// A job is the SDK's own code; should it panic, the lane goes on and its caller is told `CLOSED`.
async fn run_job(job: Job) {
    if let Err(text) = Guarded::new(job).await {
        tracing::error!("a connection job of the SDK panicked: {}", text.0);
    }
}
