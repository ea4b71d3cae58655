//! Every method of the boundary as one table, for the promises that hold for all of them.

use std::sync::Arc;

use futures_util::{StreamExt, future::BoxFuture};
use omniview_sdk::*;
use serde_json::json;

/// The type that the methods are called on.
pub(crate) const POD: &str = "core::v1::Pod";
/// The connection that the methods are called on.
pub(crate) const DEV: &str = "dev";

/// One method of the boundary.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) facet: Facet,
    call: for<'a> fn(&'a dyn Provider, &'a CallContext) -> BoxFuture<'a, Result<()>>,
}

/// Which part of the boundary a method is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facet {
    Operations,
    Connections,
    Watches,
    Types,
    Insight,
}

impl Method {
    /// Calls it on [`POD`] and [`DEV`], with an input that is fine.
    pub(crate) async fn call(self, plugin: &dyn Provider, ctx: &CallContext) -> Result<()> {
        (self.call)(plugin, ctx).await
    }
}

/// A method by its name.
#[track_caller]
pub(crate) fn method(name: &str) -> Method {
    let found = METHODS.iter().find(|method| method.name == name);
    *found.unwrap_or_else(|| panic!("the boundary has no method {name}"))
}

/// The same connection in a configuration that differs from the loaded one by its name.
pub(crate) fn renamed(id: &str) -> Connection {
    Connection::builder(id).name("renamed").build().unwrap()
}

struct Nobody;

impl WatchEventSink for Nobody {
    fn on_event(&self, _: Arc<WatchEvent>) -> Delivery {
        Delivery::Done
    }
}

/// The last event of a stream as what the action came to.
pub(crate) fn outcome(events: &[ActionEvent]) -> Result<()> {
    let last = events.last().expect("a stream has an end");
    let text = |name: &str| last.data[name].as_str().unwrap().to_owned();
    match last.kind {
        ActionEventType::Complete => Ok(()),
        ActionEventType::Error => Err(ResourceOperationError::new(
            ErrorCode::from(text("code")),
            text("message"),
        )),
        _ => panic!("{last:?} is no end of a stream"),
    }
}

macro_rules! methods {
    ($($facet:ident: $name:ident |$plugin:ident, $ctx:ident, $pod:ident, $dev:ident| $call:expr;)*) => {
        &[$(Method {
            name: stringify!($name),
            facet: Facet::$facet,
            call: |$plugin, $ctx| Box::pin(async move {
                #[allow(unused_variables, reason = "not every method has both")]
                let ($pod, $dev) = (&ResourceKey::from(POD), &ConnectionId::from(DEV));
                $call.await.map(drop)
            }),
        }),*]
    };
}

/// Every method but `close`.
pub(crate) const METHODS: &[Method] = methods! {
    Operations: get |p, ctx, pod, dev| p.get(ctx, pod, GetInput::new("web"));
    Operations: list |p, ctx, pod, dev| p.list(ctx, pod, ListInput::all());
    Operations: find |p, ctx, pod, dev| p.find(ctx, pod, FindInput::all());
    Operations: create |p, ctx, pod, dev| p.create(ctx, pod, CreateInput::new(json!({"id": "new"})));
    Operations: update |p, ctx, pod, dev| p.update(ctx, pod, UpdateInput::new("web", json!({})));
    Operations: delete |p, ctx, pod, dev| p.delete(ctx, pod, DeleteInput::new("web"));
    Connections: load_connections |p, ctx, pod, dev| p.load_connections(ctx);
    Connections: start_connection |p, ctx, pod, dev| p.start_connection(ctx, dev);
    Connections: stop_connection |p, ctx, pod, dev| p.stop_connection(ctx, dev);
    Connections: check_connection |p, ctx, pod, dev| p.check_connection(ctx, dev);
    Connections: list_connections |p, ctx, pod, dev| p.list_connections(ctx);
    Connections: get_connection |p, ctx, pod, dev| p.get_connection(ctx, dev);
    Connections: get_connection_namespaces |p, ctx, pod, dev| p.get_connection_namespaces(ctx, dev);
    Connections: update_connection |p, ctx, pod, dev| p.update_connection(ctx, renamed(DEV));
    Connections: delete_connection |p, ctx, pod, dev| p.delete_connection(ctx, dev);
    Connections: refresh_connection |p, ctx, pod, dev| p.refresh_connection(ctx, dev);
    Connections: watch_connections |p, ctx, pod, dev| p.watch_connections(ctx);
    Connections: editor_schemas |p, ctx, pod, dev| p.editor_schemas(ctx, dev);
    Watches: start_connection_watch |p, ctx, pod, dev| p.start_connection_watch(ctx, dev);
    Watches: stop_connection_watch |p, ctx, pod, dev| p.stop_connection_watch(ctx, dev);
    Watches: has_watch |p, ctx, pod, dev| p.has_watch(ctx, dev);
    Watches: get_watch_state |p, ctx, pod, dev| p.get_watch_state(ctx, dev);
    Watches: listen_for_events |p, ctx, pod, dev| p.listen_for_events(ctx, Arc::new(Nobody));
    Watches: ensure_resource_watch |p, ctx, pod, dev| p.ensure_resource_watch(ctx, dev, pod);
    Watches: stop_resource_watch |p, ctx, pod, dev| p.stop_resource_watch(ctx, dev, pod);
    Watches: restart_resource_watch |p, ctx, pod, dev| p.restart_resource_watch(ctx, dev, pod);
    Watches: is_resource_watch_running |p, ctx, pod, dev| p.is_resource_watch_running(ctx, dev, pod);
    Types: resource_groups |p, ctx, pod, dev| p.resource_groups(ctx, dev);
    Types: resource_group |p, ctx, pod, dev| p.resource_group(ctx, "core");
    Types: resource_types |p, ctx, pod, dev| p.resource_types(ctx, dev);
    Types: resource_type |p, ctx, pod, dev| p.resource_type(ctx, pod);
    Types: has_resource_type |p, ctx, pod, dev| p.has_resource_type(ctx, pod);
    Types: resource_definition |p, ctx, pod, dev| p.resource_definition(ctx, pod);
    Types: resource_capabilities |p, ctx, pod, dev| p.resource_capabilities(ctx, pod);
    Types: resource_schema |p, ctx, pod, dev| p.resource_schema(ctx, pod);
    Types: filter_fields |p, ctx, pod, dev| p.filter_fields(ctx, pod);
    Insight: list_actions |p, ctx, pod, dev| p.list_actions(ctx, pod);
    Insight: execute_action |p, ctx, pod, dev| p.execute_action(ctx, pod, "restart", ActionInput::new("web"));
    Insight: stream_action |p, ctx, pod, dev| async {
        let events = p.stream_action(ctx, pod, "restart", ActionInput::new("web")).await?;
        outcome(&events.collect::<Vec<_>>().await)
    };
    Insight: declared_relationships |p, ctx, pod, dev| p.declared_relationships(ctx, pod);
    Insight: resolve_relationships |p, ctx, pod, dev| p.resolve_relationships(ctx, pod, "web", "");
    Insight: assess_health |p, ctx, pod, dev| p.assess_health(ctx, pod, "{}");
    Insight: resource_events |p, ctx, pod, dev| p.resource_events(ctx, pod, "web", "", 0);
};
