//! What the watch methods of the boundary do, one by one and all at once. Time is virtual where it matters.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::join_all;
use omniview_plugintest::{
    Call, Harness, state,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation, WatchScript},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::json;
use tokio::{
    task,
    time::{Instant, sleep},
};

const KINDS: [&str; 3] = ["core::v1::Node", "core::v1::Pod", "core::v1::Service"];
const POD: &str = KINDS[1];

/// A plugin with three types that sync on connect.
fn mounted() -> (Harness, [StubControl; 3]) {
    let mut config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev", "prod"]).registration());
    let controls = KINDS.map(|key| {
        let (registration, control) = Stub::resource(key).watchable().build();
        config.resources.push(registration);
        control
    });
    (Harness::mount(config), controls)
}

fn unavailable() -> ResourceOperationError {
    ResourceOperationError::new(ErrorCode::Unavailable, "the backend is away")
}

/// Contract: WAT-01, WAT-05
#[tokio::test(start_paused = true)]
async fn starting_the_watches_starts_each_at_once_and_starting_them_again_none() {
    let (h, controls) = mounted();
    controls[0].next_watches([WatchScript::Follow, WatchScript::NeverSync]);
    h.connect("dev").await;
    for key in KINDS {
        h.wait_for(state(key, WatchState::Synced)).await;
    }
    h.stop_connection_watch("dev").await;
    let (mark, began) = (h.mark(), Instant::now());
    h.start_connection_watch("dev").await;
    // One that never syncs holds up neither the call nor the others.
    for key in &KINDS[1..] {
        h.wait_for(state(*key, WatchState::Synced))
            .since(mark)
            .await;
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    let node = h.recording().of(KINDS[0]).since(mark);
    node.assert_states(&[WatchState::Syncing]);

    let mark = h.mark();
    join_all((0..5).map(|_| h.start_connection_watch("dev").into_future())).await;
    h.nothing_for(Duration::from_secs(60)).await;
    assert!(h.recording().since(mark).is_empty());
    for control in &controls {
        assert_eq!(control.calls(StubOperation::Watch), 2);
    }
    h.shutdown().await;
}

/// Contract: WAT-05
#[tokio::test(start_paused = true)]
async fn starts_and_stops_that_overlap_take_effect_one_after_the_other() {
    let (h, controls) = mounted();
    h.connect("dev").await;
    for _ in 0..20 {
        let starts = (0..3).map(|_| h.start_connection_watch("dev").into_future());
        let stops = (0..3).map(|_| h.stop_connection_watch("dev").into_future());
        tokio::join!(join_all(stops), join_all(starts));
    }
    h.start_connection_watch("dev").await;
    sleep(Duration::from_secs(60)).await;
    for (key, control) in KINDS.into_iter().zip(&controls) {
        let recording = h.recording().of(key).states();
        let said: Vec<_> = recording.iter().map(|seen| seen.kind()).collect();
        let runs: Vec<_> = said.split_inclusive(|kind| *kind == "STOPPED").collect();
        let (last, ended) = runs.split_last().unwrap();
        assert_eq!(*last, ["SYNCING", "SYNCED"]);
        for run in ended {
            assert!(
                matches!(
                    run,
                    ["SYNCING", "STOPPED"] | ["SYNCING", "SYNCED", "STOPPED"]
                ),
                "{said:?}"
            );
        }
        assert!(control.calls(StubOperation::Watch) <= runs.len());
    }
    h.shutdown().await;
}

/// Contract: WAT-06
#[tokio::test(start_paused = true)]
async fn the_watches_of_a_connection_that_is_not_started_cannot_be_started() {
    let (h, controls) = mounted();
    h.connect("dev").await;
    h.start_connection_watch("prod")
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.start_connection_watch("nowhere")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.nothing_for(Duration::from_secs(60)).on("prod").await;
    assert_eq!(controls[1].calls(StubOperation::Watch), 1);
    h.shutdown().await;
}

/// Contract: WAT-08, WAT-20
#[rstest]
#[case::syncing(WatchScript::NeverSync, WatchState::Syncing, true)]
#[case::synced(WatchScript::Follow, WatchState::Synced, true)]
#[case::waiting_to_be_retried(WatchScript::Fail(unavailable()), WatchState::Error, true)]
#[case::failed(WatchScript::Fail(unavailable()), WatchState::Failed, false)]
#[case::forbidden(WatchScript::Forbidden, WatchState::Forbidden, false)]
#[case::stopped(WatchScript::ReturnEarly, WatchState::Stopped, false)]
#[tokio::test(start_paused = true)]
async fn a_watch_counts_as_active_in_these_states(
    #[case] script: WatchScript,
    #[case] reached: WatchState,
    #[case] active: bool,
) {
    let (pods, control) = Stub::resource(POD).watchable().build();
    control.always_watch(script);
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.load_connections().await;
    assert!(!h.has_watch("dev").await, "nothing was started");
    h.connect("dev").await;
    h.wait_for(state(POD, reached))
        .within(Duration::from_secs(3600))
        .await;
    assert_eq!(h.has_watch("dev").await, active);
    assert_eq!(h.is_resource_watch_running("dev", POD).await, active);
    h.shutdown().await;
}

/// Contract: WAT-27, WAT-09
#[tokio::test(start_paused = true)]
async fn synced_has_the_number_of_objects_that_were_there() {
    let (h, [nodes, pods, _]) = mounted();
    for n in 0..3 {
        pods.insert(json!({"id": format!("pod-{n}")}));
    }
    nodes.always_watch(WatchScript::NeverSync);
    h.connect("dev").await;
    let synced = h.wait_for(state(POD, WatchState::Synced)).await;
    let WatchEvent::State(event) = &*synced.event else {
        unreachable!()
    };
    assert_eq!(event.resource_count, Some(3));
    let before = h
        .recording()
        .of(POD)
        .filter(|seen| seen.number < synced.number);
    before.assert_adds(3);
    h.wait_for(state(KINDS[2], WatchState::Synced)).await;
    let counts = h.get_watch_state("dev").await.resource_counts;
    assert_eq!(counts.get(POD), Some(&3));
    assert_eq!(counts.get(KINDS[2]), Some(&0));
    assert_eq!(counts.get(KINDS[0]), None, "it has not synced");
    h.shutdown().await;
}

/// A watcher that notes which task polls it, and that it was told to end.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    task: Option<task::Id>,
    cancelled: bool,
}

