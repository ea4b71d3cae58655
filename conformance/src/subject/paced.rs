//! A plugin whose answers are waited for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::stream::BoxStream;
use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionInput, ActionProvider, ActionResult, BoxError,
    CallContext, Connection, ConnectionId, ConnectionLifecycleProvider, ConnectionStatus,
    CreateInput, CreateResult, DeleteInput, DeleteResult, EditorSchema, EditorSchemaProvider,
    FilterFields, FindInput, FindResult, GetInput, GetResult, HealthProvider, Json, ListInput,
    ListResult, OperationProvider, Provider, RelationshipDescriptor, RelationshipProvider,
    ResolvedRelationship, ResourceCapabilities, ResourceDefinition, ResourceEvent, ResourceGroup,
    ResourceHealth, ResourceKey, ResourceMeta, Result, TypeProvider, UpdateInput, UpdateResult,
    WatchConnectionSummary, WatchEventSink, WatchProvider, async_trait,
};
use tokio::time::{Instant, sleep};

use super::{Fault, FaultKind, Mounted, Outside, Pace, Sample};

/// The plugin as a pace has it; the very plugin where the pace asks for nothing.
pub(super) fn paced(mounted: Mounted, pace: &Pace) -> Mounted {
    if pace.settling.is_none() && pace.retrying.is_none() {
        return mounted;
    }
    let written = Arc::new(Written::default());
    let outside = mounted.outside.map(|inner| {
        let written = Arc::clone(&written);
        Arc::new(PacedOutside { inner, written }) as Arc<dyn Outside>
    });
    let provider = Paced {
        inner: mounted.provider,
        pace: pace.clone(),
        written,
    };
    Mounted {
        provider: Arc::new(provider),
        outside,
    }
}

/// When the backend was last changed, by the plugin or behind its back.
#[derive(Default)]
struct Written(Mutex<Option<Instant>>);

impl Written {
    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn last(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Paced {
    inner: Arc<dyn Provider>,
    pace: Pace,
    written: Arc<Written>,
}

impl Paced {
    /// Calls again while the backend is busy.
    async fn call<T, F>(&self, make: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let Some(retrying) = &self.pace.retrying else {
            return make().await;
        };
        let mut pause = retrying.pause;
        for _ in 0..retrying.times {
            match make().await {
                Err(error) if retrying.codes.contains(error.code()) => sleep(pause).await,
                answer => return answer,
            }
            pause = (pause * 2).min(Pace::LONGEST_PAUSE);
        }
        make().await
    }

    /// A call that changes something, or may have.
    async fn write<T, F>(&self, make: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let answer = self.call(make).await;
        self.written.note();
        answer
    }

    /// Asks until the answers are equal, if anything was changed lately.
    async fn read<T, F>(&self, make: impl Fn() -> F, essence: impl Fn(&T) -> String) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let essence = |answer: &Result<T>| match answer {
            Ok(answer) => Ok(essence(answer)),
            Err(error) => Err(error.code().clone()),
        };
        let mut answer = self.call(&make).await;
        let (Some(settling), Some(written)) = (self.pace.settling, self.written.last()) else {
            return answer;
        };
        let until = written + settling.within;
        let mut seen = essence(&answer);
        let mut equal = 1;
        while equal < settling.equal && Instant::now() < until {
            sleep(settling.pause).await;
            answer = self.call(&make).await;
            let now = essence(&answer);
            equal = if now == seen { equal + 1 } else { 1 };
            seen = now;
        }
        answer
    }
}

/// What an answer holds, without a cursor, which may be another one every time.
fn objects(objects: &[Json], total: i64) -> String {
    let texts: Vec<&str> = objects.iter().map(Json::as_str).collect();
    format!("{total} {}", texts.join("\n"))
}

#[async_trait]
impl OperationProvider for Paced {
    async fn get(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: GetInput,
    ) -> Result<GetResult> {
        let get = || self.inner.get(ctx, key, input.clone());
        self.read(get, |got| got.result.to_string()).await
    }

    async fn list(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: ListInput,
    ) -> Result<ListResult> {
        let list = || self.inner.list(ctx, key, input.clone());
        self.read(list, |got| objects(&got.result, got.total_count))
            .await
    }

    async fn find(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: FindInput,
    ) -> Result<FindResult> {
        let find = || self.inner.find(ctx, key, input.clone());
        self.read(find, |got| objects(&got.result, got.total_count))
            .await
    }

    async fn create(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: CreateInput,
    ) -> Result<CreateResult> {
        self.write(|| self.inner.create(ctx, key, input.clone()))
            .await
    }

    async fn update(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: UpdateInput,
    ) -> Result<UpdateResult> {
        self.write(|| self.inner.update(ctx, key, input.clone()))
            .await
    }

