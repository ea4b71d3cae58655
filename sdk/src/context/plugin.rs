//! What plugin code receives with every call on a resource type.

use std::{fmt, sync::Arc};

use super::{CallContext, Session};
use crate::{Connection, ConnectionId, ResourceKey, ResourceMeta, WatchScope};

/// What plugin code receives with every call: the client, the resource type, and all of the [`CallContext`].
///
/// The session is always there and holds the full connection and a request id; the client is that
/// connection's. The type is concrete even where a pattern serves it. Cheap to clone, so that it can move into
/// tasks; a copy that outlives the call sees its cancellation.
///
/// # Examples
///
/// A unit test of a resourcer puts one together; everything else gets it from the SDK.
///
/// ```
/// use std::sync::Arc;
/// use omniview_sdk::{CallContext, Context, ResourceMeta, Session};
///
/// let call = CallContext::new().with_session(Session::for_connection("dev"));
/// let ctx = Context::new(call, Arc::new("a client"), Arc::new(ResourceMeta::new("core", "v1", "Pod")));
/// assert_eq!(ctx.key(), "core::v1::Pod");
/// assert_eq!(ctx.connection_id(), "dev");
/// assert_eq!(**ctx.client(), "a client");
/// ```
///
/// Contract: SES-04, CFG-18, CFG-19, WAT-34
pub struct Context<C> {
    call: CallContext,
    client: Arc<C>,
    subject: Arc<Subject>,
}

/// The concrete resource type that a call is about.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) meta: Arc<ResourceMeta>,
    pub(crate) key: ResourceKey,
}

impl<C> Context<C> {
    /// Puts a context together; the controller does, and a unit test of a resourcer may.
    pub fn new(call: CallContext, client: Arc<C>, meta: Arc<ResourceMeta>) -> Self {
        let key = meta.key();
        Self::about(call, client, Arc::new(Subject { meta, key }))
    }

    /// The same about a type whose key need not be put together again.
    pub(crate) fn about(call: CallContext, client: Arc<C>, subject: Arc<Subject>) -> Self {
        Self {
            call,
            client,
            subject,
        }
    }

    /// The client of the connection.
    pub fn client(&self) -> &Arc<C> {
        &self.client
    }

    /// The concrete resource type that the call is about.
    pub fn meta(&self) -> &ResourceMeta {
        &self.subject.meta
    }

    /// The key of that type.
    pub fn key(&self) -> &ResourceKey {
        &self.subject.key
    }

    /// Session, scope, deadline and cancellation.
    pub fn call(&self) -> &CallContext {
        &self.call
    }

    /// The session; `None` only in a context that a test put together without one.
    pub fn session(&self) -> Option<&Session> {
        self.call.session()
    }

    /// The full connection; `None` only in a context that a test put together without one.
    pub fn connection(&self) -> Option<&Connection> {
        self.call.connection()
    }

    /// The id of the connection; empty only in a context that a test put together without one.
    pub fn connection_id(&self) -> ConnectionId {
        self.connection()
            .map(|connection| connection.id.clone())
            .unwrap_or_default()
    }

    /// The scope that a watch is limited to; `None` is everything.
    pub fn watch_scope(&self) -> Option<&WatchScope> {
        self.call.watch_scope()
    }

    /// Whether the call was taken back.
    pub fn is_cancelled(&self) -> bool {
        self.call.is_cancelled()
    }

    /// Completes when the call is taken back.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and call again.
    pub async fn cancelled(&self) {
        self.call.cancelled().await;
    }
}

impl<C> Clone for Context<C> {
    fn clone(&self) -> Self {
        Self {
            call: self.call.clone(),
            client: Arc::clone(&self.client),
            subject: Arc::clone(&self.subject),
        }
    }
}

impl<C> AsRef<CallContext> for Context<C> {
    fn as_ref(&self) -> &CallContext {
        &self.call
    }
}

// The client is the author's, and may hold what must not be printed.
impl<C> fmt::Debug for Context<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("key", self.key())
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
