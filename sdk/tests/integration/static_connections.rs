//! Connections that are known when the plugin is configured.

use omniview_plugintest::{
    Harness,
    stub::{Stub, StubClient},
};
use omniview_sdk::*;

use crate::boundary::POD;

fn client(id: u64) -> StubClient {
    StubClient {
        id,
        connection: ConnectionId::default(),
    }
}

fn mount(connections: StaticConnections<StubClient>) -> Harness {
    let (pods, _) = Stub::resource(POD).build();
    let config = ResourcePluginConfig::new("static");
    Harness::mount(
        config
            .connections(connections.registration())
            .resource(pods),
    )
}

/// A check that shows which client it was given.
fn shown(connections: StaticConnections<StubClient>) -> StaticConnections<StubClient> {
    connections.check(|client| async move {
        let details = format!("client {} of {:?}", client.id, client.connection.as_str());
        Ok(ConnectionStatus::connected().with_details(details))
    })
}

/// Contract: CON-01, CON-06, CON-16
#[tokio::test(start_paused = true)]
async fn each_connection_has_its_own_client_at_every_start() {
    let connections = StaticConnections::new()
        .client("home", client(1))
        .client(Connection::builder("office").name("The office"), client(2));
    let h = mount(shown(connections));
    let loaded = h.load_connections().await;
    let names: Vec<&str> = loaded.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["home", "The office"]);
    for _ in 0..2 {
        for (id, details) in [("home", "client 1 of \"\""), ("office", "client 2 of \"\"")] {
            h.connect(id).await;
            assert_eq!(h.check_connection(id).await.details, details);
            h.disconnect(id).await;
        }
    }
    h.shutdown().await;
}

/// Contract: CON-06, CON-08, CON-21
#[tokio::test(start_paused = true)]
async fn a_client_is_made_for_the_connection_as_it_is_configured_by_then() {
    let connections = StaticConnections::new().connect("home", |ctx| async move {
        let connection = ctx.connection().ok_or("the session names no connection")?;
        let number = connection.data.get("number").ok_or("no number is set")?;
        Ok(StubClient {
            id: number.as_u64().ok_or("the number is none")?,
            connection: connection.id.clone(),
        })
    });
    let h = mount(shown(connections));
    let refused = h.connect("home").attempt().await.unwrap_err();
    assert!(
        refused.to_string().contains("no number is set"),
        "{refused}"
    );
    let configured = Connection::builder("home").data("number", 7);
    h.update_connection(configured.build().unwrap()).await;
    h.connect("home").await;
    let status = h.check_connection("home").await;
    assert_eq!(status.details, "client 7 of \"home\"");
    h.shutdown().await;
}

/// Contract: CON-20
#[tokio::test(start_paused = true)]
async fn what_is_not_said_of_clients_is_what_one_in_memory_would_say() {
    let plain = || StaticConnections::new().client("home", client(1));
    let h = mount(plain());
    h.connect("home").await;
    assert!(h.check_connection("home").await.is_connected());
    assert_eq!(h.get_connection_namespaces("home").await, None);
    h.shutdown().await;

    let h = mount(plain().namespaces(|_| async { Ok(Vec::new()) }));
    h.connect("home").await;
    assert_eq!(h.get_connection_namespaces("home").await, Some(Vec::new()));
    h.shutdown().await;
}

/// Contract: CON-01, CON-02
#[tokio::test(start_paused = true)]
async fn connections_that_cannot_be_are_refused_when_they_are_loaded() {
    for (connections, said) in [
        (
            StaticConnections::new().client("", client(1)),
            "a connection needs an id",
        ),
        (
            StaticConnections::new()
                .client("home", client(1))
                .client("home", client(2)),
            "home",
        ),
    ] {
        let h = mount(connections);
        let refused = h.load_connections().attempt().await.unwrap_err();
        assert!(refused.to_string().contains(said), "{refused}");
        h.shutdown().await;
    }
}
