//! A discovery provider that answers what the test says, and remembers what it was asked.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use omniview_plugintest::stub::StubClient;
use omniview_sdk::*;
use tokio::time::{Instant, sleep};

/// A discovery provider and the test's hand on it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surveyor(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answer: DiscoveredTypes,
    mood: Mood,
    asked: Vec<Question>,
    removed: Vec<Removal>,
    removal_takes: Duration,
}

/// What the next questions meet.
#[derive(Debug, Clone, Default)]
pub(crate) enum Mood {
    #[default]
    Answers,
    Fails(String),
    Panics(String),
    Hangs,
}

/// One call of `discover`.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) at: Instant,
    pub(crate) context: CallContext,
    pub(crate) connection: Connection,
    pub(crate) client: u64,
}

/// One call of `on_connection_removed`.
#[derive(Debug, Clone)]
pub(crate) struct Removal {
    pub(crate) context: CallContext,
    pub(crate) connection: Connection,
}

impl Surveyor {
    pub(crate) fn finding(answer: DiscoveredTypes) -> Self {
        let surveyor = Self::default();
        surveyor.answer(answer);
        surveyor
    }

    /// Says what is found from now on.
    pub(crate) fn answer(&self, answer: DiscoveredTypes) {
        self.lock().answer = answer;
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.lock().mood = mood;
    }

    /// How long it takes to forget a connection.
    pub(crate) fn forgets_within(&self, takes: Duration) {
        self.lock().removal_takes = takes;
    }

    pub(crate) fn asked(&self) -> Vec<Question> {
        self.lock().asked.clone()
    }

    pub(crate) fn removed(&self) -> Vec<Removal> {
        self.lock().removed.clone()
    }

    /// The ids of the connections whose removal was told, sorted.
    pub(crate) fn removed_ids(&self) -> Vec<ConnectionId> {
        let removed = self.removed().into_iter();
        let mut ids: Vec<_> = removed.map(|removal| removal.connection.id).collect();
        ids.sort();
        ids
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl DiscoveryProvider<StubClient> for Surveyor {
    async fn discover(
        &self,
        ctx: &CallContext,
        connection: &Connection,
        client: &Arc<StubClient>,
    ) -> PluginResult<DiscoveredTypes> {
        let (mood, answer) = {
            let mut state = self.lock();
            state.asked.push(Question {
                at: Instant::now(),
                context: ctx.clone(),
                connection: connection.clone(),
                client: client.id,
            });
            (state.mood.clone(), state.answer.clone())
        };
        match mood {
            Mood::Answers => Ok(answer),
            Mood::Fails(text) => Err(text.into()),
            Mood::Panics(text) => panic!("{text}"),
            Mood::Hangs => std::future::pending().await,
        }
    }

    async fn on_connection_removed(&self, ctx: &CallContext, connection: &Connection) {
        let takes = {
            let mut state = self.lock();
            state.removed.push(Removal {
                context: ctx.clone(),
                connection: connection.clone(),
            });
            state.removal_takes
        };
        sleep(takes).await;
    }
}
