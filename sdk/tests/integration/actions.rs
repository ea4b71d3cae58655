//! Actions: what a type lists, executes, and tells while it does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use omniview_plugintest::{
    Harness,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::boundary::{DEV, POD};

const SECOND: Duration = Duration::from_secs(1);

fn input() -> ActionInput {
    ActionInput::new("web")
        .in_namespace("a")
        .param("replicas", 3)
}

async fn mounted(registration: ResourceRegistration<StubClient>) -> Harness {
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(registration);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h
}

async fn with_actions() -> (Harness, StubControl) {
    let described = ActionDescriptor::new("scale", "Scale")
        .description("sets the number of replicas")
        .params_schema(Schema::new().required("replicas"))
        .output_schema(Schema::new());
    let drain = ActionDescriptor::new("drain", "Drain")
        .scope(ActionScope::Type)
        .dangerous()
        .streaming();
    let (pods, control) = Stub::resource(POD)
        .actions([drain])
        .action(described, |input| {
            let result = ActionResult::new(format!("scaled {}", input.id));
            Ok(result.with_data("replicas", input.params["replicas"].clone()))
        })
        .build();
    (mounted(pods).await, control)
}

/// What a streaming action does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Completes,
    JustReturns,
    SaysError,
    Fails,
    FailsRaw,
    Panics,
    PanicsAtOnce,
    GoesOnAfterComplete,
    GoesOnAfterError,
    FailsAfterComplete,
    Floods,
    Hangs,
    LeaksItsSink,
}

/// An action that does what its script says.
#[derive(Debug, Clone)]
struct Player {
    script: Script,
    emitted: Arc<AtomicUsize>,
    running: Arc<AtomicBool>,
    leaked: Arc<Mutex<Option<ActionSink>>>,
}

/// Says when the plugin's future is gone.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Player {
    fn new(script: Script) -> Self {
        Self {
            script,
            emitted: Arc::default(),
            running: Arc::default(),
            leaked: Arc::default(),
        }
    }

    fn registration(&self) -> ResourceRegistration<StubClient> {
        let (pods, _) = Stub::resource(POD).build();
        pods.map_handles(|handles| ResourceHandles {
            actions: Some(Arc::new(self.clone())),
            ..handles
        })
    }

    fn is_running(&self) -> bool {
        self.running.load(Ordering::SeqCst)
    }

    fn emitted(&self) -> usize {
        self.emitted.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl ActionResourcer<StubClient> for Player {
    async fn list_actions(&self, _: &Context<StubClient>) -> PluginResult<Vec<ActionDescriptor>> {
        Ok(vec![ActionDescriptor::new("play", "Play").streaming()])
    }

    async fn execute_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
    ) -> PluginResult<ActionResult> {
        Ok(ActionResult::default())
    }

    async fn stream_action(
        &self,
        _: &Context<StubClient>,
        _: &str,
        _: ActionInput,
        sink: ActionSink,
    ) -> PluginResult<()> {
        self.running.store(true, Ordering::SeqCst);
        let _running = Running(self.running.clone());
        let nothing = JsonMap::new;
        if self.script == Script::PanicsAtOnce {
            panic!("planted");
        }
        sink.progress(nothing()).await?;
        match self.script {
            Script::Completes => sink.complete(nothing()).await?,
            Script::JustReturns | Script::PanicsAtOnce => {}
            Script::SaysError => sink.send(ActionEvent::new(ActionEventType::Error)).await?,
            Script::Fails => {
                let error = ResourceOperationError::new(ErrorCode::Conflict, "someone was faster");
                return Err(error.with_suggestion("try again").into());
            }
            Script::FailsRaw => return Err("the disk is full".into()),
            Script::Panics => panic!("planted"),
            Script::GoesOnAfterComplete => {
                sink.complete(nothing()).await?;
                sink.output(nothing()).await?;
                sink.complete(nothing()).await?;
            }
            Script::GoesOnAfterError => {
                sink.send(ActionEvent::new(ActionEventType::Error)).await?;
                sink.complete(nothing()).await?;
                sink.output(nothing()).await?;
            }
            Script::FailsAfterComplete => {
                sink.complete(nothing()).await?;
                return Err("too late".into());
            }
            Script::Floods => {
                for number in 0..1000 {
                    sink.output([("n".to_owned(), number.into())].into_iter().collect())
                        .await?;
                    self.emitted.fetch_add(1, Ordering::SeqCst);
                }
            }
            Script::Hangs => std::future::pending().await,
            Script::LeaksItsSink => {
                *self.leaked.lock().await = Some(sink);
                std::future::pending::<()>().await;
            }
        }
        Ok(())
    }
}

