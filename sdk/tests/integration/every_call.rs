//! What holds for every method of the boundary, and for every call into plugin code.

use std::time::Duration;

use omniview_plugintest::{
    Harness,
    stub::{Fault, StubOperation},
};
use omniview_sdk::*;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    boundary::{DEV, Facet, METHODS, POD, renamed},
    equipped::{Equipped, PROD, Side, connection, equipped, on_dev, plugin_calls},
    surveyor::Mood,
};

const SECOND: Duration = Duration::from_secs(1);

/// Mounts the plugin and starts [`DEV`].
async fn mount(plugin: &Equipped) -> Harness {
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    h
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn a_call_that_is_over_before_it_begins_reaches_no_plugin_code() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    let taken_back = CancellationToken::new();
    taken_back.cancel();
    let over = [
        (on_dev().with_cancellation(taken_back), ErrorCode::Cancelled),
        (on_dev().with_timeout(Duration::ZERO), ErrorCode::Timeout),
    ];
    for call in plugin_calls() {
        let before = plugin.calls(call);
        for (ctx, code) in &over {
            let error = call.make(&**h.provider(), ctx).await.unwrap_err();
            assert_eq!(error.code(), code, "{:?}", call.operation);
        }
        assert_eq!(plugin.calls(call), before, "{:?}", call.operation);
    }
    for method in METHODS {
        for (ctx, code) in &over {
            let error = method.call(&**h.provider(), ctx).await.unwrap_err();
            assert_eq!(error.code(), code, "{}", method.name);
            assert!(error.operation().is_some(), "{}", method.name);
        }
    }
    assert!(h.check_connection(DEV).await.is_connected());
    h.shutdown().await;
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn a_plugin_that_ignores_the_deadline_is_not_waited_for() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    for call in plugin_calls() {
        plugin.plan(call, Fault::Hang);
        let began = Instant::now();
        let ctx = on_dev().with_timeout(SECOND);
        let error = call.make(&**h.provider(), &ctx).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Timeout, "{:?}", call.operation);
        assert_eq!(began.elapsed(), SECOND, "{:?}", call.operation);
        call.make(&**h.provider(), &on_dev()).await.unwrap();
    }
    h.shutdown().await;
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn a_plugin_that_ignores_the_cancellation_is_not_waited_for() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    for call in plugin_calls() {
        plugin.plan(call, Fault::Hang);
        let began = Instant::now();
        let taken_back = CancellationToken::new();
        let ctx = on_dev().with_cancellation(taken_back.clone());
        let (told, ()) = tokio::join!(call.make(&**h.provider(), &ctx), async {
            sleep(SECOND).await;
            taken_back.cancel();
        });
        let error = told.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Cancelled, "{:?}", call.operation);
        assert_eq!(began.elapsed(), SECOND, "{:?}", call.operation);
        call.make(&**h.provider(), &on_dev()).await.unwrap();
    }
    h.shutdown().await;
}

/// Contract: OPS-15
#[tokio::test(start_paused = true)]
async fn a_panic_in_any_call_is_an_internal_error_with_its_text_and_the_plugin_goes_on() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    for call in plugin_calls() {
        plugin.plan(call, Fault::Panic("planted".into()));
        let error = call.make(&**h.provider(), &on_dev()).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Internal, "{:?}", call.operation);
        assert!(error.message().contains("planted"), "{error}");
        // What is left of a stream is its last event, which names no culprit.
        if call.operation != StubOperation::StreamAction {
            assert_eq!(error.fault(), omniview_sdk::Fault::Plugin, "{error:?}");
        }
        call.make(&**h.provider(), &on_dev()).await.unwrap();
    }
    assert!(h.check_connection(DEV).await.is_connected());
    h.shutdown().await;
}

