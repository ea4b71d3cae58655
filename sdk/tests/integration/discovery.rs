//! Types that the backend brings: when it is asked, and what follows for types and watches.

use std::time::Duration;

use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use tokio::time::{Instant, sleep};

use crate::{
    boundary::{DEV, POD},
    equipped::{PROD, equipped},
    logbook::Logbook,
    surveyor::{Mood, Surveyor},
};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const A_MOMENT: Duration = Duration::from_millis(1);
pub(crate) const GADGET: &str = "custom::v1::Gadget";
pub(crate) const WIDGET: &str = "custom::v1::Widget";

pub(crate) fn meta(key: &str) -> ResourceMeta {
    key.parse().unwrap()
}

/// A plugin with pods, and a pattern that serves whatever is discovered.
pub(crate) struct Plugin {
    pub(crate) config: ResourcePluginConfig<StubClient>,
    connections: StubConnections,
    pods: StubControl,
    pub(crate) others: StubControl,
    pub(crate) surveyor: Surveyor,
}

pub(crate) fn plugin(answer: DiscoveredTypes) -> Plugin {
    plugin_on(
        StubConnections::new([DEV, PROD, "idle"]).watchable(),
        answer,
    )
}

pub(crate) fn plugin_on(connections: StubConnections, answer: DiscoveredTypes) -> Plugin {
    let (static_type, pods) = Stub::resource(POD).watchable().build();
    let (pattern, others) = Stub::pattern("*").watchable().build();
    let surveyor = Surveyor::finding(answer);
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(static_type)
        .resource(pattern)
        .discovery(surveyor.clone());
    Plugin {
        config,
        connections,
        pods,
        others,
        surveyor,
    }
}

async fn keys(h: &Harness) -> Vec<String> {
    let types = h.resource_types(DEV).await;
    types.into_keys().map(String::from).collect()
}

pub(crate) async fn watch_of(h: &Harness, key: &str) -> Option<WatchState> {
    let summary = h.get_watch_state(DEV).await;
    summary.resources.get(key).copied()
}

/// Contract: CFG-11
#[tokio::test(start_paused = true)]
async fn without_discovery_a_connection_has_the_static_types_only() {
    let (pods, _) = Stub::resource(POD).build();
    let (pattern, _) = Stub::pattern("*").build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods)
        .resource(pattern);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    sleep(60 * MINUTE).await;
    assert_eq!(keys(&h).await, [POD]);
    h.shutdown().await;
}

/// Contract: TYP-03, TYP-11, TYP-14, CFG-16
#[tokio::test(start_paused = true)]
async fn discovery_and_scope_are_asked_with_every_start_of_a_connection() {
    let equipped = equipped();
    let found = meta(GADGET).with_label("A gadget");
    equipped
        .surveyor
        .answer(DiscoveredTypes::additional([found.clone()]));
    let h = Harness::mount(equipped.config());
    assert_eq!(keys(&h).await, [POD]);
    assert_eq!(equipped.surveyor.asked().len(), 0, "it is not started");
    h.connect(DEV).await;
    assert_eq!(keys(&h).await, [POD, GADGET]);
    assert_eq!(h.resource_types(DEV).await[GADGET], found);
    assert_eq!(h.resource_types(PROD).await.get(GADGET), None);
    h.disconnect(DEV).await;
    assert_eq!(keys(&h).await, [POD, GADGET], "the last good answer stays");
    h.connect(DEV).await;
    let asked = equipped.surveyor.asked();
    let clients: Vec<u64> = asked.iter().map(|question| question.client).collect();
    assert_eq!(clients, [1, 2]);
    assert!(asked.iter().all(|question| question.connection.id == DEV));
    assert_eq!(equipped.connections.calls(StubOperation::ResolveScope), 2);
    h.shutdown().await;
}

/// Contract: TYP-11
#[rstest]
#[case(Mood::Fails("no route".into()))]
#[case(Mood::Panics("no route".into()))]
#[tokio::test(start_paused = true)]
async fn a_failing_discovery_leaves_the_static_types_and_is_logged(#[case] mood: Mood) {
    let log = Logbook::open();
    let Plugin {
        config, surveyor, ..
    } = plugin(DiscoveredTypes::default());
    surveyor.set_mood(mood);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    assert_eq!(keys(&h).await, [POD]);
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.shutdown().await;
    let warnings = log.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(warnings[0].contains("discovery failed"), "{warnings:?}");
    assert!(warnings[0].contains("no route"), "{warnings:?}");
    assert!(warnings[0].contains("connection=dev"), "{warnings:?}");
}

