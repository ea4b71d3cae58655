//! One run of a watch: its attempts, one after the other, until it ends.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    WatchPlan, WatchSink,
    cell::{Failure, WatchCell},
    feed::Feed,
    state::{Input, Next},
};
use crate::{
    BoxError, CallContext, Context, Session, WatchStateEvent, Watcher,
    panic::{Guarded, PanicText},
    registry::ServedType,
};

/// Everything that a run needs.
pub(super) struct Run<C> {
    pub(super) cell: Arc<WatchCell>,
    pub(super) watcher: Arc<dyn Watcher<C>>,
    pub(super) served: Arc<ServedType<C>>,
    pub(super) plan: Arc<WatchPlan<C>>,
    /// The attempt that is on; the first was begun when the watch was started.
    pub(super) current: Attempt,
}

/// One attempt, and what ends it.
pub(super) struct Attempt {
    pub(super) number: u64,
    pub(super) cancel: CancellationToken,
}

/// How an attempt ended.
enum End {
    Early,
    Failed(Failure),
    Cancelled,
}

impl<C: Send + Sync + 'static> Run<C> {
    /// Runs attempts until the watch is in a terminal state; `keep` is dropped last.
    ///
    /// Ten thousand watches idle in here. A block and not an `async fn`, which would hold what it is given twice; and what
    /// is rarely waited for is boxed.
    #[expect(
        clippy::manual_async_fn,
        reason = "an `async fn` holds its arguments twice, where they came in and where it uses them"
    )]
    pub(super) fn drive<K: Send>(mut self, keep: K) -> impl Future<Output = ()> + Send {
        async move {
            self.run().await;
            drop(self);
            drop(keep);
        }
    }

    async fn run(&mut self) {
        loop {
            let next = match self.attempt().await {
                End::Cancelled => self.cancelled(),
                End::Early => {
                    let message = "the watcher returned although it was not cancelled";
                    tracing::warn!(
                        connection = %self.cell.connection(),
                        key = %self.cell.key,
                        "{message}; the watch is stopped",
                    );
                    self.cell.end(
                        Input::EndedEarly,
                        &WatchStateEvent {
                            message: message.to_owned(),
                            ..WatchStateEvent::default()
                        },
                    )
                }
                End::Failed(failure) => self.cell.end(
                    Input::Failed(failure.refusal),
                    &WatchStateEvent {
                        message: failure.message,
                        error_code: Some(failure.code),
                        ..WatchStateEvent::default()
                    },
                ),
            };
            let Next::Retry(retry) = next else { return };
            self.current.cancel = self.cell.arm(&self.plan.cancel);
            let delay = self.cell.runtime().retry.delay(retry);
            tokio::select! {
                biased;
                () = self.current.cancel.cancelled() => {
                    self.cancelled();
                    return;
                }
                () = Box::pin(sleep(delay)) => self.current.number = self.cell.begin(),
            }
        }
    }

    fn cancelled(&self) -> Next {
        self.cell.end(Input::Cancelled, &WatchStateEvent::default())
    }

    /// Whether the run is to end, and not only the attempt.
    fn is_stopping(&self) -> bool {
        self.plan.cancel.is_cancelled() || self.cell.is_stopping()
    }

    async fn attempt(&self) -> End {
        if self.is_stopping() {
            return End::Cancelled;
        }
        let cancel = &self.current.cancel;
        let mut watching = self.call_plugin();
        let returned = tokio::select! {
            biased;
            returned = &mut watching => Some(returned),
            () = cancel.cancelled() => None,
        };
        cancel.cancel();
        let returned = match returned {
            Some(returned) => Some(returned),
            None => Box::pin(self.wind_down(&mut watching)).await,
        };
        if let Some(failure) = self.cell.take_reported() {
            return End::Failed(failure);
        }
        if self.is_stopping() {
            return End::Cancelled;
        }
        match returned {
            Some(Ok(Ok(()))) | None => End::Early,
            Some(Ok(Err(error))) => End::Failed(self.classified(error)),
            Some(Err(PanicText(text))) => End::Failed(Failure::new(
                crate::ErrorCode::Internal,
                format!("the watcher panicked: {text}"),
            )),
        }
    }

    fn call_plugin(&self) -> Guarded<BoxFuture<'static, Result<(), BoxError>>> {
        let Attempt { number, cancel } = &self.current;
        let (plan, served) = (&self.plan, &self.served);
        let session = Session::within(plan.surroundings.clone());
        let span = tracing::info_span!(
            "watch",
            connection = %self.cell.connection(),
            key = %self.cell.key,
            request_id = %session.request_id,
            attempt = number,
        );
        let mut call = CallContext::new()
            .with_session(session)
            .with_cancellation(cancel.clone());
        if let Some(scope) = &plan.scope {
            call = call.with_watch_scope(scope.clone());
        }
        let ctx = Context::about(call, plan.client.clone(), served.subject.clone());
        let sink = WatchSink(Arc::new(Feed::new(
            self.cell.clone(),
            *number,
            cancel.clone(),
        )));
        let watcher = self.watcher.clone();
        // The block defers the call itself: a panic before the plugin's future exists is caught as well.
        let call = async move { watcher.watch(&ctx, sink).await };
        // Nobody subscribes to the log, and the span takes no place in ten thousand watches.
        Guarded::new(match span.is_none() {
            true => Box::pin(call),
            false => Box::pin(call.instrument(span)),
        })
    }

    /// Lets a cancelled watcher return, and drops it after the grace period.
    async fn wind_down<F: Future<Output = Result<(), BoxError>> + Unpin>(
        &self,
        watching: &mut Guarded<F>,
    ) -> Option<Result<Result<(), BoxError>, PanicText>> {
        let grace = self.cell.runtime().grace;
        match timeout(grace, &mut *watching).await {
            Ok(returned) => Some(returned),
            Err(_) => {
                tracing::warn!(
                    connection = %self.cell.connection(),
                    key = %self.cell.key,
                    "the watcher ignored its cancellation for {grace:?} and was aborted",
                );
                if let Err(PanicText(text)) = watching.abandon() {
                    tracing::warn!("the aborted watcher panicked: {text}");
                }
                None
            }
        }
    }

    fn classified(&self, error: BoxError) -> Failure {
        let error = self.served.classifiers.classify(error);
        Failure::new(error.code().clone(), error.message())
    }
}
