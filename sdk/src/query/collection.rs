//! Objects in memory with the semantics of the operations: a backend for those who have none.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use super::{Identity, Item, QueryItem, find, list};
use crate::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FilterField,
    FindInput, FindResult, GetInput, GetResult, Json, ListInput, ListResult, Listing, PluginResult,
    Relist, ResourceMetadata, ResourceOperationError, Result, UpdateInput, UpdateResult,
    WatchAddPayload, WatchSink,
};

/// The objects of one type in memory, and the six operations on them. Cheap to clone; a copy is the same collection.
///
/// It is a backend for a plugin that has none: for examples, for the fake that a test puts in place of a server, for a plugin
/// whose objects are its own. Each method answers as a [`Resourcer`](crate::Resourcer) has to. No method waits for anything.
///
/// - An object's id and namespace are where the [`Identity`] says; a change cannot move it.
/// - A call that names no namespace means the only object with its id.
///
/// ```
/// use omniview_sdk::{CreateInput, ErrorCode, GetInput, query::{Collection, Identity}};
/// use serde_json::json;
///
/// let books = Collection::new(Identity::new("isbn", ""));
/// books.create(CreateInput::new(json!({"isbn": "0441013597", "title": "Dune"})))?;
///
/// let dune = books.get(&GetInput::new("0441013597"))?;
/// assert_eq!(dune.result.as_str(), r#"{"isbn":"0441013597","title":"Dune"}"#);
/// assert_eq!(*books.get(&GetInput::new("42")).unwrap_err().code(), ErrorCode::NotFound);
/// # Ok::<(), omniview_sdk::ResourceOperationError>(())
/// ```
///
/// Contract: OPS-03 to OPS-08, PAG-01 to PAG-10
#[derive(Debug, Clone)]
pub struct Collection(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    identity: Identity,
    // Nothing but what is in this file runs under it.
    objects: Mutex<Objects>,
    changes: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct Objects {
    by_place: BTreeMap<Place, Kept>,
    /// How many objects there have ever been.
    count: u64,
}

#[derive(Debug)]
struct Kept {
    item: Item,
    uid: String,
}

/// Id and namespace: those of one id are side by side.
type Place = (String, String);

impl Collection {
    /// An empty one of objects that have id and namespace there.
    pub fn new(identity: Identity) -> Self {
        Self(Arc::new(Shared {
            identity,
            objects: Mutex::default(),
            changes: watch::Sender::new(()),
        }))
    }

    /// Every object, by id and then by namespace.
    pub fn items(&self) -> Vec<Item> {
        self.lock().items().cloned().collect()
    }

    /// One object.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`; `INVALID_INPUT` without a namespace where several have an object of that id.
    ///
    /// Contract: OPS-03
    pub fn get(&self, input: &GetInput) -> Result<GetResult> {
        let objects = self.lock();
        let place = objects.locate(&input.id, &input.namespace)?;
        Ok(GetResult::new(objects.by_place[&place].item.json()))
    }

    /// A page of the objects, as [`query::list`](list) says.
    ///
    /// # Errors
    ///
    /// Those of [`query::list`](list).
    pub fn list(&self, input: &ListInput) -> Result<ListResult> {
        let objects = self.lock();
        list(objects.items(), input)
    }

    /// A page of the objects that a query is about, as [`query::find`](find) says.
    ///
    /// # Errors
    ///
    /// Those of [`query::find`](find).
    pub fn find(&self, input: &FindInput, fields: &[FilterField]) -> Result<FindResult> {
        let objects = self.lock();
        find(objects.items(), input, fields)
    }

    /// Adds an object.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS`; `INVALID_INPUT` for what has no id, and for a namespace that is not the object's.
    ///
    /// Contract: OPS-05, OPS-06
    pub fn create(&self, input: CreateInput) -> Result<CreateResult> {
        let item = self.parse(input.input)?;
        let place = place_of(&item);
        if !input.namespace.is_empty() && input.namespace != place.1 {
            return Err(moves("namespace", &place.1, &input.namespace));
        }
        let result = CreateResult::new(item.json());
        let mut objects = self.lock();
        if objects.by_place.contains_key(&place) {
            let message = format!("there is an object {} already", describe(&place));
            return Err(
                ResourceOperationError::new(ErrorCode::AlreadyExists, message)
                    .with_suggestion("choose another id, or update the object that has it"),
            );
        }
        objects.count += 1;
        let uid = format!("{}#{}", describe(&place), objects.count);
        objects.by_place.insert(place, Kept { item, uid });
        drop(objects);
        self.0.changes.send_replace(());
        Ok(result)
    }

    /// Replaces an object.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get); `INVALID_INPUT` for an object with another id or namespace.
    ///
    /// Contract: OPS-07
    pub fn update(&self, input: UpdateInput) -> Result<UpdateResult> {
        let item = self.parse(input.input)?;
        let result = UpdateResult::new(item.json());
        let mut objects = self.lock();
        let place = objects.locate(&input.id, &input.namespace)?;
        if item.id() != place.0 {
            return Err(moves("id", item.id(), &place.0));
        }
        if item.namespace() != place.1 {
            return Err(moves("namespace", item.namespace(), &place.1));
        }
        if let Some(kept) = objects.by_place.get_mut(&place) {
            kept.item = item;
        }
        drop(objects);
        self.0.changes.send_replace(());
        Ok(result)
    }

    /// Removes an object, and answers with what it was.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    ///
    /// Contract: OPS-08
    pub fn delete(&self, input: &DeleteInput) -> Result<DeleteResult> {
        let mut objects = self.lock();
        let place = objects.locate(&input.id, &input.namespace)?;
        let last = objects.by_place.remove(&place);
        drop(objects);
        self.0.changes.send_replace(());
        Ok(last.map_or_else(DeleteResult::done, |kept| {
            DeleteResult::new(kept.item.json())
        }))
    }

    /// Tells the objects, and what becomes of them, until the watch is cancelled: the whole of a
    /// [`Watcher`](crate::Watcher).
    ///
    /// An object that is removed and made again is another one. Changes that follow each other closely are told as one.
    ///
    /// # Errors
    ///
    /// When the attempt has ended.
    ///
    /// # Cancel safety
    ///
    /// When dropped, nothing more is told.
    ///
    /// Contract: WAT-27, WAT-35
    pub async fn follow<C>(&self, ctx: &Context<C>, sink: WatchSink) -> PluginResult<()> {
        // Before the first look, so that what changes after it is not missed.
        let mut changes = self.0.changes.subscribe();
        let mut relist = Relist::new(ctx, sink);
        loop {
            relist.tell(self.listing()).await?;
            tokio::select! {
                () = ctx.cancelled() => return Ok(()),
                // It is this collection that sends, so it goes on for as long as this does.
                _ = changes.changed() => {}
            }
        }
    }

    fn listing(&self) -> Listing {
        let objects = self.lock();
        let told = objects.by_place.values().map(|Kept { item, uid }| {
            WatchAddPayload::new(item.id(), item.namespace(), item.json())
                .with_metadata(ResourceMetadata::new(uid.as_str()))
        });
        told.collect()
    }

    fn parse(&self, json: Json) -> Result<Item> {
        Item::parse(json, &self.0.identity)
    }

    fn lock(&self) -> MutexGuard<'_, Objects> {
        let objects = self.0.objects.lock();
        objects.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Objects {
    fn items(&self) -> impl Iterator<Item = &Item> {
        self.by_place.values().map(|kept| &kept.item)
    }

    /// The place of the object that a call means.
    fn locate(&self, id: &str, namespace: &str) -> Result<Place> {
        let from = (id.to_owned(), String::new());
        let same_id = self.by_place.range(from..).map(|(place, _)| place);
        let mut places: Vec<&Place> = same_id
            .take_while(|place| place.0 == id)
            .filter(|place| namespace.is_empty() || place.1 == namespace)
            .collect();
        match (places.pop(), places.is_empty()) {
            (Some(only), true) => Ok(only.clone()),
            (Some(last), false) => {
                places.push(last);
                let namespaces: Vec<&str> = places.iter().map(|place| &*place.1).collect();
                Err(ResourceOperationError::invalid_input(format!(
                    "there are several objects {id:?}, in the namespaces {}",
                    namespaces.join(", ")
                ))
                .with_suggestion("name the namespace"))
            }
            (None, _) => {
                let place = (id.to_owned(), namespace.to_owned());
                let message = format!("there is no object {}", describe(&place));
                Err(ResourceOperationError::not_found(message)
                    .with_suggestion("list the objects to see what there is"))
            }
        }
    }
}

fn place_of(item: &Item) -> Place {
    (item.id().to_owned(), item.namespace().to_owned())
}

fn describe((id, namespace): &Place) -> String {
    match namespace.as_str() {
        "" => id.clone(),
        namespace => format!("{namespace}/{id}"),
    }
}

fn moves(what: &str, of_the_object: &str, of_the_call: &str) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!(
        "the {what} of the object is {of_the_object:?}, and that of the call {of_the_call:?}"
    ))
    .with_suggestion(
        "give both the same; to move an object, create another one and delete this one",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The pods `web` in two namespaces, and `db` in one.
    fn pods() -> Collection {
        let pods = Collection::new(Identity::new("id", "ns"));
        for (namespace, id) in [("prod", "web"), ("dev", "web"), ("dev", "db")] {
            let pod = json!({"id": id, "ns": namespace, "version": 1});
            pods.create(CreateInput::new(pod)).unwrap();
        }
        pods
    }

    fn code<T: std::fmt::Debug>(answer: Result<T>) -> ErrorCode {
        answer.unwrap_err().code().clone()
    }

    /// Contract: OPS-03
    #[test]
    fn without_a_namespace_the_only_object_of_that_id_is_meant() {
        let pods = pods();
        let db = pods.get(&GetInput::new("db")).unwrap();
        assert_eq!(db.result.to_value().unwrap()["ns"], "dev");
        let ambiguous = pods.get(&GetInput::new("web")).unwrap_err();
        assert_eq!(*ambiguous.code(), ErrorCode::InvalidInput);
        assert!(ambiguous.message().contains("dev, prod"), "{ambiguous}");
        let web = pods
            .get(&GetInput::new("web").in_namespace("prod"))
            .unwrap();
        assert_eq!(web.result.to_value().unwrap()["ns"], "prod");
        for nowhere in [
            GetInput::new("we"),
            GetInput::new("db").in_namespace("prod"),
        ] {
            assert_eq!(code(pods.get(&nowhere)), ErrorCode::NotFound);
        }
    }

    /// Contract: OPS-05, OPS-06
    #[test]
    fn a_place_is_taken_once_and_named_alike_by_object_and_call() {
        let pods = pods();
        let web = || CreateInput::new(json!({"id": "web", "ns": "dev"}));
        assert_eq!(code(pods.create(web())), ErrorCode::AlreadyExists);
        let other = CreateInput::new(json!({"id": "new", "ns": "dev"})).in_namespace("prod");
        assert_eq!(code(pods.create(other)), ErrorCode::InvalidInput);
        assert_eq!(pods.items().len(), 3, "what is refused has no effect");
    }

    /// Contract: OPS-07
    #[test]
    fn an_update_replaces_an_object_and_does_not_move_it() {
        let pods = pods();
        let update = |id: &str, pod| pods.update(UpdateInput::new(id, pod));
        let changed = json!({"id": "db", "ns": "dev", "version": 2});
        update("db", changed.clone()).unwrap();
        let db = pods.get(&GetInput::new("db")).unwrap();
        assert_eq!(db.result.to_value().unwrap(), changed);
        for moved in [
            json!({"id": "cache", "ns": "dev"}),
            json!({"id": "db", "ns": "prod"}),
        ] {
            assert_eq!(code(update("db", moved)), ErrorCode::InvalidInput);
        }
        let gone = json!({"id": "gone", "ns": "dev"});
        assert_eq!(code(update("gone", gone)), ErrorCode::NotFound);
    }

    /// Contract: OPS-08
    #[test]
    fn a_deletion_answers_with_what_there_was() {
        let pods = pods();
        let last = pods
            .delete(&DeleteInput::new("db"))
            .unwrap()
            .result
            .unwrap();
        assert_eq!(last.to_value().unwrap()["version"], 1);
        assert_eq!(
            code(pods.delete(&DeleteInput::new("db"))),
            ErrorCode::NotFound
        );
    }

    #[test]
    fn an_object_that_is_made_again_has_another_uid() {
        let pods = pods();
        let before = pods.listing();
        pods.delete(&DeleteInput::new("db")).unwrap();
        let db = json!({"id": "db", "ns": "dev", "version": 1});
        pods.create(CreateInput::new(db)).unwrap();
        assert_eq!(pods.listing().changes_since(&before).len(), 2);
    }

    #[test]
    fn a_copy_is_the_same_collection() {
        let pods = pods();
        let copy = pods.clone();
        pods.delete(&DeleteInput::new("db")).unwrap();
        assert_eq!(copy.list(&ListInput::all()).unwrap().total_count, 2);
    }
}
