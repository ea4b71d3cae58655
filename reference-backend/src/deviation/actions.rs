//! Defects of actions.

use std::sync::Arc;

use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionEventType, ActionInput, ActionResourcer, ActionResult,
    ActionScope, ActionSink, Context, JsonMap, PluginResult, SchemaType, async_trait,
};
use tokio::sync::mpsc;

use super::Deviation;
use crate::world::ReferenceClient;

/// Actions with one defect.
pub(super) struct BentActions {
    deviation: Deviation,
    inner: Arc<dyn ActionResourcer<ReferenceClient>>,
}

impl BentActions {
    pub(super) fn new(
        deviation: Deviation,
        inner: Arc<dyn ActionResourcer<ReferenceClient>>,
    ) -> Self {
        Self { deviation, inner }
    }
}

#[async_trait]
impl ActionResourcer<ReferenceClient> for BentActions {
    async fn list_actions(
        &self,
        ctx: &Context<ReferenceClient>,
    ) -> PluginResult<Vec<ActionDescriptor>> {
        let mut actions = self.inner.list_actions(ctx).await?;
        match self.deviation {
            Deviation::ActionListedTwice => actions.extend(actions.first().cloned()),
            Deviation::ActionScopeUnknown => {
                for action in &mut actions {
                    action.scope = ActionScope::from("world");
                }
            }
            Deviation::ActionSchemaUnknownType => {
                let told = actions
                    .iter_mut()
                    .filter_map(|one| one.params_schema.as_mut());
                for schema in told {
                    if let Some(first) = schema.properties.values_mut().next() {
                        first.kind = SchemaType::from("thing");
                    }
                }
            }
            _ => {}
        }
        Ok(actions)
    }

    async fn execute_action(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: ActionInput,
    ) -> PluginResult<ActionResult> {
        self.inner.execute_action(ctx, action, input).await
    }

    async fn stream_action(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        match self.deviation {
            Deviation::ActionEventUnknown => {
                let note = ActionEvent::new(ActionEventType::from("note"));
                sink.send(note).await?;
                self.inner.stream_action(ctx, action, input, sink).await
            }
            Deviation::ActionEndsInSilence => {
                let ended = sink.clone();
                if self
                    .inner
                    .stream_action(ctx, action, input, sink)
                    .await
                    .is_err()
                {
                    ended.complete(JsonMap::new()).await?;
                }
                Ok(())
            }
            Deviation::ActionIgnoresReader => self.detached(ctx, action, input, sink).await,
            _ => self.inner.stream_action(ctx, action, input, sink).await,
        }
    }
}

impl BentActions {
    /// Works in a task of its own, which nobody ends.
    async fn detached(
        &self,
        ctx: &Context<ReferenceClient>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        let (sender, mut events) = mpsc::channel(1);
        let (inner, ctx, action) = (Arc::clone(&self.inner), ctx.clone(), action.to_owned());
        let work = tokio::spawn(async move {
            let work = inner.stream_action(&ctx, &action, input, ActionSink::new(sender));
            let tell = async {
                while let Some(event) = events.recv().await {
                    // Whoever reads it may be gone, and that is the defect: the work is not.
                    let _ = sink.send(event).await;
                }
            };
            tokio::join!(work, tell).0
        });
        work.await?
    }
}
