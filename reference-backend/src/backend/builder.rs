//! Choosing what the backend has.

use std::sync::Arc;

use omniview_sdk::{Connection, ConnectionId, ConnectionScope};

use super::ReferenceBackend;
use crate::{Deviation, Kind, Site, store::DEFAULT_LOG_BOUND, world::World};

/// Chooses what a [`ReferenceBackend`] has; each choice replaces a default.
///
/// # Examples
///
/// ```
/// use omniview_reference_backend::{Deviation, Kind, ReferenceBackend};
///
/// let small = ReferenceBackend::builder().kinds([Kind::Pod, Kind::Node]).build();
/// assert_eq!(small.kinds(), [Kind::Pod, Kind::Node]);
///
/// let broken: Deviation = "delete-ignored".parse()?;
/// let broken = ReferenceBackend::builder().deviation(broken).build();
/// assert!(broken.deviation().is_some());
/// # Ok::<(), omniview_reference_backend::deviation::UnknownDeviation>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is made until `build` is called"]
pub struct ReferenceBackendBuilder {
    kinds: Vec<Kind>,
    sites: Option<Vec<(Connection, Site)>>,
    log_bound: usize,
    scope: Option<ConnectionScope>,
    factor: usize,
    deviation: Option<Deviation>,
}

impl ReferenceBackendBuilder {
    /// Has these types; [`Kind::ALL`] if nothing is said. One that is named twice is there once.
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kinds.clear();
        for kind in kinds {
            if !self.kinds.contains(&kind) {
                self.kinds.push(kind);
            }
        }
        self
    }

    /// Has one more connection, of this id, that leads to `site`; the first call ends having `dev` and `prod`.
    ///
    /// An id that is there already, or is empty, changes nothing.
    pub fn connection(mut self, id: impl Into<ConnectionId>, site: Site) -> Self {
        let sites = self.sites.get_or_insert_default();
        let id = id.into();
        if !id.is_empty() && sites.iter().all(|(connection, _)| connection.id != id) {
            let connection = Connection {
                name: id.to_string(),
                uid: format!("connection-{id}"),
                id,
                ..site.connection()
            };
            sites.push((connection, site));
        }
        self
    }

    /// Has no connection to begin with.
    pub fn without_connections(mut self) -> Self {
        self.sites = Some(Vec::new());
        self
    }

    /// Remembers this many changes a table for followers; [`DEFAULT_LOG_BOUND`] if nothing is said. A follower that is further
    /// behind lists again.
    pub fn log_bound(mut self, changes: usize) -> Self {
        self.log_bound = changes;
        self
    }

    /// Has the objects of every site `factor` times, as [`Site::scaled`] does: 100,000 pods on `dev` take a factor of 4,348, a
    /// million objects in all about 8,000.
    pub fn scale(mut self, factor: usize) -> Self {
        self.factor = factor;
        self
    }

    /// Limits the watches of every connection; nothing is limited, and there is no scope provider, if nothing is said.
    pub fn scope(mut self, scope: ConnectionScope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Has one defect.
    pub fn deviation(mut self, deviation: Deviation) -> Self {
        self.deviation = Some(deviation);
        self
    }

    /// Makes the backend with its objects.
    pub fn build(self) -> ReferenceBackend {
        let sites = self.sites.unwrap_or_else(|| {
            [Site::dev(), Site::prod()]
                .map(|site| (site.connection(), site))
                .to_vec()
        });
        let world = World::new(self.kinds, self.log_bound);
        world.set_scope(self.scope);
        for (connection, site) in sites {
            // The ids differ and the objects are ours, so nothing is refused; a test holds every site to that.
            let site = match self.factor {
                1 => site,
                factor => site.scaled(factor),
            };
            if let Err(error) = world.add_connection(connection, &site) {
                tracing::error!(%error, "the reference backend refused its own data");
            }
        }
        ReferenceBackend {
            world: Arc::new(world),
            deviation: self.deviation,
        }
    }
}

impl Default for ReferenceBackendBuilder {
    fn default() -> Self {
        Self {
            kinds: Kind::ALL.to_vec(),
            sites: None,
            log_bound: DEFAULT_LOG_BOUND,
            scope: None,
            factor: 1,
            deviation: None,
        }
    }
}
