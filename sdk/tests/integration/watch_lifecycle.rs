//! The life of a watch: start, failure, retry, stop, and what is said on the way. All time is virtual.

use std::time::Duration;

use omniview_plugintest::{
    Harness, added, any_event, state,
    stub::{Fault, Stub, StubClient, StubConnections, StubControl, StubOperation, WatchScript},
};
use omniview_sdk::*;
use serde_json::json;
use tokio::time::{Instant, sleep};

const POD: &str = "core::v1::Pod";

fn unavailable() -> ResourceOperationError {
    ResourceOperationError::new(ErrorCode::Unavailable, "the backend is away")
}

fn plugin() -> (ResourcePluginConfig<StubClient>, StubControl) {
    let (pods, control) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev", "prod"]).registration())
        .resource(pods);
    (config, control)
}

/// What was said of the watch on `dev`, as the names of states.
fn said(h: &Harness) -> Vec<&'static str> {
    let recording = h.recording().on("dev").states();
    recording.iter().map(|seen| seen.kind()).collect()
}

/// Contract: WAT-22, WAT-23, WAT-28, WAT-41
#[tokio::test(start_paused = true)]
async fn a_watch_that_always_fails_says_syncing_and_error_six_times_and_then_failed() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::Fail(unavailable()));
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(3600))
        .mount();
    let began = Instant::now();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Failed)).await;
    assert_eq!(
        began.elapsed(),
        Duration::from_millis(500 + 1000 + 2000 + 4000 + 8000)
    );
    let mut expected = ["SYNCING", "ERROR"].repeat(6);
    expected.push("FAILED");
    assert_eq!(said(&h), expected);
    for seen in h.recording().states().iter() {
        let WatchEvent::State(event) = &*seen.event else {
            unreachable!()
        };
        let failed = matches!(event.state, WatchState::Error | WatchState::Failed);
        assert_eq!(event.message == "the backend is away", failed, "{seen}");
        assert_eq!(
            event.error_code == Some(ErrorCode::Unavailable),
            failed,
            "{seen}"
        );
    }
    assert!(!h.is_resource_watch_running("dev", POD).await);
    assert!(!h.has_watch("dev").await);
    h.shutdown().await;
}

/// Contract: WAT-24
#[tokio::test(start_paused = true)]
async fn reaching_synced_restores_the_retry_budget() {
    let (config, pods) = plugin();
    pods.next_watches((0..8).map(|_| WatchScript::SyncThenFail(unavailable())));
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(3600))
        .mount();
    let began = Instant::now();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).times(9).await;
    assert_eq!(began.elapsed(), Duration::from_millis(8 * 500));
    h.shutdown().await;
}

/// Contract: WAT-31
#[tokio::test(start_paused = true)]
async fn a_refused_watch_is_forbidden_and_not_retried() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::Forbidden);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Forbidden)).await;
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(said(&h), ["SYNCING", "FORBIDDEN"]);
    assert_eq!(pods.calls(StubOperation::Watch), 1);
    h.shutdown().await;
}

/// Contract: WAT-31
#[tokio::test(start_paused = true)]
async fn a_refusal_after_synced_goes_through_error_and_one_more_attempt() {
    let (config, pods) = plugin();
    let refused = ResourceOperationError::new(ErrorCode::Unauthorized, "the token has expired");
    pods.next_watches([WatchScript::SyncThenFail(refused), WatchScript::Forbidden]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Forbidden)).await;
    assert_eq!(
        said(&h),
        ["SYNCING", "SYNCED", "ERROR", "SYNCING", "FORBIDDEN"]
    );
    h.shutdown().await;
}

