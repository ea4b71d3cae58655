//! Runs a program against a plugin, and holds every answer against the map.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use omniview_sdk::{
    ConnectionLifecycleProvider, DeleteInput, ErrorCode, GetInput, Json, ListInput,
    OperationProvider, ResourceOperationError, UpdateInput, WatchEvent, WatchProvider,
    query::{Identity, QueryItem},
};
use serde_json::Value;

use super::{
    Op,
    deeds::Deeds,
    generate::SLOTS,
    look::items,
    oracle::{Expected, Model, Place, changed},
};
use crate::{
    Cx, Halt, TypeUnderTest,
    cx::{difference, shortened},
    subject::Sample,
};

/// How long what somebody else has done may take to be told by a watch.
pub(super) const A_MOMENT: Duration = Duration::from_millis(20);

/// How often samples are drawn anew where somebody else has objects of their ids.
const DRAWS: usize = 5;

/// Where a plugin and the map part.
#[derive(Debug, Clone)]
pub(super) struct Mismatch {
    /// The place of the operation in the program.
    pub(super) at: usize,
    pub(super) what: String,
    pub(super) expected: String,
    pub(super) actual: String,
    /// What shows that somebody else had a hand in it, if anything does.
    pub(super) meddled: Option<String>,
}

/// Why a program ended early.
pub(super) enum Stop {
    Mismatch(Mismatch),
    Halt(Halt),
}

