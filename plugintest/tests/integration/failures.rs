//! What the harness says when a call goes wrong. The text is its interface.

use std::panic::Location;

use insta::assert_snapshot;
use omniview_plugintest::{
    Harness,
    stub::{Fault, Stub, StubConnections, StubOperation, stub_plugin},
};
use omniview_sdk::{
    Connection, ErrorCode, FilterPredicate, FindInput, ResourceOperationError, ResourcePluginConfig,
};
use serde_json::json;

use crate::support::{POD, connected, failure, raw_failure, sync_failure};

#[tokio::test(start_paused = true)]
async fn a_failing_must_form_tells_call_error_and_input() {
    let (h, pods) = connected().await;
    let error = ResourceOperationError::new(ErrorCode::Unavailable, "the backend is restarting")
        .with_suggestion("try again in a minute")
        .with_source(std::io::Error::other("connection reset by peer"));
    pods.next(StubOperation::Create, Fault::Error(error));
    let text = failure(
        h.create(POD, json!({"id": "web-1", "replicas": 3}))
            .in_namespace("default")
            .on("dev"),
    )
    .await;
    assert_snapshot!(text, @r#"
    `create` of core::v1::Pod on connection "dev" failed with UNAVAILABLE
      message: the backend is restarting
      suggestion: try again in a minute
      caused by: connection reset by peer
      fault: Backend
      input: {"input":{"id":"web-1","replicas":3},"namespace":"default"}
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_of_one_object_is_named_after_it() {
    let (h, _pods) = connected().await;
    assert_snapshot!(failure(h.get(POD, "web-9")).await, @r#"
    `get` of core::v1::Pod "web-9" on connection "dev" failed with NOT_FOUND
      message: core::v1::Pod "web-9" does not exist
      fault: Caller
      input: {"id":"web-9","namespace":""}
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_malformed_key_and_a_call_without_input_are_shown_as_they_are() {
    let (h, _pods) = connected().await;
    assert_snapshot!(failure(h.resource_type("")).await, @r#"
    `resource_type` of "" failed with INVALID_INPUT
      message: resource key "" is not of the form group::version::kind
      suggestion: write the key as group::version::kind
      fault: Caller
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn another_code_than_expected_is_shown_with_what_came() {
    let (h, _pods) = connected().await;
    let input = FindInput::all().filter(FilterPredicate::eq("colour", "red"));
    let call = h.find(POD, input).expect_error(ErrorCode::NotFound);
    assert_snapshot!(failure(call).await, @r#"
    `find` of core::v1::Pod on connection "dev" had to fail with NOT_FOUND and failed with FILTER_UNKNOWN_FIELD
      message: field colour is not a valid filter field
      suggestion: Check FilterFields() for the list of supported filter paths
      suggestion: Supported filter paths: phase
      fault: Caller
      input: {"filters":{"predicates":[{"field":"colour","operator":"eq","value":"red"}]},"namespaces":[],"order":[],"pagination":{"page":0,"pageSize":0}}
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_success_where_an_error_was_expected_shows_the_answer() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let call = h.get(POD, "web-1").expect_error(ErrorCode::NotFound);
    assert_snapshot!(failure(call).await, @r#"
    `get` of core::v1::Pod "web-1" had to fail with NOT_FOUND and succeeded
      answer: GetResult { result: {"id":"web-1"}, success: true }
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn the_expected_error_is_returned() {
    let (h, _pods) = connected().await;
    let error = h.get(POD, "web-9").expect_error(ErrorCode::NotFound).await;
    assert_eq!(error.message(), "core::v1::Pod \"web-9\" does not exist");
    let again = h.get(POD, "web-9").attempt().await.unwrap_err();
    assert_eq!(error, again);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_secret_of_a_connection_is_not_printed() {
    let (h, _pods) = connected().await;
    let connection = Connection::builder("staging")
        .sensitive("token", "hunter2")
        .build()
        .unwrap();
    let text = failure(h.update_connection(connection)).await;
    assert!(
        text.contains("staging") && text.contains("NOT_FOUND"),
        "{text}"
    );
    assert!(
        !text.contains("hunter2") && !text.contains("token"),
        "{text}"
    );
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_answered_fails_after_its_time_out() {
    let (h, pods) = connected().await;
    pods.next(StubOperation::Get, Fault::Hang);
    assert_snapshot!(failure(h.get(POD, "web-1")).await, @r#"
    `get` of core::v1::Pod "web-1" on connection "dev" failed with TIMEOUT
      message: `get` of core::v1::Pod on connection "dev" did not complete before its deadline
      suggestion: allow more time, or check that the backend answers
      fault: Backend
      input: {"id":"web-1","namespace":""}
      at plugintest/tests/integration/failures.rs
    "#);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_long_input_is_cut() {
    let (h, pods) = connected().await;
    pods.insert(json!({"id": "web-1"}));
    let text = failure(h.update(POD, "web-9", json!({"text": "x".repeat(5_000)}))).await;
    assert!(text.contains("x… (3049 more characters)"), "{text}");
    h.shutdown().await;
}

#[tokio::test]
async fn a_configuration_that_is_not_valid_is_refused_at_the_callers_line() {
    let (registration, _) = Stub::resource(POD).build();
    let config = || {
        ResourcePluginConfig::new("")
            .resource(registration.clone())
            .resource(registration.clone())
    };
    assert_snapshot!(sync_failure(|| Harness::mount(config())), @r#"
    the plugin cannot be mounted: INVALID_INPUT
      message: the configuration of plugin "" is not valid: the plugin id is empty; there is no connection provider: call `.connections(…)`; core::v1::Pod is registered twice
      fault: Caller
    "#);
    let error = Harness::try_mount(config()).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::InvalidInput);
}

#[test]
fn a_harness_outside_of_a_runtime_says_what_to_do() {
    assert_snapshot!(sync_failure(|| Harness::mount(stub_plugin().config)), @"a harness needs a tokio runtime: mark the test with `#[tokio::test(start_paused = true)]`");
}

#[test]
fn an_object_without_a_json_form_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _guard = runtime.enter();
    let h = Harness::mount(stub_plugin().config);
    let map = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_snapshot!(sync_failure(|| h.create(POD, &map)), @"the input has no JSON form: key must be a string");
}

#[tokio::test(start_paused = true)]
async fn every_failure_names_the_line_of_the_call() {
    let (h, _pods) = connected().await;
    let must = (raw_failure(h.get(POD, "x")).await, line!());
    let unexpected = h.get(POD, "x").expect_error(ErrorCode::Timeout);
    let expected = (raw_failure(unexpected).await, line!() - 1);
    for (text, line) in [must, expected] {
        let place = format!("\n  at {}:{line}:", file!());
        assert!(text.contains(&place), "{text}\nhas no {place}");
    }
    h.shutdown().await;
}

#[test]
fn what_fails_at_once_panics_at_the_line_of_the_caller() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _guard = runtime.enter();
    let config = ResourcePluginConfig::<()>::new("");
    let place = panic_place(|| drop(Harness::mount(config)));
    assert_eq!(place, (file!().to_owned(), line!() - 1));

    let recording = omniview_plugintest::Recording::default();
    let place = panic_place(|| assert!(recording.assert_adds(1).is_empty()));
    assert_eq!(place, (file!().to_owned(), line!() - 1));

    let place = panic_place(|| omniview_plugintest::assert_json_eq!(1, 2));
    assert_eq!(place, (file!().to_owned(), line!() - 1));

    let (_, pods) = Stub::resource(POD).build();
    let place = panic_place(|| assert_eq!(pods.remove("x").calls(StubOperation::Get), 0));
    assert_eq!(place, (file!().to_owned(), line!() - 1));

    let connections = StubConnections::new(["dev"]);
    connections.assert_each_destroyed_once();
}

/// Where a panic says that it happened.
fn panic_place(failing: impl FnOnce()) -> (String, u32) {
    use std::sync::{Arc, Mutex};

    // The hook is the process's: other tests panic too, and are told apart by their thread.
    static HOOK: Mutex<()> = Mutex::new(());
    let _one_at_a_time = HOOK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let place = Arc::new(Mutex::new(None));
    let (told, thread) = (place.clone(), std::thread::current().id());
    let earlier = Arc::new(std::panic::take_hook());
    let also = earlier.clone();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == thread {
            let place = info
                .location()
                .map(|place: &Location<'_>| (place.file().to_owned(), place.line()));
            *told.lock().unwrap() = place;
        } else {
            also(info);
        }
    }));
    let _ = sync_failure(failing);
    std::panic::set_hook(Box::new(move |info| earlier(info)));
    let place = place.lock().unwrap().take();
    place.expect("a panic has a place")
}
