//! Where a call on a resource type goes: the type, the client, the context that plugin code gets.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::build::ResourceController;
use crate::{
    CallContext, Context, PluginResult, ResourceKey, Result,
    call::{CallSite, PluginCall, call_plugin},
    connection::Active,
    registry::ServedType,
};

/// Where a call goes.
pub(super) struct Target<C> {
    pub(super) served: Arc<ServedType<C>>,
    pub(super) active: Arc<Active<C>>,
    pub(super) ctx: Context<C>,
}

impl<C: Send + Sync + 'static> ResourceController<C> {
    /// The type behind a key; no client is needed.
    pub(super) fn served(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        operation: &'static str,
    ) -> Result<Arc<ServedType<C>>> {
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
    ) -> Result<Target<C>> {
        let served = self.served(ctx, key, operation)?;
        let active = self
            .connections
            .select(ctx)
            .map_err(|error| CallSite::new(operation).on_key(key).locate(error))?;
        let call = self.connections.call_on(&active.connection, ctx);
        let ctx = Context::with_key(
            call,
            active.client.clone(),
            served.meta.clone(),
            served.key.clone(),
        );
        Ok(Target {
            served,
            active,
            ctx,
        })
    }

    /// Calls the plugin on a target.
    pub(super) fn call<'a, T>(
        &'a self,
        target: &'a Target<C>,
        operation: &'static str,
        id: Option<&'a str>,
        plugin: impl FnOnce() -> BoxFuture<'a, PluginResult<T>>,
    ) -> PluginCall<'a, T> {
        let site = CallSite {
            operation,
            connection: Some(&target.active.connection.id),
            key: Some(&target.served.key),
            id,
        };
        call_plugin(
            target.ctx.call(),
            &self.closing,
            site,
            &target.served.classifiers,
            plugin,
        )
    }
}

impl<C: Send + Sync + 'static> Target<C> {
    /// Starts the watch that waits for a first query of this type, if there is one.
    ///
    /// Contract: WAT-21
    pub(super) fn first_query(&self) {
        // Without a declared policy the watch has started with the connection: no lock for most calls.
        if self.served.handles.sync_policy.is_some() {
            self.active.watches.first_query(&self.served.key);
        }
    }

    /// Adds where it happened to an error of the SDK's own.
    pub(super) fn locate(
        &self,
        operation: &'static str,
        error: crate::ResourceOperationError,
    ) -> crate::ResourceOperationError {
        CallSite::new(operation)
            .on_connection(&self.active.connection.id)
            .on_key(&self.served.key)
            .locate(error)
    }
}
