//! The conformance suite over the SQLite plugin: every check is a test.
//!
//! Time is real here, because a thread answers: what a check waits for, it waits for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use omniview_conformance::{
    Fault, FaultKind, Mounted, Need, Outside, ResourceFixture, Sample, Subject,
};
use omniview_sdk::{
    BoxError, CallContext, ConnectionId, ResourceKey, async_trait, build_resource_controller,
};
use omniview_tests::sqlite::{
    self, Shops,
    filter::parameter,
    schema::{self, TABLES, Table},
};
use rusqlite::{Connection, params_from_iter, types::Value as SqlValue};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{full_profile, scratch};

omniview_conformance::tests!(subject);

#[tokio::test]
async fn the_full_profile_passes_but_for_what_is_named_here() {
    insta::assert_snapshot!(full_profile::not_passed(subject()).await, @r"
    a backend that can be made to refuse access (Outside::inject): a file has no accounts, and whoever may open it may read it
    a way to configure connections behind the plugin's back (Outside::configures_connections)
    an editor schema
    every operation is supported
    hasActions
    hasEvents
    hasSchema
    it does not wait for a query
    it is watched
    its watch is not limited
    no field allows haskey
    no field is required
    no hint of scale
    not filterable
    not hasRelationships
    not watchable
    searchable
    ");
}

/// The connections, each to a shop of its own.
const SHOPS: [&str; 2] = ["first", "second"];

const BRANCHES: [&str; 2] = ["north", "south"];

fn subject() -> Subject {
    let no_accounts = "a file has no accounts, and whoever may open it may read it";
    Subject::try_provider("sqlite", mount)
        .connection("first")
        .connection("second")
        .resource(customers())
        .resource(orders())
        .resource(lines())
        .without(Need::Fault(FaultKind::Forbidden), no_accounts)
        .without(Need::Fault(FaultKind::Unauthorized), no_accounts)
}

fn customers() -> ResourceFixture {
    ResourceFixture::new("shop::v1::Customer")
        .sample(|number, _| {
            let id = format!("customer-{number}");
            let customer = json!({
                "id": id,
                "name": format!("Customer {}", number % 3),
                "email": if number % 4 == 0 { Value::Null } else { json!(format!("{number}@Shop.org")) },
                "credit": f64::from(number) / 10.0,
                "blocked": number % 2 == 0,
            });
            Sample::new(id, customer)
        })
        .change(|customer| changed(customer, "name", "Another name"))
}

fn orders() -> ResourceFixture {
    ResourceFixture::new("shop::v1::Order")
        .namespaces(BRANCHES)
        .sample(|number, branch| {
            let id = format!("order-{number}");
            let statuses = ["open", "paid", "shipped", "cancelled"];
            let order = json!({
                "branch": branch,
                "id": id,
                "customer": "regular",
                "status": statuses[number as usize % 4],
                "placed": format!("2026-01-{:02}T00:00:00Z", number % 28 + 1),
                "note": if number % 3 == 0 { Value::Null } else { json!(format!("Note {number}")) },
            });
            Sample::new(id, order)
        })
        .change(|order| changed(order, "note", "Another note"))
}

fn lines() -> ResourceFixture {
    ResourceFixture::new("shop::v1::OrderLine")
        .namespaces(BRANCHES)
        .sample(|number, branch| {
            let id = format!("line-{number}");
            let line = json!({
                "branch": branch,
                "id": id,
                "order_id": "standing",
                "product": format!("Product {}", number % 3),
                "quantity": number % 5 + 1,
                "price": if number % 4 == 0 { Value::Null } else { json!(f64::from(number) + 0.5) },
            });
            Sample::new(id, line)
        })
        .change(|line| changed(line, "product", "Another product"))
}

fn changed(mut row: Value, field: &str, value: &str) -> Value {
    row[field] = json!(value);
    row
}

/// Makes the shops, each with what the samples name, and mounts a plugin over them; their files go with the mount.
async fn mount() -> Result<Mounted, BoxError> {
    let directory = scratch::directory();
    let (mut shops, mut outside) = (Shops::new(), Vec::new());
    for id in SHOPS {
        let file = directory.path().join(id);
        let database = Connection::open(&file)?;
        // What names a table keeps its name when the table loses it.
        database.execute_batch("PRAGMA legacy_alter_table = ON")?;
        schema::create(&database, &BRANCHES)?;
        database.execute_batch(
            "INSERT INTO customers (id, name) VALUES ('regular', 'Regular');
             INSERT INTO orders (branch, id, customer, status)
                 SELECT id, 'standing', 'regular', 'open' FROM branches;",
        )?;
        shops = shops.shop(id, &file.to_string_lossy());
        outside.push((ConnectionId::from(id), Mutex::new(database)));
    }
    let config = sqlite::config(shops, Duration::from_millis(5))?;
    let provider = build_resource_controller(&CallContext::new(), config)?;
    let town = Town {
        outside,
        _directory: directory,
    };
    Ok(Mounted::new(provider).outside(Arc::new(town)))
}

/// Connections of its own to the databases behind the plugin's back.
struct Town {
    outside: Vec<(ConnectionId, Mutex<Connection>)>,
    _directory: TempDir,
}

impl Town {
    fn with<T>(
        &self,
        connection: &ConnectionId,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, BoxError> {
        let found = self.outside.iter().find(|(id, _)| id == connection);
        let (_, database) = found.ok_or_else(|| format!("there is no shop {connection:?}"))?;
        Ok(act(&database
            .lock()
            .unwrap_or_else(PoisonError::into_inner))?)
    }

    /// Runs a statement with the values of these fields of an object.
    fn write(
        &self,
        connection: &ConnectionId,
        sql: &str,
        row: &Value,
        fields: &[&str],
    ) -> Result<(), BoxError> {
        let values: Vec<SqlValue> = fields.iter().map(|field| parameter(&row[*field])).collect();
        self.with(connection, |database| {
            database.execute(sql, params_from_iter(values))
        })?;
        Ok(())
    }
}

fn table(key: &ResourceKey) -> Result<&'static Table, BoxError> {
    let found = TABLES.into_iter().find(|table| table.key() == *key);
    Ok(found.ok_or_else(|| format!("{key} is no table"))?)
}

/// The fields of an object that are columns, but not the key's, and not the number of its changes.
fn fields(table: &'static Table, row: &Value) -> Vec<&'static str> {
    let columns = table
        .columns
        .iter()
        .filter(|column| row.get(column.name).is_some());
    columns
        .filter(|column| !table.is_key(column) && column.name != schema::REVISION)
        .map(|column| column.name)
        .collect()
}

/// The condition that names a row, and the fields that it names it by.
fn place(table: &'static Table) -> (String, Vec<&'static str>) {
    let names: Vec<&str> = table.namespace.into_iter().chain([schema::ID]).collect();
    let parts: Vec<String> = names.iter().map(|name| format!("{name} = ?")).collect();
    (parts.join(" AND "), names)
}

#[async_trait]
impl Outside for Town {
    async fn insert(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        let (table, row) = (table(key)?, sample.data.to_value()?);
        let mut names = place(table).1;
        names.extend(fields(table, &row));
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            table.name,
            names.join(", ")
        );
        self.write(connection, &sql, &row, &names)
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        let (table, row) = (table(key)?, object.data.to_value()?);
        let mut names = fields(table, &row);
        let set: Vec<String> = names.iter().map(|name| format!("{name} = ?")).collect();
        let (condition, key) = place(table);
        let sql = format!(
            "UPDATE {} SET {} WHERE {condition}",
            table.name,
            set.join(", ")
        );
        names.extend(key);
        self.write(connection, &sql, &row, &names)
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        key: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        let table = table(key)?;
        let (condition, names) = place(table);
        let row = json!({"branch": namespace, "id": id});
        let sql = format!("DELETE FROM {} WHERE {condition}", table.name);
        self.write(connection, &sql, &row, &names)
    }

    fn faults(&self) -> &[FaultKind] {
        &[FaultKind::Fail, FaultKind::Hang]
    }

    /// A table that was renamed fails whoever reads it; a lock makes everybody wait, for as long as SQLite does.
    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        let one = fault.key.as_ref().map(table).transpose()?;
        match fault.kind {
            FaultKind::Fail => self.with(&fault.connection, |database| {
                let concerned = |table: &&&Table| one.is_none_or(|one| one.name == table.name);
                for Table { name, .. } in TABLES.iter().filter(concerned) {
                    database.execute_batch(&format!("ALTER TABLE {name} RENAME TO lost_{name}"))?;
                }
                Ok(())
            }),
            FaultKind::Hang => self.with(&fault.connection, |database| {
                database.execute_batch("BEGIN EXCLUSIVE")
            }),
            kind => Err(format!("a shop cannot {kind}").into()),
        }
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.with(connection, |database| {
            if !database.is_autocommit() {
                database.execute_batch("COMMIT")?;
            }
            for Table { name, .. } in TABLES {
                let lost = format!("lost_{name}");
                if database.table_exists(None, lost.as_str())? {
                    database.execute_batch(&format!("ALTER TABLE lost_{name} RENAME TO {name}"))?;
                }
            }
            Ok(())
        })
    }
}