#[async_trait]
impl Watcher<StubClient> for Noted {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        self.0.lock().unwrap().task = task::try_id();
        sink.synced(0).await?;
        ctx.cancelled().await;
        self.0.lock().unwrap().cancelled = true;
        Ok(())
    }
}

/// Contract: WAT-33
#[tokio::test(start_paused = true)]
async fn a_watch_has_a_task_of_its_own_and_ends_when_its_context_is_cancelled() {
    let noted = Noted::default();
    let (pods, _) = Stub::resource(POD).watchable().build();
    let watcher: Arc<dyn Watcher<StubClient>> = Arc::new(noted.clone());
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(pods.map_handles(|handles| ResourceHandles {
            watcher: Some(watcher),
            ..handles
        }));
    let h = Harness::mount(config);
    let starting = h.connect("dev").into_future();
    let caller = tokio::spawn(async move {
        starting.await;
        task::id()
    });
    let caller = caller.await.unwrap();
    h.wait_for(state(POD, WatchState::Synced)).await;
    let task = noted.0.lock().unwrap().task;
    assert!(task.is_some_and(|task| task != caller), "{task:?}");
    assert!(!noted.0.lock().unwrap().cancelled);
    h.stop_resource_watch("dev", POD).await;
    assert!(noted.0.lock().unwrap().cancelled);
    h.shutdown().await;
}

