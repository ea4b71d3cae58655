//! Relationships, health and events.

use omniview_plugintest::{
    Harness,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};

use crate::boundary::{DEV, POD};

async fn mounted(stub: Stub) -> (Harness, StubControl) {
    let (pods, control) = stub
        .objects([json!({"id": "web", "namespace": "a"})])
        .build();
    let config: ResourcePluginConfig<StubClient> = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    (h, control)
}

fn runs_on() -> RelationshipDescriptor {
    RelationshipDescriptor {
        target_namespaced: Some(false),
        ..RelationshipDescriptor::new(RelationshipType::RunsOn, "core::v1::Node", "runs on")
    }
}

fn managed() -> RelationshipDescriptor {
    RelationshipDescriptor::new(RelationshipType::Manages, "apps::v1::Set", "managed by").incoming()
}

/// An event that was last seen so many seconds into a minute.
fn event(second: u32) -> ResourceEvent {
    ResourceEvent {
        reason: format!("at {second}"),
        last_seen: Timestamp::parse(&format!("2026-01-02T03:04:{second:02}Z")).unwrap(),
        ..ResourceEvent::default()
    }
}

fn reasons(events: &[ResourceEvent]) -> Vec<&str> {
    events.iter().map(|event| event.reason.as_str()).collect()
}

/// Contract: REL-01
#[tokio::test(start_paused = true)]
async fn a_type_tells_the_relationships_that_it_declares_without_a_connection() {
    let (pods, _) = Stub::resource(POD)
        .relationships([runs_on(), managed()])
        .build();
    let (plain, _) = Stub::resource("a::v1::Plain").build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods)
        .resource(plain);
    let h = Harness::mount(config);
    assert_eq!(h.declared_relationships(POD).await, [runs_on(), managed()]);
    assert_eq!(h.declared_relationships("a::v1::Plain").await, []);
    h.shutdown().await;
}

/// Contract: REL-02
#[tokio::test(start_paused = true)]
async fn the_relationships_of_an_object_are_resolved() {
    let resolved = ResolvedRelationship {
        descriptor: runs_on(),
        targets: vec![ResourceRef {
            connection_id: DEV.into(),
            resource_key: "core::v1::Node".into(),
            id: "node-1".into(),
            ..ResourceRef::default()
        }],
    };
    let stub = Stub::resource(POD).resolved_relationships([resolved.clone()]);
    let (h, pods) = mounted(stub).await;
    let told = h.resolve_relationships(POD, "web").in_namespace("a").await;
    assert_eq!(told, [resolved]);
    let seen = pods.last(StubOperation::ResolveRelationships).input;
    assert_eq!(seen, json!({"id": "web", "namespace": "a"}));
    h.resolve_relationships(POD, "nobody")
        .expect_error(ErrorCode::NotFound)
        .await;
    h.shutdown().await;

    let (h, _) = mounted(Stub::resource(POD).relationships([runs_on()])).await;
    assert_eq!(
        h.resolve_relationships(POD, "web").await,
        [],
        "declaring is not resolving"
    );
    h.shutdown().await;
}

/// Contract: REL-03
#[test]
fn a_direction_is_outgoing_when_empty_and_another_text_is_rejected() {
    let read = |direction: &str| {
        serde_json::from_value::<RelationshipDescriptor>(json!({"direction": direction}))
    };
    assert_eq!(read("").unwrap().direction, EdgeDirection::Outgoing);
    assert_eq!(read("incoming").unwrap().direction, EdgeDirection::Incoming);
    let absent: RelationshipDescriptor = serde_json::from_value(json!({})).unwrap();
    assert_eq!(absent.direction, EdgeDirection::Outgoing);
    let error = read("outgoing").unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown edge direction \"outgoing\", expected \"\" or \"incoming\""
    );
    assert_eq!(
        serde_json::to_value(managed()).unwrap()["direction"],
        "incoming"
    );
}

/// Contract: REL-04
#[test]
fn whether_a_target_has_namespaces_is_yes_no_or_not_said() {
    for (text, expected) in [
        (json!({}), None),
        (json!({"targetNamespaced": null}), None),
        (json!({"targetNamespaced": false}), Some(false)),
        (json!({"targetNamespaced": true}), Some(true)),
    ] {
        let read: RelationshipDescriptor = serde_json::from_value(text).unwrap();
        assert_eq!(read.target_namespaced, expected);
        let written = serde_json::to_value(read).unwrap();
        let said = written.get("targetNamespaced").and_then(Value::as_bool);
        assert_eq!(said, expected);
    }
}

