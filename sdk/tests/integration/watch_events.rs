//! Events on their way from a watcher to the listeners: what is in them, and in which order they come.

use std::sync::{Arc, Mutex};

use futures_util::future::{BoxFuture, join_all};
use omniview_plugintest::{
    Harness, added, deleted, state,
    stub::{Stub, StubClient, StubConnections, WatchScript},
    updated,
};
use omniview_sdk::*;
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Duration, sleep},
};
use tokio_util::sync::CancellationToken;

const POD: &str = "core::v1::Pod";
const NODE: &str = "core::v1::Node";

type Emitted = BoxFuture<'static, PluginResult<()>>;

/// A watcher that emits what a test says, then waits until it is cancelled.
struct Emitter<F>(F);

#[async_trait]
impl<F> Watcher<StubClient> for Emitter<F>
where
    F: Fn(WatchSink) -> Emitted + Send + Sync + 'static,
{
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        (self.0)(sink).await?;
        ctx.cancelled().await;
        Ok(())
    }
}

/// A type whose watcher emits what a test says.
fn emitting<F>(key: &str, emit: F) -> ResourceRegistration<StubClient>
where
    F: Fn(WatchSink) -> Emitted + Send + Sync + 'static,
{
    let (registration, _) = Stub::resource(key).watchable().build();
    registration.map_handles(|handles| ResourceHandles {
        watcher: Some(Arc::new(Emitter(emit))),
        ..handles
    })
}

fn mounted(types: impl IntoIterator<Item = ResourceRegistration<StubClient>>) -> Harness {
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev", "prod"]).registration());
    Harness::mount(
        types
            .into_iter()
            .fold(config, ResourcePluginConfig::resource),
    )
}

fn pod(id: impl Into<ResourceId>) -> WatchAddPayload {
    WatchAddPayload::new(id, "a", json!({}))
}

/// The ids of the objects that were told of, in order.
fn ids(h: &Harness, key: &str) -> Vec<String> {
    let recording = h.recording().of(key).objects();
    let ids = recording.iter().map(|seen| seen.id().unwrap().to_owned());
    ids.collect()
}

/// Contract: SNK-01, SNK-03
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_that_emit_through_one_sink_lose_nothing_and_keep_their_own_order() {
    let h = mounted([emitting(POD, |sink| {
        Box::pin(async move {
            let mut tasks = JoinSet::new();
            for task in 0..8 {
                let sink = sink.clone();
                tasks.spawn(async move {
                    for n in 0..100 {
                        sink.add(pod(format!("{task}/{n:02}"))).await.unwrap();
                    }
                });
            }
            tasks.join_all().await;
            Ok(sink.synced(800).await?)
        })
    })]);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let mut told = ids(&h, POD);
    // A stable sort by task leaves each task's own order as it was.
    told.sort_by_key(|id| id.split('/').next().unwrap().to_owned());
    let expected: Vec<String> = (0..8)
        .flat_map(|task| (0..100).map(move |n| format!("{task}/{n:02}")))
        .collect();
    assert_eq!(told, expected);
    h.shutdown().await;
}

/// Contract: SNK-03
#[tokio::test(start_paused = true)]
async fn data_and_states_of_a_type_are_one_sequence() {
    let h = mounted([emitting(POD, |sink| {
        Box::pin(async move {
            sink.add(pod("one")).await?;
            sink.synced(1).await?;
            sink.update(WatchUpdatePayload::new("one", "a", json!({})))
                .await?;
            sink.delete(WatchDeletePayload::new("one", "a", json!({})))
                .await?;
            sink.add(pod("two")).await?;
            sink.failed(ErrorCode::Unavailable, "away").await?;
            Ok(())
        })
    })]);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Error)).await;
    let kinds: Vec<_> = h.recording().iter().map(|seen| seen.kind()).collect();
    assert_eq!(
        kinds,
        [
            "SYNCING", "ADD", "SYNCED", "UPDATE", "DELETE", "ADD", "ERROR"
        ]
    );
    h.shutdown().await;
}