/// Contract: TYP-11, TYP-12
#[tokio::test(start_paused = true)]
async fn a_failing_discovery_keeps_the_last_good_answer() {
    let Plugin {
        config, surveyor, ..
    } = plugin(DiscoveredTypes::additional([meta(GADGET)]));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.wait_for(state(GADGET, WatchState::Synced)).await;
    surveyor.set_mood(Mood::Fails("no route".into()));
    sleep(11 * MINUTE).await;
    assert_eq!(surveyor.asked().len(), 3, "it is asked again all the same");
    assert_eq!(keys(&h).await, [POD, GADGET]);
    assert_eq!(watch_of(&h, GADGET).await, Some(WatchState::Synced));
    assert_eq!(h.recording().of(GADGET).states().len(), 2);
    h.disconnect(DEV).await;
    h.connect(DEV).await;
    assert_eq!(keys(&h).await, [POD, GADGET]);
    h.wait_for(state(GADGET, WatchState::Synced)).times(2).await;
    h.shutdown().await;
}

/// Contract: TYP-12
#[tokio::test(start_paused = true)]
async fn discovery_is_asked_again_every_five_minutes_while_the_connection_runs() {
    let Plugin {
        config, surveyor, ..
    } = plugin(DiscoveredTypes::default());
    let h = Harness::mount(config);
    let began = Instant::now();
    h.connect(DEV).await;
    sleep(16 * MINUTE).await;
    let minutes = |surveyor: &Surveyor| -> Vec<u64> {
        let asked = surveyor.asked();
        let at = asked.iter().map(|question| question.at - began);
        at.map(|after| after.as_secs() / 60).collect()
    };
    assert_eq!(minutes(&surveyor), [0, 5, 10, 15]);
    assert_eq!(surveyor.asked()[3].at - began, 15 * MINUTE);
    h.disconnect(DEV).await;
    sleep(60 * MINUTE).await;
    assert_eq!(surveyor.asked().len(), 4, "a stopped one is not asked");
    h.connect(DEV).await;
    sleep(6 * MINUTE).await;
    assert_eq!(minutes(&surveyor), [0, 5, 10, 15, 76, 81]);
    h.shutdown().await;
}

/// Contract: TYP-12
#[tokio::test(start_paused = true)]
async fn how_often_discovery_is_asked_can_be_configured() {
    let Plugin {
        config, surveyor, ..
    } = plugin(DiscoveredTypes::default());
    let h = Harness::mount(config.options(|options| options.discovery_interval = MINUTE));
    h.connect(DEV).await;
    sleep(Duration::from_secs(150)).await;
    assert_eq!(surveyor.asked().len(), 3);
    h.shutdown().await;
}

/// Contract: TYP-12
#[tokio::test(start_paused = true)]
async fn an_interval_without_end_asks_discovery_once_a_start() {
    let Plugin {
        config, surveyor, ..
    } = plugin(DiscoveredTypes::additional([meta(GADGET)]));
    let h = Harness::mount(config.options(|options| options.discovery_interval = Duration::MAX));
    h.connect(DEV).await;
    sleep(24 * 60 * MINUTE).await;
    assert_eq!(surveyor.asked().len(), 1);
    assert_eq!(keys(&h).await, [POD, GADGET]);
    h.disconnect(DEV).await;
    h.connect(DEV).await;
    assert_eq!(surveyor.asked().len(), 2);
    h.shutdown().await;
}

