//! A small plugin: one type, a map of objects, and a conduct to choose.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use omniview_conformance::{Need, ResourceFixture, Sample, Subject};
use omniview_sdk::{
    CallContext, Connection, ConnectionProvider, ConnectionRegistration, ConnectionStatus, Context,
    CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FindInput, FindResult,
    GetInput, GetResult, Json, ListInput, ListResult, PluginResult, ResourceDefinition,
    ResourceMeta, ResourceOperationError, ResourcePluginConfig, ResourceRegistration,
    ResourceSchemaProvider, Resourcer, UpdateInput, UpdateResult, async_trait,
    query::{self, Identity, Item},
};
use serde_json::{Value, json};

/// What the plugin does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    Honest,
    GetAnswersNothing,
    GetHangs,
    GetPanics,
    GetAnswersText,
    ListAnswersText,
    RefusesSamples,
    ReadOnly,
    DeleteFails,
    ClientFails,
}

pub(crate) type Objects = Arc<Mutex<BTreeMap<String, Json>>>;

pub(crate) struct Things {
    pub(crate) objects: Objects,
    conduct: Conduct,
    schema: Option<Json>,
}

impl Things {
    pub(crate) fn over(conduct: Conduct, objects: &Objects) -> Self {
        Self {
            objects: Arc::clone(objects),
            conduct,
            schema: None,
        }
    }
}

#[async_trait]
impl ResourceSchemaProvider<()> for Things {
    async fn resource_schema(&self, _ctx: &Context<()>) -> PluginResult<Option<Json>> {
        Ok(self.schema.clone())
    }
}

fn id_of(object: &Json) -> PluginResult<String> {
    let id = object.to_value()?["id"].as_str().map(str::to_owned);
    Ok(id.ok_or("an object without an id")?)
}

fn unknown(id: &str) -> ResourceOperationError {
    ResourceOperationError::not_found(format!("there is no thing {id:?}"))
}

impl Things {
    fn writable(&self) -> PluginResult<()> {
        match self.conduct {
            Conduct::ReadOnly => {
                Err(ResourceOperationError::unsupported("things are made by people").into())
            }
            _ => Ok(()),
        }
    }

    fn items(&self) -> PluginResult<Vec<Item>> {
        let identity = Identity::new("id", "");
        let objects = self.objects.lock().unwrap();
        let parsed = objects
            .values()
            .map(|object| Item::parse(object.clone(), &identity));
        Ok(parsed.collect::<Result<_, _>>()?)
    }
}

#[async_trait]
impl Resourcer<()> for Things {
    async fn get(&self, _ctx: &Context<()>, input: GetInput) -> PluginResult<GetResult> {
        match self.conduct {
            Conduct::GetAnswersText => return Ok(GetResult::new(json!("oops"))),
            Conduct::GetAnswersNothing => return Ok(GetResult::new(json!({}))),
            Conduct::GetHangs => std::future::pending::<()>().await,
            Conduct::GetPanics => panic!("the get of this plugin panics"),
            _ => {}
        }
        let objects = self.objects.lock().unwrap();
        let object = objects.get(&*input.id).ok_or_else(|| unknown(&input.id))?;
        Ok(GetResult::new(object.clone()))
    }

    async fn list(&self, _ctx: &Context<()>, input: ListInput) -> PluginResult<ListResult> {
        if self.conduct == Conduct::ListAnswersText {
            return Ok(ListResult::new([Json::from(json!("oops"))]));
        }
        Ok(query::list(self.items()?, &input)?)
    }

    async fn find(&self, _ctx: &Context<()>, input: FindInput) -> PluginResult<FindResult> {
        Ok(query::find(self.items()?, &input, &[])?)
    }

    async fn create(&self, _ctx: &Context<()>, input: CreateInput) -> PluginResult<CreateResult> {
        self.writable()?;
        if self.conduct == Conduct::RefusesSamples {
            return Err(ResourceOperationError::invalid_input("a thing needs a price").into());
        }
        let id = id_of(&input.input)?;
        let mut objects = self.objects.lock().unwrap();
        if objects.contains_key(&id) {
            let text = format!("there is a thing {id:?} already");
            return Err(ResourceOperationError::new(ErrorCode::AlreadyExists, text).into());
        }
        objects.insert(id, input.input.clone());
        Ok(CreateResult::new(input.input))
    }

