//! The recorder itself.

use std::{fmt, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use omniview_sdk::{
    CallContext, ConnectionId, ErrorCode, Json, Provider, ResourceKey, ResourceOperationError,
    Result, async_trait,
};

use crate::{
    history::{Call, History, Moment},
    ledger::Ledger,
    runner::panic_text,
};

/// A provider behind a recorder with a history and a ledger of its own, for the benchmark of what that costs.
#[doc(hidden)]
pub fn __recorded(inner: Arc<dyn Provider>) -> Arc<dyn Provider> {
    Arc::new(Recorder::new(inner, History::new(), Arc::default()))
}

/// A provider that writes down what passes through it.
pub(crate) struct Recorder {
    pub(super) inner: Arc<dyn Provider>,
    pub(super) ledger: Arc<Ledger>,
    history: History,
}

impl Recorder {
    pub(crate) fn new(inner: Arc<dyn Provider>, history: History, ledger: Arc<Ledger>) -> Self {
        Self {
            inner,
            ledger,
            history,
        }
    }

    /// The provider itself, whose calls nobody writes down.
    #[cfg(all(test, feature = "cli"))]
    pub(crate) fn bypass(&self) -> &Arc<dyn Provider> {
        &self.inner
    }

    /// Makes a call, with a line before it and one after it.
    pub(super) async fn record<T>(
        &self,
        call: Call,
        answer: impl Future<Output = Result<T>>,
        describe: impl FnOnce(&T) -> String,
    ) -> Result<T> {
        self.record_listing(call, answer, describe, |_| None).await
    }

    /// As [`record`](Self::record), with the objects of an answer that is a list of everything.
    pub(super) async fn record_listing<T>(
        &self,
        call: Call,
        answer: impl Future<Output = Result<T>>,
        describe: impl FnOnce(&T) -> String,
        listed: impl FnOnce(&T) -> Option<Vec<Json>>,
    ) -> Result<T> {
        let operation = call.operation;
        let sequence = self.history.push(Moment::Call(call));
        // A provider that is not the SDK's may let a panic through, which is no error of the suite.
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let answer = answer.unwrap_or_else(|panic| {
            let text = format!(
                "the plugin panicked in {operation}: {}",
                panic_text(&*panic)
            );
            Err(ResourceOperationError::new(ErrorCode::Internal, text))
        });
        self.history.push(Moment::Answer {
            call: sequence,
            outcome: match &answer {
                Ok(answer) => Ok(one_line(&describe(answer))),
                Err(error) => Err((error.code().clone(), one_line(error.message()))),
            },
            listed: answer.as_ref().ok().and_then(listed),
        });
        answer
    }
}

#[async_trait]
impl Provider for Recorder {
    async fn close(&self) -> Result<()> {
        let call = Call::new("close");
        self.record(call, self.inner.close(), |()| "done".to_owned())
            .await
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("history", &self.history)
            .finish_non_exhaustive()
    }
}

impl Call {
    pub(super) fn new(operation: &'static str) -> Self {
        Self {
            operation,
            ..Self::default()
        }
    }

    /// A call whose connection is the session's.
    pub(super) fn with(operation: &'static str, ctx: &CallContext) -> Self {
        Self {
            connection: ctx.connection().map(|connection| connection.id.clone()),
            ..Self::new(operation)
        }
    }

    pub(super) fn on(mut self, connection: &ConnectionId) -> Self {
        self.connection = Some(connection.clone());
        self
    }

    pub(super) fn of(mut self, key: &ResourceKey) -> Self {
        self.key = Some(key.clone());
        self
    }

    pub(super) fn object(mut self, id: &str, namespace: &str) -> Self {
        self.id = Some(id.to_owned());
        self.namespace = Some(namespace.to_owned());
        self
    }
}

/// A text short enough for a line of the history.
fn one_line(text: &str) -> String {
    const MOST: usize = 96;
    let mut line: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        line.push('…');
    }
    line.replace('\n', " ")
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use omniview_reference_backend::ReferenceBackend;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_of_a_provider_is_an_answer_that_names_the_call() {
        let provider = ReferenceBackend::new().provider().unwrap();
        let history = History::new();
        let recorder = Recorder::new(provider, history.clone(), Arc::default());
        let panicking = async { panic!("this provider is not guarded") };
        let answer: Result<()> = recorder
            .record(Call::new("get"), panicking, |()| "done".to_owned())
            .await;
        let error = answer.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Internal);
        let text = "the plugin panicked in get: this provider is not guarded";
        assert_eq!(error.message(), text);
        assert!(history.tail(1)[0].contains(text), "{:?}", history.tail(1));
    }
}
