//! The backend behind the plugin: connections, the objects of each, and what is wrong with them at the moment.
//!
//! [`World`] is the front door. The plugin reaches it through clients that connections hand out; a test reaches it
//! through [`ReferenceBackend`](crate::ReferenceBackend), behind the plugin's back.

mod client;
mod faults;
mod fleet;
mod sites;

pub use client::ReferenceClient;
pub use faults::{Fault, FaultScope, Faults};
pub use fleet::Fleet;
pub use sites::World;
