//! The plugin of [`notes`](super::notes) with two connections that run, and the proof that nothing has harmed them.

use omniview_plugintest::{Harness, Recording, state};
use omniview_sdk::{CallContext, Session, WatchState};

use super::notes::{self, Calls, NOTE};

/// A mounted plugin whose connections `a` and `b` run, each with a watch on [`NOTE`] that is Synced.
pub(super) struct Desk {
    pub(super) harness: Harness,
    pub(super) calls: Calls,
    recording: Recording,
}

impl Desk {
    pub(super) async fn open() -> Self {
        let calls = Calls::default();
        let harness = Harness::mount(notes::config(&calls));
        for connection in ["a", "b"] {
            harness.connect(connection).await;
            harness
                .wait_for(state(NOTE, WatchState::Synced).on(connection))
                .await;
        }
        let recording = harness.recording();
        for connection in ["a", "b"] {
            recording
                .on(connection)
                .assert_adds(1)
                .assert_states(&[WatchState::Syncing, WatchState::Synced]);
        }
        Self {
            harness,
            calls,
            recording,
        }
    }

    /// Asserts that both connections still answer, their watches run, and the recording is what it was; then closes.
    pub(super) async fn assert_unharmed(self) {
        for connection in ["a", "b"] {
            let answer = self.harness.get(NOTE, "n2").on(connection).await;
            assert!(answer.success);
            let running = self
                .harness
                .is_resource_watch_running(connection, NOTE)
                .await;
            assert!(running, "the watch on {connection} has ended");
        }
        assert_eq!(self.harness.recording(), self.recording);
        self.harness.shutdown().await;
    }
}

/// A context whose session names a connection.
pub(super) fn on(connection: &str) -> CallContext {
    CallContext::new().with_session(Session::for_connection(connection))
}