/// Contract: TYP-12, WAT-32, CFG-18
#[tokio::test(start_paused = true)]
async fn a_changed_answer_starts_and_stops_watches() {
    let Plugin {
        config,
        others,
        pods,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::additional([meta(GADGET)]));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.wait_for(state(GADGET, WatchState::Synced)).await;
    assert_eq!(
        others.last(StubOperation::Watch).meta,
        Some(meta(GADGET)),
        "a pattern's watcher is told the concrete type"
    );

    surveyor.answer(DiscoveredTypes::additional([meta(WIDGET)]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert_eq!(keys(&h).await, [POD, WIDGET]);
    h.wait_for(state(GADGET, WatchState::Stopped)).await;
    h.wait_for(state(WIDGET, WatchState::Synced)).await;
    assert_eq!(others.last(StubOperation::Watch).meta, Some(meta(WIDGET)));
    assert_eq!(watch_of(&h, GADGET).await, None);
    assert!(!h.is_resource_watch_running(DEV, GADGET).await);

    sleep(10 * MINUTE).await;
    assert_eq!(
        others.calls(StubOperation::Watch),
        2,
        "nothing new, nothing done"
    );
    assert_eq!(
        pods.calls(StubOperation::Watch),
        1,
        "the others are left alone"
    );

    surveyor.answer(DiscoveredTypes::additional([meta(GADGET), meta(WIDGET)]));
    sleep(5 * MINUTE).await;
    h.wait_for(state(GADGET, WatchState::Synced)).times(2).await;
    assert_eq!(others.calls(StubOperation::Watch), 3);
    h.shutdown().await;
}

/// Contract: WAT-32
#[tokio::test(start_paused = true)]
async fn only_a_complete_answer_excludes_a_static_type() {
    for (answer, excluded) in [
        (DiscoveredTypes::additional([meta(GADGET)]), false),
        (DiscoveredTypes::complete([meta(GADGET)]), true),
        (DiscoveredTypes::complete([meta(POD)]), false),
    ] {
        let Plugin { config, pods, .. } = plugin(answer.clone());
        let h = Harness::mount(config);
        h.connect(DEV).await;
        assert_eq!(!keys(&h).await.contains(&POD.to_owned()), excluded);
        if !excluded {
            h.wait_for(state(POD, WatchState::Synced)).await;
            h.shutdown().await;
            continue;
        }
        let skipped = h.wait_for(state(POD, WatchState::Skipped)).await;
        let WatchEvent::State(event) = &*skipped.event else {
            unreachable!()
        };
        assert!(event.message.contains("discovery"), "{event:?}");
        assert_eq!(watch_of(&h, POD).await, Some(WatchState::Skipped));
        for refused in [
            h.ensure_resource_watch(DEV, POD),
            h.restart_resource_watch(DEV, POD),
        ] {
            let error = refused.expect_error(ErrorCode::Unsupported).await;
            assert!(error.message().contains(&event.message), "{error}");
        }
        sleep(60 * MINUTE).await;
        assert_eq!(pods.calls(StubOperation::Watch), 0);
        assert_eq!(h.recording().of(POD).len(), 1);
        h.shutdown().await;
    }
}

/// Contract: TYP-12, WAT-32
#[tokio::test(start_paused = true)]
async fn a_type_is_skipped_while_it_is_excluded_and_watched_again_after_that() {
    let Plugin {
        config,
        pods,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::complete([meta(POD)]));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    surveyor.answer(DiscoveredTypes::complete([]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert_eq!(watch_of(&h, POD).await, Some(WatchState::Skipped));
    assert_eq!(pods.calls(StubOperation::Watch), 1);
    surveyor.answer(DiscoveredTypes::complete([meta(POD)]));
    sleep(5 * MINUTE).await;
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    h.recording().of(POD).states().assert_states(&[
        WatchState::Syncing,
        WatchState::Synced,
        WatchState::Stopped,
        WatchState::Skipped,
        WatchState::Syncing,
        WatchState::Synced,
    ]);
    h.shutdown().await;
}

/// Contract: WAT-02, WAT-21
#[tokio::test(start_paused = true)]
async fn a_lazy_type_that_was_excluded_starts_with_the_next_query() {
    let (lazy, control) = Stub::resource(POD)
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .build();
    let surveyor = Surveyor::finding(DiscoveredTypes::complete([]));
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(lazy)
        .discovery(surveyor.clone());
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.list(POD, ListInput::all()).await;
    assert_eq!(watch_of(&h, POD).await, Some(WatchState::Skipped));
    surveyor.answer(DiscoveredTypes::complete([meta(POD)]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert_eq!(control.calls(StubOperation::Watch), 0, "it is still lazy");
    assert_eq!(watch_of(&h, POD).await, Some(WatchState::Idle));
    h.list(POD, ListInput::all()).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.shutdown().await;
}

/// Contract: WAT-02, WAT-21
#[tokio::test(start_paused = true)]
async fn a_lazy_type_starts_with_the_first_query_after_every_start_of_the_connection() {
    let (lazy, control) = Stub::resource(POD)
        .watchable()
        .sync_policy(SyncPolicy::OnFirstQuery)
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(lazy);
    let h = Harness::mount(config);
    for start in 1..=3 {
        h.connect(DEV).await;
        sleep(MINUTE).await;
        assert_eq!(control.calls(StubOperation::Watch), start - 1);
        assert_eq!(watch_of(&h, POD).await, Some(WatchState::Idle));
        h.get(POD, "x").expect_error(ErrorCode::NotFound).await;
        h.wait_for(state(POD, WatchState::Synced))
            .times(start)
            .await;
        h.get(POD, "x").expect_error(ErrorCode::NotFound).await;
        assert_eq!(control.calls(StubOperation::Watch), start);
        h.disconnect(DEV).await;
    }
    h.shutdown().await;
}

/// Contract: TYP-03
#[tokio::test(start_paused = true)]
async fn a_discovered_type_that_nobody_serves_is_known_and_not_watched() {
    let (pods, _) = Stub::resource(POD).watchable().build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods)
        .discovery(Surveyor::finding(DiscoveredTypes::additional([meta(
            GADGET,
        )])));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    assert_eq!(keys(&h).await, [POD, GADGET]);
    assert!(h.has_resource_type(GADGET).await);
    assert_eq!(h.resource_type(GADGET).await, meta(GADGET));
    assert_eq!(watch_of(&h, GADGET).await, None);
    h.get(GADGET, "x").expect_error(ErrorCode::NotFound).await;
    h.shutdown().await;
}

/// Contract: TYP-13
#[tokio::test(start_paused = true)]
async fn the_removal_of_a_connection_is_told_exactly_once_started_or_not() {
    let Plugin {
        config,
        connections,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::default());
    connections.put(Connection::builder("outside").build().unwrap());
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.connect(PROD).await;
    h.disconnect(PROD).await;
    sleep(A_MOMENT).await;
    assert_eq!(surveyor.removed_ids().len(), 0, "a stop removes nothing");

    h.delete_connection("idle").await;
    assert_eq!(surveyor.removed_ids(), ["idle"]);
    let destroy = StubOperation::DestroyClient;
    connections.next(destroy, Fault::Raw("stuck".into()));
    h.delete_connection(DEV)
        .expect_error(ErrorCode::Internal)
        .await;
    assert_eq!(surveyor.removed_ids(), [DEV, "idle"]);
    h.delete_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;

    connections.remove("outside");
    sleep(A_MOMENT).await;
    assert_eq!(surveyor.removed_ids(), [DEV, "idle", "outside"]);
    h.shutdown().await;
    assert_eq!(surveyor.removed_ids(), [DEV, "idle", "outside"]);
}

/// Contract: TYP-13
#[tokio::test(start_paused = true)]
async fn a_connection_of_the_same_id_that_comes_back_is_a_new_one() {
    let Plugin {
        config,
        connections,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::additional([meta(GADGET)]));
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.delete_connection(DEV).await;
    connections.change(|_| {});
    h.load_connections().await;
    assert_eq!(keys(&h).await, [POD], "what was discovered is forgotten");
    h.delete_connection(DEV).await;
    assert_eq!(surveyor.removed_ids(), [DEV, DEV]);
    h.shutdown().await;
}

/// Contract: CFG-07, WAT-12, WAT-15, CON-12
#[tokio::test(start_paused = true)]
async fn a_type_that_only_a_pattern_serves_is_watched_when_somebody_asks_for_it() {
    let Plugin {
        config,
        connections,
        others,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::default());
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.list(WIDGET, ListInput::all()).await;
    assert_eq!(
        watch_of(&h, WIDGET).await,
        None,
        "a query may name any key, and starts nothing"
    );
    h.ensure_resource_watch(DEV, WIDGET).await;
    h.wait_for(state(WIDGET, WatchState::Synced)).await;
    h.ensure_resource_watch(DEV, WIDGET).await;
    assert_eq!(others.last(StubOperation::Watch).meta, Some(meta(WIDGET)));
    assert_eq!(others.calls(StubOperation::Watch), 1);

    // An answer that does not claim to be complete leaves it alone.
    surveyor.answer(DiscoveredTypes::additional([meta(GADGET)]));
    sleep(6 * MINUTE).await;
    assert!(h.is_resource_watch_running(DEV, GADGET).await);
    assert!(h.is_resource_watch_running(DEV, WIDGET).await);
    assert_eq!(others.calls(StubOperation::Watch), 2);

    // With a new client it returns like any other that was active.
    let unwell = ConnectionStatus::new(ConnectionStatusCode::Unavailable);
    connections.set_status(DEV, unwell);
    h.start_connection(DEV).await;
    connections.set_status(DEV, ConnectionStatus::connected());
    h.wait_for(state(WIDGET, WatchState::Synced)).times(2).await;

    // With a new start it does not: nobody has asked for it since.
    h.disconnect(DEV).await;
    h.connect(DEV).await;
    assert_eq!(watch_of(&h, WIDGET).await, Some(WatchState::Stopped));
    h.restart_resource_watch(DEV, WIDGET).await;
    h.wait_for(state(WIDGET, WatchState::Synced)).times(3).await;

    // A complete answer excludes it.
    surveyor.answer(DiscoveredTypes::complete([meta(POD)]));
    sleep(6 * MINUTE).await;
    assert_eq!(watch_of(&h, WIDGET).await, None);
    let refused = h.ensure_resource_watch(DEV, WIDGET);
    let refused = refused.expect_error(ErrorCode::Unsupported).await;
    assert_eq!(
        refused.message(),
        "resource type custom::v1::Widget is not watched: discovery says that the connection does \
         not have it"
    );
    assert_eq!(watch_of(&h, WIDGET).await, None);
    h.shutdown().await;
}

/// Contract: WAT-03, WAT-15, CFG-07
#[tokio::test(start_paused = true)]
async fn a_watch_that_somebody_asks_for_is_refused_where_no_pattern_can_serve_it() {
    let (pattern, never) = (
        Stub::pattern("apps::*::*").watchable(),
        Stub::pattern("batch::*::*")
            .watchable()
            .sync_policy(SyncPolicy::Never),
    );
    let (plain, _) = Stub::pattern("core::*::*").build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pattern.build().0)
        .resource(never.build().0)
        .resource(plain);
    let h = Harness::mount(config);
    h.load_connections().await;
    let expected = [
        ("apps::v1::Job", ErrorCode::NotConnected),
        ("batch::v1::Job", ErrorCode::NotConnected),
        (POD, ErrorCode::Unsupported),
        (WIDGET, ErrorCode::NotFound),
        ("malformed", ErrorCode::InvalidInput),
    ];
    for (key, code) in expected {
        let refused = h.ensure_resource_watch(DEV, key).expect_error(code).await;
        assert_eq!(refused.key().unwrap(), key);
    }
    h.connect(DEV).await;
    for (key, code) in [
        ("batch::v1::Job", ErrorCode::Unsupported),
        (POD, ErrorCode::Unsupported),
        (WIDGET, ErrorCode::NotFound),
    ] {
        let told = h.ensure_resource_watch(DEV, key).attempt().await;
        assert_eq!(*told.unwrap_err().code(), code);
        let told = h.restart_resource_watch(DEV, key).attempt().await;
        assert_eq!(*told.unwrap_err().code(), code);
    }
    h.stop_connection_watch(DEV).await;
    h.ensure_resource_watch(DEV, "apps::v1::Job")
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert!(
        h.get_watch_state(DEV).await.resources.is_empty(),
        "nothing changed"
    );
    h.shutdown().await;
}

/// Contract: TYP-12
#[tokio::test(start_paused = true)]
async fn a_discovery_that_hangs_holds_up_neither_a_stop_nor_another_connection() {
    let Plugin {
        config,
        connections,
        surveyor,
        ..
    } = plugin(DiscoveredTypes::default());
    let h = Harness::mount(config);
    h.connect(DEV).await;
    surveyor.set_mood(Mood::Hangs);
    sleep(6 * MINUTE).await;
    assert_eq!(surveyor.asked().len(), 2);
    surveyor.set_mood(Mood::Answers);
    let began = Instant::now();
    h.connect(PROD).await;
    h.disconnect(DEV).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    h.connect(DEV).await;
    sleep(6 * MINUTE).await;
    let of_dev = surveyor
        .asked()
        .into_iter()
        .filter(|asked| asked.connection.id == DEV);
    assert_eq!(of_dev.count(), 4, "it is asked again after the new start");
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}
