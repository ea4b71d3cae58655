//! The task that listens for the recording.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use omniview_sdk::{CallContext, ErrorCode, Result, WatchProvider};
use tokio::{
    task::{JoinError, JoinHandle},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use crate::recording::Recorder;

/// The task that listens for the recording, if there is one.
#[derive(Debug)]
pub(crate) struct Listener {
    task: Option<JoinHandle<()>>,
    stop: CancellationToken,
    status: Arc<ListenerStatus>,
}

/// What is known of the listener: read by a wait that times out.
#[derive(Debug, Default)]
pub(crate) struct ListenerStatus(Mutex<Stage>);

/// How far the listener has come.
#[derive(Debug, Clone, Default)]
pub(crate) enum Stage {
    /// The harness does not listen.
    #[default]
    None,
    /// It listens.
    Listening,
    /// `listen_for_events` has returned this.
    Ended(Result<()>),
}

impl Listener {
    /// No listener.
    pub(crate) fn none() -> Self {
        Self {
            task: None,
            stop: CancellationToken::new(),
            status: Arc::default(),
        }
    }

    /// Listens; `attached` is cancelled once the provider was told so.
    pub(crate) fn spawn(
        provider: Arc<dyn WatchProvider>,
        recorder: &Arc<Recorder>,
        attached: &CancellationToken,
    ) -> Self {
        let (recorder, attached) = (recorder.clone(), attached.clone());
        let stop = CancellationToken::new();
        let ctx = CallContext::new().with_cancellation(stop.clone());
        let status = Arc::new(ListenerStatus(Mutex::new(Stage::Listening)));
        let told = status.clone();
        // Also when the listener panics, nobody waits for it for ever.
        let attached = attached.drop_guard();
        let task = tokio::spawn(async move {
            let mut listening = pin!(provider.listen_for_events(&ctx, recorder));
            let first = poll_fn(|cx| Poll::Ready(listening.as_mut().poll(cx))).await;
            drop(attached);
            let ended = match first {
                Poll::Ready(ended) => ended,
                Poll::Pending => listening.await,
            };
            told.set(Stage::Ended(ended));
        });
        Self {
            task: Some(task),
            stop,
            status,
        }
    }

    pub(crate) fn status(&self) -> &Arc<ListenerStatus> {
        &self.status
    }

    pub(crate) fn abort(&self) {
        self.stop.cancel();
        if let Some(task) = &self.task {
            task.abort();
        }
    }

    /// Waits for the end of the listener, which the closing of the plugin should have brought.
    ///
    /// # Errors
    ///
    /// What is wrong with how it ended.
    pub(crate) async fn join(&mut self, patience: Duration) -> Result<(), String> {
        let Some(mut task) = self.task.take() else {
            return Ok(());
        };
        let mut wrong = None;
        let mut joined = timeout(patience, &mut task).await;
        if joined.is_err() {
            wrong = Some("it did not end when the plugin was closed".to_owned());
            self.stop.cancel();
            joined = timeout(patience, &mut task).await;
        }
        match joined {
            Err(_) => {
                task.abort();
                return Err(
                    "it ended neither when the plugin was closed nor when it was cancelled; it was aborted"
                        .to_owned(),
                );
            }
            Ok(Err(error)) => wrong = Some(format!("it panicked: {}", panic_text(error))),
            Ok(Ok(())) => {}
        }
        match (wrong, self.status.get()) {
            (Some(wrong), _) => Err(wrong),
            (None, Stage::Ended(Err(error))) if *error.code() != ErrorCode::Closed => {
                Err(format!("it failed: {}", error.summary()))
            }
            (None, _) => Ok(()),
        }
    }
}

/// The text of a task's panic.
fn panic_text(error: JoinError) -> String {
    let Ok(payload) = error.try_into_panic() else {
        return "(it was aborted)".to_owned();
    };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "(the panic carries no text)".to_owned(),
        },
    }
}