/// Contract: SNK-04
#[tokio::test(start_paused = true)]
async fn a_type_that_cannot_go_on_holds_up_no_other() {
    let go_on = Arc::new(Notify::new());
    let gate = go_on.clone();
    let stuck = emitting(NODE, move |sink| {
        let gate = gate.clone();
        Box::pin(async move {
            sink.add(pod("first")).await?;
            gate.notified().await;
            Ok(sink.synced(1).await?)
        })
    });
    let (pods, control) = Stub::resource(POD).watchable().build();
    let h = mounted([stuck, pods]);
    h.connect("dev").await;
    h.wait_for(added("first").of(NODE)).await;
    for n in 0..100 {
        control.insert(json!({"id": format!("pod-{n}")}));
    }
    h.wait_for(added("pod-99").of(POD)).await;
    h.recording().of(NODE).assert_states(&[WatchState::Syncing]);
    go_on.notify_one();
    h.wait_for(state(NODE, WatchState::Synced)).await;
    h.shutdown().await;
}

/// Contract: SNK-05
#[tokio::test(start_paused = true)]
async fn data_is_delivered_whatever_state_was_said() {
    let told = emitting(POD, |sink| {
        Box::pin(async move {
            sink.add(pod("before")).await?;
            sink.synced(1).await?;
            sink.add(pod("between")).await?;
            // Neither of them is the plugin's to say again, and neither gets in the way.
            sink.report(WatchStateEvent::new(WatchState::Syncing))
                .await?;
            sink.synced(7).await?;
            Ok(sink.add(pod("after")).await?)
        })
    });
    let silent = emitting(NODE, |sink| {
        Box::pin(async move { Ok(sink.add(pod("never synced")).await?) })
    });
    let h = mounted([told, silent]);
    h.connect("dev").await;
    h.wait_for(added("after").of(POD)).await;
    h.wait_for(added("never synced").of(NODE)).await;
    assert_eq!(ids(&h, POD), ["before", "between", "after"]);
    h.recording()
        .of(POD)
        .assert_states(&[WatchState::Syncing, WatchState::Synced]);
    h.shutdown().await;
}

/// Contract: SNK-06, SNK-07, SNK-08
#[tokio::test(start_paused = true)]
async fn the_sdk_says_where_an_event_comes_from_whatever_the_watcher_says() {
    let h = mounted([emitting(POD, |sink| {
        Box::pin(async move {
            let mut add = WatchAddPayload::new("web", "a", json!({}));
            let mut update = WatchUpdatePayload::new("web", "a", json!({}));
            let mut delete = WatchDeletePayload::new("web", "a", json!({}));
            let mut synced = WatchStateEvent::synced(1);
            macro_rules! lie {
                ($($payload:ident . $key:ident)+) => {$(
                    $payload.plugin_id = "another".into();
                    $payload.connection = "prod".into();
                    $payload.$key = NODE.into();
                )+};
            }
            lie!(add.key update.key delete.key synced.resource_key);
            sink.add(add).await?;
            sink.update(update).await?;
            sink.delete(delete).await?;
            Ok(sink.report(synced).await?)
        })
    })]);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_connection_watch("dev").await;
    let recording = h.recording();
    assert_eq!(recording.len(), 6, "{recording}");
    for seen in recording.iter() {
        let payload = payload(&seen.event);
        assert_eq!(payload["pluginId"], "stub", "{seen}");
        assert_eq!(payload["connection"], "dev", "{seen}");
        let key = payload.get("key").or(payload.get("resourceKey"));
        assert_eq!(key, Some(&json!(POD)), "{seen}");
        if seen.state().is_none() {
            assert_eq!((seen.id(), seen.namespace()), (Some("web"), Some("a")));
        }
    }
    h.shutdown().await;
}

