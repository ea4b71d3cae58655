//! Calls that name what is not there, or that nobody waits for any more.

use std::time::Duration;

use omniview_plugintest::Harness;
use omniview_sdk::{
    CallContext, DeleteInput, ErrorCode, Fault, GetInput, ResourceKey, UpdateInput,
};
use rstest::rstest;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    desk::{Desk, on},
    notes::{self, Calls, NOTE, TAR},
    verbs::Verb,
};

/// Contract: OPS-01
#[rstest]
#[case::nothing("")]
#[case::one_part("note")]
#[case::two_parts("notes::v1")]
#[case::an_empty_part("notes::::Note")]
#[case::four_parts("notes::v1::Note::Pad")]
#[tokio::test(start_paused = true)]
async fn a_malformed_key_is_invalid_input_everywhere(#[case] key: &str) {
    let desk = Desk::open().await;
    let provider = desk.harness.provider();
    let key = ResourceKey::from(key);
    for verb in Verb::ALL {
        let error = verb.call(&**provider, &on("a"), &key).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::InvalidInput, "{verb:?}: {error}");
        let named = format!("resource key {:?} is not of the form", key.as_str());
        assert!(error.message().contains(&named), "{verb:?}: {error}");
    }
    assert!(!desk.harness.has_resource_type(&key).await);
    assert!(!desk.harness.is_resource_watch_running("a", &key).await);
    assert_eq!(desk.calls.seen(), 0, "plugin code was called");
    desk.assert_unharmed().await;
}

/// Contract: OPS-02, TYP-04, TYP-05, TYP-15, CAP-06, SCH-02
#[rstest]
#[case::a_slip("notes::v1::Nota", NOTE)]
#[case::another_version("notes::v2::Note", NOTE)]
#[case::another_case("notes::v1::tar", TAR)]
#[tokio::test(start_paused = true)]
async fn an_unknown_key_is_not_found_and_names_the_nearest(
    #[case] key: &str,
    #[case] nearest: &str,
) {
    let desk = Desk::open().await;
    let provider = desk.harness.provider();
    let key = ResourceKey::from(key);
    for verb in Verb::ALL {
        let error = verb.call(&**provider, &on("a"), &key).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::NotFound, "{verb:?}: {error}");
        assert!(error.message().contains(key.as_str()), "{verb:?}: {error}");
        let advice = error.suggestions().join("; ");
        assert!(
            advice.contains(nearest),
            "{verb:?} does not name {nearest}: {error}"
        );
    }
    assert!(!desk.harness.has_resource_type(&key).await);
    assert!(!desk.harness.is_resource_watch_running("a", &key).await);
    assert_eq!(desk.calls.seen(), 0, "plugin code was called");
    desk.assert_unharmed().await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_object_is_not_found_with_all_that_names_it() {
    let desk = Desk::open().await;
    let provider = desk.harness.provider();
    let (ctx, key) = (on("a"), ResourceKey::from(NOTE));
    let note = json!({"id": "missing"});
    for (operation, error) in [
        (
            "get",
            provider
                .get(&ctx, &key, GetInput::new("missing"))
                .await
                .err(),
        ),
        (
            "update",
            provider
                .update(&ctx, &key, UpdateInput::new("missing", note))
                .await
                .err(),
        ),
        (
            "delete",
            provider
                .delete(&ctx, &key, DeleteInput::new("missing"))
                .await
                .err(),
        ),
    ] {
        let error = error.unwrap_or_else(|| panic!("{operation} has found it"));
        assert_eq!(*error.code(), ErrorCode::NotFound);
        assert_eq!(error.message(), "there is no note \"missing\"");
        assert_eq!(error.operation(), Some(operation));
        assert_eq!(error.connection().map(|id| id.as_str()), Some("a"));
        assert_eq!(error.key(), Some(&key));
        assert_eq!(error.id(), Some("missing"));
    }
    desk.assert_unharmed().await;
}

/// Contract: OPS-13, CON-14, WAT-15
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_not_started_is_not_connected() {
    let desk = Desk::open().await;
    let provider = desk.harness.provider();
    for verb in Verb::ON_A_CONNECTION {
        let error = verb
            .call(&**provider, &on("c"), &NOTE.into())
            .await
            .unwrap_err();
        assert_eq!(*error.code(), ErrorCode::NotConnected, "{verb:?}: {error}");
        assert!(error.message().contains("\"c\""), "{verb:?}: {error}");
    }
    desk.harness
        .stop_connection("c")
        .expect_error(ErrorCode::NotConnected)
        .await;
    desk.harness
        .ensure_resource_watch("c", NOTE)
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert_eq!(desk.calls.seen(), 0, "plugin code was called");
    desk.assert_unharmed().await;
}