/// Contract: WAT-32
#[tokio::test(start_paused = true)]
async fn what_discovery_leaves_out_is_skipped_only_if_its_answer_is_complete() {
    struct Survey(DiscoveredTypes);
    #[async_trait]
    impl DiscoveryProvider<StubClient> for Survey {
        async fn discover(
            &self,
            _: &CallContext,
            _: &Connection,
            _: &Arc<StubClient>,
        ) -> PluginResult<DiscoveredTypes> {
            Ok(self.0.clone())
        }
        async fn on_connection_removed(&self, _: &CallContext, _: &Connection) {}
    }
    let job = || [ResourceMeta::new("batch", "v1", "Job")];
    for (found, pods) in [
        (DiscoveredTypes::complete(job()), WatchState::Skipped),
        (DiscoveredTypes::additional(job()), WatchState::Synced),
    ] {
        let (registration, _) = Stub::resource(POD).watchable().build();
        let (others, _) = Stub::pattern("*").watchable().build();
        let config = ResourcePluginConfig::new("stub")
            .connections(StubConnections::new(["dev"]).registration())
            .resource(registration)
            .resource(others)
            .discovery(Survey(found));
        let h = Harness::mount(config);
        h.connect("dev").await;
        h.wait_for(state("batch::v1::Job", WatchState::Synced))
            .await;
        h.wait_for(state(POD, pods)).await;
        assert_eq!(h.get_watch_state("dev").await.resources[POD], pods);
        if pods == WatchState::Skipped {
            let refused = h
                .ensure_resource_watch("dev", POD)
                .expect_error(ErrorCode::Unsupported)
                .await;
            assert!(refused.message().contains("discovery"), "{refused}");
        }
        h.shutdown().await;
    }
}

/// Contract: WAT-39, WAT-13
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_watch_method_may_be_called_beside_every_other() {
    let (h, _) = mounted();
    let h = Arc::new(h);
    h.connect("dev").await;
    h.connect("prod").await;
    let callers = (0..8_usize).map(|caller| {
        let h = h.clone();
        tokio::spawn(async move {
            for round in 0..60 {
                let connection = ["dev", "prod"][(caller + round) % 2];
                let key = KINDS[(caller * 7 + round) % 3];
                match (caller + round * 5) % 9 {
                    0 => h.start_connection_watch(connection).await,
                    1 => h.stop_connection_watch(connection).await,
                    2 => drop(h.has_watch(connection).await),
                    3 => drop(h.get_watch_state(connection).await),
                    4 | 5 => unless_stopped(h.ensure_resource_watch(connection, key)).await,
                    6 => h.stop_resource_watch(connection, key).await,
                    7 => unless_stopped(h.restart_resource_watch(connection, key)).await,
                    _ => drop(h.is_resource_watch_running(connection, key).await),
                }
            }
        })
    });
    for caller in join_all(callers).await {
        caller.unwrap();
    }
    let mark = h.mark();
    for connection in ["dev", "prod"] {
        h.stop_connection_watch(connection).await;
        h.start_connection_watch(connection).await;
        for key in KINDS {
            let synced = state(key, WatchState::Synced).on(connection);
            h.wait_for(synced).since(mark).await;
            // Whatever order the calls took effect in, no two attempts of one watch overlapped.
            let recording = h.recording().on(connection).of(key).states();
            let said: Vec<_> = recording.iter().map(|seen| seen.kind()).collect();
            for run in said.split(|kind| *kind == "STOPPED") {
                assert!(
                    matches!(run, [] | ["SYNCING"] | ["SYNCING", "SYNCED"]),
                    "{said:?}"
                );
            }
        }
    }
    Arc::into_inner(h).unwrap().shutdown().await;
}

/// A call that may also find the watches of its connection stopped by another.
async fn unless_stopped(call: Call<(), ()>) {
    if let Err(error) = call.attempt().await {
        assert_eq!(*error.code(), ErrorCode::NotConnected, "{error}");
    }
}

