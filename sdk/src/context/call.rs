//! What a caller of the boundary gives along with a call.

use std::{future, sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Session, Surroundings};
use crate::{Connection, WatchScope};

/// What is given to a call from above: session, watch scope, deadline and cancellation.
///
/// Everything is optional: the empty context never expires and leaves the choice of the connection to the
/// controller. Cheap to clone; a copy shares the cancellation.
///
/// ```
/// use std::time::Duration;
/// use omniview_sdk::{CallContext, Session};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let ctx = CallContext::new()
///     .with_session(Session::for_connection("dev"))
///     .with_timeout(Duration::from_secs(5));
/// assert_eq!(ctx.session().unwrap().connection_id().unwrap(), "dev");
/// # }
/// ```
///
/// Contract: SES-01, SES-02, SES-03, SES-08
#[derive(Debug, Clone, Default)]
pub struct CallContext {
    // Not behind a count of its own: what is big in it is, and every call has another one.
    session: Option<Session>,
    watch_scope: Option<Arc<WatchScope>>,
    deadline: Option<Instant>,
    cancellation: Option<CancellationToken>,
}

impl CallContext {
    /// A context with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the session.
    #[must_use]
    pub fn with_session(mut self, session: Session) -> Self {
        self.session = Some(session);
        self
    }

    /// The context of a plugin call on behalf of this one: with a full session.
    ///
    /// Contract: SES-04, SES-05, SES-06
    pub(crate) fn within(&self, surroundings: Arc<Surroundings>) -> Self {
        let session = match self.session() {
            Some(caller) => Session::on_behalf(caller, surroundings),
            None => Session::within(surroundings),
        };
        Self {
            session: Some(session),
            watch_scope: self.watch_scope.clone(),
            deadline: self.deadline,
            cancellation: self.cancellation.clone(),
        }
    }

    /// Sets the scope that a watch is limited to.
    #[must_use]
    pub fn with_watch_scope(mut self, scope: impl Into<Arc<WatchScope>>) -> Self {
        self.watch_scope = Some(scope.into());
        self
    }