    async fn delete(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        input: DeleteInput,
    ) -> Result<DeleteResult> {
        self.write(|| self.inner.delete(ctx, key, input.clone()))
            .await
    }
}

/// Implements a facet: each method is called again while the backend is busy.
macro_rules! forward {
    ($facet:ident { $(fn $method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+ }) => {
        #[async_trait]
        impl $facet for Paced {
            $(async fn $method(&self, ctx: &CallContext, $($argument: $type),*) -> Result<$answer> {
                self.call(|| self.inner.$method(ctx, $(Clone::clone(&$argument)),*)).await
            })+
        }
    };
}

forward! { ConnectionLifecycleProvider {
    fn load_connections() -> Vec<Arc<Connection>>;
    fn start_connection(id: &ConnectionId) -> ConnectionStatus;
    fn stop_connection(id: &ConnectionId) -> Arc<Connection>;
    fn check_connection(id: &ConnectionId) -> ConnectionStatus;
    fn list_connections() -> Vec<ConnectionStatus>;
    fn get_connection(id: &ConnectionId) -> ConnectionStatus;
    fn get_connection_namespaces(id: &ConnectionId) -> Option<Vec<String>>;
    fn update_connection(connection: Connection) -> ConnectionStatus;
    fn delete_connection(id: &ConnectionId) -> ();
    fn refresh_connection(id: &ConnectionId) -> ConnectionStatus;
    fn watch_connections() -> BoxStream<'static, Vec<ConnectionStatus>>;
}}

forward! { EditorSchemaProvider {
    fn editor_schemas(connection: &ConnectionId) -> Vec<EditorSchema>;
}}

forward! { WatchProvider {
    fn start_connection_watch(connection: &ConnectionId) -> ();
    fn stop_connection_watch(connection: &ConnectionId) -> ();
    fn has_watch(connection: &ConnectionId) -> bool;
    fn get_watch_state(connection: &ConnectionId) -> WatchConnectionSummary;
    fn listen_for_events(sink: Arc<dyn WatchEventSink>) -> ();
    fn ensure_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ();
    fn stop_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ();
    fn restart_resource_watch(connection: &ConnectionId, key: &ResourceKey) -> ();
    fn is_resource_watch_running(connection: &ConnectionId, key: &ResourceKey) -> bool;
}}

forward! { TypeProvider {
    fn resource_groups(connection: &ConnectionId) -> BTreeMap<String, ResourceGroup>;
    fn resource_group(id: &str) -> ResourceGroup;
    fn resource_types(connection: &ConnectionId) -> BTreeMap<ResourceKey, ResourceMeta>;
    fn resource_type(key: &ResourceKey) -> ResourceMeta;
    fn has_resource_type(key: &ResourceKey) -> bool;
    fn resource_definition(key: &ResourceKey) -> ResourceDefinition;
    fn resource_capabilities(key: &ResourceKey) -> ResourceCapabilities;
    fn resource_schema(key: &ResourceKey) -> Option<Json>;
    fn filter_fields(key: &ResourceKey) -> Option<FilterFields>;
}}

/// An action may change what it likes.
#[async_trait]
impl ActionProvider for Paced {
    async fn list_actions(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<Vec<ActionDescriptor>> {
        self.call(|| self.inner.list_actions(ctx, key)).await
    }

    async fn execute_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<ActionResult> {
        self.write(|| self.inner.execute_action(ctx, key, action, input.clone()))
            .await
    }

    async fn stream_action(
        &self,
        ctx: &CallContext,
        key: &ResourceKey,
        action: &str,
        input: ActionInput,
    ) -> Result<BoxStream<'static, ActionEvent>> {
        self.write(|| self.inner.stream_action(ctx, key, action, input.clone()))
            .await
    }
}

forward! { RelationshipProvider {
    fn declared_relationships(key: &ResourceKey) -> Vec<RelationshipDescriptor>;
    fn resolve_relationships(key: &ResourceKey, id: &str, namespace: &str) -> Vec<ResolvedRelationship>;
}}

forward! { HealthProvider {
    fn assess_health(key: &ResourceKey, data: &str) -> Option<ResourceHealth>;
    fn resource_events(key: &ResourceKey, id: &str, namespace: &str, limit: i64) -> Vec<ResourceEvent>;
}}

#[async_trait]
impl Provider for Paced {
    async fn close(&self) -> Result<()> {
        self.inner.close().await
    }
}

struct PacedOutside {
    inner: Arc<dyn Outside>,
    written: Arc<Written>,
}

#[async_trait]
impl Outside for PacedOutside {
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        let inserted = self.inner.insert(connection, key, sample).await;
        self.written.note();
        inserted
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        let updated = self.inner.update(connection, key, object).await;
        self.written.note();
        updated
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        let removed = self.inner.remove(connection, key, id, namespace).await;
        self.written.note();
        removed
    }

    fn faults(&self) -> &[FaultKind] {
        self.inner.faults()
    }

    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        self.inner.inject(fault).await
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.inner.recover(connection).await
    }
}
