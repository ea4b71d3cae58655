//! The task that listens for the recording.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::Poll,
    time::Duration,
};

use omniview_sdk::{CallContext, ErrorCode, Provider, Result};
use tokio::{
    task::{AbortHandle, JoinHandle},
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
        provider: &Arc<dyn Provider>,
        recorder: &Arc<Recorder>,
        attached: &CancellationToken,
    ) -> Self {
        let (provider, recorder, attached) = (provider.clone(), recorder.clone(), attached.clone());
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
        let abort: AbortHandle = task.abort_handle();
        let mut wrong = None;
        let mut joined = timeout(patience, &mut task).await;
        if joined.is_err() {
            wrong = Some("it did not end when the plugin was closed".to_owned());
            self.stop.cancel();
            joined = timeout(patience, &mut task).await;
        }
        match joined {
            Err(_) => {
                abort.abort();
                return Err(
                    "it ended neither when the plugin was closed nor when it was cancelled; it was aborted"
                        .to_owned(),
                );
            }
            Ok(Err(error)) => wrong = Some(format!("it panicked: {error}")),
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
