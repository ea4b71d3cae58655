//! What can be done with a resource beyond reading and changing it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open_enum::open_enum;
use super::schema::Schema;
use crate::ids::{Namespace, ResourceId};
use crate::json::JsonMap;
use crate::wire;

/// Describes one action of a resource type. Contract: ACT-01.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ActionDescriptor, ActionScope, Schema, SchemaProperty};
///
/// let drain = ActionDescriptor::new("drain", "Drain")
///     .description("Moves everything off the node.")
///     .scope(ActionScope::Instance)
///     .params_schema(Schema::new().property("timeout", SchemaProperty::integer().minimum(0)))
///     .streaming()
///     .dangerous();
/// assert_eq!(serde_json::to_value(&drain)?["paramsSchema"]["type"], "object");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ActionDescriptor {
    /// The id of the action, unique within the type.
    pub id: String,
    /// What people read.
    pub label: String,
    /// What the action does, in a sentence.
    pub description: String,
    /// The icon of the action.
    pub icon: String,
    /// What the action is done to. Contract: ACT-07.
    pub scope: ActionScope,
    /// Whether the action reports progress while it runs. Contract: ACT-03.
    pub streaming: bool,
    /// What the action is told. Contract: ACT-06.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params_schema: Option<Schema>,
    /// What the action answers. Contract: ACT-06.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Schema>,
    /// Whether people are asked before it runs. Contract: ACT-07.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub dangerous: bool,
}

impl ActionDescriptor {
    /// Describes an action on one instance.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            scope: ActionScope::Instance,
            ..Self::default()
        }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets what the action is done to. Contract: ACT-07.
    #[must_use]
    pub fn scope(mut self, scope: ActionScope) -> Self {
        self.scope = scope;
        self
    }

    /// Says that the action reports progress while it runs. Contract: ACT-03.
    #[must_use]
    pub fn streaming(mut self) -> Self {
        self.streaming = true;
        self
    }

    /// Sets what the action is told. Contract: ACT-06.
    #[must_use]
    pub fn params_schema(mut self, schema: Schema) -> Self {
        self.params_schema = Some(schema);
        self
    }

    /// Sets what the action answers. Contract: ACT-06.
    #[must_use]
    pub fn output_schema(mut self, schema: Schema) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// Has people asked before the action runs. Contract: ACT-07.
    #[must_use]
    pub fn dangerous(mut self) -> Self {
        self.dangerous = true;
        self
    }
}

/// Tells an action what to do. Contract: ACT-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ActionInput;
///
/// let drain = ActionInput::new("node-1").param("timeout", 30);
/// assert_eq!(drain.params["timeout"], 30);
/// assert_eq!(drain.namespace, "", "a node has none");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ActionInput {
    /// The id of the instance; empty for an action on the type.
    pub id: ResourceId,
    /// The namespace of the instance; empty for a type without namespaces.
    pub namespace: Namespace,
    /// What the action is told.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub params: JsonMap,
}

impl ActionInput {
    /// Addresses an instance that has no namespace.
    pub fn new(id: impl Into<ResourceId>) -> Self {
        Self {
            id: id.into(),
            ..Self::default()
        }
    }

    /// Says which namespace the instance is in.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// Sets one parameter.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

/// Tells how an action ended. Contract: ACT-02.
///
/// # Examples
///
/// ```
/// use omniview_sdk::ActionResult;
///
/// let drained = ActionResult::new("12 pods moved").with_data("moved", 12);
/// assert!(drained.success);
/// assert_eq!(drained.data["moved"], 12);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ActionResult {
    /// Whether the action succeeded.
    pub success: bool,
    /// What the action answers.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub data: JsonMap,
    /// What people read.
    pub message: String,
}

impl ActionResult {
    /// A success with a message and no data.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            success: true,
            message: message.into(),
            ..Self::default()
        }
    }

    /// Adds one entry to the answer.
    #[must_use]
    pub fn with_data(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }
}

/// Reports how a streaming action goes. Contract: ACT-03, ACT-05.
///
/// # Examples
///
/// ```
/// use omniview_sdk::{ActionEvent, ActionEventType};
///
/// let half = ActionEvent::new(ActionEventType::Progress).with_data("percent", 50);
/// assert_eq!(serde_json::to_string(&half)?, r#"{"type":"progress","data":{"percent":50}}"#);
/// assert!(!half.is_last());
/// assert!(ActionEvent::new(ActionEventType::Complete).is_last());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ActionEvent {
    /// What is reported; the key is `type`.
    #[serde(rename = "type")]
    pub kind: ActionEventType,
    /// The report.
    #[serde(deserialize_with = "wire::null_as_default")]
    pub data: JsonMap,
}