/// Contract: OPS-15
#[tokio::test(start_paused = true)]
async fn a_panic_in_a_call_that_nobody_waits_for_is_survived() {
    let plugin = equipped();
    plugin.surveyor.set_mood(Mood::Panics("planted".into()));
    let resolve = StubOperation::ResolveScope;
    plugin
        .connections
        .next(resolve, Fault::Panic("planted".into()));
    let h = mount(&plugin).await;
    assert!(
        h.has_watch(DEV).await,
        "neither discovery nor scope kept it"
    );

    let destroy = StubOperation::DestroyClient;
    plugin
        .connections
        .next(destroy, Fault::Panic("planted".into()));
    let error = h
        .stop_connection(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert!(error.message().contains("planted"), "{error}");
    assert!(!h.get_connection(DEV).await.is_connected());
    h.connect(DEV).await;
    h.get(POD, "web").await;
    h.shutdown().await;
}

/// Contract: OPS-16
#[tokio::test(start_paused = true)]
async fn every_method_is_refused_once_the_plugin_is_closed() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    let calls: Vec<usize> = plugin_calls()
        .iter()
        .map(|call| plugin.calls(*call))
        .collect();
    h.close().await;
    for method in METHODS {
        let error = method.call(&**h.provider(), &on_dev()).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Closed, "{}", method.name);
    }
    for (call, before) in plugin_calls().iter().zip(calls) {
        assert_eq!(plugin.calls(*call), before, "{:?}", call.operation);
    }
    h.close().await;
    h.shutdown().await;
}

/// Contract: OPS-16
#[tokio::test(start_paused = true)]
async fn every_method_is_refused_once_a_plugin_is_closed_that_did_nothing_yet() {
    let h = Harness::mount(equipped().config());
    h.close().await;
    for method in METHODS {
        let error = method.call(&**h.provider(), &on_dev()).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Closed, "{}", method.name);
    }
    h.shutdown().await;
}

/// Contract: OPS-16
#[tokio::test(start_paused = true)]
async fn a_call_that_runs_while_the_plugin_is_closed_is_ended() {
    for call in plugin_calls() {
        let plugin = equipped();
        let h = mount(&plugin).await;
        plugin.plan(call, Fault::Hang);
        let ctx = on_dev();
        let ending = tokio::time::timeout(60 * SECOND, call.make(&**h.provider(), &ctx));
        let (told, ()) = tokio::join!(ending, async {
            sleep(SECOND).await;
            h.close().with_timeout(60 * SECOND).await;
        });
        let told = told.unwrap_or_else(|_| panic!("{:?} goes on for ever", call.operation));
        let error = told.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Closed, "{:?}", call.operation);
        h.shutdown().await;
        plugin.connections.assert_each_destroyed_once();
    }
}

/// Contract: OPS-16
#[tokio::test(start_paused = true)]
async fn closing_is_bounded_in_time_and_idempotent() {
    let plugin = equipped();
    let h = Harness::builder(plugin.config())
        .timeout(60 * SECOND)
        .mount();
    h.connect(DEV).await;
    h.connect(PROD).await;
    plugin
        .connections
        .next(StubOperation::DestroyClient, Fault::Hang);
    let began = Instant::now();
    let (first, second) = tokio::join!(h.provider().close(), h.provider().close());
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert_eq!(began.elapsed(), 5 * SECOND, "the grace period");
    assert_eq!(h.provider().close().await, Ok(()));
    assert_eq!(began.elapsed(), 5 * SECOND);
    h.shutdown().await;
    plugin.connections.assert_each_destroyed_once();
}

/// Contract: OPS-13
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_started_serves_no_operation_on_a_resource() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    h.load_connections().await;
    for call in plugin_calls() {
        if call.side == Side::Resource {
            let error = call.make(&**h.provider(), &on_dev()).await.unwrap_err();
            assert_eq!(*error.code(), ErrorCode::NotConnected, "{error:?}");
            assert_eq!(error.connection().unwrap(), DEV);
            assert_eq!(plugin.calls(call), 0);
        }
    }
    h.shutdown().await;
}

