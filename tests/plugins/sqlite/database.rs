//! The client: one connection of SQLite, which blocks whoever asks it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use omniview_sdk::{Blocking, PluginResult};
use regex::Regex;
use rusqlite::{Connection, OpenFlags, functions::FunctionFlags};
use tokio::sync::watch;

use super::{
    filter::instant,
    schema::{TABLES, Table},
};

/// How long a statement waits for another program that has locked the database.
const BUSY: Duration = Duration::from_secs(5);

/// A client of one database.
///
/// A connection of SQLite does one thing at a time, and is not for several threads at once: jobs have it one after the
/// other.
#[derive(Debug)]
pub struct Database {
    connection: Blocking<Mutex<Connection>>,
    bells: BTreeMap<&'static str, watch::Sender<u64>>,
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
    /// When dropped, the database is opened and closed again.
    pub async fn open(target: &str) -> PluginResult<Self> {
        let bells: BTreeMap<&str, watch::Sender<u64>> = TABLES
            .iter()
            .map(|table| (table.name, watch::Sender::new(0)))
            .collect();
        let (target, ringing) = (target.to_owned(), bells.clone());
        let opened = Blocking::open(move || Ok(Mutex::new(connect(&target, ringing)?)));
        Ok(Self {
            connection: opened.await?.one_at_a_time(),
            bells,
        })
    }

    /// Does something with the connection, and waits for what comes out.
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
        let call = self.connection.run(|connection| {
            // A job that panicked has left a transaction at most, which SQLite rolls back.
            job(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        call.await
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

    /// Closes the database when what it was asked before is done.
    pub async fn close(&self) {
        self.connection.close().await;
    }
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
