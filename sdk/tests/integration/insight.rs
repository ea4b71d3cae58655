//! Actions, relationships and health over the boundary, for types that have them and types that do not.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness,
    stub::{Fault, Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::sleep;

const POD: &str = "core::v1::Pod";
const PLAIN: &str = "core::v1::Plain";

/// A plugin of a type as it is built here, and one that can do nothing beyond the six operations.
async fn mounted(types: ResourceRegistration<StubClient>) -> Harness {
    let (plain, _) = Stub::resource(PLAIN).build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev"]).registration())
        .resource(types)
        .resource(plain);
    let h = Harness::mount(config);
    h.connect("dev").await;
    h
}

fn scaling() -> (ResourceRegistration<StubClient>, StubControl) {
    Stub::resource(POD)
        .action(ActionDescriptor::new("scale", "Scale"), |input| {
            Ok(ActionResult::new(format!("{} is scaled", input.id)))
        })
        .build()
}

/// Contract: ACT-01, ACT-02
#[tokio::test(start_paused = true)]
async fn actions_are_listed_and_executed_by_their_ids() {
    let (pods, control) = scaling();
    let h = mounted(pods).await;
    let listed = h.list_actions(POD).await;
    assert_eq!(listed, [ActionDescriptor::new("scale", "Scale")]);
    let input = || ActionInput::new("web");
    let done = h.execute_action(POD, "scale", input()).await;
    assert_eq!(done.message, "web is scaled");

    let unknown = h.execute_action(POD, "shrink", input());
    let error = unknown.expect_error(ErrorCode::NotFound).await;
    assert!(error.message().contains("shrink"), "{error}");
    assert!(error.suggestions()[0].contains("scale"), "{error}");
    let unknown = h.stream_action(POD, "shrink", input()).attempt().await;
    assert_eq!(*unknown.map(drop).unwrap_err().code(), ErrorCode::NotFound);
    assert_eq!(control.calls(StubOperation::ExecuteAction), 1);
    assert_eq!(control.calls(StubOperation::StreamAction), 0);

    assert_eq!(h.list_actions(PLAIN).await, []);
    let unsupported = h.execute_action(PLAIN, "scale", input());
    unsupported.expect_error(ErrorCode::Unsupported).await;
    let unsupported = h.stream_action(PLAIN, "scale", input()).attempt().await;
    let error = unsupported.map(drop).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Unsupported);
    h.shutdown().await;
}

/// Contract: ACT-03, OPS-15, ERR-03
#[rstest]
#[case::as_the_plugin_says(None, &["progress", "output", "complete"])]
#[case::an_error(Some(Fault::Raw("torn".into())), &["error"])]
#[case::a_panic(Some(Fault::Panic("torn".into())), &["error"])]
#[tokio::test(start_paused = true)]
async fn a_stream_of_an_action_ends_with_exactly_one_last_event(
    #[case] fault: Option<Fault>,
    #[case] expected: &[&str],
) {
    let (pods, control) = scaling();
    let h = mounted(pods).await;
    if let Some(fault) = fault {
        control.next(StubOperation::StreamAction, fault);
    }
    let events = h.action_events(POD, "scale", ActionInput::new("web")).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, expected);
    let last = &events.last().unwrap().data;
    if expected == ["error"] {
        assert_eq!(last["code"], "INTERNAL");
        assert!(
            last["message"].as_str().unwrap().contains("torn"),
            "{last:?}"
        );
    }
    h.shutdown().await;
}

/// An action that talks too much, or too little.
struct Talks {
    /// Says complete twice, with something after it; else says nothing at all.
    twice: bool,
}

#[async_trait]
impl ActionResourcer<StubClient> for Talks {
    async fn list_actions(&self, _: &Context<StubClient>) -> PluginResult<Vec<ActionDescriptor>> {
        Ok(vec![ActionDescriptor::new("talk", "Talk")])
    }

    async fn execute_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
    ) -> PluginResult<ActionResult> {
        unreachable!()
    }

    async fn stream_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        if self.twice {
            sink.complete(JsonMap::new()).await?;
            sink.progress(JsonMap::new()).await?;
            sink.complete(JsonMap::new()).await?;
        }
        Ok(())
    }
}

/// Contract: ACT-03
#[rstest]
#[tokio::test(start_paused = true)]
async fn an_action_that_ends_twice_or_never_is_told_to_have_ended_once(
    #[values(true, false)] twice: bool,
) {
    let (pods, _) = Stub::resource(POD).build();
    let h = mounted(pods.map_handles(|handles| ResourceHandles {
        actions: Some(Arc::new(Talks { twice })),
        ..handles
    }))
    .await;
    let events = h.action_events(POD, "talk", ActionInput::new("web")).await;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["complete"]);
    h.shutdown().await;
}

/// An action that goes on until somebody ends it; part of it runs in a task of its own.
#[derive(Clone, Default)]
struct Endless(Arc<Mutex<Option<SinkClosed>>>);

#[async_trait]
impl ActionResourcer<StubClient> for Endless {
    async fn list_actions(&self, _: &Context<StubClient>) -> PluginResult<Vec<ActionDescriptor>> {
        Ok(vec![ActionDescriptor::new("run", "Run").streaming()])
    }

