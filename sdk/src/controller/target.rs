//! Where a call on a resource type goes: the type, the client, the context that plugin code gets.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::build::ResourceController;
use crate::{
    CallContext, Context, PluginResult, ResourceKey, Result,
    call::{CallSite, PluginCall, call_plugin},
    registry::Served,
    watch::ConnectionWatches,
};

/// Where a call goes.
pub(super) struct Target<'c, C> {
    pub(super) served: Served<'c, C>,
    pub(super) ctx: Context<C>,
    /// The watches of the connection, where a first query may start one.
    watches: Option<Arc<ConnectionWatches<C>>>,
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// The type behind a key; no client is needed.
    pub(super) fn served(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        operation: &'static str,
    ) -> Result<Served<'_, C>> {
        let site = CallSite::new(operation).on_key(key);
        self.enter(ctx, site)?;
        self.registry
            .resolve(key)
            .map_err(|error| site.locate(error))
    }

    /// The type, and the client that the session selects.
    ///
    /// Contract: SES-04, SES-07, OPS-13
    pub(super) fn target(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        operation: &'static str,
    ) -> Result<Target<'_, C>> {
        let served = self.served(ctx, key, operation)?;
        // Without a declared policy the watch has started with the connection.
        let is_lazy = served.handles.sync_policy.is_some();
        let (surroundings, client, watches) = self
            .connections
            .select(ctx, |active| {
                let watches = is_lazy.then(|| active.watches.clone());
                (active.surroundings.clone(), active.client.clone(), watches)
            })
            .map_err(|error| CallSite::new(operation).on_key(key).locate(error))?;
        let call = ctx.within(surroundings);
        let ctx = Context::about(call, client, served.subject.clone());
        Ok(Target {
            served,
            ctx,
            watches,
        })
    }

    /// Calls the plugin on a target.
    pub(super) fn call<'a, T>(
        &'a self,
        target: &'a Target<'_, C>,
        operation: &'static str,
        id: Option<&'a str>,
        plugin: impl FnOnce() -> BoxFuture<'a, PluginResult<T>>,
    ) -> PluginCall<'a, T> {
        let site = CallSite {
            id,
            ..target.site(operation)
        };
        call_plugin(
            target.ctx.call(),
            self.closing.token(),
            site,
            &target.served.classifiers,
            plugin,
        )
    }
}

impl<C: Send + Sync + 'static> Target<'_, C> {
    /// The target for longer than the call that found it.
    pub(super) fn into_owned(self) -> Target<'static, C> {
        Target {
            served: Served::Owned(self.served.into_owned()),
            ctx: self.ctx,
            watches: self.watches,
        }
    }

    /// Starts the watch that waits for a first query of this type, if there is one.
    ///
    /// Contract: WAT-21
    pub(super) fn first_query(&self) {
        if let Some(watches) = &self.watches {
            watches.first_query(self.ctx.key());
        }
    }

    /// Where a call on this target happens.
    pub(super) fn site(&self, operation: &'static str) -> CallSite<'_> {
        CallSite {
            operation,
            connection: self.ctx.connection().map(|connection| &connection.id),
            key: Some(self.ctx.key()),
            id: None,
        }
    }

    /// Adds where it happened to an error of the SDK's own.
    pub(super) fn locate(
        &self,
        operation: &'static str,
        error: crate::ResourceOperationError,
    ) -> crate::ResourceOperationError {
        self.site(operation).locate(error)
    }
}
