//! One call over the boundary, in its must-form and its try-form.

use std::{
    fmt,
    future::IntoFuture,
    panic::Location,
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures_util::future::BoxFuture;
use omniview_sdk::{
    CallContext, ConnectionId, ErrorCode, Fault, Provider, ResourceKey, ResourceOperationError,
    Result, Session,
};
use serde::Serialize;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    failure::{Outcome, Site},
    harness::Shared,
};

/// How much longer than the deadline a provider may take to notice it.
const SLACK: Duration = Duration::from_secs(1);

/// What a verb does once everything is known.
pub(crate) type Run<I, T> =
    for<'a> fn(&'a dyn Provider, &'a CallContext, &'a At, I) -> BoxFuture<'a, Result<T>>;

/// One call over the boundary that has not been made yet.
///
/// | written as | does |
/// |---|---|
/// | `h.get(key, id).await` | must succeed; the test fails at this line otherwise |
/// | `h.get(key, id).attempt().await` | returns the `Result` |
/// | `h.get(key, id).expect_error(ErrorCode::NotFound).await` | must fail with that code, and returns the error |
///
/// The text of a failure says where in the test the call was made, operation, key, connection, input and error.
///
/// It owns what it needs: `tokio::spawn(h.get(key, id).attempt())` works.
///
/// # Time
///
/// A call gets the harness's time-out as its deadline, on tokio's clock. A provider that has not answered one second after
/// it is not waited for any longer: the call fails with `TIMEOUT`.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// let quick = std::time::Duration::from_secs(1);
/// h.get("core::v1::Pod", "web").on("dev").with_timeout(quick).await;
///
/// let refused = h.get("core::v1::Pod", "web").on("prod").attempt().await.unwrap_err();
/// assert_eq!(*refused.code(), ErrorCode::NotConnected);
///
/// let elsewhere = tokio::spawn(h.get("core::v1::Pod", "web").attempt());
/// assert!(elsewhere.await.unwrap().is_ok());
/// # h.shutdown().await;
/// # }
/// ```
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<I, T> {
    shared: Arc<Shared>,
    location: &'static Location<'static>,
    operation: &'static str,
    at: At,
    pub(crate) input: I,
    context: ContextChoice,
    cancellation: Option<CancellationToken>,
    limit: Limit,
    run: Run<I, T>,
    show: fn(&T) -> String,
}

/// What a call is about, beside its input.
#[derive(Debug, Clone, Default)]
pub(crate) struct At {
    pub(crate) key: Option<ResourceKey>,
    pub(crate) connection: Option<ConnectionId>,
    /// Part of the call's name in failures: an object, an action.
    pub(crate) name: Option<String>,
}

impl At {
    pub(crate) fn key(&self) -> &ResourceKey {
        static NONE: LazyLock<ResourceKey> = LazyLock::new(ResourceKey::default);
        self.key.as_ref().unwrap_or(&NONE)
    }

    pub(crate) fn connection(&self) -> &ConnectionId {
        static NONE: LazyLock<ConnectionId> = LazyLock::new(ConnectionId::default);
        self.connection.as_ref().unwrap_or(&NONE)
    }
}

/// Which context a call is made in.
#[derive(Debug, Clone)]
enum ContextChoice {
    Default,
    On(ConnectionId),
    Session(Session),
    WithoutSession,
    Given(CallContext),
}

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
enum Limit {
    /// The time-out is the call's deadline.
    Deadline(Duration),
    /// The time-out bounds the call, and is not its deadline: what it returns may live longer.
    Opening(Duration),
    /// The call takes as long as it takes.
    None,
}

impl<I, T: fmt::Debug> Call<I, T> {
    pub(crate) fn new(
        shared: &Arc<Shared>,
        location: &'static Location<'static>,
        operation: &'static str,
        at: At,
        input: I,
        run: Run<I, T>,
    ) -> Self {
        Self::showing(shared, location, operation, at, input, run, |answer| {
            format!("{answer:?}")
        })
    }
}

impl<I, T> Call<I, T> {
    /// A call whose answer does not print itself.
    pub(crate) fn showing(
        shared: &Arc<Shared>,
        location: &'static Location<'static>,
        operation: &'static str,
        at: At,
        input: I,
        run: Run<I, T>,
        show: fn(&T) -> String,
    ) -> Self {
        Self {
            shared: shared.clone(),
            location,
            operation,
            at,
            input,
            context: ContextChoice::Default,
            cancellation: None,
            limit: Limit::Deadline(shared.timeout),
            run,
            show,
        }
    }

    /// The time-out bounds the call only until it returns.
    pub(crate) fn opening(mut self) -> Self {
        self.limit = Limit::Opening(self.shared.timeout);
        self
    }

    /// The call takes as long as it takes.
    pub(crate) fn unlimited(mut self) -> Self {
        self.limit = Limit::None;
        self
    }

    /// Selects the connection by a session that holds its id.
    pub fn on(mut self, connection: impl Into<ConnectionId>) -> Self {
        self.context = ContextChoice::On(connection.into());
        self
    }

    /// Uses this session in place of the harness's.
    pub fn with_session(mut self, session: Session) -> Self {
        self.context = ContextChoice::Session(session);
        self
    }

