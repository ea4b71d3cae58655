//! Two threads, real time, a fixed amount of work: what the virtual clock cannot show.

use std::{
    collections::HashMap,
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use omniview_plugintest::stub::{Stub, StubClient, StubConnections};
use omniview_sdk::*;
use serde_json::json;
use tokio::{
    sync::Notify,
    task::{JoinHandle, JoinSet, yield_now},
};

use crate::{
    boundary::DEV,
    yard::{Yard, specification},
};

const IDS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const CALLERS: usize = 12;
const CALLS: usize = 250;

/// One call, chosen by its number; true if it was a deletion that succeeded.
async fn call(plugin: &dyn Provider, number: usize) -> bool {
    let ctx = CallContext::new();
    let id = ConnectionId::from(IDS[number % IDS.len()]);
    let key = ResourceKey::from("port::v1::Ship");
    let told = match number / IDS.len() % 9 {
        0..=2 => plugin.start_connection(&ctx, &id).await.map(drop),
        3 => plugin.stop_connection(&ctx, &id).await.map(drop),
        4 => {
            let changed = specification(&id, u32::try_from(number % 5).unwrap());
            plugin.update_connection(&ctx, changed).await.map(drop)
        }
        5 => return plugin.delete_connection(&ctx, &id).await.is_ok(),
        6 => plugin.load_connections(&ctx).await.map(drop),
        7 => plugin.restart_resource_watch(&ctx, &id, &key).await,
        _ => {
            // Whoever starts it goes away at once.
            let starting = plugin.start_connection(&ctx, &id);
            tokio::select! {
                told = starting => told.map(drop),
                () = yield_now() => Ok(()),
            }
        }
    };
    if let Err(error) = told {
        let expected = [
            "NOT_FOUND",
            "NOT_CONNECTED",
            "CANCELLED",
            "CONNECTION_UNCHANGED",
        ];
        assert!(expected.contains(&error.code().as_str()), "{error:?}");
    }
    false
}

/// Contract: CON-09, CON-10, CON-31, TYP-13, WAT-39
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_everybody_changes_at_once_lose_no_client_and_destroy_none_twice() {
    let (yard, _outside) = Yard::new(&IDS);
    let plugin = yard.build();
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let plugin = plugin.clone();
        callers.spawn(async move {
            let mut deleted = 0;
            for step in 0..CALLS {
                // Callers start apart and walk with different strides, so that every pair of calls meets.
                let number = caller * 31 + step * (2 * caller + 7);
                deleted += usize::from(call(&*plugin, number).await);
            }
            deleted
        });
    }
    let mut deleted = 0;
    while let Some(joined) = callers.join_next().await {
        deleted += joined.unwrap();
    }
    plugin.close().await.unwrap();
    yard.assert_settled();
    yard.books(|books| {
        assert!(
            books.created.len() > IDS.len(),
            "{} clients",
            books.created.len()
        );
        assert!(deleted > 0);
        assert_eq!(books.removed.len(), deleted, "each removal is told once");
    });
}

const TYPES: usize = 16;
const EVENTS: usize = 20_000;
const QUEUE: usize = 256;

/// Emits numbered objects, as many as are wanted of each type, and then follows for ever.
#[derive(Clone, Default)]
struct Fountain(Arc<AtomicUsize>);

#[async_trait]
impl Watcher<StubClient> for Fountain {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        let data = Json::from(json!({"drop": true}));
        for number in 0..EVENTS {
            let payload = WatchAddPayload::new(number.to_string(), "", data.clone());
            sink.add(payload).await?;
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        sink.synced(EVENTS).await?;
        ctx.cancelled().await;
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    Quick,
    /// Makes the queue wait for each event.
    Slow,
}

/// Checks that the events of each type come in order and without a gap.
struct Checker {
    pace: Pace,
    emitted: Arc<AtomicUsize>,
    state: Mutex<Checked>,
    done: Notify,
}

#[derive(Default)]
struct Checked {
    next: HashMap<ResourceKey, usize>,
    taken: usize,
    furthest_behind: usize,
    synced: usize,
    fault: Option<String>,
}

impl Checker {
    fn new(pace: Pace, fountain: &Fountain) -> Arc<Self> {
        Arc::new(Self {
            pace,
            emitted: fountain.0.clone(),
            state: Mutex::default(),
            done: Notify::new(),
        })
    }

