//! A plugin that panics.

use omniview_plugintest::{Harness, state};
use omniview_sdk::{
    ErrorCode, Fault, ResourceDefinition, ResourceMeta, ResourceRegistration, WatchState,
};

use super::{
    desk::{Desk, on},
    notes::{self, BOMB, Calls, Mood, NOTE},
    verbs::Verb,
};

/// Contract: OPS-15
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

/// Contract: OPS-15, CON-08
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

/// Contract: OPS-15
#[tokio::test(start_paused = true)]
async fn a_type_that_panics_when_it_is_asked_about_itself_can_still_be_mounted_and_called() {
    let nervous = ResourceRegistration::builder(
        ResourceMeta::new("notes", "v1", "Hare"),
        notes::notes(&Calls::default(), Mood::Nervous),
    )
    .watch()
    .sync_policy()
    .definition_provider()
    .definition(ResourceDefinition {
        id_accessor: "id".into(),
        ..ResourceDefinition::default()
    })
    .scale_hint()
    .relationships()
    .actions()
    .filterable()
    .build();
    let harness = Harness::mount(notes::config(&Calls::default()).resource(nervous));
    harness.connect("a").await;
    let (provider, key) = (harness.provider(), "notes::v1::Hare".into());

    for verb in [
        Verb::FilterFields,
        Verb::Find,
        Verb::ListActions,
        Verb::ExecuteAction,
        Verb::StreamAction,
        Verb::DeclaredRelationships,
    ] {
        let error = verb.call(&**provider, &on("a"), &key).await.unwrap_err();
        assert_eq!(*error.code(), ErrorCode::Internal, "{verb:?}: {error}");
        assert!(error.message().contains("kaboom"), "{verb:?}: {error}");
    }
    for verb in [
        Verb::Get,
        Verb::List,
        Verb::Create,
        Verb::Update,
        Verb::Delete,
        Verb::Type,
    ] {
        let answer = verb.call(&**provider, &on("a"), &key).await;
        assert!(answer.is_ok(), "{verb:?}: {answer:?}");
    }
    // A declaration that cannot be read is as if it had not been made.
    harness.wait_for(state(&key, WatchState::Synced)).await;
    assert_eq!(harness.resource_definition(&key).await.id_accessor, "id");
    assert_eq!(harness.resource_capabilities(&key).await.scale_hint, None);
    harness.shutdown().await;
}

/// Contract: WAT-23, WAT-36
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
