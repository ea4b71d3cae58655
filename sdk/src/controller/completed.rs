//! Work that goes on when whoever waits for it goes away.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// A future that is completed in a task of its own when it is dropped half done.
///
/// Until then it is polled by its caller, so that a listener which calls from inside its callback is recognised.
pub(super) struct Completed<'a, T: Send + 'static> {
    work: Option<BoxFuture<'static, T>>,
    tracker: &'a TaskTracker,
}

impl<'a, T: Send + 'static> Completed<'a, T> {
    pub(super) fn new(
        tracker: &'a TaskTracker,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Self {
        Self {
            work: Some(Box::pin(work)),
            tracker,
        }
    }
}

impl<T: Send + 'static> Future for Completed<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            return Poll::Pending;
        };
        let polled = work.as_mut().poll(cx);
        if polled.is_ready() {
            self.work = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Completed<'_, T> {
    fn drop(&mut self) {
        // Outside a runtime there is nothing left that the work could be for.
        if let (Some(work), Ok(runtime)) = (self.work.take(), Handle::try_current()) {
            self.tracker.spawn_on(work, &runtime);
        }
    }
}
