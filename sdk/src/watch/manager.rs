//! The watches of one connection.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use foldhash::fast::RandomState;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Hub, RetryPolicy,
    cell::{Home, WatchCell, WatchSnapshot},
    task::{Attempt, Run},
};
use crate::{
    ConnectionId, ErrorCode, PluginId, ResourceKey, ResourceOperationError, Result, SyncPolicy,
    WatchScope, context::Surroundings, registry::ServedType,
};

/// What every watch of a plugin shares.
#[derive(Clone)]
pub(crate) struct WatchRuntime {
    pub(crate) plugin: PluginId,
    pub(crate) hub: Arc<Hub>,
    pub(crate) tracker: TaskTracker,
    pub(crate) retry: RetryPolicy,
    pub(crate) grace: Duration,
}

/// What the watches of a connection run on, from one start to the next stop.
pub(crate) struct WatchPlan<C> {
    pub(crate) client: Arc<C>,
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) scope: Option<Arc<WatchScope>>,
    /// Whether the scope has no partitions, so that nothing is watched.
    pub(crate) out_of_scope: bool,
    /// Ends every watch of the plan.
    pub(crate) cancel: CancellationToken,
}

/// A type that the connection can watch.
pub(crate) struct WatchedType<C> {
    pub(crate) served: Arc<ServedType<C>>,
    pub(crate) policy: SyncPolicy,
    /// Why it is not watched for now.
    pub(crate) excluded: Option<Arc<str>>,
    pub(crate) named: Named,
}

/// How a type has become one of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// It is registered itself, or discovery has found it.
    ByThePlugin,
    /// A pattern serves it, and a caller wants it watched: it runs only where that was asked for.
    ByACaller,
}

/// The watches of one connection; lives as long as the connection is known.
///
/// Starting and stopping all of them is the connection's driver's business, which does one after the other; single
/// watches may be ensured, stopped and restarted at any time beside that. A run always ends by itself soon after
/// it is cancelled, and takes itself off the books: everything else only waits for that.
pub(crate) struct ConnectionWatches<C> {
    home: Arc<Home>,
    inner: Mutex<Inner<C>>,
}

struct Inner<C> {
    plan: Option<Arc<WatchPlan<C>>>,
    watches: HashMap<ResourceKey, Watch<C>, RandomState>,
    next_run: u64,
}

struct Watch<C> {
    cell: Arc<WatchCell>,
    watched: WatchedType<C>,
    run: Option<RunHandle>,
    /// Whether the next query starts it: a lazy type that was not begun since it was put on the books of this plan.
    awaits_query: bool,
}

struct RunHandle {
    number: u64,
    /// Ends every watch of the plan that it runs on.
    plan: CancellationToken,
}

/// What a look at a watch, under the lock, says to do next.
enum Look {
    Done,
    /// A run that is being stopped has to end first.
    WaitFor(Arc<WatchCell>, u64),
}