    async fn update(&self, _ctx: &Context<()>, input: UpdateInput) -> PluginResult<UpdateResult> {
        self.writable()?;
        let mut objects = self.objects.lock().unwrap();
        let object = objects
            .get_mut(&*input.id)
            .ok_or_else(|| unknown(&input.id))?;
        *object = input.input.clone();
        Ok(UpdateResult::new(input.input))
    }

    async fn delete(&self, _ctx: &Context<()>, input: DeleteInput) -> PluginResult<DeleteResult> {
        self.writable()?;
        if self.conduct == Conduct::DeleteFails {
            return Err("this thing is stuck".into());
        }
        let removed = self.objects.lock().unwrap().remove(&*input.id);
        removed.ok_or_else(|| unknown(&input.id))?;
        Ok(DeleteResult::done())
    }
}

pub(crate) struct OneConnection(pub(crate) Conduct);

#[async_trait]
impl ConnectionProvider<()> for OneConnection {
    async fn load_connections(&self, _ctx: &CallContext) -> PluginResult<Vec<Connection>> {
        Ok(vec![Connection::builder("only").build()?])
    }

    async fn create_client(&self, _ctx: &CallContext) -> PluginResult<()> {
        if self.0 == Conduct::ClientFails {
            return Err("the backend does not answer".into());
        }
        Ok(())
    }

    async fn destroy_client(&self, _ctx: &CallContext, _client: Arc<()>) -> PluginResult<()> {
        Ok(())
    }

    async fn check_connection(
        &self,
        _ctx: &CallContext,
        _client: &Arc<()>,
    ) -> PluginResult<ConnectionStatus> {
        Ok(ConnectionStatus::connected())
    }

    async fn get_namespaces(
        &self,
        _ctx: &CallContext,
        _client: &Arc<()>,
    ) -> PluginResult<Option<Vec<String>>> {
        Ok(None)
    }
}

/// The type that the plugin has.
pub(crate) const THING: &str = "shop::v1::Thing";

/// The plugin over a map of objects, which outlives it.
pub(crate) fn config(conduct: Conduct, objects: &Objects) -> ResourcePluginConfig<()> {
    let things = Things::over(conduct, objects);
    ResourcePluginConfig::new("shop")
        .connections(ConnectionRegistration::builder(OneConnection(conduct)).build())
        .resource(
            ResourceRegistration::builder(ResourceMeta::new("shop", "v1", "Thing"), things).build(),
        )
}

/// Where a thing has its id.
pub(crate) fn definition() -> ResourceDefinition {
    ResourceDefinition {
        id_accessor: "id".to_owned(),
        ..ResourceDefinition::default()
    }
}

/// The same with a schema, and a definition that says where the id is.
pub(crate) fn config_with_schema(
    conduct: Conduct,
    objects: &Objects,
    schema: Value,
) -> ResourcePluginConfig<()> {
    let things = Things {
        schema: Some(schema.into()),
        ..Things::over(conduct, objects)
    };
    let registration =
        ResourceRegistration::builder(ResourceMeta::new("shop", "v1", "Thing"), things)
            .schema()
            .definition(definition());
    ResourcePluginConfig::new("shop")
        .connections(ConnectionRegistration::builder(OneConnection(conduct)).build())
        .resource(registration.build())
}

/// What the suite is told about the type.
pub(crate) fn fixture() -> ResourceFixture {
    ResourceFixture::new(THING)
        .sample(|n, _| {
            let id = format!("thing-{n}");
            Sample::new(&id, json!({ "id": id, "size": n % 7 }))
        })
        .change(|mut thing| {
            thing["colour"] = json!("blue");
            thing
        })
}

/// The plugin without a fixture, and its objects.
pub(crate) fn bare(conduct: Conduct) -> (Subject, Objects) {
    let objects = Objects::default();
    let subject = Subject::in_process("shop", {
        let objects = Arc::clone(&objects);
        move || config(conduct, &objects)
    });
    (subject, objects)
}

/// The plugin with its fixture, and its objects.
pub(crate) fn shop(conduct: Conduct) -> (Subject, Objects) {
    let (subject, objects) = bare(conduct);
    let subject = subject
        .resource(fixture())
        .without(Need::SecondConnection, "the shop has one");
    (subject, objects)
}
