//! The test's hand on a wrapped plugin.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::{
    ConnectionId, ConnectionRegistration, Context, PluginResult, ResourceKey, ResourcePluginConfig,
    ResourceRegistration,
};
use tokio::sync::Notify;

use super::{
    Fault, PluginCall, PluginMethod, Script, connection,
    kind::{Answer, RawError},
    resource,
    script::Target,
};

/// Breaks a plugin of your own on purpose, and knows which calls it got. Cheap to clone.
///
/// Wrap first, then plan: [`wrap`](Self::wrap) takes a whole configuration, [`wrap_resource`](Self::wrap_resource) and
/// [`wrap_connections`](Self::wrap_connections) a part. One hand may wrap several. A fault that is planned for the next call or calls comes before one that
/// is planned for every call.
///
/// [`of`](Self::of) and [`on`](Self::on) give a hand on one resource type or one connection: what it plans concerns
/// those calls alone, and so does what it counts.
///
/// ```
/// # use omniview_plugintest::{Harness, fault::{Fault, Faults, PluginMethod}, stub::stub_plugin};
/// # use omniview_sdk::{ErrorCode, ListInput};
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let faults = Faults::new();
/// let h = Harness::mount(faults.wrap(stub_plugin().config));
/// h.connect("dev").await;
/// h.connect("prod").await;
///
/// faults.on("prod").always(PluginMethod::List, Fault::refused(ErrorCode::Unavailable));
/// h.list("core::v1::Pod", ListInput::all()).on("dev").await;
/// h.list("core::v1::Pod", ListInput::all()).on("prod").expect_error(ErrorCode::Unavailable).await;
///
/// faults.heal_all();
/// h.list("core::v1::Pod", ListInput::all()).on("prod").await;
/// assert_eq!(faults.on("prod").calls(PluginMethod::List), 2);
/// h.shutdown().await;
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Faults {
    shared: Arc<Shared>,
    target: Target,
}

/// What all hands on one plugin share.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) script: Script,
    breaks: Mutex<Vec<(Target, Fault)>>,
    broken: Notify,
}

impl Faults {
    /// A hand on nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wraps everything that a plugin's author has written: connections, resource types, discovery.
    pub fn wrap<C: Send + Sync + 'static>(
        &self,
        mut config: ResourcePluginConfig<C>,
    ) -> ResourcePluginConfig<C> {
        config.connections = config.connections.map(|own| self.wrap_connections(own));
        config.resources = config
            .resources
            .into_iter()
            .map(|own| self.wrap_resource(own))
            .collect();
        config.discovery = config
            .discovery
            .map(|own| connection::wrap_discovery(own, &self.shared));
        config
    }

    /// Wraps one registration of a resource type or a pattern. It has the capabilities that it had before.
    pub fn wrap_resource<C: Send + Sync + 'static>(
        &self,
        registration: ResourceRegistration<C>,
    ) -> ResourceRegistration<C> {
        registration.map_handles(|handles| resource::wrap(handles, &self.shared))
    }

    /// Wraps connections. They have the capabilities that they had before.
    pub fn wrap_connections<C: Send + Sync + 'static>(
        &self,
        registration: ConnectionRegistration<C>,
    ) -> ConnectionRegistration<C> {
        registration.map_handles(|handles| connection::wrap(handles, &self.shared))
    }

    /// A hand on the calls of one resource type.
    #[must_use]
    pub fn of(&self, key: impl Into<ResourceKey>) -> Self {
        let mut hand = self.clone();
        hand.target.key = Some(key.into());
        hand
    }

    /// A hand on the calls of one connection.
    #[must_use]
    pub fn on(&self, connection: impl Into<ConnectionId>) -> Self {
        let mut hand = self.clone();
        hand.target.connection = Some(connection.into());
        hand
    }

    /// Lets the next call of a method go wrong; several are used up in order.
    pub fn next(&self, method: PluginMethod, fault: Fault) -> &Self {
        self.next_times(method, 1, fault)
    }

    /// Lets the next `times` calls of a method go wrong.
    pub fn next_times(&self, method: PluginMethod, times: usize, fault: Fault) -> &Self {
        self.shared.script.next(&self.target, method, times, fault);
        self
    }

    /// Lets every call of a method go wrong, once those that were planned are used up.
    pub fn always(&self, method: PluginMethod, fault: Fault) -> &Self {
        self.shared.script.always(&self.target, method, fault);
        self
    }

    /// Forgets what was planned for a method. A hand on everything forgets what others have planned, too.
    pub fn heal(&self, method: PluginMethod) -> &Self {
        self.shared.script.heal(&self.target, method);
        self
    }

    /// Forgets whatever was planned. A hand on everything forgets what others have planned, too.
    pub fn heal_all(&self) -> &Self {
        self.shared.script.heal_all(&self.target);
        self
    }

    /// Lets every watch that runs now fail; watches that start later do not.
    ///
    /// # Panics
    ///
    /// The fault is not one that fails: a hang, a delay, a panic or a malformed answer has to be planned for the next call of
    /// [`PluginMethod::Watch`].
    #[track_caller]
    pub fn break_watches(&self, fault: Fault) -> &Self {
        assert!(
            fault.error().is_some(),
            "a running watch can be made to fail, and not to {fault:?}: plan that with \
             `next(PluginMethod::Watch, …)`, and restart the watch"
        );
        self.shared.breaks().push((self.target.clone(), fault));
        self.shared.broken.notify_waiters();
        self
    }

    /// How often a method was called.
    pub fn calls(&self, method: PluginMethod) -> usize {
        self.shared.script.count(&self.target, method)
    }

    /// The calls of a method, with the contexts that they came with.
    pub fn seen(&self, method: PluginMethod) -> Vec<PluginCall> {
        self.shared.script.calls(&self.target, method)
    }

    /// The last call of a method.
    ///
    /// # Panics
    ///
    /// It was not called.
    #[track_caller]
    pub fn last(&self, method: PluginMethod) -> PluginCall {
        match self.seen(method).pop() {
            Some(call) => call,
            None => panic!("the plugin got no call of {method:?}"),
        }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Remembers a call on a resource type, and lets the planned fault happen.
    pub(super) async fn enter<C>(
        &self,
        method: PluginMethod,
        ctx: &Context<C>,
        input: &(impl serde::Serialize + Sync),
    ) -> PluginResult<Answer> {
        self.script
            .enter(PluginCall {
                operation: method,
                context: ctx.call().clone(),
                meta: Some(ctx.meta().clone()),
                client: None,
                input: serde_json::to_value(input)?,
            })
            .await
    }

    /// How many breaks there were.
    pub(super) fn broken_so_far(&self) -> usize {
        self.breaks().len()
    }

    /// Completes with an error once a watch is to fail that began after `from` breaks.
    pub(super) async fn broken(&self, call: &PluginCall, from: usize) -> omniview_sdk::BoxError {
        let mut from = from;
        loop {
            // Registered before the look, so that a break in between is not missed.
            let broken = self.broken.notified();
            let found = {
                let breaks = self.breaks();
                let news = breaks.get(from..).unwrap_or_default();
                from = breaks.len();
                news.iter()
                    .find(|(target, _)| target.includes_call(call))
                    .map(|(_, fault)| fault.clone())
            };
            if let Some(fault) = found {
                return fault
                    .error()
                    .unwrap_or_else(|| RawError("broken by the test".to_owned()).into());
            }
            broken.await;
        }
    }

    fn breaks(&self) -> MutexGuard<'_, Vec<(Target, Fault)>> {
        self.breaks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
