//! What one connection leads to.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use omniview_sdk::{ConnectionId, ResourceKey, ResourceOperationError, Result};

use super::{Discovery, Faults};
use crate::store::{Clock, Table, TableScope};

/// What one connection leads to: a table a resource type, and namespaces.
///
/// It outlives every client: what was stored is there after a reconnect.
///
/// ```
/// use omniview_reference_backend::ReferenceBackend;
/// use omniview_sdk::ErrorCode;
///
/// let fleet = ReferenceBackend::new().fleet("dev")?;
/// assert!(!fleet.table(&"core::v1::Pod".into())?.snapshot().is_empty());
/// assert_eq!(*fleet.table(&"core::v1::Secret".into()).unwrap_err().code(), ErrorCode::NotFound);
/// // A plugin that was closed leaves none behind.
/// assert_eq!(fleet.open_clients(), 0);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug)]
pub struct Fleet {
    connection: ConnectionId,
    namespaces: Vec<String>,
    tables: BTreeMap<ResourceKey, Arc<Table>>,
    /// Those of discovered types, made when they are first asked for.
    discovered: Mutex<BTreeMap<ResourceKey, Arc<Table>>>,
    discovery: Discovery,
    faults: Faults,
    clients: AtomicU64,
    clock: Arc<Clock>,
    log_bound: usize,
}

/// What a fleet has when it is new.
#[derive(Debug)]
pub(super) struct Furniture {
    pub(super) namespaces: Vec<String>,
    pub(super) tables: Vec<Table>,
    pub(super) discovered: Vec<Table>,
    pub(super) discovery: Discovery,
    pub(super) clock: Arc<Clock>,
    pub(super) log_bound: usize,
}

impl Fleet {
    pub(super) fn new(connection: ConnectionId, furniture: Furniture) -> Self {
        let by_key = |tables: Vec<Table>| {
            tables
                .into_iter()
                .map(|table| (table.key().clone(), Arc::new(table)))
                .collect()
        };
        let Furniture {
            namespaces,
            tables,
            discovered,
            discovery,
            clock,
            log_bound,
        } = furniture;
        Self {
            connection,
            namespaces,
            tables: by_key(tables),
            discovered: Mutex::new(by_key(discovered)),
            discovery,
            faults: Faults::new(),
            clients: AtomicU64::new(0),
            clock,
            log_bound,
        }
    }

    /// What this leads to now, on its own; nothing is wrong with it, and no client is open.
    pub(super) fn fork(&self, clock: &Arc<Clock>) -> Self {
        let forked = |tables: &BTreeMap<ResourceKey, Arc<Table>>| {
            tables
                .iter()
                .map(|(key, table)| (key.clone(), Arc::new(table.fork(clock))))
                .collect()
        };
        let discovered = self
            .discovered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Self {
            connection: self.connection.clone(),
            namespaces: self.namespaces.clone(),
            tables: forked(&self.tables),
            discovered: Mutex::new(forked(&discovered)),
            discovery: self.discovery.fork(),
            faults: Faults::new(),
            clients: AtomicU64::new(0),
            clock: Arc::clone(clock),
            log_bound: self.log_bound,
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

    /// The objects of a type, static or discovered.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a type that this backend does not have.
    pub fn table(&self, key: &ResourceKey) -> Result<Arc<Table>> {
        if let Some(table) = self.tables.get(key) {
            return Ok(Arc::clone(table));
        }
        if self.discovery.has(key) {
            let mut tables = self
                .discovered
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let table = tables.entry(key.clone()).or_insert_with(|| {
                Arc::new(Table::with_log_bound(
                    key.clone(),
                    TableScope::Namespaced,
                    Arc::clone(&self.clock),
                    self.log_bound,
                ))
            });
            return Ok(Arc::clone(table));
        }
        Err(ResourceOperationError::not_found(format!(
            "connection {:?} of the reference backend has no type {key}",
            self.connection.as_str()
        ))
        .on_connection(&self.connection)
        .on_key(key))
    }

    /// Which types the backend says that it has.
    pub fn discovery(&self) -> &Discovery {
        &self.discovery
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