/// Contract: WAT-14, WAT-19, WAT-22, WAT-26, WAT-37
#[rstest]
#[case::failed(WatchScript::Fail(unavailable()), WatchState::Failed)]
#[case::forbidden(WatchScript::Forbidden, WatchState::Forbidden)]
#[case::stopped(WatchScript::ReturnEarly, WatchState::Stopped)]
#[tokio::test(start_paused = true)]
async fn a_watch_that_has_ended_stays_so_until_it_is_revived_with_a_fresh_budget(
    #[case] script: WatchScript,
    #[case] end: WatchState,
    #[values(true, false)] by_restart: bool,
) {
    const DAY: Duration = Duration::from_secs(86_400);
    let (h, [_, pods, _]) = mounted();
    pods.always_watch(script);
    h.connect("dev").await;
    h.wait_for(state(POD, end)).within(DAY).await;
    h.list(POD, ListInput::all()).await;
    h.nothing_for(DAY).of(POD).await;

    let mark = h.mark();
    pods.next_watches((0..5).map(|_| WatchScript::Fail(unavailable())));
    pods.always_watch(WatchScript::Follow);
    let began = Instant::now();
    if by_restart {
        h.restart_resource_watch("dev", POD).await;
    } else {
        h.ensure_resource_watch("dev", POD).await;
    }
    let synced = h.wait_for(state(POD, WatchState::Synced));
    synced.since(mark).within(DAY).await;
    assert_eq!(began.elapsed(), Duration::from_millis(15_500));
    let mut expected = [WatchState::Syncing, WatchState::Error].repeat(5);
    expected.extend([WatchState::Syncing, WatchState::Synced]);
    let said = h.recording().of(POD).since(mark);
    said.assert_states(&expected);
    h.shutdown().await;
}

/// Contract: WAT-16, WAT-17
#[tokio::test(start_paused = true)]
async fn stopping_one_watch_stops_no_other_and_nothing_where_it_does_not_run() {
    let (h, controls) = mounted();
    h.connect("dev").await;
    for key in KINDS {
        h.wait_for(state(key, WatchState::Synced)).await;
    }
    let mark = h.mark();
    h.stop_resource_watch("dev", POD).await;
    h.stop_resource_watch("dev", POD).await;
    let told = h.recording().since(mark);
    assert_eq!(told.len(), 1, "{told}");
    told.of(POD).assert_states(&[WatchState::Stopped]);
    for (key, control) in KINDS.into_iter().zip(&controls) {
        let running = h.is_resource_watch_running("dev", key).await;
        assert_eq!(running, key != POD);
        control.insert(json!({"id": key}));
    }
    h.nothing_for(Duration::from_secs(60)).of(POD).await;
    h.recording().since(mark).assert_adds(2);
    h.shutdown().await;
}

/// Contract: WAT-03, WAT-04
#[tokio::test(start_paused = true)]
async fn a_policy_means_nothing_for_a_type_without_a_watcher() {
    for policy in SyncPolicy::ALL {
        let (plain, _) = Stub::resource(POD).sync_policy(*policy).build();
        let config = ResourcePluginConfig::new("stub")
            .connections(StubConnections::new(["dev"]).registration())
            .resource(plain);
        let h = Harness::mount(config);
        h.connect("dev").await;
        h.list(POD, ListInput::all()).await;
        let refused = h.ensure_resource_watch("dev", POD);
        refused.expect_error(ErrorCode::Unsupported).await;
        h.nothing_for(Duration::from_secs(60)).await;
        assert!(h.get_watch_state("dev").await.resources.is_empty());
        assert!(!h.resource_capabilities(POD).await.watchable);
        h.shutdown().await;
    }
}

/// Contract: WAT-21, WAT-40
#[tokio::test(start_paused = true)]
async fn no_query_waits_for_a_sync_that_does_not_come_and_the_watch_is_under_way_before_it() {
    let (h, [_, pods, _]) = mounted();
    pods.always_watch(WatchScript::NeverSync);
    pods.insert(json!({"id": "pod"}));
    let began = Instant::now();
    h.connect("dev").await;
    h.recording().of(POD).assert_states(&[WatchState::Syncing]);
    let listed = h.list(POD, ListInput::all()).await;
    assert_eq!((listed.total_count, began.elapsed()), (1, Duration::ZERO));
    h.recording().of(POD).assert_adds(1);
    h.shutdown().await;
}

/// Contract: WAT-40
#[tokio::test(start_paused = true)]
async fn what_a_watch_adds_on_connect_is_there_before_the_first_query_ends() {
    let (h, [_, pods, _]) = mounted();
    for n in 0..30 {
        pods.insert(json!({"id": format!("pod-{n}")}));
    }
    h.connect("dev").await;
    let listed = h.list(POD, ListInput::all()).await;
    assert_eq!(listed.total_count, 30);
    h.recording().of(POD).assert_adds(30);
    h.shutdown().await;
}
