//! A library, and the plugin mounted over it.

use std::time::Duration;

use omniview_plugintest::Harness;
use omniview_tests::http::{self, Books, CONNECTION, Libraries, LibraryServer, TOKEN};
use serde_json::{Value, json};

/// The type of every object here.
pub(super) const BOOK: &str = "library::v1::Book";

/// How often the plugin looks for changes: the tests wait for it.
pub(super) const POLL: Duration = Duration::from_millis(5);

/// An empty library, and the plugin connected to it.
pub(super) async fn open() -> (LibraryServer, Harness) {
    let server = LibraryServer::start().await;
    let harness = mount(Libraries::new().library(CONNECTION, &server.url(), TOKEN));
    harness.connect(CONNECTION).await;
    (server, harness)
}

/// The plugin, connected to nothing yet.
pub(super) fn mount(libraries: Libraries) -> Harness {
    let config = http::plugin(libraries, Books::polling(POLL))
        .options(|options| options.watch_retry.base = Duration::from_millis(5));
    Harness::mount(config)
}

/// A book without anything in it that the tests look at.
pub(super) fn book(id: &str) -> Value {
    json!({"id": id, "title": format!("The book {id}")})
}
