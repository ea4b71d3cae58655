//! Types that a backend brings itself.

use std::sync::Arc;

use async_trait::async_trait;

use crate::{CallContext, Connection, PluginResult, ResourceMeta};

/// Discovers the resource types of a connection: custom resources, tables, installed services.
///
/// Asked when a connection starts and at an interval after that. When it fails, the last good answer stays.
///
/// # Cancel safety
///
/// The future of [`discover`](Self::discover) is dropped at its next `.await` when something else is asked of the connection
/// meanwhile, and the question asked again after that. That of [`on_connection_removed`](Self::on_connection_removed) is
/// dropped only when the plugin ends.
///
/// # Examples
///
/// ```
/// # use std::sync::Arc;
/// # use omniview_sdk::*;
/// struct Installed;
///
/// #[async_trait]
/// impl DiscoveryProvider<()> for Installed {
///     async fn discover(&self, _: &CallContext, _: &Connection, _: &Arc<()>) -> PluginResult<DiscoveredTypes> {
///         Ok(DiscoveredTypes::additional([ResourceMeta::new("fleet.example.io", "v1", "Rollout")]))
///     }
///     async fn on_connection_removed(&self, _: &CallContext, _: &Connection) {}
/// }
/// ```
///
/// Contract: TYP-11, TYP-12, TYP-13, TYP-14, CFG-11
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `DiscoveryProvider<{C}>`",
    label = "`.discovery(…)` needs `DiscoveryProvider<{C}>`",
    note = "implement `DiscoveryProvider<{C}>` for `{Self}`, or drop the `.discovery(…)` call"
)]
pub trait DiscoveryProvider<C>: Send + Sync + 'static {
    /// The types that `connection` has.
    ///
    /// # Errors
    ///
    /// Logged; the last good answer stays, and without one the connection has its static types only.
    async fn discover(
        &self,
        ctx: &CallContext,
        connection: &Connection,
        client: &Arc<C>,
    ) -> PluginResult<DiscoveredTypes>;

    /// Forgets what is kept for a connection; called exactly once when it is deleted or vanishes, started or not.
    async fn on_connection_removed(&self, ctx: &CallContext, connection: &Connection);
}

/// What a backend says about its types.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{DiscoveredTypes, DiscoveryCoverage, ResourceMeta};
///
/// let types = vec![ResourceMeta::new("example.com", "v1", "Widget")];
/// let found = DiscoveredTypes { types, coverage: DiscoveryCoverage::Complete };
/// assert_eq!(found.types[0].key(), "example.com::v1::Widget");
/// ```
///
/// Contract: WAT-32
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DiscoveredTypes {
    /// The types.
    pub types: Vec<ResourceMeta>,
    /// Whether a type that is not among them does not exist there: only then is a static type excluded by it.
    pub coverage: DiscoveryCoverage,
}

/// Whether an answer of discovery names every type.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{DiscoveredTypes, DiscoveryCoverage, ResourceMeta};
///
/// let widget = || ResourceMeta::new("example.com", "v1", "Widget");
/// assert_eq!(DiscoveredTypes::additional([widget()]).coverage, DiscoveryCoverage::Additional);
/// // Every static type but Widget is now excluded:
/// assert_eq!(DiscoveredTypes::complete([widget()]).coverage, DiscoveryCoverage::Complete);
/// assert_eq!(DiscoveryCoverage::default(), DiscoveryCoverage::Additional, "a claim has to be made");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DiscoveryCoverage {
    /// There may be types beside those named.
    #[default]
    Additional,
    /// There are no types beside those named.
    Complete,
}

impl DiscoveredTypes {
    /// Types beside the static ones.
    pub fn additional(types: impl IntoIterator<Item = ResourceMeta>) -> Self {
        Self {
            types: types.into_iter().collect(),
            coverage: DiscoveryCoverage::Additional,
        }
    }

    /// All of the types that there are: a static type that is not among them is excluded.
    pub fn complete(types: impl IntoIterator<Item = ResourceMeta>) -> Self {
        Self {
            coverage: DiscoveryCoverage::Complete,
            ..Self::additional(types)
        }
    }
}
