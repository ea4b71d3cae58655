//! Which connections there are: what the configuration says, and what changes outside.

use std::time::Duration;

use futures_util::{FutureExt, StreamExt, future::join_all};
use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    boundary::{Facet, METHODS, POD},
    equipped::{connection, equipped},
    surveyor::Surveyor,
};

/// Long enough for tasks that have nothing to wait for.
const A_MOMENT: Duration = Duration::from_millis(1);

struct Mounted {
    h: Harness,
    connections: StubConnections,
    pods: StubControl,
    surveyor: Surveyor,
}

fn mount(connections: StubConnections) -> Mounted {
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let surveyor = Surveyor::default();
    let config: ResourcePluginConfig<StubClient> = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration)
        .discovery(surveyor.clone());
    Mounted {
        h: Harness::mount(config),
        connections,
        pods,
        surveyor,
    }
}

fn ids(statuses: &[ConnectionStatus]) -> Vec<&str> {
    let connections = statuses
        .iter()
        .map(|status| status.connection.as_ref().unwrap());
    connections
        .map(|connection| connection.id.as_str())
        .collect()
}

/// Contract: CON-03
#[tokio::test(start_paused = true)]
async fn building_loads_nothing_and_neither_does_a_call_that_is_not_about_connections() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    sleep(Duration::from_secs(3600)).await;
    h.resource_type(POD).await;
    h.get(POD, "web")
        .expect_error(ErrorCode::NotConnected)
        .await;
    // Whether there is such a connection is not known yet.
    h.get(POD, "web")
        .on("nowhere")
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert_eq!(plugin.connections.calls(StubOperation::LoadConnections), 0);
    h.load_connections().await;
    h.get(POD, "web")
        .on("nowhere")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
}

/// Contract: CON-03
#[tokio::test(start_paused = true)]
async fn the_first_call_of_every_connection_method_loads() {
    for method in METHODS {
        if method.facet != Facet::Connections {
            continue;
        }
        let plugin = equipped();
        let h = Harness::mount(plugin.config());
        // Most fail, for want of a started connection; what counts is that they know it.
        let told = method.call(&**h.provider(), &CallContext::new()).await;
        let loads = plugin.connections.calls(StubOperation::LoadConnections);
        assert_eq!(loads, 1, "{} answered {told:?}", method.name);
        h.shutdown().await;
    }
}

/// Contract: CON-03
#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_load_once_and_an_explicit_load_loads_again() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]));
    let slow = Fault::Delay(Duration::from_secs(1));
    connections.next(StubOperation::LoadConnections, slow);
    join_all((0..8).map(|_| h.list_connections().into_future())).await;
    assert_eq!(connections.calls(StubOperation::LoadConnections), 1);
    h.get_connection("dev").await;
    assert_eq!(connections.calls(StubOperation::LoadConnections), 1);
    h.load_connections().await;
    assert_eq!(connections.calls(StubOperation::LoadConnections), 2);
    h.shutdown().await;
}

/// Contract: CON-01
#[tokio::test(start_paused = true)]
async fn every_configured_connection_is_loaded_with_all_that_belongs_to_it() {
    let configured = [connection("prod"), connection("dev")];
    let Mounted { h, .. } = mount(StubConnections::configured(configured.clone()));
    let loaded = h.load_connections().await;
    let [prod, dev] = configured;
    assert_eq!(*loaded[0], dev);
    assert_eq!(*loaded[1], prod);
    assert_eq!(loaded.len(), 2);
    assert_eq!(loaded[0].sensitive.text("token"), Some("token-of-dev"));
    h.shutdown().await;
}

/// Contract: CON-01
#[tokio::test(start_paused = true)]
async fn two_connections_with_one_id_are_refused_and_the_known_ones_stay() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev", "prod"]));
    h.connect("dev").await;
    connections.change(|configured| *configured = vec![connection("dev"), connection("dev")]);
    let error = h
        .load_connections()
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(error.message(), "two connections have the id \"dev\"");
    let listed = h.list_connections().await;
    assert_eq!(ids(&listed), ["dev", "prod"]);
    assert!(listed[0].is_connected());
    assert_eq!(connections.created().len(), 1);
    assert_eq!(connections.destroyed().len(), 0);
    h.shutdown().await;
}

