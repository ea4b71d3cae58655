//! What changes while something else is under way.

use std::time::Duration;

use omniview_plugintest::{
    Harness, state,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use tokio::time::{Instant, sleep, timeout};

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

/// A plugin that tells about changes from outside, which it has been asked for.
async fn mount() -> Mounted {
    let connections = StubConnections::configured([connection(DEV), connection(PROD)])
        .watchable()
        .refreshable();
    let mounted = mount_over(connections);
    mounted.h.load_connections().await;
    sleep(SECOND).await;
    mounted
}

fn mount_over(connections: StubConnections) -> Mounted {
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

impl Mounted {
    /// What the last client was made for.
    fn last_made_for(&self) -> Connection {
        let calls = self.connections.seen(StubOperation::CreateClient);
        calls.last().unwrap().context.connection().unwrap().clone()
    }

    async fn assert_runs_on(&self, expected: &Connection) {
        let known = self.h.get_connection(DEV).await;
        assert!(known.is_connected(), "{known:?}");
        assert!(known.connection.unwrap().same_configuration(expected));
        assert!(self.last_made_for().same_configuration(expected));
        assert!(self.h.is_resource_watch_running(DEV, POD).await);
        let watched = self.pods.last(StubOperation::Watch).client;
        let live: Vec<_> = self
            .connections
            .live()
            .iter()
            .map(|client| client.id)
            .collect();
        assert_eq!(live, [watched.unwrap()]);
    }

    async fn close(self) {
        self.h.shutdown().await;
        self.connections.assert_each_destroyed_once();
    }
}

/// Contract: CON-28
#[tokio::test(start_paused = true)]
async fn a_specification_that_changes_while_its_client_is_made_gets_a_client_of_its_own() {
    let m = mount().await;
    m.connections
        .next(StubOperation::CreateClient, Fault::Delay(2 * SECOND));
    let (started, ()) = tokio::join!(m.h.start_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        m.connections.put(renamed(DEV));
    });
    assert!(started.unwrap().is_connected());
    sleep(SECOND).await;
    assert_eq!(m.connections.created().len(), 2);
    m.assert_runs_on(&renamed(DEV)).await;
    m.close().await;
}

/// Contract: CON-28, CON-29
#[tokio::test(start_paused = true)]
async fn a_specification_that_changes_while_the_client_is_refreshed_gets_a_client_of_its_own() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::RefreshClient, Fault::Delay(2 * SECOND));
    let (refreshed, ()) = tokio::join!(m.h.refresh_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        m.connections.put(renamed(DEV));
    });
    refreshed.unwrap();
    sleep(SECOND).await;
    assert_eq!(m.connections.created().len(), 2);
    m.assert_runs_on(&renamed(DEV)).await;
    m.close().await;
}

/// Contract: CON-22, CON-28
#[tokio::test(start_paused = true)]
async fn a_specification_that_changes_during_an_update_has_the_last_word() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::CreateClient, Fault::Delay(2 * SECOND));
    let changed = Connection::builder(DEV).name("outside").build().unwrap();
    let (updated, ()) = tokio::join!(m.h.update_connection(renamed(DEV)).attempt(), async {
        sleep(SECOND).await;
        m.connections.put(changed.clone());
    });
    assert!(updated.unwrap().is_connected());
    sleep(SECOND).await;
    assert_eq!(m.connections.created().len(), 3);
    m.assert_runs_on(&changed).await;
    m.close().await;
}

/// Contract: CON-09, CON-28, TYP-13
#[tokio::test(start_paused = true)]
async fn a_connection_that_vanishes_during_an_update_is_torn_down_after_it() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::CreateClient, Fault::Delay(20 * SECOND));
    let began = Instant::now();
    let (updated, ()) = tokio::join!(m.h.update_connection(renamed(DEV)).attempt(), async {
        sleep(SECOND).await;
        m.connections.remove(DEV);
    });
    // Its new client is not waited for: nobody wants it any more.
    assert_eq!(*updated.unwrap_err().code(), ErrorCode::Cancelled);
    assert_eq!(began.elapsed(), SECOND);
    sleep(SECOND).await;
    m.h.get_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(m.surveyor.removed_ids(), [DEV]);
    m.close().await;
}

