//! Start, stop and check of a connection.

use std::time::Duration;

use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    boundary::{DEV, POD},
    equipped::{PROD, connection},
    surveyor::{Mood, Surveyor},
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
const LAZY: &str = "a::v1::Lazy";

/// A plugin with a type that is watched at once and one that is watched lazily.
struct Mounted {
    h: Harness,
    connections: StubConnections,
    pods: StubControl,
    lazy: StubControl,
    surveyor: Surveyor,
}

fn mount() -> Mounted {
    let connections =
        StubConnections::configured([connection(DEV), connection(PROD)]).refreshable();
    let (eager_type, pods) = Stub::resource(POD).watchable().build();
    let (lazy_type, lazy) = Stub::resource(LAZY)
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .build();
    let surveyor = Surveyor::default();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(eager_type)
        .resource(lazy_type)
        .discovery(surveyor.clone());
    Mounted {
        h: Harness::builder(config).timeout(60 * SECOND).mount(),
        connections,
        pods,
        lazy,
        surveyor,
    }
}

fn unhealthy() -> ConnectionStatus {
    ConnectionStatus::new(ConnectionStatusCode::Unauthorized)
        .with_error("the token has expired")
        .with_details("log in again")
}

/// Contract: CON-04, WAT-01, WAT-02
#[tokio::test(start_paused = true)]
async fn a_start_returns_the_full_connection_with_discovery_asked_and_watches_started() {
    let Mounted { h, surveyor, .. } = mount();
    h.load_connections().await;
    assert!(!h.has_watch(DEV).await);
    let status = h.start_connection(DEV).await;
    assert_eq!(status.status, ConnectionStatusCode::Connected);
    assert_eq!(status.error, "");
    let full = status.connection.as_deref().unwrap();
    assert_eq!(*full, connection(DEV));
    assert_eq!(full.sensitive.text("token"), Some("token-of-dev"));

    assert_eq!(surveyor.asked().len(), 1);
    assert!(h.has_watch(DEV).await);
    let watches = h.get_watch_state(DEV).await.resources;
    assert!(matches!(
        watches[POD],
        WatchState::Syncing | WatchState::Synced
    ));
    assert_eq!(watches[LAZY], WatchState::Idle);
    assert!(
        !h.has_watch(PROD).await,
        "the other connection is left alone"
    );
    h.shutdown().await;
}

/// Contract: CON-06, CON-10
#[tokio::test(start_paused = true)]
async fn a_client_is_made_for_the_sessions_connection_and_destroyed_for_it_again() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount();
    h.connect(PROD).await;
    h.connect(DEV).await;
    let made: Vec<_> = connections
        .seen(StubOperation::CreateClient)
        .into_iter()
        .map(|call| call.context.connection().cloned().unwrap())
        .collect();
    assert_eq!(made, [connection(PROD), connection(DEV)]);
    h.list(POD, ListInput::all()).on(DEV).await;
    assert_eq!(pods.last(StubOperation::List).client, Some(2));
    h.disconnect(DEV).await;
    h.disconnect(PROD).await;
    let destroyed: Vec<_> = connections
        .seen(StubOperation::DestroyClient)
        .into_iter()
        .map(|call| (call.client.unwrap(), call.connection_id()))
        .collect();
    assert_eq!(destroyed, [(2, DEV.into()), (1, PROD.into())]);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-07, CON-08
#[tokio::test(start_paused = true)]
async fn the_callers_deadline_bounds_the_creation_of_the_client() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    connections.next(StubOperation::CreateClient, Fault::Hang);
    let began = Instant::now();
    let late = h
        .start_connection(DEV)
        .with_timeout(2 * SECOND)
        .expect_error(ErrorCode::Timeout)
        .await;
    assert_eq!(began.elapsed(), 2 * SECOND);
    assert_eq!(late.connection().unwrap(), DEV);
    assert_eq!(
        h.get_connection(DEV).await.status,
        ConnectionStatusCode::Timeout
    );
    assert_eq!(surveyor.asked().len(), 0);
    h.connect(DEV).await;
    assert_eq!(connections.created().len(), 1);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-07