/// Contract: ACT-01, ACT-02
#[tokio::test(start_paused = true)]
async fn a_type_without_actions_lists_none_and_executes_none() {
    let h = mounted(Stub::resource(POD).build().0).await;
    assert_eq!(h.list_actions(POD).await, []);
    let error = h
        .execute_action(POD, "scale", input())
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert_eq!(
        error.message(),
        "resource type core::v1::Pod has no actions"
    );
    h.stream_action(POD, "scale", input())
        .expect_error(ErrorCode::Unsupported)
        .await;
    h.shutdown().await;
}

/// Contract: ACT-02
#[tokio::test(start_paused = true)]
async fn an_action_that_is_not_listed_is_not_found_and_those_that_are_are_named() {
    let (h, pods) = with_actions().await;
    let executed = h
        .execute_action(POD, "explode", input())
        .expect_error(ErrorCode::NotFound)
        .await;
    let streamed = h
        .stream_action(POD, "explode", input())
        .expect_error(ErrorCode::NotFound)
        .await;
    for error in [executed, streamed] {
        assert_eq!(
            error.message(),
            "resource type core::v1::Pod has no action \"explode\""
        );
        assert_eq!(error.suggestions(), ["its actions are: drain, scale"]);
    }
    assert_eq!(pods.calls(StubOperation::ExecuteAction), 0);
    assert_eq!(pods.calls(StubOperation::StreamAction), 0);
    h.shutdown().await;
}

/// Contract: ACT-02
#[tokio::test(start_paused = true)]
async fn an_action_is_given_its_input_and_answers_with_its_result() {
    let (h, pods) = with_actions().await;
    let result = h.execute_action(POD, "scale", input()).await;
    assert_eq!(
        result,
        ActionResult::new("scaled web").with_data("replicas", 3)
    );
    let seen = pods.last(StubOperation::ExecuteAction).input;
    let expected = json!({"id": "web", "namespace": "a", "params": {"replicas": 3}});
    assert_eq!(seen, json!({"action": "scale", "input": expected}));
    h.shutdown().await;
}

/// Contract: ACT-01, ACT-06, ACT-07
#[tokio::test(start_paused = true)]
async fn a_listed_action_tells_its_scope_its_danger_and_its_schemas() {
    let (h, _) = with_actions().await;
    let listed = serde_json::to_value(h.list_actions(POD).await).unwrap();
    let expected = json!([
        {
            "id": "drain", "label": "Drain", "description": "", "icon": "",
            "scope": "type", "streaming": true, "dangerous": true,
        },
        {
            "id": "scale", "label": "Scale", "description": "sets the number of replicas", "icon": "",
            "scope": "instance", "streaming": false,
            "paramsSchema": {"type": "object", "required": ["replicas"]},
            "outputSchema": {"type": "object"},
        },
    ]);
    assert_eq!(listed, expected);
    h.shutdown().await;
}

/// Contract: ACT-03, ACT-05
#[tokio::test(start_paused = true)]
async fn a_stream_tells_progress_output_and_completion_in_the_words_of_the_wire() {
    let (h, _) = with_actions().await;
    let events = h.action_events(POD, "scale", input()).await;
    let told: Vec<Value> = events
        .iter()
        .map(|event| serde_json::to_value(event).unwrap())
        .collect();
    let expected = [
        json!({"type": "progress", "data": {"percent": 0}}),
        json!({"type": "output", "data": {"message": "scaled web"}}),
        json!({"type": "complete", "data": {"replicas": 3}}),
    ];
    assert_eq!(told, expected);
    let known: Vec<&str> = ActionEventType::ALL
        .iter()
        .map(ActionEventType::as_str)
        .collect();
    assert_eq!(known, ["progress", "output", "error", "complete"]);
    h.shutdown().await;
}

/// Contract: ACT-03, OPS-15
#[rstest]
#[case(Script::Completes, &["progress", "complete"])]
#[case(Script::JustReturns, &["progress", "complete"])]
#[case(Script::SaysError, &["progress", "error"])]
#[case(Script::Fails, &["progress", "error"])]
#[case(Script::FailsRaw, &["progress", "error"])]
#[case(Script::Panics, &["progress", "error"])]
#[case(Script::PanicsAtOnce, &["error"])]
#[case(Script::GoesOnAfterComplete, &["progress", "complete"])]
#[case(Script::GoesOnAfterError, &["progress", "error"])]
#[case(Script::FailsAfterComplete, &["progress", "complete"])]
#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_exactly_one_complete_or_error(
    #[case] script: Script,
    #[case] expected: &[&str],
) {
    let player = Player::new(script);
    let h = mounted(player.registration()).await;
    let mut stream = h.stream_action(POD, "play", input()).await;
    let mut told = Vec::new();
    while let Some(event) = stream.next().await {
        told.push(event.kind.to_string());
    }
    assert_eq!(told, expected);
    assert!(!player.is_running());
    assert_eq!(stream.next().await, None, "it stays at its end");
    h.shutdown().await;
}