/// Contract: HLT-01, HLT-02
#[tokio::test(start_paused = true)]
async fn health_is_judged_from_the_data_and_is_one_of_five() {
    let by_phase = |object: &Value| {
        let status = HealthStatus::from(object["phase"].as_str().unwrap_or_default());
        ResourceHealth::new(status).with_reason("phase")
    };
    let (h, pods) = mounted(Stub::resource(POD).health(by_phase)).await;
    let statuses = ["healthy", "degraded", "unhealthy", "pending", "unknown"];
    for status in statuses {
        let health = h
            .assess_health(POD, json!({"phase": status}))
            .await
            .unwrap();
        assert_eq!(health.status, status);
        assert_eq!(health.reason, "phase");
    }
    let known: Vec<&str> = HealthStatus::ALL.iter().map(HealthStatus::as_str).collect();
    assert_eq!(known, statuses);
    assert_eq!(
        pods.last(StubOperation::AssessHealth).input,
        json!({"phase": "unknown"})
    );
    h.shutdown().await;

    let (h, _) = mounted(Stub::resource(POD)).await;
    assert_eq!(
        h.assess_health(POD, json!({"phase": "healthy"})).await,
        None
    );
    h.shutdown().await;
}

/// Contract: HLT-02
#[rstest]
#[case("")]
#[case("{")]
#[case("{'a': 1}")]
#[case("{\"a\": }")]
#[case("nul")]
#[case("{} {}")]
#[case("\u{0}")]
#[tokio::test(start_paused = true)]
async fn data_that_is_not_json_is_invalid_input_and_reaches_no_plugin(#[case] data: &str) {
    let (h, pods) = mounted(Stub::resource(POD).health(|_| ResourceHealth::default())).await;
    let error = h
        .assess_health(POD, data)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert!(error.message().contains("is not JSON"), "{error}");
    assert_eq!(pods.calls(StubOperation::AssessHealth), 0);
    h.shutdown().await;
}

/// Contract: HLT-02
#[tokio::test(start_paused = true)]
async fn json_of_any_shape_gets_an_answer_and_no_panic() {
    let (h, _) = mounted(Stub::resource(POD).health(|_| ResourceHealth::default())).await;
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for data in ["null", "[]", "7", "\"text\"", "1e999", &deep] {
        // A value that memory cannot hold is an error of the plugin's; every other is judged.
        let _ = h.assess_health(POD, data).attempt().await;
    }
    assert_eq!(
        h.assess_health(POD, "{}").await,
        Some(ResourceHealth::default())
    );
    h.shutdown().await;
}

/// Contract: HLT-03
#[tokio::test(start_paused = true)]
async fn events_come_newest_first_and_are_cut_to_the_limit() {
    let unsorted = [3, 9, 1, 7, 5].map(event);
    let (h, pods) = mounted(Stub::resource(POD).events(unsorted)).await;
    let all = h
        .resource_events(POD, "web")
        .in_namespace("a")
        .limit(10)
        .await;
    assert_eq!(reasons(&all), ["at 9", "at 7", "at 5", "at 3", "at 1"]);
    let seen = pods.last(StubOperation::Events).input;
    assert_eq!(seen, json!({"id": "web", "namespace": "a", "limit": 10}));
    let some = h.resource_events(POD, "web").limit(2).await;
    assert_eq!(reasons(&some), ["at 9", "at 7"], "the newest are kept");
    let one = h.resource_events(POD, "web").limit(1).await;
    assert_eq!(reasons(&one), ["at 9"]);
    h.shutdown().await;
}

/// Contract: HLT-03
#[tokio::test(start_paused = true)]
async fn a_limit_of_zero_is_twenty_and_a_negative_one_is_refused() {
    let (h, pods) = mounted(Stub::resource(POD).events((0..30).map(event))).await;
    assert_eq!(h.resource_events(POD, "web").await.len(), 20);
    assert_eq!(pods.last(StubOperation::Events).input["limit"], 20);
    for negative in [-1, i64::MIN] {
        let error = h
            .resource_events(POD, "web")
            .limit(negative)
            .expect_error(ErrorCode::InvalidInput)
            .await;
        assert_eq!(
            error.message(),
            format!("the limit of events is {negative}: it cannot be negative")
        );
    }
    assert_eq!(pods.calls(StubOperation::Events), 1);
    h.shutdown().await;

    let (h, _) = mounted(Stub::resource(POD)).await;
    assert_eq!(h.resource_events(POD, "web").await, []);
    h.shutdown().await;
}