/// Contract: CON-03, CON-28
#[tokio::test(start_paused = true)]
async fn a_connection_that_vanishes_takes_a_start_that_hangs_along() {
    let m = mount().await;
    m.connections.next(StubOperation::CreateClient, Fault::Hang);
    let (started, ()) = tokio::join!(m.h.start_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        m.connections.remove(DEV);
    });
    assert_eq!(*started.unwrap_err().code(), ErrorCode::Cancelled);
    sleep(SECOND).await;
    m.h.get_connection(DEV)
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(m.surveyor.removed_ids(), [DEV]);
    m.close().await;
}

/// Contract: CON-01, CON-28, TYP-13
#[tokio::test(start_paused = true)]
async fn a_connection_that_comes_back_while_it_is_torn_down_is_stopped_and_not_forgotten() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::DestroyClient, Fault::Delay(2 * SECOND));
    m.connections.remove(DEV);
    sleep(SECOND).await;
    m.connections.put(renamed(DEV));
    sleep(2 * SECOND).await;
    let known = m.h.get_connection(DEV).await;
    assert_eq!(known.status, ConnectionStatusCode::Disconnected);
    assert!(known.connection.unwrap().same_configuration(&renamed(DEV)));
    assert_eq!(m.surveyor.removed_ids(), Vec::<ConnectionId>::new());
    m.h.connect(DEV).await;
    m.assert_runs_on(&renamed(DEV)).await;
    m.close().await;
}

/// Contract: CON-11, CON-28
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_back_before_anything_was_done_about_it_keeps_its_client() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::RefreshClient, Fault::Delay(10 * SECOND));
    let refreshing = tokio::spawn(m.h.refresh_connection(DEV).attempt());
    sleep(SECOND).await;
    m.connections.remove(DEV);
    sleep(SECOND).await;
    m.connections.put(connection(DEV));
    refreshing.await.unwrap().unwrap();
    sleep(MINUTE).await;
    m.assert_runs_on(&connection(DEV)).await;
    assert_eq!(m.connections.created().len(), 1);
    m.close().await;
}

/// Contract: CON-14, CON-31
#[tokio::test(start_paused = true)]
async fn a_stop_that_only_takes_back_a_start_has_something_to_stop() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::DestroyClient, Fault::Delay(10 * SECOND));
    let first = tokio::spawn(m.h.stop_connection(DEV).attempt());
    sleep(SECOND).await;
    let start = tokio::spawn(m.h.start_connection(DEV).attempt());
    sleep(SECOND).await;
    let second = m.h.stop_connection(DEV).attempt().await;
    first.await.unwrap().unwrap();
    let taken_back = start.await.unwrap().unwrap_err();
    assert_eq!(*taken_back.code(), ErrorCode::Cancelled);
    assert_eq!(second.unwrap().id, DEV);
    assert_eq!(m.connections.created().len(), 1);
    m.h.stop_connection(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    m.close().await;
}

/// Contract: CON-03, CON-31
#[tokio::test(start_paused = true)]
async fn a_reload_whose_caller_goes_away_is_completed_all_the_same() {
    let connections = StubConnections::configured([connection(DEV), connection(PROD)]);
    let m = mount_over(connections.refreshable());
    m.h.connect(DEV).await;
    m.h.connect(PROD).await;
    // Both are busy, so that what the reload asks of them waits for its turn.
    m.connections
        .next_times(StubOperation::RefreshClient, 2, Fault::Delay(10 * SECOND));
    let busy = [DEV, PROD].map(|id| tokio::spawn(m.h.refresh_connection(id).attempt()));
    sleep(SECOND).await;
    m.connections
        .change(|configured| *configured = vec![renamed(DEV)]);
    let leaving = timeout(SECOND, m.h.load_connections().attempt());
    leaving.await.unwrap_err();
    for refreshed in busy {
        refreshed.await.unwrap().unwrap();
    }
    sleep(MINUTE).await;
    m.assert_runs_on(&renamed(DEV)).await;
    assert_eq!(m.h.list_connections().await.len(), 1);
    assert_eq!(m.surveyor.removed_ids(), [PROD]);
    m.close().await;
}

