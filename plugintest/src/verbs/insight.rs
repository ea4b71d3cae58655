//! Actions, relationships, health and events.

use futures_util::{StreamExt, stream::BoxStream};
use omniview_sdk::{
    ActionDescriptor, ActionEvent, ActionInput, ActionResult, GetInput, Namespace,
    RelationshipDescriptor, ResolvedRelationship, ResourceEvent, ResourceHealth, ResourceId,
    ResourceKey,
};
use serde::Serialize;

use super::{InNamespace, here};
use crate::{
    Document, Harness,
    call::{At, Call},
};

impl Harness {
    /// Lists the actions of a type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let actions = h.list_actions("core::v1::Pod").await;
    /// assert_eq!(actions[0].id, "restart");
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn list_actions(&self, key: impl Into<ResourceKey>) -> Call<(), Vec<ActionDescriptor>> {
        self.call("list_actions", At::of(key), (), |p, ctx, at, ()| {
            p.list_actions(ctx, at.key())
        })
    }

    /// Executes an action to its end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let done = h.execute_action("core::v1::Pod", "restart", ActionInput::new("web")).await;
    /// assert!(done.success);
    /// h.execute_action("core::v1::Pod", "explode", ActionInput::new("web")).expect_error(ErrorCode::NotFound).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// use futures_util::StreamExt;
    ///
    /// let mut events = h.stream_action("core::v1::Pod", "restart", ActionInput::new("web")).await;
    /// let mut last = None;
    /// while let Some(event) = events.next().await {
    ///     last = Some(event);
    /// }
    /// assert!(last.is_some_and(|event| event.is_last()));
    /// # h.shutdown().await;
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let events = h.action_events("core::v1::Pod", "restart", ActionInput::new("web")).await;
    /// assert_eq!(events.last().map(|event| event.kind.clone()), Some(ActionEventType::Complete));
    /// # h.shutdown().await;
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let declared = h.declared_relationships("core::v1::Pod").await;
    /// assert_eq!(declared[0].target_resource_key, "core::v1::Node");
    /// # h.shutdown().await;
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let related = h.resolve_relationships("core::v1::Pod", "web").await;
    /// assert!(related.is_empty(), "this stub resolves none");
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn resolve_relationships(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<ResourceId>,
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let health = h.assess_health("core::v1::Pod", json!({"id": "web", "phase": "Failed"})).await;
    /// assert_eq!(health.map(|health| health.status), Some(HealthStatus::Unhealthy));
    /// # h.shutdown().await;
    /// # }
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let events = h.resource_events("core::v1::Pod", "web").limit(5).await;
    /// assert!(events.is_empty(), "this stub has none");
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn resource_events(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<ResourceId>,
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
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// let call = h.execute_action("core::v1::Pod", "restart", ActionInput::default());
/// let renamed = call.map_input(|request| ActionRequest { action: "explode".into(), ..request });
/// renamed.expect_error(ErrorCode::NotFound).await;
/// # h.shutdown().await;
/// # }
/// ```
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
    fn in_namespace(mut self, namespace: Namespace) -> Self {
        self.input.namespace = namespace;
        self
    }
}

/// Whose events, and how many.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// let call = h.resource_events("core::v1::Pod", "web").in_namespace("shop");
/// let negative = call.map_input(|query| EventsQuery { limit: -1, ..query });
/// negative.expect_error(ErrorCode::InvalidInput).await;
/// # h.shutdown().await;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EventsQuery {
    /// The id of the object.
    pub id: ResourceId,
    /// Its namespace.
    pub namespace: Namespace,
    /// How many at most; 0 is the default of the contract, 20.
    pub limit: i64,
}

impl InNamespace for EventsQuery {
    fn in_namespace(self, namespace: Namespace) -> Self {
        Self { namespace, ..self }
    }
}

impl<T> Call<EventsQuery, T> {
    /// Says how many events are wanted at most.
    pub fn limit(self, limit: i64) -> Self {
        self.map_input(|query| EventsQuery { limit, ..query })
    }
}