impl ActionEvent {
    /// A report without data.
    pub fn new(kind: ActionEventType) -> Self {
        Self {
            kind,
            data: JsonMap::new(),
        }
    }

    /// Adds one entry to the report.
    #[must_use]
    pub fn with_data(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }

    /// Tells whether nothing follows: `complete` or `error`. Contract: ACT-03.
    pub fn is_last(&self) -> bool {
        matches!(
            self.kind,
            ActionEventType::Complete | ActionEventType::Error
        )
    }
}

open_enum! {
    /// What an action is done to. Contract: ACT-07.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ActionDescriptor, ActionScope};
    ///
    /// let actions = [
    ///     ActionDescriptor::new("drain", "Drain").scope(ActionScope::Instance),
    ///     ActionDescriptor::new("import", "Import").scope(ActionScope::Type),
    /// ];
    /// let in_the_toolbar: Vec<&str> =
    ///     actions.iter().filter(|action| action.scope == ActionScope::Type).map(|action| &*action.id).collect();
    /// assert_eq!(in_the_toolbar, ["import"]);
    /// ```
    ActionScope {
        /// One instance.
        Instance = "instance",
        /// The type as a whole.
        Type = "type",
    }
}

open_enum! {
    /// What an action reports. Contract: ACT-05.
    ///
    /// # Examples
    ///
    /// ```
    /// use omniview_sdk::{ActionEvent, ActionEventType};
    ///
    /// let last: Vec<&ActionEventType> =
    ///     ActionEventType::ALL.iter().filter(|kind| ActionEvent::new((*kind).clone()).is_last()).collect();
    /// assert_eq!(last, [&ActionEventType::Error, &ActionEventType::Complete]);
    /// ```
    ActionEventType {
        /// How far it has come.
        Progress = "progress",
        /// Something it produced.
        Output = "output",
        /// It failed; nothing follows.
        Error = "error",
        /// It is done; nothing follows.
        Complete = "complete",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Contract: ACT-06
    #[test]
    fn an_empty_schema_is_not_an_absent_one() {
        let action = ActionDescriptor::new("scale", "Scale").output_schema(Schema::new());
        let value = serde_json::to_value(&action).unwrap();
        assert_eq!(value["outputSchema"], json!({"type": "object"}));
        assert_eq!(value.get("paramsSchema"), None);
        assert_eq!(
            serde_json::from_value::<ActionDescriptor>(value).unwrap(),
            action
        );
    }

    #[test]
    fn null_maps_read_as_empty() {
        let input: ActionInput = serde_json::from_value(json!({"params": null})).unwrap();
        assert_eq!(input, ActionInput::default());
        let result: ActionResult = serde_json::from_value(json!({"data": null})).unwrap();
        assert_eq!(serde_json::to_value(result).unwrap()["data"], json!({}));
    }

    /// Contract: ACT-05
    #[test]
    fn there_are_four_kinds_of_event() {
        let kinds: Vec<_> = ActionEventType::ALL
            .iter()
            .map(ActionEventType::as_str)
            .collect();
        assert_eq!(kinds, ["progress", "output", "error", "complete"]);
    }

    /// Contract: ACT-07
    #[test]
    fn an_action_is_for_an_instance_unless_it_is_for_the_type_and_may_be_dangerous() {
        let drain = ActionDescriptor::new("drain", "Drain");
        let value = serde_json::to_value(drain.clone()).unwrap();
        assert_eq!(
            (&value["scope"], value.get("dangerous")),
            (&json!("instance"), None)
        );
        let purge = drain.scope(ActionScope::Type).dangerous();
        let value = serde_json::to_value(&purge).unwrap();
        assert_eq!(
            (&value["scope"], &value["dangerous"]),
            (&json!("type"), &json!(true))
        );
        assert_eq!(
            serde_json::from_value::<ActionDescriptor>(value).unwrap(),
            purge
        );
    }

    /// Contract: ACT-05
    #[test]
    fn an_action_ends_with_complete_or_error() {
        let last: Vec<_> = ActionEventType::ALL
            .iter()
            .filter(|kind| ActionEvent::new((*kind).clone()).is_last())
            .map(ActionEventType::as_str)
            .collect();
        assert_eq!(last, ["error", "complete"]);
    }
}