/// Contract: CON-05, CON-17, CON-19, CON-25
#[tokio::test(start_paused = true)]
async fn an_unknown_connection_is_not_found() {
    let desk = Desk::open().await;
    let h = &desk.harness;
    for error in [
        h.start_connection("z")
            .expect_error(ErrorCode::NotFound)
            .await,
        h.stop_connection("z")
            .expect_error(ErrorCode::NotFound)
            .await,
        h.check_connection("z")
            .expect_error(ErrorCode::NotFound)
            .await,
        h.get_connection("z")
            .expect_error(ErrorCode::NotFound)
            .await,
        h.delete_connection("z")
            .expect_error(ErrorCode::NotFound)
            .await,
        h.ensure_resource_watch("z", NOTE)
            .expect_error(ErrorCode::NotFound)
            .await,
    ] {
        assert!(error.message().contains("\"z\""), "{error}");
    }
    desk.assert_unharmed().await;
}

/// Contract: SES-07
#[tokio::test(start_paused = true)]
async fn without_a_session_several_connections_are_ambiguous_and_none_is_not_connected() {
    let desk = Desk::open().await;
    let provider = desk.harness.provider();
    let nowhere = CallContext::new();
    for verb in Verb::ON_A_CONNECTION {
        let error = verb
            .call(&**provider, &nowhere, &NOTE.into())
            .await
            .unwrap_err();
        assert_eq!(
            *error.code(),
            ErrorCode::AmbiguousConnection,
            "{verb:?}: {error}"
        );
        assert!(error.message().ends_with(": a, b"), "{verb:?}: {error}");
    }
    desk.assert_unharmed().await;

    let calls = Calls::default();
    let harness = Harness::mount(notes::config(&calls));
    for verb in Verb::ON_A_CONNECTION {
        let error = verb
            .call(&**harness.provider(), &nowhere, &NOTE.into())
            .await
            .unwrap_err();
        assert_eq!(*error.code(), ErrorCode::NotConnected, "{verb:?}: {error}");
    }
    harness.shutdown().await;
}

/// Contract: OPS-14
#[rstest]
#[case::cancelled(cancelled(on("a")), ErrorCode::Cancelled, Fault::Caller)]
#[case::expired(on("a").with_timeout(Duration::ZERO), ErrorCode::Timeout, Fault::Backend)]
#[tokio::test(start_paused = true)]
async fn a_context_that_is_over_reaches_no_plugin_code(
    #[case] ctx: CallContext,
    #[case] code: ErrorCode,
    #[case] fault: Fault,
) {
    let desk = Desk::open().await;
    for verb in Verb::ON_A_CONNECTION {
        let error = verb
            .call(&**desk.harness.provider(), &ctx, &NOTE.into())
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.fault()),
            (&code, fault),
            "{verb:?}: {error}"
        );
        assert!(error.operation().is_some(), "{verb:?}: {error}");
    }
    assert_eq!(desk.calls.seen(), 0, "plugin code was called");
    desk.assert_unharmed().await;
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn a_plugin_that_never_answers_is_left_at_the_deadline() {
    let desk = Desk::open().await;
    let patience = Duration::from_millis(50);
    for verb in Verb::MOODY {
        let ctx = on("a").with_timeout(patience);
        let asked = Instant::now();
        let error = verb
            .call(&**desk.harness.provider(), &ctx, &TAR.into())
            .await
            .unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Timeout, "{verb:?}: {error}");
        assert!(error.message().contains(TAR), "{verb:?}: {error}");
        let waited = asked.elapsed();
        assert!(
            (patience..patience + Duration::from_millis(5)).contains(&waited),
            "{verb:?} took {waited:?}"
        );
    }
    assert_eq!(desk.calls.seen(), Verb::MOODY.len());
    desk.assert_unharmed().await;
}

/// Contract: OPS-14
#[tokio::test(start_paused = true)]
async fn a_plugin_that_never_answers_is_left_when_the_call_is_taken_back() {
    let desk = Desk::open().await;
    let taken_back = CancellationToken::new();
    let call = desk
        .harness
        .get(TAR, "n1")
        .on("a")
        .with_cancellation(taken_back.clone());
    let asked = Instant::now();
    let (answer, ()) = tokio::join!(call.attempt(), async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        taken_back.cancel();
    });
    assert_eq!(*answer.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(asked.elapsed().as_secs(), 3);
    desk.assert_unharmed().await;
}

fn cancelled(ctx: CallContext) -> CallContext {
    let token = CancellationToken::new();
    token.cancel();
    ctx.with_cancellation(token)
}
