//! Events on their way to a listener.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use omniview_sdk::{
    ConnectionId, Delivery, PluginId, ResourceKey, WatchEvent, WatchEventSink, WatchState,
};

use crate::Deviation;

/// A listener that bends what it is told before it tells the listener behind it.
pub(super) struct BentEvents {
    deviation: Deviation,
    inner: Arc<dyn WatchEventSink>,
    held: Mutex<BTreeMap<(ConnectionId, ResourceKey), Arc<WatchEvent>>>,
}

impl BentEvents {
    /// The listener itself, where the deviation is not about events.
    pub(super) fn around(
        deviation: Deviation,
        inner: Arc<dyn WatchEventSink>,
    ) -> Arc<dyn WatchEventSink> {
        match deviation {
            Deviation::EventAfterStopped
            | Deviation::WrongConnectionOnEvent
            | Deviation::WrongKeyOnEvent
            | Deviation::EmptyPluginId
            | Deviation::SwallowsStateEvents
            | Deviation::SwallowsSyncing
            | Deviation::SwallowsStopped
            | Deviation::ReordersTwoEvents
            | Deviation::DuplicateSynced
            | Deviation::SyncedWithoutCount
            | Deviation::ErrorCodeMissing
            | Deviation::StateWithStrayCount
            | Deviation::UpdateTouchesAnother
            | Deviation::RestartTellsTwice => Arc::new(Self {
                deviation,
                inner,
                held: Mutex::default(),
            }),
            _ => inner,
        }
    }

    /// What the listener is told instead, in this order.
    fn bend(&self, event: Arc<WatchEvent>) -> Vec<Arc<WatchEvent>> {
        let state = event.state();
        match self.deviation {
            Deviation::SwallowsStateEvents if state.is_some() => Vec::new(),
            Deviation::SwallowsSyncing if state == Some(WatchState::Syncing) => Vec::new(),
            Deviation::SwallowsStopped if state == Some(WatchState::Stopped) => Vec::new(),
            Deviation::DuplicateSynced if state == Some(WatchState::Synced) => {
                vec![Arc::clone(&event), event]
            }
            Deviation::EventAfterStopped => self.once_more(event),
            Deviation::ReordersTwoEvents => self.late(event),
            Deviation::UpdateTouchesAnother => self.of_another(event),
            Deviation::RestartTellsTwice => self.twice(event),
            _ => vec![Arc::new(self.changed((*event).clone()))],
        }
    }

    fn once_more(&self, event: Arc<WatchEvent>) -> Vec<Arc<WatchEvent>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match event.state() {
            None => {
                held.insert(place(&event), Arc::clone(&event));
                vec![event]
            }
            Some(WatchState::Stopped) => {
                let last = held.remove(&place(&event));
                [event].into_iter().chain(last).collect()
            }
            Some(_) => vec![event],
        }
    }

    fn late(&self, event: Arc<WatchEvent>) -> Vec<Arc<WatchEvent>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.remove(&place(&event));
        match (&*event, before) {
            (WatchEvent::Update(_), None) => {
                held.insert(place(&event), event);
                Vec::new()
            }
            (_, before) => [event].into_iter().chain(before).collect(),
        }
    }

    fn of_another(&self, event: Arc<WatchEvent>) -> Vec<Arc<WatchEvent>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match &*event {
            WatchEvent::Add(_) => {
                held.insert(place(&event), Arc::clone(&event));
                vec![event]
            }
            WatchEvent::Update(update) => {
                let last = held.get(&place(&event));
                let also = last.and_then(|last| {
                    let mut also = update.clone();
                    also.id = last.id()?.into();
                    also.namespace = last.namespace()?.into();
                    (also.id != update.id).then(|| Arc::new(WatchEvent::Update(also)))
                });
                [event].into_iter().chain(also).collect()
            }
            _ => vec![event],
        }
    }

    /// Once a watch has said Stopped and then Synced, two seem to tell of what is added.
    fn twice(&self, event: Arc<WatchEvent>) -> Vec<Arc<WatchEvent>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let before = held.get(&place(&event)).and_then(|held| held.state());
        match (event.state(), before) {
            (Some(WatchState::Stopped), _)
            | (Some(WatchState::Synced), Some(WatchState::Stopped)) => {
                held.insert(place(&event), Arc::clone(&event));
            }
            (None, Some(WatchState::Synced)) if matches!(*event, WatchEvent::Add(_)) => {
                return vec![Arc::clone(&event), event];
            }
            _ => {}
        }
        vec![event]
    }

    fn changed(&self, mut event: WatchEvent) -> WatchEvent {
        let (connection, key, plugin): (&mut ConnectionId, &mut ResourceKey, &mut PluginId) =
            match &mut event {
                WatchEvent::Add(one) => (&mut one.connection, &mut one.key, &mut one.plugin_id),
                WatchEvent::Update(one) => (&mut one.connection, &mut one.key, &mut one.plugin_id),
                WatchEvent::Delete(one) => (&mut one.connection, &mut one.key, &mut one.plugin_id),
                WatchEvent::State(one) => (
                    &mut one.connection,
                    &mut one.resource_key,
                    &mut one.plugin_id,
                ),
            };
        match self.deviation {
            Deviation::WrongConnectionOnEvent => *connection = format!("{connection}-other").into(),
            Deviation::WrongKeyOnEvent => *key = format!("{key}s").into(),
            Deviation::EmptyPluginId => *plugin = PluginId::default(),
            _ => {}
        }
        if let WatchEvent::State(one) = &mut event {
            match self.deviation {
                Deviation::SyncedWithoutCount => one.resource_count = None,
                Deviation::ErrorCodeMissing => one.error_code = None,
                Deviation::StateWithStrayCount if one.state == WatchState::Syncing => {
                    one.resource_count = Some(0);
                }
                _ => {}
            }
        }
        event
    }
}

fn place(event: &WatchEvent) -> (ConnectionId, ResourceKey) {
    (event.connection().clone(), event.key().clone())
}

impl WatchEventSink for BentEvents {
    fn on_event(&self, event: Arc<WatchEvent>) -> Delivery {
        let mut waits = Vec::new();
        for event in self.bend(event) {
            if let Delivery::Wait(work) = self.inner.on_event(event) {
                waits.push(work);
            }
        }
        if waits.is_empty() {
            return Delivery::Done;
        }
        Delivery::wait(async move {
            for work in waits {
                work.await;
            }
        })
    }
}

impl fmt::Debug for BentEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BentEvents")
            .field("deviation", &self.deviation)
            .finish_non_exhaustive()
    }
}
