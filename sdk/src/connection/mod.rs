//! Connections: what an author implements, and the manager that keeps their promises.

mod registration;
mod traits;

pub use registration::{ConnectionRegistration, ConnectionRegistrationBuilder};
pub use traits::{
    ClientRefresher, ConnectionProvider, ConnectionScope, ConnectionWatcher, SchemaProvider,
    ScopeProvider,
};
