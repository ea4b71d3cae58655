//! Connections: what an author implements, and the manager that keeps their promises.
//!
//! [`ConnectionProvider`] is mandatory: it knows the configured connections, and makes, checks and destroys their
//! clients. The optional traits are named when it is registered with a [`ConnectionRegistration`]. [`StaticConnections`] is
//! one ready made, for connections that are known when the plugin is configured.
//!
//! | builder | trait | what it adds |
//! |---|---|---|
//! | `.watch()` | [`ConnectionWatcher`] | changes of the configuration from outside |
//! | `.refresh()` | [`ClientRefresher`] | new credentials for a client that stays |
//! | `.schemas()` | [`SchemaProvider`] | schemas for an editor |
//! | `.scope()` | [`ScopeProvider`] | watches limited to some partitions |
//!
//! Behind them, `state` says how a connection stands, `table` holds what is known of each (the only lock on
//! connections), `lane` runs the jobs of one connection one after the other, and `manager` with `lifecycle`, `client`,
//! `load` and `typing` is what the jobs do.

mod client;
mod fixed;
mod lane;
mod lifecycle;
mod load;
mod manager;
mod registration;
mod state;
mod table;
mod traits;
mod typing;

pub use fixed::StaticConnections;
pub(crate) use manager::{ConnectionManager, ConnectionManagerParts};
pub use registration::{ConnectionRegistration, ConnectionRegistrationBuilder};
pub(crate) use table::Active;
pub use traits::{
    ClientRefresher, ConnectionProvider, ConnectionScope, ConnectionWatcher, SchemaProvider,
    ScopeProvider,
};
