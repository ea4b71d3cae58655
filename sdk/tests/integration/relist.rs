//! Watches over a backend that can only list.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use omniview_plugintest::{
    Harness, added, deleted, state,
    stub::{Stub, StubClient, StubConnections},
    updated,
};
use omniview_sdk::*;
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::boundary::{DEV, POD};

const EVERY: Duration = Duration::from_secs(5);

/// What the backend lists; nothing while it hangs.
#[derive(Clone, Default)]
struct Backend(Arc<Mutex<Option<Listing>>>);

impl Backend {
    fn holding(objects: &[(&str, &str, u32)]) -> Self {
        let backend = Self::default();
        backend.put(objects);
        backend
    }

    /// Namespace, id and version of each object.
    fn put(&self, objects: &[(&str, &str, u32)]) {
        *self.0.lock().unwrap() = Some(listing(objects));
    }

    fn hang(&self) {
        *self.0.lock().unwrap() = None;
    }

    async fn list(&self) -> PluginResult<Listing> {
        let held = self.0.lock().unwrap().clone();
        match held {
            Some(listing) => Ok(listing),
            None => std::future::pending().await,
        }
    }
}

fn listing(objects: &[(&str, &str, u32)]) -> Listing {
    let objects = objects.iter().map(|(namespace, id, version)| {
        WatchAddPayload::new(*id, *namespace, json!({"version": version}))
            .with_metadata(ResourceMetadata::new(*id))
    });
    objects.collect()
}

#[async_trait]
impl Watcher<StubClient> for Backend {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        Relist::new(ctx, sink).poll(EVERY, || self.list()).await
    }
}

fn config(
    watcher: impl Watcher<StubClient>,
    connections: &StubConnections,
) -> ResourcePluginConfig<StubClient> {
    let (pods, _) = Stub::resource(POD).build();
    let pods = pods.map_handles(|mut handles| {
        handles.watcher = Some(Arc::new(watcher));
        handles
    });
    let config = ResourcePluginConfig::new("relist");
    config
        .connections(connections.registration())
        .resource(pods)
}

/// Contract: WAT-27, WAT-35, SNK-03
#[tokio::test(start_paused = true)]
async fn a_backend_that_can_only_list_is_followed_by_its_differences() {
    let backend = Backend::holding(&[("", "a", 1), ("", "b", 1)]);
    let h = Harness::mount(config(backend.clone(), &StubConnections::new([DEV])));
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    backend.put(&[("", "a", 2), ("", "c", 1)]);
    h.wait_for(added("c")).await;
    h.nothing_for(EVERY * 5).await;
    backend.put(&[("", "c", 1)]);
    h.wait_for(deleted("a")).await;
    h.disconnect(DEV).await;
    let told: Vec<String> = h.shutdown().await.iter().map(line).collect();
    assert_eq!(
        told,
        [
            "Syncing", "ADD a", "ADD b", "Synced 2", // The first listing.
            "DELETE b", "UPDATE a", "ADD c", // The second.
            "DELETE a", "Stopped",
        ]
    );
}

fn line(seen: &omniview_plugintest::Seen) -> String {
    match &*seen.event {
        WatchEvent::State(event) => match event.resource_count {
            Some(count) => format!("{:?} {count}", event.state),
            None => format!("{:?}", event.state),
        },
        event => format!("{} {}", seen.kind(), event.id().unwrap()),
    }
}

/// Contract: SCP-02
#[tokio::test(start_paused = true)]
async fn what_is_outside_of_the_scope_is_not_told() {
    let backend = Backend::holding(&[("shop", "a", 1), ("bank", "b", 1), ("", "c", 1)]);
    let scope = ConnectionScope::explicit(["shop"]);
    let connections = StubConnections::new([DEV]).scope(scope);
    let h = Harness::mount(config(backend.clone(), &connections));
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    backend.put(&[("shop", "a", 2), ("bank", "b", 2)]);
    h.wait_for(updated("a")).await;
    h.wait_for(deleted("c")).await;
    let recording = h.shutdown().await;
    recording.assert_adds(2).assert_updates(1).assert_deletes(1);
    recording.in_namespace("bank").assert_adds(0);
}

/// Contract: WAT-22, WAT-28
#[tokio::test(start_paused = true)]
async fn a_listing_that_hangs_fails_the_attempt_and_says_so() {
    let backend = Backend::holding(&[("", "a", 1)]);
    let h = Harness::mount(config(backend.clone(), &StubConnections::new([DEV])));
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    backend.hang();
    let failed = h
        .wait_for(state(POD, WatchState::Error))
        .within(EVERY * 10)
        .await;
    let WatchEvent::State(event) = &*failed.event else {
        unreachable!("a state was waited for");
    };
    assert_eq!(event.error_code, Some(ErrorCode::Unavailable));
    assert!(
        event
            .message
            .contains("did not list the objects within 30s"),
        "{}",
        event.message
    );
    let mark = h.mark();
    backend.put(&[("", "b", 1)]);
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;
    h.shutdown().await;
}

/// Tells one listing after the other, and gives up again and again while nobody takes events.
#[derive(Clone, Default)]
struct Impatient(Arc<AtomicUsize>);

#[async_trait]
impl Watcher<StubClient> for Impatient {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        let mut relist = Relist::new(ctx, sink);
        for objects in [
            &[("", "a", 1), ("", "b", 1), ("", "c", 1), ("", "d", 1)][..],
            &[("", "b", 2), ("", "d", 1), ("", "e", 1)][..],
        ] {
            let now = listing(objects);
            while timeout(EVERY, relist.tell(now.clone())).await.is_err() {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
            assert_eq!(relist.told(), &now);
        }
        ctx.cancelled().await;
        Ok(())
    }
}

#[derive(Default)]
struct Slow(Mutex<Vec<String>>);

impl WatchEventSink for Slow {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let kind = match &*event {
            WatchEvent::Add(_) => "ADD",
            WatchEvent::Update(_) => "UPDATE",
            WatchEvent::Delete(_) => "DELETE",
            WatchEvent::State(_) => return Delivery::Done,
        };
        let line = format!("{kind} {}", event.id().unwrap());
        self.0.lock().unwrap().push(line);
        Delivery::wait(sleep(EVERY * 3))
    }
}

#[tokio::test(start_paused = true)]
async fn a_telling_that_is_given_up_goes_on_where_it_was() {
    let watcher = Impatient::default();
    let config = config(watcher.clone(), &StubConnections::new([DEV])).options(|options| {
        options.event_buffer = 1;
        options.listener_queue = 1;
    });
    let h = Harness::builder(config).without_listener().mount();
    h.connect(DEV).await;
    let slow = Arc::new(Slow::default());
    let listening = h.listen_for_events(slow.clone()).attempt();
    let _ = timeout(EVERY * 100, listening).await;
    let told = slow.0.lock().unwrap().clone();
    assert_eq!(
        told,
        [
            "ADD a", "ADD b", "ADD c", "ADD d", "DELETE a", "DELETE c", "UPDATE b", "ADD e"
        ]
    );
    let given_up = watcher.0.load(Ordering::SeqCst);
    assert!(given_up > 5, "nothing was given up: {given_up}");
    h.shutdown().await;
}
