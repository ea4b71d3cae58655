//! A plugin for a small REST API: a library whose books stand on shelves.
//!
//! - [`client`]: the typed client, which knows HTTP and nothing of the SDK's traits;
//! - [`error`]: what can go wrong in it, and the classifier that gives it a code.
//!
//! [`server`] is the library's server, faked on loopback for tests, and [`library`] is what it serves.

pub mod client;
pub mod error;
pub mod library;
pub mod server;

pub use client::HttpClient;
pub use error::{ApiError, HttpErrors};
pub use library::{SHELVES, TOKEN};
pub use server::{Fault, LibraryServer};