impl ListenerStatus {
    pub(crate) fn get(&self) -> Stage {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    /// Why nothing more can come, if so.
    pub(crate) fn complaint(&self) -> Option<String> {
        match self.get() {
            Stage::Listening => None,
            Stage::None => Some(
                "the harness does not listen: it was built with `without_listener()`".to_owned(),
            ),
            Stage::Ended(Ok(())) => Some("the listener has ended: its plugin let it go".to_owned()),
            Stage::Ended(Err(error)) => {
                Some(format!("the listener has ended: {}", error.summary()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use omniview_sdk::{
        ConnectionId, ResourceKey, ResourceOperationError, WatchConnectionSummary, WatchEventSink,
        async_trait,
    };

    use super::*;

    /// How `listen_for_events` goes.
    enum Listening {
        Fails,
        Panics,
        UntilCancelled,
        ForEver,
    }

    #[async_trait]
    impl WatchProvider for Listening {
        async fn start_connection_watch(&self, _: &CallContext, _: &ConnectionId) -> Result<()> {
            unreachable!()
        }

        async fn stop_connection_watch(&self, _: &CallContext, _: &ConnectionId) -> Result<()> {
            unreachable!()
        }

        async fn has_watch(&self, _: &CallContext, _: &ConnectionId) -> Result<bool> {
            unreachable!()
        }

        async fn get_watch_state(
            &self,
            _: &CallContext,
            _: &ConnectionId,
        ) -> Result<WatchConnectionSummary> {
            unreachable!()
        }

        async fn listen_for_events(
            &self,
            ctx: &CallContext,
            _: Arc<dyn WatchEventSink>,
        ) -> Result<()> {
            match self {
                Self::Fails => Err(ResourceOperationError::internal("no events today")),
                Self::Panics => panic!("no events today"),
                Self::UntilCancelled => {
                    ctx.cancelled().await;
                    Ok(())
                }
                Self::ForEver => std::future::pending().await,
            }
        }

        async fn ensure_resource_watch(
            &self,
            _: &CallContext,
            _: &ConnectionId,
            _: &ResourceKey,
        ) -> Result<()> {
            unreachable!()
        }

        async fn stop_resource_watch(
            &self,
            _: &CallContext,
            _: &ConnectionId,
            _: &ResourceKey,
        ) -> Result<()> {
            unreachable!()
        }

        async fn restart_resource_watch(
            &self,
            _: &CallContext,
            _: &ConnectionId,
            _: &ResourceKey,
        ) -> Result<()> {
            unreachable!()
        }

        async fn is_resource_watch_running(
            &self,
            _: &CallContext,
            _: &ConnectionId,
            _: &ResourceKey,
        ) -> Result<bool> {
            unreachable!()
        }
    }

    async fn joined(listening: Listening) -> (String, Option<String>) {
        let attached = CancellationToken::new();
        let recorder = Arc::new(Recorder::new());
        let mut listener = Listener::spawn(Arc::new(listening), &recorder, &attached);
        assert!(!attached.is_cancelled(), "the task has not run yet");
        attached.cancelled().await;
        let wrong = listener.join(Duration::from_secs(3)).await.unwrap_err();
        (wrong, listener.status().complaint())
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_that_does_not_end_as_it_should_is_told_how() {
        let (wrong, complaint) = joined(Listening::Fails).await;
        assert_eq!(wrong, "it failed: no events today (INTERNAL)");
        assert_eq!(
            complaint.unwrap(),
            "the listener has ended: no events today (INTERNAL)"
        );
        let (wrong, _) = joined(Listening::Panics).await;
        assert_eq!(wrong, "it panicked: no events today");
        let (wrong, _) = joined(Listening::UntilCancelled).await;
        assert_eq!(wrong, "it did not end when the plugin was closed");
        let (wrong, _) = joined(Listening::ForEver).await;
        assert_eq!(
            wrong,
            "it ended neither when the plugin was closed nor when it was cancelled; it was aborted"
        );
    }
}
