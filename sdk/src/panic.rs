//! Panics of plugin code become values.
//!
//! Plugin code never runs while the SDK holds a lock, so a panic cannot poison one, and everything that a caught
//! panic leaves half done belongs to the plugin: that is why the `AssertUnwindSafe` here are sound. With
//! `panic = "abort"` there is nothing to catch.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

/// The text of a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PanicText(pub(crate) String);

impl PanicText {
    #[cold]
    pub(crate) fn of(payload: &(dyn Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| payload.downcast_ref::<&'static str>().copied())
            .unwrap_or("(the panic carries no text)");
        Self(text.to_owned())
    }
}

/// Runs plugin code that is not async.
#[inline]
pub(crate) fn guard<T>(call: impl FnOnce() -> T) -> Result<T, PanicText> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| PanicText::of(&*payload))
}

/// Polls a future of plugin code; a panic in `poll` completes it.
pub(crate) struct Guarded<F>(Option<F>);

impl<F: Future + Unpin> Guarded<F> {
    pub(crate) fn new(future: F) -> Self {
        Self(Some(future))
    }

    /// Drops the plugin's future; a panic in its destructors is returned.
    pub(crate) fn abandon(&mut self) -> Result<(), PanicText> {
        let future = self.0.take();
        guard(move || drop(future))
    }
}

impl<F: Future + Unpin> Future for Guarded<F> {
    type Output = Result<F::Output, PanicText>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = self.0.as_mut() else {
            return Poll::Pending;
        };
        match guard(|| Pin::new(future).poll(cx)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => match self.abandon() {
                Ok(()) => Poll::Ready(Ok(output)),
                Err(text) => Poll::Ready(Err(text)),
            },
            Err(text) => {
                // The destructors of what panicked may panic again; the first text is the one that tells.
                let _ = self.abandon();
                Poll::Ready(Err(text))
            }
        }
    }
}

impl<F> Drop for Guarded<F> {
    fn drop(&mut self) {
        let future = self.0.take();
        let _ = guard(move || drop(future));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_text() {
        assert_eq!(guard(|| 7), Ok(7));
        let text = guard(|| -> u8 { panic!("boom {}", 1) });
        assert_eq!(text, Err(PanicText("boom 1".into())));
        let odd = guard(|| -> u8 { std::panic::panic_any(7_u8) });
        assert_eq!(odd, Err(PanicText("(the panic carries no text)".into())));
    }

    #[tokio::test]
    async fn a_panicking_future_completes_with_the_text() {
        let future = Guarded::new(Box::pin(async {
            tokio::task::yield_now().await;
            panic!("late");
        }));
        assert_eq!(future.await, Err(PanicText("late".into())));
    }

    #[tokio::test]
    async fn a_destructor_that_panics_does_not_get_out() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        let bomb = Bomb;
        drop(Guarded::new(Box::pin(async move {
            let _bomb = bomb;
            std::future::pending::<()>().await;
        })));
    }
}