/// Contract: WAT-36, OPS-15
#[tokio::test(start_paused = true)]
async fn a_panic_in_a_watch_is_an_error_like_any_other() {
    let (config, pods) = plugin();
    pods.next_watches([WatchScript::Panic("planted".into())]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    assert_eq!(said(&h), ["SYNCING", "ERROR", "SYNCING", "SYNCED"]);
    assert!(
        h.recording().to_string().contains("planted"),
        "{}",
        h.recording()
    );
    h.shutdown().await;
}

/// Contract: WAT-35
#[tokio::test(start_paused = true)]
async fn a_watch_that_returns_early_is_stopped_with_a_message_and_not_retried() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::ReturnEarly);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Stopped)).await;
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(said(&h), ["SYNCING", "SYNCED", "STOPPED"]);
    assert!(
        h.recording().to_string().contains("it was not cancelled"),
        "{}",
        h.recording()
    );
    h.shutdown().await;
}

/// Contract: WAT-29, WAT-30
#[tokio::test(start_paused = true)]
async fn a_stop_during_back_off_is_stopped_at_once() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::Fail(unavailable()));
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Error)).await;
    let began = Instant::now();
    h.stop_resource_watch("dev", POD).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(said(&h), ["SYNCING", "ERROR", "STOPPED"]);
    h.shutdown().await;
}

/// Contract: WAT-07
#[tokio::test(start_paused = true)]
async fn a_watcher_that_ignores_its_cancellation_is_aborted_after_the_grace_period() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::IgnoreCancellation);
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(60))
        .mount();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let began = Instant::now();
    h.stop_connection_watch("dev").await;
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    let mark = h.mark();
    pods.insert(json!({"id": "late", "namespace": "a"}));
    h.nothing_for(Duration::from_secs(60)).await;
    assert_eq!(h.recording().since(mark).len(), 0);
    assert_eq!(said(&h), ["SYNCING", "SYNCED", "STOPPED"]);
    h.shutdown().await;
}

/// Contract: WAT-07, WAT-09, WAT-42
#[tokio::test(start_paused = true)]
async fn stopping_keeps_terminal_states_and_the_last_states_can_still_be_asked() {
    let (pods, _) = Stub::resource(POD).watchable().build();
    let (nodes, refused) = Stub::resource("core::v1::Node").watchable().build();
    refused.always_watch(WatchScript::Forbidden);
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(pods)
        .resource(nodes);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.wait_for(state("core::v1::Node", WatchState::Forbidden))
        .await;
    h.stop_connection_watch("dev").await;
    let summary = h.get_watch_state("dev").await;
    assert_eq!(
        summary.resources[&ResourceKey::from(POD)],
        WatchState::Stopped
    );
    assert_eq!(
        summary.resources[&ResourceKey::from("core::v1::Node")],
        WatchState::Forbidden
    );
    assert_eq!(summary.resource_counts.get(POD), Some(&0));
    assert_eq!(summary.resource_counts.get("core::v1::Node"), None);
    h.disconnect("dev").await;
    assert_eq!(h.get_watch_state("dev").await.resources, summary.resources);
    h.shutdown().await;
}

/// Contract: WAT-12, WAT-13, WAT-14, WAT-19, WAT-37
#[tokio::test(start_paused = true)]
async fn a_failed_watch_is_revived_by_ensure_with_a_fresh_budget() {
    let (config, pods) = plugin();
    pods.next_watches((0..6 + 5).map(|_| WatchScript::Fail(unavailable())));
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(3600))
        .mount();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Failed)).await;
    let again = (0..4).map(|_| h.ensure_resource_watch("dev", POD).into_future());
    futures_util::future::join_all(again).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    assert_eq!(
        pods.calls(StubOperation::Watch),
        12,
        "four ensures start one watch"
    );
    h.shutdown().await;
}

/// Contract: WAT-18
#[tokio::test(start_paused = true)]
async fn a_restart_begins_after_the_old_attempt_has_ended() {
    let (config, pods) = plugin();
    pods.next_watches([WatchScript::IgnoreCancellation]);
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(60))
        .mount();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.restart_resource_watch("dev", POD).await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    assert_eq!(
        said(&h),
        ["SYNCING", "SYNCED", "STOPPED", "SYNCING", "SYNCED"]
    );
    h.shutdown().await;
}

