//! The handle that a watcher emits through: whose attempt it speaks for, and for how long. All time is virtual.

use std::{sync::Arc, time::Duration};

use omniview_plugintest::{
    Harness, added, state,
    stub::{Stub, StubClient, StubConnections},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::json;
use tokio::sync::mpsc;

use crate::{
    boundary::{DEV, POD},
    logbook::Logbook,
};

/// A watcher that gives its handle away, and returns when it is cancelled.
struct Leaking(mpsc::UnboundedSender<WatchSink>);

#[async_trait]
impl Watcher<StubClient> for Leaking {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        self.0.send(sink)?;
        ctx.cancelled().await;
        Ok(())
    }
}

/// A started plugin, and the handles of its attempts.
async fn leaking() -> (Harness, mpsc::UnboundedReceiver<WatchSink>) {
    let (sender, handles) = mpsc::unbounded_channel();
    let (pods, _) = Stub::resource(POD).watchable().build();
    let pods = pods.map_handles(|handles| ResourceHandles {
        watcher: Some(Arc::new(Leaking(sender))),
        ..handles
    });
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    let h = Harness::builder(config)
        .timeout(Duration::from_secs(60))
        .mount();
    h.connect(DEV).await;
    (h, handles)
}

fn pod(id: &str) -> WatchAddPayload {
    WatchAddPayload::new(id, "a", json!({}))
}

fn said(state: WatchState) -> WatchStateEvent {
    WatchStateEvent {
        state,
        ..WatchStateEvent::default()
    }
}

/// Everything that a handle can do.
async fn everything(handle: &WatchSink) -> Vec<Result<(), SinkClosed>> {
    vec![
        handle.add(pod("late")).await,
        handle
            .update(WatchUpdatePayload::new("late", "a", json!({})))
            .await,
        handle
            .delete(WatchDeletePayload::new("late", "a", json!({})))
            .await,
        handle.synced(7).await,
        handle.failed(ErrorCode::Unavailable, "late").await,
        handle.report(said(WatchState::Forbidden)).await,
        handle.report(said(WatchState::Syncing)).await,
        handle.report(said(WatchState::Idle)).await,
    ]
}

/// Contract: WAT-16, WAT-38
#[tokio::test(start_paused = true)]
async fn a_handle_that_outlives_its_watch_says_nothing_any_more() {
    let (h, mut handles) = leaking().await;
    let handle = handles.recv().await.unwrap();
    assert!(!handle.is_closed());
    assert_eq!(handle.add(pod("web")).await, Ok(()));
    h.stop_resource_watch(DEV, POD).await;

    let mark = h.mark();
    assert!(handle.is_closed());
    let answers = everything(&handle).await;
    assert!(
        answers.iter().all(|answer| *answer == Err(SinkClosed)),
        "{answers:?}"
    );
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(
        h.recording().since(mark).is_empty(),
        "{}",
        h.recording().since(mark)
    );
    h.shutdown().await;
}

/// Contract: WAT-18, WAT-22
#[tokio::test(start_paused = true)]
async fn a_handle_of_an_earlier_attempt_does_not_speak_for_a_later_one() {
    let (h, mut handles) = leaking().await;
    let first = handles.recv().await.unwrap();
    assert_eq!(first.failed(ErrorCode::Unavailable, "away").await, Ok(()));
    let told = h.wait_for(state(POD, WatchState::Error)).await;
    let WatchEvent::State(event) = &*told.event else {
        unreachable!()
    };
    assert_eq!(event.message, "away");
    assert_eq!(event.error_code, Some(ErrorCode::Unavailable));
    let second = handles.recv().await.unwrap();
    h.restart_resource_watch(DEV, POD).await;
    let third = handles.recv().await.unwrap();

    let mark = h.mark();
    for handle in [&first, &second] {
        assert!(handle.is_closed());
        let answers = everything(handle).await;
        assert!(
            answers.iter().all(|answer| *answer == Err(SinkClosed)),
            "{answers:?}"
        );
    }
    assert!(!third.is_closed());
    assert_eq!(third.add(pod("web")).await, Ok(()));
    assert_eq!(third.synced(1).await, Ok(()));
    h.wait_for(state(POD, WatchState::Synced)).since(mark).await;
    let kinds: Vec<_> = h
        .recording()
        .since(mark)
        .iter()
        .map(|seen| seen.kind())
        .collect();
    assert_eq!(kinds, ["ADD", "SYNCED"]);
    h.shutdown().await;
}

