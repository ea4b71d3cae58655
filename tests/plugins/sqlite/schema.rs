//! The tables of a shop, and what the plugin knows of their columns.

use std::fmt;

use omniview_sdk::{ResourceKey, ResourceMeta};
use rusqlite::Connection;

/// A shop without anything in it.
///
/// - `STRICT` keeps the columns to their types, whoever writes: what a column is ordered by is then what JSON is
///   ordered by.
/// - The triggers count a revision up for writers that do not: a program that knows nothing of revisions makes the
///   plugin's callers' copies stale all the same.
pub const DDL: &str = "
CREATE TABLE branches (id TEXT NOT NULL PRIMARY KEY CHECK (id <> '')) STRICT;

CREATE TABLE customers (
    id       TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    name     TEXT NOT NULL,
    email    TEXT,
    credit   REAL NOT NULL DEFAULT 0 CHECK (credit BETWEEN -1e9 AND 1e9),
    blocked  INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)),
    revision INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE orders (
    branch   TEXT NOT NULL REFERENCES branches (id),
    id       TEXT NOT NULL CHECK (id <> ''),
    customer TEXT NOT NULL REFERENCES customers (id),
    status   TEXT NOT NULL CHECK (status IN ('open', 'paid', 'shipped', 'cancelled')),
    placed   TEXT,
    note     TEXT,
    revision INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (branch, id)
) STRICT;

CREATE TABLE order_lines (
    branch   TEXT NOT NULL,
    id       TEXT NOT NULL CHECK (id <> ''),
    order_id TEXT NOT NULL,
    product  TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price    REAL CHECK (price BETWEEN 0 AND 1e9),
    revision INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (branch, id),
    FOREIGN KEY (branch, order_id) REFERENCES orders (branch, id) ON DELETE CASCADE
) STRICT;

CREATE TRIGGER customers_revision AFTER UPDATE ON customers WHEN new.revision = old.revision
BEGIN UPDATE customers SET revision = old.revision + 1 WHERE rowid = new.rowid; END;
CREATE TRIGGER orders_revision AFTER UPDATE ON orders WHEN new.revision = old.revision
BEGIN UPDATE orders SET revision = old.revision + 1 WHERE rowid = new.rowid; END;
CREATE TRIGGER order_lines_revision AFTER UPDATE ON order_lines WHEN new.revision = old.revision
BEGIN UPDATE order_lines SET revision = old.revision + 1 WHERE rowid = new.rowid; END;
";

/// A table whose rows are the objects of a type.
///
/// Every text in it is fixed, so that it may become part of a statement. The names of the columns are those of the
/// objects' fields.
#[derive(Debug)]
pub struct Table {
    /// The name of the table.
    pub name: &'static str,
    /// The kind of the type.
    pub kind: &'static str,
    /// What the rows are, in a sentence.
    pub description: &'static str,
    /// Where a row has its namespace; none where the rows have none.
    pub namespace: Option<&'static str>,
    /// The columns, in the order in which people read them.
    pub columns: &'static [Column],
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text.
    Text,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An RFC 3339 text; other programs may have written anything.
    Instant,
    /// A number without a fraction.
    Integer,
    /// A number.
    Real,
    /// 0 or 1, which objects show as truth values.
    Boolean,
}

/// Where each row has its id.
pub const ID: &str = "id";

/// Where each row has the number of its changes.
pub const REVISION: &str = "revision";

const fn column(name: &'static str, holds: Holds) -> Column {
    Column { name, holds }
}

/// Who buys.
pub static CUSTOMERS: Table = Table {
    name: "customers",
    kind: "Customer",
    description: "Who buys in the shop",
    namespace: None,
    columns: &[
        column(ID, Holds::Text),
        column("name", Holds::Text),
        column("email", Holds::Text),
        column("credit", Holds::Real),
        column("blocked", Holds::Boolean),
        column(REVISION, Holds::Integer),
    ],
};

/// What was bought, at a branch.
pub static ORDERS: Table = Table {
    name: "orders",
    kind: "Order",
    description: "What a customer has ordered at a branch",
    namespace: Some("branch"),
    columns: &[
        column("branch", Holds::Text),
        column(ID, Holds::Text),
        column("customer", Holds::Text),
        column(
            "status",
            Holds::Choice(&["open", "paid", "shipped", "cancelled"]),
        ),
        column("placed", Holds::Instant),
        column("note", Holds::Text),
        column(REVISION, Holds::Integer),
    ],
};

/// The parts of an order.
pub static ORDER_LINES: Table = Table {
    name: "order_lines",
    kind: "OrderLine",
    description: "A product of an order, and how many of it",
    namespace: Some("branch"),
    columns: &[
        column("branch", Holds::Text),
        column(ID, Holds::Text),
        column("order_id", Holds::Text),
        column("product", Holds::Text),
        column("quantity", Holds::Integer),
        column("price", Holds::Real),
        column(REVISION, Holds::Integer),
    ],
};

/// Every table that is a type.
pub static TABLES: [&Table; 3] = [&CUSTOMERS, &ORDERS, &ORDER_LINES];

impl Table {
    /// The type of the rows.
    pub fn meta(&self) -> ResourceMeta {
        ResourceMeta::new("shop", "v1", self.kind).with_description(self.description)
    }

    /// The key of the type.
    pub fn key(&self) -> ResourceKey {
        self.meta().key()
    }

    /// The column that a path of an object leads to; none where it leads nowhere.
    pub fn column(&self, path: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == path)
    }

    /// Whether a column is part of the primary key.
    pub fn is_key(&self, column: &Column) -> bool {
        column.name == ID || Some(column.name) == self.namespace
    }
}

/// Makes the tables in an empty database, with these branches.
///
/// # Errors
///
/// Those of SQLite; a database that has such tables is refused.
pub fn create(database: &Connection, branches: &[&str]) -> rusqlite::Result<()> {
    database.execute_batch(DDL)?;
    for branch in branches {
        database.execute("INSERT INTO branches (id) VALUES (?)", [branch])?;
    }
    Ok(())
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("a text"),
            Self::Choice(choices) => write!(f, "one of {}", choices.join(", ")),
            Self::Instant => f.write_str("a time such as 2026-01-31T12:00:00Z"),
            Self::Integer => f.write_str("a number without a fraction"),
            Self::Real => f.write_str("a number"),
            Self::Boolean => f.write_str("true or false"),
        }
    }
}