/// Contract: CON-28
#[tokio::test(start_paused = true)]
async fn a_change_from_outside_is_not_held_up_by_a_discovery_that_hangs() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.surveyor.set_mood(Mood::Hangs);
    m.connections.put(renamed(DEV));
    sleep(SECOND).await;
    m.connections.put(connection(DEV));
    sleep(SECOND).await;
    assert_eq!(m.connections.created().len(), 3);
    m.surveyor.set_mood(Mood::Answers);
    m.h.start_connection(DEV).await;
    m.h.wait_for(state(POD, WatchState::Synced)).times(2).await;
    m.assert_runs_on(&connection(DEV)).await;
    m.close().await;
}

/// Contract: CON-16, CON-17
#[tokio::test(start_paused = true)]
async fn a_check_of_a_client_that_is_gone_meanwhile_does_not_say_connected() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::CheckConnection, Fault::Delay(2 * SECOND));
    let (checked, _) = tokio::join!(m.h.check_connection(DEV), async {
        sleep(SECOND).await;
        m.h.stop_connection(DEV).await
    });
    assert_eq!(checked.status, ConnectionStatusCode::Disconnected);

    m.h.connect(DEV).await;
    m.connections
        .next(StubOperation::CheckConnection, Fault::Delay(2 * SECOND));
    let (checked, ()) = tokio::join!(m.h.check_connection(DEV).attempt(), async {
        sleep(SECOND).await;
        m.h.delete_connection(DEV).await;
    });
    assert_eq!(*checked.unwrap_err().code(), ErrorCode::NotFound);
    m.close().await;
}

/// Contract: CON-16, CON-18
#[tokio::test(start_paused = true)]
async fn what_is_said_of_an_old_client_is_not_taken_for_the_new_one() {
    let m = mount().await;
    m.h.connect(DEV).await;
    let unwell = ConnectionStatus::new(ConnectionStatusCode::Unavailable);
    m.connections.set_status(DEV, unwell);
    m.connections
        .next(StubOperation::CheckConnection, Fault::Delay(2 * SECOND));
    let (checked, ()) = tokio::join!(m.h.check_connection(DEV), async {
        sleep(SECOND).await;
        m.h.disconnect(DEV).await;
        m.h.connect(DEV).await;
    });
    assert!(checked.is_connected(), "{checked:?}");
    assert!(m.h.get_connection(DEV).await.is_connected());
    assert!(!m.h.check_connection(DEV).await.is_connected());
    assert!(!m.h.get_connection(DEV).await.is_connected());
    m.close().await;
}

/// Contract: CON-25, CON-31, TYP-13
#[tokio::test(start_paused = true)]
async fn what_was_asked_of_a_deleted_connection_does_not_reach_a_later_one_of_the_same_id() {
    let m = mount().await;
    m.h.connect(DEV).await;
    m.surveyor.forgets_within(2 * SECOND);
    let (deleted, stopped, updated, ()) = tokio::join!(
        m.h.delete_connection(DEV).attempt(),
        // These wait for their turn behind the deletion.
        m.h.stop_connection(DEV).attempt(),
        m.h.update_connection(renamed(DEV)).attempt(),
        async {
            sleep(SECOND).await;
            m.h.load_connections().await;
            m.h.connect(DEV).await;
        }
    );
    deleted.unwrap();
    assert_eq!(*stopped.unwrap_err().code(), ErrorCode::NotFound);
    assert_eq!(*updated.unwrap_err().code(), ErrorCode::NotFound);
    m.assert_runs_on(&connection(DEV)).await;
    assert_eq!(m.surveyor.removed_ids(), [DEV]);
    m.surveyor.forgets_within(Duration::ZERO);
    m.close().await;
}
