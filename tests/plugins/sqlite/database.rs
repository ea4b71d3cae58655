//! The client: one thread that owns one connection of SQLite.

use std::{
    collections::BTreeMap,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use omniview_sdk::{ErrorCode, PluginResult, ResourceOperationError};
use regex::Regex;
use rusqlite::{Connection, OpenFlags, functions::FunctionFlags};
use tokio::sync::{oneshot, watch};

use super::{
    filter::instant,
    schema::{TABLES, Table},
};

/// How long a statement waits for another program that has locked the database.
const BUSY: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A client of one database.
///
/// SQLite blocks whoever asks it, so a thread of its own does the asking: it takes one job after the other, and the
/// plugin's futures wait for its answers. No lock is held while they do.
pub struct Database {
    worker: Mutex<Option<Worker>>,
    bells: BTreeMap<&'static str, watch::Sender<u64>>,
}

struct Worker {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl Database {
    /// Opens the database that a path or a `file:` URI names; it has to exist.
    ///
    /// # Errors
    ///
    /// Those of SQLite.
    ///
    /// # Cancel safety
    ///
    /// When dropped, the thread finds that nobody waits for it, and ends.
    pub async fn open(target: &str) -> PluginResult<Self> {
        let bells: BTreeMap<&str, watch::Sender<u64>> = TABLES
            .iter()
            .map(|table| (table.name, watch::Sender::new(0)))
            .collect();
        let (jobs, work) = mpsc::channel::<Job>();
        let (opened, is_open) = oneshot::channel();
        let (target, ringing) = (target.to_owned(), bells.clone());
        let thread =
            thread::Builder::new()
                .name("sqlite".to_owned())
                .spawn(move || match connect(&target, ringing) {
                    Ok(mut database) => {
                        let _ = opened.send(Ok(()));
                        // It ends when nobody can send jobs any more.
                        work.into_iter().for_each(|job| job(&mut database));
                    }
                    Err(error) => drop(opened.send(Err(error))),
                })?;
        is_open.await.map_err(|_| closed())??;
        Ok(Self {
            worker: Mutex::new(Some(Worker { jobs, thread })),
            bells,
        })
    }

    /// Has the thread do something with the connection, and waits for what comes out.
    ///
    /// A panic of the job is the caller's, as if there were no thread in between.
    ///
    /// # Errors
    ///
    /// Those of the job, and `UNAVAILABLE` once the database was closed.
    ///
    /// # Cancel safety
    ///
    /// When dropped, a job that has not begun never begins; one that runs is finished.
    pub async fn call<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> PluginResult<T> + Send + 'static,
    ) -> PluginResult<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |database| {
            if !answer.is_closed() {
                let _ = answer.send(catch_unwind(AssertUnwindSafe(|| job(database))));
            }
        });
        match &*self.worker.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(worker) => worker.jobs.send(job).map_err(|_| closed())?,
            None => return Err(closed()),
        }
        match answered.await.map_err(|_| closed())? {
            Ok(result) => result,
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Rings for each row of a table that this connection has written or removed.
    ///
    /// It rings before the change is committed. That is early enough: whoever hears it asks for the rows by
    /// [`call`](Self::call), and that waits for the job that writes. It does not ring for what other connections
    /// write, which SQLite does not tell.
    pub fn bell(&self, table: &Table) -> watch::Receiver<u64> {
        match self.bells.get(table.name) {
            Some(bell) => bell.subscribe(),
            // A table that is no type never changes.
            None => watch::channel(0).1,
        }
    }

    /// Ends the thread and waits until it has ended, what it was asked before done.
    pub async fn close(&self) {
        let worker = self
            .worker
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Worker { jobs, thread }) = worker else {
            return;
        };
        drop(jobs);
        // Joining blocks too.
        let _ = tokio::task::spawn_blocking(|| thread.join()).await;
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

fn closed() -> omniview_sdk::BoxError {
    ResourceOperationError::new(ErrorCode::Unavailable, "the database was closed")
        .with_suggestion("start the connection again")
        .into()
}

fn connect(
    target: &str,
    bells: BTreeMap<&'static str, watch::Sender<u64>>,
) -> rusqlite::Result<Connection> {
    // Without CREATE: a mistyped path is an error, and not a new, empty shop.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(target, flags)?;
    database.busy_timeout(BUSY)?;
    database.pragma_update(None, "foreign_keys", true)?;
    teach(&database)?;
    database.update_hook(Some(move |_, _: &str, table: &str, _| {
        if let Some(bell) = bells.get(table) {
            bell.send_modify(|rung| *rung += 1);
        }
    }))?;
    // SQLite opens a file when it is first read: what is wrong with it is said now.
    database.query_one("SELECT count(*) FROM branches", [], |_| Ok(()))?;
    Ok(database)
}

/// Teaches SQLite what the contract means and SQL has no word for.
fn teach(database: &Connection) -> rusqlite::Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // `text REGEXP pattern` calls it: SQL has the operator, SQLite leaves its meaning to the program.
    database.create_scalar_function("regexp", 2, pure, |call| {
        let pattern = call.get_or_create_aux(0, |pattern| {
            Ok::<_, omniview_sdk::BoxError>(Regex::new(pattern.as_str()?)?)
        })?;
        let text: Option<String> = call.get(1)?;
        Ok(text.is_some_and(|text| pattern.is_match(&text)))
    })?;
    // SQLite's own dates know milliseconds and not every offset.
    database.create_scalar_function("instant", 1, pure, |call| {
        let text: Option<String> = call.get(0)?;
        Ok(text.and_then(|text| instant(&text)))
    })
}
