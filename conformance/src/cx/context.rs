//! The context itself.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use omniview_sdk::{CallContext, ConnectionId, Provider, Session};
use tokio_util::sync::CancellationToken;

use super::{items::Items, types::TypeUnderTest};
use crate::{
    history::{Facts, History, Moment, Trace},
    ledger::Ledger,
    model::Program,
    recorder::Recorder,
    subject::Outside,
};

/// What a check's body works with.
///
/// - Calls go through [`provider`](Self::provider) or the verbs ([`create`](Self::create), [`get`](Self::get), …).
///   Each is recorded in the [`history`](Self::history), and what was created is removed after the check.
/// - Expectations ([`expect_eq`](Self::expect_eq), …) are counted; a check that makes none, or that makes no call, is
///   an error of the suite.
/// - Waits ([`wait_event`](Self::wait_event)) are driven by events and bounded.
///
/// # Examples
///
/// The body of a check: what it relies on is [`given`](Self::given) or made, what it is about is expected.
///
/// ```
/// use omniview_conformance::{CheckResult, Cx};
/// use omniview_sdk::ErrorCode;
///
/// async fn deleted_objects_are_gone(cx: &Cx) -> CheckResult {
///     for ty in cx.types() {
///         let object = cx.make(ty).await?;
///         let deleted = cx.delete(&object).await;
///         cx.expect_ok("delete of an object that exists", deleted)?;
///
///         let got = cx.get(&ty.key, &object.id, &object.namespace).await;
///         let error = cx.expect_error(ErrorCode::NotFound, got)?;
///         cx.expect_eq("the id in the error", error.id(), Some(object.id.as_str()))?;
///     }
///     Ok(())
/// }
/// ```
pub struct Cx {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) history: History,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) types: Vec<TypeUnderTest>,
    pub(crate) connections: Vec<ConnectionId>,
    pub(crate) facts: Facts,
    pub(crate) outside: Option<Arc<dyn Outside>>,
    pub(crate) patience: Duration,
    /// Where random programs begin.
    pub(crate) seed: u64,
    /// How many of them there are.
    pub(crate) programs: u64,
    /// The one program that is to be replayed.
    pub(crate) program: Option<Arc<Program>>,
    /// The seed of the random program that made the check end as it did, if one did.
    pub(crate) failed_seed: OnceLock<u64>,
    pub(crate) samples: AtomicU32,
    pub(crate) assertions: AtomicU64,
    pub(crate) listening: Mutex<Option<Listening>>,
    pub(crate) faulted: Mutex<Vec<ConnectionId>>,
    pub(crate) items: Mutex<Items>,
}

/// The listener of a check.
pub(crate) struct Listening {
    pub(crate) stop: CancellationToken,
    pub(crate) task: tokio::task::JoinHandle<()>,
}

impl Cx {
    /// The types that have everything that the check needs; never empty.
    pub fn types(&self) -> &[TypeUnderTest] {
        &self.types
    }

    /// The first of [`types`](Self::types), for a requirement that is not about types.
    ///
    /// # Panics
    ///
    /// There is none, which the runner rules out for a check with a need that is about types.
    pub fn any_type(&self) -> &TypeUnderTest {
        &self.types[0]
    }

    /// The connection that the check uses.
    pub fn connection(&self) -> &ConnectionId {
        &self.connections[0]
    }

    /// Another connection, for a check that needs [`Need::SecondConnection`](crate::Need::SecondConnection). Nothing has started
    /// it.
    ///
    /// # Panics
    ///
    /// The check did not declare the need.
    pub fn second_connection(&self) -> &ConnectionId {
        &self.connections[1]
    }

    /// A call context whose session names [`connection`](Self::connection).
    pub fn ctx(&self) -> CallContext {
        self.ctx_on(self.connection())
    }

    /// A call context whose session names a connection.
    pub fn ctx_on(&self, connection: &ConnectionId) -> CallContext {
        CallContext::new().with_session(Session::for_connection(connection))
    }

    /// The boundary. Every call is recorded, whoever makes it; the handle may be moved into a task.
    pub fn provider(&self) -> Arc<dyn Provider> {
        Arc::clone(&self.recorder) as Arc<dyn Provider>
    }

    /// The way behind the plugin's back.
    ///
    /// # Panics
    ///
    /// The check did not declare [`Need::Outside`](crate::Need::Outside).
    #[expect(
        clippy::expect_used,
        reason = "the runner checked the need; the panic names what is missing"
    )]
    pub fn outside(&self) -> &Arc<dyn Outside> {
        self.outside
            .as_ref()
            .expect("a check that goes behind the plugin's back needs `Need::Outside`")
    }

    /// Everything that was asked, answered and reported so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The history so far, as data.
    pub(crate) fn trace(&self) -> Trace {
        Trace::of(&self.facts, &self.history)
    }

    /// Writes a line into the history, for the reader of a failure.
    pub fn note(&self, text: impl Into<String>) {
        self.history.push(Moment::Note(text.into()));
    }

    /// How long a wait lasts at most.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) fn count_assertion(&self) {
        self.assertions.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn assertions(&self) -> u64 {
        self.assertions.load(Ordering::Relaxed)
    }

    pub(crate) fn take_listening(&self) -> Option<Listening> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx")
            .field("connections", &self.connections)
            .field("types", &self.types)
            .field("history", &self.history)
            .field("assertions", &self.assertions())
            .finish_non_exhaustive()
    }
}