/// Contract: CON-02
#[tokio::test(start_paused = true)]
async fn the_providers_error_is_what_a_failing_load_answers() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]));
    let away = ResourceOperationError::new(ErrorCode::Unavailable, "the file is locked");
    connections.next_times(StubOperation::LoadConnections, 2, Fault::Error(away));
    let first = h
        .list_connections()
        .expect_error(ErrorCode::Unavailable)
        .await;
    assert_eq!(first.message(), "the file is locked");
    let second = h
        .load_connections()
        .expect_error(ErrorCode::Unavailable)
        .await;
    assert_eq!(second.message(), "the file is locked");
    // A load that failed was none: the next call tries again.
    assert_eq!(ids(&h.list_connections().await), ["dev"]);
    h.shutdown().await;
}

/// Contract: CON-02
#[tokio::test(start_paused = true)]
async fn a_reload_that_fails_leaves_what_is_known_as_it_was() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]));
    h.connect("dev").await;
    let raw = Fault::Raw("no such file".into());
    connections.next(StubOperation::LoadConnections, raw);
    let error = h.load_connections().expect_error(ErrorCode::Internal).await;
    assert_eq!(error.message(), "no such file");
    let listed = h.list_connections().await;
    assert!(listed[0].is_connected(), "{listed:?}");
    assert_eq!(connections.destroyed().len(), 0);
    h.shutdown().await;
}

/// Contract: CON-03, CON-09, TYP-13
#[tokio::test(start_paused = true)]
async fn a_connection_that_vanishes_from_the_configuration_is_torn_down() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount(StubConnections::new(["dev", "idle", "prod"]));
    h.connect("dev").await;
    h.connect("prod").await;
    h.wait_for(state(POD, WatchState::Synced).on("dev")).await;
    connections.change(|configured| configured.retain(|known| known.id == "prod"));
    let left = h.load_connections().await;
    assert_eq!(left.len(), 1);
    assert_eq!(ids(&h.list_connections().await), ["prod"]);
    assert_eq!(connections.destroyed(), [connections.created()[0].clone()]);
    let last = h.recording().on("dev").last().unwrap().state();
    assert_eq!(last, Some(WatchState::Stopped));
    assert_eq!(surveyor.removed_ids(), ["dev", "idle"]);
    h.get(POD, "x")
        .on("dev")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert!(h.check_connection("prod").await.is_connected());
    h.shutdown().await;
    assert_eq!(
        surveyor.removed_ids(),
        ["dev", "idle"],
        "closing removes nothing"
    );
}

/// Contract: CON-03, CON-10
#[tokio::test(start_paused = true)]
async fn a_reload_restarts_a_running_connection_on_its_changed_specification_and_no_other() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount(StubConnections::new(["dev", "idle", "prod"]));
    h.connect("dev").await;
    h.connect("prod").await;
    connections.put(connection("dev")).put(connection("idle"));
    h.load_connections().await;
    let created = connections.created();
    let of: Vec<&str> = created
        .iter()
        .map(|made| made.connection.as_str())
        .collect();
    assert_eq!(of, ["dev", "prod", "dev"]);
    assert_eq!(connections.destroyed(), [created[0].clone()]);
    assert_eq!(
        *connections.seen(StubOperation::CreateClient)[2]
            .context
            .connection()
            .unwrap(),
        connection("dev")
    );
    h.wait_for(state(POD, WatchState::Synced).on("dev"))
        .times(2)
        .await;
    assert_eq!(
        pods.seen(StubOperation::Watch).last().unwrap().client,
        Some(3)
    );
    let idle = h.get_connection("idle").await;
    assert_eq!(*idle.connection.unwrap(), connection("idle"));
    assert_eq!(idle.status, ConnectionStatusCode::Disconnected);
    h.shutdown().await;
}

