//! Many watches, many events, two listeners, one of them slow: on two threads and in real time.

use std::{
    collections::{HashMap, HashSet},
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

use crate::boundary::DEV;

const TYPES: usize = 16;
const EVENTS: usize = 100_000;
const QUEUE: usize = 256;

/// Emits numbered objects, as many as are wanted of each type, and then changes one of them for ever.
#[derive(Clone, Default)]
struct Fountain(Arc<Flow>);

#[derive(Default)]
struct Flow {
    emitted: AtomicUsize,
    /// Emitters that outlive their watch: they go on until they are refused.
    leaks: Mutex<JoinSet<()>>,
}

#[async_trait]
impl Watcher<StubClient> for Fountain {
    async fn watch(&self, ctx: &Context<StubClient>, sink: WatchSink) -> PluginResult<()> {
        let data = Json::from(json!({"drop": true}));
        for number in 0..EVENTS {
            let payload = WatchAddPayload::new(number.to_string(), "", data.clone());
            sink.add(payload).await?;
            self.0.emitted.fetch_add(1, Ordering::SeqCst);
        }
        sink.synced(EVENTS).await?;
        self.0.leaks.lock().unwrap().spawn(async move {
            let payload = || WatchUpdatePayload::new("0", "", data.clone());
            while sink.update(payload()).await.is_ok() {
                yield_now().await;
            }
        });
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

/// Checks that the events of each type come in order, without a gap, and not after its end.
struct Checker {
    pace: Pace,
    flow: Arc<Flow>,
    state: Mutex<Checked>,
    synced: Notify,
}

#[derive(Default)]
struct Checked {
    next: HashMap<ResourceKey, usize>,
    taken: usize,
    furthest_behind: usize,
    synced: usize,
    stopped: HashSet<ResourceKey>,
    fault: Option<String>,
}

impl Checker {
    fn new(pace: Pace, fountain: &Fountain) -> Arc<Self> {
        Arc::new(Self {
            pace,
            flow: fountain.0.clone(),
            state: Mutex::default(),
            synced: Notify::new(),
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

    /// Looks at what there was, once everything has ended.
    fn assert_complete(&self) {
        let state = self.state.lock().unwrap();
        assert_eq!(state.fault, None, "{:?}", self.pace);
        assert_eq!(state.taken, TYPES * EVENTS, "{:?}", self.pace);
        assert_eq!(state.next.len(), TYPES);
        assert!(state.next.values().all(|next| *next == EVENTS));
        assert_eq!(state.stopped.len(), TYPES, "{:?}", self.pace);
    }
}

impl Checked {
    fn take(&mut self, event: &WatchEvent, emitted: usize) {
        if self.stopped.contains(event.key()) {
            self.blame(format!("after its end: {event:?}"));
        }
        match event {
            WatchEvent::Add(payload) => {
                let next = self.next.entry(payload.key.clone()).or_default();
                let due = next.to_string();
                *next += 1;
                if payload.id != due {
                    self.blame(format!(
                        "{} of {} came, {due} was due",
                        payload.id, payload.key
                    ));
                }
                self.taken += 1;
                // The counter lags behind what was emitted and never runs ahead of it.
                let behind = emitted.saturating_sub(self.taken);
                self.furthest_behind = self.furthest_behind.max(behind);
            }
            WatchEvent::State(event) if event.state == WatchState::Synced => self.synced += 1,
            WatchEvent::State(event) if event.state == WatchState::Stopped => {
                self.stopped.insert(event.resource_key.clone());
            }
            _ => {}
        }
    }

    /// Keeps the first fault.
    fn blame(&mut self, fault: String) {
        self.fault.get_or_insert(fault);
    }
}

impl WatchEventSink for Checker {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let emitted = self.flow.emitted.load(Ordering::SeqCst);
        let mut state = self.state.lock().unwrap();
        state.take(&event, emitted);
        if state.synced == TYPES {
            self.synced.notify_one();
        }
        match self.pace {
            Pace::Quick => Delivery::Done,
            Pace::Slow => Delivery::wait(yield_now()),
        }
    }
}

/// Contract: WAT-39, WAT-07, SNK-01, SNK-02, SNK-03, SNK-14
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
    let ctx = CallContext::new();
    let started = plugin.start_connection(&ctx, &DEV.into()).await;
    assert!(started.unwrap().is_connected());
    quick.synced.notified().await;
    slow.synced.notified().await;
    // Every emitter is at work when its watch is stopped.
    plugin.stop_connection(&ctx, &DEV.into()).await.unwrap();
    let mut leaks = std::mem::take(&mut *fountain.0.leaks.lock().unwrap());
    assert_eq!(leaks.len(), TYPES);
    while let Some(refused) = leaks.join_next().await {
        refused.unwrap();
    }
    plugin.close().await.unwrap();
    for ended in listening {
        assert_eq!(*ended.await.unwrap().unwrap_err().code(), ErrorCode::Closed);
    }
    quick.assert_complete();
    slow.assert_complete();
    // One queue that waits and one batch that is being taken, with the states that need no room.
    let behind = slow.state.lock().unwrap().furthest_behind;
    assert!(
        behind <= 2 * (QUEUE + TYPES),
        "{behind} events were waiting"
    );
}
