//! Actions, and the stream that drives one.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream::BoxStream};
use tokio::sync::mpsc;

use super::{build::ResourceController, target::Target};
use crate::{
    ActionDescriptor, ActionEvent, ActionEventType, ActionInput, ActionProvider, ActionResourcer,
    ActionResult, ActionSink, CallContext, ResourceKey, ResourceOperationError, Result,
    call::{CallSite, call_plugin},
};

/// How many events of a streaming action wait for their reader before the action does.
const STREAM_QUEUE: usize = 16;

#[async_trait]
impl<C: Send + Sync + 'static> ActionProvider for ResourceController<C> {
    async fn list_actions(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<ActionDescriptor>> {
        const OPERATION: &str = "list_actions";
        let served = self.served(ctx, key, OPERATION)?;
        let Some(actions) = &served.handles.actions else {
            return Ok(Vec::new());
        };
        let target = self.target(ctx, key, OPERATION)?;
        self.call(&target, OPERATION, None, || {
            actions.list_actions(&target.ctx)
        })
        .await
    }

    async fn execute_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<ActionResult> {
        const OPERATION: &str = "execute_action";
        let (target, actions) = self.listed(ctx, key, action, OPERATION).await?;
        let id = input.id.clone();
        self.call(&target, OPERATION, Some(&id), || {
            actions.execute_action(&target.ctx, action, input)
        })
        .await
    }

    async fn stream_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<BoxStream<'static, ActionEvent>> {
        const OPERATION: &str = "stream_action";
        let (target, actions) = self.listed(ctx, key, action, OPERATION).await?;
        let (sender, events) = mpsc::channel(STREAM_QUEUE);
        let sink = ActionSink::new(sender);
        let target = target.into_owned();
        let action = action.to_owned();
        let closing = self.closing.token().clone();
        let work = async move {
            let id = input.id.clone();
            call_plugin(
                target.ctx.call(),
                &closing,
                target.site(OPERATION).on_id(&id),
                &target.served.classifiers,
                || actions.stream_action(&target.ctx, &action, input, sink),
            )
            .await
        };
        Ok(drive(Box::pin(work), events))
    }
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// Refuses an action that the type does not list.
    ///
    /// Contract: ACT-02
    async fn listed(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        operation: &'static str,
    ) -> Result<(Target<'_, C>, Arc<dyn ActionResourcer<C>>)> {
        let served = self.served(ctx, key, operation)?;
        let Some(actions) = served.handles.actions.clone() else {
            return Err(CallSite::new(operation).on_key(key).locate(
                ResourceOperationError::unsupported(format!("resource type {key} has no actions"))
                    .with_suggestion("list the actions of a type before running one"),
            ));
        };
        let target = self.target(ctx, key, operation)?;
        let listed = self
            .call(&target, operation, None, || {
                actions.list_actions(&target.ctx)
            })
            .await?;
        if listed.iter().any(|known| known.id == action) {
            return Ok((target, actions));
        }
        let ids: Vec<&str> = listed.iter().map(|known| known.id.as_str()).collect();
        let error = ResourceOperationError::not_found(format!(
            "resource type {key} has no action {action:?}"
        ))
        .with_suggestion(format!("its actions are: {}", ids.join(", ")));
        Err(target.locate(operation, error))
    }
}

/// A streaming action that is being read.
struct Streaming<F> {
    /// The plugin's future; none when it has answered.
    work: Option<F>,
    events: mpsc::Receiver<ActionEvent>,
    /// What the stream has to say at the end, once the queue is empty.
    last: Option<ActionEvent>,
    over: bool,
}

/// Makes one stream of the plugin's work and what it emits: reading it drives the work, dropping it ends the work.
///
/// Contract: ACT-03, ACT-04
fn drive<F>(work: F, events: mpsc::Receiver<ActionEvent>) -> BoxStream<'static, ActionEvent>
where
    F: Future<Output = Result<()>> + Send + Unpin + 'static,
{
    let streaming = Streaming {
        work: Some(work),
        events,
        last: None,
        over: false,
    };
    futures_util::stream::unfold(streaming, |mut streaming| async move {
        let event = streaming.next().await?;
        Some((event, streaming))
    })
    // An unfold panics when it is polled past its end.
    .fuse()
    .boxed()
}

impl<F: Future<Output = Result<()>> + Unpin> Streaming<F> {
    async fn next(&mut self) -> Option<ActionEvent> {
        if self.over {
            return None;
        }
        while let Some(work) = &mut self.work {
            tokio::select! {
                biased;
                Some(event) = self.events.recv() => return self.say(event),
                outcome = work => {
                    self.work = None;
                    self.last = Some(ending(outcome));
                }
            }
        }
        let event = match self.events.try_recv() {
            Ok(event) => event,
            Err(_) => self.last.take()?,
        };
        self.say(event)
    }

    /// Passes an event on; after the last one nothing follows, and the work ends.
    fn say(&mut self, event: ActionEvent) -> Option<ActionEvent> {
        if event.is_last() {
            self.over = true;
            self.work = None;
        }
        Some(event)
    }
}

fn ending(outcome: Result<()>) -> ActionEvent {
    match outcome {
        Ok(()) => ActionEvent::new(ActionEventType::Complete),
        Err(error) => {
            let mut event = ActionEvent::new(ActionEventType::Error)
                .with_data("code", error.code().as_str())
                .with_data("title", error.title())
                .with_data("message", error.message());
            if !error.suggestions().is_empty() {
                event = event.with_data("suggestions", error.suggestions());
            }
            event
        }
    }
}
