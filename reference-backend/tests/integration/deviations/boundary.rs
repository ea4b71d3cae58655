//! Connections, watches and events at the boundary.

use std::sync::Arc;

use futures_util::StreamExt;
use omniview_reference_backend::{Deviation, Fault, FaultScope, Kind, ReferenceBackend};
use omniview_sdk::{CallContext, Connection, ConnectionScope, ErrorCode, WatchEvent, WatchState};

use super::Look;
use crate::support::{Mounted, pod};

impl Look {
    pub(super) async fn shows_at_the_boundary(&self, deviation: Deviation) -> bool {
        use Deviation as D;
        let all = D::ALL;
        let at = |one: D| all.iter().position(|other| *other == one);
        let within = |first, last| (at(first)..=at(last)).contains(&at(deviation));
        if within(D::ClosedStillAnswers, D::CancelledIsTimeout) {
            self.shows_in_operations(deviation).await
        } else if within(
            D::ListUnsortedConnections,
            D::EditorSchemasOfUnknownConnection,
        ) {
            self.shows_in_lifecycle(deviation).await
        } else if within(D::EventAfterStopped, D::ListenReturns) {
            self.shows_in_events(deviation).await
        } else if within(D::EnsureNeverAccepted, D::SummaryLacksScope) {
            self.shows_in_watch_calls(deviation).await
        } else if within(D::HasTypeDisagrees, D::FilterFieldsInvented) {
            self.shows_in_types(deviation).await
        } else if within(D::NoActionsIsUnsupported, D::StreamNeverCloses) {
            self.shows_in_streams(deviation).await
        } else {
            self.shows_in_health(deviation).await
        }
    }

