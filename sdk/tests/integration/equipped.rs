//! A plugin that can do everything, and every call into it as one table.

use futures_util::future::BoxFuture;
use omniview_plugintest::stub::{
    Fault, Stub, StubClient, StubConnections, StubControl, StubOperation,
};
use omniview_sdk::*;
use serde_json::json;

use crate::{
    boundary::{DEV, POD, method},
    surveyor::Surveyor,
};

/// The connection that no test starts unless it says so.
pub(crate) const PROD: &str = "prod";

/// The test's hands on a plugin that can do everything.
#[derive(Debug)]
pub(crate) struct Equipped {
    registration: ResourceRegistration<StubClient>,
    pub(crate) connections: StubConnections,
    pub(crate) pods: StubControl,
    pub(crate) surveyor: Surveyor,
}

impl Equipped {
    /// What to mount.
    pub(crate) fn config(&self) -> ResourcePluginConfig<StubClient> {
        ResourcePluginConfig::new("equipped")
            .connections(self.connections.registration())
            .resource(self.registration.clone())
            .discovery(self.surveyor.clone())
    }

    /// Plans a fault for the next call of one kind.
    pub(crate) fn plan(&self, call: PluginCall, fault: Fault) {
        match call.side {
            Side::Resource => drop(self.pods.next(call.operation, fault)),
            Side::Connection => drop(self.connections.next(call.operation, fault)),
        }
    }

    /// How often one kind of call was made.
    pub(crate) fn calls(&self, call: PluginCall) -> usize {
        match call.side {
            Side::Resource => self.pods.calls(call.operation),
            Side::Connection => self.connections.calls(call.operation),
        }
    }
}

/// A plugin with [`DEV`] and [`PROD`], every optional trait, and one object: the pod `web`.
pub(crate) fn equipped() -> Equipped {
    equipped_serving(Stub::resource(POD))
}

/// The same, with another way to register its only type.
pub(crate) fn equipped_serving(stub: Stub) -> Equipped {
    let connections = StubConnections::configured([connection(DEV), connection(PROD)])
        .watchable()
        .refreshable()
        .namespaces(["a", "b"])
        .schemas([EditorSchema {
            uri: "schema://pod".into(),
            ..EditorSchema::default()
        }])
        .scope(ConnectionScope::all());
    let (registration, pods) = stub
        .watchable()
        .definition(definition())
        .searchable()
        .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
        .schema(json!({"type": "object"}))
        .actions([ActionDescriptor::new("restart", "Restart").streaming()])
        .relationships([RelationshipDescriptor::new(
            RelationshipType::RunsOn,
            "core::v1::Node",
            "runs on",
        )])
        .resolved_relationships([ResolvedRelationship::default()])
        .health(|_| ResourceHealth::new(HealthStatus::Healthy))
        .events([ResourceEvent::default()])
        .scale_hint(ScaleHint::new(ScaleLevel::Many))
        .objects([json!({"id": "web", "phase": "Running"})])
        .build();
    Equipped {
        registration,
        connections,
        pods,
        surveyor: Surveyor::default(),
    }
}

/// A connection with something in every part of it.
pub(crate) fn connection(id: &str) -> Connection {
    Connection::builder(id)
        .uid(format!("uid-of-{id}"))
        .data("host", format!("{id}.example.com"))
        .label("stage", id)
        .sensitive("token", format!("token-of-{id}"))
        .build()
        .unwrap()
}

/// Where a stub's objects have their identity.
pub(crate) fn definition() -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: "id".into(),
        namespace_accessor: "namespace".into(),
        ..ResourceDefinition::default()
    }
}

/// One kind of call into plugin code, and the call of the boundary that leads to it.
#[derive(Clone, Copy)]
pub(crate) struct PluginCall {
    pub(crate) operation: StubOperation,
    pub(crate) side: Side,
    call: for<'a> fn(&'a dyn Provider, &'a CallContext) -> BoxFuture<'a, Result<()>>,
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The resourcer, with a client.
    Resource,
    /// The connection provider.
    Connection,
}

impl PluginCall {
    /// Makes the call over the boundary, on [`DEV`], which has to be started.
    pub(crate) async fn make(self, plugin: &dyn Provider, ctx: &CallContext) -> Result<()> {
        (self.call)(plugin, ctx).await
    }
}

macro_rules! plugin_calls {
    ($($side:ident: $operation:ident => $method:ident;)*) => {
        [$(PluginCall {
            operation: StubOperation::$operation,
            side: Side::$side,
            call: |plugin, ctx| Box::pin(async move {
                method(stringify!($method)).call(plugin, ctx).await
            }),
        }),*]
    };
}

/// Every call into plugin code whose outcome the caller is told.
pub(crate) fn plugin_calls() -> Vec<PluginCall> {
    let mut calls = plugin_calls! {
        Resource: Get => get;
        Resource: List => list;
        Resource: Find => find;
        Resource: Create => create;
        Resource: Update => update;
        Resource: ListActions => list_actions;
        Resource: ExecuteAction => execute_action;
        Resource: StreamAction => stream_action;
        Resource: ResourceSchema => resource_schema;
        Resource: FilterFields => filter_fields;
        Resource: ResolveRelationships => resolve_relationships;
        Resource: AssessHealth => assess_health;
        Resource: Events => resource_events;
        Resource: Delete => delete;
        Connection: LoadConnections => load_connections;
        Connection: CheckConnection => check_connection;
        Connection: GetNamespaces => get_connection_namespaces;
        Connection: RefreshClient => refresh_connection;
        Connection: EditorSchemas => editor_schemas;
    }
    .to_vec();
    calls.push(PluginCall {
        operation: StubOperation::Search,
        side: Side::Resource,
        call: |plugin, ctx| {
            Box::pin(async move {
                let key = ResourceKey::from(POD);
                let found = plugin.find(ctx, &key, FindInput::all().text("web")).await;
                found.map(drop)
            })
        },
    });
    calls.push(PluginCall {
        operation: StubOperation::CreateClient,
        side: Side::Connection,
        call: |plugin, ctx| {
            Box::pin(async move {
                let started = plugin.start_connection(ctx, &PROD.into()).await;
                started.map(drop)
            })
        },
    });
    calls
}

/// A context that selects [`DEV`].
pub(crate) fn on_dev() -> CallContext {
    CallContext::new().with_session(Session::for_connection(DEV))
}