/// Contract: WAT-02, WAT-03, WAT-21
#[tokio::test(start_paused = true)]
async fn a_sync_policy_says_when_a_watch_starts() {
    let (lazy, _) = Stub::resource("a::v1::Lazy")
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .build();
    let (never, _) = Stub::resource("a::v1::Never")
        .watchable()
        .sync_policy(SyncPolicy::Never)
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(lazy)
        .resource(never);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.nothing_for(Duration::from_secs(10)).await;
    assert_eq!(
        h.get_watch_state("dev").await.resources[&ResourceKey::from("a::v1::Lazy")],
        WatchState::Idle
    );
    h.list("a::v1::Lazy", ListInput::all()).on("dev").await;
    h.list("a::v1::Never", ListInput::all()).on("dev").await;
    h.wait_for(state("a::v1::Lazy", WatchState::Synced)).await;
    h.ensure_resource_watch("dev", "a::v1::Never")
        .expect_error(ErrorCode::Unsupported)
        .await;
    h.restart_resource_watch("dev", "a::v1::Never")
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert_eq!(h.recording().of("a::v1::Never").len(), 0);
    h.shutdown().await;
}

/// Contract: WAT-15, WAT-17, WAT-20
#[tokio::test(start_paused = true)]
async fn what_cannot_be_watched_is_refused_with_its_reason() {
    let (pods, _) = Stub::resource(POD).watchable().build();
    let (plain, _) = Stub::resource("a::v1::Plain").build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(pods)
        .resource(plain);
    let h = Harness::mount(config);
    h.load_connections().await;
    h.ensure_resource_watch("dev", POD)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect("dev").await;
    h.ensure_resource_watch("dev", "a::v1::Plain")
        .expect_error(ErrorCode::Unsupported)
        .await;
    h.ensure_resource_watch("dev", "a::v1::Nothing")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.ensure_resource_watch("nowhere", POD)
        .expect_error(ErrorCode::NotFound)
        .await;
    assert!(!h.is_resource_watch_running("dev", "a::v1::Nothing").await);
    assert!(!h.is_resource_watch_running("nowhere", POD).await);
    h.stop_resource_watch("dev", POD).await;
    h.stop_resource_watch("dev", POD).await;
    assert_eq!(said(&h).last(), Some(&"STOPPED"));
    h.shutdown().await;
}

/// Contract: WAT-11, WAT-40, SNK-03
#[tokio::test(start_paused = true)]
async fn what_is_emitted_before_anybody_listens_is_kept_in_order() {
    let (config, pods) = plugin();
    for n in 0..50 {
        pods.on("dev")
            .insert(json!({"id": format!("pod-{n:02}"), "namespace": "a"}));
    }
    let h = Harness::builder(config).without_listener().mount();
    h.connect("dev").await;
    sleep(Duration::from_secs(60)).await;
    let listener = Harness::over(h.provider().clone());
    listener.wait_for(state(POD, WatchState::Synced)).await;
    let ids: Vec<String> = listener
        .recording()
        .objects()
        .iter()
        .map(|seen| seen.id().unwrap().to_owned())
        .collect();
    let expected: Vec<String> = (0..50).map(|n| format!("pod-{n:02}")).collect();
    assert_eq!(ids, expected);
    assert_eq!(said(&listener), ["SYNCING", "SYNCED"]);
    listener.shutdown().await;
}

/// Contract: CON-15, WAT-38, SNK-06
#[tokio::test(start_paused = true)]
async fn stopping_one_connection_leaves_the_watches_of_the_other() {
    let (config, pods) = plugin();
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.connect("prod").await;
    h.wait_for(state(POD, WatchState::Synced).on("dev")).await;
    h.wait_for(state(POD, WatchState::Synced).on("prod")).await;
    h.disconnect("dev").await;
    let mark = h.mark();
    pods.on("dev")
        .insert(json!({"id": "unseen", "namespace": "a"}));
    pods.on("prod")
        .insert(json!({"id": "seen", "namespace": "a"}));
    h.wait_for(added("seen").of(POD).on("prod")).await;
    h.nothing_for(Duration::from_secs(5)).on("dev").await;
    assert_eq!(h.recording().since(mark).len(), 1);
    h.shutdown().await;
}

