//! Watches.

use std::{collections::BTreeSet, time::Duration};

use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{CallContext, WatchEvent, WatchState};
use tokio::time::Instant;

use super::Look;
use crate::support::{Mounted, pod};

impl Look {
    pub(super) async fn shows_in_watches(&self, deviation: Deviation) -> bool {
        let told = self.plugin.told(Kind::Pod).await;
        let adds = told.iter().filter(|one| one.starts_with("add")).count();
        let distinct: BTreeSet<_> = told.iter().collect();
        match deviation {
            Deviation::DropsThirdAdd => {
                adds == 22
                    && told[2] == "add kube-system/coredns-0"
                    && told[3] == "add kube-system/metrics-server-0"
            }
            Deviation::DuplicatesAdd => adds == 24 && told[1] == told[2],
            Deviation::SyncedBeforeList => told[1] == "SYNCED 23" && adds == 23,
            Deviation::SyncedCountOffByOne => told.contains(&"SYNCED 24".to_owned()),
            Deviation::SyncedNever => adds == 23 && told.len() == 24,
            Deviation::WatchEndsEarly => told.last().unwrap() == "STOPPED",
            Deviation::WatchIgnoresCancellation => {
                let before = Instant::now();
                let ctx = CallContext::new();
                let provider = &self.plugin.provider;
                provider
                    .stop_resource_watch(&ctx, &"dev".into(), &self.pods)
                    .await
                    .unwrap();
                before.elapsed() >= Duration::from_secs(5)
            }
            Deviation::WatchIgnoresScope => {
                let scoped = Mounted::scoped(&self.backend, "dev", &["monitoring"]).await;
                let told = scoped.told(Kind::Pod).await;
                scoped.close().await;
                told.len() == 25
            }
            _ => {
                assert_eq!(distinct.len(), told.len());
                self.shows_in_changes(deviation).await
            }
        }
    }

    async fn shows_in_changes(&self, deviation: Deviation) -> bool {
        self.plugin.forget().await;
        let created = self.create(1).await.unwrap().result;
        self.plugin.events(Kind::Pod).await;
        let updated = self.update(pod("mine", "shop", 2)).await.unwrap().result;
        self.plugin.events(Kind::Pod).await;
        self.delete().await.unwrap();
        self.backend
            .insert("dev", Kind::Pod, &pod("outside", "shop", 1))
            .unwrap();
        let told = self.plugin.told(Kind::Pod).await;
        let events = self.plugin.events(Kind::Pod).await;
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        let all = [
            "add shop/mine",
            "update shop/mine",
            "delete shop/mine",
            "add shop/outside",
        ];
        let [add, update, delete, outside] = all;
        let uid = |event: &WatchEvent| match event {
            WatchEvent::Add(one) => one.metadata.uid.clone(),
            WatchEvent::Update(one) => one.metadata.uid.clone(),
            _ => String::new(),
        };
        match deviation {
            Deviation::DropsUpdates => told == [add, delete, outside],
            Deviation::DropsDeletes => told == [add, update, outside],
            Deviation::DeleteEventWithoutData => told == all && events[2].data().unwrap().is_null(),
            Deviation::UpdateCarriesOldState => {
                assert!(events[1].data() == Some(&created) || events[1].data() == Some(&updated));
                told == all && events[1].data() == Some(&created)
            }
            Deviation::UpdateAsDeleteAndAdd => told == [add, delete, add, delete, outside],
            Deviation::UpdateAsAdd => told == [add, add, delete, outside],
            Deviation::WrongIdOnEvent => {
                events.len() == 4 && events[1].id() == Some(&*uid(&events[1]))
            }
            Deviation::NamespaceMissingOnEvent => {
                told == ["add /mine", "update /mine", "delete /mine", "add /outside"]
            }
            Deviation::MetadataMissing => {
                told == all && uid(&events[0]).is_empty() && uid(&events[1]).is_empty()
            }
            Deviation::WatchMissesOutsideChanges => told == [add, update, delete],
            Deviation::WatchFollowsNothing => {
                assert!(
                    events
                        .iter()
                        .all(|event| event.state() != Some(WatchState::Error))
                );
                told.is_empty()
            }
            other => panic!("nobody looks for {other}"),
        }
    }
}
