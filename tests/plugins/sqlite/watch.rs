//! Following a table that others write to as well: two ways to hear that something changed, one way to see what.
//!
//! SQLite tells a connection of each row that this very connection writes (the update hook, our [bell]), and of
//! everybody else's writes only that there were some (`PRAGMA data_version`, which has to be asked). Neither says what
//! a row was before, or whether a write was committed in the end. So both only say when to look; what has changed is
//! the difference between two looks.
//!
//! [bell]: Database::bell

use std::sync::Arc;

use omniview_sdk::{
    Context, Listing, PluginResult, Relist, ResourceMetadata, WatchAddPayload, WatchSink, Watcher,
    async_trait,
};
use rusqlite::Connection;
use tokio::time::{MissedTickBehavior, interval};

use super::{
    Database, Rows,
    query::{object, place, select},
    resource::json,
    schema::Table,
};

/// A table at one moment.
struct Look {
    /// Moves on with every change that another connection commits.
    version: i64,
    rows: Listing,
}

#[async_trait]
impl Watcher<Database> for Rows {
    async fn watch(&self, ctx: &Context<Database>, sink: WatchSink) -> PluginResult<()> {
        // Every failure ends the attempt with an error, and the SDK decides whether there is another one.
        tokio::select! {
            failure = self.follow(ctx.client(), Relist::new(ctx, sink)) => failure,
            () = ctx.cancelled() => Ok(()),
        }
    }
}

impl Rows {
    async fn follow(&self, database: &Arc<Database>, mut relist: Relist) -> PluginResult<()> {
        // Before the first look, so that what is written after it rings.
        let mut bell = database.bell(self.table);
        let mut ticks = interval(self.poll);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);

        let mut known = None;
        loop {
            let unless = tokio::select! {
                // The bells that rang up to now are answered by one look.
                _ = bell.changed() => None,
                _ = ticks.tick() => known,
            };
            if let Some(look) = look(database, self.table, unless).await? {
                relist.tell(look.rows).await?;
                known = Some(look.version);
            }
        }
    }
}

/// Reads the table, unless the database is still at a version.
async fn look(
    database: &Arc<Database>,
    table: &'static Table,
    unless: Option<i64>,
) -> PluginResult<Option<Look>> {
    let look = database.call(move |database| {
        // The version comes first: what is committed between the two is seen now, and looked for once more.
        let version = database.query_one("PRAGMA data_version", [], |row| row.get(0))?;
        if unless == Some(version) {
            return Ok(None);
        }
        let rows = rows(database, table)?;
        Ok(Some(Look { version, rows }))
    });
    look.await
}

fn rows(database: &Connection, table: &'static Table) -> rusqlite::Result<Listing> {
    let rows = select(table).query(database, |row| object(table, row))?;
    let told = rows.into_iter().map(|row| {
        let (namespace, id) = place(table, &row);
        // A row has no identity beyond its key: SQLite gives the number of a removed row to another.
        let metadata = ResourceMetadata::new(format!("{}/{namespace}/{id}", table.name));
        WatchAddPayload::new(id, namespace, json(row)).with_metadata(metadata)
    });
    Ok(told.collect())
}
