//! Every other facet of the boundary, recorded.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::stream::BoxStream;
use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionInput, ActionProvider, ActionResult, CallContext,
    Connection, ConnectionId, ConnectionLifecycleProvider, ConnectionStatus, EditorSchema,
    EditorSchemaProvider, FilterFields, HealthProvider, Json, RelationshipDescriptor,
    RelationshipProvider, ResolvedRelationship, ResourceCapabilities, ResourceDefinition,
    ResourceEvent, ResourceGroup, ResourceHealth, ResourceKey, ResourceMeta, Result, TypeProvider,
    WatchConnectionSummary, WatchEventSink, WatchProvider, async_trait,
};

use super::Recorder;
use crate::history::Call;

/// Implements a facet: each method records the call, makes it, and records the answer as the text after `as`.
macro_rules! forward {
    ($facet:ident {
        $(fn $method:ident($($argument:ident: $type:ty),*) -> $answer:ty
            [$($place:ident($($about:expr),*)),*] as |$seen:ident| $text:expr;)+
    }) => {
        #[async_trait]
        impl $facet for Recorder {
            $(async fn $method(&self, ctx: &CallContext, $($argument: $type),*) -> Result<$answer> {
                let call = Call::with(stringify!($method), ctx)$(.$place($($about),*))*;
                let answer = self.inner.$method(ctx, $($argument),*);
                self.record(call, answer, |$seen| $text).await
            })+
        }
    };
}

forward! { ConnectionLifecycleProvider {
    fn load_connections() -> Vec<Arc<Connection>> [] as |all| count(all.len(), "connections");
    fn start_connection(id: &ConnectionId) -> ConnectionStatus [on(id)] as |seen| status(seen);
    fn stop_connection(id: &ConnectionId) -> Arc<Connection> [on(id)] as |_seen| done();
    fn check_connection(id: &ConnectionId) -> ConnectionStatus [on(id)] as |seen| status(seen);
    fn list_connections() -> Vec<ConnectionStatus> [] as |all| count(all.len(), "connections");
    fn get_connection(id: &ConnectionId) -> ConnectionStatus [on(id)] as |seen| status(seen);
    fn get_connection_namespaces(id: &ConnectionId) -> Option<Vec<String>> [on(id)]
        as |all| all.as_ref().map_or_else(|| "none".to_owned(), |all| count(all.len(), "namespaces"));
    fn update_connection(connection: Connection) -> ConnectionStatus [on(&connection.id)]
        as |seen| status(seen);
    fn delete_connection(id: &ConnectionId) -> () [on(id)] as |_seen| done();
    fn refresh_connection(id: &ConnectionId) -> ConnectionStatus [on(id)] as |seen| status(seen);
    fn watch_connections() -> BoxStream<'static, Vec<ConnectionStatus>> [] as |_seen| "a stream".to_owned();
}}

forward! { EditorSchemaProvider {
    fn editor_schemas(connection: &ConnectionId) -> Vec<EditorSchema> [on(connection)]
        as |all| count(all.len(), "schemas");
}}

forward! { WatchProvider {
    fn start_connection_watch(connection: &ConnectionId) -> () [on(connection)] as |_seen| done();
    fn stop_connection_watch(connection: &ConnectionId) -> () [on(connection)] as |_seen| done();
    fn has_watch(connection: &ConnectionId) -> bool [on(connection)] as |seen| seen.to_string();
    fn get_watch_state(connection: &ConnectionId) -> WatchConnectionSummary [on(connection)]
        as |seen| count(seen.resources.len(), "types");
    fn listen_for_events(sink: Arc<dyn WatchEventSink>) -> () [] as |_seen| done();
    fn ensure_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ()
        [on(connection), of(key)] as |_seen| done();
    fn stop_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ()
        [on(connection), of(key)] as |_seen| done();
    fn restart_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ()
        [on(connection), of(key)] as |_seen| done();
    fn is_resource_watch_running(connection: &ConnectionId, key: &ResourceKey) -> bool
        [on(connection), of(key)] as |seen| seen.to_string();
}}

forward! { TypeProvider {
    fn resource_groups(connection: &ConnectionId) -> BTreeMap<String, ResourceGroup> [on(connection)]
        as |all| count(all.len(), "groups");
    fn resource_group(id: &str) -> ResourceGroup [] as |group| group.id.clone();
    fn resource_types(connection: &ConnectionId) -> BTreeMap<ResourceKey, ResourceMeta> [on(connection)]
        as |all| count(all.len(), "types");
    fn resource_type(key: &ResourceKey) -> ResourceMeta [of(key)] as |meta| meta.to_string();
    fn has_resource_type(key: &ResourceKey) -> bool [of(key)] as |seen| seen.to_string();
    fn resource_definition(key: &ResourceKey) -> ResourceDefinition [of(key)] as |_seen| done();
    fn resource_capabilities(key: &ResourceKey) -> ResourceCapabilities [of(key)] as |_seen| done();
    fn resource_schema(key: &ResourceKey) -> Option<Json> [of(key)] as |seen| presence(seen);
    fn filter_fields(key: &ResourceKey) -> Option<FilterFields> [of(key)] as |seen| presence(seen);
}}

forward! { ActionProvider {
    fn list_actions(key: &ResourceKey) -> Vec<ActionDescriptor> [of(key)]
        as |all| count(all.len(), "actions");
    fn execute_action(key: &ResourceKey, action: &str, input: ActionInput) -> ActionResult [of(key)]
        as |_seen| done();
    fn stream_action(key: &ResourceKey, action: &str, input: ActionInput)
        -> BoxStream<'static, ActionEvent> [of(key)] as |_seen| "a stream".to_owned();
}}

forward! { RelationshipProvider {
    fn declared_relationships(key: &ResourceKey) -> Vec<RelationshipDescriptor> [of(key)]
        as |all| count(all.len(), "relationships");
    fn resolve_relationships(key: &ResourceKey, id: &str, namespace: &str)
        -> Vec<ResolvedRelationship> [of(key), object(id, namespace)]
        as |all| count(all.len(), "relationships");
}}

forward! { HealthProvider {
    fn assess_health(key: &ResourceKey, data: &str) -> Option<ResourceHealth> [of(key)]
        as |seen| presence(seen);
    fn resource_events(key: &ResourceKey, id: &str, namespace: &str, limit: i64)
        -> Vec<ResourceEvent> [of(key), object(id, namespace)]
        as |all| count(all.len(), "events");
}}

fn done() -> String {
    "done".to_owned()
}

fn count(length: usize, of: &str) -> String {
    format!("{length} {of}")
}

fn status(status: &ConnectionStatus) -> String {
    status.status.to_string()
}

fn presence<T>(value: &Option<T>) -> String {
    if value.is_some() { "some" } else { "none" }.to_owned()
}