/// Contract: WAT-22, WAT-25, WAT-31
#[rstest]
#[case(WatchState::Error, None, "ERROR", ErrorCode::Internal)]
#[case(
    WatchState::Error,
    Some(ErrorCode::Unavailable),
    "ERROR",
    ErrorCode::Unavailable
)]
#[case(WatchState::Forbidden, None, "FORBIDDEN", ErrorCode::Forbidden)]
#[case(
    WatchState::Forbidden,
    Some(ErrorCode::NotFound),
    "FORBIDDEN",
    ErrorCode::NotFound
)]
#[tokio::test(start_paused = true)]
async fn a_reported_failure_ends_the_attempt_with_its_code_and_message(
    #[case] reported: WatchState,
    #[case] given: Option<ErrorCode>,
    #[case] kind: &str,
    #[case] code: ErrorCode,
) {
    let (h, mut handles) = leaking().await;
    let handle = handles.recv().await.unwrap();
    let mark = h.mark();
    let failure = WatchStateEvent {
        message: "the token has expired".into(),
        error_code: given,
        ..said(reported)
    };
    assert_eq!(handle.report(failure).await, Ok(()));
    assert!(handle.is_closed(), "the attempt is over at once");
    let told = h.wait_for(state(POD, reported)).since(mark).await;
    assert_eq!(told.kind(), kind);
    let WatchEvent::State(event) = &*told.event else {
        unreachable!()
    };
    assert_eq!(event.message, "the token has expired");
    assert_eq!(event.error_code, Some(code));
    assert_eq!(event.resource_count, None);
    h.shutdown().await;
}

/// Contract: WAT-25, WAT-27
#[tokio::test(start_paused = true)]
async fn a_report_of_synced_has_a_count_and_no_code_whatever_was_said() {
    let (h, mut handles) = leaking().await;
    let handle = handles.recv().await.unwrap();
    let report = WatchStateEvent {
        error_code: Some(ErrorCode::Unavailable),
        ..said(WatchState::Synced)
    };
    assert_eq!(handle.report(report).await, Ok(()));
    let told = h.wait_for(state(POD, WatchState::Synced)).await;
    let WatchEvent::State(event) = &*told.event else {
        unreachable!()
    };
    assert_eq!(event.resource_count, Some(0));
    assert_eq!(event.error_code, None);
    // A second one tells nothing new, and the attempt goes on.
    assert_eq!(handle.synced(3).await, Ok(()));
    assert_eq!(handle.add(pod("web")).await, Ok(()));
    h.wait_for(added("web")).await;
    let summary = h.get_watch_state(DEV).await;
    assert_eq!(summary.resource_counts[POD], 0);
    h.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_handle_prints_where_it_belongs_and_whether_it_is_open() {
    let (h, mut handles) = leaking().await;
    let handle = handles.recv().await.unwrap();
    assert_eq!(
        format!("{handle:?}"),
        r#"WatchSink { connection: "dev", key: "core::v1::Pod", open: true, .. }"#
    );
    h.stop_resource_watch(DEV, POD).await;
    assert!(format!("{handle:?}").contains("open: false"));
    h.shutdown().await;
}

/// Contract: WAT-25
#[tokio::test(start_paused = true)]
async fn a_state_that_is_the_sdks_to_say_is_dropped_with_a_warning_and_syncing_without() {
    let (h, mut handles) = leaking().await;
    let handle = handles.recv().await.unwrap();
    let mark = h.mark();
    let log = Logbook::open();
    assert_eq!(handle.report(said(WatchState::Syncing)).await, Ok(()));
    assert_eq!(log.warnings(), Vec::<String>::new());
    for state in [
        WatchState::Idle,
        WatchState::Stopped,
        WatchState::Failed,
        WatchState::Skipped,
    ] {
        assert_eq!(handle.report(said(state)).await, Ok(()));
        let warnings = log.warnings();
        let last = warnings.last().unwrap();
        for part in ["dropped", "connection=dev", POD, state.ui_name()] {
            assert!(last.contains(part), "no {part:?} in {last}");
        }
    }
    assert_eq!(log.warnings().len(), 4);
    assert!(!handle.is_closed(), "the attempt goes on");
    assert!(h.recording().since(mark).is_empty());
    h.shutdown().await;
}
