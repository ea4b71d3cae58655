//! One run of a watch: its attempts, one after the other, until it ends.

use std::{sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    RetryPolicy, WatchSink,
    cell::{Failure, WatchCell},
    feed::Feed,
    state::{Input, Next},
};
use crate::{
    BoxError, CallContext, Context, ResourceKey, ResourceMeta, Session, WatchScope,
    WatchStateEvent, Watcher,
    call::Classifiers,
    context::fresh_request_id,
    panic::{Guarded, PanicText},
};

/// Everything that a run needs; it owns nothing that another run uses.
pub(super) struct Run<C> {
    /// The attempt that was begun when the watch was started.
    pub(super) first_attempt: u64,
    pub(super) cell: Arc<WatchCell>,
    pub(super) watcher: Arc<dyn Watcher<C>>,
    pub(super) client: Arc<C>,
    pub(super) meta: Arc<ResourceMeta>,
    pub(super) key: ResourceKey,
    pub(super) session: Arc<Session>,
    pub(super) scope: Option<Arc<WatchScope>>,
    pub(super) classifiers: Classifiers,
    pub(super) cancel: CancellationToken,
    pub(super) retry: RetryPolicy,
    pub(super) grace: Duration,
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
    pub(super) fn drive<K: Send>(self, keep: K) -> impl Future<Output = ()> + Send {
        async move {
            self.run().await;
            drop(self);
            drop(keep);
        }
    }

    async fn run(&self) {
        let mut attempt = self.first_attempt;
        loop {
            let next = match self.attempt(attempt).await {
                End::Cancelled => self.cell.end(Input::Cancelled, &WatchStateEvent::default()),
                End::Early => {
                    let message = "the watcher returned although it was not cancelled";
                    tracing::warn!(
                        connection = %self.cell.connection,
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
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => {
                    self.cell.end(Input::Cancelled, &WatchStateEvent::default());
                    return;
                }
                () = Box::pin(sleep(self.retry.delay(retry))) => attempt = self.cell.begin(),
            }
        }
    }

    async fn attempt(&self, number: u64) -> End {
        if self.cancel.is_cancelled() {
            return End::Cancelled;
        }
        let cancel = self.cancel.child_token();
        let mut watching = self.call_plugin(number, &cancel);
        let returned = tokio::select! {
            biased;
            returned = &mut watching => Some(returned),
            () = self.cell.failure_reported() => None,
            () = self.cancel.cancelled() => None,
        };
        cancel.cancel();
        let returned = match returned {
            Some(returned) => Some(returned),
            None => Box::pin(self.wind_down(&mut watching)).await,
        };
        if let Some(failure) = self.cell.take_reported() {
            return End::Failed(failure);
        }
        if self.cancel.is_cancelled() {
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

    fn call_plugin(
        &self,
        number: u64,
        cancel: &CancellationToken,
    ) -> Guarded<impl Future<Output = Result<(), BoxError>> + Unpin + Send + use<C>> {
        let session = Session {
            request_id: fresh_request_id(),
            ..Session::clone(&self.session)
        };
        let span = tracing::info_span!(
            "watch",
            connection = %self.cell.connection,
            key = %self.key,
            request_id = %session.request_id,
            attempt = number,
        );
        let mut call = CallContext::new()
            .with_session(session)
            .with_cancellation(cancel.clone());
        if let Some(scope) = &self.scope {
            call = call.with_watch_scope(scope.clone());
        }
        let ctx = Context::with_key(
            call,
            self.client.clone(),
            self.meta.clone(),
            self.key.clone(),
        );
        let sink = WatchSink(Arc::new(Feed::new(
            self.cell.clone(),
            number,
            cancel.clone(),
        )));
        let watcher = self.watcher.clone();
        // The block defers the call itself: a panic before the plugin's future exists is caught as well.
        Guarded::new(Box::pin(
            async move { watcher.watch(&ctx, sink).await }.instrument(span),
        ))
    }

    /// Lets a cancelled watcher return, and drops it after the grace period.
    async fn wind_down<F: Future<Output = Result<(), BoxError>> + Unpin>(
        &self,
        watching: &mut Guarded<F>,
    ) -> Option<Result<Result<(), BoxError>, PanicText>> {
        match timeout(self.grace, &mut *watching).await {
            Ok(returned) => Some(returned),
            Err(_) => {
                tracing::warn!(
                    connection = %self.cell.connection,
                    key = %self.cell.key,
                    "the watcher ignored its cancellation for {:?} and was aborted",
                    self.grace,
                );
                if let Err(PanicText(text)) = watching.abandon() {
                    tracing::warn!("the aborted watcher panicked: {text}");
                }
                None
            }
        }
    }

    fn classified(&self, error: BoxError) -> Failure {
        let error = self.classifiers.classify(error);
        Failure::new(error.code().clone(), error.message())
    }
}
