//! What a session is, which connection it selects, and what the plugin finds in it.

use std::{collections::BTreeSet, sync::Arc};

use omniview_plugintest::{
    Harness, state,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use serde_json::json;

use crate::{
    boundary::{DEV, POD},
    equipped::{Equipped, PROD, Side, connection, equipped, on_dev, plugin_calls},
};

/// A plugin over these connections, with an object that tells on which connection it is.
fn plugin(ids: &[&str]) -> (ResourcePluginConfig<StubClient>, StubControl) {
    let (pods, control) = Stub::resource(POD).build();
    for id in ids {
        control.on(*id).insert(json!({"id": "web", "of": id}));
    }
    let connections = StubConnections::new(ids.iter().copied());
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(pods);
    (config, control)
}

/// Contract: SES-01, SES-02, SES-03
#[test]
fn a_session_travels_in_a_context_and_what_is_missing_is_none() {
    let empty = CallContext::new();
    assert!(session_from_context(&empty).is_none());
    assert!(connection_from_context(&empty).is_none());

    let bare = with_session(&empty, Session::new().with_request_id("r1"));
    assert_eq!(session_from_context(&bare).unwrap().request_id, "r1");
    assert!(connection_from_context(&bare).is_none());

    let session = Session::new().with_connection(Arc::new(connection(DEV)));
    let full = with_session(&bare, session);
    assert_eq!(connection_from_context(&full), Some(&connection(DEV)));
    assert!(
        session_from_context(&empty).is_none(),
        "a context is not changed"
    );
}

/// Contract: SES-08
#[test]
fn a_watch_scope_travels_in_a_context_and_none_is_none() {
    let empty = CallContext::new();
    assert!(watch_scope_from_context(&empty).is_none());
    let scope = WatchScope::new(["a", "b"]);
    let scoped = with_watch_scope(&empty, scope.clone());
    assert_eq!(watch_scope_from_context(&scoped), Some(&scope));
}

/// Contract: SES-01, SES-02, SES-03, SES-08
#[tokio::test(start_paused = true)]
async fn the_helpers_read_the_context_of_plugin_code_as_well() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    h.get(POD, "web").await;
    let call = plugin.pods.last(StubOperation::Get);
    let ctx: Context<StubClient> = Context::new(
        call.context,
        Arc::new(plugin.connections.created()[0].clone()),
        Arc::new(call.meta.unwrap()),
    );
    assert!(session_from_context(&ctx).is_some());
    assert_eq!(connection_from_context(&ctx), Some(&connection(DEV)));
    assert!(watch_scope_from_context(&ctx).is_none());
    h.shutdown().await;
}

/// Contract: SES-04, SES-06, TYP-14
#[tokio::test(start_paused = true)]
async fn the_calls_that_the_sdk_makes_by_itself_have_a_session_of_their_own() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    let asking = Session::for_connection(DEV).with_request_id("asked");
    h.connect(DEV).with_session(asking).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.delete_connection(DEV).await;
    h.shutdown().await;

    let Equipped {
        connections,
        pods,
        surveyor,
        ..
    } = &plugin;
    let seen = |operation| connections.seen(operation).pop().unwrap().context;
    let question = surveyor.asked().pop().unwrap();
    assert_eq!(question.connection, connection(DEV));
    assert_eq!(question.client, 1);
    let removal = surveyor.removed().pop().unwrap();
    assert_eq!(removal.connection, connection(DEV));
    let contexts = [
        pods.last(StubOperation::Watch).context,
        seen(StubOperation::ResolveScope),
        seen(StubOperation::DestroyClient),
        question.context,
        removal.context,
    ];
    let mut requests = BTreeSet::new();
    for ctx in &contexts {
        assert_eq!(ctx.connection(), Some(&connection(DEV)), "{ctx:?}");
        let session = ctx.session().unwrap();
        assert!(session.plugin_config().is_some());
        assert!(session.global_config().is_some());
        assert_ne!(session.request_id, "asked");
        assert!(!session.request_id.is_empty());
        requests.insert(session.request_id.clone());
    }
    assert_eq!(requests.len(), contexts.len(), "each has an id of its own");
    let outside = seen(StubOperation::WatchConnections);
    assert!(
        outside
            .session()
            .is_some_and(|session| session.connection().is_none())
    );
}

