//! Which types the backend of a connection says that it has.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{DiscoveredTypes, DiscoveryCoverage, ResourceKey, ResourceMeta};

/// What discovery answers on one connection; a copy is a handle of the same.
///
/// The plugin asks when the connection starts and every five minutes; a change is seen then.
///
/// ```
/// use omniview_reference_backend::{Kind, ReferenceBackend};
/// use omniview_sdk::ResourceMeta;
///
/// let discovery = ReferenceBackend::new().discovery("dev")?;
/// discovery.add(ResourceMeta::new("fleet.example.io", "v1", "Canary"));
/// discovery.remove(&"fleet.example.io::v1::Rollout".into());
/// // From now on a type that is not named does not exist: jobs are gone.
/// discovery.complete();
/// discovery.exclude(Kind::Job.key());
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Discovery(Arc<Mutex<State>>);

#[derive(Debug, Clone)]
struct State {
    own: Vec<ResourceMeta>,
    discovered: BTreeMap<ResourceKey, ResourceMeta>,
    excluded: BTreeSet<ResourceKey>,
    coverage: DiscoveryCoverage,
}

impl Discovery {
    pub(super) fn new(own: Vec<ResourceMeta>, discovered: Vec<ResourceMeta>) -> Self {
        Self(Arc::new(Mutex::new(State {
            own,
            discovered: discovered
                .into_iter()
                .map(|meta| (meta.key(), meta))
                .collect(),
            excluded: BTreeSet::new(),
            coverage: DiscoveryCoverage::Additional,
        })))
    }

    /// The same answers, to be changed apart.
    pub(super) fn fork(&self) -> Self {
        Self(Arc::new(Mutex::new(self.lock().clone())))
    }

    /// The backend has one more type; one of group `fleet.example.io` is served by the plugin.
    pub fn add(&self, meta: ResourceMeta) {
        let mut state = self.lock();
        state.excluded.remove(&meta.key());
        state.discovered.insert(meta.key(), meta);
    }

    /// The backend has a discovered type no longer; its objects stay, and are there when it comes back.
    pub fn remove(&self, key: &ResourceKey) {
        self.lock().discovered.remove(key);
    }

    /// The answer names every type: one that is not named does not exist.
    pub fn complete(&self) {
        self.lock().coverage = DiscoveryCoverage::Complete;
    }

    /// There may be types beside those in the answer, as it is when nothing is said.
    pub fn additional(&self) {
        self.lock().coverage = DiscoveryCoverage::Additional;
    }

    /// A [`complete`](Self::complete) answer does not name this static type.
    pub fn exclude(&self, key: impl Into<ResourceKey>) {
        self.lock().excluded.insert(key.into());
    }

    /// A complete answer names it again.
    pub fn include(&self, key: &ResourceKey) {
        self.lock().excluded.remove(key);
    }

    /// What the plugin is answered.
    pub fn answer(&self) -> DiscoveredTypes {
        let state = self.lock();
        let discovered = state.discovered.values().cloned();
        match state.coverage {
            DiscoveryCoverage::Additional => DiscoveredTypes::additional(discovered),
            DiscoveryCoverage::Complete => {
                let own = state.own.iter().cloned();
                let named = own.filter(|meta| !state.excluded.contains(&meta.key()));
                DiscoveredTypes::complete(named.chain(discovered))
            }
        }
    }

    pub(super) fn has(&self, key: &ResourceKey) -> bool {
        self.lock().discovered.contains_key(key)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
