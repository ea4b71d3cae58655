//! Runs a program against a plugin, and holds every answer against the map.

use std::collections::BTreeSet;

use omniview_sdk::{
    ConnectionLifecycleProvider, DeleteInput, ErrorCode, FindInput, GetInput, Json, ListInput,
    OperationProvider, ResourceOperationError, UpdateInput, WatchProvider,
    query::{Identity, Item, QueryItem},
};
use serde_json::Value;

use super::{
    Op,
    generate::SLOTS,
    oracle::{Expected, Model, Place, changed, contradiction},
};
use crate::{
    Cx, Halt, TypeUnderTest,
    cx::{difference, shortened},
    subject::Sample,
};

/// Where a plugin and the map part.
#[derive(Debug, Clone)]
pub(super) struct Mismatch {
    /// The place of the operation in the program.
    pub(super) at: usize,
    pub(super) what: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// Why a program ended early.
pub(super) enum Stop {
    Mismatch(Mismatch),
    Halt(Halt),
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// Runs a program with samples of its own, and removes what it has made.
///
/// The inner result is where the plugin and the map part, the outer one what else went wrong.
pub(super) async fn drive(
    cx: &Cx,
    ty: &TypeUnderTest,
    ops: &[Op],
) -> Result<Result<(), Mismatch>, Halt> {
    let mut driver = Driver::new(cx, ty)?;
    let mut outcome = Ok(());
    for (at, op) in ops.iter().enumerate() {
        cx.count_assertion();
        outcome = driver.step(*op).await.map_err(|stop| match stop {
            Stop::Mismatch(mismatch) => Stop::Mismatch(Mismatch { at, ..mismatch }),
            stop => stop,
        });
        if outcome.is_err() {
            break;
        }
    }
    driver.clean().await;
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Mismatch(mismatch)) => Ok(Err(mismatch)),
        Err(Stop::Halt(halt)) => Err(halt),
    }
}

struct Driver<'a> {
    cx: &'a Cx,
    ty: &'a TypeUnderTest,
    namespaces: Vec<String>,
    /// The samples, slot by slot, each in every namespace.
    samples: Vec<Vec<Sample>>,
    identity: Option<&'a Identity>,
    model: Model,
    /// The ids of everything that was ever made, by its place.
    ids: BTreeSet<(Place, String)>,
}

