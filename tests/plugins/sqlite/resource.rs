//! The six operations on the rows of a table.

use std::{sync::Arc, time::Duration};

use omniview_sdk::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, ErrorCode, FindInput,
    FindResult, GetInput, GetResult, Json, ListInput, ListResult, PluginResult,
    ResourceOperationError, Resourcer, UpdateInput, UpdateResult, async_trait,
};
use rusqlite::Connection;
use serde_json::Value;

use super::{
    Database,
    draft::{Object, read, settle},
    filter::parameter,
    query::{Page, Query, columns, object, place, select},
    relations::{ForeignKey, foreign_keys},
    schema::{Column, ID, REVISION, Table},
    sql::Sql,
};

/// The rows of a table as objects.
///
/// It holds nothing of a connection: what belongs to one comes with every call, in [`Context::client`].
#[derive(Debug, Clone)]
pub struct Rows {
    pub(super) table: &'static Table,
    pub(super) poll: Duration,
    pub(super) foreign_keys: Arc<[ForeignKey]>,
}

impl Rows {
    /// The rows of `table`, whose watches look this often for what other programs have written.
    ///
    /// # Errors
    ///
    /// The foreign keys of the schema cannot be read.
    pub fn of(table: &'static Table, poll: Duration) -> rusqlite::Result<Self> {
        Ok(Self {
            table,
            poll,
            foreign_keys: foreign_keys()?.into(),
        })
    }
}

#[async_trait]
impl Resourcer<Database> for Rows {
    async fn get(&self, ctx: &Context<Database>, input: GetInput) -> PluginResult<GetResult> {
        let table = self.table;
        let row = ctx
            .client()
            .call(move |database| only(database, table, &input.id, &input.namespace))
            .await?;
        Ok(GetResult::new(json(row)))
    }

    async fn list(&self, ctx: &Context<Database>, input: ListInput) -> PluginResult<ListResult> {
        let table = self.table;
        let page = ctx
            .client()
            .call(move |database| Query::list(table, &input).select(database));
        let Page {
            objects,
            total,
            next,
        } = page.await?;
        let result = ListResult::new(objects).with_total(total);
        Ok(match next {
            Some(next) => result.with_next_cursor(next),
            None => result,
        })
    }

    async fn find(&self, ctx: &Context<Database>, input: FindInput) -> PluginResult<FindResult> {
        let table = self.table;
        let page = ctx
            .client()
            .call(move |database| Query::find(table, &input).select(database));
        let Page {
            objects,
            total,
            next,
        } = page.await?;
        let result = FindResult::new(objects).with_total(total);
        Ok(match next {
            Some(next) => result.with_next_cursor(next),
            None => result,
        })
    }

    async fn create(
        &self,
        ctx: &Context<Database>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        let table = self.table;
        let mut row = read(table, &input.input)?;
        if let Some(namespace) = table.namespace {
            settle(&mut row, namespace, &input.namespace)?;
        }
        let mut sql = Sql::new("INSERT INTO ");
        // What is not given is what the table says: its default, or null.
        let given = || {
            table
                .columns
                .iter()
                .filter(|column| column.name != REVISION && row.contains_key(column.name))
        };
        sql.push(table.name)
            .push(" (")
            .names(given().map(|column| column.name));
        sql.push(") VALUES (").list(", ", given(), |sql, column| {
            sql.bind(parameter(&row[column.name]));
        });
        returning(sql.push(")"), table);
        let created = ctx
            .client()
            .call(move |database| Ok(written(database, table, &sql)?))
            .await?;
        let created =
            created.ok_or_else(|| ResourceOperationError::internal("nothing was inserted"))?;
        Ok(CreateResult::new(json(created)))
    }