    /// Attaches to the plugin before it returns.
    async fn attach(self: &Arc<Self>, plugin: &Arc<dyn Provider>) -> JoinHandle<Result<()>> {
        let (plugin, sink) = (plugin.clone(), self.clone());
        let mut listening =
            Box::pin(async move { plugin.listen_for_events(&CallContext::new(), sink).await });
        poll_fn(|cx| {
            assert!(listening.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
        tokio::spawn(listening)
    }

    /// Waits for the last event, and looks at what there was.
    async fn finished(&self) {
        self.done.notified().await;
        let state = self.state.lock().unwrap();
        assert_eq!(state.fault, None, "{:?}", self.pace);
        assert_eq!(state.taken, TYPES * EVENTS, "{:?}", self.pace);
        assert_eq!(state.next.len(), TYPES);
        assert!(state.next.values().all(|next| *next == EVENTS));
    }
}

impl Checked {
    fn take(&mut self, event: &WatchEvent, emitted: usize) {
        match event {
            WatchEvent::Add(payload) => {
                let next = self.next.entry(payload.key.clone()).or_default();
                if payload.id != next.to_string() && self.fault.is_none() {
                    self.fault = Some(format!(
                        "{} of {} came, {next} was due",
                        payload.id, payload.key
                    ));
                }
                *next += 1;
                self.taken += 1;
                // The counter lags behind what was emitted and never runs ahead of it.
                let behind = emitted.saturating_sub(self.taken);
                self.furthest_behind = self.furthest_behind.max(behind);
            }
            WatchEvent::State(event) if event.state == WatchState::Synced => self.synced += 1,
            _ => {}
        }
    }
}

impl WatchEventSink for Checker {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let emitted = self.emitted.load(Ordering::SeqCst);
        let mut state = self.state.lock().unwrap();
        state.take(&event, emitted);
        if state.synced == TYPES {
            self.done.notify_one();
        }
        match self.pace {
            Pace::Quick => Delivery::Done,
            Pace::Slow => Delivery::wait(yield_now()),
        }
    }
}

/// Contract: WAT-39, SNK-01, SNK-02, SNK-03, SNK-14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_watches_lose_no_event_and_repeat_none_with_a_slow_listener_beside_a_quick_one() {
    let fountain = Fountain::default();
    let mut config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .options(|options| options.listener_queue = QUEUE);
    for number in 0..TYPES {
        let (stub, _) = Stub::resource(format!("load::v1::T{number}")).build();
        config = config.resource(stub.map_handles(|handles| ResourceHandles {
            watcher: Some(Arc::new(fountain.clone())),
            ..handles
        }));
    }
    let plugin = build_resource_controller(&CallContext::new(), config).unwrap();
    let (quick, slow) = (
        Checker::new(Pace::Quick, &fountain),
        Checker::new(Pace::Slow, &fountain),
    );
    let listening = [quick.attach(&plugin).await, slow.attach(&plugin).await];
    let started = plugin
        .start_connection(&CallContext::new(), &DEV.into())
        .await;
    assert!(started.unwrap().is_connected());
    quick.finished().await;
    slow.finished().await;
    // One queue that waits and one batch that is being taken, with the states that need no room.
    let behind = slow.state.lock().unwrap().furthest_behind;
    assert!(
        behind <= 2 * (QUEUE + TYPES),
        "{behind} events were waiting"
    );
    plugin.close().await.unwrap();
    for ended in listening {
        assert_eq!(*ended.await.unwrap().unwrap_err().code(), ErrorCode::Closed);
    }
}
