//! Actions beyond the six operations.

use std::fmt;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{
    ActionDescriptor, ActionEvent, ActionEventType, ActionInput, ActionResult, Context, JsonMap,
    PluginResult, watch::SinkClosed,
};

/// Offers actions on a type or its objects: restart, scale, drain.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when nobody waits for its answer any more; see [`Resourcer`](crate::Resourcer).
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # struct Nodes;
/// #[async_trait]
/// impl ActionResourcer<()> for Nodes {
///     async fn list_actions(&self, _: &Context<()>) -> PluginResult<Vec<ActionDescriptor>> {
///         Ok(vec![ActionDescriptor::new("drain", "Drain").streaming().dangerous()])
///     }
///     async fn execute_action(&self, _: &Context<()>, _: &str, input: ActionInput) -> PluginResult<ActionResult> {
///         Ok(ActionResult::new(format!("{} is drained", input.id)))
///     }
///     async fn stream_action(&self, _: &Context<()>, _: &str, _: ActionInput, sink: ActionSink) -> PluginResult<()> {
///         sink.progress([("pod".to_owned(), "web-0".into())].into_iter().collect()).await?;
///         Ok(()) // the SDK says `complete`
///     }
/// }
/// ```
///
/// Contract: ACT-01 to ACT-07
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `ActionResourcer<{C}>`",
    label = "`.actions()` needs `ActionResourcer<{C}>`",
    note = "implement `ActionResourcer<{C}>` for `{Self}`, or drop the `.actions()` call"
)]
pub trait ActionResourcer<C>: Send + Sync + 'static {
    /// The actions of this type.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn list_actions(&self, ctx: &Context<C>) -> PluginResult<Vec<ActionDescriptor>>;

    /// Executes one of the listed actions to its end.
    ///
    /// The SDK has refused an id that is not listed.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn execute_action(
        &self,
        ctx: &Context<C>,
        action: &str,
        input: ActionInput,
    ) -> PluginResult<ActionResult>;

    /// Executes one of the listed actions and tells how it goes.
    ///
    /// The stream ends with exactly one `complete` or `error` event: say [`ActionSink::complete`], or just return
    /// and let the SDK say it. When the caller goes away, this future is dropped at its next `.await`.
    ///
    /// # Errors
    ///
    /// The action's failure: it becomes the `error` event.
    async fn stream_action(
        &self,
        ctx: &Context<C>,
        action: &str,
        input: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()>;
}

/// Where a streaming action tells how it goes.
///
/// A slow reader slows the action. Cheap to clone.
///
/// # Examples
///
/// What a streaming action says can be looked at without a plugin around it:
///
/// ```
/// use omniview_sdk::{ActionEventType, ActionSink, SinkClosed};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (sender, mut told) = tokio::sync::mpsc::channel(8);
/// let sink = ActionSink::new(sender);
/// sink.complete(Default::default()).await.unwrap();
/// assert_eq!(told.recv().await.unwrap().kind, ActionEventType::Complete);
///
/// drop(told); // nobody reads any more
/// assert_eq!(sink.progress(Default::default()).await, Err(SinkClosed));
/// # }
/// ```
///
/// Contract: ACT-03, ACT-04, ACT-05
#[derive(Clone)]
pub struct ActionSink(mpsc::Sender<ActionEvent>);

impl ActionSink {
    /// Connects a sink to a queue; the controller does, and a unit test of a resourcer may.
    pub fn new(queue: mpsc::Sender<ActionEvent>) -> Self {
        Self(queue)
    }

    /// Emits any event.
    ///
    /// # Errors
    ///
    /// [`SinkClosed`] when nobody reads any more: stop working.
    ///
    /// # Cancel safety
    ///
    /// When dropped before it completes, the event was not emitted.
    pub async fn send(&self, event: ActionEvent) -> Result<(), SinkClosed> {
        self.0.send(event).await.map_err(|_| SinkClosed)
    }

    /// Emits a `progress` event.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn progress(&self, data: JsonMap) -> Result<(), SinkClosed> {
        self.send(ActionEvent {
            kind: ActionEventType::Progress,
            data,
        })
        .await
    }

    /// Emits an `output` event.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn output(&self, data: JsonMap) -> Result<(), SinkClosed> {
        self.send(ActionEvent {
            kind: ActionEventType::Output,
            data,
        })
        .await
    }

    /// Emits the `complete` event; what follows it is dropped.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn complete(&self, data: JsonMap) -> Result<(), SinkClosed> {
        self.send(ActionEvent {
            kind: ActionEventType::Complete,
            data,
        })
        .await
    }
}

impl fmt::Debug for ActionSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionSink")
            .field("open", &!self.0.is_closed())
            .finish_non_exhaustive()
    }
}
