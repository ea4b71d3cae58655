//! The plugin's end of one attempt.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    SinkClosed,
    cell::{Failure, WatchCell},
};
use crate::{
    ConnectionId, ErrorCode, PluginId, ResourceKey, WatchEvent, WatchState, WatchStateEvent,
};

/// The plugin's end of one attempt: what a [`WatchSink`](super::WatchSink) refers to.
#[derive(Debug)]
pub(super) struct Feed {
    cell: Arc<WatchCell>,
    attempt: u64,
    cancel: CancellationToken,
}

impl Feed {
    pub(super) fn new(cell: Arc<WatchCell>, attempt: u64, cancel: CancellationToken) -> Self {
        Self {
            cell,
            attempt,
            cancel,
        }
    }

    pub(super) fn connection(&self) -> &ConnectionId {
        &self.cell.connection
    }

    pub(super) fn key(&self) -> &ResourceKey {
        &self.cell.key
    }

    pub(super) fn is_closed(&self) -> bool {
        !self.cell.is_open(self.attempt)
    }

    /// Fills in where a payload comes from.
    pub(super) fn address(
        &self,
        plugin: &mut PluginId,
        connection: &mut ConnectionId,
        key: &mut ResourceKey,
    ) {
        *plugin = self.cell.plugin.clone();
        *connection = self.cell.connection.clone();
        *key = self.cell.key.clone();
    }

    pub(super) async fn emit(&self, event: Arc<WatchEvent>) -> Result<(), SinkClosed> {
        self.cell
            .hub
            .emit(event, &self.cancel, || self.cell.admit_data(self.attempt))
            .await
    }

    pub(super) async fn report(&self, event: WatchStateEvent) -> Result<(), SinkClosed> {
        match event.state {
            WatchState::Synced => {
                let count = event.resource_count;
                let event = WatchEvent::State(self.cell.addressed(WatchStateEvent {
                    resource_count: Some(count.unwrap_or(0)),
                    error_code: None,
                    ..event
                }));
                self.cell
                    .hub
                    .emit(Arc::new(event), &self.cancel, || {
                        self.cell.admit_synced(self.attempt, count)
                    })
                    .await
            }
            WatchState::Error | WatchState::Forbidden => {
                let default = match event.state {
                    WatchState::Forbidden => ErrorCode::Forbidden,
                    _ => ErrorCode::Internal,
                };
                let mut failure = Failure::new(event.error_code.unwrap_or(default), event.message);
                if event.state == WatchState::Forbidden {
                    failure.refusal = super::state::Refusal::Access;
                }
                if self.cell.report_failure(self.attempt, failure) {
                    Ok(())
                } else {
                    Err(SinkClosed)
                }
            }
            WatchState::Syncing => self.unless_closed(),
            WatchState::Idle | WatchState::Stopped | WatchState::Failed | WatchState::Skipped => {
                tracing::warn!(
                    connection = %self.cell.connection,
                    key = %self.cell.key,
                    state = %event.state,
                    "the watcher reported a state that is the SDK's to say; dropped",
                );
                self.unless_closed()
            }
        }
    }

    fn unless_closed(&self) -> Result<(), SinkClosed> {
        if self.is_closed() {
            Err(SinkClosed)
        } else {
            Ok(())
        }
    }
}
