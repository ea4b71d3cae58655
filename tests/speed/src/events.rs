//! Events, from the plugin's hand to the listener's.

use std::{
    future::poll_fn,
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
};

use omniview_plugintest::{Harness, state};
use omniview_sdk::{
    CallContext, Delivery, Json, Provider, ResourceKey, WatchAddPayload, WatchEvent,
    WatchEventSink, WatchState,
};
use tokio::{sync::Notify, task::JoinHandle, time::Duration};
use tokio_util::sync::CancellationToken;

use crate::{
    mount::{prepare, running},
    plugin::{Orders, Watching, key, object},
};

/// How many events a measurement emits.
pub const EVENTS: usize = 100_000;

/// Events of 1 KiB each, made before the clock starts.
///
/// Each has a text of its own, as from a backend: to free it is part of the delivery.
pub fn prepared(count: usize) -> Vec<WatchAddPayload> {
    let text = object(1024).as_str().to_owned();
    (0..count)
        .map(|number| {
            let json = Json::parse(text.clone()).unwrap();
            WatchAddPayload::new(format!("object-{number}"), "default", json)
        })
        .collect()
}

/// The same events with one text that all of them share.
pub fn prepared_alike(count: usize) -> Vec<WatchAddPayload> {
    let json = object(1024);
    (0..count)
        .map(|number| WatchAddPayload::new(format!("object-{number}"), "default", json.clone()))
        .collect()
}

/// What is left of a delivery without the SDK: a task makes each payload an event, and frees it.
pub async fn made_and_freed(payloads: Vec<WatchAddPayload>) {
    let task = tokio::spawn(async move {
        for payload in payloads {
            drop(black_box(Arc::new(WatchEvent::from(payload))));
        }
    });
    task.await.unwrap();
}

/// A listener that does nothing.
#[derive(Debug)]
pub struct NoOp;

impl WatchEventSink for NoOp {
    fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}

/// A listener that only counts data events down, and tells when the last has come.
#[derive(Debug, Default)]
struct CountDown {
    left: AtomicUsize,
    over: Notify,
}

impl WatchEventSink for CountDown {
    fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
        // Callbacks never overlap, so that no read-modify-write is needed.
        let left = self.left.load(Ordering::Relaxed);
        if left > 0 {
            self.left.store(left - 1, Ordering::Relaxed);
            if left == 1 {
                self.over.notify_one();
            }
        }
        Delivery::Done
    }
}

/// A listener that is attached, and the task that it listens in.
#[derive(Debug)]
pub struct Listening(JoinHandle<()>);

impl Listening {
    /// Attaches a listener.
    pub async fn to(provider: &Arc<dyn Provider>, sink: Arc<dyn WatchEventSink>) -> Self {
        let attached = CancellationToken::new();
        let (provider, told) = (provider.clone(), attached.clone());
        let task = tokio::spawn(async move {
            let ctx = CallContext::new();
            let mut listening = pin!(provider.listen_for_events(&ctx, sink));
            let first = poll_fn(|cx| Poll::Ready(listening.as_mut().poll(cx))).await;
            assert!(first.is_pending(), "the listener ended at once");
            told.cancel();
            // It ends with an error when the plugin is closed.
            let _ = listening.await;
        });
        attached.cancelled().await;
        Self(task)
    }

    /// Waits for its end, which closing the plugin brings.
    pub async fn ended(self) {
        self.0.await.unwrap();
    }
}

/// A plugin with watches that emit on demand, and listeners that count.
#[derive(Debug)]
pub struct Stream {
    provider: Provided,
    orders: Orders,
    keys: Vec<ResourceKey>,
    listeners: Vec<(Arc<CountDown>, Listening)>,
}

/// The boundary has no `Debug`.
struct Provided(Arc<dyn Provider>);

impl std::fmt::Debug for Provided {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

impl Stream {
    /// So many watches, out of a plugin of `types` types, to so many listeners.
    pub async fn new(types: usize, watches: usize, listeners: usize) -> Self {
        let orders = Orders::default();
        let config = prepare(types, &Watching::Emits(orders.clone()));
        let provider = running(config, &[]).await;
        let mut stream = Self {
            provider: Provided(provider.clone()),
            orders,
            keys: (0..watches).map(key).collect(),
            listeners: Vec::new(),
        };
        for _ in 0..listeners {
            let counting = Arc::new(CountDown::default());
            let listening = Listening::to(&provider, counting.clone()).await;
            stream.listeners.push((counting, listening));
        }
        let (ctx, dev) = (CallContext::new(), "dev".into());
        provider.start_connection(&ctx, &dev).await.unwrap();
        loop {
            let summary = provider.get_watch_state(&ctx, &dev).await.unwrap();
            if summary.resource_counts.len() == types {
                return stream;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Shares prepared events between the watches.
    pub fn share(&self, mut events: Vec<WatchAddPayload>) -> Vec<Vec<WatchAddPayload>> {
        let each = events.len() / self.keys.len();
        let mut shares: Vec<_> = self
            .keys
            .iter()
            .skip(1)
            .map(|_| events.split_off(events.len() - each))
            .collect();
        shares.push(events);
        shares
    }

    /// Emits shared events, and ends when every listener has seen the last.
    pub async fn emit(&self, shares: Vec<Vec<WatchAddPayload>>) {
        let count = shares.iter().map(Vec::len).sum();
        for (counting, _) in &self.listeners {
            counting.left.store(count, Ordering::Relaxed);
        }
        for (key, events) in self.keys.iter().zip(shares) {
            self.orders.give(key, events);
        }
        for (counting, _) in &self.listeners {
            counting.over.notified().await;
        }
    }

    /// Ends the plugin.
    pub async fn close(self) {
        self.provider.0.close().await.unwrap();
        for (_, listening) in self.listeners {
            listening.ended().await;
        }
    }
}

/// One watch into the recording of the harness.
#[derive(Debug)]
pub struct Recorded {
    harness: Harness,
    orders: Orders,
    emitted: usize,
}

impl Recorded {
    /// A mounted plugin whose watch is synced.
    pub async fn new() -> Self {
        let orders = Orders::default();
        let harness = Harness::mount(prepare(1, &Watching::Emits(orders.clone())));
        harness.start_connection("dev").await;
        harness
            .wait_for(state(key(0), WatchState::Synced))
            .within(Duration::from_secs(60))
            .await;
        Self {
            harness,
            orders,
            emitted: 0,
        }
    }

    /// Emits prepared events, and ends when the recording has the last.
    pub async fn emit(&mut self, events: Vec<WatchAddPayload>) {
        self.emitted += events.len();
        let last = format!("object-{}", events.len() - 1);
        let mark = self.harness.mark();
        self.orders.give(&key(0), events);
        self.harness
            .wait_for(omniview_plugintest::added(last))
            .since(mark)
            .within(Duration::from_secs(60))
            .await;
    }

    /// Ends the plugin.
    pub async fn close(self) {
        self.harness.shutdown().await;
    }
}
