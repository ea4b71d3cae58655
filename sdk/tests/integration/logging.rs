//! What is logged of calls into plugin code, and what never is, anywhere.

use std::{error::Error, fmt::Write as _, time::Duration};

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness, state,
    stub::{Fault, StubOperation, WatchScript},
};
use omniview_sdk::*;
use tokio::time::sleep;

use crate::{
    boundary::{DEV, METHODS, POD, renamed},
    equipped::{Equipped, PROD, Side, connection, equipped, on_dev, plugin_calls},
    logbook::Logbook,
    surveyor::Mood,
};

/// A text that is nowhere but in the sensitive data of a connection.
const SECRET: &str = "hunter2-is-the-secret";

/// Contract: CFG-05
#[tokio::test(start_paused = true)]
async fn every_call_into_the_plugin_is_a_span_that_says_what_where_for_whom_and_how_it_went() {
    let plugin = equipped();
    let h = Harness::mount(plugin.config());
    h.connect(DEV).await;
    let session = || Session::for_connection(DEV).with_request_id("request-7");
    let ctx = || CallContext::new().with_session(session());
    let mut cases = vec![(Fault::Raw("raw".into()), "\"INTERNAL\"")];
    cases.push((Fault::Panic("planted".into()), "\"INTERNAL\""));
    cases.push((Fault::Hang, "\"TIMEOUT\""));
    cases.push((Fault::Delay(Duration::ZERO), "\"ok\""));
    for (fault, outcome) in cases {
        for call in plugin_calls() {
            let log = Logbook::open();
            plugin.plan(call, fault.clone());
            let _ = call
                .make(&**h.provider(), &ctx().with_timeout(Duration::from_secs(1)))
                .await;
            let spans = log.plugin_calls();
            let expected = format!("outcome={outcome}");
            let span = spans
                .iter()
                .find(|span| span.contains(&expected))
                .unwrap_or_else(|| panic!("{:?}: no {expected} in {spans:#?}", call.operation));
            assert!(span.contains("operation=\""), "{span}");
            let own = call.operation == StubOperation::LoadConnections;
            assert!(own || span.contains("connection=\""), "{span}");
            let of_type = format!("key=\"{POD}\"");
            assert_eq!(
                span.contains(&of_type),
                call.side == Side::Resource,
                "{span}"
            );
            assert!(span.contains("request_id=\"request-7\""), "{span}");
        }
    }
    h.shutdown().await;
}

/// Everything that a caller, a listener or a reader of the log can see.
#[derive(Default)]
struct Seen(String);

impl Seen {
    fn value(&mut self, value: &impl std::fmt::Debug) {
        let _ = writeln!(self.0, "{value:?}\n{value:#?}");
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        self.0.push_str(&serde_json::to_string(value).unwrap());
    }

    fn error(&mut self, error: &ResourceOperationError) {
        self.value(error);
        let _ = writeln!(self.0, "{error}\n{}", error.summary());
        let mut cause = error.source();
        while let Some(source) = cause {
            let _ = writeln!(self.0, "{source} {source:?}");
            cause = source.source();
        }
    }

    /// Makes each call of the boundary once, in a context that selects [`DEV`].
    async fn tour(&mut self, h: &Harness) {
        for method in METHODS {
            let ends = matches!(
                method.name,
                "listen_for_events" | "stop_connection" | "delete_connection" | "update_connection"
            );
            if !ends && let Err(error) = method.call(&**h.provider(), &on_dev()).await {
                self.error(&error);
            }
        }
    }
}

fn secretive(id: &str) -> Connection {
    let mut secretive = connection(id);
    secretive.sensitive.insert("token", SECRET);
    secretive.sensitive.insert(SECRET, true);
    secretive
}

