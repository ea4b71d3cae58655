//! A plugin that panics.

use omniview_plugintest::{Harness, state};
use omniview_sdk::{ErrorCode, Fault, ResourceMeta, ResourceRegistration, WatchState};

use super::{
    desk::{Desk, on},
    notes::{self, BOMB, Calls, Mood, NOTE},
    verbs::Verb,
};

#[tokio::test(start_paused = true)]
async fn a_panic_is_internal_with_its_text_and_ends_nothing_else() {
    let desk = Desk::open().await;
    for verb in Verb::MOODY {
        let provider = desk.harness.provider();
        let error = verb
            .call(&**provider, &on("a"), &BOMB.into())
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.fault()),
            (&ErrorCode::Internal, Fault::Plugin),
            "{verb:?}"
        );
        for part in ["panicked", "kaboom", BOMB] {
            assert!(error.message().contains(part), "{verb:?}: {error}");
        }
    }
    assert_eq!(
        desk.calls.seen(),
        Verb::MOODY.len(),
        "each has reached the plugin"
    );
    desk.assert_unharmed().await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_start_leaves_that_connection_stopped() {
    let desk = Desk::open().await;
    let error = desk
        .harness
        .start_connection("mine")
        .expect_error(ErrorCode::Internal)
        .await;
    assert!(error.message().contains("kaboom"), "{error}");
    assert_eq!(error.connection().map(|id| id.as_str()), Some("mine"));
    desk.harness
        .stop_connection("mine")
        .expect_error(ErrorCode::NotConnected)
        .await;
    desk.assert_unharmed().await;
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_watch_is_retried_like_an_error_beside_watches_that_run() {
    let bomb = ResourceRegistration::builder(
        ResourceMeta::new("notes", "v1", "Firework"),
        notes::notes(&Calls::default(), Mood::Bomb),
    );
    let config = notes::config(&Calls::default()).resource(bomb.watch().build());
    let harness = Harness::builder(config)
        .timeout(std::time::Duration::from_secs(60))
        .mount();
    harness.connect("a").await;
    harness
        .wait_for(state("notes::v1::Firework", WatchState::Failed))
        .await;

    let recording = harness.recording();
    let mut attempts = [WatchState::Syncing, WatchState::Error].repeat(6);
    attempts.push(WatchState::Failed);
    let fireworks = recording.of("notes::v1::Firework");
    fireworks.assert_states(&attempts);
    for seen in fireworks
        .iter()
        .filter(|seen| seen.state() == Some(WatchState::Error))
    {
        assert!(seen.to_string().contains("kaboom"), "{seen}");
    }
    recording
        .of(NOTE)
        .assert_adds(1)
        .assert_states(&[WatchState::Syncing, WatchState::Synced]);
    harness.shutdown().await;
}