    async fn shows_in_lifecycle(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let (ctx, dev) = (CallContext::new(), "dev".into());
        let (prod, none) = ("prod".into(), "none".into());
        let configured = || self.backend.connections().remove(0);
        let unknown = || Connection::builder("none").build().unwrap();
        match deviation {
            Deviation::ListUnsortedConnections | Deviation::ListForgetsStopped => {
                let listed = provider.list_connections(&ctx).await.unwrap();
                let ids: Vec<String> = listed
                    .into_iter()
                    .map(|one| one.connection.unwrap().id.to_string())
                    .collect();
                match deviation {
                    Deviation::ListUnsortedConnections => ids == ["prod", "dev"],
                    _ => ids == ["dev"],
                }
            }
            Deviation::GetUnknownConnectionOk => provider.get_connection(&ctx, &none).await.is_ok(),
            Deviation::CheckUnknownOk => provider.check_connection(&ctx, &none).await.is_ok(),
            Deviation::CheckStoppedFails => provider.check_connection(&ctx, &prod).await.is_err(),
            Deviation::StopTwiceOk => {
                provider.stop_connection(&ctx, &dev).await.unwrap();
                provider.stop_connection(&ctx, &dev).await.is_ok()
            }
            Deviation::StopKeepsRunning => {
                provider.stop_connection(&ctx, &dev).await.unwrap();
                self.backend.fleet("dev").unwrap().open_clients() == 1
            }
            Deviation::StartUnknownIsInternal => {
                let error = provider.start_connection(&ctx, &none).await.unwrap_err();
                *error.code() == ErrorCode::Internal
            }
            Deviation::StatusWithoutConnection => {
                let status = provider.start_connection(&ctx, &prod).await.unwrap();
                status.connection.is_none()
            }
            Deviation::UpdateUnchangedOk => {
                let updated = provider.update_connection(&ctx, configured()).await;
                updated.is_ok()
            }
            Deviation::UpdateConnectionIgnored => {
                let mut changed = configured();
                changed.name = "changed".to_owned();
                provider.update_connection(&ctx, changed).await.unwrap();
                let got = provider.get_connection(&ctx, &dev).await.unwrap();
                got.connection.unwrap().name != "changed"
            }
            Deviation::UpdateUnknownConnectionOk => {
                provider.update_connection(&ctx, unknown()).await.is_ok()
            }
            Deviation::DeleteUnknownConnectionOk => {
                provider.delete_connection(&ctx, &none).await.is_ok()
            }
            Deviation::DeleteKeepsConnection => {
                provider.delete_connection(&ctx, &dev).await.unwrap();
                provider.get_connection(&ctx, &dev).await.is_ok()
            }
            Deviation::RefreshMakesNewClient => {
                self.plugin.forget().await;
                provider.refresh_connection(&ctx, &dev).await.unwrap();
                !self.plugin.told(Kind::Pod).await.is_empty()
            }
            Deviation::RefreshStoppedOk => provider.refresh_connection(&ctx, &prod).await.is_ok(),
            Deviation::ConnectionWatchEnds => {
                let mut changes = provider.watch_connections(&ctx).await.unwrap();
                let wait = std::time::Duration::from_secs(60);
                let next = tokio::time::timeout(wait, changes.next()).await;
                next.is_ok_and(|item| item.is_none())
            }
            Deviation::EditorSchemasOfUnknownConnection => {
                provider.editor_schemas(&ctx, &none).await.is_ok()
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    async fn shows_in_events(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let (ctx, dev) = (CallContext::new(), "dev".into());
        let stop = || provider.stop_resource_watch(&ctx, &dev, &self.pods);
        let events = self.plugin.events(Kind::Pod).await;
        match deviation {
            Deviation::EventAfterStopped | Deviation::SwallowsStopped => {
                self.plugin.forget().await;
                stop().await.unwrap();
                let told = self.plugin.told(Kind::Pod).await;
                match deviation {
                    Deviation::SwallowsStopped => told.is_empty(),
                    _ => told == ["STOPPED", "add shop/web-5"],
                }
            }
            Deviation::WrongConnectionOnEvent => events
                .iter()
                .all(|event| *event.connection() == "dev-other"),
            Deviation::WrongKeyOnEvent => events.is_empty(),
            Deviation::EmptyPluginId => events.iter().all(|event| match &**event {
                WatchEvent::Add(one) => one.plugin_id.is_empty(),
                WatchEvent::State(one) => one.plugin_id.is_empty(),
                _ => false,
            }),
            Deviation::SwallowsStateEvents => {
                events.len() == 23 && events.iter().all(|event| event.state().is_none())
            }
            Deviation::SwallowsSyncing => {
                events.len() == 24 && events[0].state() != Some(WatchState::Syncing)
            }
            Deviation::ReordersTwoEvents => {
                self.plugin.forget().await;
                self.create(1).await.unwrap();
                self.update(pod("mine", "shop", 2)).await.unwrap();
                self.delete().await.unwrap();
                let told = self.plugin.told(Kind::Pod).await;
                told == ["add shop/mine", "delete shop/mine", "update shop/mine"]
            }
            Deviation::DuplicateSynced => {
                let told = self.plugin.told(Kind::Pod).await;
                told.iter().filter(|one| *one == "SYNCED 23").count() == 2
            }
            Deviation::SyncedWithoutCount => {
                let told = self.plugin.told(Kind::Pod).await;
                told.last().unwrap() == "SYNCED -1"
            }
            Deviation::ErrorCodeMissing => {
                stop().await.unwrap();
                let faults = self.backend.faults("dev").unwrap();
                faults.inject(FaultScope::Watches, Fault::Refuse(ErrorCode::Forbidden));
                self.plugin.forget().await;
                let ensured = provider.ensure_resource_watch(&ctx, &dev, &self.pods).await;
                ensured.unwrap();
                let events = self.plugin.events(Kind::Pod).await;
                matches!(&**events.last().unwrap(), WatchEvent::State(one)
                    if one.state == WatchState::Forbidden && one.error_code.is_none())
            }
            Deviation::EarlyEventsLost => self.early_events_are_lost().await,
            Deviation::SecondListenerDeaf => {
                let heard = self.hear_beside().await;
                assert!(self.plugin.told(Kind::Pod).await.len() > 20);
                heard == 0
            }
            Deviation::ListenReturns => events.is_empty(),
            other => panic!("nobody looks for {other}"),
        }
    }

    /// Starts a connection before anybody listens.
    async fn early_events_are_lost(&self) -> bool {
        let backend = super::backend(self.backend.deviation());
        let provider = backend.provider().unwrap();
        let ctx = CallContext::new();
        provider
            .start_connection(&ctx, &"dev".into())
            .await
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        let heard = Mounted::listening(Arc::clone(&provider)).await;
        let told = heard.told(Kind::Pod).await;
        heard.close().await;
        told.is_empty()
    }

    /// How many events a second listener hears of a change.
    async fn hear_beside(&self) -> usize {
        let second = Mounted::listening(Arc::clone(&self.plugin.provider)).await;
        second.forget().await;
        self.backend
            .insert("dev", Kind::Pod, &pod("mine", "shop", 1))
            .unwrap();
        let heard = second.told(Kind::Pod).await.len();
        second.leave().await;
        heard
    }

    async fn shows_in_watch_calls(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let (ctx, dev, prod) = (CallContext::new(), "dev".into(), "prod".into());
        let (maps, jobs) = (Kind::ConfigMap.key(), Kind::Job.key());
        let runs = |key| provider.is_resource_watch_running(&ctx, &dev, key);
        let ensure = |id, key| provider.ensure_resource_watch(&ctx, id, key);
        self.plugin.told(Kind::Pod).await;
        match deviation {
            Deviation::EnsureNeverAccepted => ensure(&dev, &maps).await.is_ok(),
            Deviation::EnsureUnknownAccepted => ensure(&dev, &"a::b::C".into()).await.is_ok(),
            Deviation::EnsureNotConnectedAccepted => ensure(&prod, &self.pods).await.is_ok(),
            Deviation::RestartDoesNothing => {
                self.plugin.forget().await;
                let restarted = provider
                    .restart_resource_watch(&ctx, &dev, &self.pods)
                    .await;
                restarted.unwrap();
                self.plugin.told(Kind::Pod).await.is_empty()
            }
            Deviation::StopWatchIgnored | Deviation::StopWatchStopsAll => {
                let stopped = provider.stop_resource_watch(&ctx, &dev, &self.pods).await;
                stopped.unwrap();
                match deviation {
                    Deviation::StopWatchIgnored => runs(&self.pods).await.unwrap(),
                    _ => !runs(&Kind::Node.key()).await.unwrap(),
                }
            }
            Deviation::RunningAlways => runs(&jobs).await.unwrap(),
            Deviation::HasWatchAlways => provider.has_watch(&ctx, &prod).await.is_ok_and(|has| has),
            Deviation::SummaryLacksScope => {
                let backend =
                    ReferenceBackend::builder().scope(ConnectionScope::explicit(["shop"]));
                let backend = match self.backend.deviation() {
                    Some(deviation) => backend.deviation(deviation).build(),
                    None => backend.build(),
                };
                let scoped = Mounted::new(&backend, "dev").await;
                let summary = scoped.provider.get_watch_state(&ctx, &dev).await.unwrap();
                scoped.close().await;
                summary.scope.is_none()
            }
            _ => {
                let summary = provider.get_watch_state(&ctx, &dev).await.unwrap();
                match deviation {
                    Deviation::SummaryLacksIdle => !summary.resources.contains_key(&jobs),
                    Deviation::SummaryLacksCounts => summary.resource_counts.is_empty(),
                    other => panic!("nobody looks for {other}"),
                }
            }
        }
    }
}
