//! Registering a stubbed type.

use std::{error::Error, fmt, sync::Arc};

use omniview_sdk::{
    ActionDescriptor, ActionInput, ActionResult, FilterFields, Json, PluginResult,
    RelationshipDescriptor, ResolvedRelationship, ResourceDefinition, ResourceEvent,
    ResourceHealth, ResourceKey, ResourceMeta, ResourceOperationError, ResourceRegistration,
    ResourceRegistrationBuilder, ResourceTarget, ScaleHint, SyncPolicy,
};
use serde_json::Value;

use super::{StubClient, StubControl, StubResourcer};

type Pick = fn(
    ResourceRegistrationBuilder<StubClient, StubResourcer>,
) -> ResourceRegistrationBuilder<StubClient, StubResourcer>;

/// A resource type over memory, with the capabilities that a test picks.
///
/// It can do the six operations, and what is said here.
///
/// # Examples
///
/// ```
/// use omniview_plugintest::{Harness, stub::{Stub, StubConnections}};
/// use omniview_sdk::ResourcePluginConfig;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let connections = StubConnections::new(["dev"]);
/// let (registration, nodes) = Stub::resource("core::v1::Node").watchable().objects([json!({"id": "node-1"})]).build();
/// let config = ResourcePluginConfig::new("demo").connections(connections.registration()).resource(registration);
/// let h = Harness::mount(config);
/// h.connect("dev").await;
/// h.delete("core::v1::Node", "node-1").await;
/// assert!(nodes.objects("dev").is_empty());
/// h.shutdown().await;
/// # }
/// ```
#[must_use = "a stub does nothing until it is built and registered"]
pub struct Stub {
    target: ResourceTarget,
    resourcer: StubResourcer,
    picks: Vec<Pick>,
    definition: Option<ResourceDefinition>,
}

impl Stub {
    /// Starts a stub of the type with this key.
    ///
    /// # Panics
    ///
    /// The key is not of the form `group::version::kind`.
    #[track_caller]
    pub fn resource(key: impl Into<ResourceKey>) -> Self {
        match key.into().meta() {
            Ok(meta) => Self::of(meta),
            Err(error) => panic!("a stub needs a key: {error}"),
        }
    }

    /// Starts a stub of a type.
    pub fn of(meta: ResourceMeta) -> Self {
        Self::serving(meta.into())
    }

    /// Starts a stub of every type that fits a pattern; they share their objects.
    pub fn pattern(pattern: impl Into<String>) -> Self {
        Self::serving(ResourceTarget::Pattern(pattern.into()))
    }

    fn serving(target: ResourceTarget) -> Self {
        Self {
            target,
            resourcer: StubResourcer::default(),
            picks: Vec::new(),
            definition: Some(ResourceDefinition {
                id_accessor: "id".to_owned(),
                namespace_accessor: "namespace".to_owned(),
                ..ResourceDefinition::default()
            }),
        }
    }

    fn picking(mut self, pick: Pick) -> Self {
        self.picks.push(pick);
        self
    }

    /// The type can be watched.
    pub fn watchable(self) -> Self {
        self.picking(|builder| builder.watch())
    }

    /// The type says when its watch starts.
    pub fn sync_policy(mut self, policy: SyncPolicy) -> Self {
        self.resourcer.answers.sync_policy = policy;
        self.picking(|builder| builder.sync_policy())
    }

    /// The registration has this definition; without a word it says where a stub's objects have `id` and `namespace`.
    pub fn definition(mut self, definition: ResourceDefinition) -> Self {
        self.definition = Some(definition);
        self
    }

    /// The registration has no definition, so that the plugin's default counts.
    pub fn without_definition(mut self) -> Self {
        self.definition = None;
        self
    }

    /// The resourcer itself provides a definition.
    pub fn definition_provider(mut self, definition: ResourceDefinition) -> Self {
        self.resourcer.answers.definition = definition;
        self.picking(|builder| builder.definition_provider())
    }

