//! A plugin for a small REST API: a library whose books stand on shelves.
//!
//! Start with [`config`], then read in this order:
//!
//! - [`client`]: the typed client, which knows HTTP and nothing of the SDK's traits;
//! - [`error`]: what can go wrong in it, and the classifier that gives it a code;
//! - [`connections`]: one connection a configured library, its token among the secrets and renewed when it expires;
//! - [`resource`]: the six operations on books;
//! - [`insight`]: what a book looks like in a table, what it can be filtered by, and how it is doing;
//! - [`watch`]: following the books of a server that has no way to tell about changes.
//!
//! [`server`] is the library's server, faked on loopback for tests, and [`library`] is what it serves.

pub mod client;
pub mod connections;
pub mod error;
pub mod insight;
pub mod library;
pub mod resource;
pub mod server;
pub mod watch;

pub use client::HttpClient;
pub use connections::Libraries;
pub use error::{ApiError, HttpErrors};
pub use library::{RENEWAL, SHELVES, TOKEN};
pub use resource::Books;
pub use server::{Fault, LibraryServer};

use omniview_sdk::{
    ConnectionRegistration, ResourceGroup, ResourcePluginConfig, ResourceRegistration,
};

/// The id of the connection that [`config`] configures.
pub const CONNECTION: &str = "library";

/// The plugin over one library.
pub fn config(url: &str, token: &str) -> ResourcePluginConfig<HttpClient> {
    plugin(
        Libraries::new().library(CONNECTION, url, token),
        Books::default(),
    )
}

/// The plugin over any number of libraries.
pub fn plugin(libraries: Libraries, books: Books) -> ResourcePluginConfig<HttpClient> {
    ResourcePluginConfig::new("library")
        .connections(ConnectionRegistration::builder(libraries).refresh().build())
        .group(ResourceGroup::new("library", "Library"))
        .resource(
            ResourceRegistration::builder(resource::meta(), books)
                .definition_provider()
                .filterable()
                .health()
                .watch()
                .build(),
        )
        .error_classifier(HttpErrors)
}
