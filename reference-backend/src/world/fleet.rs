//! What one connection leads to.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use omniview_sdk::{ConnectionId, ResourceKey, ResourceOperationError, Result};

use super::Faults;
use crate::store::Table;

/// What one connection leads to: a table a resource type, and namespaces.
///
/// It outlives every client: what was stored is there after a reconnect.
#[derive(Debug)]
pub struct Fleet {
    connection: ConnectionId,
    namespaces: Vec<String>,
    tables: BTreeMap<ResourceKey, Arc<Table>>,
    faults: Faults,
    clients: AtomicU64,
}

impl Fleet {
    pub(super) fn new(
        connection: ConnectionId,
        namespaces: Vec<String>,
        tables: impl IntoIterator<Item = Table>,
    ) -> Self {
        Self {
            connection,
            namespaces,
            tables: tables
                .into_iter()
                .map(|table| (table.key().clone(), Arc::new(table)))
                .collect(),
            faults: Faults::new(),
            clients: AtomicU64::new(0),
        }
    }

    /// The connection that leads here.
    pub fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    /// The namespaces, sorted.
    pub fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// The objects of a type.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a type that this backend does not have.
    pub fn table(&self, key: &ResourceKey) -> Result<&Arc<Table>> {
        self.tables.get(key).ok_or_else(|| {
            ResourceOperationError::not_found(format!(
                "connection {:?} of the reference backend has no type {key}",
                self.connection.as_str()
            ))
            .on_connection(&self.connection)
            .on_key(key)
        })
    }

    /// What is wrong with the connection.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// How many clients are open.
    pub fn open_clients(&self) -> u64 {
        self.clients.load(Ordering::Relaxed)
    }

    pub(super) fn client_opened(&self) {
        self.clients.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn client_closed(&self) {
        self.clients.fetch_sub(1, Ordering::Relaxed);
    }
}