impl Stop {
    /// With what shows that somebody else had a hand in it.
    fn meddled(self, how: &str) -> Self {
        match self {
            Self::Mismatch(mismatch) => Self::Mismatch(Mismatch {
                meddled: Some(how.to_owned()),
                ..mismatch
            }),
            stop => stop,
        }
    }
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
    let mut driver = Driver::new(cx, ty).await?;
    let mut outcome = Ok(());
    for (at, op) in ops.iter().enumerate() {
        cx.count_assertion();
        outcome = driver.step(*op).await.map_err(|stop| match stop {
            Stop::Mismatch(mismatch) => Stop::Mismatch(Mismatch { at, ..mismatch }),
            stop => stop,
        });
        if let Err(stop) = &mut outcome {
            driver.look_for_others(stop).await;
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

pub(super) struct Driver<'a> {
    pub(super) cx: &'a Cx,
    pub(super) ty: &'a TypeUnderTest,
    namespaces: Vec<String>,
    /// The samples, slot by slot, each in every namespace.
    samples: Vec<Vec<Sample>>,
    pub(super) identity: Option<&'a Identity>,
    pub(super) model: Model,
    /// The ids of everything that was ever made, by its place.
    pub(super) ids: BTreeSet<(Place, String)>,
    deeds: Deeds,
    /// Where the program begins in the history.
    began: u64,
}

impl<'a> Driver<'a> {
    async fn new(cx: &'a Cx, ty: &'a TypeUnderTest) -> Result<Self, Halt> {
        let namespaces = ty.namespaces();
        let mut driver = Self {
            cx,
            ty,
            namespaces,
            samples: Vec::new(),
            identity: cx.facts.identities.get(&ty.key),
            model: Model::default(),
            ids: BTreeSet::new(),
            deeds: Deeds::default(),
            began: 0,
        };
        for _ in 0..DRAWS {
            driver.samples = (0..SLOTS)
                .map(|_| cx.samples_alike(ty, &driver.namespaces))
                .collect::<Result<_, _>>()?;
            if !driver.is_taken().await {
                break;
            }
        }
        driver.began = cx.mark();
        Ok(driver)
    }

    /// Whether an object is there already that a sample would be: of a run that was killed, or one that runs beside this one.
    async fn is_taken(&self) -> bool {
        let Some(identity) = self.identity else {
            return false;
        };
        let listed = self.cx.list(&self.ty.key, ListInput::all()).await;
        // What is wrong with it, the program will tell.
        let listed = listed.map_or_else(|_| Vec::new(), |listed| listed.result);
        let found = items(self.cx, &listed, identity).unwrap_or_default();
        let mut samples = self.samples.iter().flatten();
        samples.any(|sample| {
            let name = (&*sample.namespace, &*sample.id);
            found
                .iter()
                .any(|item| (item.namespace(), item.id()) == name)
        })
    }

    /// Asks the watch whether somebody else had a hand in how the program ended.
    async fn look_for_others(&self, stop: &mut Stop) {
        let Stop::Mismatch(mismatch) = stop else {
            return;
        };
        if mismatch.meddled.is_none() {
            tokio::time::sleep(A_MOMENT).await;
            let events = self.reported_since(self.began);
            let undone = self.deeds.undone(events.iter().map(|event| &**event));
            // What happened to the very object explains most, else what happened last.
            let told = |text: &str, id: &str| text.contains(id);
            let of_it = undone
                .iter()
                .rfind(|(id, _)| told(&mismatch.what, id) || told(&mismatch.actual, id));
            let chosen = of_it.or(undone.last());
            mismatch.meddled = chosen.map(|(_, how)| format!("its watch reports that {how}"));
        }
    }

    /// The events of the type.
    pub(super) fn reported_since(&self, mark: u64) -> Vec<Arc<WatchEvent>> {
        let mut events = self.cx.events_after(mark);
        events.retain(|event| {
            event.key() == &self.ty.key && event.connection() == self.cx.connection()
        });
        events
    }

    /// Whether an event is about an object of the program.
    pub(super) fn is_ours(&self, event: &WatchEvent) -> bool {
        let name = (event.id(), event.namespace());
        matches!(name, (Some(id), Some(namespace)) if self.deeds.touch(id, namespace))
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
            self.wrote(place, &sample.id, &sample.data)?;
            let created = self.cx.create(&self.ty.key, &sample).await;
            return refused(
                "a create of what is there",
                &ErrorCode::AlreadyExists,
                created,
            );
        }
        let is_first = self.ids.iter().all(|(made, _)| *made != place);
        self.wrote(place, &sample.id, &sample.data)?;
        let created = match self.cx.create(&self.ty.key, &sample).await {
            Ok(created) => created.result,
            Err(error) => {
                let is_taken = is_first && *error.code() == ErrorCode::AlreadyExists;
                let parted = succeeds("a create of what is not there", Err::<(), _>(error));
                return match is_taken && self.is_there(&sample).await {
                    true => {
                        parted.map_err(|stop| stop.meddled("it is there, and was not made here"))
                    }
                    false => parted,
                };
            }
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
        self.wrote(place, &id, &expected.last)?;
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
        self.wrote(place, &id, &after)?;
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
        self.wrote(place, &id, &updated)?;
        holds("what update answers", &answered, &value)?;
        let last = updated;
        self.model.put(place, Expected { id, value, last });
        Ok(())
    }

    async fn delete(&mut self, place: Place) -> Result<(), Stop> {
        let (id, namespace) = (self.id(place)?, self.namespace(place.1));
        self.deeds.removed(&id, &namespace);
        let input = DeleteInput::new(id).in_namespace(namespace);
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

    /// Notes what is about to be written to an object, or was answered.
    fn wrote(&mut self, place: Place, id: &str, state: &Json) -> Result<(), Stop> {
        let namespace = self.namespace(place.1);
        let state = parsed("an object", state)?;
        self.deeds.wrote(id, &namespace, state);
        Ok(())
    }

    async fn is_there(&self, sample: &Sample) -> bool {
        let (cx, key) = (self.cx, &self.ty.key);
        cx.get(key, &sample.id, &sample.namespace).await.is_ok()
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

    pub(super) fn namespace(&self, place: u8) -> String {
        let name = self.namespaces.get(usize::from(place));
        name.cloned().unwrap_or_default()
    }
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

pub(super) fn mismatch(
    what: impl Into<String>,
    expected: impl Into<String>,
    actual: impl Into<String>,
) -> Stop {
    Stop::Mismatch(Mismatch {
        at: 0,
        what: what.into(),
        expected: expected.into(),
        actual: actual.into(),
        meddled: None,
    })
}
