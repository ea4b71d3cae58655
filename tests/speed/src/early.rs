//! What a plugin says before anybody listens, and what becomes of a watch that never works.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use omniview_sdk::{Delivery, WatchEvent, WatchEventSink, WatchState};
use tokio::sync::Notify;

use crate::{
    events::Listening,
    mount::{prepare, running},
    plugin::Watching,
};

/// Counts the objects until a watch says a certain state.
#[derive(Debug)]
struct Until {
    state: WatchState,
    objects: AtomicUsize,
    said: Notify,
}

impl Until {
    fn new(state: WatchState) -> Arc<Self> {
        Arc::new(Self {
            state,
            objects: AtomicUsize::new(0),
            said: Notify::new(),
        })
    }
}

impl WatchEventSink for Until {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        match event.state() {
            None => {
                self.objects.fetch_add(1, Ordering::Relaxed);
            }
            Some(state) if state == self.state => self.said.notify_one(),
            Some(_) => {}
        }
        Delivery::Done
    }
}

/// Mounts a plugin whose watch emits so many objects at once, listens afterwards, and returns how many were not heard.
pub async fn early_events_lost(emitted: usize) -> usize {
    let config = prepare(1, &Watching::AtOnce(emitted));
    let provider = running(config, &["dev".into()]).await;
    let until = Until::new(WatchState::Synced);
    let listening = Listening::to(&provider, until.clone()).await;
    until.said.notified().await;
    provider.close().await.unwrap();
    listening.ended().await;
    emitted - until.objects.load(Ordering::Relaxed)
}

/// Mounts a plugin whose watch always fails, and ends when it has said Failed.
///
/// On a paused clock the waits between its attempts take no time.
pub async fn until_failed() {
    let provider = running(prepare(1, &Watching::Fails), &[]).await;
    let until = Until::new(WatchState::Failed);
    let listening = Listening::to(&provider, until.clone()).await;
    let ctx = omniview_sdk::CallContext::new();
    provider
        .start_connection(&ctx, &"dev".into())
        .await
        .unwrap();
    until.said.notified().await;
    provider.close().await.unwrap();
    listening.ended().await;
}