    async fn execute_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
    ) -> PluginResult<ActionResult> {
        unreachable!()
    }

    async fn stream_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        let ended = self.0.clone();
        let task = tokio::spawn(async move {
            loop {
                if let Err(closed) = sink.progress(JsonMap::new()).await {
                    *ended.lock().unwrap() = Some(closed);
                    return;
                }
                sleep(Duration::from_secs(1)).await;
            }
        });
        Ok(task.await?)
    }
}

/// Contract: ACT-04
#[tokio::test(start_paused = true)]
async fn a_caller_who_drops_the_stream_ends_the_action() {
    let endless = Endless::default();
    let actions: Arc<dyn ActionResourcer<StubClient>> = Arc::new(endless.clone());
    let (pods, _) = Stub::resource(POD).build();
    let h = mounted(pods.map_handles(|handles| ResourceHandles {
        actions: Some(actions),
        ..handles
    }))
    .await;
    let call = h.stream_action(POD, "run", ActionInput::new("web"));
    let mut stream = call.with_timeout(Duration::from_secs(3600)).await;
    for _ in 0..3 {
        assert_eq!(stream.next().await.unwrap().kind, ActionEventType::Progress);
    }
    assert_eq!(*endless.0.lock().unwrap(), None);
    drop(stream);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(*endless.0.lock().unwrap(), Some(SinkClosed));
    h.shutdown().await;
}

/// Contract: REL-01, REL-02
#[tokio::test(start_paused = true)]
async fn relationships_are_those_of_the_type_and_none_where_it_has_none() {
    let runs_on =
        RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on");
    let node = ResolvedRelationship::default();
    let (pods, control) = Stub::resource(POD)
        .relationships([runs_on.clone()])
        .resolved_relationships([node.clone()])
        .objects([json!({"id": "web", "namespace": "a"})])
        .build();
    let h = mounted(pods).await;
    assert_eq!(h.declared_relationships(POD).await, [runs_on]);
    let resolved = h.resolve_relationships(POD, "web").in_namespace("a").await;
    assert_eq!(resolved, [node]);
    let asked = control.last(StubOperation::ResolveRelationships).input;
    assert_eq!(asked, json!({"id": "web", "namespace": "a"}));
    assert_eq!(h.declared_relationships(PLAIN).await, []);
    assert_eq!(h.resolve_relationships(PLAIN, "web").await, []);
    h.shutdown().await;
}

/// Contract: HLT-01, HLT-02
#[tokio::test(start_paused = true)]
async fn health_is_judged_by_the_data_and_not_at_all_where_the_type_does_not() {
    let (pods, control) = Stub::resource(POD)
        .health(|pod| {
            ResourceHealth::new(match pod.get("phase").and_then(Value::as_str) {
                Some("Running") => HealthStatus::Healthy,
                _ => HealthStatus::Unknown,
            })
        })
        .build();
    let h = mounted(pods).await;
    for (data, status) in [
        (r#"{"phase": "Running"}"#, HealthStatus::Healthy),
        ("[]", HealthStatus::Unknown),
        ("null", HealthStatus::Unknown),
    ] {
        let health = h.assess_health(POD, data).await.unwrap();
        assert_eq!(health.status, status, "{data}");
    }
    for data in ["", "{", "{} {}", "\u{0}", "NaN"] {
        for key in [POD, PLAIN] {
            let refused = h.assess_health(key, data);
            refused.expect_error(ErrorCode::InvalidInput).await;
        }
    }
    assert_eq!(control.calls(StubOperation::AssessHealth), 3);
    assert_eq!(h.assess_health(PLAIN, "{}").await, None);
    h.shutdown().await;
}

/// Contract: HLT-03
#[rstest]
#[case::the_default(0, 20, 20)]
#[case::one(1, 1, 1)]
#[case::more_than_there_are(1000, 30, 1000)]
#[tokio::test(start_paused = true)]
async fn events_come_newest_first_and_no_more_than_the_limit(
    #[case] limit: i64,
    #[case] count: usize,
    #[case] asked: u64,
) {
    // The stub pays attention neither to the limit nor to the order.
    let minute = |n: usize| Timestamp::parse(&format!("2026-01-02T03:{n:02}:00Z")).unwrap();
    let event = |n| ResourceEvent {
        last_seen: minute(n),
        ..ResourceEvent::default()
    };
    let shuffled = (0..30).map(|n| event(n * 7 % 30));
    let (pods, control) = Stub::resource(POD).events(shuffled).build();
    let h = mounted(pods).await;
    let events = h.resource_events(POD, "web").limit(limit).await;
    let seen: Vec<_> = events.iter().map(|event| event.last_seen).collect();
    let expected: Vec<_> = (0..30).rev().take(count).map(minute).collect();
    assert_eq!(seen, expected);
    assert_eq!(control.last(StubOperation::Events).input["limit"], asked);

    let negative = h.resource_events(POD, "web").limit(-1);
    negative.expect_error(ErrorCode::InvalidInput).await;
    assert_eq!(control.calls(StubOperation::Events), 1);
    assert_eq!(h.resource_events(PLAIN, "web").limit(limit).await, []);
    h.shutdown().await;
}
