//! The one way into plugin code: guarded against panics, bounded by the context, errors classified.

use std::{
    pin::Pin,
    sync::Arc,
    task::{self, Poll, ready},
};

use futures_util::future::BoxFuture;
use tokio::time::sleep_until;
use tokio_util::sync::CancellationToken;

use crate::{
    BoxError, CallContext, ConnectionId, ErrorClassifier, ErrorCode, Fault, PluginResult,
    ResourceKey, ResourceOperationError, Result,
    panic::{Guarded, PanicText, guard},
};

/// Who knows the raw errors of a call: the type's classifier first, then the plugin's.
#[derive(Clone, Default)]
pub(crate) struct Classifiers {
    pub(crate) resource: Option<Arc<dyn ErrorClassifier>>,
    pub(crate) plugin: Option<Arc<dyn ErrorClassifier>>,
}

impl Classifiers {
    /// Makes a structured error of whatever plugin code returned.
    ///
    /// Contract: ERR-03, CFG-12, CFG-13
    pub(crate) fn classify(&self, error: BoxError) -> ResourceOperationError {
        let error = match error.downcast::<ResourceOperationError>() {
            Ok(structured) => return *structured,
            Err(raw) => raw,
        };
        for classifier in [&self.resource, &self.plugin].into_iter().flatten() {
            match guard(|| classifier.classify(&*error)) {
                Ok(Some(structured)) if structured.cause().is_some() => return structured,
                Ok(Some(structured)) => return structured.with_source(error),
                Ok(None) => {}
                Err(PanicText(text)) => {
                    // Nobody else is asked: a panic leaves the plugin's own error.
                    tracing::warn!("an error classifier panicked: {text}");
                    break;
                }
            }
        }
        ResourceOperationError::internal(error.to_string()).with_source(error)
    }
}

/// Where a call happens: what its errors and its span say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSite<'a> {
    pub(crate) operation: &'static str,
    pub(crate) connection: Option<&'a ConnectionId>,
    pub(crate) key: Option<&'a ResourceKey>,
    pub(crate) id: Option<&'a str>,
}

impl<'a> CallSite<'a> {
    pub(crate) const fn new(operation: &'static str) -> Self {
        Self {
            operation,
            connection: None,
            key: None,
            id: None,
        }
    }

    pub(crate) fn on_connection(self, connection: &'a ConnectionId) -> Self {
        Self {
            connection: Some(connection),
            ..self
        }
    }

    pub(crate) fn on_key(self, key: &'a ResourceKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    pub(crate) fn on_id(self, id: &'a str) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }

    /// Adds what the error does not say of itself.
    pub(crate) fn locate(&self, mut error: ResourceOperationError) -> ResourceOperationError {
        error = error.in_operation(self.operation);
        if let Some(connection) = self.connection {
            error = error.on_connection(connection);
        }
        if let Some(key) = self.key {
            error = error.on_key(key);
        }
        if let Some(id) = self.id {
            error = error.on_id(id);
        }
        error
    }

    fn describe(&self) -> String {
        let mut text = format!("`{}`", self.operation);
        if let Some(key) = self.key {
            text.push_str(&format!(" of {key}"));
        }
        if let Some(connection) = self.connection {
            text.push_str(&format!(" on connection {:?}", connection.as_str()));
        }
        text
    }
}

/// Refuses a context that is over before it begins.
///
/// Contract: OPS-14
pub(crate) fn still_wanted(ctx: &CallContext, site: CallSite<'_>) -> Result<()> {
    if ctx.is_cancelled() {
        return Err(cancelled(site));
    }
    if ctx.is_expired() {
        return Err(timed_out(site));
    }
    Ok(())
}

/// Runs plugin code until it answers, the context is over, or `closing` is cancelled.
///
/// The plugin is polled first, and only a plugin that does not answer at once costs a timer and waiters: they are made
/// then, so that the future of a quick call stays small.
///
/// Contract: OPS-14, OPS-15, ERR-03
pub(crate) fn call_plugin<'a, T>(
    ctx: &'a CallContext,
    closing: &'a CancellationToken,
    site: CallSite<'a>,
    classifiers: &'a Classifiers,
    call: impl FnOnce() -> BoxFuture<'a, PluginResult<T>>,
) -> PluginCall<'a, T> {
    let span = tracing::info_span!(
        "plugin_call",
        operation = site.operation,
        connection = site.connection.map(ConnectionId::as_str),
        key = site.key.map(ResourceKey::as_str),
        request_id = ctx.session().map(|session| session.request_id.as_str()),
        outcome = tracing::field::Empty,
    );
    let plugin = span.in_scope(|| guard(call)).map(Guarded::new);
    PluginCall {
        plugin,
        ctx,
        closing,
        site,
        classifiers,
        span,
        over: None,
    }
}

