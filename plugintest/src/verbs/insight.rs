//! Actions, relationships, health and events.

use futures_util::{StreamExt, stream::BoxStream};
use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionInput, ActionResult, GetInput, RelationshipDescriptor,
    ResolvedRelationship, ResourceEvent, ResourceHealth, ResourceKey,
};
use serde::Serialize;

use super::{InNamespace, here};
use crate::{
    Document, Harness,
    call::{At, Call},
};

impl Harness {
    /// Lists the actions of a type.
    #[track_caller]
    pub fn list_actions(&self, key: impl Into<ResourceKey>) -> Call<(), Vec<ActionDescriptor>> {
        self.call("list_actions", At::of(key), (), |p, ctx, at, ()| {
            p.list_actions(ctx, at.key())
        })
    }

    /// Executes an action to its end.
    #[track_caller]
    pub fn execute_action(
        &self,
        key: impl Into<ResourceKey>,
        action: impl Into<String>,
        input: ActionInput,
    ) -> Call<ActionRequest, ActionResult> {
        let request = ActionRequest::new(action, input);
        let at = At::of(key).named(&request.action);
        self.call("execute_action", at, request, |p, ctx, at, request| {
            Box::pin(async move {
                p.execute_action(ctx, at.key(), &request.action, request.input)
                    .await
            })
        })
    }

    /// Executes an action and returns the stream of what it tells.
    ///
    /// The time-out bounds the opening; the stream has no deadline.
    #[track_caller]
    pub fn stream_action(
        &self,
        key: impl Into<ResourceKey>,
        action: impl Into<String>,
        input: ActionInput,
    ) -> Call<ActionRequest, BoxStream<'static, ActionEvent>> {
        let request = ActionRequest::new(action, input);
        let at = At::of(key).named(&request.action);
        Call::showing(
            &self.shared,
            here(),
            "stream_action",
            at,
            request,
            |p, ctx, at, request| {
                Box::pin(async move {
                    p.stream_action(ctx, at.key(), &request.action, request.input)
                        .await
                })
            },
            |_| "a stream".to_owned(),
        )
        .opening()
    }

    /// Executes an action and returns all that it told, up to the end of its stream.
    #[track_caller]
    pub fn action_events(
        &self,
        key: impl Into<ResourceKey>,
        action: impl Into<String>,
        input: ActionInput,
    ) -> Call<ActionRequest, Vec<ActionEvent>> {
        let request = ActionRequest::new(action, input);
        let at = At::of(key).named(&request.action);
        self.call("stream_action", at, request, |p, ctx, at, request| {
            Box::pin(async move {
                let events = p
                    .stream_action(ctx, at.key(), &request.action, request.input)
                    .await?;
                Ok(events.collect().await)
            })
        })
    }

    /// Returns the relationships that a type declares.
    #[track_caller]
    pub fn declared_relationships(
        &self,
        key: impl Into<ResourceKey>,
    ) -> Call<(), Vec<RelationshipDescriptor>> {
        self.call(
            "declared_relationships",
            At::of(key),
            (),
            |p, ctx, at, ()| p.declared_relationships(ctx, at.key()),
        )
    }

    /// Finds the objects that an object relates to.
    #[track_caller]
    pub fn resolve_relationships(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<String>,
    ) -> Call<GetInput, Vec<ResolvedRelationship>> {
        let input = GetInput::new(id);
        let at = At::of(key).named(&input.id);
        self.call("resolve_relationships", at, input, |p, ctx, at, input| {
            Box::pin(async move {
                p.resolve_relationships(ctx, at.key(), &input.id, &input.namespace)
                    .await
            })
        })
    }

    /// Judges the health that an object's data shows; `None` where the type does not judge it.
    #[track_caller]
    pub fn assess_health(
        &self,
        key: impl Into<ResourceKey>,
        data: impl Into<Document>,
    ) -> Call<Document, Option<ResourceHealth>> {
        self.call(
            "assess_health",
            At::of(key),
            data.into(),
            |p, ctx, at, data| {
                Box::pin(async move { p.assess_health(ctx, at.key(), &data.0).await })
            },
        )
    }

    /// Returns what happened to an object, newest first.
    #[track_caller]
    pub fn resource_events(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<String>,
    ) -> Call<EventsQuery, Vec<ResourceEvent>> {
        let query = EventsQuery {
            id: id.into(),
            ..EventsQuery::default()
        };
        let at = At::of(key).named(&query.id);
        self.call("resource_events", at, query, |p, ctx, at, query| {
            Box::pin(async move {
                p.resource_events(ctx, at.key(), &query.id, &query.namespace, query.limit)
                    .await
            })
        })
    }

    /// Ends everything; [`shutdown`](Self::shutdown) does too, and looks for leaks.
    #[track_caller]
    pub fn close(&self) -> Call<(), ()> {
        self.call("close", At::nothing(), (), |p, _, _, ()| p.close())
    }
}

/// Which action, on what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActionRequest {
    /// The action's id.
    pub action: String,
    /// What it is given.
    pub input: ActionInput,
}

impl ActionRequest {
    fn new(action: impl Into<String>, input: ActionInput) -> Self {
        Self {
            action: action.into(),
            input,
        }
    }
}

impl InNamespace for ActionRequest {
    fn in_namespace(mut self, namespace: String) -> Self {
        self.input.namespace = namespace;
        self
    }
}

/// Whose events, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EventsQuery {
    /// The id of the object.
    pub id: String,
    /// Its namespace.
    pub namespace: String,
    /// How many at most; 0 is the default of the contract, 20.
    pub limit: i64,
}

impl InNamespace for EventsQuery {
    fn in_namespace(self, namespace: String) -> Self {
        Self { namespace, ..self }
    }
}

impl<T> Call<EventsQuery, T> {
    /// Says how many events are wanted at most.
    pub fn limit(self, limit: i64) -> Self {
        self.map_input(|query| EventsQuery { limit, ..query })
    }
}
