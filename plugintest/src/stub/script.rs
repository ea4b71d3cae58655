//! What a stub does with a call before it answers, and what it remembers of it.

use std::{
    collections::{BTreeMap, VecDeque},
    error::Error,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use omniview_sdk::{CallContext, ConnectionId, PluginResult, ResourceMeta, ResourceOperationError};
use serde_json::Value;

/// A method that a plugin author implements and a stub can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "each is named as the method that it stands for"
)]
pub enum StubOperation {
    Get,
    List,
    Find,
    Create,
    Update,
    Delete,
    Watch,
    ListActions,
    ExecuteAction,
    StreamAction,
    ResourceSchema,
    FilterFields,
    Search,
    ResolveRelationships,
    AssessHealth,
    Events,
    LoadConnections,
    CreateClient,
    DestroyClient,
    CheckConnection,
    GetNamespaces,
    WatchConnections,
    RefreshClient,
    EditorSchemas,
    ResolveScope,
}

/// What happens to a call instead of its answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Fault {
    /// It fails with a structured error.
    Error(ResourceOperationError),
    /// It fails with a raw error, a [`StubError`] with this text, for an error classifier to meet.
    Raw(String),
    /// It panics with this text.
    Panic(String),
    /// It never answers.
    Hang,
    /// It answers as usual, but only after this long.
    Delay(Duration),
}

/// A raw error of a stub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubError(pub String);

impl fmt::Display for StubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for StubError {}

/// One call that a stub has got.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StubCall {
    /// Which method.
    pub operation: StubOperation,
    /// Session, scope, deadline and cancellation as they came.
    pub context: CallContext,
    /// The concrete resource type; none of a connection's methods.
    pub meta: Option<ResourceMeta>,
    /// The number of the client; none of methods that get none.
    pub client: Option<u64>,
    /// The input as JSON; null where there is none.
    pub input: Value,
}

impl StubCall {
    /// The id of the session's connection; empty without one.
    pub fn connection_id(&self) -> ConnectionId {
        self.context
            .connection()
            .map(|connection| connection.id.clone())
            .unwrap_or_default()
    }
}

/// The faults that are planned, and the calls that were made.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: BTreeMap<StubOperation, VecDeque<Fault>>,
    always: BTreeMap<StubOperation, Fault>,
    calls: Vec<StubCall>,
}

impl Script {
    pub(super) fn next(&self, operation: StubOperation, times: usize, fault: Fault) {
        let mut state = self.lock();
        let queue = state.next.entry(operation).or_default();
        queue.extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn always(&self, operation: StubOperation, fault: Fault) {
        self.lock().always.insert(operation, fault);
    }

    pub(super) fn heal(&self, operation: StubOperation) {
        let mut state = self.lock();
        state.next.remove(&operation);
        state.always.remove(&operation);
    }

    pub(super) fn calls(&self, operation: StubOperation) -> Vec<StubCall> {
        let state = self.lock();
        let of_operation = state
            .calls
            .iter()
            .filter(|call| call.operation == operation);
        of_operation.cloned().collect()
    }

    pub(super) fn count(&self, operation: StubOperation) -> usize {
        let state = self.lock();
        let of_operation = state
            .calls
            .iter()
            .filter(|call| call.operation == operation);
        of_operation.count()
    }

    /// Remembers a call, and lets the planned fault happen.
    pub(super) async fn enter(&self, call: StubCall) -> PluginResult<()> {
        let fault = self.note(call);
        match fault {
            None => Ok(()),
            Some(Fault::Error(error)) => Err(error.into()),
            Some(Fault::Raw(text)) => Err(StubError(text).into()),
            Some(Fault::Panic(text)) => panic!("{text}"),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Delay(delay)) => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
        }
    }

    /// Remembers a call, and takes the fault that is planned for it.
    pub(super) fn note(&self, call: StubCall) -> Option<Fault> {
        let mut state = self.lock();
        let operation = call.operation;
        state.calls.push(call);
        let planned = state.next.get_mut(&operation).and_then(VecDeque::pop_front);
        planned.or_else(|| state.always.get(&operation).cloned())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
