//! A minute of everything at once: what a thousand short tests do not show.
//!
//! `cargo test -p omniview-sdk --release --test integration soak -- --ignored --nocapture`
//!
//! In real time and on two threads, since leaks and races need both; that is why it is not among the tests that always
//! run. What it does is drawn from a seed, when it does it is the machine's business.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use omniview_sdk::*;
use serde_json::json;
use tokio::{
    runtime::Handle,
    task::{JoinHandle, yield_now},
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

const CONNECTIONS: u64 = 50;
const TYPES: u64 = 4;
const CALLERS: u64 = 4;
const LASTS: Duration = Duration::from_secs(60);
/// When everything has been used once, and memory has no reason to grow any more.
const WARM: Duration = Duration::from_secs(20);
/// What allocators keep for themselves, and how far queues are filled when it is looked at.
const TOLERATED_GROWTH: usize = 16 << 20;

/// Numbers that look random and are the same in each run.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // The constants are Knuth's.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What all watchers together have done.
#[derive(Debug, Default)]
struct Sent {
    attempts: AtomicU64,
    events: AtomicU64,
    clients: AtomicUsize,
}

/// A plugin that fails, panics and lingers.
#[derive(Debug, Clone, Default)]
struct Restless(Arc<Sent>);

#[async_trait]
impl ConnectionProvider<()> for Restless {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok((0..CONNECTIONS)
            .map(|number| specification(number, 0))
            .collect())
    }

    async fn create_client(&self, _: &CallContext) -> PluginResult<()> {
        yield_now().await;
        match Dice(self.0.attempts.load(Ordering::Relaxed)).roll(10) {
            0 => Err("the backend is away".into()),
            _ => {
                self.0.clients.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        }
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<()>) -> PluginResult<()> {
        self.0.clients.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<()>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}

#[async_trait]
impl Watcher<()> for Restless {
    /// Emits `attempt/number`, counted from 0, until it is cancelled or its luck runs out.
    async fn watch(&self, ctx: &Context<()>, sink: WatchSink) -> PluginResult<()> {
        let attempt = self.0.attempts.fetch_add(1, Ordering::Relaxed);
        let mut dice = Dice(attempt);
        let data = Json::from(json!({"filler": "x".repeat(200)}));
        let mut number = 0;
        loop {
            for _ in 0..dice.roll(60) {
                let id = format!("{attempt}/{number}");
                sink.add(WatchAddPayload::new(id, "", data.clone())).await?;
                self.0.events.fetch_add(1, Ordering::SeqCst);
                number += 1;
            }
            match dice.roll(40) {
                0 => return Err("the stream broke".into()),
                1 => panic!("planted"),
                2 => sink.failed(ErrorCode::Unavailable, "gone").await?,
                3 => sleep(Duration::from_millis(dice.roll(20))).await,
                _ => {}
            }
            if number > 0 {
                sink.synced(number).await?;
            }
            tokio::select! {
                () = ctx.cancelled() => return Ok(()),
                () = sleep(Duration::from_millis(1 + dice.roll(10))) => {}
            }
        }
    }
}

#[async_trait]
impl Resourcer<()> for Restless {
    async fn get(&self, _: &Context<()>, _: GetInput) -> PluginResult<GetResult> {
        Ok(GetResult::default())
    }
    async fn list(&self, _: &Context<()>, _: ListInput) -> PluginResult<ListResult> {
        Ok(ListResult::default())
    }
    async fn find(&self, _: &Context<()>, _: FindInput) -> PluginResult<FindResult> {
        Ok(FindResult::default())
    }
    async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> {
        Ok(CreateResult::default())
    }
    async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> {
        Ok(UpdateResult::default())
    }
    async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::default())
    }
}

fn specification(number: u64, revision: u64) -> Connection {
    Connection::builder(format!("c{number}"))
        .data("revision", revision)
        .build()
        .unwrap()
}

fn key(number: u64) -> ResourceKey {
    ResourceKey::of("soak", "v1", &format!("Type{number}"))
}

/// Follows every watch: no event is missing, doubled, out of order, or later than its Stopped.
#[derive(Debug, Default)]
struct Follower {
    /// How often it makes the queue wait: every so many events.
    waits_every: u64,
    heard: AtomicU64,
    watches: Mutex<HashMap<(ConnectionId, ResourceKey), Followed>>,
    faults: Mutex<Vec<String>>,
}

#[derive(Debug, Default)]
struct Followed {
    attempt: Option<u64>,
    next: u64,
    speaks: bool,
}

impl Follower {
    fn follow(&self, event: &WatchEvent) -> Result<(), String> {
        let mut watches = self.watches.lock().unwrap();
        let place = (event.connection().clone(), event.key().clone());
        let watch = watches.entry(place).or_default();
        if let Some(state) = event.state() {
            watch.speaks = matches!(state, WatchState::Syncing | WatchState::Synced);
            return Ok(());
        }
        if !watch.speaks {
            return Err("it came outside of an attempt".to_owned());
        }
        let id = event.id().unwrap_or_default();
        let (attempt, number) = id.split_once('/').unwrap();
        let (attempt, number): (u64, u64) = (attempt.parse().unwrap(), number.parse().unwrap());
        if watch.attempt != Some(attempt) {
            watch.attempt = Some(attempt);
            watch.next = 0;
        }
        let expected = std::mem::replace(&mut watch.next, number + 1);
        if number != expected {
            return Err(format!(
                "event {expected} of attempt {attempt} was expected"
            ));
        }
        Ok(())
    }
}

