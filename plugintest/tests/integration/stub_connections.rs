//! Stubbed connections do what the test says.

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness,
    stub::{Fault, Stub, StubConnections, StubOperation},
};
use omniview_sdk::{
    Connection, ConnectionStatus, ConnectionStatusCode, ErrorCode, ResourceOperationError,
    ResourcePluginConfig,
};

use crate::support::{POD, sync_failure};

fn mounted(connections: &StubConnections) -> Harness {
    let (pods, _) = Stub::resource(POD).build();
    Harness::mount(
        ResourcePluginConfig::new("stub")
            .connections(connections.registration())
            .resource(pods),
    )
}

#[tokio::test(start_paused = true)]
async fn clients_are_numbered_and_their_ends_counted() {
    let connections = StubConnections::new(["dev", "prod"]);
    let h = mounted(&connections);
    h.connect("dev").await;
    h.connect("prod").await;
    h.disconnect("dev").await;
    h.connect("dev").await;
    let created: Vec<(u64, String)> = connections
        .created()
        .into_iter()
        .map(|client| (client.id, client.connection.to_string()))
        .collect();
    assert_eq!(
        created,
        [(1, "dev".into()), (2, "prod".into()), (3, "dev".into())]
    );
    assert_eq!(connections.destroyed()[0].id, 1);
    assert_eq!(connections.live().len(), 2);
    let text = sync_failure(|| connections.assert_each_destroyed_once());
    insta::assert_snapshot!(text, @r#"
    each client must be destroyed exactly once
      created: #1 of "dev", #2 of "prod", #3 of "dev"
      destroyed: #1 of "dev"
    "#);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

#[tokio::test(start_paused = true)]
async fn a_creation_fails_or_hangs_as_planned() {
    let connections = StubConnections::new(["dev"]);
    let refused = ResourceOperationError::new(ErrorCode::Unauthorized, "bad token");
    connections
        .next(StubOperation::CreateClient, Fault::Error(refused))
        .next(StubOperation::CreateClient, Fault::Hang);
    let h = mounted(&connections);
    h.connect("dev").expect_error(ErrorCode::Unauthorized).await;
    h.connect("dev").expect_error(ErrorCode::Timeout).await;
    h.connect("dev").await;
    assert_eq!(connections.created().len(), 1);
    assert_eq!(connections.calls(StubOperation::CreateClient), 3);
    let context = &connections.seen(StubOperation::CreateClient)[0].context;
    assert_eq!(context.connection().unwrap().id, "dev");
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn changes_from_outside_are_told_to_whoever_watches() {
    let connections = StubConnections::new(["dev"]).watchable();
    let h = mounted(&connections);
    h.list_connections().await;
    let mut changes = h.watch_connections().await;
    connections.fail_watchers("a hiccup");
    connections.put(Connection {
        id: "new".into(),
        ..Connection::default()
    });
    assert_eq!(changes.next().await.unwrap().len(), 2);
    connections.remove("dev");
    assert_eq!(changes.next().await.unwrap().len(), 1);
    connections.end_watchers();
    h.get_connection("dev")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.connect("new").await;
    drop(changes);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_optional_trait_that_is_not_picked_is_not_there() {
    let connections = StubConnections::new(["dev"]);
    let h = mounted(&connections);
    h.connect("dev").await;
    h.refresh_connection("dev")
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert_eq!(h.editor_schemas("dev").await, []);
    assert_eq!(h.get_connection_namespaces("dev").await, None);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_connection_can_be_set() {
    let connections = StubConnections::new(["dev"]);
    let h = mounted(&connections);
    h.connect("dev").await;
    let status = ConnectionStatus::new(ConnectionStatusCode::Timeout).with_error("slow");
    connections.set_status("dev", status);
    let status = h.check_connection("dev").await;
    assert_eq!(
        (status.status, status.error.as_str()),
        (ConnectionStatusCode::Timeout, "slow")
    );
    h.shutdown().await;
}