/// Contract: ACT-03, ERR-03
#[rstest]
#[case(Script::Fails, json!({
    "code": "CONFLICT", "title": "Conflict", "message": "someone was faster", "suggestions": ["try again"],
}))]
#[case(Script::FailsRaw, json!({
    "code": "INTERNAL", "title": "Internal error", "message": "the disk is full",
}))]
#[case(Script::Panics, json!({
    "code": "INTERNAL", "title": "Internal error",
    "message": "the plugin panicked in `stream_action` of core::v1::Pod on connection \"dev\": planted",
    "suggestions": ["report this to the plugin's author, with the text of the panic"],
}))]
#[tokio::test(start_paused = true)]
async fn the_error_that_ends_a_stream_says_what_an_error_says(
    #[case] script: Script,
    #[case] expected: Value,
) {
    let h = mounted(Player::new(script).registration()).await;
    let events = h.action_events(POD, "play", input()).await;
    let last = events.last().unwrap();
    assert_eq!(Value::from(last.data.clone()), expected);
    h.shutdown().await;
}

/// Contract: ACT-03
#[tokio::test(start_paused = true)]
async fn a_slow_reader_slows_the_action_and_loses_nothing() {
    let player = Player::new(Script::Floods);
    let h = mounted(player.registration()).await;
    let mut stream = h.stream_action(POD, "play", input()).await;
    sleep(SECOND).await;
    assert!(!player.is_running(), "nobody has read yet");
    stream.next().await.unwrap();
    sleep(SECOND).await;
    assert!(
        player.emitted() <= 32,
        "{} are waiting to be read",
        player.emitted()
    );
    let rest: Vec<ActionEvent> = stream.collect().await;
    let numbers: Vec<i64> = rest
        .iter()
        .filter_map(|event| event.data.get("n")?.as_i64())
        .collect();
    assert_eq!(numbers, (0..1000).collect::<Vec<_>>());
    assert_eq!(rest.last().unwrap().kind, ActionEventType::Complete);
    h.shutdown().await;
}

/// Contract: ACT-04
#[tokio::test(start_paused = true)]
async fn dropping_the_stream_ends_the_action() {
    let player = Player::new(Script::Hangs);
    let h = mounted(player.registration()).await;
    let mut stream = h.stream_action(POD, "play", input()).await;
    stream.next().await.unwrap();
    assert!(player.is_running());
    drop(stream);
    assert!(!player.is_running());
    h.shutdown().await;
}

/// Contract: ACT-04
#[tokio::test(start_paused = true)]
async fn a_send_fails_once_nobody_reads_any_more() {
    let player = Player::new(Script::LeaksItsSink);
    let h = mounted(player.registration()).await;
    let mut stream = h.stream_action(POD, "play", input()).await;
    stream.next().await.unwrap();
    let reading = tokio::spawn(async move { (stream.next().await, stream) });
    sleep(SECOND).await;
    let sink = player.leaked.lock().await.clone().unwrap();
    assert_eq!(sink.output(JsonMap::new()).await, Ok(()));
    let (event, stream) = reading.await.unwrap();
    assert_eq!(event.unwrap().kind, ActionEventType::Output);
    drop(stream);
    assert_eq!(sink.output(JsonMap::new()).await, Err(SinkClosed));
    h.shutdown().await;
}

/// Contract: ACT-03, OPS-14
#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_an_error_when_its_call_is_taken_back_or_late() {
    for code in ["CANCELLED", "TIMEOUT"] {
        let taken_back = CancellationToken::new();
        let ctx = CallContext::new().with_session(Session::for_connection(DEV));
        let ctx = match code {
            "CANCELLED" => ctx.with_cancellation(taken_back.clone()),
            _ => ctx.with_timeout(SECOND),
        };
        let player = Player::new(Script::Hangs);
        let h = mounted(player.registration()).await;
        let began = Instant::now();
        let stream = h
            .stream_action(POD, "play", input())
            .with_context(ctx)
            .await;
        tokio::spawn(async move {
            sleep(SECOND).await;
            taken_back.cancel();
        });
        let events: Vec<ActionEvent> = stream.collect().await;
        assert_eq!(began.elapsed(), SECOND);
        assert_eq!(events.len(), 2);
        assert_eq!(events[1].kind, ActionEventType::Error);
        assert_eq!(events[1].data["code"], code);
        assert!(!player.is_running());
        h.shutdown().await;
    }
}

/// Contract: ACT-03, OPS-16
#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_an_error_when_the_plugin_is_closed() {
    let player = Player::new(Script::Hangs);
    let h = mounted(player.registration()).await;
    let mut stream = h.stream_action(POD, "play", input()).await;
    stream.next().await.unwrap();
    h.close().await;
    let last = stream.next().await.unwrap();
    assert_eq!(
        (last.kind, &last.data["code"]),
        (ActionEventType::Error, &json!("CLOSED"))
    );
    assert_eq!(stream.next().await, None);
    h.shutdown().await;
}