impl<'a> Driver<'a> {
    fn new(cx: &'a Cx, ty: &'a TypeUnderTest) -> Result<Self, Halt> {
        let namespaces = ty.namespaces();
        let samples: Vec<Vec<Sample>> = (0..SLOTS)
            .map(|_| cx.samples_alike(ty, &namespaces))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            cx,
            ty,
            namespaces,
            samples,
            identity: cx.facts.identities.get(&ty.key),
            model: Model::default(),
            ids: BTreeSet::new(),
        })
    }

    async fn step(&mut self, op: Op) -> Result<(), Stop> {
        match op {
            Op::Create { slot, namespace } => self.create((slot, namespace)).await,
            Op::Update { slot, namespace } => self.update((slot, namespace)).await,
            Op::Delete { slot, namespace } => self.delete((slot, namespace)).await,
            Op::Get { slot, namespace } => self.get((slot, namespace)).await,
            Op::List { within, pages } => self.query("list", within, pages).await,
            Op::Find { within, pages } => self.query("find", within, pages).await,
            Op::RestartWatch => {
                let (cx, key) = (self.cx, &self.ty.key);
                let restarted = cx
                    .recorder
                    .restart_resource_watch(&cx.ctx(), cx.connection(), key)
                    .await;
                match restarted {
                    // A type that is never watched refuses, and is as good as before.
                    Err(error) if *error.code() == ErrorCode::Unsupported => Ok(()),
                    restarted => succeeds("a restart of the watch", restarted),
                }
            }
            Op::Reconnect => {
                let (cx, connection) = (self.cx, self.cx.connection());
                let stopped = cx.recorder.stop_connection(&cx.ctx(), connection).await;
                succeeds("a stop of the connection", stopped)?;
                let started = cx.recorder.start_connection(&cx.ctx(), connection).await;
                succeeds("a start of the connection", started)
            }
        }
    }

    async fn create(&mut self, place: Place) -> Result<(), Stop> {
        let sample = self.sample(place)?.clone();
        let fixture = self.ty.fixture.as_ref();
        if self.model.get(place).is_some() {
            // A backend that chooses ids makes another object, which nobody asked for.
            if fixture.is_some_and(|fixture| fixture.assigns_ids()) {
                return Ok(());
            }
            let created = self.cx.create(&self.ty.key, &sample).await;
            return refused(
                "a create of what is there",
                &ErrorCode::AlreadyExists,
                created,
            );
        }
        let created = match self.cx.create(&self.ty.key, &sample).await {
            Ok(created) => created.result,
            Err(error) => return succeeds("a create of what is not there", Err::<(), _>(error)),
        };
        let value = parsed("what create answers", &created)?;
        let id = fixture
            .and_then(|fixture| fixture.id_of(&value))
            .unwrap_or_else(|| sample.id.clone());
        let expected = Expected {
            id: id.clone(),
            value: parsed("a sample", &sample.data)?,
            last: created,
        };
        self.ids.insert((place, id));
        self.model.put(place, expected.clone());
        holds("what create answers", &value, &expected.value)
    }

    async fn update(&mut self, place: Place) -> Result<(), Stop> {
        let namespace = self.namespace(place.1);
        let (id, base) = match self.model.get(place) {
            Some(expected) => (expected.id.clone(), expected.last.clone()),
            None => {
                let sample = self.sample(place)?;
                (sample.id.clone(), sample.data.clone())
            }
        };
        let after = self.cx.changed(self.ty, &base)?;
        let input = UpdateInput::new(&id, after.clone()).in_namespace(&namespace);
        let ctx = self.cx.ctx();
        let updated = self.cx.recorder.update(&ctx, &self.ty.key, input).await;
        let Some(expected) = self.model.get(place).cloned() else {
            return refused(
                "an update of what is not there",
                &ErrorCode::NotFound,
                updated,
            );
        };
        let updated = match updated {
            Ok(updated) => updated.result,
            Err(error) => return succeeds("an update of what is there", Err::<(), _>(error)),
        };
        let value = changed(
            &expected.value,
            &parsed("an object", &base)?,
            &parsed("a changed object", &after)?,
        );
        let answered = parsed("what update answers", &updated)?;
        holds("what update answers", &answered, &value)?;
        let last = updated;
        self.model.put(place, Expected { id, value, last });
        Ok(())
    }

    async fn delete(&mut self, place: Place) -> Result<(), Stop> {
        let input = DeleteInput::new(self.id(place)?).in_namespace(self.namespace(place.1));
        let ctx = self.cx.ctx();
        let deleted = self.cx.recorder.delete(&ctx, &self.ty.key, input).await;
        if self.model.get(place).is_none() {
            return refused(
                "a delete of what is not there",
                &ErrorCode::NotFound,
                deleted,
            );
        }
        succeeds("a delete of what is there", deleted)?;
        self.model.remove(place);
        Ok(())
    }

    async fn get(&mut self, place: Place) -> Result<(), Stop> {
        let input = GetInput::new(self.id(place)?).in_namespace(self.namespace(place.1));
        let ctx = self.cx.ctx();
        let got = self.cx.recorder.get(&ctx, &self.ty.key, input).await;
        let Some(expected) = self.model.get(place) else {
            return refused("a get of what is not there", &ErrorCode::NotFound, got);
        };
        match got {
            Ok(got) => {
                let value = parsed("what get answers", &got.result)?;
                holds("what get answers", &value, &expected.value)
            }
            Err(error) => succeeds("a get of what is there", Err::<(), _>(error)),
        }
    }

    /// Reads everything at once, and in pages if more than one is asked for, and looks for what should be there.
    async fn query(&self, verb: &str, within: Option<u8>, pages: u8) -> Result<(), Stop> {
        let Some(identity) = self.identity else {
            return Ok(());
        };
        let whole = self.read(verb, within, None).await?;
        let items = items(&whole, identity)?;
        self.compare(verb, within, &items)?;
        if pages < 2 || whole.is_empty() {
            return Ok(());
        }
        let size = whole.len().div_ceil(usize::from(pages));
        let mut paged = Vec::new();
        for page in 1..=whole.len().div_ceil(size) {
            paged.extend(self.read(verb, within, Some((page, size))).await?);
        }
        if paged == whole || self.read(verb, within, None).await? != whole {
            // Somebody else works on the backend where it is not what it was.
            return Ok(());
        }
        Err(mismatch(
            format!("the pages of {size} that {verb} answers, one after the other"),
            format!("the {} objects of one page", whole.len()),
            format!("{} objects, not the same", paged.len()),
        ))
    }

    async fn read(
        &self,
        verb: &str,
        within: Option<u8>,
        page: Option<(usize, usize)>,
    ) -> Result<Vec<Json>, Stop> {
        let (cx, key) = (self.cx, &self.ty.key);
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        macro_rules! input {
            ($input:ident) => {{
                let mut input = $input::all();
                if let Some(namespace) = within {
                    input = input.namespace(self.namespace(namespace));
                }
                if let Some((page, size)) = page {
                    input = input.page(number(page), number(size));
                }
                input
            }};
        }
        let answer = match verb {
            "list" => cx.list(key, input!(ListInput)).await.map(|got| got.result),
            _ => cx.find(key, input!(FindInput)).await.map(|got| got.result),
        };
        answer.map_err(|error| mismatch(verb, "success", error.summary()))
    }

    fn compare(&self, verb: &str, within: Option<u8>, items: &[Item]) -> Result<(), Stop> {
        let named: Vec<(&str, &str)> = items
            .iter()
            .map(|item| (item.namespace(), item.id()))
            .collect();
        for (place, expected) in self.model.within(within) {
            let namespace = self.namespace(place.1);
            let wanted = (&*namespace, &*expected.id);
            let mut found = named.iter().zip(items).filter(|(name, _)| **name == wanted);
            let what = format!("{} in what {verb} answers", expected.id);
            match (found.next(), found.next()) {
                (Some((_, item)), None) => {
                    if let Some(actual) = contradiction(item.value(), &expected.value) {
                        return Err(mismatch(what, "what it was made to be", actual));
                    }
                }
                (None, _) => return Err(mismatch(what, "there once", "not there")),
                (Some(_), Some(_)) => return Err(mismatch(what, "there once", "there twice")),
            }
        }
        let gone = self.ids.iter().find(|(place, id)| {
            let is_there = self.model.get(*place).is_some_and(|one| one.id == *id);
            let elsewhere = within.is_some_and(|namespace| place.1 != namespace);
            let namespace = self.namespace(place.1);
            (!is_there || elsewhere) && named.contains(&(&*namespace, id))
        });
        match gone {
            None => Ok(()),
            Some((_, id)) => Err(mismatch(
                format!("{id} in what {verb} answers"),
                "not there",
                "there",
            )),
        }
    }

    /// Removes what is left; what cannot be removed is in the ledger.
    async fn clean(&self) {
        for (place, id) in &self.ids {
            if self.model.get(*place).is_some() {
                let input = DeleteInput::new(id).in_namespace(self.namespace(place.1));
                let ctx = self.cx.ctx();
                let _ = self.cx.recorder.delete(&ctx, &self.ty.key, input).await;
            }
        }
    }

    fn sample(&self, (slot, namespace): Place) -> Result<&Sample, Halt> {
        self.samples
            .get(usize::from(slot))
            .and_then(|samples| samples.get(usize::from(namespace)))
            .ok_or_else(|| {
                Halt::broken(format!(
                    "there is no object {slot} in namespace {namespace}: the subject names {} \
                     namespaces, and a program has {SLOTS} objects",
                    self.namespaces.len()
                ))
            })
    }

    fn id(&self, place: Place) -> Result<String, Halt> {
        match self.model.get(place) {
            Some(expected) => Ok(expected.id.clone()),
            None => Ok(self.sample(place)?.id.clone()),
        }
    }

    fn namespace(&self, place: u8) -> String {
        let name = self.namespaces.get(usize::from(place));
        name.cloned().unwrap_or_default()
    }
}

