//! Namespaces, order, pages and cursors as clauses of SQL.
//!
//! An order by a path that is no column is an order by what no row has: every row ties, and the clause is left out.

use omniview_sdk::{
    FilterExpression, FindInput, Json, ListInput, Namespace, OrderField, PaginationParams,
    PluginResult, Result,
    query::{Position, QueryShape},
};
use rusqlite::{Connection, Row, types::ValueRef};
use serde_json::{Map, Value};

use super::{
    filter::{condition, parameter},
    schema::{Column, Holds, ID, Table},
    sql::Sql,
};

/// A list or a find of rows.
#[derive(Debug)]
pub struct Query<'q> {
    table: &'static Table,
    shape: QueryShape<'q>,
    namespaces: &'q [Namespace],
    filters: Option<&'q FilterExpression>,
    order: &'q [OrderField],
    pagination: &'q PaginationParams,
}

/// What a query selects.
#[derive(Debug)]
pub struct Page {
    /// The rows of the page, as objects.
    pub objects: Vec<Json>,
    /// How many rows there are on all pages.
    pub total: i64,
    /// Where the next page begins; none where nothing follows.
    pub next: Option<String>,
}

impl<'q> Query<'q> {
    /// The rows that a list asks for.
    pub fn list(table: &'static Table, input: &'q ListInput) -> Self {
        Self {
            table,
            shape: input.into(),
            namespaces: &input.namespaces,
            filters: None,
            order: &input.order,
            pagination: &input.pagination,
        }
    }

    /// The rows that a find asks for.
    pub fn find(table: &'static Table, input: &'q FindInput) -> Self {
        Self {
            table,
            shape: input.into(),
            namespaces: &input.namespaces,
            filters: input.filters.as_ref(),
            order: &input.order,
            pagination: &input.pagination,
        }
    }

    /// Selects a page.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` for a cursor that is malformed or belongs to another query, and those of SQLite.
    pub fn select(&self, database: &mut Connection) -> PluginResult<Page> {
        let after = self.shape.resume(self.pagination)?;
        let matching = self.matching()?;
        // In one transaction, so that the total is that of the page whoever writes meanwhile.
        let view = database.transaction()?;
        let mut count = Sql::new("SELECT count(*) FROM ");
        count.push(self.table.name).append(&matching);
        let total = count.query(&view, |row| row.get(0))?;

        let mut sql = select(self.table);
        sql.append(&matching);
        if let Some(after) = &after {
            sql.push(" AND ").append(&self.after(after));
        }
        self.order_by(&mut sql);
        let size = self.pagination.page_size;
        if size > 0 {
            // One more than the page, which tells whether anything follows.
            let before = (self.pagination.page.max(1) - 1).saturating_mul(size);
            sql.push(" LIMIT ").bind(size.saturating_add(1));
            sql.push(" OFFSET ").bind(before);
        }
        let mut rows = sql.query(&view, |row| object(self.table, row))?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let next = if size > 0 && rows.len() > size {
            rows.truncate(size);
            let last = rows.last().map(|last| self.position(last));
            last.map(|last| self.shape.cursor(&last)).transpose()?
        } else {
            None
        };
        Ok(Page {
            objects: rows
                .into_iter()
                .map(|row| Json::from(Value::from(row)))
                .collect(),
            total: total.into_iter().next().unwrap_or_default(),
            next,
        })
    }

    fn matching(&self) -> Result<Sql> {
        let mut sql = Sql::new(" WHERE ");
        match self.filters {
            Some(filters) => sql.append(&condition(self.table, filters)?),
            None => sql.push("TRUE"),
        };
        if !self.namespaces.is_empty() {
            // Rows without a namespace are in none that a query could name.
            sql.push(" AND ").push(self.table.namespace.unwrap_or("''"));
            sql.push(" IN (").list(", ", self.namespaces, |sql, one| {
                sql.bind(String::from(one));
            });
            sql.push(")");
        }
        Ok(sql)
    }

