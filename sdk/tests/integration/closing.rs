//! The end of a plugin: by `close`, by its root context, by being dropped.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation, WatchScript},
};
use omniview_sdk::*;
use rstest::rstest;
use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    boundary::{DEV, POD},
    equipped::PROD,
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

struct Built {
    plugin: Arc<dyn Provider>,
    root: CancellationToken,
    connections: StubConnections,
    pods: StubControl,
}

fn build() -> Built {
    let connections = StubConnections::new([DEV, PROD]).watchable();
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    let root = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(root.clone());
    Built {
        plugin: build_resource_controller(&ctx, config).unwrap(),
        root,
        connections,
        pods,
    }
}

struct Nobody;

impl WatchEventSink for Nobody {
    fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}

async fn start(plugin: &Arc<dyn Provider>, id: &str) {
    let started = plugin
        .start_connection(&CallContext::new(), &id.into())
        .await;
    assert!(started.unwrap().is_connected());
}

/// A start that hangs in the making of its client.
async fn hanging_start(built: &Built, id: &'static str) -> JoinHandle<Result<ConnectionStatus>> {
    built
        .connections
        .next(StubOperation::CreateClient, Fault::Hang);
    let plugin = built.plugin.clone();
    let starting = tokio::spawn(async move {
        plugin
            .start_connection(&CallContext::new(), &id.into())
            .await
    });
    sleep(SECOND).await;
    starting
}

