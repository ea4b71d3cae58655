//! Following a table that others write to as well: two ways to hear that something changed, one way to see what.
//!
//! SQLite tells a connection of each row that this very connection writes (the update hook, our [bell]), and of
//! everybody else's writes only that there were some (`PRAGMA data_version`, which has to be asked). Neither says what
//! a row was before, or whether a write was committed in the end. So both only say when to look; what has changed is
//! the difference between two looks.
//!
//! [bell]: Database::bell

use std::{collections::BTreeMap, sync::Arc};

use omniview_sdk::{
    Context, Json, PluginResult, ResourceMetadata, WatchAddPayload, WatchDeletePayload, WatchSink,
    WatchUpdatePayload, Watcher, async_trait,
};
use rusqlite::Connection;
use tokio::time::{MissedTickBehavior, interval};

use super::{
    Database, Rows,
    query::{object, place, select},
    resource::json,
    schema::Table,
};

/// The rows by namespace and id.
type Rowset = BTreeMap<(String, String), Json>;

/// A table at one moment.
#[derive(Default)]
struct Look {
    /// Moves on with every change that another connection commits.
    version: i64,
    rows: Rowset,
}

#[async_trait]
impl Watcher<Database> for Rows {
    async fn watch(&self, ctx: &Context<Database>, sink: WatchSink) -> PluginResult<()> {
        // Every failure ends the attempt with an error, and the SDK decides whether there is another one.
        tokio::select! {
            failure = self.follow(ctx, &sink) => failure,
            () = ctx.cancelled() => Ok(()),
        }
    }
}

impl Rows {
    async fn follow(&self, ctx: &Context<Database>, sink: &WatchSink) -> PluginResult<()> {
        let (database, table) = (ctx.client(), self.table);
        // Before the first look, so that what is written after it rings.
        let mut bell = database.bell(table);
        let mut ticks = interval(self.poll);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);

        let mut known = look(database, table, None).await?.unwrap_or_default();
        known.rows.retain(|place, _| in_scope(ctx, table, place));
        for (place, row) in &known.rows {
            sink.add(added(table, place, row)).await?;
        }
        sink.synced(known.rows.len()).await?;
        loop {
            let unless = tokio::select! {
                // The bells that rang up to now are answered by one look.
                _ = bell.changed() => None,
                _ = ticks.tick() => Some(known.version),
            };
            let Some(mut seen) = look(database, table, unless).await? else {
                continue;
            };
            seen.rows.retain(|place, _| in_scope(ctx, table, place));
            tell(table, &known.rows, &seen.rows, sink).await?;
            known = seen;
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

fn rows(database: &Connection, table: &'static Table) -> rusqlite::Result<Rowset> {
    let rows = select(table).query(database, |row| object(table, row))?;
    Ok(rows
        .into_iter()
        .map(|row| (place(table, &row), json(row)))
        .collect())
}

fn in_scope(ctx: &Context<Database>, table: &Table, (namespace, _): &(String, String)) -> bool {
    table.namespace.is_none()
        || ctx
            .watch_scope()
            .is_none_or(|scope| scope.includes(namespace))
}

/// Tells what became of each row between two looks.
async fn tell(table: &Table, known: &Rowset, seen: &Rowset, sink: &WatchSink) -> PluginResult<()> {
    for (place @ (namespace, id), row) in known {
        if !seen.contains_key(place) {
            sink.delete(WatchDeletePayload::new(id, namespace, row.clone()))
                .await?;
        }
    }
    for (place @ (namespace, id), row) in seen {
        match known.get(place) {
            None => sink.add(added(table, place, row)).await?,
            // Not by the revision alone: a row that was removed and made again counts from 1 again.
            Some(before) if before != row => {
                let payload = WatchUpdatePayload::new(id, namespace, row.clone());
                sink.update(payload.with_metadata(metadata(table, place)))
                    .await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn added(table: &Table, place: &(String, String), row: &Json) -> WatchAddPayload {
    let (namespace, id) = place;
    WatchAddPayload::new(id, namespace, row.clone()).with_metadata(metadata(table, place))
}

/// A row has no identity beyond its key: SQLite gives the number of a removed row to another.
fn metadata(table: &Table, (namespace, id): &(String, String)) -> ResourceMetadata {
    ResourceMetadata::new(format!("{}/{namespace}/{id}", table.name))
}