    /// The type has these actions; each answers that it is done.
    pub fn actions(mut self, actions: impl IntoIterator<Item = ActionDescriptor>) -> Self {
        self.resourcer.answers.actions.extend(actions);
        self.picking(|builder| builder.actions())
    }

    /// The type has an action that `handle` executes.
    pub fn action(
        mut self,
        action: ActionDescriptor,
        handle: impl Fn(&ActionInput) -> PluginResult<ActionResult> + Send + Sync + 'static,
    ) -> Self {
        let answers = &mut self.resourcer.answers;
        answers.handlers.insert(action.id.clone(), Box::new(handle));
        self.actions([action])
    }

    /// The type classifies its raw errors.
    pub fn error_classifier(
        mut self,
        classify: impl Fn(&(dyn Error + Send + Sync + 'static)) -> Option<ResourceOperationError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.resourcer.answers.classifier = Some(Box::new(classify));
        self.picking(|builder| builder.error_classifier())
    }

    /// The type has a JSON Schema.
    pub fn schema(mut self, schema: impl Into<Json>) -> Self {
        self.resourcer.answers.schema = Some(schema.into());
        self.picking(|builder| builder.schema())
    }

    /// The type can be filtered by these fields.
    pub fn filterable(mut self, fields: impl Into<FilterFields>) -> Self {
        self.resourcer.answers.fields = fields.into();
        self.picking(|builder| builder.filterable())
    }

    /// The type can be searched by text.
    pub fn searchable(self) -> Self {
        self.picking(|builder| builder.text_search())
    }

    /// The type says how many objects to expect.
    pub fn scale_hint(mut self, hint: ScaleHint) -> Self {
        self.resourcer.answers.scale_hint = Some(hint);
        self.picking(|builder| builder.scale_hint())
    }

    /// The type declares these relationships.
    pub fn relationships(
        mut self,
        relationships: impl IntoIterator<Item = RelationshipDescriptor>,
    ) -> Self {
        self.resourcer.answers.relationships.extend(relationships);
        self.picking(|builder| builder.relationships())
    }

    /// Each object of the type relates to these.
    pub fn resolved_relationships(
        mut self,
        resolved: impl IntoIterator<Item = ResolvedRelationship>,
    ) -> Self {
        self.resourcer.answers.resolved.extend(resolved);
        self.picking(|builder| builder.relationship_resolver())
    }

    /// The type judges health.
    pub fn health(
        mut self,
        assess: impl Fn(&Value) -> ResourceHealth + Send + Sync + 'static,
    ) -> Self {
        self.resourcer.answers.health = Some(Box::new(assess));
        self.picking(|builder| builder.health())
    }

    /// Each object of the type has these events, newest first.
    pub fn events(mut self, events: impl IntoIterator<Item = ResourceEvent>) -> Self {
        self.resourcer.answers.events.extend(events);
        self.picking(|builder| builder.events())
    }

    /// Has these objects from the start, on every connection.
    ///
    /// # Panics
    ///
    /// One has no text `id`.
    #[track_caller]
    pub fn objects(self, objects: impl IntoIterator<Item = Value>) -> Self {
        let control = self.control();
        for object in objects {
            control.insert(object);
        }
        self
    }

    /// Completes the stub: what to register, and the test's hand on it.
    #[must_use]
    pub fn build(self) -> (ResourceRegistration<StubClient>, StubControl) {
        let control = self.control();
        let mut builder = ResourceRegistration::shared(self.target, Arc::new(self.resourcer));
        for pick in self.picks {
            builder = pick(builder);
        }
        if let Some(definition) = self.definition {
            builder = builder.definition(definition);
        }
        (builder.build(), control)
    }

    fn control(&self) -> StubControl {
        StubControl {
            store: self.resourcer.store.clone(),
            script: self.resourcer.script.clone(),
            watches: self.resourcer.watches.clone(),
            layer: None,
        }
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("target", &self.target)
            .field("capabilities", &self.picks.len())
            .finish_non_exhaustive()
    }
}