/// Contract: CON-09, OPS-16
#[tokio::test(start_paused = true)]
async fn closing_destroys_every_client_and_aborts_the_starts() {
    let built = build();
    start(&built.plugin, DEV).await;
    let starting = hanging_start(&built, PROD).await;
    let began = Instant::now();
    assert_eq!(built.plugin.close().await, Ok(()));
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(
        *starting.await.unwrap().unwrap_err().code(),
        ErrorCode::Closed
    );
    assert_eq!(built.connections.created().len(), 1);
    built.connections.assert_each_destroyed_once();
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn the_end_of_the_root_context_destroys_every_client_and_aborts_the_starts() {
    let built = build();
    start(&built.plugin, DEV).await;
    let starting = hanging_start(&built, PROD).await;
    built.root.cancel();
    sleep(SECOND).await;
    assert_eq!(
        *starting.await.unwrap().unwrap_err().code(),
        ErrorCode::Closed
    );
    assert_eq!(built.connections.created().len(), 1);
    built.connections.assert_each_destroyed_once();
    let told = built.plugin.list_connections(&CallContext::new()).await;
    assert_eq!(*told.unwrap_err().code(), ErrorCode::Closed);
    assert_eq!(built.plugin.close().await, Ok(()));
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn a_provider_that_is_dropped_without_a_close_destroys_its_clients_in_the_background() {
    let built = build();
    start(&built.plugin, DEV).await;
    start(&built.plugin, PROD).await;
    let watch = built.pods.last(StubOperation::Watch).context;
    assert!(!watch.is_cancelled());
    drop(built.plugin);
    sleep(SECOND).await;
    assert_eq!(built.connections.created().len(), 2);
    built.connections.assert_each_destroyed_once();
    assert!(watch.is_cancelled());
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn a_watch_that_ignores_its_end_does_not_keep_the_client_from_being_destroyed() {
    let built = build();
    built.pods.always_watch(WatchScript::IgnoreCancellation);
    start(&built.plugin, DEV).await;
    sleep(SECOND).await;
    built.root.cancel();
    sleep(4 * SECOND).await;
    assert_eq!(
        built.connections.destroyed(),
        [],
        "the watch has its grace period"
    );
    sleep(2 * SECOND).await;
    built.connections.assert_each_destroyed_once();
    assert_eq!(built.plugin.close().await, Ok(()));
}

/// Contract: OPS-16
#[tokio::test(start_paused = true)]
async fn a_listener_and_a_stream_of_connections_end_with_the_plugin() {
    let built = build();
    let plugin = built.plugin.clone();
    let listening = tokio::spawn(async move {
        plugin
            .listen_for_events(&CallContext::new(), Arc::new(Nobody))
            .await
    });
    let mut updates = built
        .plugin
        .watch_connections(&CallContext::new())
        .await
        .unwrap();
    sleep(HOUR).await;
    assert!(!listening.is_finished());
    built.plugin.close().await.unwrap();
    assert_eq!(
        *listening.await.unwrap().unwrap_err().code(),
        ErrorCode::Closed
    );
    assert_eq!(updates.next().await, None);
}

/// Contract: CON-09, OPS-16
#[rstest]
#[case::after_the_end_of_the_root(false)]
#[case::after_it_was_dropped(true)]
#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_end_is_given_up_after_the_grace_periods_and_leaves_no_task(
    #[case] dropped: bool,
) {
    let built = build();
    built
        .connections
        .always(StubOperation::DestroyClient, Fault::Hang);
    start(&built.plugin, DEV).await;
    start(&built.plugin, PROD).await;
    // One hangs in a stop that is under way, the other in the end of its lane.
    let stopping = {
        let plugin = built.plugin.clone();
        tokio::spawn(async move {
            plugin
                .stop_connection(&CallContext::new(), &DEV.into())
                .await
        })
    };
    sleep(SECOND).await;
    let alive = || Handle::current().metrics().num_alive_tasks();
    if dropped {
        stopping.abort();
        drop(built.plugin);
        sleep(9 * SECOND).await;
        assert!(alive() > 0);
        sleep(2 * SECOND).await;
    } else {
        built.root.cancel();
        sleep(9 * SECOND).await;
        assert!(!stopping.is_finished());
        sleep(2 * SECOND).await;
        let stopped = stopping.await.unwrap();
        assert_eq!(*stopped.unwrap_err().code(), ErrorCode::Closed);
        let began = Instant::now();
        assert_eq!(built.plugin.close().await, Ok(()));
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
    assert_eq!(alive(), 0);
    assert_eq!(built.connections.destroyed().len(), 2);
    built.connections.assert_each_destroyed_once();
}

/// Contract: OPS-16, WAT-07
#[tokio::test(start_paused = true)]
async fn a_listener_hears_the_last_events_after_the_end_of_the_root_context_and_is_let_go() {
    let built = build();
    let h = Harness::over(built.plugin.clone());
    built.pods.always_watch(WatchScript::IgnoreCancellation);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let listening = {
        let plugin = built.plugin.clone();
        tokio::spawn(async move {
            plugin
                .listen_for_events(&CallContext::new(), Arc::new(Nobody))
                .await
        })
    };
    sleep(SECOND).await;
    built.root.cancel();
    sleep(SECOND).await;
    assert!(!listening.is_finished(), "the watch has its grace period");
    sleep(5 * SECOND).await;
    h.recording()
        .assert_states(&[WatchState::Syncing, WatchState::Synced, WatchState::Stopped]);
    assert_eq!(
        *listening.await.unwrap().unwrap_err().code(),
        ErrorCode::Closed
    );
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn listening_and_a_stream_of_connections_end_at_their_deadline() {
    let built = build();
    let ctx = CallContext::new().with_timeout(SECOND);
    let began = Instant::now();
    let mut updates = built.plugin.watch_connections(&ctx).await.unwrap();
    let told = built.plugin.listen_for_events(&ctx, Arc::new(Nobody)).await;
    assert_eq!(*told.unwrap_err().code(), ErrorCode::Timeout);
    assert_eq!(updates.next().await, None);
    assert_eq!(began.elapsed(), SECOND);
    built.plugin.close().await.unwrap();
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn a_grace_period_without_end_waits_for_a_client_that_takes_its_time() {
    let connections = StubConnections::new([DEV]);
    let (pods, _) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods)
        .options(|options| {
            options.stop_grace = Duration::MAX;
            options.close_grace = Duration::MAX;
        });
    let root = CancellationToken::new();
    let ctx = CallContext::new().with_cancellation(root.clone());
    let plugin = build_resource_controller(&ctx, config).unwrap();
    connections.next(StubOperation::DestroyClient, Fault::Delay(HOUR));
    start(&plugin, DEV).await;
    root.cancel();
    sleep(2 * HOUR).await;
    connections.assert_each_destroyed_once();
    plugin.close().await.unwrap();
}