/// Contract: CON-26, CON-28, CFG-17
#[tokio::test(start_paused = true)]
async fn what_changes_outside_is_taken_over_and_told() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount(StubConnections::new(["dev"]).watchable());
    h.connect("dev").await;
    let mut updates = h.watch_connections().await;
    sleep(A_MOMENT).await;
    assert!(updates.next().now_or_never().is_none(), "nothing changed");

    connections.put(connection("new"));
    assert_eq!(ids(&updates.next().await.unwrap()), ["dev", "new"]);
    assert_eq!(ids(&h.list_connections().await), ["dev", "new"]);
    h.connect("new").await;

    connections.put(connection("dev"));
    updates.next().await.unwrap();
    sleep(A_MOMENT).await;
    let changed = h.get_connection("dev").await;
    assert!(changed.is_connected());
    assert_eq!(*changed.connection.unwrap(), connection("dev"));
    let created = connections.created();
    assert_eq!(created.len(), 3);
    assert_eq!(connections.destroyed(), [created[0].clone()]);

    connections.remove("new");
    sleep(A_MOMENT).await;
    let mut last = Vec::new();
    while let Some(Some(update)) = updates.next().now_or_never() {
        last = update;
    }
    assert_eq!(ids(&last), ["dev"]);
    assert_eq!(ids(&h.list_connections().await), ["dev"]);
    assert_eq!(connections.destroyed().len(), 2);
    assert_eq!(surveyor.removed_ids(), ["new"]);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-01, CON-28
#[tokio::test(start_paused = true)]
async fn a_change_from_outside_that_names_an_id_twice_changes_nothing() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]).watchable());
    h.connect("dev").await;
    sleep(A_MOMENT).await;
    connections.change(|configured| *configured = vec![connection("x"), connection("x")]);
    sleep(A_MOMENT).await;
    assert_eq!(ids(&h.list_connections().await), ["dev"]);
    assert!(h.check_connection("dev").await.is_connected());
    connections.change(|configured| *configured = vec![connection("y")]);
    sleep(A_MOMENT).await;
    assert_eq!(ids(&h.list_connections().await), ["y"]);
    h.shutdown().await;
}

/// Contract: CON-26
#[tokio::test(start_paused = true)]
async fn the_stream_of_connections_outlives_an_error_and_the_end_of_the_authors() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]).watchable());
    let taken_back = CancellationToken::new();
    let mut updates = h
        .watch_connections()
        .with_cancellation(taken_back.clone())
        .await;
    sleep(A_MOMENT).await;
    connections.fail_watchers("a hiccup");
    connections.put(connection("new"));
    assert_eq!(ids(&updates.next().await.unwrap()), ["dev", "new"]);
    connections.end_watchers();
    sleep(Duration::from_secs(3600)).await;
    assert!(updates.next().now_or_never().is_none(), "it is still open");
    taken_back.cancel();
    assert_eq!(updates.next().await, None);
    h.shutdown().await;
}

/// Contract: CON-26, CON-27
#[tokio::test(start_paused = true)]
async fn without_a_watcher_the_stream_of_connections_is_silent_until_it_is_cancelled() {
    let Mounted { h, connections, .. } = mount(StubConnections::new(["dev"]));
    let taken_back = CancellationToken::new();
    let mut updates = h
        .watch_connections()
        .with_cancellation(taken_back.clone())
        .await;
    connections.put(connection("new"));
    h.connect("dev").await;
    sleep(Duration::from_secs(3600)).await;
    assert!(updates.next().now_or_never().is_none());
    taken_back.cancel();
    assert_eq!(updates.next().await, None);
    let mut others = h.watch_connections().await;
    h.close().await;
    assert_eq!(others.next().await, None, "closing ends it as well");
    h.shutdown().await;
}
