//! A plugin for SQLite databases: a shop with customers, orders and the lines of orders.
//!
//! What it teaches: a backend that can filter, order and cut pages by itself is made to, with the exact meaning that
//! the contract gives to each of them. Start with [`config`], then read in this order:
//!
//! - [`schema`]: the tables, and what the plugin knows of their columns;
//! - [`database`]: the client, one connection of SQLite, which blocks;
//! - [`connections`]: one connection a database, as a file or in memory;
//! - [`error`]: what SQLite says, and the codes for it;
//! - [`sql`]: statements whose text is fixed and whose values are parameters;
//! - [`filter`]: the filters of the contract as conditions of SQL;
//! - [`query`]: namespaces, order, pages and cursors as clauses of SQL;
//! - [`draft`]: what callers say of rows, held against what the columns can hold;
//! - [`resource`]: the six operations on the rows of a table;
//! - [`insight`]: what a row looks like, how it is doing, and what it can be filtered by;
//! - [`relations`]: what the foreign keys say about who belongs to whom;
//! - [`watch`]: following a table that others write to as well.

pub mod connections;
pub mod database;
pub mod draft;
pub mod error;
pub mod filter;
pub mod insight;
pub mod query;
pub mod relations;
pub mod resource;
pub mod schema;
pub mod sql;
pub mod watch;

pub use connections::Shops;
pub use database::Database;
pub use error::SqliteErrors;
pub use resource::Rows;

use std::time::Duration;

use omniview_sdk::{
    ConnectionRegistration, ResourceGroup, ResourcePluginConfig, ResourceRegistration,
};

use schema::{CUSTOMERS, ORDER_LINES, ORDERS, Table};

/// The plugin over these databases; it looks this often for what other programs have written.
///
/// # Errors
///
/// The foreign keys of [`schema::DDL`] cannot be read.
pub fn config(shops: Shops, poll: Duration) -> rusqlite::Result<ResourcePluginConfig<Database>> {
    let rows = |table: &'static Table| Rows::of(table, poll);
    Ok(ResourcePluginConfig::new("shop")
        .connections(ConnectionRegistration::builder(shops).build())
        .group(ResourceGroup::new("shop", "Shop"))
        .resource(
            ResourceRegistration::builder(CUSTOMERS.meta(), rows(&CUSTOMERS)?)
                .definition_provider()
                .filterable()
                .health()
                .relationships()
                .relationship_resolver()
                .watch()
                .build(),
        )
        .resource(
            ResourceRegistration::builder(ORDERS.meta(), rows(&ORDERS)?)
                .definition_provider()
                .filterable()
                .health()
                .relationships()
                .relationship_resolver()
                .watch()
                .build(),
        )
        // Nothing about a line can be well or not: it has no health.
        .resource(
            ResourceRegistration::builder(ORDER_LINES.meta(), rows(&ORDER_LINES)?)
                .definition_provider()
                .filterable()
                .relationships()
                .relationship_resolver()
                .watch()
                .build(),
        )
        .error_classifier(SqliteErrors))
}
