//! The six operations on books.

use std::{collections::BTreeSet, time::Duration};

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, Json, ListInput, ListResult, Namespace, PluginResult, ResourceMeta,
    ResourceOperationError, Resourcer, Result, UpdateInput, UpdateResult, async_trait,
    query::{self, Identity, Item},
};
use serde::Deserialize;

use super::{HttpClient, insight};

/// The type `library::v1::Book`; its namespaces are the shelves.
pub fn meta() -> ResourceMeta {
    ResourceMeta::new("library", "v1", "Book")
        .with_icon("book")
        .with_description("A book that stands on a shelf, is lent, or is lost")
        .with_category("Catalogue")
}

/// The books of a library.
///
/// It holds nothing of a connection: what belongs to one comes with every call, in [`Context::client`].
#[derive(Debug, Clone)]
pub struct Books {
    pub(super) poll: Duration,
}

impl Books {
    /// Looks for changes this often; the default is every second.
    pub fn polling(every: Duration) -> Self {
        Self { poll: every }
    }
}

impl Default for Books {
    fn default() -> Self {
        Self::polling(Duration::from_secs(1))
    }
}

/// What identifies a book; the rest of it passes through unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) shelf: String,
}

impl Label {
    pub(super) fn of(book: &Json) -> PluginResult<Self> {
        book.to().map_err(|error| {
            ResourceOperationError::invalid_input(format!("this is no book: {error}"))
                .with_suggestion("give an object such as {\"id\":\"dune\",\"title\":\"Dune\"}")
                .with_source(error)
                .into()
        })
    }
}

#[async_trait]
impl Resourcer<HttpClient> for Books {
    async fn get(&self, ctx: &Context<HttpClient>, input: GetInput) -> PluginResult<GetResult> {
        let client = ctx.client();
        let shelf = shelf_of(client, &input.id, input.namespace).await?;
        Ok(GetResult::new(client.book(&shelf, &input.id).await?))
    }

    async fn list(&self, ctx: &Context<HttpClient>, input: ListInput) -> PluginResult<ListResult> {
        let books = on_shelves(ctx.client(), &input.namespaces).await?;
        Ok(query::list(items(books)?, &input)?)
    }

    async fn find(&self, ctx: &Context<HttpClient>, input: FindInput) -> PluginResult<FindResult> {
        let books = on_shelves(ctx.client(), &input.namespaces).await?;
        Ok(query::find(items(books)?, &input, &insight::fields())?)
    }

    async fn create(
        &self,
        ctx: &Context<HttpClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let shelf = match input.namespace {
            named if !named.is_empty() => named.into(),
            _ => Label::of(&input.input)?.shelf,
        };
        if shelf.is_empty() {
            return Err(ResourceOperationError::invalid_input(
                "neither the namespace nor the book's `shelf` says where to put it",
            )
            .with_suggestion("name a shelf as the namespace")
            .into());
        }
        let book = ctx.client().add_book(&shelf, &input.input).await?;
        Ok(CreateResult::new(book))
    }

    async fn update(
        &self,
        ctx: &Context<HttpClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let client = ctx.client();
        let shelf = shelf_of(client, &input.id, input.namespace).await?;
        let book = client.replace_book(&shelf, &input.id, &input.input).await?;
        Ok(UpdateResult::new(book))
    }

    async fn delete(
        &self,
        ctx: &Context<HttpClient>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let client = ctx.client();
        let shelf = shelf_of(client, &input.id, input.namespace).await?;
        let book = client.remove_book(&shelf, &input.id).await?;
        Ok(DeleteResult::new(book))
    }
}

/// Books as the queries of the SDK take them: they filter, order and cut pages where a backend cannot.
fn items(books: Vec<Json>) -> Result<Vec<Item>> {
    let identity = Identity::from(&insight::definition());
    books
        .into_iter()
        .map(|book| Item::parse(book, &identity))
        .collect()
}

/// The books on these shelves; on every shelf where none is named.
async fn on_shelves(client: &HttpClient, shelves: &[Namespace]) -> PluginResult<Vec<Json>> {
    if shelves.is_empty() {
        return client.books(None).await;
    }
    let mut books = Vec::new();
    for shelf in shelves.iter().collect::<BTreeSet<_>>() {
        books.extend(client.books(Some(shelf)).await?);
    }
    Ok(books)
}

/// The shelf that a call names, or the only one that has the book: the API knows no book without its shelf.
async fn shelf_of(client: &HttpClient, id: &str, named: Namespace) -> PluginResult<String> {
    if !named.is_empty() {
        return Ok(named.into());
    }
    let mut shelves = Vec::new();
    for book in client.books(None).await? {
        let book = Label::of(&book)?;
        if book.id == id {
            shelves.push(book.shelf);
        }
    }
    match shelves.len() {
        1 => Ok(shelves.remove(0)),
        0 => Err(ResourceOperationError::not_found(format!("no shelf has a book {id:?}")).into()),
        _ => Err(ResourceOperationError::invalid_input(format!(
            "book {id:?} is on several shelves: {}",
            shelves.join(", ")
        ))
        .with_suggestion("name the shelf as the namespace")
        .into()),
    }
}
