//! Listings, with the identity of each object.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use omniview_sdk::{
    Json, ListInput,
    query::{Identity, Item, QueryItem},
};
use serde_json::Value;

use super::{Stop, prerequisite};
use crate::{Cx, Halt, Object, Operation, TypeUnderTest, cx::shortened};

/// Which object it is, within its type.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::checks) struct Id {
    pub(in crate::checks) namespace: String,
    pub(in crate::checks) id: String,
}

impl Id {
    pub(in crate::checks) fn new(namespace: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            id: id.into(),
        }
    }
}

impl From<&Object> for Id {
    fn from(object: &Object) -> Self {
        Self::new(&object.namespace, &object.id)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => f.write_str(&self.id),
            namespace => write!(f, "{namespace}/{}", self.id),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An object as it was answered.
#[derive(Debug, Clone)]
pub(in crate::checks) struct Seen {
    pub(in crate::checks) id: Id,
    pub(in crate::checks) json: Json,
    content: Content,
    /// Whether it was the same before and after what was observed.
    pub(in crate::checks) steady: bool,
}

/// The parsed object.
#[derive(Debug, Clone)]
enum Content {
    Named(Arc<Item>),
    Nameless(Arc<Value>),
}

impl Seen {
    /// An object that does not say which it is.
    pub(super) fn nameless(id: Id, json: Json) -> Self {
        Self {
            id,
            content: Content::Nameless(Arc::new(json.to_value().unwrap_or_default())),
            json,
            steady: true,
        }
    }

    /// The parsed object.
    pub(in crate::checks) fn value(&self) -> &Value {
        match &self.content {
            Content::Named(item) => item.value(),
            Content::Nameless(value) => value,
        }
    }
}

/// Every object of a type.
#[derive(Debug, Clone)]
pub(in crate::checks) struct Listing {
    pub(in crate::checks) objects: Arc<[Seen]>,
    pub(in crate::checks) total: i64,
}

impl Listing {
    pub(in crate::checks) fn ids(&self) -> BTreeSet<Id> {
        self.objects.iter().map(|seen| seen.id.clone()).collect()
    }

    pub(in crate::checks) fn find(&self, id: &Id) -> Option<&Seen> {
        self.objects.iter().find(|seen| seen.id == *id)
    }

    pub(in crate::checks) fn has(&self, id: &Id) -> bool {
        self.find(id).is_some()
    }

    /// The namespaces that objects are in.
    pub(in crate::checks) fn namespaces(&self) -> Vec<String> {
        let distinct: BTreeSet<&String> =
            self.objects.iter().map(|seen| &seen.id.namespace).collect();
        distinct.into_iter().cloned().collect()
    }

    /// Marks what is not the same in `later`.
    fn compared_with(&self, later: &Self) -> Self {
        let after: BTreeMap<&Id, &Json> = later
            .objects
            .iter()
            .map(|seen| (&seen.id, &seen.json))
            .collect();
        let objects = self.objects.iter().map(|seen| Seen {
            steady: after.get(&seen.id) == Some(&&seen.json),
            ..seen.clone()
        });
        Self {
            objects: objects.collect(),
            total: self.total,
        }
    }
}

/// Where the objects of a type say which they are.
pub(in crate::checks) enum Naming {
    /// At these paths.
    At(Identity),
    /// Nobody says; then the whole object is its own name, and it cannot be asked for.
    Nowhere,
}

impl Naming {
    /// Finds it out: from the type's definition, else from where a sample has its id.
    pub(in crate::checks) async fn of(cx: &Cx, ty: &TypeUnderTest) -> Result<Self, Halt> {
        let definition = cx.provider().resource_definition(&cx.ctx(), &ty.key).await;
        let definition = cx.given("the definition of the type", definition)?;
        if !definition.id_accessor.is_empty() {
            return Ok(Self::At(Identity::from(&definition)));
        }
        let sample = ty
            .fixture
            .as_ref()
            .filter(|fixture| !fixture.assigns_ids())
            .and_then(|fixture| fixture.make_sample(0, &ty.namespaces()[0]));
        let path = sample.and_then(|sample| {
            let value = sample.data.to_value().ok()?;
            path_of(&value, &sample.id, "")
        });
        Ok(path.map_or(Self::Nowhere, |path| {
            Self::At(Identity::new(path, definition.namespace_accessor))
        }))
    }

    fn read(&self, cx: &Cx, ty: &TypeUnderTest, json: &Json) -> Result<Seen, Halt> {
        let Self::At(identity) = self else {
            return Ok(Seen::nameless(Id::new("", json.as_str()), json.clone()));
        };
        let item = cx.item(json, identity).map_err(|error| {
            Halt::Blocked(format!(
                "an object of {} does not say which it is: {}; it is {}",
                ty.key,
                error.message(),
                shortened(json.as_str())
            ))
        })?;
        Ok(Seen {
            id: Id::new(item.namespace(), item.id()),
            json: json.clone(),
            content: Content::Named(item),
            steady: true,
        })
    }
}

/// The path of a text in an object; keys with dots in them are passed over.
fn path_of(value: &Value, text: &str, path: &str) -> Option<String> {
    match value {
        Value::String(found) => (found == text && !path.is_empty()).then(|| path.to_owned()),
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| !name.contains('.'))
            .find_map(|(name, value)| path_of(value, text, &joined(path, name))),
        _ => None,
    }
}

pub(in crate::checks) fn joined(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// Reads objects of a type and finds out which each of them is.
pub(in crate::checks) async fn parse(
    cx: &Cx,
    ty: &TypeUnderTest,
    objects: &[Json],
) -> Result<Vec<Seen>, Halt> {
    let naming = Naming::of(cx, ty).await?;
    objects
        .iter()
        .map(|json| naming.read(cx, ty, json))
        .collect()
}

/// Does not go on unless the objects of a type say which they are.
pub(in crate::checks) async fn named(cx: &Cx, ty: &TypeUnderTest) -> Result<(), Stop> {
    match Naming::of(cx, ty).await? {
        Naming::At(_) => Ok(()),
        Naming::Nowhere => Err(Stop::Undeclared(
            "neither its definition nor a sample says where an object has its id".to_owned(),
        )),
    }
}

/// The identities of objects, in their order.
pub(in crate::checks) async fn ids(
    cx: &Cx,
    ty: &TypeUnderTest,
    objects: &[Json],
) -> Result<Vec<Id>, Halt> {
    let seen = parse(cx, ty, objects).await?;
    Ok(seen.into_iter().map(|seen| seen.id).collect())
}

/// Lists everything, for a check that is not about listing; not applicable where that is unsupported by intent.
pub(in crate::checks) async fn list_all(cx: &Cx, ty: &TypeUnderTest) -> Result<Listing, Halt> {
    if !ty.supports(Operation::List) {
        return Err(Halt::NotApplicable("list is not supported".to_owned()));
    }
    let listed = cx.list(&ty.key, ListInput::all()).await;
    let listed = cx.given("a list of everything", listed)?;
    Ok(Listing {
        objects: parse(cx, ty, &listed.result).await?.into(),
        total: listed.total_count,
    })
}

/// Observes something between two listings that have the same objects; what changed in between is not steady.
///
/// Somebody else may work on the backend at the same time: then it is tried again, and in the end blocked.
pub(in crate::checks) async fn quiet<T, F, Fut>(
    cx: &Cx,
    ty: &TypeUnderTest,
    observe: F,
) -> Result<(Listing, T), Stop>
where
    F: Fn(Listing) -> Fut + Send,
    Fut: Future<Output = Result<T, Stop>> + Send,
{
    const TRIES: usize = 3;
    for _ in 0..TRIES {
        let before = list_all(cx, ty).await?;
        let observed = observe(before.clone()).await?;
        let after = list_all(cx, ty).await?;
        if before.ids() == after.ids() {
            return Ok((before.compared_with(&after), observed));
        }
    }
    Err(Stop::NoData(format!(
        "objects came and went during each of {TRIES} comparisons"
    )))
}

/// A listing with at least so many objects; samples are made where there are too few.
pub(in crate::checks) async fn stocked(
    cx: &Cx,
    ty: &TypeUnderTest,
    least: usize,
) -> Result<Listing, Stop> {
    let listing = list_all(cx, ty).await?;
    let missing = least.saturating_sub(listing.objects.len());
    if missing == 0 {
        return Ok(listing);
    }
    if !can_make(ty) {
        return Err(Stop::NoData(format!(
            "it takes {least} objects, there are {}, and samples cannot be made",
            listing.objects.len()
        )));
    }
    let namespaces = ty.namespaces();
    let mut made = BTreeSet::new();
    for namespace in namespaces.iter().cycle().take(missing) {
        made.insert(Id::from(&cx.make_in(ty, namespace).await?));
    }
    let listed = || async { Ok(made.is_subset(&list_all(cx, ty).await?.ids())) };
    prerequisite(cx.eventually("what was created is listed", listed).await)?;
    Ok(list_all(cx, ty).await?)
}

/// Whether samples of a type can be made, and removed again.
pub(in crate::checks) fn can_make(ty: &TypeUnderTest) -> bool {
    let fixture = ty.fixture.as_ref();
    ty.supports(Operation::Create)
        && ty.supports(Operation::Delete)
        && fixture.is_some_and(|fixture| fixture.has_samples())
}

/// Expects the same objects, in whatever order; each is there once.
pub(in crate::checks) fn same_objects<'i>(
    cx: &Cx,
    what: impl Into<String>,
    actual: impl IntoIterator<Item = &'i Id>,
    expected: impl IntoIterator<Item = &'i Id>,
) -> Result<(), Halt> {
    cx.count_assertion();
    let actual: Vec<&Id> = actual.into_iter().collect();
    let have: BTreeSet<&Id> = actual.iter().copied().collect();
    let want: BTreeSet<&Id> = expected.into_iter().collect();
    let mut once = BTreeSet::new();
    let twice: BTreeSet<&Id> = actual.into_iter().filter(|id| !once.insert(*id)).collect();
    let differences: Vec<String> = [
        ("missing", want.difference(&have).copied().collect()),
        ("too much", have.difference(&want).copied().collect()),
        ("more than once", twice.into_iter().collect::<Vec<_>>()),
    ]
    .into_iter()
    .filter(|(_, ids)| !ids.is_empty())
    .map(|(how, ids)| format!("{how}: {}", some_of(&ids)))
    .collect();
    if differences.is_empty() {
        return Ok(());
    }
    let want: Vec<&Id> = want.into_iter().collect();
    Err(Halt::failed(
        what,
        format!("{}: {}", count(want.len()), some_of(&want)),
        differences.join("; "),
    ))
}

/// Expects the same objects in the same order.
pub(in crate::checks) fn same_sequence(
    cx: &Cx,
    what: impl Into<String>,
    actual: &[Id],
    expected: &[Id],
) -> Result<(), Halt> {
    cx.count_assertion();
    if actual == expected {
        return Ok(());
    }
    let place = actual
        .iter()
        .zip(expected)
        .take_while(|(actual, expected)| actual == expected)
        .count();
    let around = |ids: &[Id]| {
        let from = place.saturating_sub(1).min(ids.len());
        let to = (place + 4).min(ids.len());
        let shown: Vec<&Id> = ids[from..to].iter().collect();
        format!(
            "{}, from the {}. on: {}",
            count(ids.len()),
            from + 1,
            some_of(&shown)
        )
    };
    Err(Halt::failed(what, around(expected), around(actual)))
}

fn count(objects: usize) -> String {
    match objects {
        1 => "1 object".to_owned(),
        objects => format!("{objects} objects"),
    }
}

fn some_of(ids: &[&Id]) -> String {
    const MOST: usize = 8;
    let mut text: Vec<String> = ids.iter().take(MOST).map(ToString::to_string).collect();
    if ids.len() > MOST {
        text.push(format!("and {} more", ids.len() - MOST));
    }
    if text.is_empty() {
        return "none".to_owned();
    }
    text.join(", ")
}