/// Contract: OPS-02, CAP-06, SCH-02, TYP-15
#[tokio::test(start_paused = true)]
async fn a_type_that_nobody_serves_is_not_found_and_the_nearest_one_is_named() {
    let h = mount(&equipped()).await;
    let plugin = &**h.provider();
    let (key, ctx) = (ResourceKey::from("core::v1::Pot"), on_dev());
    let input = || ActionInput::new("web");
    let told = [
        plugin.get(&ctx, &key, GetInput::new("x")).await.map(drop),
        plugin.list(&ctx, &key, ListInput::all()).await.map(drop),
        plugin.find(&ctx, &key, FindInput::all()).await.map(drop),
        plugin
            .create(&ctx, &key, CreateInput::default())
            .await
            .map(drop),
        plugin
            .update(&ctx, &key, UpdateInput::default())
            .await
            .map(drop),
        plugin
            .delete(&ctx, &key, DeleteInput::new("x"))
            .await
            .map(drop),
        plugin.resource_type(&ctx, &key).await.map(drop),
        plugin.resource_definition(&ctx, &key).await.map(drop),
        plugin.resource_capabilities(&ctx, &key).await.map(drop),
        plugin.resource_schema(&ctx, &key).await.map(drop),
        plugin.filter_fields(&ctx, &key).await.map(drop),
        plugin.list_actions(&ctx, &key).await.map(drop),
        plugin
            .execute_action(&ctx, &key, "restart", input())
            .await
            .map(drop),
        plugin
            .stream_action(&ctx, &key, "restart", input())
            .await
            .map(drop),
        plugin.declared_relationships(&ctx, &key).await.map(drop),
        plugin
            .resolve_relationships(&ctx, &key, "x", "")
            .await
            .map(drop),
        plugin.assess_health(&ctx, &key, "{}").await.map(drop),
        plugin
            .resource_events(&ctx, &key, "x", "", 0)
            .await
            .map(drop),
    ];
    for error in told.map(Result::unwrap_err) {
        assert_eq!(*error.code(), ErrorCode::NotFound, "{error:?}");
        assert!(error.message().contains("core::v1::Pot"), "{error}");
        assert_eq!(error.suggestions(), ["the nearest type is core::v1::Pod"]);
        assert_eq!(error.key(), Some(&key));
    }
    assert!(!h.has_resource_type(key).await);
    h.shutdown().await;
}

/// Contract: CON-05, CON-17, CON-19, CON-21, CON-25
#[tokio::test(start_paused = true)]
async fn a_connection_that_nobody_configured_is_not_found() {
    let plugin = equipped();
    let h = mount(&plugin).await;
    let told = h.update_connection(renamed("nowhere")).attempt().await;
    let mut errors = vec![told.unwrap_err()];
    plugin.connections.remove(DEV);
    h.load_connections().await;
    for method in METHODS {
        let about_one = !matches!(
            method.name,
            "load_connections" | "list_connections" | "watch_connections"
        );
        if method.facet == Facet::Connections && about_one {
            errors.push(method.call(&**h.provider(), &on_dev()).await.unwrap_err());
        }
    }
    assert_eq!(errors.len(), 10);
    for error in errors {
        assert_eq!(*error.code(), ErrorCode::NotFound, "{error:?}");
        assert!(
            error.message().contains("there is no connection"),
            "{error}"
        );
    }
    assert_eq!(plugin.connections.created().len(), 1);
    h.shutdown().await;
}

/// Contract: SES-04, SES-05, SES-06
#[tokio::test(start_paused = true)]
async fn every_call_into_the_plugin_has_a_session_with_the_full_connection_and_the_settings() {
    let plugin = equipped();
    let settings = Settings::new();
    settings.register_setting(Setting::new("depth", 3)).unwrap();
    let config = plugin
        .config()
        .settings(settings)
        .global_config([("theme", "dark")].into_iter().collect());
    let h = Harness::mount(config);
    h.connect(DEV).await;
    for call in plugin_calls() {
        let session = Session::for_connection(DEV)
            .with_request_id("request-7")
            .with_requester_id("window-1");
        let ctx = CallContext::new().with_session(session);
        call.make(&**h.provider(), &ctx).await.unwrap();
        let seen = match call.side {
            Side::Resource => plugin.pods.last(call.operation),
            Side::Connection => plugin.connections.seen(call.operation).pop().unwrap(),
        };
        let about = match call.operation {
            StubOperation::LoadConnections => None,
            StubOperation::CreateClient => Some(connection(PROD)),
            _ => Some(connection(DEV)),
        };
        let session = seen.context.session().unwrap();
        let operation = call.operation;
        // Not to the letter: a refresh notes its time in the connection.
        let full = match (session.connection().map(|full| &**full), &about) {
            (None, None) => true,
            (Some(found), Some(about)) => found.same_configuration(about),
            _ => false,
        };
        assert!(full, "{operation:?} had {:?}", session.connection());
        assert_eq!(session.request_id, "request-7", "{operation:?}");
        assert_eq!(session.requester_id, "window-1", "{operation:?}");
        let settings = session.plugin_config().unwrap();
        assert_eq!(settings.int("depth"), Ok(3), "{operation:?}");
        let theme = session.global_config().unwrap().get("theme");
        assert_eq!(theme.unwrap(), "dark", "{operation:?}");
    }
    h.shutdown().await;
}