/// Contract: SNK-09, SNK-10, SNK-11, SNK-12
#[tokio::test(start_paused = true)]
async fn an_update_has_the_new_state_and_a_deletion_the_last() {
    let (pods, control) = Stub::resource(POD).watchable().build();
    let h = mounted([pods]);
    h.connect("dev").await;
    let object = |phase: &str| json!({"id": "web", "phase": phase, "labels": {"app": "web"}});
    control.insert(object("Pending"));
    let add = h.wait_for(added("web")).await;
    control.insert(object("Running"));
    let update = h.wait_for(updated("web")).await;
    control.remove("web");
    let delete = h.wait_for(deleted("web")).await;

    assert_eq!(add.json()["phase"], "Pending");
    assert_eq!(update.json()["phase"], "Running");
    assert_eq!(delete.json(), update.json(), "what was known last");
    let old = serde_json::to_string(&payload(&update.event)).unwrap();
    assert!(!old.contains("Pending"), "{old}");
    for seen in [&add, &update, &delete] {
        assert_eq!(seen.namespace(), Some(""), "{seen}");
    }
    let (add, update) = (payload(&add.event), payload(&update.event));
    assert_eq!(add["metadata"]["labels"], json!({"app": "web"}));
    assert_ne!(add["metadata"]["uid"], "");
    assert_eq!(add["metadata"], update["metadata"]);
    h.shutdown().await;
}

/// Contract: SNK-12
#[tokio::test(start_paused = true)]
async fn metadata_arrives_as_the_watcher_has_said_it() {
    let metadata = ResourceMetadata {
        uid: "4711".into(),
        labels: [("app".to_owned(), "web".to_owned())].into(),
        created_at: Some(Timestamp::parse("2026-01-02T03:04:05Z").unwrap()),
    };
    let said = metadata.clone();
    let h = mounted([emitting(POD, move |sink| {
        let metadata = said.clone();
        Box::pin(async move {
            sink.add(pod("web").with_metadata(metadata.clone())).await?;
            let update = WatchUpdatePayload::new("web", "a", json!({}));
            Ok(sink.update(update.with_metadata(metadata)).await?)
        })
    })]);
    h.connect("dev").await;
    h.wait_for(updated("web")).await;
    for seen in h.recording().objects().iter() {
        match &*seen.event {
            WatchEvent::Add(add) => assert_eq!(add.metadata, metadata),
            WatchEvent::Update(update) => assert_eq!(update.metadata, metadata),
            other => panic!("{other:?}"),
        }
    }
    h.shutdown().await;
}

/// Contract: SNK-13, WAT-28
#[tokio::test(start_paused = true)]
async fn codes_are_on_failures_and_counts_on_synced_alone() {
    let (pods, control) = Stub::resource(POD).watchable().build();
    let (nodes, refused) = Stub::resource(NODE).watchable().build();
    let lost = || ResourceOperationError::new(ErrorCode::Unavailable, "the backend is away");
    let scripts = [WatchScript::SyncThenFail(lost())];
    control.next_watches(
        scripts
            .into_iter()
            .chain((0..6).map(|_| WatchScript::Fail(lost()))),
    );
    refused.always_watch(WatchScript::Forbidden);
    let h = mounted([pods, nodes]);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Failed))
        .within(Duration::from_secs(3600))
        .await;
    h.ensure_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    h.stop_connection_watch("dev").await;

    let mut met = Vec::new();
    for seen in h.recording().states().iter() {
        let WatchEvent::State(event) = &*seen.event else {
            unreachable!()
        };
        let code = match event.state {
            WatchState::Error | WatchState::Failed => Some(ErrorCode::Unavailable),
            WatchState::Forbidden => Some(ErrorCode::Forbidden),
            _ => None,
        };
        assert_eq!(event.error_code, code, "{seen}");
        assert_eq!(event.message.is_empty(), code.is_none(), "{seen}");
        let synced = event.state == WatchState::Synced;
        assert_eq!(event.resource_count, synced.then_some(0), "{seen}");
        met.push(event.state);
    }
    for state in WatchState::ALL {
        let said = !matches!(state, WatchState::Idle | WatchState::Skipped);
        assert_eq!(met.contains(state), said, "{state} in {met:?}");
    }
    h.shutdown().await;
}

/// Keeps the ids of the objects that it is told of.
#[derive(Default)]
struct Ids(Mutex<Vec<String>>);

impl WatchEventSink for Ids {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let id = event.id().map(str::to_owned);
        self.0.lock().unwrap().extend(id);
        Delivery::Done
    }
}

