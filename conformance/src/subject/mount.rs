//! A plugin that runs, and what mounts one.

use std::{fmt, sync::Arc};

use omniview_sdk::{
    BoxError, CallContext, Provider, ResourcePluginConfig, build_resource_controller,
};

use super::Outside;

/// A plugin that runs, and the way behind its back.
///
/// ```
/// use std::sync::Arc;
/// use omniview_conformance::{Mounted, Outside, Subject};
/// use omniview_sdk::Provider;
/// # fn start() -> (Arc<dyn Provider>, Arc<dyn Outside>) { unimplemented!() }
///
/// // A plugin in a process of its own, reached through a stub.
/// let subject = Subject::provider("remote-shop", || async {
///     let (stub, backend) = start();
///     Mounted::new(stub).outside(backend)
/// });
/// ```
#[derive(Clone)]
#[must_use = "nothing closes it but the suite"]
pub struct Mounted {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) outside: Option<Arc<dyn Outside>>,
}

impl Mounted {
    /// A plugin without a way behind its back.
    pub fn new(provider: Arc<dyn Provider>) -> Self {
        Self {
            provider,
            outside: None,
        }
    }

    /// Adds a way behind its back.
    pub fn outside(mut self, outside: Arc<dyn Outside>) -> Self {
        self.outside = Some(outside);
        self
    }
}

impl From<Arc<dyn Provider>> for Mounted {
    fn from(provider: Arc<dyn Provider>) -> Self {
        Self::new(provider)
    }
}

impl fmt::Debug for Mounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mounted")
            .field("outside", &self.outside.is_some())
            .finish_non_exhaustive()
    }
}

/// A plugin's configuration, and the way behind its back.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use omniview_conformance::{InProcess, Outside, Sample, Subject};
/// # use omniview_sdk::{BoxError, ConnectionId, ResourceKey, ResourcePluginConfig, async_trait};
/// # struct Backend;
/// # fn plugin(_: &Arc<Backend>) -> ResourcePluginConfig<()> { unimplemented!() }
/// # #[async_trait] impl Outside for Backend {
/// #     async fn insert(&self, _: &ConnectionId, _: &ResourceKey, _: &Sample) -> Result<(), BoxError> { Ok(()) }
/// #     async fn update(&self, _: &ConnectionId, _: &ResourceKey, _: &Sample) -> Result<(), BoxError> { Ok(()) }
/// #     async fn remove(&self, _: &ConnectionId, _: &ResourceKey, _: &str, _: &str) -> Result<(), BoxError> { Ok(()) }
/// # }
///
/// // A backend of its own for each check, and the way behind its plugin's back.
/// let subject = Subject::in_process("shop", || {
///     let backend = Arc::new(Backend);
///     InProcess::new(plugin(&backend)).outside(backend)
/// });
/// ```
#[must_use = "give it to `Subject::in_process`"]
pub struct InProcess<C> {
    config: ResourcePluginConfig<C>,
    outside: Option<Arc<dyn Outside>>,
}

impl<C: Send + Sync + 'static> InProcess<C> {
    /// A configuration without a way behind its back.
    pub fn new(config: ResourcePluginConfig<C>) -> Self {
        Self {
            config,
            outside: None,
        }
    }

    /// Adds a way behind its back, to the very backend that the configuration talks to.
    pub fn outside(mut self, outside: Arc<dyn Outside>) -> Self {
        self.outside = Some(outside);
        self
    }

    pub(super) fn mount(self) -> Result<Mounted, BoxError> {
        let provider = build_resource_controller(&CallContext::new(), self.config)?;
        Ok(Mounted {
            provider,
            outside: self.outside,
        })
    }
}

impl<C: Send + Sync + 'static> From<ResourcePluginConfig<C>> for InProcess<C> {
    fn from(config: ResourcePluginConfig<C>) -> Self {
        Self::new(config)
    }
}

impl<C> fmt::Debug for InProcess<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess")
            .field("config", &self.config)
            .field("outside", &self.outside.is_some())
            .finish()
    }
}
