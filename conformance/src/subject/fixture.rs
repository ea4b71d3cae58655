//! What an author tells about one resource type.

use std::{collections::BTreeSet, fmt, sync::Arc};

use omniview_sdk::{Json, JsonMap, ResourceKey};
use serde_json::Value;

use super::schema::Recipe;
use crate::check::Operation;

/// An object that does not exist yet: where it will be and what it holds.
///
/// # Examples
///
/// ```
/// use omniview_conformance::{ResourceFixture, Sample};
/// use serde_json::json;
///
/// let pods = ResourceFixture::new("core::v1::Pod").sample(|number, namespace| {
///     let name = format!("pod-{number}");
///     let pod = json!({"name": name, "namespace": namespace, "phase": "Running"});
///     Sample::new(name, pod).in_namespace(namespace)
/// });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Its id.
    pub id: String,
    /// Its namespace; empty for a type without namespaces. The suite sets it.
    pub namespace: String,
    /// The object, as it is given to `create`.
    pub data: Json,
}

impl Sample {
    /// A sample with this id.
    pub fn new(id: impl Into<String>, data: impl Into<Json>) -> Self {
        Self {
            id: id.into(),
            namespace: String::new(),
            data: data.into(),
        }
    }

    /// Puts it into a namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// The same object with other data.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Json>) -> Self {
        self.data = data.into();
        self
    }
}

type SampleFn = dyn Fn(u32, &str) -> Sample + Send + Sync;
type ChangeFn = dyn Fn(Value) -> Value + Send + Sync;
type IdFn = dyn Fn(&Value) -> String + Send + Sync;

/// What the suite cannot know about a resource type.
///
/// ```
/// use omniview_conformance::{Operation, ResourceFixture, Sample};
/// use serde_json::json;
///
/// let pods = ResourceFixture::new("core::v1::Pod")
///     .namespaces(["blue", "green"])
///     .sample(|n, namespace| {
///         let name = format!("pod-{n}");
///         Sample::new(&name, json!({ "name": name, "namespace": namespace, "phase": "Running" }))
///     })
///     .change(|mut pod| {
///         pod["phase"] = json!("Succeeded");
///         pod
///     });
/// let nodes = ResourceFixture::new("core::v1::Node").unsupported([
///     Operation::Create,
///     Operation::Update,
///     Operation::Delete,
/// ]);
/// assert_eq!(pods.key(), "core::v1::Pod");
/// assert!(!nodes.supports(Operation::Create));
/// ```
#[derive(Clone)]
#[must_use = "give it to `Subject::resource`"]
pub struct ResourceFixture {
    key: ResourceKey,
    namespaces: Vec<String>,
    unsupported: BTreeSet<Operation>,
    sample: Option<Arc<SampleFn>>,
    change: Option<Arc<ChangeFn>>,
    assigned_id: Option<Arc<IdFn>>,
    actions: Vec<(String, JsonMap)>,
    /// Out of the schema of the type, where nothing else makes samples; or why not.
    generated: Option<Result<Arc<Recipe>, String>>,
}

impl ResourceFixture {
    /// Nothing yet about the type with this key.
    pub fn new(key: impl Into<ResourceKey>) -> Self {
        Self {
            key: key.into(),
            namespaces: Vec::new(),
            unsupported: BTreeSet::new(),
            sample: None,
            change: None,
            assigned_id: None,
            actions: Vec::new(),
            generated: None,
        }
    }

    /// Makes the sample with a number, for a namespace (empty for a type without namespaces).
    ///
    /// Samples with different numbers have different ids. Every field of a sample must come back from `get` as it
    /// was given; fields that the backend adds do not matter.
    pub fn sample(mut self, make: impl Fn(u32, &str) -> Sample + Send + Sync + 'static) -> Self {
        self.sample = Some(Arc::new(make));
        self
    }

