//! What several invariants look at: the events of one watch, and the objects that they tell of.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use omniview_sdk::{ConnectionId, ResourceKey, WatchState};

use super::super::{Payload, Step, StepKind, Trace};

/// A watch: a type on a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Watch<'t> {
    pub(super) connection: &'t ConnectionId,
    pub(super) key: &'t ResourceKey,
}

impl fmt::Display for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.key, self.connection)
    }
}

/// The events of each watch, in order.
pub(super) fn watches(trace: &Trace) -> BTreeMap<Watch<'_>, Vec<&Step>> {
    let mut watches: BTreeMap<Watch<'_>, Vec<&Step>> = BTreeMap::new();
    for step in trace.events() {
        if let (Some(connection), Some(key)) = (&step.connection, &step.key) {
            watches
                .entry(Watch { connection, key })
                .or_default()
                .push(step);
        }
    }
    watches
}

/// Which object an event is about: its namespace and its id.
pub(super) type Name = (String, String);

pub(super) fn name(step: &Step) -> Name {
    (
        step.namespace.clone().unwrap_or_default(),
        step.id.clone().unwrap_or_default(),
    )
}

pub(super) fn shown((namespace, id): &Name) -> String {
    match namespace.as_str() {
        "" => id.clone(),
        namespace => format!("{namespace}/{id}"),
    }
}

/// What is wrong with an event about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breach {
    /// It is added, and is there: since this place.
    AddedTwice(u64),
    /// It is changed or removed, and is not there: since this place it is gone, if it ever was.
    NotThere(Option<u64>),
}

/// The objects that the events of one watch tell of.
pub(super) struct Objects {
    /// Whether nothing was missed before the first event.
    complete: bool,
    state: Option<WatchState>,
    live: BTreeMap<Name, Live>,
    gone: BTreeMap<Name, u64>,
    /// Since the last Syncing; none before the first that was heard.
    sync: Option<Sync>,
}

/// An object that is there.
#[derive(Clone)]
pub(super) struct Live {
    /// When it was last told of.
    pub(super) since: u64,
    /// Its content, as it was last told.
    pub(super) payload: Option<Payload>,
    /// Told of before the last Syncing and not since.
    carried: bool,
    /// Told of once, in the initial list.
    pub(super) is_initial: bool,
}

/// One attempt, from Syncing on.
#[derive(Default)]
pub(super) struct Sync {
    /// The objects that were added before Synced.
    pub(super) added: BTreeSet<Name>,
    /// How many were removed before Synced.
    pub(super) removed: usize,
    /// How many were carried over from attempts before.
    pub(super) carried: usize,
}

impl Objects {
    pub(super) fn new(complete: bool) -> Self {
        Self {
            complete,
            state: None,
            live: BTreeMap::new(),
            gone: BTreeMap::new(),
            sync: None,
        }
    }

    pub(super) fn state(&self) -> Option<WatchState> {
        self.state
    }

    pub(super) fn sync(&self) -> Option<&Sync> {
        self.sync.as_ref()
    }

    /// The objects that are there, once an attempt that was heard has synced.
    pub(super) fn known(&self) -> Option<&BTreeMap<Name, Live>> {
        (self.sync.is_some() && self.state == Some(WatchState::Synced)).then_some(&self.live)
    }

    pub(super) fn live(&self) -> usize {
        self.live.len()
    }

    pub(super) fn take(&mut self, step: &Step) -> Option<Breach> {
        match step.kind {
            StepKind::State => {
                self.turn(step);
                None
            }
            StepKind::Add => self.add(step),
            StepKind::Update => self.change(step),
            StepKind::Delete => self.remove(step),
            _ => None,
        }
    }

    fn turn(&mut self, step: &Step) {
        self.state = step.state;
        match step.state {
            Some(WatchState::Syncing) => {
                for live in self.live.values_mut() {
                    live.carried = true;
                }
                self.gone.clear();
                self.sync = Some(Sync {
                    carried: self.live.len(),
                    ..Sync::default()
                });
            }
            Some(WatchState::Synced) => {
                // An attempt that lists everything anew replaces what was known; one that goes on where the last one
                // ended adds to it.
                let Some(sync) = &self.sync else { return };
                let count = step.count.unwrap_or(0);
                if usize::try_from(count).is_ok_and(|count| count == sync.added.len()) {
                    self.live.retain(|_, live| !live.carried);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, step: &Step) -> Option<Breach> {
        let name = name(step);
        let is_initial = self.state == Some(WatchState::Syncing);
        if let (true, Some(sync)) = (is_initial, &mut self.sync) {
            sync.added.insert(name.clone());
        }
        let known = self.live.get(&name).filter(|live| !live.carried);
        let breach = known.map(|live| Breach::AddedTwice(live.since));
        self.gone.remove(&name);
        self.live.insert(name, live(step, is_initial));
        breach
    }

    fn change(&mut self, step: &Step) -> Option<Breach> {
        let name = name(step);
        let breach = self.missing(&name);
        self.live.insert(name, live(step, false));
        breach
    }

    fn remove(&mut self, step: &Step) -> Option<Breach> {
        let name = name(step);
        let breach = self.missing(&name);
        if let (Some(WatchState::Syncing), Some(sync)) = (self.state, &mut self.sync) {
            sync.removed += 1;
        }
        self.live.remove(&name);
        self.gone.insert(name, step.sequence);
        breach
    }

    fn missing(&self, name: &Name) -> Option<Breach> {
        if self.live.contains_key(name) {
            return None;
        }
        let gone = self.gone.get(name).copied();
        (gone.is_some() || self.complete).then_some(Breach::NotThere(gone))
    }
}

fn live(step: &Step, is_initial: bool) -> Live {
    Live {
        since: step.sequence,
        payload: step.payload.clone(),
        carried: false,
        is_initial,
    }
}
