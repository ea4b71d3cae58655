//! What happens behind the plugin's back.

use std::sync::Arc;

use omniview_sdk::{
    Connection, ConnectionId, ConnectionScope, Json, ResourceKey, ResourceOperationError, Result,
};
use serde_json::Value;

use super::ReferenceBackend;
use crate::{
    Kind, Site,
    store::Table,
    world::{Discovery, Fleet},
};

/// Changes from outside go through the store like those of the plugin: they are refused for the same reasons, and
/// whoever watches gets to know.
impl ReferenceBackend {
    /// Stores a new object and returns it as it is kept; its namespace is what it says itself.
    ///
    /// # Errors
    ///
    /// Those of [`Table::create`]; `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn insert(
        &self,
        connection: impl Into<ConnectionId>,
        kind: Kind,
        object: &Json,
    ) -> Result<Json> {
        let table = self.table(connection, kind)?;
        Ok(table.create(object, "")?.json().clone())
    }

    /// Replaces the object of the same identity and returns it as it is kept.
    ///
    /// # Errors
    ///
    /// Those of [`Table::update`]; `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn update(
        &self,
        connection: impl Into<ConnectionId>,
        kind: Kind,
        object: &Json,
    ) -> Result<Json> {
        let table = self.table(connection, kind)?;
        let id = id_of(object)?;
        Ok(table.update(&id, object, "")?.json().clone())
    }

    /// Removes an object and returns it as it was last; without a namespace, the only one of that id.
    ///
    /// # Errors
    ///
    /// Those of [`Table::remove`]; `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn remove(
        &self,
        connection: impl Into<ConnectionId>,
        kind: Kind,
        namespace: &str,
        id: &str,
    ) -> Result<Json> {
        let table = self.table(connection, kind)?;
        Ok(table.remove(id, namespace)?.json().clone())
    }

    /// The objects as they are, ordered by namespace and id.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn objects(&self, connection: impl Into<ConnectionId>, kind: Kind) -> Result<Vec<Json>> {
        let snapshot = self.table(connection, kind)?.snapshot();
        Ok(snapshot
            .objects()
            .map(|object| object.json().clone())
            .collect())
    }

    /// The objects of a type, to be looked at, changed and followed.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn table(&self, connection: impl Into<ConnectionId>, kind: Kind) -> Result<Arc<Table>> {
        self.fleet(connection)?.table(&kind.key())
    }

    /// The objects of any type by its key, discovered types too.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a connection or a type that this backend does not have.
    pub fn table_of(
        &self,
        connection: impl Into<ConnectionId>,
        key: &ResourceKey,
    ) -> Result<Arc<Table>> {
        self.fleet(connection)?.table(key)
    }

    /// What discovery answers on a connection, to be changed.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` for a connection that is not configured.
    pub fn discovery(&self, connection: impl Into<ConnectionId>) -> Result<Discovery> {
        Ok(self.fleet(connection)?.discovery().clone())
    }

    /// How often the plugin was told to forget what discovery kept for a connection: once when it is gone.
    pub fn forgotten(&self, connection: impl Into<ConnectionId>) -> u32 {
        self.world.forgotten(&connection.into())
    }

    /// Changes what the watches that start from now on are limited to; without a scope at the building, nothing is.
    pub fn set_scope(&self, scope: ConnectionScope) {
        self.world.set_scope(Some(scope));
    }

    /// The configured connections, sorted by id.
    pub fn connections(&self) -> Vec<Connection> {
        self.world.connections()
    }

    /// Configures one more connection, which leads to what `site` describes.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS`; `INVALID_INPUT` without an id.
    pub fn add_connection(&self, connection: Connection, site: &Site) -> Result<Arc<Fleet>> {
        self.world.add_connection(connection, site)
    }

    /// Changes the configuration of a connection; what it leads to stays.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`.
    pub fn change_connection(&self, connection: Connection) -> Result<()> {
        self.world.change_connection(connection)
    }

    /// Forgets a connection and what it led to; clients that are open keep what they lead to.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND`.
    pub fn remove_connection(&self, id: impl Into<ConnectionId>) -> Result<Connection> {
        self.world.remove_connection(&id.into())
    }
}

fn id_of(object: &Json) -> Result<String> {
    let value = object.to_value().unwrap_or_default();
    match value.pointer("/metadata/name") {
        Some(Value::String(id)) => Ok(id.clone()),
        _ => Err(ResourceOperationError::invalid_input(
            "the object has no id: set `metadata.name` to a text that is not empty",
        )),
    }
}