fn items(objects: &[Json], identity: &Identity) -> Result<Vec<Item>, Stop> {
    let parsed = objects
        .iter()
        .map(|json| Item::parse(json.clone(), identity));
    parsed.collect::<Result<_, _>>().map_err(|error| {
        mismatch(
            "an object of a list",
            "one that says which it is",
            error.message(),
        )
    })
}

fn parsed(what: &str, json: &Json) -> Result<Value, Stop> {
    json.to_value()
        .map_err(|error| mismatch(what, "JSON that can be read", format!("{error}: {json}")))
}

fn holds(what: &str, have: &Value, want: &Value) -> Result<(), Stop> {
    match difference(have, want, "") {
        None => Ok(()),
        Some((path, want, have)) => Err(mismatch(
            what,
            format!("{path} is {want}"),
            match have {
                Some(have) => format!("{path} is {have}"),
                None => format!("{path} is missing"),
            },
        )),
    }
}

fn succeeds<T>(what: &str, result: Result<T, ResourceOperationError>) -> Result<(), Stop> {
    match result {
        Ok(_) => Ok(()),
        Err(error) => Err(mismatch(what, "success", error.summary())),
    }
}

fn refused<T: std::fmt::Debug>(
    what: &str,
    code: &ErrorCode,
    result: Result<T, ResourceOperationError>,
) -> Result<(), Stop> {
    match result {
        Err(error) if error.code() == code => Ok(()),
        Err(error) => Err(mismatch(what, code.as_str(), error.summary())),
        Ok(answer) => Err(mismatch(
            what,
            code.as_str(),
            format!("success: {}", shortened(&format!("{answer:?}"))),
        )),
    }
}

fn mismatch(
    what: impl Into<String>,
    expected: impl Into<String>,
    actual: impl Into<String>,
) -> Stop {
    Stop::Mismatch(Mismatch {
        at: 0,
        what: what.into(),
        expected: expected.into(),
        actual: actual.into(),
    })
}