    /// Uses no session, even if the harness has one.
    pub fn without_session(mut self) -> Self {
        self.context = ContextChoice::WithoutSession;
        self
    }

    /// Uses exactly this context: no session and no deadline is added to it.
    pub fn with_context(mut self, context: CallContext) -> Self {
        self.context = ContextChoice::Given(context);
        self
    }

    /// Takes the call back when `token` is cancelled.
    pub fn with_cancellation(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// Replaces the harness's time-out for this call; [`Duration::MAX`] waits as long as it takes.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.limit = match self.limit {
            Limit::Opening(_) => Limit::Opening(timeout),
            Limit::Deadline(_) | Limit::None => Limit::Deadline(timeout),
        };
        self
    }

    /// Changes the input.
    pub fn map_input(mut self, change: impl FnOnce(I) -> I) -> Self {
        self.input = change(self.input);
        self
    }
}

impl<I: Clone + Serialize, T> Call<I, T> {
    /// Makes the call and returns what came: the try-form.
    ///
    /// # Errors
    ///
    /// The provider's error, or `TIMEOUT` when it did not answer at all.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the provider's.
    pub async fn attempt(self) -> Result<T> {
        self.make().await.1
    }

    /// Makes the call, which must fail with `code`, and returns the error.
    ///
    /// # Panics
    ///
    /// It succeeded, or failed with another code; the text says what came instead.
    ///
    /// # Cancel safety
    ///
    /// As [`attempt`](Self::attempt).
    pub async fn expect_error(self, code: ErrorCode) -> ResourceOperationError {
        let show = self.show;
        match self.make().await {
            (_, Err(error)) if *error.code() == code => error,
            (site, Err(error)) => site.fail(&Outcome::OtherError { code, error }),
            (site, Ok(answer)) => site.fail(&Outcome::Success {
                code,
                answer: show(&answer),
            }),
        }
    }

    async fn must(self) -> T {
        match self.make().await {
            (_, Ok(answer)) => answer,
            (site, Err(error)) => site.fail(&Outcome::Error(error)),
        }
    }

    async fn make(self) -> (Site, Result<T>) {
        let (ctx, patience) = self.context();
        let site = Site {
            location: self.location,
            operation: self.operation,
            connection: self
                .at
                .connection
                .clone()
                .or_else(|| Some(ctx.session()?.connection_id()?.clone())),
            key: self.at.key.clone(),
            name: self.at.name.clone(),
            input: serde_json::to_value(&self.input).unwrap_or_default(),
        };
        let Self {
            shared,
            at,
            input,
            run,
            ..
        } = self;
        shared.attached().await;
        let call = run(&*shared.provider, &ctx, &at, input);
        let answer = match patience {
            Some(patience) => match timeout(patience, call).await {
                Ok(answer) => answer,
                Err(_) => Err(no_answer(&site, patience)),
            },
            None => call.await,
        };
        (site, answer)
    }

    /// The context of the call, and how long it is waited for.
    fn context(&self) -> (CallContext, Option<Duration>) {
        let limit = match self.limit {
            Limit::Deadline(limit) | Limit::Opening(limit) => Some(limit),
            Limit::None => None,
        };
        let mut ctx = CallContext::new();
        match &self.context {
            ContextChoice::Given(given) => {
                let until = given
                    .deadline()
                    .map(|deadline| deadline.saturating_duration_since(Instant::now()));
                let ctx = self.cancellable(given.clone());
                return (
                    ctx,
                    limit.map(|limit| {
                        until
                            .map_or(limit, |until| until.max(limit))
                            .saturating_add(SLACK)
                    }),
                );
            }
            ContextChoice::On(connection) => {
                ctx = ctx.with_session(self.shared.session_on(connection));
            }
            ContextChoice::Session(session) => ctx = ctx.with_session(session.clone()),
            ContextChoice::Default => {
                if let Some(session) = &self.shared.session {
                    ctx = ctx.with_session(session.clone());
                }
            }
            ContextChoice::WithoutSession => {}
        }
        if let Limit::Deadline(limit) = self.limit {
            ctx = ctx.with_timeout(limit);
        }
        (
            self.cancellable(ctx),
            limit.map(|limit| limit.saturating_add(SLACK)),
        )
    }

    fn cancellable(&self, ctx: CallContext) -> CallContext {
        match &self.cancellation {
            Some(token) => ctx.with_cancellation(token.clone()),
            None => ctx,
        }
    }
}

impl<I, T> IntoFuture for Call<I, T>
where
    I: Clone + Serialize + Send + Sync + 'static,
    T: Send + 'static,
{
    type Output = T;
    type IntoFuture = BoxFuture<'static, T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.must())
    }
}

impl<I, T> fmt::Debug for Call<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("at", &self.at)
            .field("context", &self.context)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

fn no_answer(site: &Site, patience: Duration) -> ResourceOperationError {
    ResourceOperationError::new(
        ErrorCode::Timeout,
        format!(
            "the provider did not answer `{}` within {patience:?}",
            site.operation
        ),
    )
    .with_fault(Fault::Plugin)
    .with_suggestion("let the provider heed the context's deadline and cancellation")
    .in_operation(site.operation)
}