/// Contract: SNK-14, WAT-10
#[tokio::test(start_paused = true)]
async fn every_listener_hears_everything_until_it_is_cancelled() {
    let (pods, control) = Stub::resource(POD).watchable().build();
    let h = mounted([pods]);
    let listeners: Vec<Arc<Ids>> = (0..3).map(|_| Arc::default()).collect();
    let stop = CancellationToken::new();
    let listening: Vec<_> = listeners
        .iter()
        .map(|ids| {
            let call = h.listen_for_events(ids.clone());
            tokio::spawn(call.with_cancellation(stop.clone()).attempt())
        })
        .collect();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    for n in 0..50 {
        control.insert(json!({"id": format!("pod-{n}")}));
    }
    h.nothing_for(Duration::from_secs(3600)).on("prod").await;
    assert!(listening.iter().all(|task| !task.is_finished()));
    stop.cancel();
    for ended in join_all(listening).await {
        ended.unwrap().unwrap();
    }
    control.insert(json!({"id": "unheard"}));
    h.wait_for(added("unheard")).await;
    let expected: Vec<String> = (0..50).map(|n| format!("pod-{n}")).collect();
    for ids in listeners {
        assert_eq!(*ids.0.lock().unwrap(), expected);
    }
    h.shutdown().await;
}

/// What an event has on the wire.
fn payload(event: &WatchEvent) -> Value {
    match event {
        WatchEvent::Add(payload) => serde_json::to_value(payload),
        WatchEvent::Update(payload) => serde_json::to_value(payload),
        WatchEvent::Delete(payload) => serde_json::to_value(payload),
        WatchEvent::State(payload) => serde_json::to_value(payload),
    }
    .unwrap()
}

/// Emits until it is cancelled, and waits for nothing.
struct Tireless;

#[async_trait]
impl Watcher<StubClient> for Tireless {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        while !ctx.is_cancelled() {
            sink.add(pod("again")).await?;
        }
        Ok(())
    }
}

/// Contract: SNK-02, WAT-16, WAT-33
#[tokio::test(start_paused = true)]
async fn a_watcher_that_only_emits_lets_the_only_thread_do_other_things() {
    let (registration, _) = Stub::resource(POD).watchable().build();
    let h = mounted([registration.map_handles(|handles| ResourceHandles {
        watcher: Some(Arc::new(Tireless)),
        ..handles
    })]);
    h.connect("dev").await;
    h.wait_for(added("again")).await;
    h.stop_resource_watch("dev", POD).await;
    let last = h.recording().iter().last().unwrap().clone();
    assert_eq!(last.state(), Some(WatchState::Stopped));
    h.shutdown().await;
}

/// Takes a second over each event, and only then has heard it.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<WatchState>>>);

impl WatchEventSink for Slow {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let heard = self.0.clone();
        Delivery::wait(async move {
            sleep(Duration::from_secs(1)).await;
            if let WatchEvent::State(event) = &*event {
                heard.lock().unwrap().push(event.state);
            }
        })
    }
}

/// Contract: WAT-16, WAT-38, WAT-42, SNK-02
#[tokio::test(start_paused = true)]
async fn a_stop_returns_when_a_slow_listener_too_has_heard_the_last_word() {
    let (registration, _) = Stub::resource(POD).watchable().build();
    let h = mounted([registration]);
    let slow = Slow::default();
    let (provider, sink, ctx) = (h.provider().clone(), slow.clone(), CallContext::new());
    let listening =
        tokio::spawn(async move { provider.listen_for_events(&ctx, Arc::new(sink)).await });
    tokio::task::yield_now().await;
    let heard = || slow.0.lock().unwrap().clone();

    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_resource_watch("dev", POD).await;
    let once = [WatchState::Syncing, WatchState::Synced, WatchState::Stopped];
    assert_eq!(heard(), once);

    h.ensure_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    h.stop_connection_watch("dev").await;
    assert_eq!(heard(), [once, once].concat());
    h.shutdown().await;
    listening.await.unwrap().unwrap_err();
}