    async fn update(
        &self,
        ctx: &Context<Database>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        let table = self.table;
        let mut row = read(table, &input.input)?;
        settle(&mut row, ID, &input.id)?;
        let updated = ctx.client().call(move |database| {
            // A job has the connection to itself, but not the database: the transaction keeps others out.
            let change = database.transaction()?;
            let (namespace, id) = place(table, &only(&change, table, &input.id, &input.namespace)?);
            if let Some(column) = table.namespace {
                settle(&mut row, column, &namespace)?;
            }
            let mut sql = Sql::new("UPDATE ");
            sql.push(table.name)
                .push(" SET ")
                .push(REVISION)
                .push(" = ")
                .push(REVISION)
                .push(" + 1");
            let fields = |column: &&Column| !table.is_key(column) && column.name != REVISION;
            for column in table.columns.iter().filter(fields) {
                let value = row.get(column.name).unwrap_or(&Value::Null);
                sql.push(", ")
                    .push(column.name)
                    .push(" = ")
                    .bind(parameter(value));
            }
            at(&mut sql, table, &id, &namespace);
            // An object that says which revision it was changed from replaces that revision only.
            if let Some(revision) = row.get(REVISION) {
                sql.push(" AND ")
                    .push(REVISION)
                    .push(" = ")
                    .bind(parameter(revision));
            }
            returning(&mut sql, table);
            let updated = written(&change, table, &sql)?.ok_or_else(|| stale(table, &id))?;
            change.commit()?;
            Ok(updated)
        });
        Ok(UpdateResult::new(json(updated.await?)))
    }

    async fn delete(
        &self,
        ctx: &Context<Database>,
        input: DeleteInput,
    ) -> PluginResult<DeleteResult> {
        let table = self.table;
        let deleted = ctx.client().call(move |database| {
            let change = database.transaction()?;
            let row = only(&change, table, &input.id, &input.namespace)?;
            let (namespace, id) = place(table, &row);
            let mut sql = Sql::new("DELETE FROM ");
            sql.push(table.name);
            at(&mut sql, table, &id, &namespace);
            returning(&mut sql, table);
            written(&change, table, &sql)?;
            change.commit()?;
            Ok(row)
        });
        Ok(DeleteResult::new(json(deleted.await?)))
    }
}

/// The row of this id, in a namespace or in the only one that has it.
pub(super) fn only(
    database: &Connection,
    table: &'static Table,
    id: &str,
    namespace: &str,
) -> PluginResult<Object> {
    let mut sql = select(table);
    at(&mut sql, table, id, namespace);
    sql.push(" LIMIT 2");
    let mut rows = sql.query(database, |row| object(table, row))?;
    match (rows.pop(), rows.is_empty()) {
        (Some(row), true) => Ok(row),
        (None, _) => Err(ResourceOperationError::not_found(format!(
            "{} has no row {id:?}",
            table.name
        ))
        .with_suggestion("list the rows to see what there is")
        .into()),
        (Some(_), false) => Err(ResourceOperationError::invalid_input(format!(
            "several rows of {} have the id {id:?}",
            table.name
        ))
        .with_suggestion("name the branch as the namespace")
        .into()),
    }
}

/// Limits a statement to an id, and to a namespace where one is named and rows have one.
fn at(sql: &mut Sql, table: &Table, id: &str, namespace: &str) {
    sql.push(" WHERE ").push(ID).push(" = ").bind(id.to_owned());
    match table.namespace {
        Some(column) if !namespace.is_empty() => {
            sql.push(" AND ")
                .push(column)
                .push(" = ")
                .bind(namespace.to_owned());
        }
        _ => {}
    }
}

fn returning(sql: &mut Sql, table: &Table) {
    sql.push(" RETURNING ");
    columns(sql, table);
}

/// Runs a statement that writes at most one row; none where it found none.
fn written(database: &Connection, table: &Table, sql: &Sql) -> rusqlite::Result<Option<Object>> {
    Ok(sql.query(database, |row| object(table, row))?.pop())
}

fn stale(table: &Table, id: &str) -> ResourceOperationError {
    let message = format!("the row {id:?} of {} has changed since then", table.name);
    ResourceOperationError::new(ErrorCode::Conflict, message)
        .with_suggestion("read it again and repeat the change on its new revision")
}

pub(super) fn json(row: Object) -> Json {
    Json::from(Value::Object(row))
}
