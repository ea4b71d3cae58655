//! What the contract wants to see in the log, and what must never be in it.

mod log;

use std::{sync::Arc, time::Duration};

use omniview_plugintest::{
    Harness, state,
    stub::{
        Fault, Stub, StubClient, StubConnections, StubOperation, StubPlugin, WatchScript,
        stub_plugin,
    },
};
use omniview_sdk::{
    CallContext, Connection, ConnectionScope, DiscoveredTypes, DiscoveryProvider, ErrorCode,
    ListInput, PluginResult, ResourceOperationError, ResourcePluginConfig, Session, WatchState,
    async_trait,
};

use self::log::Log;

const POD: &str = "core::v1::Pod";

/// Contract: WAT-35
#[tokio::test(start_paused = true)]
async fn a_watch_that_returns_early_is_stopped_with_a_warning() {
    let log = Log::at("warn");
    let StubPlugin { config, pods, .. } = stub_plugin();
    pods.next_watches([WatchScript::ReturnEarly]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    let stopped = h.wait_for(state(POD, WatchState::Stopped)).await;

    let message = "the watcher returned although it was not cancelled";
    assert!(stopped.to_string().contains(message), "{stopped}");
    log.expect_one(&["WARN", message, "connection=dev", "key=core::v1::Pod"]);
    h.nothing_for(Duration::from_secs(60)).await;
    assert_eq!(pods.calls(StubOperation::Watch), 1, "nobody retries it");
    h.shutdown().await;
}

/// Contract: WAT-35
#[tokio::test(start_paused = true)]
async fn a_watch_that_returns_when_it_is_cancelled_is_not_warned_about() {
    let log = Log::at("warn");
    let h = Harness::mount(stub_plugin().config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_connection("dev").await;
    h.shutdown().await;
    assert_eq!(log.lines(), [""; 0]);
}

/// Contract: WAT-07
#[tokio::test(start_paused = true)]
async fn a_watch_that_ignores_its_cancellation_is_aborted_with_a_warning() {
    let log = Log::at("warn");
    let StubPlugin { config, pods, .. } = stub_plugin();
    pods.next_watches([WatchScript::IgnoreCancellation]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_connection_watch("dev").await;
    log.expect_one(&[
        "WARN",
        "ignored its cancellation for 5s",
        "connection=dev",
        POD,
    ]);
    h.shutdown().await;
}

/// A catalogue of types that cannot be read.
struct BrokenCatalogue;

#[async_trait]
impl DiscoveryProvider<StubClient> for BrokenCatalogue {
    async fn discover(
        &self,
        _: &CallContext,
        _: &Connection,
        _: &Arc<StubClient>,
    ) -> PluginResult<DiscoveredTypes> {
        Err("the catalogue is torn".into())
    }

    async fn on_connection_removed(&self, _: &CallContext, _: &Connection) {}
}

/// Contract: TYP-11
#[tokio::test(start_paused = true)]
async fn a_discovery_that_fails_leaves_the_static_types_with_a_warning() {
    let log = Log::at("warn");
    let h = Harness::mount(stub_plugin().config.discovery(BrokenCatalogue));
    h.connect("dev").await;
    log.expect_one(&[
        "WARN",
        "discovery failed",
        "connection=dev",
        "the catalogue is torn",
    ]);
    let types = h.resource_types("dev").await;
    assert_eq!(
        types.keys().map(|key| key.as_str()).collect::<Vec<_>>(),
        [POD]
    );
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.shutdown().await;
}

/// Contract: SCP-05
#[tokio::test(start_paused = true)]
async fn a_scope_that_cannot_be_resolved_limits_nothing_with_a_warning() {
    let log = Log::at("warn");
    let connections = StubConnections::new(["dev"]).scope(ConnectionScope::explicit(["default"]));
    connections.next(
        StubOperation::ResolveScope,
        Fault::Raw("the quota service is down".into()),
    );
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    log.expect_one(&[
        "WARN",
        "scope",
        "connection=dev",
        "the quota service is down",
    ]);
    assert_eq!(pods.last(StubOperation::Watch).context.watch_scope(), None);
    assert_eq!(h.get_watch_state("dev").await.scope, None);
    h.shutdown().await;
}

/// Contract: CON-22
#[tokio::test(start_paused = true)]
async fn an_update_whose_old_client_cannot_be_destroyed_watches_on_with_a_warning() {
    let log = Log::at("warn");
    let StubPlugin {
        config,
        connections,
        pods,
    } = stub_plugin();
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;

    connections.next(
        StubOperation::DestroyClient,
        Fault::Raw("the socket is stuck".into()),
    );
    let before = h
        .get_connection("dev")
        .await
        .connection
        .expect("a connection has its own status");
    let changed = Connection {
        description: "changed".into(),
        ..Connection::clone(&before)
    };
    let mark = h.mark();
    let status = h.update_connection(changed).await;
    log.expect_one(&["WARN", "destroyed", "connection=dev", "the socket is stuck"]);
    let said = format!("{} {}", status.error, status.details);
    assert!(said.contains("the socket is stuck"), "{status:?}");
    assert!(status.is_connected(), "{status:?}");
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;
    assert!(h.is_resource_watch_running("dev", POD).await);
    let clients: Vec<_> = pods
        .seen(StubOperation::Watch)
        .iter()
        .map(|call| call.client)
        .collect();
    assert_eq!(clients.len(), 2);
    assert_ne!(
        clients[0], clients[1],
        "the second attempt has the new client"
    );
    h.shutdown().await;
}

/// Contract: ERR-03
#[tokio::test(start_paused = true)]
async fn a_classifier_that_panics_leaves_the_error_with_a_warning() {
    let log = Log::at("warn");
    let connections = StubConnections::new(["dev"]);
    let (registration, pods) = Stub::resource(POD)
        .error_classifier(|_| panic!("which code is that"))
        .build();
    pods.next(StubOperation::List, Fault::Raw("the disk is full".into()));
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    let h = Harness::mount(config);
    h.connect("dev").await;
    let error = h
        .list(POD, ListInput::all())
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(error.message(), "the disk is full");
    log.expect_one(&["WARN", "classifier panicked", "which code is that"]);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn what_a_plugin_logs_says_in_which_call() {
    let log = Log::at("info");
    let connections = StubConnections::new(["dev"]);
    let (registration, _) = Stub::resource(POD)
        .health(|_| {
            tracing::info!("it coughs");
            omniview_sdk::ResourceHealth::default()
        })
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    let h = Harness::mount(config);
    h.connect("dev").await;
    let session = Session::for_connection("dev").with_request_id("r-17");
    h.assess_health(POD, "{}").with_session(session).await;
    log.expect_one(&[
        "it coughs",
        "plugin_call{",
        "operation=\"assess_health\"",
        "connection=\"dev\"",
        "key=\"core::v1::Pod\"",
        "request_id=\"r-17\"",
    ]);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn secrets_are_in_no_line_of_the_log() {
    const SECRET: &str = "hunter2-never-print-me";
    let log = Log::at("trace");
    let connection = |description: &str| {
        let built = Connection::builder("dev")
            .description(description)
            .sensitive("token", SECRET);
        built.build().unwrap()
    };
    let connections = StubConnections::configured([connection("first")]);
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    connections.next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    h.update_connection(connection("second")).await;
    for fault in [
        Fault::Raw("raw".into()),
        Fault::Panic("panic".into()),
        Fault::Error(ResourceOperationError::internal("structured")),
    ] {
        pods.next(StubOperation::List, fault);
        let error = h
            .list(POD, ListInput::all())
            .expect_error(ErrorCode::Internal)
            .await;
        assert!(!format!("{error:?}").contains(SECRET));
    }
    pods.break_watches(ResourceOperationError::internal("broken"));
    h.wait_for(state(POD, WatchState::Error)).await;
    h.stop_connection("dev").await;
    h.shutdown().await;

    let lines = log.lines();
    for logged in ["stuck", "panic"] {
        let found = lines.iter().any(|line| line.contains(logged));
        assert!(found, "{logged:?} was logged: {lines:#?}");
    }
    let leaks: Vec<&String> = lines.iter().filter(|line| line.contains(SECRET)).collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}
