//! The backend, and the plugin over it.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, ConnectionId, ConnectionScope, Provider, ResourcePluginConfig, Result,
    build_resource_controller,
};

use super::ReferenceBackendBuilder;
use crate::{
    Deviation, Faults, Kind, ReferenceClient, TypeFixture,
    catalog::{custom_group, groups},
    deviation::{self, Area},
    plugin::{ReferenceDiscovery, StoreErrors, connections, pattern, registration},
    world::{Fleet, World},
};

/// The backend; a copy is a handle of the same.
///
/// [`config`](Self::config) is the plugin over it, as often as one likes: two plugins over one backend see the same objects.
/// The other methods are what happens behind a plugin's back.
///
/// # Examples
///
/// ```
/// use omniview_reference_backend::{Kind, ReferenceBackend};
/// use omniview_sdk::{CallContext, GetInput, Json, Session};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> omniview_sdk::Result<()> {
/// let backend = ReferenceBackend::new();
/// let plugin = backend.provider()?;
/// let ctx = CallContext::new().with_session(Session::for_connection("dev"));
/// plugin.start_connection(&ctx, &"dev".into()).await?;
///
/// let flags = json!({"metadata": {"name": "flags", "namespace": "shop"}});
/// backend.insert("dev", Kind::ConfigMap, &Json::from(flags))?;
/// plugin.get(&ctx, &"core::v1::ConfigMap".into(), GetInput::new("flags").in_namespace("shop")).await?;
/// plugin.close().await
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ReferenceBackend {
    pub(super) world: Arc<World>,
    pub(super) deviation: Option<Deviation>,
}

impl ReferenceBackend {
    /// The id of the plugin.
    pub const PLUGIN_ID: &'static str = "reference";

    /// The honest backend: every type, connections `dev` and `prod`.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Chooses types, connections, bounds and a deviation.
    pub fn builder() -> ReferenceBackendBuilder {
        ReferenceBackendBuilder::default()
    }

    /// The honest backend with one defect.
    ///
    /// A defect in keeping to a scope needs one to show: the two of that kind come with their watches limited to `default`.
    pub fn deviating(deviation: Deviation) -> Self {
        let builder = Self::builder().deviation(deviation);
        match deviation {
            Deviation::WatchIgnoresScope | Deviation::SummaryLacksScope => builder
                .scope(ConnectionScope::explicit(["default"]))
                .build(),
            _ => builder.build(),
        }
    }

    /// A backend of its own that has what this one has now: the same objects, connections, types, scope and deviation. Nothing is
    /// wrong with it, nobody is connected to it, and its time starts again.
    ///
    /// Objects are shared until they change, so that a fork costs a small part of a new backend: the way to give each of many
    /// tests a fresh one.
    ///
    /// ```
    /// use omniview_reference_backend::{Kind, ReferenceBackend};
    ///
    /// let template = ReferenceBackend::new();
    /// let backend = template.fork();
    /// backend.remove("dev", Kind::Node, "", "dev-a")?;
    /// assert!(backend.table("dev", Kind::Node)?.get("dev-a", "").is_err());
    /// assert!(template.table("dev", Kind::Node)?.get("dev-a", "").is_ok());
    /// # Ok::<(), omniview_sdk::ResourceOperationError>(())
    /// ```
    pub fn fork(&self) -> Self {
        Self {
            world: Arc::new(self.world.fork()),
            deviation: self.deviation,
        }
    }

    /// The plugin over this backend, to be mounted; [`provider`](Self::provider) does that.
    ///
    /// A deviation at the boundary is not in it: no plugin can have that.
    pub fn config(&self) -> ResourcePluginConfig<ReferenceClient> {
        let mut config = ResourcePluginConfig::new(Self::PLUGIN_ID)
            .connections(connections(Arc::clone(&self.world)))
            .discovery(ReferenceDiscovery::new(Arc::clone(&self.world)))
            .error_classifier(StoreErrors);
        let groups = groups().into_iter().filter(|group| {
            let mut kinds = self.world.kinds().iter();
            kinds.any(|kind| kind.meta().group == group.id)
        });
        config = groups
            .chain([custom_group()])
            .fold(config, ResourcePluginConfig::group);
        for kind in self.world.kinds() {
            config = config.resource(registration(*kind, self.world.kinds()));
        }
        config = config.resource(pattern());
        match self.deviation {
            Some(deviation) => deviation::apply(deviation, config),
            None => config,
        }
    }

    /// The plugin over this backend, mounted: what an engine calls. A deviation at the boundary is around it.
    ///
    /// # Errors
    ///
    /// Those of [`build_resource_controller`], which a configuration of this backend does not meet.
    pub fn provider(&self) -> Result<Arc<dyn Provider>> {
        let provider = build_resource_controller(&CallContext::new(), self.config())?;
        Ok(match self.deviation {
            Some(deviation) if matches!(deviation.area(), Area::Boundary | Area::Answer) => {
                deviation::wrap(deviation, provider)
            }
            _ => provider,
        })
    }

    /// The deviation, if there is one.
    pub fn deviation(&self) -> Option<Deviation> {
        self.deviation
    }

    /// The types.
    pub fn kinds(&self) -> &[Kind] {
        self.world.kinds()
    }

    /// What a connection leads to, with its tables.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a connection that is not configured.
    pub fn fleet(&self, connection: impl Into<ConnectionId>) -> Result<Arc<Fleet>> {
        self.world.fleet(&connection.into())
    }

    /// What is wrong with a connection, to be changed.
    ///
    /// # Errors
    ///
    /// As [`fleet`](Self::fleet).
    pub fn faults(&self, connection: impl Into<ConnectionId>) -> Result<Faults> {
        Ok(self.fleet(connection)?.faults().clone())
    }

    /// What a test needs to know of each type; samples go to the first two namespaces of `connection`.
    ///
    /// # Errors
    ///
    /// As [`fleet`](Self::fleet).
    pub fn type_fixtures(&self, connection: impl Into<ConnectionId>) -> Result<Vec<TypeFixture>> {
        let fleet = self.fleet(connection)?;
        let namespaces: Vec<String> = fleet.namespaces().iter().take(2).cloned().collect();
        Ok(self
            .kinds()
            .iter()
            .map(|kind| TypeFixture::new(*kind, namespaces.clone()))
            .collect())
    }
}

impl Default for ReferenceBackend {
    fn default() -> Self {
        Self::new()
    }
}