    /// Null is greatest: last ascending, first descending. Texts are ordered by their bytes, which in UTF-8 is by code
    /// point. The key comes last and breaks the ties.
    fn order_by(&self, sql: &mut Sql) {
        sql.push(" ORDER BY ");
        for by in self.order {
            if let Some(column) = self.table.column(&by.field) {
                sql.push(column.name);
                sql.push(if by.descending {
                    " DESC NULLS FIRST, "
                } else {
                    " ASC NULLS LAST, "
                });
            }
        }
        sql.names(self.table.namespace.into_iter().chain([ID]));
    }

    /// The rows that come after a place in the order: by the first field, or by a later one where they tie before it.
    fn after(&self, place: &Position) -> Sql {
        let mut sql = Sql::new("(");
        let mut open = 0;
        for (by, key) in self.order.iter().zip(&place.keys) {
            let Some(column) = self.table.column(&by.field) else {
                continue;
            };
            match (key.is_null(), by.descending) {
                // Nothing is greater than null, and nothing comes after it.
                (true, false) => sql.push("FALSE"),
                (true, true) => sql.push(column.name).push(" IS NOT NULL"),
                (false, true) => sql.push(column.name).push(" < ").bind(parameter(key)),
                (false, false) => {
                    sql.push(column.name).push(" > ").bind(parameter(key));
                    sql.push(" OR ").push(column.name).push(" IS NULL")
                }
            };
            sql.push(" OR ")
                .push(column.name)
                .push(" IS ")
                .bind(parameter(key));
            sql.push(" AND (");
            open += 1;
        }
        match self.table.namespace {
            Some(namespace) => {
                sql.push("(")
                    .push(namespace)
                    .push(", ")
                    .push(ID)
                    .push(") > (");
                sql.bind(place.namespace.clone())
                    .push(", ")
                    .bind(place.id.clone())
                    .push(")")
            }
            None => sql.push(ID).push(" > ").bind(place.id.clone()),
        };
        for _ in 0..=open {
            sql.push(")");
        }
        sql
    }

    fn position(&self, row: &Map<String, Value>) -> Position {
        let key = |by: &OrderField| row.get(&by.field).cloned().unwrap_or_default();
        let (namespace, id) = place(self.table, row);
        Position {
            keys: self.order.iter().map(key).collect(),
            namespace,
            id,
        }
    }
}

/// Selects the columns of an object, for [`object`] to read.
pub fn select(table: &Table) -> Sql {
    let mut sql = Sql::new("SELECT ");
    columns(&mut sql, table);
    sql.push(" FROM ").push(table.name);
    sql
}

/// Adds the names of the columns that [`object`] reads.
pub fn columns(sql: &mut Sql, table: &Table) {
    sql.names(table.columns.iter().map(|column| column.name));
}

/// Reads a row as an object.
///
/// # Errors
///
/// Those of SQLite.
pub fn object(table: &Table, row: &Row<'_>) -> rusqlite::Result<Map<String, Value>> {
    let fields = table.columns.iter().enumerate();
    fields
        .map(|(place, column)| Ok((column.name.to_owned(), field(column, row.get_ref(place)?))))
        .collect()
}

/// The namespace and the id of an object.
pub fn place(table: &Table, object: &Map<String, Value>) -> (String, String) {
    let text = |name| {
        object
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (table.namespace.map(text).unwrap_or_default(), text(ID))
}

fn field(column: &Column, value: ValueRef<'_>) -> Value {
    match (column.holds, value) {
        (Holds::Boolean, ValueRef::Integer(value)) => Value::from(value != 0),
        (_, ValueRef::Integer(value)) => value.into(),
        (_, ValueRef::Real(value)) => value.into(),
        // A text that is not UTF-8 can only come from another program; it is shown as far as it can be.
        (_, ValueRef::Text(text)) => String::from_utf8_lossy(text).into(),
        (_, ValueRef::Null | ValueRef::Blob(_)) => Value::Null,
    }
}
