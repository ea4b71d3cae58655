//! The two ends of a watch's events: the plugin's handle, and the listener.

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;

use super::feed::Feed;
use crate::{
    ErrorCode, WatchAddPayload, WatchDeletePayload, WatchEvent, WatchState, WatchStateEvent,
    WatchUpdatePayload,
};

/// Nobody takes events any more: the attempt, the action or the plugin has ended.
///
/// The right answer is to return; `?` does.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ActionSink, JsonMap, PluginResult, SinkClosed};
///
/// /// Counts for as long as somebody reads.
/// async fn count(sink: ActionSink) -> PluginResult<()> {
///     loop {
///         sink.progress(JsonMap::new()).await?; // ends the action, as it should
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let (sender, reader) = tokio::sync::mpsc::channel(1);
/// drop(reader);
/// let ended = count(ActionSink::new(sender)).await.unwrap_err();
/// assert!(ended.is::<SinkClosed>());
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nobody takes events any more: what emits them was stopped")]
pub struct SinkClosed;

/// Where a watcher emits its events; belongs to one attempt.
///
/// Emitting waits while a listener is behind or, without a listener, while the buffer is full: that is the
/// back-pressure. It fails once the attempt has ended, so a handle that was leaked can do no harm. Events arrive in the order
/// of emission; copies of a handle that emit at the same time have no order between them. Cheap to clone.
///
/// # Examples
///
/// ```
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// /// Tells of two pods, and ends when the watch does: `?` of a closed sink.
/// async fn tell(sink: WatchSink) -> Result<(), SinkClosed> {
///     for name in ["web", "db"] {
///         sink.add(WatchAddPayload::new(name, "prod", json!({"name": name}))).await?;
///     }
///     sink.synced(2).await
/// }
/// ```
///
/// Contract: SNK-01, SNK-03, SNK-07, SNK-08
#[derive(Clone)]
pub struct WatchSink(pub(super) Arc<Feed>);

impl WatchSink {
    /// Emits an object that exists or was created. Plugin id, connection and key are filled in.
    ///
    /// # Errors
    ///
    /// [`SinkClosed`] when the attempt has ended or is being stopped while this waits.
    ///
    /// # Cancel safety
    ///
    /// When dropped before it completes, the event was not emitted.
    #[inline]
    pub fn add(
        &self,
        payload: WatchAddPayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_> {
        self.0.emit(WatchEvent::Add(payload))
    }

    /// Emits the new state of an object.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Cancel safety
    ///
    /// As [`add`](Self::add).
    #[inline]
    pub fn update(
        &self,
        payload: WatchUpdatePayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_> {
        self.0.emit(WatchEvent::Update(payload))
    }

    /// Emits the last known state of an object that is gone; the data must not be empty.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Cancel safety
    ///
    /// As [`add`](Self::add).
    ///
    /// Contract: SNK-10
    #[inline]
    pub fn delete(
        &self,
        payload: WatchDeletePayload,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_> {
        self.0.emit(WatchEvent::Delete(payload))
    }

    /// Says that the initial list is in, with the number of its objects.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Cancel safety
    ///
    /// As [`add`](Self::add).
    ///
    /// Contract: WAT-27
    pub fn synced(
        &self,
        count: usize,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_> {
        self.0.report(WatchStateEvent {
            state: WatchState::Synced,
            resource_count: Some(i64::try_from(count).unwrap_or(i64::MAX)),
            ..WatchStateEvent::default()
        })
    }

    /// Says that this attempt has failed, as returning an error does; the attempt is then stopped.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Cancel safety
    ///
    /// As [`add`](Self::add).
    pub fn failed<M: Into<String>>(
        &self,
        code: ErrorCode,
        message: M,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_, M> {
        self.0.report(WatchStateEvent {
            state: WatchState::Error,
            message: message.into(),
            error_code: Some(code),
            ..WatchStateEvent::default()
        })
    }

    /// Reports a state.
    ///
    /// Synced is [`synced`](Self::synced). Error and Forbidden say that the attempt has failed. Syncing is the
    /// SDK's to say and dropped; so are Idle, Stopped, Failed and Skipped, with a warning in the log.
    ///
    /// # Errors
    ///
    /// As [`add`](Self::add).
    ///
    /// # Cancel safety
    ///
    /// As [`add`](Self::add).
    ///
    /// Contract: WAT-25, WAT-31
    pub fn report(
        &self,
        event: WatchStateEvent,
    ) -> impl Future<Output = Result<(), SinkClosed>> + Send + use<'_> {
        self.0.report(event)
    }

    /// Whether the attempt has ended.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl fmt::Debug for WatchSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchSink")
            .field("connection", self.0.connection())
            .field("key", self.0.key())
            .field("open", &!self.is_closed())
            .finish_non_exhaustive()
    }
}

/// A listener for the events of every watch of a plugin.
///
/// # What the SDK promises
///
/// - One event at a time, in the order of emission for each resource type. Data and state events are one sequence.
/// - The payload is shared with other listeners and never copied.
/// - A panic detaches this listener, and only it.
///
/// # What the listener promises
///
/// - It does not block the thread. Work that waits goes into the future of [`Delivery::Wait`]; until it completes, this listener gets
///   nothing else, and emitters wait once its queue is full.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use omniview_sdk::{Delivery, WatchEvent, WatchEventSink};
///
/// struct Ids(Mutex<Vec<String>>);
///
/// impl WatchEventSink for Ids {
///     fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
///         if let Some(id) = event.id() {
///             self.0.lock().unwrap().push(id.to_owned());
///         }
///         Delivery::Done
///     }
/// }
/// ```
///
/// Contract: SNK-01, SNK-02
pub trait WatchEventSink: Send + Sync + 'static {
    /// Takes one event.
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery;
}

/// Whether a listener is done with an event.
///
/// # Examples
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use omniview_sdk::{Delivery, WatchEvent, WatchEventSink};
///
/// /// Hands events to a slow receiver, one after the other.
/// struct Slow;
///
/// impl WatchEventSink for Slow {
///     fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
///         Delivery::wait(async move {
///             tokio::time::sleep(Duration::from_millis(10)).await;
///             drop(event);
///         })
///     }
/// }
/// ```
#[must_use = "the queue goes on when it is told how the event was taken"]
pub enum Delivery {
    /// It is: the next event may come.
    Done,
    /// It will be when this future completes.
    Wait(BoxFuture<'static, ()>),
}

impl Delivery {
    /// Makes the queue wait for `work`.
    pub fn wait(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self::Wait(Box::pin(work))
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "Done",
            Self::Wait(_) => "Wait(..)",
        })
    }
}
