//! Every connection and what it leads to.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use omniview_sdk::{
    Connection, ConnectionId, ConnectionScope, ErrorCode, ResourceOperationError, Result,
};
use tokio::sync::watch;

use super::{Discovery, Fleet, fleet::Furniture};
use crate::{
    catalog::{self, Kind, Site},
    store::{Clock, Happening, Table, TableScope},
};

/// Every connection and what it leads to.
///
/// ```
/// use omniview_reference_backend::{Kind, Site, world::World};
///
/// let world = World::new(vec![Kind::Pod, Kind::Node], 64);
/// let fleet = world.add_connection(Site::prod().connection(), &Site::prod())?;
/// assert_eq!(world.connections()[0].id.as_str(), "prod");
/// assert_eq!(fleet.table(&Kind::Node.key())?.snapshot().len(), Site::prod().len(Kind::Node));
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug)]
pub struct World {
    clock: Arc<Clock>,
    kinds: Vec<Kind>,
    log_bound: usize,
    scope: RwLock<Option<ConnectionScope>>,
    sites: RwLock<BTreeMap<ConnectionId, Entry>>,
    configured: watch::Sender<Vec<Connection>>,
    forgotten: Mutex<BTreeMap<ConnectionId, u32>>,
}

#[derive(Debug, Clone)]
struct Entry {
    connection: Connection,
    fleet: Arc<Fleet>,
}

impl World {
    /// A world without connections, whose fleets have these types and remember `log_bound` changes each.
    pub fn new(kinds: Vec<Kind>, log_bound: usize) -> Self {
        Self {
            clock: Arc::new(Clock::new()),
            kinds,
            log_bound,
            scope: RwLock::default(),
            sites: RwLock::default(),
            configured: watch::Sender::new(Vec::new()),
            forgotten: Mutex::default(),
        }
    }

    /// A world of its own that is as this one is now.
    pub(crate) fn fork(&self) -> Self {
        let clock = Arc::new(self.clock.fork());
        let sites: BTreeMap<ConnectionId, Entry> = {
            let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
            let forked = sites.iter().map(|(id, entry)| {
                let fleet = Arc::new(entry.fleet.fork(&clock));
                let connection = entry.connection.clone();
                (id.clone(), Entry { connection, fleet })
            });
            forked.collect()
        };
        Self {
            clock,
            kinds: self.kinds.clone(),
            log_bound: self.log_bound,
            scope: RwLock::new(self.scope()),
            sites: RwLock::new(sites),
            configured: watch::Sender::new(self.connections()),
            forgotten: Mutex::default(),
        }
    }

    /// The types.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The configured connections, sorted by id.
    pub fn connections(&self) -> Vec<Connection> {
        self.configured.borrow().clone()
    }

    /// Follows the configured connections.
    pub fn follow_connections(&self) -> watch::Receiver<Vec<Connection>> {
        self.configured.subscribe()
    }

    /// What a connection leads to.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`.
    pub fn fleet(&self, id: &ConnectionId) -> Result<Arc<Fleet>> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        match sites.get(id) {
            Some(entry) => Ok(Arc::clone(&entry.fleet)),
            None => Err(unknown(id)),
        }
    }

    /// Configures a connection that leads to what `site` describes.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS`; `INVALID_INPUT` without an id.
    pub fn add_connection(&self, connection: Connection, site: &Site) -> Result<Arc<Fleet>> {
        let id = connection.id.clone();
        if id.is_empty() {
            return Err(ResourceOperationError::invalid_input(
                "a connection needs an id",
            ));
        }
        let fleet = Arc::new(self.furnish(&id, site)?);
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        if sites.contains_key(&id) {
            return Err(ResourceOperationError::new(
                ErrorCode::AlreadyExists,
                format!("connection {:?} is configured already", id.as_str()),
            )
            .on_connection(&id));
        }
        let entry = Entry {
            connection,
            fleet: Arc::clone(&fleet),
        };
        sites.insert(id, entry);
        self.publish(&sites);
        Ok(fleet)
    }

    /// Changes the configuration of a connection; what it leads to stays.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`.
    pub fn change_connection(&self, connection: Connection) -> Result<()> {
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = sites.get_mut(&connection.id) else {
            return Err(unknown(&connection.id));
        };
        entry.connection = connection;
        self.publish(&sites);
        Ok(())
    }

    /// Forgets a connection and what it led to.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`.
    pub fn remove_connection(&self, id: &ConnectionId) -> Result<Connection> {
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        let entry = sites.remove(id).ok_or_else(|| unknown(id))?;
        self.publish(&sites);
        Ok(entry.connection)
    }

    /// What watches are limited to; `None` where nobody has said so.
    pub fn scope(&self) -> Option<ConnectionScope> {
        let scope = self.scope.read().unwrap_or_else(PoisonError::into_inner);
        scope.clone()
    }

    /// Limits the watches that start from now on.
    pub fn set_scope(&self, scope: Option<ConnectionScope>) {
        *self.scope.write().unwrap_or_else(PoisonError::into_inner) = scope;
    }

    /// How often the plugin has forgotten what discovery kept for a connection.
    pub fn forgotten(&self, id: &ConnectionId) -> u32 {
        let forgotten = self
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        forgotten.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn forget(&self, id: &ConnectionId) {
        let mut forgotten = self
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *forgotten.entry(id.clone()).or_default() += 1;
    }

    fn furnish(&self, id: &ConnectionId, site: &Site) -> Result<Fleet> {
        let new =
            |key, scope| Table::with_log_bound(key, scope, Arc::clone(&self.clock), self.log_bound);
        let mut tables = Vec::new();
        for kind in &self.kinds {
            let table = new(kind.key(), kind.scope()).keeping(kind.query_paths());
            let mut loading = table.load();
            site.each_object(*kind, |json, created_at| {
                let object = loading.push(&json, created_at)?;
                let created = Happening::normal("Created", "it was created");
                table.happened(&object, created, created_at);
                // Most objects have nothing to tell, and are not parsed for it.
                if json.as_str().contains("\"reason\"")
                    && let Some(conditions) = object.at("status.conditions")
                {
                    for (happening, at) in catalog::happenings(&conditions) {
                        table.happened(&object, happening, at);
                    }
                }
                Ok::<(), ResourceOperationError>(())
            })?;
            loading.finish();
            tables.push(table);
        }
        let rollout = catalog::rollout();
        let rollouts = new(rollout.key(), TableScope::Namespaced);
        for (json, created_at) in site.rollouts() {
            rollouts.create_at(&json, "", created_at)?;
        }
        let own = self.kinds.iter().map(|kind| kind.meta()).collect();
        let furniture = Furniture {
            namespaces: site.namespaces(),
            tables,
            discovered: vec![rollouts],
            discovery: Discovery::new(own, vec![rollout]),
            clock: Arc::clone(&self.clock),
            log_bound: self.log_bound,
        };
        Ok(Fleet::new(id.clone(), furniture))
    }

    // Called under the lock, so that subscribers see the sets in the order in which they came to be.
    fn publish(&self, sites: &BTreeMap<ConnectionId, Entry>) {
        let connections = sites
            .values()
            .map(|entry| entry.connection.clone())
            .collect();
        self.configured.send_replace(connections);
    }
}

fn unknown(id: &ConnectionId) -> ResourceOperationError {
    ResourceOperationError::not_found(format!(
        "the reference backend has no connection {:?}",
        id.as_str()
    ))
    .on_connection(id)
}
