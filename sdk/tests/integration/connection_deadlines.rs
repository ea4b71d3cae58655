//! Whoever calls waits until its own deadline and no longer; what it has begun ends well without it.

use std::{fmt, time::Duration};

use omniview_plugintest::{
    Call, Harness, state,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation, WatchScript},
};
use omniview_sdk::*;
use rstest::rstest;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    boundary::{DEV, POD, renamed},
    equipped::{PROD, connection},
    surveyor::{Mood, Surveyor},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

struct Mounted {
    h: Harness,
    connections: StubConnections,
    pods: StubControl,
    surveyor: Surveyor,
}

fn mount() -> Mounted {
    let connections = StubConnections::configured([connection(DEV), connection(PROD)])
        .refreshable()
        .scope(ConnectionScope::all());
    let (registration, pods) = Stub::resource(POD).watchable().build();
    let surveyor = Surveyor::default();
    let config = ResourcePluginConfig::new("stub")
        .connections(connections.registration())
        .resource(registration)
        .discovery(surveyor.clone());
    Mounted {
        h: Harness::builder(config).timeout(60 * MINUTE).mount(),
        connections,
        pods,
        surveyor,
    }
}

/// How a caller stops waiting, three seconds after its call.
#[derive(Debug, Clone, Copy)]
enum Leaving {
    AtItsDeadline,
    Cancelled,
}

impl Leaving {
    /// Makes the call, and sees the caller leave it after three seconds and not later.
    async fn from<I, T>(self, call: Call<I, T>, operation: &str)
    where
        I: Clone + serde::Serialize,
        T: fmt::Debug,
    {
        let began = Instant::now();
        let (code, error) = match self {
            Self::AtItsDeadline => {
                let late = call.with_timeout(3 * SECOND);
                (ErrorCode::Timeout, late.attempt().await.unwrap_err())
            }
            Self::Cancelled => {
                let token = CancellationToken::new();
                let call = call.with_cancellation(token.clone());
                let taking_back = async {
                    sleep(3 * SECOND).await;
                    token.cancel();
                };
                let (told, ()) = tokio::join!(call.attempt(), taking_back);
                (ErrorCode::Cancelled, told.unwrap_err())
            }
        };
        assert_eq!(*error.code(), code, "{error:?}");
        assert_eq!(began.elapsed(), 3 * SECOND);
        assert_eq!(error.operation(), Some(operation), "{error:?}");
    }
}

