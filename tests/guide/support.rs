//! What the examples of the guide leave out: a client, connections to it, and the six operations over it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_plugintest::Harness;
use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionRegistration, ConnectionStatus, Json,
    PluginResult, ResourceDefinition, ResourcePluginConfig, ResourceRegistration, async_trait,
    query::{Identity, Item},
};
use serde_json::json;

/// The resource type of the examples.
pub const POD: &str = "core::v1::Pod";

/// The client of the examples: objects by id, two of them from the start.
#[derive(Debug)]
pub struct Client(Mutex<BTreeMap<String, Item>>);

impl Client {
    /// The objects; do not hold this across an `.await`.
    pub fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parses an object of the examples, which has `id` and `namespace`.
///
/// # Errors
///
/// It is no such object.
pub fn item(json: Json) -> omniview_sdk::Result<Item> {
    Item::parse(json, &Identity::new("id", "namespace"))
}

/// The connections of the examples, `dev` and `prod`.
#[derive(Debug)]
pub struct Clusters;

#[async_trait]
impl ConnectionProvider<Client> for Clusters {
    async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(vec![
            Connection::builder("dev").build()?,
            Connection::builder("prod").build()?,
        ])
    }

    async fn create_client(&self, _: &CallContext) -> PluginResult<Client> {
        let mut objects = BTreeMap::new();
        for object in [
            json!({"id": "web-1", "namespace": "shop", "phase": "Running"}),
            json!({"id": "web-2", "namespace": "shop", "phase": "Pending"}),
        ] {
            let item = item(object.into())?;
            objects.insert(omniview_sdk::query::QueryItem::id(&item).to_owned(), item);
        }
        Ok(Client(Mutex::new(objects)))
    }

    async fn destroy_client(&self, _: &CallContext, _: Arc<Client>) -> PluginResult<()> {
        Ok(())
    }

    async fn check_connection(
        &self,
        _: &CallContext,
        _: &Arc<Client>,
    ) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }

    async fn get_namespaces(
        &self,
        _: &CallContext,
        _: &Arc<Client>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(Some(vec!["shop".to_owned()]))
    }
}

/// The configuration of a plugin with one resource type, or a pattern.
pub fn plugin(resource: ResourceRegistration<Client>) -> ResourcePluginConfig<Client> {
    ResourcePluginConfig::new("guide")
        .connections(ConnectionRegistration::builder(Clusters).build())
        .default_definition(ResourceDefinition {
            id_accessor: "id".to_owned(),
            namespace_accessor: "namespace".to_owned(),
            ..ResourceDefinition::default()
        })
        .resource(resource)
}

/// A plugin with one resource type, mounted, with `dev` connected.
pub async fn mounted(resource: ResourceRegistration<Client>) -> Harness {
    let harness = Harness::mount(plugin(resource));
    harness.connect("dev").await;
    harness
}

/// Implements the six operations over a [`Client`] for a type.
#[macro_export]
macro_rules! six_operations {
    ($type:ty) => {
        #[omniview_sdk::async_trait]
        impl omniview_sdk::Resourcer<$crate::guide::support::Client> for $type {
            async fn get(
                &self,
                ctx: &omniview_sdk::Context<$crate::guide::support::Client>,
                input: omniview_sdk::GetInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::GetResult> {
                use omniview_sdk::query::QueryItem as _;
                let objects = ctx.client().objects();
                let found = objects.get(&*input.id);
                let found = found.ok_or_else(|| {
                    omniview_sdk::ResourceOperationError::not_found("there is no such pod")
                })?;
                Ok(omniview_sdk::GetResult::new(found.json()))
            }

            async fn list(
                &self,
                ctx: &omniview_sdk::Context<$crate::guide::support::Client>,
                input: omniview_sdk::ListInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::ListResult> {
                Ok(omniview_sdk::query::list(
                    ctx.client().objects().values(),
                    &input,
                )?)
            }

            async fn find(
                &self,
                ctx: &omniview_sdk::Context<$crate::guide::support::Client>,
                input: omniview_sdk::FindInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::FindResult> {
                // The SDK has checked the filters against the type's own fields.
                let fields = ["id", "namespace", "phase"].map(|path| {
                    omniview_sdk::FilterField::new(path, omniview_sdk::FilterFieldType::String)
                });
                Ok(omniview_sdk::query::find(
                    ctx.client().objects().values(),
                    &input,
                    &fields,
                )?)
            }

            async fn create(
                &self,
                _: &omniview_sdk::Context<$crate::guide::support::Client>,
                _: omniview_sdk::CreateInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::CreateResult> {
                Err(omniview_sdk::ResourceOperationError::unsupported("read only").into())
            }

            async fn update(
                &self,
                _: &omniview_sdk::Context<$crate::guide::support::Client>,
                _: omniview_sdk::UpdateInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::UpdateResult> {
                Err(omniview_sdk::ResourceOperationError::unsupported("read only").into())
            }

            async fn delete(
                &self,
                _: &omniview_sdk::Context<$crate::guide::support::Client>,
                _: omniview_sdk::DeleteInput,
            ) -> omniview_sdk::PluginResult<omniview_sdk::DeleteResult> {
                Err(omniview_sdk::ResourceOperationError::unsupported("read only").into())
            }
        }
    };
}
