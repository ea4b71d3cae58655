//! Named deviations: each breaks one clause of the contract, exactly, and nothing else.
//!
//! They test those who look for defects: a suite that passes a plugin with a [`Deviation`] has a hole. A deviation is
//! put around the honest handles when the plugin is made, or around the whole plugin where an SDK would be at fault; where
//! there is none, nothing is there that could cost.
//!
//! ```
//! use omniview_reference_backend::{Deviation, ReferenceBackend};
//!
//! for deviation in Deviation::ALL {
//!     println!("{:28} {}", deviation.name(), deviation.describe());
//! }
//! let backend = ReferenceBackend::deviating("drops-third-add".parse()?);
//! assert!(backend.config().validate().is_ok());
//! # Ok::<(), omniview_reference_backend::deviation::UnknownDeviation>(())
//! ```

mod actions;
mod apply;
mod boundary;
mod connection;
mod crud;
mod cursor;
mod filter;
mod insight;
mod name;
mod query;
mod relations;
mod watch;
mod watch_sink;

pub(crate) use apply::apply;
pub(crate) use boundary::wrap;
pub use name::{Area, Deviation, UnknownDeviation};