#[tokio::test(start_paused = true)]
async fn the_client_and_its_watches_outlive_the_call_that_created_them() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount();
    let taken_back = CancellationToken::new();
    let ctx = CallContext::new()
        .with_timeout(SECOND)
        .with_cancellation(taken_back.clone());
    h.start_connection(DEV).with_context(ctx).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    sleep(HOUR).await;
    taken_back.cancel();
    sleep(HOUR).await;
    assert!(h.is_resource_watch_running(DEV, POD).await);
    let watch = pods.last(StubOperation::Watch).context;
    assert_eq!(watch.deadline(), None);
    assert!(!watch.is_cancelled());
    h.list(POD, ListInput::all()).await;
    assert_eq!(connections.destroyed(), []);
    h.recording()
        .of(POD)
        .assert_states(&[WatchState::Syncing, WatchState::Synced]);
    h.shutdown().await;
}

/// Contract: CON-08
#[rstest]
#[case(Fault::Raw("no route to host".into()), ErrorCode::Internal, ConnectionStatusCode::Failed)]
#[case(
    Fault::Error(ResourceOperationError::new(ErrorCode::Unauthorized, "no route to host")),
    ErrorCode::Unauthorized,
    ConnectionStatusCode::Unauthorized
)]
#[case(Fault::Panic("no route to host".into()), ErrorCode::Internal, ConnectionStatusCode::Failed)]
#[tokio::test(start_paused = true)]
async fn a_failed_creation_leaves_the_connection_stopped(
    #[case] fault: Fault,
    #[case] code: ErrorCode,
    #[case] status: ConnectionStatusCode,
) {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    connections.next(StubOperation::CreateClient, fault);
    let error = h.start_connection(DEV).expect_error(code).await;
    assert!(error.message().contains("no route to host"), "{error}");
    let listed = h.get_connection(DEV).await;
    assert_eq!(listed.status, status);
    assert!(listed.error.contains("no route to host"), "{listed:?}");
    assert_eq!(
        h.check_connection(DEV).await.status,
        ConnectionStatusCode::Disconnected
    );
    h.stop_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.list(POD, ListInput::all())
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert!(!h.has_watch(DEV).await);
    assert_eq!(
        (surveyor.asked().len(), connections.created().len()),
        (0, 0)
    );
    h.connect(DEV).await;
    assert!(h.get_connection(DEV).await.error.is_empty());
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-09, CON-13
#[tokio::test(start_paused = true)]
async fn a_stop_aborts_the_creation_of_a_client() {
    let Mounted { h, connections, .. } = mount();
    connections.next(StubOperation::CreateClient, Fault::Hang);
    let began = Instant::now();
    let (started, stopped) = tokio::join!(h.start_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        h.stop_connection(DEV).await
    });
    assert_eq!(began.elapsed(), SECOND);
    assert_eq!(*started.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(*stopped, connection(DEV));
    assert_eq!(
        h.get_connection(DEV).await.status,
        ConnectionStatusCode::Disconnected
    );
    assert_eq!(connections.created(), []);
    h.shutdown().await;
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn a_stop_aborts_a_start_that_has_its_client_and_the_client_is_destroyed() {
    let Mounted {
        h,
        connections,
        pods,
        surveyor,
        ..
    } = mount();
    surveyor.set_mood(Mood::Hangs);
    let (started, _) = tokio::join!(h.start_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        h.stop_connection(DEV).await
    });
    assert_eq!(*started.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(connections.created().len(), 1);
    assert_eq!(connections.destroyed(), connections.created());
    assert_eq!(pods.calls(StubOperation::Watch), 0);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-09
#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_takes_its_start_along_before_there_is_a_client_and_not_after() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    h.load_connections().await;
    connections.next(StubOperation::CreateClient, Fault::Delay(2 * SECOND));
    let leaving = tokio::time::timeout(SECOND, h.start_connection(DEV).attempt());
    leaving.await.unwrap_err();
    sleep(HOUR).await;
    assert_eq!(connections.created(), []);
    assert!(!h.get_connection(DEV).await.is_connected());

    surveyor.set_mood(Mood::Hangs);
    let leaving = tokio::time::timeout(SECOND, h.start_connection(DEV).attempt());
    leaving.await.unwrap_err();
    assert_eq!(connections.live().len(), 1);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-11
#[tokio::test(start_paused = true)]
async fn a_second_start_of_a_healthy_connection_makes_no_new_client() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount();
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let again = h.connect(DEV).await;
    assert_eq!(*again.connection.unwrap(), connection(DEV));
    assert_eq!(connections.calls(StubOperation::CheckConnection), 1);
    assert_eq!(connections.created().len(), 1);
    assert_eq!(connections.destroyed(), []);
    assert_eq!(pods.calls(StubOperation::Watch), 1);
    h.shutdown().await;
}

/// Contract: CON-12
#[tokio::test(start_paused = true)]
async fn a_second_start_of_an_unhealthy_connection_reconnects_and_every_active_watch_returns() {
    let Mounted {
        h,
        connections,
        pods,
        lazy,
        ..
    } = mount();
    h.connect(DEV).await;
    h.list(LAZY, ListInput::all()).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.wait_for(state(LAZY, WatchState::Synced)).await;
    connections.set_status(DEV, unhealthy());
    h.check_connection(DEV).await;
    let reconnected = h.connect(DEV).await;
    assert_eq!(reconnected.error, "");
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    h.wait_for(state(LAZY, WatchState::Synced)).times(2).await;
    for watched in [&pods, &lazy] {
        let clients: Vec<_> = watched
            .seen(StubOperation::Watch)
            .iter()
            .map(|call| call.client)
            .collect();
        assert_eq!(clients, [Some(1), Some(2)]);
    }
    assert_eq!(connections.destroyed(), [connections.created()[0].clone()]);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-12
#[tokio::test(start_paused = true)]
async fn a_lazy_watch_that_was_not_active_stays_idle_over_a_reconnection() {
    let Mounted {
        h,
        connections,
        lazy,
        ..
    } = mount();
    h.connect(DEV).await;
    connections.next(
        StubOperation::CheckConnection,
        Fault::Raw("reset by peer".into()),
    );
    h.connect(DEV).await;
    assert_eq!(
        connections.created().len(),
        2,
        "a check that fails is unhealthy as well"
    );
    sleep(HOUR).await;
    assert_eq!(lazy.calls(StubOperation::Watch), 0);
    assert_eq!(
        h.get_watch_state(DEV).await.resources[LAZY],
        WatchState::Idle
    );
    h.shutdown().await;
}

/// Contract: CON-13, CON-14
#[tokio::test(start_paused = true)]
async fn a_stop_returns_the_final_connection_and_a_second_one_is_refused() {
    let Mounted { h, .. } = mount();
    h.stop_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect(DEV).await;
    let refreshed = h.refresh_connection(DEV).await.connection.unwrap();
    assert_ne!(refreshed.last_refresh, connection(DEV).last_refresh);
    let last = h.stop_connection(DEV).await;
    assert_eq!(last, refreshed, "what happened while it ran is in it");
    assert_eq!(
        h.get_connection(DEV).await.status,
        ConnectionStatusCode::Disconnected
    );
    let error = h
        .stop_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert_eq!(error.message(), "connection \"dev\" is not started");
    h.shutdown().await;
}

/// Contract: CON-09, CON-13
#[tokio::test(start_paused = true)]
async fn a_client_that_cannot_be_destroyed_is_told_and_the_connection_is_stopped_all_the_same() {
    let Mounted { h, connections, .. } = mount();
    h.connect(DEV).await;
    connections.next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    let error = h
        .stop_connection(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(error.message(), "stuck");
    let status = h.get_connection(DEV).await;
    assert_eq!(
        (status.status, status.error.as_str()),
        (ConnectionStatusCode::Failed, "stuck")
    );
    h.list(POD, ListInput::all())
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.stop_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-16, CON-18
#[tokio::test(start_paused = true)]
async fn a_check_reports_what_the_plugin_says_and_the_list_remembers_it() {
    let Mounted { h, connections, .. } = mount();
    h.connect(DEV).await;
    assert!(h.check_connection(DEV).await.is_connected());
    connections.set_status(DEV, unhealthy());
    let expected = unhealthy().with_connection(connection(DEV));
    assert_eq!(h.check_connection(DEV).await, expected);
    assert_eq!(h.get_connection(DEV).await, expected);
    assert_eq!(h.list_connections().await[0], expected);
    let asked = connections.seen(StubOperation::CheckConnection);
    assert!(asked.iter().all(|call| call.client == Some(1)));

    connections.set_status(DEV, ConnectionStatus::connected());
    h.check_connection(DEV).await;
    assert!(h.get_connection(DEV).await.is_connected());
    h.shutdown().await;
}

/// Contract: CON-17
#[tokio::test(start_paused = true)]
async fn a_check_of_a_connection_that_is_not_started_says_so_without_asking() {
    let Mounted { h, connections, .. } = mount();
    let disconnected =
        ConnectionStatus::new(ConnectionStatusCode::Disconnected).with_connection(connection(DEV));
    assert_eq!(h.check_connection(DEV).await, disconnected);
    h.connect(DEV).await;
    h.disconnect(DEV).await;
    assert_eq!(h.check_connection(DEV).await, disconnected);
    assert_eq!(connections.calls(StubOperation::CheckConnection), 0);
    h.shutdown().await;
}

/// Contract: CON-18, CON-19
#[tokio::test(start_paused = true)]
async fn the_list_is_sorted_and_has_the_status_of_each_connection_at_the_moment() {
    let ids = ["delta", "alpha", "charlie", "bravo"];
    let connections = StubConnections::configured(ids.map(connection));
    let (pods, _) = Stub::resource(POD).build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect("bravo").await;
    connections.next(StubOperation::CreateClient, Fault::Hang);
    let failing = h
        .start_connection("delta")
        .with_timeout(2 * SECOND)
        .attempt();
    let (_, while_starting) = tokio::join!(failing, async {
        sleep(SECOND).await;
        h.list_connections().await
    });
    let told = |statuses: &[ConnectionStatus]| -> Vec<(String, String)> {
        let told = statuses.iter().map(|status| {
            let full = status.connection.as_deref().unwrap();
            assert_eq!(*full, connection(&full.id));
            (full.id.to_string(), status.status.to_string())
        });
        told.collect()
    };
    let expected = |delta: &str| {
        [
            ("alpha", "DISCONNECTED"),
            ("bravo", "CONNECTED"),
            ("charlie", "DISCONNECTED"),
            ("delta", delta),
        ]
        .map(|(id, status)| (id.to_owned(), status.to_owned()))
    };
    assert_eq!(told(&while_starting), expected("PENDING"));
    let listed = h.list_connections().await;
    assert_eq!(told(&listed), expected("TIMEOUT"));
    for status in listed {
        let id = status.connection.as_ref().unwrap().id.clone();
        assert_eq!(h.get_connection(id).await, status);
    }
    h.shutdown().await;
}

/// Contract: CON-20
#[tokio::test(start_paused = true)]
async fn no_namespaces_and_an_empty_list_of_them_are_different_answers() {
    let none = StubConnections::new([DEV]);
    let empty = StubConnections::new([DEV]).namespaces(Vec::<String>::new());
    let two = StubConnections::new([DEV]).namespaces(["b", "a"]);
    for (connections, expected) in [
        (none, None),
        (empty, Some(vec![])),
        (two, Some(vec!["b".to_owned(), "a".to_owned()])),
    ] {
        let (pods, _) = Stub::resource(POD).build();
        let config = ResourcePluginConfig::new("stub")
            .connections(connections.registration())
            .resource(pods);
        let h = Harness::mount(config);
        h.get_connection_namespaces(DEV)
            .expect_error(ErrorCode::NotConnected)
            .await;
        h.connect(DEV).await;
        assert_eq!(h.get_connection_namespaces(DEV).await, expected);
        h.shutdown().await;
    }
}