    /// Sets the moment after which nobody waits for the answer.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets the deadline to `timeout` from now, on tokio's clock; one that the clock cannot reach is none.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.deadline = Instant::now().checked_add(timeout);
        self
    }

    /// Sets the token that takes the call back.
    #[must_use]
    pub fn with_cancellation(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// The session, if one was set.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The connection of the session, if there are both.
    pub fn connection(&self) -> Option<&Connection> {
        self.session()?.connection().map(Arc::as_ref)
    }

    /// The scope that a watch is limited to; `None` is everything.
    pub fn watch_scope(&self) -> Option<&WatchScope> {
        self.watch_scope.as_deref()
    }

    /// The moment after which nobody waits for the answer.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The token that takes the call back, if one was set.
    pub fn cancellation(&self) -> Option<&CancellationToken> {
        self.cancellation.as_ref()
    }

    /// Whether the call was taken back.
    pub fn is_cancelled(&self) -> bool {
        self.cancellation
            .as_ref()
            .is_some_and(CancellationToken::is_cancelled)
    }

    /// Whether the deadline has passed.
    pub fn is_expired(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Completes when the call is taken back; never, where it cannot be.
    ///
    /// # Cancel safety
    ///
    /// Safe to drop and call again.
    pub async fn cancelled(&self) {
        match &self.cancellation {
            Some(token) => token.cancelled().await,
            None => future::pending().await,
        }
    }
}

impl AsRef<CallContext> for CallContext {
    fn as_ref(&self) -> &CallContext {
        self
    }
}

/// Returns `ctx` with `session` in it (`WithSession`).
///
/// # Examples
///
/// ```
/// use omniview_sdk::{CallContext, Session, connection_from_context, with_session};
///
/// let outer = CallContext::new();
/// let inner = with_session(&outer, Session::for_connection("dev"));
/// assert_eq!(connection_from_context(&inner).map(|dev| dev.id.as_str()), Some("dev"));
/// assert!(outer.session().is_none(), "the given one is as it was");
/// ```
///
/// Contract: SES-01
pub fn with_session(ctx: &CallContext, session: Session) -> CallContext {
    ctx.clone().with_session(session)
}

/// The session of a context (`SessionFromContext`); `None` where there is none.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{CallContext, Session, session_from_context};
///
/// let ctx = CallContext::new().with_session(Session::new().with_request_id("r-17"));
/// assert_eq!(session_from_context(&ctx).map(|session| session.request_id.as_str()), Some("r-17"));
/// assert!(session_from_context(&CallContext::new()).is_none());
/// ```
///
/// Contract: SES-01, SES-02
pub fn session_from_context(ctx: &impl AsRef<CallContext>) -> Option<&Session> {
    ctx.as_ref().session()
}

/// The connection of a context (`ConnectionFromContext`); `None` where session or connection are missing.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{CallContext, Session, connection_from_context};
///
/// let on = |session| CallContext::new().with_session(session);
/// let dev = on(Session::for_connection("dev"));
/// assert_eq!(connection_from_context(&dev).map(|dev| dev.id.as_str()), Some("dev"));
/// assert!(connection_from_context(&on(Session::new())).is_none(), "a session that names none");
/// ```
///
/// Contract: SES-03
pub fn connection_from_context(ctx: &impl AsRef<CallContext>) -> Option<&Connection> {
    ctx.as_ref().connection()
}

/// Returns `ctx` limited to `scope` (`WithWatchScope`).
///
/// # Examples
///
/// ```
/// use omniview_sdk::{CallContext, WatchScope, watch_scope_from_context, with_watch_scope};
///
/// let scoped = with_watch_scope(&CallContext::new(), WatchScope::new(["shop"]));
/// assert!(watch_scope_from_context(&scoped).is_some_and(|scope| !scope.includes("bank")));
/// ```
///
/// Contract: SES-08
pub fn with_watch_scope(ctx: &CallContext, scope: WatchScope) -> CallContext {
    ctx.clone().with_watch_scope(scope)
}

/// The scope of a context (`WatchScopeFromContext`); `None` where there is none.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{CallContext, watch_scope_from_context};
///
/// /// What a watch tells of.
/// fn is_told(ctx: &CallContext, namespace: &str) -> bool {
///     watch_scope_from_context(ctx).is_none_or(|scope| scope.includes(namespace))
/// }
///
/// assert!(is_told(&CallContext::new(), "bank"), "no scope is everything");
/// assert!(!is_told(&CallContext::new().with_watch_scope(omniview_sdk::WatchScope::new(["shop"])), "bank"));
/// ```
///
/// Contract: SES-08
pub fn watch_scope_from_context(ctx: &impl AsRef<CallContext>) -> Option<&WatchScope> {
    ctx.as_ref().watch_scope()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract: SES-01, SES-02, SES-03, SES-08
    #[test]
    fn a_session_and_a_scope_round_trip_through_the_context() {
        let empty = CallContext::new();
        assert!(session_from_context(&empty).is_none());
        assert!(connection_from_context(&empty).is_none());
        assert!(watch_scope_from_context(&empty).is_none());

        let bare = with_session(&empty, Session::new().with_request_id("r1"));
        assert_eq!(session_from_context(&bare).unwrap().request_id, "r1");
        assert!(connection_from_context(&bare).is_none());

        let scope = WatchScope {
            partitions: vec!["a".into()],
        };
        let scoped = with_watch_scope(&bare, scope.clone());
        assert_eq!(watch_scope_from_context(&scoped), Some(&scope));
        assert_eq!(scoped.session().unwrap().request_id, "r1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_expires_on_tokios_clock() {
        let ctx = CallContext::new().with_timeout(Duration::from_secs(3));
        assert!(!ctx.is_expired());
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(ctx.is_expired());
        assert_eq!(ctx.with_timeout(Duration::MAX).deadline(), None);
    }
}
