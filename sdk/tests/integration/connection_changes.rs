//! Update, deletion and refresh of a connection, and the schemas of its client.

use std::time::Duration;

use futures_util::future::join_all;
use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use tokio::time::sleep;

use crate::{
    boundary::{DEV, POD, renamed},
    equipped::{PROD, connection},
    logbook::Logbook,
    surveyor::Surveyor,
};

const HOUR: Duration = Duration::from_secs(3600);

struct Mounted {
    h: Harness,
    connections: StubConnections,
    pods: StubControl,
    surveyor: Surveyor,
}

fn mount(configure: impl FnOnce(StubConnections) -> StubConnections) -> Mounted {
    let connections = configure(StubConnections::configured([
        connection(DEV),
        connection(PROD),
    ]));
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let surveyor = Surveyor::default();
    let config = ResourcePluginConfig::new("stub")
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

fn as_it_is(stub: StubConnections) -> StubConnections {
    stub
}

fn schema() -> EditorSchema {
    EditorSchema {
        resource_key: POD.into(),
        uri: "schema://pod".into(),
        language: "yaml".into(),
        ..EditorSchema::default()
    }
}

/// Contract: CON-21
#[tokio::test(start_paused = true)]
async fn an_update_changes_the_configuration_of_a_stopped_connection_and_starts_nothing() {
    let Mounted { h, connections, .. } = mount(as_it_is);
    h.load_connections().await;
    let told = h.update_connection(renamed(DEV)).await;
    assert_eq!(told.status, ConnectionStatusCode::Disconnected);
    assert_eq!(told.connection.as_ref().unwrap().name, "renamed");
    assert_eq!(h.get_connection(DEV).await, told);
    assert_eq!(connections.created(), []);
    h.connect(DEV).await;
    let made = connections.seen(StubOperation::CreateClient).pop().unwrap();
    assert_eq!(made.context.connection().unwrap().name, "renamed");
    h.shutdown().await;
}

/// Contract: CON-21, CON-22, CON-10
#[tokio::test(start_paused = true)]
async fn an_update_of_an_active_connection_swaps_the_client_and_restarts_its_watches() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount(as_it_is);
    h.connect(DEV).await;
    h.connect(PROD).await;
    h.wait_for(state(POD, WatchState::Synced).on(DEV)).await;
    h.wait_for(state(POD, WatchState::Synced).on(PROD)).await;
    let told = h.update_connection(renamed(DEV)).await;
    assert!(told.is_connected());
    assert_eq!(told.details, "");
    assert_eq!(told.connection.as_ref().unwrap().name, "renamed");
    h.wait_for(state(POD, WatchState::Synced).on(DEV))
        .times(2)
        .await;
    h.recording().on(DEV).states().assert_states(&[
        WatchState::Syncing,
        WatchState::Synced,
        WatchState::Stopped,
        WatchState::Syncing,
        WatchState::Synced,
    ]);
    let watch = pods.last(StubOperation::Watch);
    assert_eq!(watch.client, Some(3));
    assert_eq!(watch.context.connection().unwrap().name, "renamed");
    assert_eq!(
        h.recording().on(PROD).states().len(),
        2,
        "the other one is left alone"
    );
    assert_eq!(connections.destroyed(), [connections.created()[0].clone()]);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-22
#[tokio::test(start_paused = true)]
async fn an_old_client_that_cannot_be_destroyed_is_logged_and_told_and_the_watches_run() {
    let log = Logbook::open();
    let Mounted { h, connections, .. } = mount(as_it_is);
    h.connect(DEV).await;
    connections.next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    let told = h.update_connection(renamed(DEV)).await;
    assert!(told.is_connected());
    assert_eq!(told.details, "the old client could not be destroyed: stuck");
    assert_eq!(h.get_connection(DEV).await, told);
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    let warnings = log.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(
        warnings[0].contains("stuck") && warnings[0].contains("connection=dev"),
        "{warnings:?}"
    );
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-22, CON-08
#[tokio::test(start_paused = true)]
async fn an_update_whose_new_client_cannot_be_made_leaves_the_connection_stopped_on_it() {
    let Mounted { h, connections, .. } = mount(as_it_is);
    h.connect(DEV).await;
    connections.next(
        StubOperation::CreateClient,
        Fault::Raw("no such host".into()),
    );
    let error = h
        .update_connection(renamed(DEV))
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(error.message(), "no such host");
    let left = h.get_connection(DEV).await;
    assert_eq!(left.status, ConnectionStatusCode::Failed);
    assert_eq!(left.connection.as_ref().unwrap().name, "renamed");
    assert_eq!(connections.live(), []);
    assert!(!h.has_watch(DEV).await);
    h.connect(DEV).await;
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-23, CON-24
#[tokio::test(start_paused = true)]
async fn an_update_that_changes_nothing_says_so_and_makes_no_client() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount(as_it_is);
    h.connect(DEV).await;
    let same = [
        connection(DEV),
        Connection {
            last_refresh: Timestamp::now(),
            ..connection(DEV)
        },
        Connection {
            uid: "another".into(),
            ..connection(DEV)
        },
    ];
    for update in same {
        let error = h.update_connection(update).attempt().await.unwrap_err();
        assert!(error.is_connection_unchanged(), "{error}");
        assert_eq!(*error.code(), "CONNECTION_UNCHANGED");
    }
    assert_eq!(connections.created().len(), 1);
    assert_eq!(pods.calls(StubOperation::Watch), 1);
    h.disconnect(DEV).await;
    let stopped = h.update_connection(connection(DEV)).attempt().await;
    assert!(stopped.unwrap_err().is_connection_unchanged());
    h.shutdown().await;
}

/// Contract: CON-24
#[tokio::test(start_paused = true)]
async fn an_absent_map_an_empty_one_and_a_client_handle_make_no_difference() {
    let read = |json: &str| -> Connection { serde_json::from_str(json).unwrap() };
    let absent = read(r#"{"id":"dev","name":"dev"}"#);
    let connections = StubConnections::configured([absent]);
    let (pods, _) = Stub::resource(POD).build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.load_connections().await;
    for json in [
        r#"{"id":"dev","name":"dev","data":{},"labels":{}}"#,
        r#"{"id":"dev","name":"dev","data":null,"labels":null}"#,
        r#"{"id":"dev","name":"dev","Client":{"handle":7}}"#,
    ] {
        let error = h.update_connection(read(json)).attempt().await.unwrap_err();
        assert!(error.is_connection_unchanged(), "{json} gave {error}");
    }
    h.update_connection(read(r#"{"id":"dev","name":"dev","data":{"a":1}}"#))
        .await;
    h.shutdown().await;
}

/// Contract: CON-25, CON-09
#[tokio::test(start_paused = true)]
async fn a_deletion_stops_the_connection_first_and_then_it_is_unknown() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount(as_it_is);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.delete_connection(DEV).await;
    assert_eq!(connections.destroyed(), connections.created());
    assert_eq!(
        h.recording().on(DEV).last().unwrap().state(),
        Some(WatchState::Stopped)
    );
    h.get_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    h.get_watch_state(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    h.list(POD, ListInput::all())
        .on(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    h.start_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(h.list_connections().await.len(), 1);
    h.delete_connection(PROD).await;
    assert_eq!(surveyor.removed_ids(), [DEV, PROD]);
    assert_eq!(h.list_connections().await, []);
    h.shutdown().await;
}

/// Contract: CON-25
#[tokio::test(start_paused = true)]
async fn a_deletion_is_completed_before_the_failure_to_destroy_the_client_surfaces() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount(as_it_is);
    h.connect(DEV).await;
    connections.next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    let error = h
        .delete_connection(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(error.message(), "stuck");
    assert_eq!(error.connection().unwrap(), DEV);
    assert_eq!(surveyor.removed_ids(), [DEV]);
    assert_eq!(
        h.recording().on(DEV).last().unwrap().state(),
        Some(WatchState::Stopped)
    );
    h.get_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    h.delete_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-25, CON-09
#[tokio::test(start_paused = true)]
async fn a_deletion_aborts_a_start_that_hangs() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount(as_it_is);
    connections.next(StubOperation::CreateClient, Fault::Hang);
    let (started, ()) = tokio::join!(h.start_connection(DEV).attempt(), async {
        sleep(Duration::from_secs(1)).await;
        h.delete_connection(DEV).await;
    });
    assert_eq!(*started.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(connections.created(), []);
    assert_eq!(surveyor.removed_ids(), [DEV]);
    h.shutdown().await;
}

/// Contract: CON-29
#[tokio::test(start_paused = true)]
async fn a_refresh_renews_the_very_client_and_its_watches_go_on() {
    let Mounted {
        h,
        connections,
        pods,
        ..
    } = mount(StubConnections::refreshable);
    h.refresh_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let before = Timestamp::now();
    let status = h.refresh_connection(DEV).await;
    assert!(status.is_connected());
    assert!(status.connection.as_ref().unwrap().last_refresh >= before);
    assert_eq!(h.get_connection(DEV).await, status);
    let asked = connections.seen(StubOperation::RefreshClient);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].client, Some(1));
    sleep(HOUR).await;
    h.list(POD, ListInput::all()).await;
    assert_eq!(pods.last(StubOperation::List).client, Some(1));
    assert_eq!(pods.calls(StubOperation::Watch), 1);
    assert_eq!(h.recording().states().len(), 2);
    assert_eq!(
        (connections.created().len(), connections.destroyed().len()),
        (1, 0)
    );

    connections.next(StubOperation::RefreshClient, Fault::Raw("refused".into()));
    let error = h
        .refresh_connection(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(error.message(), "refused");
    assert_eq!(
        h.get_connection(DEV).await,
        status,
        "the client stays as it was"
    );
    assert!(h.is_resource_watch_running(DEV, POD).await);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-29
#[tokio::test(start_paused = true)]
async fn without_a_refresher_a_refresh_is_not_supported() {
    let Mounted { h, .. } = mount(as_it_is);
    h.connect(DEV).await;
    let error = h
        .refresh_connection(DEV)
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert_eq!(
        error.suggestions(),
        ["stop and start the connection instead"]
    );
    h.shutdown().await;
}

/// Contract: CON-30, SCH-01, CFG-15
#[tokio::test(start_paused = true)]
async fn editor_schemas_are_fetched_once_a_client() {
    let Mounted { h, connections, .. } = mount(|stub| stub.refreshable().schemas([schema()]));
    let fetches = || connections.calls(StubOperation::EditorSchemas);
    h.editor_schemas(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect(DEV).await;
    connections.next(
        StubOperation::EditorSchemas,
        Fault::Delay(Duration::from_secs(1)),
    );
    let all = join_all((0..4).map(|_| h.editor_schemas(DEV).into_future())).await;
    assert!(all.iter().all(|schemas| *schemas == [schema()]));
    assert_eq!(fetches(), 1);
    h.refresh_connection(DEV).await;
    h.editor_schemas(DEV).await;
    assert_eq!(fetches(), 1, "a refreshed client is the same");
    h.update_connection(renamed(DEV)).await;
    h.editor_schemas(DEV).await;
    h.editor_schemas(DEV).await;
    assert_eq!(fetches(), 2, "a new client fetches again");
    h.disconnect(DEV).await;
    h.connect(DEV).await;
    h.editor_schemas(DEV).await;
    h.connect(PROD).await;
    h.editor_schemas(PROD).await;
    assert_eq!(fetches(), 4);
    h.shutdown().await;
}

/// Contract: CON-30
#[tokio::test(start_paused = true)]
async fn a_failing_fetch_of_editor_schemas_is_none() {
    let Mounted { h, connections, .. } = mount(|stub| stub.schemas([schema()]));
    h.connect(DEV).await;
    connections.next(StubOperation::EditorSchemas, Fault::Raw("no".into()));
    h.editor_schemas(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(h.editor_schemas(DEV).await, [schema()]);
    h.shutdown().await;
}

/// Contract: SCH-01
#[tokio::test(start_paused = true)]
async fn without_a_schema_provider_there_are_no_editor_schemas() {
    let Mounted { h, .. } = mount(as_it_is);
    h.connect(DEV).await;
    assert_eq!(h.editor_schemas(DEV).await, []);
    h.shutdown().await;
}