/// Contract: OPS-14, CON-09, CON-13, CON-21, CON-25
#[rstest]
#[case::stop("stop_connection")]
#[case::update("update_connection")]
#[case::delete("delete_connection")]
#[case::reconnect("start_connection")]
#[case::reload("load_connections")]
#[tokio::test(start_paused = true)]
async fn a_client_whose_end_takes_long_holds_no_caller_beyond_its_deadline(
    #[case] operation: &str,
    #[values(Leaving::AtItsDeadline, Leaving::Cancelled)] leaving: Leaving,
) {
    let Mounted {
        h,
        connections,
        pods,
        surveyor,
    } = mount();
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    connections.next(StubOperation::DestroyClient, Fault::Delay(10 * SECOND));
    match operation {
        "stop_connection" => leaving.from(h.stop_connection(DEV), operation).await,
        "update_connection" => {
            let call = h.update_connection(renamed(DEV));
            leaving.from(call, operation).await;
        }
        "delete_connection" => leaving.from(h.delete_connection(DEV), operation).await,
        "start_connection" => {
            let unwell = ConnectionStatus::new(ConnectionStatusCode::Unavailable);
            connections.set_status(DEV, unwell);
            leaving.from(h.start_connection(DEV), operation).await;
        }
        _ => {
            connections.change(|configured| configured.retain(|known| known.id == PROD));
            leaving.from(h.load_connections(), operation).await;
        }
    }
    assert!(
        !h.is_resource_watch_running(DEV, POD).await,
        "its watches have ended before the client"
    );
    sleep(MINUTE).await;
    assert_eq!(connections.created().len(), 1, "nobody waits for a new one");
    connections.assert_each_destroyed_once();
    let removed = ["delete_connection", "load_connections"].contains(&operation);
    assert_eq!(surveyor.removed_ids().len(), usize::from(removed));
    let told = h.get_connection(DEV).attempt().await;
    match operation {
        "delete_connection" | "load_connections" => {
            assert_eq!(*told.unwrap_err().code(), ErrorCode::NotFound);
        }
        _ => {
            assert!(!told.unwrap().is_connected());
            h.connect(DEV).await;
            h.wait_for(state(POD, WatchState::Synced)).times(2).await;
            assert_eq!(pods.last(StubOperation::Watch).client, Some(2));
        }
    }
    if operation == "update_connection" {
        let updated = h.get_connection(DEV).await.connection.unwrap();
        assert!(updated.same_configuration(&renamed(DEV)));
    }
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: OPS-14, CON-07, TYP-11
#[rstest]
#[case::discovery(true)]
#[case::scope(false)]
#[tokio::test(start_paused = true)]
async fn a_question_that_is_never_answered_holds_no_start_beyond_its_deadline(
    #[case] in_discovery: bool,
    #[values(Leaving::AtItsDeadline, Leaving::Cancelled)] leaving: Leaving,
) {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    match in_discovery {
        true => surveyor.set_mood(Mood::Hangs),
        false => drop(connections.always(StubOperation::ResolveScope, Fault::Hang)),
    }
    let start = h.start_connection(DEV);
    leaving.from(start, "start_connection").await;
    assert!(
        h.get_connection(DEV).await.is_connected(),
        "there is a client, and calls reach it"
    );
    h.list(POD, ListInput::all()).await;

    // A second start asks afresh, and is held up neither by the first nor for longer.
    leaving
        .from(h.start_connection(DEV), "start_connection")
        .await;
    surveyor.set_mood(Mood::Answers);
    connections.heal(StubOperation::ResolveScope);
    let began = Instant::now();
    h.connect(DEV).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    h.wait_for(state(POD, WatchState::Synced)).await;
    assert_eq!(connections.created().len(), 1);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: CON-04, CON-07
#[rstest]
#[case::that_expired(true)]
#[case::that_was_dropped(false)]
#[tokio::test(start_paused = true)]
async fn a_start_that_nobody_waits_for_any_longer_is_completed_when_the_plugin_answers(
    #[case] by_deadline: bool,
) {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    h.load_connections().await;
    connections.always(StubOperation::ResolveScope, Fault::Delay(10 * SECOND));
    if by_deadline {
        let start = h.start_connection(DEV);
        Leaving::AtItsDeadline.from(start, "start_connection").await;
    } else {
        let start = h.start_connection(DEV).attempt();
        timeout(3 * SECOND, start).await.unwrap_err();
    }
    assert!(!h.has_watch(DEV).await);
    sleep(10 * SECOND).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    assert_eq!(surveyor.asked().len(), 1, "discovery had answered");
    h.shutdown().await;
}

/// Contract: CON-07
#[tokio::test(start_paused = true)]
async fn a_start_that_nobody_waits_for_is_not_completed_once_the_watches_are_stopped() {
    let Mounted { h, connections, .. } = mount();
    connections.always(StubOperation::ResolveScope, Fault::Delay(10 * SECOND));
    let start = h.start_connection(DEV);
    Leaving::AtItsDeadline.from(start, "start_connection").await;
    h.stop_connection_watch(DEV).await;
    sleep(MINUTE).await;
    assert!(!h.has_watch(DEV).await);
    let began = Instant::now();
    h.start_connection_watch(DEV).await;
    assert_eq!(began.elapsed(), 10 * SECOND, "the scope is resolved for it");
    assert!(h.has_watch(DEV).await);
    h.shutdown().await;
}

/// Contract: OPS-14, WAT-05
#[rstest]
#[tokio::test(start_paused = true)]
async fn a_scope_that_is_never_resolved_holds_no_start_of_the_watches_beyond_its_deadline(
    #[values(Leaving::AtItsDeadline, Leaving::Cancelled)] leaving: Leaving,
) {
    let Mounted { h, connections, .. } = mount();
    h.connect(DEV).await;
    h.stop_connection_watch(DEV).await;
    connections.next(StubOperation::ResolveScope, Fault::Hang);
    leaving
        .from(h.start_connection_watch(DEV), "start_connection_watch")
        .await;
    connections.next(StubOperation::ResolveScope, Fault::Hang);
    let (started, stopped) = tokio::join!(h.start_connection_watch(DEV).attempt(), async {
        sleep(SECOND).await;
        h.stop_connection(DEV).attempt().await
    });
    assert_eq!(*started.unwrap_err().code(), ErrorCode::Cancelled);
    stopped.unwrap();
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: OPS-14, TYP-12
#[tokio::test(start_paused = true)]
async fn a_periodic_discovery_that_hangs_gives_way_to_whatever_is_asked_of_its_connection() {
    let Mounted {
        h,
        connections,
        surveyor,
        ..
    } = mount();
    h.connect(DEV).await;
    surveyor.set_mood(Mood::Hangs);
    sleep(6 * MINUTE).await;
    assert_eq!(surveyor.asked().len(), 2);
    let began = Instant::now();
    h.refresh_connection(DEV).await;
    h.start_connection(DEV).await;
    h.stop_connection_watch(DEV).await;
    h.start_connection_watch(DEV).await;
    surveyor.set_mood(Mood::Answers);
    h.update_connection(renamed(DEV)).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    let gadget = ResourceMeta::new("custom", "v1", "Gadget");
    surveyor.answer(DiscoveredTypes::additional([gadget]));
    sleep(6 * MINUTE).await;
    assert!(h.has_resource_type("custom::v1::Gadget").await);
    h.shutdown().await;
    connections.assert_each_destroyed_once();
}

/// Contract: WAT-14, WAT-18
#[tokio::test(start_paused = true)]
async fn a_restart_that_is_dropped_while_the_old_watch_ends_is_completed() {
    let Mounted { h, pods, .. } = mount();
    pods.next_watches([
        WatchScript::IgnoreCancellation,
        WatchScript::IgnoreCancellation,
    ]);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    let restart = h.restart_resource_watch(DEV, POD).attempt();
    timeout(SECOND, restart).await.unwrap_err();
    h.wait_for(state(POD, WatchState::Synced)).times(2).await;

    // The same for what revives a watch that is being stopped.
    let stop = h.stop_resource_watch(DEV, POD).attempt();
    timeout(SECOND, stop).await.unwrap_err();
    let ensure = h.ensure_resource_watch(DEV, POD).attempt();
    timeout(SECOND, ensure).await.unwrap_err();
    h.wait_for(state(POD, WatchState::Synced)).times(3).await;
    h.shutdown().await;
}

/// Contract: OPS-14, WAT-07, WAT-16, WAT-18
#[rstest]
#[case("stop_resource_watch", WatchState::Stopped)]
#[case("restart_resource_watch", WatchState::Syncing)]
#[case("stop_connection_watch", WatchState::Stopped)]
#[tokio::test(start_paused = true)]
async fn a_watcher_that_ignores_its_end_holds_no_caller_beyond_its_deadline(
    #[case] operation: &str,
    #[values(Leaving::AtItsDeadline, Leaving::Cancelled)] leaving: Leaving,
    #[case] in_the_end: WatchState,
) {
    let Mounted { h, pods, .. } = mount();
    pods.next_watches([WatchScript::IgnoreCancellation, WatchScript::NeverSync]);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    match operation {
        "stop_resource_watch" => {
            let call = h.stop_resource_watch(DEV, POD);
            leaving.from(call, operation).await;
        }
        "restart_resource_watch" => {
            let call = h.restart_resource_watch(DEV, POD);
            leaving.from(call, operation).await;
        }
        _ => leaving.from(h.stop_connection_watch(DEV), operation).await,
    }
    // The rest of the grace period of five seconds.
    sleep(3 * SECOND).await;
    let mut said = vec![WatchState::Syncing, WatchState::Synced, WatchState::Stopped];
    if in_the_end == WatchState::Syncing {
        said.push(WatchState::Syncing);
    }
    h.recording().of(POD).assert_states(&said);
    assert_eq!(h.get_watch_state(DEV).await.resources[POD], in_the_end);
    h.shutdown().await;
}
