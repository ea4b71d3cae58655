//! Every method of the boundary that takes a key, as a value.

use futures::StreamExt;
use omniview_sdk::{
    ActionEventType, ActionInput, CallContext, ConnectionId, CreateInput, DeleteInput, FindInput,
    GetInput, ListInput, Provider, ResourceKey, ResourceOperationError, Result, UpdateInput,
};
use serde_json::{Value, json};

/// A method of the boundary that takes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    List,
    Find,
    Create,
    Update,
    Delete,
    Schema,
    FilterFields,
    ListActions,
    ExecuteAction,
    StreamAction,
    ResolveRelationships,
    Health,
    Events,
    EnsureWatch,
    RestartWatch,
    Type,
    Definition,
    Capabilities,
    DeclaredRelationships,
}

impl Verb {
    /// All of them.
    pub(super) const ALL: &[Self] = &[
        Self::Get,
        Self::List,
        Self::Find,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Schema,
        Self::FilterFields,
        Self::ListActions,
        Self::ExecuteAction,
        Self::StreamAction,
        Self::ResolveRelationships,
        Self::Health,
        Self::Events,
        Self::EnsureWatch,
        Self::RestartWatch,
        Self::Type,
        Self::Definition,
        Self::Capabilities,
        Self::DeclaredRelationships,
    ];

    /// Those that ask the plugin about one connection.
    pub(super) const ON_A_CONNECTION: &[Self] = Self::ALL.split_at(14).0;

    /// Those of them in which a type of [`notes`](super::notes) shows its mood.
    pub(super) const MOODY: &[Self] = &[
        Self::Get,
        Self::List,
        Self::Find,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Schema,
        Self::ExecuteAction,
        Self::StreamAction,
        Self::ResolveRelationships,
        Self::Health,
        Self::Events,
    ];

    /// Calls the method with an input that has nothing wrong with it.
    ///
    /// An action's stream is read to its end, and counts as failed where that is an error.
    pub(super) async fn call(
        self,
        provider: &dyn Provider,
        ctx: &CallContext,
        key: &ResourceKey,
    ) -> Result<()> {
        let connection = ctx
            .connection()
            .map_or(ConnectionId::from("a"), |one| one.id.clone());
        let note = || json!({"id": "n1"});
        match self {
            Self::Get => provider.get(ctx, key, GetInput::new("n1")).await.map(drop),
            Self::List => provider.list(ctx, key, ListInput::all()).await.map(drop),
            Self::Find => provider.find(ctx, key, FindInput::all()).await.map(drop),
            Self::Create => provider
                .create(ctx, key, CreateInput::new(note()))
                .await
                .map(drop),
            Self::Update => {
                let input = UpdateInput::new("n1", note());
                provider.update(ctx, key, input).await.map(drop)
            }
            Self::Delete => provider
                .delete(ctx, key, DeleteInput::new("n1"))
                .await
                .map(drop),
            Self::Schema => provider.resource_schema(ctx, key).await.map(drop),
            Self::FilterFields => provider.filter_fields(ctx, key).await.map(drop),
            Self::ListActions => provider.list_actions(ctx, key).await.map(drop),
            Self::ExecuteAction => {
                let input = ActionInput::new("n1");
                provider
                    .execute_action(ctx, key, "pin", input)
                    .await
                    .map(drop)
            }
            Self::StreamAction => {
                let input = ActionInput::new("n1");
                let events = provider.stream_action(ctx, key, "pin", input).await?;
                let events: Vec<_> = events.collect().await;
                let last = events.last().expect("a stream ends with an event");
                match last.kind {
                    ActionEventType::Error => Err(error_of(&last.data)),
                    _ => Ok(()),
                }
            }
            Self::ResolveRelationships => provider
                .resolve_relationships(ctx, key, "n1", "")
                .await
                .map(drop),
            Self::Health => provider.assess_health(ctx, key, "{}").await.map(drop),
            Self::Events => provider
                .resource_events(ctx, key, "n1", "", 5)
                .await
                .map(drop),
            Self::EnsureWatch => provider.ensure_resource_watch(ctx, &connection, key).await,
            Self::RestartWatch => provider.restart_resource_watch(ctx, &connection, key).await,
            Self::Type => provider.resource_type(ctx, key).await.map(drop),
            Self::Definition => provider.resource_definition(ctx, key).await.map(drop),
            Self::Capabilities => provider.resource_capabilities(ctx, key).await.map(drop),
            Self::DeclaredRelationships => {
                provider.declared_relationships(ctx, key).await.map(drop)
            }
        }
    }
}

/// The error that an action's last event carries.
fn error_of(data: &omniview_sdk::JsonMap) -> ResourceOperationError {
    serde_json::from_value(Value::Object(data.clone()))
        .unwrap_or_else(|error| panic!("{data:?} is no error: {error}"))
}
