//! Small untruths of searches, races, connections and watches.

use futures_util::future::join;
use omniview_reference_backend::{Deviation, Kind};
use omniview_sdk::{
    CallContext, ConnectionId, CreateInput, FilterPredicate, FindInput, GetInput, ListInput,
};

use super::Look;
use crate::support::{call, names, pod, text};

/// The deviations that are looked at here.
pub(super) const ANSWERS: &[Deviation] = &[
    Deviation::GetsMixedUp,
    Deviation::ErrorWithoutId,
    Deviation::CursorDiesWithCreate,
    Deviation::SearchIgnoresFilter,
    Deviation::SearchIgnoresNamespaces,
    Deviation::SearchIgnoresOrder,
    Deviation::SearchIgnoresPages,
    Deviation::UnknownConnectionServed,
    Deviation::GetAsksLastConnection,
    Deviation::StartAgainReconnects,
    Deviation::StartsRace,
    Deviation::StopReachesOthers,
    Deviation::EnsureRestarts,
    Deviation::EnsuresRace,
    Deviation::EnsureLeavesStopped,
    Deviation::StopIsRestart,
    Deviation::StopOfStoppedRefused,
    Deviation::RestartTellsTwice,
];

impl Look {
    pub(super) async fn shows_in_answers(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let search = FindInput::all().text("web");
        match deviation {
            Deviation::GetsMixedUp => {
                let get = |id| {
                    let input = GetInput::new(id).in_namespace("shop");
                    provider.get(&self.ctx, &self.pods, input)
                };
                let (first, second) = join(get("web-0"), get("web-1")).await;
                let second = text(&second.unwrap().result, "/metadata/name");
                assert_eq!(text(&first.unwrap().result, "/metadata/name"), "web-0");
                let alone = get("web-1").await.unwrap().result;
                assert_eq!(text(&alone, "/metadata/name"), "web-1");
                second == "web-0"
            }
            Deviation::ErrorWithoutId => {
                let input = GetInput::new("nobody");
                let error = provider.get(&self.ctx, &self.pods, input).await;
                !error.unwrap_err().message().contains("nobody")
            }
            Deviation::CursorDiesWithCreate => {
                let input = ListInput::all().page_size(5);
                let list = |input| provider.list(&self.ctx, &self.pods, input);
                let cursor = list(input.clone()).await.unwrap().next_cursor.unwrap();
                let next = input.cursor(cursor);
                assert!(list(next.clone()).await.is_ok());
                let created = CreateInput::new(pod("mine", "shop", 1));
                let created = provider.create(&self.ctx, &self.pods, created).await;
                created.unwrap();
                list(next).await.is_err()
            }
            Deviation::SearchIgnoresFilter => {
                let none = search.filter(FilterPredicate::eq("metadata.name", "echo-0"));
                self.found(none).await.len() > 1
            }
            Deviation::SearchIgnoresNamespaces => {
                !self.found(search.namespace("default")).await.is_empty()
            }
            Deviation::SearchIgnoresOrder => {
                let found = self
                    .found(search.order_by_descending("metadata.name"))
                    .await;
                assert!(found.len() > 1);
                found.is_sorted()
            }
            Deviation::SearchIgnoresPages => self.found(search.page(1, 1)).await.len() > 1,
            Deviation::UnknownConnectionServed => {
                let nowhere = call("nowhere");
                let listed = provider.list(&nowhere, &self.pods, ListInput::all()).await;
                listed.is_ok()
            }
            _ => self.shows_in_lives(deviation).await,
        }
    }

    async fn found(&self, input: FindInput) -> Vec<String> {
        let provider = &self.plugin.provider;
        let found = provider.find(&self.ctx, &self.pods, input).await.unwrap();
        names(&found.result)
    }

    async fn shows_in_lives(&self, deviation: Deviation) -> bool {
        let provider = &self.plugin.provider;
        let ctx = CallContext::new();
        let (dev, prod) = (ConnectionId::from("dev"), ConnectionId::from("prod"));
        let ensure = || provider.ensure_resource_watch(&ctx, &dev, &self.pods);
        let stop = || provider.stop_resource_watch(&ctx, &dev, &self.pods);
        let runs = || provider.is_resource_watch_running(&ctx, &dev, &self.pods);
        self.plugin.forget().await;
        match deviation {
            Deviation::GetAsksLastConnection => {
                let input = GetInput::new("web-0").in_namespace("shop");
                let get = || provider.get(&self.ctx, &self.pods, input.clone());
                let before = get().await.unwrap().result;
                provider.start_connection(&ctx, &prod).await.unwrap();
                get().await.map_or(true, |got| got.result != before)
            }
            Deviation::StartAgainReconnects => {
                provider.start_connection(&ctx, &dev).await.unwrap();
                !self.plugin.told(Kind::Pod).await.is_empty()
            }
            Deviation::StartsRace => {
                provider.stop_connection(&ctx, &dev).await.unwrap();
                self.plugin.forget().await;
                let start = || provider.start_connection(&ctx, &dev);
                let (first, second) = join(start(), start()).await;
                assert!(first.is_ok() && second.is_ok());
                self.attempts().await == 2
            }
            Deviation::StopReachesOthers => {
                provider.start_connection(&ctx, &prod).await.unwrap();
                provider.stop_connection(&ctx, &prod).await.unwrap();
                !runs().await.unwrap()
            }
            Deviation::EnsureRestarts => {
                ensure().await.unwrap();
                !self.plugin.told(Kind::Pod).await.is_empty()
            }
            Deviation::EnsuresRace => {
                stop().await.unwrap();
                self.plugin.forget().await;
                let (first, second) = join(ensure(), ensure()).await;
                assert!(first.is_ok() && second.is_ok());
                self.attempts().await == 2
            }
            Deviation::EnsureLeavesStopped => {
                stop().await.unwrap();
                ensure().await.unwrap();
                !runs().await.unwrap()
            }
            Deviation::StopIsRestart => {
                stop().await.unwrap();
                runs().await.unwrap()
            }
            Deviation::StopOfStoppedRefused => {
                stop().await.unwrap();
                stop().await.is_err()
            }
            Deviation::RestartTellsTwice => {
                let restarted = provider
                    .restart_resource_watch(&ctx, &dev, &self.pods)
                    .await;
                restarted.unwrap();
                self.plugin.forget().await;
                self.create(1).await.unwrap();
                self.plugin.told(Kind::Pod).await == ["add shop/mine", "add shop/mine"]
            }
            other => panic!("nobody looks for {other}"),
        }
    }

    /// How often the watch of pods has begun.
    async fn attempts(&self) -> usize {
        let told = self.plugin.told(Kind::Pod).await;
        told.iter().filter(|one| *one == "SYNCING").count()
    }
}
