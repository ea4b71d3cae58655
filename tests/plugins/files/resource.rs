//! The six operations on documents, and the search for text.

use std::time::Duration;

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, Json, ListInput, ListResult, Namespace, PluginResult, ResourceMeta,
    ResourceOperationError, Resourcer, Result, TextSearchProvider, UpdateInput, UpdateResult,
    async_trait,
    query::{self, Identity, Item},
};
use serde::Deserialize;

use super::{Client, Directory, Document, Place, directory::no_document, insight};

/// The type `files::v1::Document`; its namespaces are the folders.
pub fn meta() -> ResourceMeta {
    ResourceMeta::new("files", "v1", "Document")
        .with_icon("file")
        .with_description("A text file in a folder")
}

/// The documents of a directory.
#[derive(Debug, Clone)]
pub struct Documents {
    pub(super) quiet: Duration,
}

impl Default for Documents {
    /// Watches wait for 10 ms without an event before they look.
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(10),
        }
    }
}

/// What a caller says of a document. What only the file system can say may be there, since callers send back what
/// they have read, and does not matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    #[serde(default)]
    name: String,
    #[serde(default)]
    folder: String,
    #[serde(default)]
    text: Option<String>,
    version: Option<String>,
    #[serde(rename = "problem")]
    _problem: Option<String>,
    #[serde(rename = "bytes")]
    _bytes: Option<u64>,
    #[serde(rename = "modified")]
    _modified: Option<String>,
}

impl Draft {
    fn read(input: &Json) -> Result<Self> {
        input.to().map_err(|error| {
            ResourceOperationError::invalid_input(format!("this is no document: {error}"))
                .with_suggestion(
                    "give an object such as {\"name\":\"todo.txt\",\"text\":\"Rest.\"}",
                )
                .with_source(error)
        })
    }
}

#[async_trait]
impl Resourcer<Client> for Documents {
    async fn get(&self, ctx: &Context<Client>, input: GetInput) -> PluginResult<GetResult> {
        let document = ctx.client().run(move |directory| {
            let place = place_of(directory, &input.id, &input.namespace)?;
            Ok(directory.read(&place)?.ok_or_else(|| no_document(&place))?)
        });
        Ok(GetResult::new(json(&document.await?)?))
    }

    async fn list(&self, ctx: &Context<Client>, input: ListInput) -> PluginResult<ListResult> {
        let documents = in_folders(ctx.client(), &input.namespaces).await?;
        Ok(query::list(items(&documents)?, &input)?)
    }

    async fn find(&self, ctx: &Context<Client>, input: FindInput) -> PluginResult<FindResult> {
        let documents = in_folders(ctx.client(), &input.namespaces).await?;
        Ok(query::find(items(&documents)?, &input, &insight::fields())?)
    }

    async fn create(
        &self,
        ctx: &Context<Client>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let draft = Draft::read(&input.input)?;
        let folder = if input.namespace.is_empty() {
            draft.folder
        } else {
            input.namespace.into()
        };
        let place = Place::new(&folder, &draft.name)?;
        let created = ctx.client().run(move |directory| {
            directory.create(&place, &draft.text.unwrap_or_default())?;
            Ok(directory.read(&place)?.ok_or_else(|| no_document(&place))?)
        });
        Ok(CreateResult::new(json(&created.await?)?))
    }

    async fn update(
        &self,
        ctx: &Context<Client>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let draft = Draft::read(&input.input)?;
        let updated = ctx.client().run(move |directory| {
            let place = place_of(directory, &input.id, &input.namespace)?;
            for (what, said, is) in [
                ("name", &draft.name, place.name()),
                ("folder", &draft.folder, place.folder()),
            ] {
                if !said.is_empty() && said != is {
                    return Err(ResourceOperationError::invalid_input(format!(
                        "the document {place} cannot become one whose {what} is {said:?}"
                    ))
                    .with_suggestion("create it in its new place and delete it in the old one")
                    .into());
                }
            }
            let text = draft.text.ok_or_else(|| {
                ResourceOperationError::invalid_input(format!(
                    "nothing says what {place} shall say"
                ))
                .with_suggestion("give it a `text`; an empty one empties the document")
            })?;
            directory.replace(&place, &text, draft.version.as_deref())?;
            Ok(directory.read(&place)?.ok_or_else(|| no_document(&place))?)
        });
        Ok(UpdateResult::new(json(&updated.await?)?))
    }

    async fn delete(
        &self,
        ctx: &Context<Client>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let deleted = ctx.client().run(move |directory| {
            directory.remove(&place_of(directory, &input.id, &input.namespace)?)
        });
        Ok(DeleteResult::new(json(&deleted.await?)?))
    }
}

#[async_trait]
impl TextSearchProvider<Client> for Documents {
    /// The documents that say `query` somewhere, as it is written.
    async fn search(
        &self,
        ctx: &Context<Client>,
        query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        let documents = in_folders(ctx.client(), &[]).await?;
        let says = |document: &&Document| {
            let text = document.text.as_deref();
            text.is_some_and(|text| text.contains(query))
        };
        let most = if limit == 0 { usize::MAX } else { limit };
        let found = documents.iter().filter(says).take(most);
        Ok(found.map(json).collect::<Result<_>>()?)
    }
}

/// A document as an object.
pub(super) fn json(document: &Document) -> Result<Json> {
    Json::of(document).map_err(|error| {
        ResourceOperationError::internal("a document could not be written").with_source(error)
    })
}

/// Documents as the queries of the SDK take them: they filter, order and cut pages, which no file system does.
fn items(documents: &[Document]) -> Result<Vec<Item>> {
    let identity = Identity::from(&insight::definition());
    let item = |document| Item::parse(json(document)?, &identity);
    documents.iter().map(item).collect()
}

/// The documents of these folders; of every folder where none is named.
async fn in_folders(client: &Client, folders: &[Namespace]) -> PluginResult<Vec<Document>> {
    let mut folders: Vec<String> = folders.iter().map(String::from).collect();
    folders.sort_unstable();
    folders.dedup();
    let documents = client.run(move |directory| {
        if folders.is_empty() {
            folders = directory.folders()?;
        }
        let mut documents = Vec::new();
        for folder in folders {
            documents.extend(directory.documents(&folder)?);
        }
        Ok(documents)
    });
    documents.await
}

/// The place that a call names, or the only one that has a document of that name.
fn place_of(directory: &Directory, name: &str, folder: &str) -> PluginResult<Place> {
    if !folder.is_empty() {
        return Ok(Place::new(folder, name)?);
    }
    let mut places = Vec::new();
    for folder in directory.folders()? {
        let place = Place::new(&folder, name)?;
        if directory.read(&place)?.is_some() {
            places.push(place);
        }
    }
    match places.len() {
        1 => Ok(places.remove(0)),
        0 => Err(
            ResourceOperationError::not_found(format!("no folder has a document {name:?}"))
                .with_suggestion("list the documents to see what there is")
                .into(),
        ),
        _ => {
            let folders: Vec<&str> = places.iter().map(Place::folder).collect();
            Err(ResourceOperationError::invalid_input(format!(
                "a document {name:?} is in several folders: {}",
                folders.join(", ")
            ))
            .with_suggestion("name the folder as the namespace")
            .into())
        }
    }
}
