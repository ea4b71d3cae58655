//! The provider around the honest one, and its end.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use omniview_sdk::{
    CallContext, ConnectionId, Delivery, ErrorCode, GetInput, Provider, ResourceKey,
    ResourceOperationError, Result, WatchEvent, WatchEventSink, async_trait,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::races::UnderWay;
use crate::Deviation;

/// The same plugin with one defect at its boundary.
pub(crate) fn wrap(deviation: Deviation, inner: Arc<dyn Provider>) -> Arc<dyn Provider> {
    Arc::new(BentProvider {
        deviation,
        inner,
        closed: AtomicBool::new(false),
        listeners: AtomicUsize::new(0),
        deaf: Mutex::default(),
        turns: AtomicUsize::new(0),
        gets: UnderWay::default(),
        starts: UnderWay::default(),
        ensures: UnderWay::default(),
        cursors: Mutex::default(),
    })
}

pub(super) struct BentProvider {
    pub(super) deviation: Deviation,
    pub(super) inner: Arc<dyn Provider>,
    closed: AtomicBool,
    /// How many listeners are attached.
    pub(super) listeners: AtomicUsize,
    /// Takes what is emitted before the first listener.
    deaf: Mutex<Option<Deaf>>,
    turns: AtomicUsize,
    pub(super) gets: UnderWay<ResourceKey, GetInput>,
    pub(super) starts: UnderWay<ConnectionId, ()>,
    pub(super) ensures: UnderWay<(ConnectionId, ResourceKey), ()>,
    /// Cursors that were given out, by type.
    pub(super) cursors: Mutex<BTreeSet<(ResourceKey, String)>>,
}

struct Deaf {
    cancel: CancellationToken,
    task: JoinHandle<Result<()>>,
}

impl BentProvider {
    pub(super) fn is(&self, deviation: Deviation) -> bool {
        self.deviation == deviation
    }

    /// Whether it is the second time, the fourth, …
    pub(super) fn is_every_second(&self) -> bool {
        self.turns.fetch_add(1, Ordering::Relaxed) % 2 == 1
    }

    /// Loses what is emitted from now on, until [`hear`](Self::hear).
    pub(super) fn go_deaf(&self) {
        let mut deaf = self.deaf.lock().unwrap_or_else(PoisonError::into_inner);
        if deaf.is_some() || self.listeners.load(Ordering::Relaxed) > 0 {
            return;
        }
        let cancel = CancellationToken::new();
        let ctx = CallContext::new().with_cancellation(cancel.clone());
        let inner = Arc::clone(&self.inner);
        let task =
            tokio::spawn(async move { inner.listen_for_events(&ctx, Arc::new(Nowhere)).await });
        *deaf = Some(Deaf { cancel, task });
    }

    /// Loses nothing from now on.
    pub(super) async fn hear(&self) {
        let deaf = {
            let mut deaf = self.deaf.lock().unwrap_or_else(PoisonError::into_inner);
            deaf.take()
        };
        if let Some(Deaf { cancel, task }) = deaf {
            cancel.cancel();
            // It ends with the cancellation, and has nothing to say.
            let _ = task.await;
        }
    }

    /// Whether the connection is started.
    pub(super) async fn is_started(&self, ctx: &CallContext, id: &ConnectionId) -> bool {
        let ctx = fresh(ctx);
        let status = self.inner.check_connection(&ctx, id).await;
        status.is_ok_and(|status| status.is_connected())
    }

    /// Whether the connection that a session names is known.
    pub(super) async fn is_known(&self, ctx: &CallContext) -> bool {
        let Some(id) = ctx.session().and_then(|session| session.connection_id()) else {
            return false;
        };
        let known = self.inner.get_connection(&fresh(ctx), id).await;
        known.is_ok()
    }

    /// The started connections, sorted by id.
    pub(super) async fn started(&self) -> Vec<ConnectionId> {
        let connections = self.inner.list_connections(&CallContext::new()).await;
        let running = connections.unwrap_or_default().into_iter();
        running
            .filter(|status| status.is_connected())
            .filter_map(|status| Some(status.connection?.id.clone()))
            .collect()
    }

    /// Whether the plugin knows the type.
    pub(super) async fn knows(&self, key: &ResourceKey) -> bool {
        let known = self.inner.has_resource_type(&CallContext::new(), key).await;
        known.unwrap_or_default()
    }
}

#[async_trait]
impl Provider for BentProvider {
    async fn close(&self) -> Result<()> {
        let again = self.closed.swap(true, Ordering::Relaxed);
        match self.deviation {
            Deviation::ClosedStillAnswers => return Ok(()),
            Deviation::CloseAgainFails if again => {
                return Err(ResourceOperationError::internal("it is closed already"));
            }
            _ => {}
        }
        self.hear().await;
        self.inner.close().await
    }
}

impl fmt::Debug for BentProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BentProvider")
            .field("deviation", &self.deviation)
            .finish_non_exhaustive()
    }
}

/// The same error with another code.
pub(super) fn recode(error: &ResourceOperationError, code: ErrorCode) -> ResourceOperationError {
    ResourceOperationError::new(code, error.message())
}

/// The same caller without deadline and cancellation.
pub(super) fn fresh(ctx: &CallContext) -> CallContext {
    match ctx.session() {
        Some(session) => CallContext::new().with_session(session.clone()),
        None => CallContext::new(),
    }
}

#[derive(Debug)]
struct Nowhere;

impl WatchEventSink for Nowhere {
    fn on_event(&self, _event: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}