/// Lets everything go wrong that can, one after the other, and looks at what is told.
async fn tour(plugin: &Equipped, h: &Harness, seen: &mut Seen) {
    seen.value(h);
    seen.value(&plugin.config());
    seen.value(&h.load_connections().await);
    seen.tour(h).await;
    seen.value(&h.connect(DEV).await);
    let mut updates = h.watch_connections().await;
    seen.tour(h).await;
    let faults = [
        Fault::Raw("raw".into()),
        Fault::Panic("planted".into()),
        Fault::Hang,
        Fault::Error(ResourceOperationError::new(
            ErrorCode::Unauthorized,
            "expired",
        )),
    ];
    for fault in faults {
        for call in plugin_calls() {
            plugin.plan(call, fault.clone());
            let ctx = on_dev().with_timeout(Duration::from_secs(1));
            if let Err(error) = call.make(&**h.provider(), &ctx).await {
                seen.error(&error);
            }
        }
    }
    for refused in [
        secretive(DEV),
        secretive("nowhere"),
        Connection {
            id: "".into(),
            ..secretive(DEV)
        },
    ] {
        seen.error(&h.update_connection(refused).attempt().await.unwrap_err());
    }
    plugin
        .connections
        .next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    let changed = Connection {
        sensitive: secretive(DEV).sensitive,
        ..renamed(DEV)
    };
    seen.value(&h.update_connection(changed).await);
    plugin.connections.put(secretive("new"));
    seen.value(&updates.next().await);
    plugin
        .connections
        .change(|configured| configured.push(secretive("new")));
    seen.error(&h.load_connections().attempt().await.unwrap_err());
    plugin.surveyor.set_mood(Mood::Fails("no route".into()));
    sleep(Duration::from_secs(600)).await;
    plugin
        .pods
        .break_watches(ResourceOperationError::internal("broken"));
    h.wait_for(state(POD, WatchState::Error)).await;
    plugin
        .connections
        .next(StubOperation::ResolveScope, Fault::Panic("planted".into()));
    seen.value(&h.connect(PROD).await);

    seen.json(&h.list_connections().await);
    seen.value(&h.list_connections().await);
    seen.json(&h.check_connection(DEV).await);
    seen.value(&h.get_watch_state(DEV).await);
    for call in plugin_calls() {
        match call.side {
            Side::Resource => seen.value(&plugin.pods.seen(call.operation)),
            Side::Connection => seen.value(&plugin.connections.seen(call.operation)),
        }
    }
    seen.value(&plugin.pods.seen(StubOperation::Watch));
    seen.value(&plugin.surveyor.asked());
    plugin
        .connections
        .next(StubOperation::DestroyClient, Fault::Raw("stuck".into()));
    seen.error(&h.delete_connection(DEV).attempt().await.unwrap_err());
}

/// No clause says so: it is a rule of the house that every clause relies on.
#[tokio::test(start_paused = true)]
async fn a_secret_of_a_connection_is_in_no_error_debug_text_status_event_or_log_line() {
    let log = Logbook::open();
    let plugin = equipped();
    plugin.connections.change(|configured| {
        *configured = vec![secretive(DEV), secretive(PROD)];
    });
    plugin
        .pods
        .next_watches([WatchScript::Panic("planted".into())]);
    let h = Harness::mount(plugin.config());
    let mut seen = Seen::default();
    tour(&plugin, &h, &mut seen).await;
    let recording = h.shutdown().await;
    seen.value(&recording);
    seen.json(&recording.to_value());
    let told = plugin
        .connections
        .seen(StubOperation::CreateClient)
        .pop()
        .unwrap();
    let sensitive = &told.context.connection().unwrap().sensitive;
    assert_eq!(
        sensitive.text("token"),
        Some(SECRET),
        "the plugin itself is told"
    );

    for (what, text) in [("what a caller sees", seen.0), ("the log", log.text())] {
        // That the tour has been somewhere at all.
        assert!(
            text.contains("planted") && text.contains("stuck"),
            "{what}: {text}"
        );
        if let Some(at) = text.find(SECRET) {
            let around = &text[at.saturating_sub(200)..];
            panic!(
                "the secret is in {what}: ...{}",
                &around[..around.len().min(300)]
            );
        }
    }
}