/// Contract: SCP-01, SCP-02, SCP-03, SCP-04, WAT-32
#[tokio::test(start_paused = true)]
async fn a_scope_reaches_the_watcher_and_one_without_partitions_skips_the_watches() {
    for (scope, reaches, skipped) in [
        (ConnectionScope::all(), None, false),
        (
            ConnectionScope::explicit(["a", "b"]),
            Some(WatchScope::new(["a", "b"])),
            false,
        ),
        (
            ConnectionScope::auto_discovered(Vec::<String>::new()),
            None,
            true,
        ),
    ] {
        let (pods, control) = Stub::resource(POD).watchable().build();
        let connections = StubConnections::new(["dev"]).scope(scope);
        let config = ResourcePluginConfig::new("stub")
            .connections(connections.registration())
            .resource(pods);
        let h = Harness::mount(config);
        h.connect("dev").await;
        if skipped {
            h.wait_for(state(POD, WatchState::Skipped)).await;
            let refused = h
                .ensure_resource_watch("dev", POD)
                .expect_error(ErrorCode::Unsupported)
                .await;
            assert!(refused.message().contains("scope"), "{refused}");
        } else {
            h.wait_for(state(POD, WatchState::Synced)).await;
            let call = control.last(StubOperation::Watch);
            assert_eq!(call.context.watch_scope(), reaches.as_ref());
            assert_eq!(h.get_watch_state("dev").await.scope, reaches);
        }
        h.shutdown().await;
    }
}

/// Contract: SES-04, WAT-34
#[tokio::test(start_paused = true)]
async fn every_attempt_has_a_session_with_the_connection_and_a_request_id_of_its_own() {
    let (config, pods) = plugin();
    pods.next_watches([WatchScript::Fail(unavailable())]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let calls = pods.seen(StubOperation::Watch);
    let ids: Vec<_> = calls
        .iter()
        .map(|call| call.context.session().unwrap().request_id.clone())
        .collect();
    assert_eq!(calls.len(), 2);
    assert!(!ids[0].is_empty());
    assert_ne!(ids[0], ids[1]);
    assert!(calls.iter().all(|call| call.connection_id() == "dev"));
    h.shutdown().await;
}

/// Contract: WAT-16
#[tokio::test(start_paused = true)]
async fn nothing_follows_stopped_even_from_a_watcher_that_goes_on() {
    let (config, pods) = plugin();
    pods.always_watch(WatchScript::IgnoreCancellation);
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(60))
        .mount();
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_resource_watch("dev", POD).await;
    let mark = h.mark();
    pods.insert(json!({"id": "late", "namespace": "a"}));
    h.nothing_for(Duration::from_secs(600))
        .matching(any_event())
        .await;
    assert!(h.recording().since(mark).is_empty());
    h.shutdown().await;
}

/// Contract: CON-12, CON-22
#[tokio::test(start_paused = true)]
async fn a_new_client_brings_every_active_watch_back_lazily_started_ones_too() {
    let (lazy, _) = Stub::resource("a::v1::Lazy")
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .build();
    let (pods, control) = Stub::resource(POD).watchable().build();
    let connections = StubConnections::new(["dev"]);
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods)
        .resource(lazy);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.list("a::v1::Lazy", ListInput::all()).on("dev").await;
    h.wait_for(state("a::v1::Lazy", WatchState::Synced)).await;
    connections.next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    let changed = Connection::builder("dev")
        .data("host", "new")
        .build()
        .unwrap();
    let status = h.update_connection(changed).await;
    assert!(status.is_connected());
    assert!(status.details.contains("stuck"), "{status:?}");
    h.wait_for(state("a::v1::Lazy", WatchState::Synced))
        .times(2)
        .await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    let clients: Vec<_> = control
        .seen(StubOperation::Watch)
        .iter()
        .map(|call| call.client)
        .collect();
    assert_ne!(clients[0], clients[1]);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}