impl WatchEventSink for Follower {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        if let Err(fault) = self.follow(&event) {
            let mut faults = self.faults.lock().unwrap();
            if faults.len() < 10 {
                faults.push(format!(
                    "{} {} {:?}: {fault}",
                    event.connection(),
                    event.key(),
                    event.id()
                ));
            }
        }
        if event.id().is_none() {
            return Delivery::Done;
        }
        let heard = self.heard.fetch_add(1, Ordering::SeqCst);
        match self.waits_every > 0 && heard.is_multiple_of(self.waits_every) {
            true => Delivery::wait(sleep(Duration::from_millis(1))),
            false => Delivery::Done,
        }
    }
}

async fn churn(plugin: Arc<dyn Provider>, over: CancellationToken, seed: u64) -> u64 {
    let ctx = CallContext::new();
    let mut dice = Dice(seed);
    let mut calls = 0;
    while !over.is_cancelled() {
        let number = dice.roll(CONNECTIONS);
        let id = ConnectionId::from(format!("c{number}"));
        let key = key(dice.roll(TYPES));
        // What is refused is refused: what matters is what is left at the end.
        let _ = match dice.roll(12) {
            0..=3 => plugin.start_connection(&ctx, &id).await.map(drop),
            4 => plugin.stop_connection(&ctx, &id).await.map(drop),
            5 => plugin.restart_resource_watch(&ctx, &id, &key).await,
            6 => plugin.stop_resource_watch(&ctx, &id, &key).await,
            7 => plugin.ensure_resource_watch(&ctx, &id, &key).await,
            8 => {
                let changed = specification(number, dice.roll(3));
                plugin.update_connection(&ctx, changed).await.map(drop)
            }
            9 => plugin.delete_connection(&ctx, &id).await,
            10 => plugin.load_connections(&ctx).await.map(drop),
            _ => {
                let ctx = ctx.clone().with_session(Session::for_connection(id));
                plugin.get(&ctx, &key, GetInput::new("x")).await.map(drop)
            }
        };
        calls += 1;
        sleep(Duration::from_millis(dice.roll(4))).await;
    }
    calls
}

/// Bytes that the process holds.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

fn listen(plugin: &Arc<dyn Provider>, follower: &Arc<Follower>) -> JoinHandle<ErrorCode> {
    let (plugin, follower) = (plugin.clone(), follower.clone());
    tokio::spawn(async move {
        let ended = plugin
            .listen_for_events(&CallContext::new(), follower)
            .await;
        ended.unwrap_err().code().clone()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "soak: takes a minute of real time"]
async fn a_minute_of_churn_loses_nothing_and_leaves_nothing() {
    std::panic::set_hook(Box::new(|panic| {
        if panic.payload_as_str() != Some("planted") {
            eprintln!("{panic}");
        }
    }));
    let plugin = Restless::default();
    let sent = plugin.0.clone();
    let mut config = ResourcePluginConfig::new("soak")
        .connections(ConnectionRegistration::builder(plugin.clone()).build())
        .options(|options| {
            options.watch_retry.base = Duration::from_millis(2);
            options.stop_grace = Duration::from_millis(200);
            options.listener_queue = 64;
        });
    for number in 0..TYPES {
        let meta = key(number).meta().unwrap();
        config = config.resource(
            ResourceRegistration::builder(meta, plugin.clone())
                .watch()
                .build(),
        );
    }
    let provider = build_resource_controller(&CallContext::new(), config).unwrap();
    let followers = [0, 97].map(|waits_every| {
        Arc::new(Follower {
            waits_every,
            ..Follower::default()
        })
    });
    let listening = followers
        .each_ref()
        .map(|follower| listen(&provider, follower));
    yield_now().await;
    sleep(Duration::from_millis(50)).await;
    provider
        .load_connections(&CallContext::new())
        .await
        .unwrap();

    let (over, started) = (CancellationToken::new(), Instant::now());
    let callers: Vec<_> = (0..CALLERS)
        .map(|seed| tokio::spawn(churn(provider.clone(), over.clone(), seed)))
        .collect();
    sleep(WARM).await;
    let warm = resident();
    sleep(LASTS.saturating_sub(started.elapsed())).await;
    let end = resident();
    over.cancel();
    let mut calls = 0;
    for caller in callers {
        calls += caller.await.unwrap();
    }
    for number in 0..CONNECTIONS {
        let id = ConnectionId::from(format!("c{number}"));
        let _ = provider.stop_connection(&CallContext::new(), &id).await;
    }
    let (emitted, attempts) = (
        sent.events.load(Ordering::SeqCst),
        sent.attempts.load(Ordering::SeqCst),
    );
    // What is still queued for the slow one is delivered; that this takes seconds would be a fault too.
    for _ in 0..5_000 {
        if followers
            .iter()
            .all(|one| one.heard.load(Ordering::SeqCst) == emitted)
        {
            break;
        }
        sleep(Duration::from_millis(1)).await;
    }
    provider.close().await.expect("a task is left");
    for listening in listening {
        assert_eq!(listening.await.unwrap(), ErrorCode::Closed);
    }
    eprintln!("{calls} calls, {attempts} attempts, {emitted} events, {warm:?} -> {end:?} bytes");

    assert!(calls > 1_000 && attempts > 1_000 && emitted > 100_000);
    for follower in &followers {
        assert_eq!(*follower.faults.lock().unwrap(), Vec::<String>::new());
        assert_eq!(
            follower.heard.load(Ordering::SeqCst),
            emitted,
            "lost or doubled"
        );
    }
    assert_eq!(sent.clients.load(Ordering::SeqCst), 0, "clients are left");
    drop(provider);
    assert_eq!(
        Handle::current().metrics().num_alive_tasks(),
        0,
        "tasks are left"
    );
    if let (Some(warm), Some(end)) = (warm, end) {
        assert!(
            end < warm + TOLERATED_GROWTH,
            "memory grew from {warm} to {end} bytes"
        );
    }
}
