//! The client. It talks to a backend in memory: replace it by yours, an HTTP client or a pool.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use omniview_sdk::query::{Item, QueryItem};
use tokio::sync::Notify;

/// What goes wrong in the backend.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// There is no such task.
    #[error("there is no task {0:?}")]
    NotFound(String),
    /// There is such a task already.
    #[error("there is a task {0:?} already")]
    Taken(String),
    /// The backend refuses.
    #[error("the list is locked")]
    Locked,
    /// The backend does not work.
    #[error("the list cannot be reached")]
    Unreachable,
}

/// What is wrong with a list at the moment; a test says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// It refuses.
    Locked,
    /// It does not work.
    Unreachable,
}

/// Something that happened to a task.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is new.
    Added(Item),
    /// It is another now.
    Updated(Item),
    /// It is gone; this is what it was.
    Deleted(Item),
}

/// The backend: lists of tasks by name. It is there before a connection and after it.
#[derive(Debug, Clone, Default)]
pub struct Backend(Arc<Mutex<BTreeMap<String, Client>>>);

impl Backend {
    /// The list with this name.
    pub fn list(&self, name: &str) -> Client {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.entry(name.to_owned()).or_default().clone()
    }
}

/// A client of one list. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Client(Arc<List>);

#[derive(Debug, Default)]
struct List {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    tasks: BTreeMap<String, Item>,
    log: Vec<Change>,
    trouble: Trouble,
}

impl Client {
    /// Every task, and where in the log of changes that was.
    pub fn all(&self) -> Result<(Vec<Item>, usize), ClientError> {
        let state = self.open()?;
        Ok((state.tasks.values().cloned().collect(), state.log.len()))
    }

    /// One task.
    pub fn get(&self, id: &str) -> Result<Item, ClientError> {
        let task = self.open()?.tasks.get(id).cloned();
        task.ok_or_else(|| ClientError::NotFound(id.to_owned()))
    }

    /// Adds a task.
    pub fn create(&self, task: Item) -> Result<(), ClientError> {
        self.change(|state| {
            if state.tasks.contains_key(task.id()) {
                return Err(ClientError::Taken(task.id().to_owned()));
            }
            state.tasks.insert(task.id().to_owned(), task.clone());
            Ok(((), Change::Added(task)))
        })
    }

    /// Replaces a task.
    pub fn update(&self, id: &str, task: Item) -> Result<(), ClientError> {
        self.change(|state| match state.tasks.get_mut(id) {
            Some(kept) => {
                *kept = task.clone();
                Ok(((), Change::Updated(task)))
            }
            None => Err(ClientError::NotFound(id.to_owned())),
        })
    }

    /// Removes a task and returns it.
    pub fn delete(&self, id: &str) -> Result<Item, ClientError> {
        self.change(|state| match state.tasks.remove(id) {
            Some(task) => Ok((task.clone(), Change::Deleted(task))),
            None => Err(ClientError::NotFound(id.to_owned())),
        })
    }

    /// What was logged after `seen` changes; waits until there is something.
    pub async fn changes(&self, seen: usize) -> Result<Vec<Change>, ClientError> {
        loop {
            // Registered before the look, so that a change in between is not missed.
            let changed = self.0.changed.notified();
            let news = self.open()?.log[seen..].to_vec();
            if !news.is_empty() {
                return Ok(news);
            }
            changed.await;
        }
    }

    /// Makes the list refuse, fail, or work again.
    pub fn trouble(&self, trouble: Trouble) {
        self.lock().trouble = trouble;
        self.0.changed.notify_waiters();
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<(T, Change), ClientError>,
    ) -> Result<T, ClientError> {
        let mut state = self.open()?;
        let (answer, logged) = change(&mut state)?;
        state.log.push(logged);
        drop(state);
        self.0.changed.notify_waiters();
        Ok(answer)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, ClientError> {
        let state = self.lock();
        match state.trouble {
            Trouble::None => Ok(state),
            Trouble::Locked => Err(ClientError::Locked),
            Trouble::Unreachable => Err(ClientError::Unreachable),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