    /// Changes an object so that the change can be seen, its id and namespace left alone.
    pub fn change(mut self, change: impl Fn(Value) -> Value + Send + Sync + 'static) -> Self {
        self.change = Some(Arc::new(change));
        self
    }

    /// Names namespaces that samples may be put into, the usual one first.
    pub fn namespaces<T: Into<String>>(mut self, namespaces: impl IntoIterator<Item = T>) -> Self {
        self.namespaces = namespaces.into_iter().map(Into::into).collect();
        self
    }

    /// Declares that the type refuses these operations by intent.
    pub fn unsupported(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.unsupported.extend(operations);
        self
    }

    /// Reads the id out of a created object, for a backend that chooses ids itself.
    pub fn assigned_id(mut self, read: impl Fn(&Value) -> String + Send + Sync + 'static) -> Self {
        self.assigned_id = Some(Arc::new(read));
        self
    }

    /// Names an action that the suite may run on what it has made, with parameters: an object, or null for none.
    ///
    /// The suite runs it on samples of the type, on one that does not exist, and more than once; without any it runs none.
    pub fn harmless_action(mut self, id: impl Into<String>, params: Value) -> Self {
        let params = match params {
            Value::Object(params) => params,
            _ => JsonMap::new(),
        };
        self.actions.push((id.into(), params));
        self
    }

    /// The type.
    pub fn key(&self) -> &ResourceKey {
        &self.key
    }

    /// Whether an operation is not declared unsupported.
    pub fn supports(&self, operation: Operation) -> bool {
        !self.unsupported.contains(&operation)
    }

    /// The namespaces for samples.
    pub fn namespace_names(&self) -> &[String] {
        &self.namespaces
    }

    pub(crate) fn harmless_actions(&self) -> &[(String, JsonMap)] {
        &self.actions
    }

    /// With samples out of a schema, or with the reason why there are none.
    pub(crate) fn generating(mut self, recipe: Result<Recipe, String>) -> Self {
        self.generated = Some(recipe.map(Arc::new));
        self
    }

    fn recipe(&self) -> Option<&Recipe> {
        Some(self.generated.as_ref()?.as_ref().ok()?)
    }

    pub(crate) fn has_samples(&self) -> bool {
        self.sample.is_some() || self.recipe().is_some()
    }

    pub(crate) fn has_change(&self) -> bool {
        self.change.is_some()
            || self
                .recipe()
                .is_some_and(|recipe| recipe.changeable().is_ok())
    }

    /// Why none could be made of the schema.
    pub(crate) fn why_no_samples(&self) -> Option<String> {
        self.generated.as_ref()?.as_ref().err().cloned()
    }

    /// Why none could be made of the schema.
    pub(crate) fn why_no_change(&self) -> Option<String> {
        let changeable = self.recipe().map(|recipe| recipe.changeable().err());
        changeable.unwrap_or_else(|| self.why_no_samples())
    }

    pub(crate) fn assigns_ids(&self) -> bool {
        self.assigned_id.is_some()
    }

    pub(crate) fn make_sample(&self, number: u32, namespace: &str) -> Option<Sample> {
        let sample = match &self.sample {
            Some(make) => make(number, namespace),
            None => self.recipe()?.sample(number, namespace),
        };
        Some(sample.in_namespace(namespace))
    }

    pub(crate) fn changed(&self, object: Value) -> Option<Value> {
        match &self.change {
            Some(change) => Some(change(object)),
            None => self.recipe()?.change(object).ok(),
        }
    }

    pub(crate) fn id_of(&self, created: &Value) -> Option<String> {
        Some(self.assigned_id.as_ref()?(created))
    }
}

impl fmt::Debug for ResourceFixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceFixture")
            .field("key", &self.key)
            .field("namespaces", &self.namespaces)
            .field("unsupported", &self.unsupported)
            .field("samples", &self.has_samples())
            .field("change", &self.has_change())
            .finish_non_exhaustive()
    }
}
