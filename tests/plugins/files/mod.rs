//! A plugin for directories: their folders are namespaces, the text files in them are documents.
//!
//! What it teaches: ids that become paths, changes that nobody sees half done, and a watch that loses nothing between
//! its first look and the first event. Start with [`config`], then read in this order:
//!
//! - [`place`]: where a document is; what would lead out of its directory is refused;
//! - [`document`]: what is read of a file;
//! - [`directory`]: the client, which reads and writes, and blocks while it does;
//! - [`error`]: what goes wrong with files, and the codes for it;
//! - [`connections`]: one connection a directory;
//! - [`resource`]: the six operations on documents, and the search for text;
//! - [`insight`]: what a document looks like, and how it is doing;
//! - [`watch`]: following a directory by the events of its file system.

pub mod connections;
pub mod directory;
pub mod document;
pub mod error;
pub mod insight;
pub mod place;
pub mod resource;
pub mod watch;

pub use connections::Directories;
pub use directory::Directory;
pub use document::Document;
pub use error::{FileError, FileErrors};
pub use place::Place;
pub use resource::Documents;

use omniview_sdk::{
    Blocking, ConnectionRegistration, ResourceGroup, ResourcePluginConfig, ResourceRegistration,
};

/// The client of the plugin: reading and writing files blocks.
pub type Client = Blocking<Directory>;

/// The plugin over these directories.
pub fn config(directories: Directories) -> ResourcePluginConfig<Client> {
    ResourcePluginConfig::new("files")
        .connections(ConnectionRegistration::builder(directories).build())
        .group(ResourceGroup::new("files", "Files"))
        .resource(
            ResourceRegistration::builder(resource::meta(), Documents::default())
                .definition_provider()
                .filterable()
                .text_search()
                .health()
                .watch()
                .build(),
        )
        .error_classifier(FileErrors)
}
