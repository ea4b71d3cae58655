//! Leaves no trace of a check.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, PoisonError},
};

use futures_util::FutureExt;
use omniview_sdk::{CallContext, DeleteInput, ErrorCode, Provider, Session};
use tokio::time::timeout;

use super::{
    options::RunOptions,
    prepare::{self, panic_text},
};
use crate::{
    check::{Check, Operation},
    cx::Cx,
    ledger::Entry,
    subject::{Mounted, Subject},
};

/// Something of a check that could not be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// The check that made it.
    pub(crate) check: &'static str,
    /// What it is and why it is still there.
    pub(crate) what: String,
}

/// Ends the listener, the faults, the objects and the plugin of a check.
pub(super) async fn clean(
    subject: &Subject,
    check: &Check,
    mounted: &Mounted,
    cx: &Cx,
    options: &RunOptions,
) -> Vec<Leftover> {
    let mut left = Vec::new();
    let mut leave = |what: String| {
        left.push(Leftover {
            check: check.id,
            what,
        });
    };
    if let Some(listening) = cx.take_listening() {
        listening.stop.cancel();
        if timeout(options.set_up, listening.task).await.is_err() {
            leave("a listener that does not end when its context is cancelled".to_owned());
        }
    }
    let removing = AssertUnwindSafe(async {
        let mut left = recover(mounted, cx).await;
        left.extend(remove(subject, mounted, cx, options).await);
        left
    })
    .catch_unwind();
    match timeout(options.set_up, removing).await {
        Ok(Ok(problems)) => problems.into_iter().for_each(&mut leave),
        Ok(Err(panic)) => leave(format!("clean-up panicked: {}", panic_text(&*panic))),
        Err(_) => leave(format!("clean-up did not end within {:?}", options.set_up)),
    }
    if let Err(problem) = close(mounted, options).await {
        leave(problem);
    }
    left
}

/// Closes a plugin.
///
/// # Errors
///
/// What was left open.
pub(super) async fn close(mounted: &Mounted, options: &RunOptions) -> Result<(), String> {
    let closing = AssertUnwindSafe(mounted.provider.close()).catch_unwind();
    match timeout(options.set_up, closing).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(format!("close failed: {}", error.summary())),
        Ok(Err(panic)) => Err(format!("close panicked: {}", panic_text(&*panic))),
        Err(_) => Err(format!("close did not end within {:?}", options.set_up)),
    }
}

async fn recover(mounted: &Mounted, cx: &Cx) -> Vec<String> {
    let faulted = std::mem::take(&mut *cx.faulted.lock().unwrap_or_else(PoisonError::into_inner));
    let mut problems = Vec::new();
    if let Some(outside) = &mounted.outside {
        for connection in faulted {
            if let Err(error) = outside.recover(&connection).await {
                problems.push(format!(
                    "a fault of the backend of connection {connection:?}: {error}"
                ));
            }
        }
    }
    problems
}

/// Removes what the ledger holds, the last made first; through a fresh plugin, if the check has closed its own.
async fn remove(
    subject: &Subject,
    mounted: &Mounted,
    cx: &Cx,
    options: &RunOptions,
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut fresh: Option<Mounted> = None;
    for entry in cx.ledger.take() {
        let kept_by_intent = subject
            .fixture(&entry.key)
            .is_some_and(|fixture| !fixture.supports(Operation::Delete));
        if kept_by_intent {
            continue;
        }
        let provider = fresh
            .as_ref()
            .map_or(&mounted.provider, |mounted| &mounted.provider);
        let mut removed = delete(provider, &entry).await;
        if fresh.is_none() && removed == Err(Refusal::Closed) {
            match prepare::mount(subject, options.set_up).await {
                Ok(again) => {
                    removed = delete(&again.provider, &entry).await;
                    fresh = Some(again);
                }
                Err(problem) => removed = Err(Refusal::Other(problem)),
            }
        }
        if let Err(refusal) = removed {
            problems.push(format!("{entry}: {refusal}"));
        }
    }
    if let Some(fresh) = fresh
        && let Err(problem) = close(&fresh, options).await
    {
        problems.push(problem);
    }
    problems
}

#[derive(Debug, PartialEq, Eq)]
enum Refusal {
    Closed,
    Other(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Closed => f.write_str("the plugin is closed"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// Deletes an object, starting its connection again if the check has stopped it. One that is gone is deleted.
async fn delete(provider: &Arc<dyn Provider>, entry: &Entry) -> Result<(), Refusal> {
    let mut ctx = CallContext::new();
    if let Some(connection) = &entry.connection {
        ctx = ctx.with_session(Session::for_connection(connection));
    }
    let input = DeleteInput::new(&entry.id).in_namespace(&entry.namespace);
    let mut answer = provider.delete(&ctx, &entry.key, input.clone()).await;
    if let (Err(error), Some(connection)) = (&answer, &entry.connection)
        && *error.code() == ErrorCode::NotConnected
        && prepare::start(provider, &CallContext::new(), connection)
            .await
            .is_ok()
    {
        answer = provider.delete(&ctx, &entry.key, input).await;
    }
    match answer {
        Ok(_) => Ok(()),
        Err(error) => match error.code() {
            ErrorCode::NotFound => Ok(()),
            ErrorCode::Closed => Err(Refusal::Closed),
            _ => Err(Refusal::Other(error.summary())),
        },
    }
}
