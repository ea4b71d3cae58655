//! Watches.

use std::sync::{Arc, atomic::Ordering};

use omniview_sdk::{
    CallContext, ConnectionId, ErrorCode, ResourceKey, ResourceOperationError, Result,
    WatchConnectionSummary, WatchEventSink, WatchProvider, WatchState, async_trait,
};

use super::{provider::BentProvider, sink::BentEvents};
use crate::Deviation;

impl BentProvider {
    async fn runs(&self, ctx: &CallContext, connection: &ConnectionId, key: &ResourceKey) -> bool {
        let runs = self
            .inner
            .is_resource_watch_running(ctx, connection, key)
            .await;
        runs.unwrap_or_default()
    }

    /// What ensuring a watch comes to where the deviation is about that.
    async fn ensured(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Option<Result<()>> {
        let restart = || self.inner.restart_resource_watch(ctx, connection, key);
        match self.deviation {
            Deviation::EnsureRestarts if self.runs(ctx, connection, key).await => {
                Some(restart().await)
            }
            Deviation::EnsureLeavesStopped => {
                let state = self.inner.get_watch_state(ctx, connection).await.ok()?;
                let is_stopped = state.resources.get(key) == Some(&WatchState::Stopped);
                is_stopped.then_some(Ok(()))
            }
            Deviation::EnsuresRace => {
                let (call, ()) = self.ensures.begin((connection.clone(), key.clone()), ());
                // Those that were made at the same time begin now.
                tokio::task::yield_now().await;
                match call.before {
                    1 => Some(restart().await),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[async_trait]
impl WatchProvider for BentProvider {
    async fn start_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()> {
        if self.is(Deviation::StartWatchRestarts) {
            // What does not run need not be stopped.
            let _ = self.inner.stop_connection_watch(ctx, connection).await;
        }
        let answer = self.inner.start_connection_watch(ctx, connection).await;
        match answer {
            Err(error)
                if self.is(Deviation::UnknownWatchAccepted)
                    && *error.code() == ErrorCode::NotFound =>
            {
                Ok(())
            }
            answer => answer,
        }
    }

    async fn stop_connection_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<()> {
        self.inner.stop_connection_watch(ctx, connection).await
    }

    async fn has_watch(&self, ctx: &CallContext, connection: &ConnectionId) -> Result<bool> {
        let has = self.inner.has_watch(ctx, connection).await?;
        Ok(has || self.is(Deviation::HasWatchAlways))
    }

    async fn get_watch_state(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
    ) -> Result<WatchConnectionSummary> {
        let mut summary = self.inner.get_watch_state(ctx, connection).await?;
        match self.deviation {
            Deviation::SummaryLacksIdle => summary
                .resources
                .retain(|_, state| !matches!(state, WatchState::Idle | WatchState::Skipped)),
            Deviation::SummaryLacksCounts => summary.resource_counts.clear(),
            Deviation::SummaryLacksScope => summary.scope = None,
            _ => {}
        }
        Ok(summary)
    }

    async fn listen_for_events(
        &self,
        ctx: &CallContext,
        sink: Arc<dyn WatchEventSink>,
    ) -> Result<()> {
        self.hear().await;
        if self.is(Deviation::ListenReturns) {
            return Ok(());
        }
        let before = self.listeners.fetch_add(1, Ordering::Relaxed);
        let answer = if self.is(Deviation::SecondListenerDeaf) && before > 0 {
            ctx.cancelled().await;
            Ok(())
        } else {
            let sink = BentEvents::around(self.deviation, sink);
            self.inner.listen_for_events(ctx, sink).await
        };
        self.listeners.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    async fn ensure_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        if let Some(answer) = self.ensured(ctx, connection, key).await {
            return answer;
        }
        let answer = self.inner.ensure_resource_watch(ctx, connection, key).await;
        let forgiven = match self.deviation {
            Deviation::EnsureNeverAccepted => ErrorCode::Unsupported,
            Deviation::EnsureUnknownAccepted => ErrorCode::NotFound,
            Deviation::EnsureNotConnectedAccepted => ErrorCode::NotConnected,
            _ => return answer,
        };
        answer.or_else(|error| {
            if *error.code() == forgiven {
                Ok(())
            } else {
                Err(error)
            }
        })
    }

    async fn stop_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        match self.deviation {
            Deviation::StopWatchIgnored => Ok(()),
            Deviation::StopIsRestart if self.runs(ctx, connection, key).await => {
                self.inner
                    .restart_resource_watch(ctx, connection, key)
                    .await
            }
            Deviation::StopOfStoppedRefused if !self.runs(ctx, connection, key).await => {
                let message = format!("the watch of {key} does not run");
                Err(ResourceOperationError::invalid_input(message))
            }
            Deviation::StopWatchStopsAll => self.inner.stop_connection_watch(ctx, connection).await,
            _ => self.inner.stop_resource_watch(ctx, connection, key).await,
        }
    }

    async fn restart_resource_watch(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<()> {
        if self.is(Deviation::RestartDoesNothing) {
            return self.inner.ensure_resource_watch(ctx, connection, key).await;
        }
        self.inner
            .restart_resource_watch(ctx, connection, key)
            .await
    }

    async fn is_resource_watch_running(
        &self,
        ctx: &CallContext,
        connection: &ConnectionId,
        key: &ResourceKey,
    ) -> Result<bool> {
        let runs = self
            .inner
            .is_resource_watch_running(ctx, connection, key)
            .await?;
        Ok(runs || self.is(Deviation::RunningAlways))
    }
}
