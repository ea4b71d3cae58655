//! Calls through the controller.

use std::sync::Arc;

use omniview_sdk::{
    CallContext, Connection, FilterExpression, FilterPredicate, FindInput, GetInput, ListInput,
    Provider, ResourceKey, Session,
};

use crate::{
    mount::running,
    plugin::{Kept, Watching, connection, furnished_config, key},
};

/// How many objects a list has.
pub const LISTED: usize = 10_000;

/// A running plugin, and the context of a caller that names its connection.
pub struct Calls {
    provider: Arc<dyn Provider>,
    ctx: CallContext,
    key: ResourceKey,
    find: FindInput,
    kept: Kept,
}

impl Calls {
    /// A plugin of so many types with one connection.
    pub async fn on(types: usize, connection: Connection) -> Self {
        Self::among(types, vec![connection]).await
    }

    /// A plugin of one type with so many started connections.
    pub async fn of_connections(count: usize) -> Self {
        let connections = (0..count).map(|number| connection(format!("c{number}")));
        Self::among(1, connections.collect()).await
    }

    async fn among(types: usize, connections: Vec<Connection>) -> Self {
        let ids: Vec<_> = connections.iter().map(|one| one.id.clone()).collect();
        let middle = ids[ids.len() / 2].clone();
        let kept = Kept::default();
        let config = furnished_config(types, &Watching::Never, connections, &kept, LISTED);
        let session = Session::for_connection(middle).with_request_id("request");
        Self {
            provider: running(config, &ids).await,
            ctx: CallContext::new().with_session(session),
            key: key(types / 2),
            find: FindInput::all().filter(FilterExpression::and([
                FilterPredicate::eq("phase", "Running"),
                FilterPredicate::gte("priority", 100),
                FilterPredicate::prefix("image", "web"),
                FilterPredicate::lt("restarts", 2),
            ])),
            kept,
        }
    }

    /// Gets an object of 1 KiB, so many times; the input is made for each, as a caller has to.
    pub async fn get(&self, times: u64) {
        self.get_through(&*self.provider, times).await;
    }

    /// As [`get`](Self::get), through something that stands before the [`provider`](Self::provider).
    pub async fn get_through(&self, provider: &dyn Provider, times: u64) {
        for _ in 0..times {
            let input = GetInput::new("web").in_namespace("default");
            let result = provider.get(&self.ctx, &self.key, input).await;
            std::hint::black_box(result.unwrap());
        }
    }

    /// The plugin itself.
    pub fn provider(&self) -> &Arc<dyn Provider> {
        &self.provider
    }

    /// Lists [`LISTED`] objects, so many times; the plugin hands out references to the same text.
    pub async fn list(&self, times: u64) {
        for _ in 0..times {
            let input = ListInput::all();
            let result = self.provider.list(&self.ctx, &self.key, input).await;
            std::hint::black_box(result.unwrap());
        }
    }

    /// Finds nothing with four predicates, once with each input: validation is all there is to do.
    ///
    /// The inputs are made before, by [`finds`](Self::finds), and the plugin keeps them: neither making nor freeing
    /// them is part of it.
    pub async fn find(&self, inputs: Vec<FindInput>) {
        for input in inputs {
            let result = self.provider.find(&self.ctx, &self.key, input).await;
            std::hint::black_box(result.unwrap());
        }
    }

    /// Inputs for [`find`](Self::find); those of the last one are freed.
    pub fn finds(&self, count: u64) -> Vec<FindInput> {
        self.kept.clear();
        let inputs: Vec<_> = (0..count).map(|_| self.find.clone()).collect();
        self.kept.reserve(inputs.len());
        inputs
    }

    /// Ends the plugin.
    pub async fn close(self) {
        self.provider.close().await.unwrap();
    }
}

impl std::fmt::Debug for Calls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Calls").finish_non_exhaustive()
    }
}