/// Contract: SES-05
#[tokio::test(start_paused = true)]
async fn a_request_without_an_id_is_given_one_and_the_callers_settings_win() {
    let plugin = equipped();
    let h = Harness::mount(
        plugin
            .config()
            .global_config([("theme", "dark")].into_iter().collect()),
    );
    h.connect(DEV).await;
    h.get(POD, "web").on(DEV).await;
    h.get(POD, "web").on(DEV).await;
    let seen = plugin.pods.seen(StubOperation::Get);
    let id = |call: usize| seen[call].context.session().unwrap().request_id.clone();
    assert!(!id(0).is_empty());
    assert_ne!(id(0), id(1));

    let own = Settings::new();
    own.register_setting(Setting::new("depth", 9)).unwrap();
    let session = Session::for_connection(DEV)
        .with_plugin_config(Arc::new(own))
        .with_global_config([("theme", "light")].into_iter().collect());
    h.get(POD, "web").with_session(session).await;
    let call = plugin.pods.last(StubOperation::Get);
    let session = call.context.session().unwrap();
    assert_eq!(session.plugin_config().unwrap().int("depth"), Ok(9));
    let theme = session.global_config().unwrap().get("theme").unwrap();
    assert_eq!(theme, "light");
    h.shutdown().await;
}

/// Contract: SES-06
#[tokio::test(start_paused = true)]
async fn the_plugin_finds_the_known_connection_and_not_what_the_caller_made_up() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    let forged = Connection::builder(DEV)
        .data("host", "evil")
        .build()
        .unwrap();
    let session = Session::new().with_connection(Arc::new(forged));
    h.get(POD, "web").with_session(session).await;
    let seen = plugin.pods.last(StubOperation::Get);
    assert_eq!(seen.context.connection(), Some(&connection(DEV)));
    h.shutdown().await;
}

/// Contract: SES-07
#[tokio::test(start_paused = true)]
async fn the_session_selects_the_connection_of_a_call_that_has_only_a_key() {
    let (config, pods) = plugin(&["dev", "prod", "idle"]);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h.connect("prod").await;
    for id in ["dev", "prod"] {
        let got = h.get(POD, "web").on(id).await;
        assert_eq!(got.result.to_value().unwrap()["of"], id);
    }
    let clients: Vec<_> = pods
        .seen(StubOperation::Get)
        .iter()
        .map(|call| call.client)
        .collect();
    assert_eq!(clients, [Some(1), Some(2)]);
    h.get(POD, "web")
        .on("idle")
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.get(POD, "web")
        .on("unknown")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(pods.calls(StubOperation::Get), 2);
    h.shutdown().await;
}

/// Contract: SES-07
#[tokio::test(start_paused = true)]
async fn without_a_session_the_only_started_connection_is_meant() {
    let (config, pods) = plugin(&["dev", "prod", "third"]);
    let h = Harness::mount(config);
    h.load_connections().await;
    let none = h
        .get(POD, "web")
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert_eq!(
        none.message(),
        "no connection is started, and the session names none"
    );

    h.connect("prod").await;
    assert_eq!(
        h.get(POD, "web").await.result.to_value().unwrap()["of"],
        "prod"
    );
    let empty = Session::for_connection("");
    let got = h.get(POD, "web").with_session(empty).await;
    assert_eq!(got.result.to_value().unwrap()["of"], "prod");

    h.connect("third").await;
    h.connect("dev").await;
    let several = h
        .get(POD, "web")
        .expect_error(ErrorCode::AmbiguousConnection)
        .await;
    assert_eq!(
        several.message(),
        "several connections are started, and the session names none: dev, prod, third"
    );
    assert_eq!(several.key().unwrap(), POD);
    assert_eq!(pods.calls(StubOperation::Get), 2);

    h.disconnect("third").await;
    h.disconnect("prod").await;
    assert_eq!(
        h.get(POD, "web").await.result.to_value().unwrap()["of"],
        "dev"
    );
    h.shutdown().await;
}

/// Contract: SES-07
#[tokio::test(start_paused = true)]
async fn every_call_that_has_only_a_key_is_refused_when_its_connection_is_not_clear() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    h.connect(PROD).await;
    for call in plugin_calls() {
        if call.side == Side::Resource {
            let error = call
                .make(&**h.provider(), &CallContext::new())
                .await
                .unwrap_err();
            assert_eq!(
                *error.code(),
                ErrorCode::AmbiguousConnection,
                "{:?}",
                call.operation
            );
            assert!(error.message().ends_with("dev, prod"), "{error}");
            call.make(&**h.provider(), &on_dev()).await.unwrap();
        }
    }
    h.shutdown().await;
}
