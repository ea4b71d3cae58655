//! The subject.

use std::{collections::BTreeMap, fmt, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use omniview_sdk::{BoxError, ConnectionId, ResourceKey};

use super::{InProcess, Mounted, Pace, ResourceFixture, paced::paced};
use crate::check::Need;

type MountFn = dyn Fn() -> BoxFuture<'static, Result<Mounted, BoxError>> + Send + Sync;

/// A plugin to run the suite over: how to mount it, and what cannot be seen through the boundary.
///
/// Every check gets a plugin of its own, which is closed after it. What is behind the plugin, a server for
/// example, may be the same for all of them: a check removes what it made.
///
/// ```no_run
/// # fn my_config() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
/// use omniview_conformance::{ResourceFixture, Sample, Subject};
/// use serde_json::json;
///
/// let subject = Subject::in_process("my-plugin", my_config).resource(
///     ResourceFixture::new("core::v1::Pod")
///         .sample(|n, _| Sample::new(format!("pod-{n}"), json!({ "name": format!("pod-{n}") }))),
/// );
/// ```
#[derive(Clone)]
#[must_use = "run the suite over it with `omniview_conformance::run`"]
pub struct Subject {
    name: String,
    version: Option<String>,
    mount: Arc<MountFn>,
    connections: Vec<ConnectionId>,
    fixtures: BTreeMap<ResourceKey, Arc<ResourceFixture>>,
    waived: BTreeMap<String, String>,
    pace: Pace,
    parallel: bool,
    #[cfg(feature = "virtual-time")]
    virtual_time: bool,
}

impl Subject {
    /// A plugin of this process, mounted from its configuration.
    pub fn in_process<C, T>(
        name: impl Into<String>,
        config: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self
    where
        C: Send + Sync + 'static,
        T: Into<InProcess<C>>,
    {
        Self::over(name, move || {
            let mounted = config().into().mount();
            async { mounted }.boxed()
        })
    }

    /// Anything else that satisfies the boundary: a stub for a plugin elsewhere, a wrapped provider.
    ///
    /// A [`Mounted`] instead of the bare provider brings a way behind the plugin's back.
    pub fn provider<F, T>(
        name: impl Into<String>,
        mount: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = T> + Send + 'static,
        T: Into<Mounted>,
    {
        Self::over(name, move || {
            mount().map(|mounted| Ok(mounted.into())).boxed()
        })
    }

    /// As [`provider`](Self::provider), where mounting can fail.
    pub fn try_provider<F, T>(
        name: impl Into<String>,
        mount: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, BoxError>> + Send + 'static,
        T: Into<Mounted>,
    {
        Self::over(name, move || {
            mount().map(|mounted| mounted.map(Into::into)).boxed()
        })
    }

    fn over(
        name: impl Into<String>,
        mount: impl Fn() -> BoxFuture<'static, Result<Mounted, BoxError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            version: None,
            mount: Arc::new(mount),
            connections: Vec::new(),
            fixtures: BTreeMap::new(),
            waived: BTreeMap::new(),
            pace: Pace::new(),
            parallel: false,
            #[cfg(feature = "virtual-time")]
            virtual_time: false,
        }
    }

    /// Tells about a resource type; a second fixture of the same type replaces the first.
    pub fn resource(mut self, fixture: ResourceFixture) -> Self {
        self.fixtures
            .insert(fixture.key().clone(), Arc::new(fixture));
        self
    }

    /// Names a connection to use, the main one first. Without any, the plugin's own list is used.
    pub fn connection(mut self, id: impl Into<ConnectionId>) -> Self {
        self.connections.push(id.into());
        self
    }

    /// Declares that something cannot be provided, with the reason: checks that need it are then not applicable
    /// instead of blocked.
    ///
    /// Faults and changes of the configuration come from an [`Outside`](crate::Outside) too: who is without one is without
    /// them.
    ///
    /// ```
    /// use omniview_conformance::{Need, Subject};
    /// # fn my_plugin() -> omniview_sdk::ResourcePluginConfig<()> { unimplemented!() }
    ///
    /// let subject = Subject::in_process("shop", my_plugin)
    ///     .without(Need::SecondConnection, "there is one shop")
    ///     .without(Need::Outside, "nobody but the plugin can change it");
    /// ```
    pub fn without(mut self, need: Need, reason: impl Into<String>) -> Self {
        self.waived.insert(format!("{need:?}"), reason.into());
        self
    }

    /// Says how fast the backend is, and how soon it is consistent: a [`Pace`] other than the default.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Lets [`run`](fn@crate::run) run several checks at the same time, each over a plugin of its own, on a thread and a runtime
    /// of its own.
    ///
    /// For a backend that stands that: what is behind the plugins may be one and the same, as no two checks make the same
    /// objects, but none of its faults may reach another plugin, and mounting must be possible on any runtime. A subject with
    /// `virtual_time` needs no permission. The tests of [`tests!`](crate::tests) and `main!` always run so.
    pub fn parallel(mut self) -> Self {
        self.parallel = true;
        self
    }

    pub(crate) fn may_run_in_parallel(&self) -> bool {
        #[cfg(feature = "virtual-time")]
        let virtual_time = self.virtual_time;
        #[cfg(not(feature = "virtual-time"))]
        let virtual_time = false;
        self.parallel || virtual_time
    }

    pub(crate) fn times_slower(&self) -> u32 {
        self.pace.times_slower()
    }

    /// Lets the clock of [`tests!`](crate::tests) and `main!` jump to whatever is waited for. Needs the feature
    /// `virtual-time`.
    ///
    /// For a plugin that does no real I/O: what a check waits for in vain, it then waits for in no time. With a
    /// server or a file behind the plugin its answer would come too late, however fast it is. [`run`](fn@crate::run) runs
    /// several checks of such a plugin at the same time; told to run [one](crate::RunOptions::jobs), it takes the clock of the
    /// runtime that it is on.
    #[cfg(feature = "virtual-time")]
    pub fn virtual_time(mut self) -> Self {
        self.virtual_time = true;
        self
    }

    #[cfg(feature = "virtual-time")]
    pub(crate) fn has_virtual_time(&self) -> bool {
        self.virtual_time
    }

    /// What it is called in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells the version of the plugin, for the report.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The version of the plugin, where it was told.
    pub fn plugin_version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// What is told about the resource types, by key.
    pub fn fixtures(&self) -> impl Iterator<Item = &ResourceFixture> {
        self.fixtures.values().map(|fixture| &**fixture)
    }

    pub(crate) fn fixture(&self, key: &ResourceKey) -> Option<&Arc<ResourceFixture>> {
        self.fixtures.get(key)
    }

    pub(crate) fn named_connections(&self) -> &[ConnectionId] {
        &self.connections
    }

    pub(crate) fn waiver(&self, need: Need) -> Option<&str> {
        let waived = |need: Need| self.waived.get(&format!("{need:?}")).map(String::as_str);
        waived(need).or_else(|| match need {
            Need::Fault(_) | Need::OutsideConnections => waived(Need::Outside),
            _ => None,
        })
    }

    pub(crate) fn mount(&self) -> BoxFuture<'static, Result<Mounted, BoxError>> {
        let pace = self.pace.clone();
        (self.mount)()
            .map(move |mounted| mounted.map(|mounted| paced(mounted, &pace)))
            .boxed()
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("connections", &self.connections)
            .field("fixtures", &self.fixtures.keys())
            .field("waived", &self.waived)
            .finish_non_exhaustive()
    }
}
