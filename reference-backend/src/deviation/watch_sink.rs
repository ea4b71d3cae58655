//! A sink that bends what goes through it.

use std::{collections::BTreeMap, sync::Arc};

use omniview_sdk::{
    ConnectionId, Json, Namespace, ResourceId, ResourceMetadata, SinkClosed, WatchAddPayload,
    WatchDeletePayload, WatchSink, WatchUpdatePayload,
};
use tokio::sync::Notify;

use super::{Deviation, watch::Writes};
use crate::plugin::Emit;

/// Between the honest watcher and the SDK, for one attempt.
#[derive(Debug)]
pub(super) struct BentSink {
    deviation: Deviation,
    sink: WatchSink,
    connection: ConnectionId,
    writes: Arc<Writes>,
    listed: Arc<Notify>,
    adds: usize,
    synced: bool,
    held: Vec<WatchAddPayload>,
    states: BTreeMap<(Namespace, ResourceId), Json>,
}

impl BentSink {
    pub(super) fn new(
        deviation: Deviation,
        sink: WatchSink,
        connection: ConnectionId,
        writes: Arc<Writes>,
    ) -> Self {
        Self {
            deviation,
            sink,
            connection,
            writes,
            listed: Arc::new(Notify::new()),
            adds: 0,
            synced: false,
            held: Vec::new(),
            states: BTreeMap::new(),
        }
    }

    /// Told once the initial list is in.
    pub(super) fn listed(&self) -> Arc<Notify> {
        Arc::clone(&self.listed)
    }

    /// Whether a change after the initial list is told of at all.
    fn tells(&self, id: &str) -> bool {
        match self.deviation {
            Deviation::WatchFollowsNothing => !self.synced,
            Deviation::WatchMissesOutsideChanges => {
                !self.synced || self.writes.take(&self.connection, id)
            }
            _ => true,
        }
    }
}

impl Emit for BentSink {
    async fn add(&mut self, mut payload: WatchAddPayload) -> Result<(), SinkClosed> {
        if !self.tells(&payload.id) {
            return Ok(());
        }
        self.adds += 1;
        match self.deviation {
            Deviation::DropsThirdAdd if self.adds == 3 => return Ok(()),
            Deviation::DuplicatesAdd if self.adds == 1 => self.sink.add(payload.clone()).await?,
            Deviation::SyncedBeforeList if !self.synced => {
                self.held.push(payload);
                return Ok(());
            }
            Deviation::UpdateCarriesOldState => {
                let identity = (payload.namespace.clone(), payload.id.clone());
                self.states.insert(identity, payload.data.clone());
            }
            Deviation::NamespaceMissingOnEvent => payload.namespace = Namespace::default(),
            Deviation::MetadataMissing => payload.metadata = ResourceMetadata::default(),
            _ => {}
        }
        self.sink.add(payload).await
    }

    async fn update(&mut self, mut payload: WatchUpdatePayload) -> Result<(), SinkClosed> {
        if !self.tells(&payload.id) {
            return Ok(());
        }
        match self.deviation {
            Deviation::DropsUpdates => return Ok(()),
            Deviation::UpdateAsAdd => return self.sink.add(added(payload)).await,
            Deviation::UpdateAsDeleteAndAdd => {
                let (id, namespace) = (payload.id.clone(), payload.namespace.clone());
                let gone = WatchDeletePayload::new(id, namespace, payload.data.clone());
                self.sink.delete(gone).await?;
                return self.sink.add(added(payload)).await;
            }
            Deviation::UpdateCarriesOldState => {
                let identity = (payload.namespace.clone(), payload.id.clone());
                let new = payload.data.clone();
                if let Some(old) = self.states.insert(identity, new) {
                    payload.data = old;
                }
            }
            Deviation::WrongIdOnEvent => payload.id = ResourceId::new(&payload.metadata.uid),
            Deviation::NamespaceMissingOnEvent => payload.namespace = Namespace::default(),
            Deviation::MetadataMissing => payload.metadata = ResourceMetadata::default(),
            _ => {}
        }
        self.sink.update(payload).await
    }

    async fn delete(&mut self, mut payload: WatchDeletePayload) -> Result<(), SinkClosed> {
        if !self.tells(&payload.id) {
            return Ok(());
        }
        match self.deviation {
            Deviation::DropsDeletes => return Ok(()),
            Deviation::DeleteEventWithoutData => payload.data = Json::null(),
            Deviation::NamespaceMissingOnEvent => payload.namespace = Namespace::default(),
            _ => {}
        }
        self.sink.delete(payload).await
    }

    async fn synced(&mut self, count: usize) -> Result<(), SinkClosed> {
        self.synced = true;
        match self.deviation {
            Deviation::SyncedNever => return Ok(()),
            Deviation::SyncedCountOffByOne => self.sink.synced(count + 1).await?,
            _ => self.sink.synced(count).await?,
        }
        for payload in std::mem::take(&mut self.held) {
            self.sink.add(payload).await?;
        }
        self.listed.notify_one();
        Ok(())
    }
}

fn added(payload: WatchUpdatePayload) -> WatchAddPayload {
    WatchAddPayload::new(payload.id, payload.namespace, payload.data)
        .with_metadata(payload.metadata)
}
