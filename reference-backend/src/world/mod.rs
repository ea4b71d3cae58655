//! The backend behind the plugin: connections, the objects of each, and what is wrong with them at the moment.
//!
//! [`World`] is the front door. The plugin reaches it through clients that connections hand out; a test reaches it
//! through [`ReferenceBackend`](crate::ReferenceBackend), behind the plugin's back.

mod client;
mod discovery;
mod faults;
mod fleet;
mod operation;
mod sites;
mod target;

pub use client::ReferenceClient;
pub use discovery::Discovery;
pub use faults::{Fault, Faults};
pub use fleet::Fleet;
pub use operation::Operation;
pub use sites::World;
pub use target::{FaultScope, FaultTarget};