/// One call into plugin code; see [`call_plugin`].
#[must_use = "plugin code runs when this is awaited"]
pub(crate) struct PluginCall<'a, T> {
    plugin: Result<Guarded<BoxFuture<'a, PluginResult<T>>>, PanicText>,
    ctx: &'a CallContext,
    closing: &'a CancellationToken,
    site: CallSite<'a>,
    classifiers: &'a Classifiers,
    span: tracing::Span,
    /// Why nobody waits any longer; made when the plugin does not answer at once.
    over: Option<BoxFuture<'a, ResourceOperationError>>,
}

impl<T> Future for PluginCall<'_, T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Result<T>> {
        let this = self.get_mut();
        let _entered = this.span.enter();
        let answer = match &mut this.plugin {
            Ok(plugin) => match Pin::new(plugin).poll(cx) {
                Poll::Ready(Ok(Ok(value))) => Ok(value),
                Poll::Ready(Ok(Err(error))) => {
                    Err(this.site.locate(this.classifiers.classify(error)))
                }
                Poll::Ready(Err(text)) => Err(panicked(this.site, &text)),
                Poll::Pending => {
                    let (ctx, closing, site) = (this.ctx, this.closing, this.site);
                    let over = this
                        .over
                        .get_or_insert_with(|| Box::pin(over_or_closed(ctx, closing, site)));
                    Err(ready!(over.as_mut().poll(cx)))
                }
            },
            Err(text) => Err(panicked(this.site, text)),
        };
        match &answer {
            Ok(_) => this.span.record("outcome", "ok"),
            Err(error) => this.span.record("outcome", error.code().as_str()),
        };
        Poll::Ready(answer)
    }
}

/// Completes when nobody waits for a call any longer, and says why.
///
/// Contract: OPS-14
pub(crate) async fn over(ctx: &CallContext, site: CallSite<'_>) -> ResourceOperationError {
    tokio::select! {
        biased;
        () = ctx.cancelled() => cancelled(site),
        why = expired(ctx, site) => why,
    }
}

/// Completes when the deadline of a call has passed.
pub(crate) async fn expired(ctx: &CallContext, site: CallSite<'_>) -> ResourceOperationError {
    match ctx.deadline() {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
    timed_out(site)
}

/// The same, for a call that a closing plugin ends as well.
async fn over_or_closed(
    ctx: &CallContext,
    closing: &CancellationToken,
    site: CallSite<'_>,
) -> ResourceOperationError {
    tokio::select! {
        biased;
        why = over(ctx, site) => why,
        () = closing.cancelled() => closed(site),
    }
}

/// The error of a plugin that panicked.
pub(crate) fn panicked(site: CallSite<'_>, PanicText(text): &PanicText) -> ResourceOperationError {
    let error = ResourceOperationError::internal(format!(
        "the plugin panicked in {}: {text}",
        site.describe()
    ))
    .with_fault(Fault::Plugin)
    .with_suggestion("report this to the plugin's author, with the text of the panic");
    tracing::error!(operation = site.operation, "plugin code panicked: {text}");
    site.locate(error)
}

/// The error of everything after `close`.
///
/// Contract: OPS-16
pub(crate) fn closed(site: CallSite<'_>) -> ResourceOperationError {
    site.locate(
        ResourceOperationError::new(
            ErrorCode::Closed,
            format!("{} was called on a plugin that is closed", site.describe()),
        )
        .with_suggestion("build the plugin again: one that was closed stays closed"),
    )
}

fn cancelled(site: CallSite<'_>) -> ResourceOperationError {
    site.locate(ResourceOperationError::new(
        ErrorCode::Cancelled,
        format!("{} was cancelled by its caller", site.describe()),
    ))
}

fn timed_out(site: CallSite<'_>) -> ResourceOperationError {
    site.locate(
        ResourceOperationError::new(
            ErrorCode::Timeout,
            format!("{} did not complete before its deadline", site.describe()),
        )
        .with_suggestion("allow more time, or check that the backend answers"),
    )
}