impl<C: Send + Sync + 'static> ConnectionWatches<C> {
    pub(crate) fn new(connection: ConnectionId, runtime: WatchRuntime) -> Self {
        Self {
            home: Arc::new(Home {
                connection,
                runtime,
            }),
            inner: Mutex::new(Inner {
                plan: None,
                watches: HashMap::default(),
                next_run: 1,
            }),
        }
    }

    /// Starts the watches that start with the connection, and those in `also`; harmless while they run.
    ///
    /// Contract: WAT-01 to WAT-05, WAT-32
    pub(crate) fn start(
        self: &Arc<Self>,
        plan: Arc<WatchPlan<C>>,
        types: Vec<WatchedType<C>>,
        also: &[ResourceKey],
    ) {
        let mut inner = self.lock();
        if inner.plan.is_some() {
            return;
        }
        inner.plan = Some(plan);
        for watched in types {
            let key = watched.served.subject.key.clone();
            let wanted = match (watched.policy, watched.named) {
                (SyncPolicy::OnConnect, Named::ByThePlugin) => true,
                (SyncPolicy::OnConnect, Named::ByACaller) | (SyncPolicy::OnFirstQuery, _) => {
                    also.contains(&key)
                }
                (SyncPolicy::Never, _) => false,
            };
            self.place(&mut inner, watched);
            if wanted {
                self.begin(&mut inner, &key);
            } else {
                Self::await_query(&mut inner, &key);
            }
        }
    }

    /// Takes a changed set of types: starts what is new, stops what is gone or excluded.
    ///
    /// Contract: TYP-12, WAT-32
    pub(crate) async fn retype(self: &Arc<Self>, types: Vec<WatchedType<C>>) {
        let mut ending = Vec::new();
        let mut excluded = Vec::new();
        {
            let mut inner = self.lock();
            let named: HashMap<ResourceKey, bool> = types
                .iter()
                .map(|watched| {
                    (
                        watched.served.subject.key.clone(),
                        watched.excluded.is_some(),
                    )
                })
                .collect();
            for (key, watch) in &inner.watches {
                let keeps_running = named.get(key).is_some_and(|excluded| !excluded);
                if let (Some(run), false) = (&watch.run, keeps_running) {
                    watch.cell.stop();
                    ending.push((watch.cell.clone(), run.number));
                }
            }
            inner.watches.retain(|key, _| named.contains_key(key));
            for watched in types {
                let key = watched.served.subject.key.clone();
                let policy = watched.policy;
                let exclusion = watched.excluded.clone();
                let known = inner.watches.get(&key);
                let was_excluded = known.is_some_and(|watch| watch.watched.excluded.is_some());
                let starts = exclusion.is_none() && (known.is_none() || was_excluded);
                if let (Some(reason), Some(watch)) = (&exclusion, known) {
                    excluded.push((watch.cell.clone(), reason.clone()));
                }
                self.place(&mut inner, watched);
                if starts && inner.plan.is_some() {
                    if policy == SyncPolicy::OnConnect {
                        self.begin(&mut inner, &key);
                    } else {
                        Self::await_query(&mut inner, &key);
                    }
                }
            }
        }
        for (cell, run) in &ending {
            self.ended(cell, *run).await;
        }
        for (cell, reason) in excluded {
            cell.exclude(&reason);
        }
    }

    /// Stops every watch and returns the keys of those that were active.
    ///
    /// When it returns the runs have ended, their last events are delivered, and none follows.
    ///
    /// Contract: WAT-07, WAT-38, WAT-42, CON-15
    pub(crate) async fn stop(&self) -> Vec<ResourceKey> {
        let mut active = Vec::new();
        let mut running = Vec::new();
        {
            let mut inner = self.lock();
            let Some(plan) = inner.plan.take() else {
                return Vec::new();
            };
            for (key, watch) in &inner.watches {
                if watch.cell.is_active() {
                    active.push(key.clone());
                }
                if let Some(run) = &watch.run {
                    running.push((watch.cell.clone(), run.number));
                }
            }
            plan.cancel.cancel();
        }
        for (cell, run) in &running {
            self.ended(cell, *run).await;
        }
        if !running.is_empty() {
            self.home.runtime.hub.flush(self.home.runtime.grace).await;
        }
        active
    }

    /// Starts the watch of a type unless it runs.
    ///
    /// Contract: WAT-12, WAT-13, WAT-14, WAT-15, WAT-32
    pub(crate) async fn ensure(self: &Arc<Self>, key: &ResourceKey) -> Result<()> {
        loop {
            let (cell, run) = match self.try_ensure(key)? {
                Look::Done => return Ok(()),
                Look::WaitFor(cell, run) => (cell, run),
            };
            self.ended(&cell, run).await;
        }
    }

    /// Puts a type on the books that only a caller names, so that it can be started; harmless where it is there.
    ///
    /// Contract: CFG-07, WAT-15
    pub(crate) fn offer(&self, watched: WatchedType<C>) -> Result<()> {
        let mut inner = self.lock();
        self.check_started(&inner)?;
        if !inner.watches.contains_key(&watched.served.subject.key) {
            check_allowed(&watched)?;
            self.place(&mut inner, watched);
        }
        Ok(())
    }

    /// Whether a type is on the books.
    pub(crate) fn knows(&self, key: &ResourceKey) -> bool {
        self.lock().watches.contains_key(key)
    }

    /// The types on the books that only callers have named.
    pub(crate) fn named_by_callers(&self) -> Vec<ResourceKey> {
        let inner = self.lock();
        let named = inner
            .watches
            .iter()
            .filter(|(_, watch)| watch.watched.named == Named::ByACaller);
        named.map(|(key, _)| key.clone()).collect()
    }

    /// Stops the watch of a type; nothing happens when it does not run.
    ///
    /// Contract: WAT-16, WAT-17
    pub(crate) async fn stop_one(&self, key: &ResourceKey) {
        let (cell, run) = {
            let inner = self.lock();
            let Some(watch) = inner.watches.get(key) else {
                return;
            };
            let Some(run) = &watch.run else { return };
            watch.cell.stop();
            (watch.cell.clone(), run.number)
        };
        self.ended(&cell, run).await;
        self.home.runtime.hub.flush(self.home.runtime.grace).await;
    }

    /// Stops the watch of a type, and starts it afresh once the old run has ended.
    ///
    /// Contract: WAT-18, WAT-19
    pub(crate) async fn restart(self: &Arc<Self>, key: &ResourceKey) -> Result<()> {
        self.stop_one(key).await;
        self.ensure(key).await
    }

    /// Starts the watch of an on-first-query type that was not started since its connection was.
    ///
    /// Contract: WAT-21
    pub(crate) fn first_query(self: &Arc<Self>, key: &ResourceKey) {
        let mut inner = self.lock();
        let awaited = inner.plan.is_some()
            && inner
                .watches
                .get(key)
                .is_some_and(|watch| watch.awaits_query);
        if awaited {
            self.begin(&mut inner, key);
        }
    }

    /// Whether the watch of a type runs or waits to be retried.
    pub(crate) fn is_running(&self, key: &ResourceKey) -> bool {
        self.lock()
            .watches
            .get(key)
            .is_some_and(|watch| watch.cell.is_active())
    }

    /// Whether any watch runs or waits to be retried.
    pub(crate) fn any_running(&self) -> bool {
        self.lock()
            .watches
            .values()
            .any(|watch| watch.cell.is_active())
    }

    /// Every watch that was ever placed, with its state.
    pub(crate) fn snapshots(&self) -> BTreeMap<ResourceKey, WatchSnapshot> {
        self.lock()
            .watches
            .iter()
            .map(|(key, watch)| (key.clone(), watch.cell.snapshot()))
            .collect()
    }

    /// The scope of the running plan.
    pub(crate) fn scope(&self) -> Option<Arc<WatchScope>> {
        self.lock().plan.as_ref()?.scope.clone()
    }

    /// Whether the running plan watches nothing because its scope has no partitions.
    pub(crate) fn is_out_of_scope(&self) -> bool {
        self.lock()
            .plan
            .as_ref()
            .is_some_and(|plan| plan.out_of_scope)
    }

    /// Whether the watches of the connection are started.
    pub(crate) fn is_started(&self) -> bool {
        self.lock().plan.is_some()
    }

    /// Refuses a type that is not to be watched.
    fn wanted(&self, inner: &Inner<C>, key: &ResourceKey) -> Result<()> {
        self.check_started(inner)?;
        match inner.watches.get(key) {
            Some(watch) => check_allowed(&watch.watched),
            None => Err(ResourceOperationError::not_found(format!(
                "connection {:?} has no resource type {key} to watch",
                self.home.connection.as_str()
            ))),
        }
    }

    /// Refuses a connection whose watches are not started.
    fn check_started(&self, inner: &Inner<C>) -> Result<()> {
        match inner.plan {
            Some(_) => Ok(()),
            None => Err(ResourceOperationError::new(
                ErrorCode::NotConnected,
                format!(
                    "connection {:?} is not being watched",
                    self.home.connection.as_str()
                ),
            )
            .with_suggestion("start the connection, or call start_connection_watch")),
        }
    }

    fn try_ensure(self: &Arc<Self>, key: &ResourceKey) -> Result<Look> {
        let mut inner = self.lock();
        self.wanted(&inner, key)?;
        let Some(watch) = inner.watches.get(key) else {
            return Ok(Look::Done);
        };
        match &watch.run {
            // A run that is not active has said its last state and is about to end.
            Some(run)
                if run.plan.is_cancelled()
                    || watch.cell.is_stopping()
                    || !watch.cell.is_active() =>
            {
                Ok(Look::WaitFor(watch.cell.clone(), run.number))
            }
            Some(_) => Ok(Look::Done),
            None => {
                self.begin(&mut inner, key);
                Ok(Look::Done)
            }
        }
    }

    /// Puts a type on the books, Skipped where it is excluded.
    fn place(&self, inner: &mut Inner<C>, watched: WatchedType<C>) {
        let key = watched.served.subject.key.clone();
        let watch = inner.watches.entry(key).or_insert_with_key(|key| Watch {
            cell: Arc::new(WatchCell::new(self.home.clone(), key.clone())),
            watched: WatchedType {
                served: watched.served.clone(),
                excluded: None,
                ..watched
            },
            run: None,
            awaits_query: false,
        });
        watch.watched = watched;
        if let (Some(reason), None) = (&watch.watched.excluded, &watch.run) {
            watch.cell.exclude(reason);
        }
    }

    /// Makes a lazy type that is not excluded Idle again, whatever its watch came to on an earlier plan.
    ///
    /// Contract: WAT-02, WAT-21
    fn await_query(inner: &mut Inner<C>, key: &ResourceKey) {
        if let Some(watch) = inner.watches.get_mut(key)
            && watch.watched.policy == SyncPolicy::OnFirstQuery
            && watch.watched.excluded.is_none()
            && watch.run.is_none()
        {
            watch.awaits_query = true;
            watch.cell.reset();
        }
    }

    /// Spawns a run of a type on the current plan; the caller knows that none is there.
    fn begin(self: &Arc<Self>, inner: &mut Inner<C>, key: &ResourceKey) {
        let Some(plan) = inner.plan.clone() else {
            return;
        };
        let number = inner.next_run;
        let Some(watch) = inner.watches.get_mut(key) else {
            return;
        };
        let Some(watcher) = watch.watched.served.handles.watcher.clone() else {
            return;
        };
        if watch.watched.excluded.is_some() || watch.run.is_some() {
            return;
        }
        inner.next_run += 1;
        watch.run = Some(RunHandle {
            number,
            plan: plan.cancel.clone(),
        });
        watch.awaits_query = false;
        watch.cell.refresh();
        let run = Run {
            current: Attempt {
                cancel: watch.cell.arm(&plan.cancel),
                // Said here and not in the task: whoever started the watch finds it started.
                number: watch.cell.begin(),
            },
            cell: watch.cell.clone(),
            watcher,
            served: watch.watched.served.clone(),
            plan,
        };
        let books = Books {
            watches: self.clone(),
            cell: watch.cell.clone(),
            number,
        };
        self.home.runtime.tracker.spawn(run.drive(books));
    }

    /// Waits until a cancelled run has ended; a watcher that blocks its thread is left behind with a warning.
    async fn ended(&self, cell: &WatchCell, run: u64) {
        let ended = async {
            loop {
                let ended = cell.ended.notified();
                if cell.last_ended() >= run {
                    return;
                }
                ended.await;
            }
        };
        // The run itself is done within one grace period; the second one is for a busy machine.
        let patience = self.home.runtime.grace.saturating_mul(2);
        if timeout(patience, ended).await.is_err() {
            tracing::warn!(
                connection = %self.home.connection,
                key = %cell.key,
                "the watcher blocks its thread and could not be stopped",
            );
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<C>> {
        // Nothing that can panic runs under this lock, so the state behind a poisoned one is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses a type that is excluded, or never watched.
///
/// Contract: WAT-03, WAT-32
fn check_allowed<C>(watched: &WatchedType<C>) -> Result<()> {
    let key = &watched.served.subject.key;
    let refusal = match (&watched.excluded, watched.policy) {
        (Some(reason), _) => format!("resource type {key} is not watched: {reason}"),
        (None, SyncPolicy::Never) => {
            format!("resource type {key} is never watched: its sync policy says so")
        }
        (None, SyncPolicy::OnConnect | SyncPolicy::OnFirstQuery) => return Ok(()),
    };
    Err(ResourceOperationError::unsupported(refusal).with_suggestion("list it instead"))
}

/// Takes a run off the books when its task ends, however it ends.
struct Books<C> {
    watches: Arc<ConnectionWatches<C>>,
    cell: Arc<WatchCell>,
    number: u64,
}

impl<C> Drop for Books<C> {
    fn drop(&mut self) {
        {
            let mut inner = self
                .watches
                .inner
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(watch) = inner.watches.get_mut(&self.cell.key)
                && watch
                    .run
                    .as_ref()
                    .is_some_and(|run| run.number == self.number)
            {
                watch.run = None;
            }
        }
        self.cell.set_ended(self.number);
    }
}
