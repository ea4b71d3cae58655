//! Putting a controller together, and closing it.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::closing::Closing;
use crate::{
    CallContext, ErrorCode, PluginId, Provider, ResourceGroup, ResourceOperationError,
    ResourcePluginConfig, Result,
    call::{CallSite, Classifiers, closed, still_wanted},
    connection::{ConnectionManager, ConnectionManagerParts},
    registry::Registry,
    watch::{Hub, WatchRuntime},
};

/// Builds the provider of a plugin.
///
/// Nothing is loaded and no task is started until the first call of a connection method, which needs a tokio runtime with
/// time enabled. When `root` is cancelled, or the provider is dropped, everything ends as with
/// [`Provider::close`], in the background; call `close` to wait for it.
///
/// # Errors
///
/// `INVALID_INPUT`, as [`ResourcePluginConfig::validate`] says.
///
/// # Examples
///
/// ```
/// use omniview_sdk::*;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// let incomplete = ResourcePluginConfig::<()>::new("pods");
/// let refused = build_resource_controller(&CallContext::new(), incomplete).err();
/// assert!(refused.is_some_and(|error| *error.code() == ErrorCode::InvalidInput));
///
/// # let config = omniview_plugintest::stub::stub_plugin().config;
/// let plugin = build_resource_controller(&CallContext::new(), config)?; // one with connections and a type
/// let ctx = CallContext::new();
/// assert_eq!(plugin.list_connections(&ctx).await?.len(), 2, "the first call loads them");
///
/// plugin.close().await?;
/// assert_eq!(*plugin.list_connections(&ctx).await.unwrap_err().code(), ErrorCode::Closed);
/// # Ok(())
/// # }
/// ```
///
/// Contract: CFG-01 to CFG-19, PRV-01, CON-03
pub fn build_resource_controller<C: Send + Sync + 'static>(
    root: &CallContext,
    config: ResourcePluginConfig<C>,
) -> Result<Arc<dyn Provider>> {
    config.validate()?;
    let ResourcePluginConfig {
        plugin_id,
        connections,
        resources,
        groups,
        default_definition,
        discovery,
        error_classifier,
        settings,
        global_config,
        options,
    } = config;
    let Some(registration) = connections else {
        return Err(ResourceOperationError::invalid_input(
            "there is no connection provider",
        ));
    };
    let closing = Closing::under(root.cancellation());
    let tracker = TaskTracker::new();
    let hub = Arc::new(Hub::new(options.listener_queue, options.event_buffer));
    let registry = Arc::new(Registry::new(
        resources,
        default_definition,
        error_classifier.clone(),
    ));
    let manager = ConnectionManager::new(ConnectionManagerParts {
        registration,
        registry: registry.clone(),
        discovery,
        classifiers: Classifiers {
            resource: None,
            plugin: error_classifier,
        },
        settings,
        global_config,
        watch_runtime: WatchRuntime {
            plugin: plugin_id.clone(),
            hub: hub.clone(),
            tracker: tracker.clone(),
            retry: options.watch_retry.clone(),
            grace: options.stop_grace,
        },
        options,
        tracker: tracker.clone(),
        closing: closing.token().clone(),
    });
    Ok(Arc::new(ResourceController {
        plugin_id,
        registry,
        groups,
        hub,
        connections: Arc::new(manager),
        tracker,
        closing,
        leak: Mutex::new(None),
    }))
}

/// The [`Provider`] that [`build_resource_controller`] makes.
pub(super) struct ResourceController<C> {
    pub(super) plugin_id: PluginId,
    pub(super) registry: Arc<Registry<C>>,
    pub(super) groups: Vec<ResourceGroup>,
    pub(super) hub: Arc<Hub>,
    pub(super) connections: Arc<ConnectionManager<C>>,
    pub(super) tracker: TaskTracker,
    pub(super) closing: Closing,
    /// What did not end with the first `close`.
    leak: Mutex<Option<ResourceOperationError>>,
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// What every method does first: still open, still wanted.
    pub(super) fn enter(&self, ctx: &CallContext, site: CallSite<'_>) -> Result<()> {
        if self.closing.is_closed() {
            return Err(closed(site));
        }
        still_wanted(ctx, site)
    }
}

#[async_trait]
impl<C: Send + Sync + 'static> Provider for ResourceController<C> {
    async fn close(&self) -> Result<()> {
        self.closing.close();
        self.tracker.close();
        let grace = self.connections.close_grace();
        if timeout(grace, self.tracker.wait()).await.is_err() {
            self.connections.give_up();
            if timeout(grace, self.tracker.wait()).await.is_err() {
                let left = self.tracker.len();
                let error = ResourceOperationError::new(
                    ErrorCode::Internal,
                    format!(
                        "{left} task(s) of plugin {:?} did not end even when aborted",
                        self.plugin_id.as_str()
                    ),
                )
                .with_suggestion("look for plugin code that blocks its thread instead of awaiting")
                .in_operation("close");
                *self.leak.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        }
        self.hub.close();
        match &*self.leak.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}

impl<C> Drop for ResourceController<C> {
    fn drop(&mut self) {
        self.closing.close();
        self.tracker.close();
        self.hub.close();
    }
}
