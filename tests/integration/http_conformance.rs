//! The conformance suite over the HTTP plugin: every check is a test.
//!
//! Time is real here, because a server answers: what a check waits for, it waits for.

use std::{sync::Arc, time::Duration};

use omniview_conformance::{Fault, FaultKind, Mounted, Outside, ResourceFixture, Sample, Subject};
use omniview_sdk::{
    BoxError, CallContext, ConnectionId, ResourceKey, async_trait, build_resource_controller,
};
use omniview_tests::http::{self, Books, Libraries, LibraryServer, TOKEN};
use serde_json::{Value, json};

use crate::full_profile;

omniview_conformance::tests!(subject);

#[tokio::test]
async fn the_full_profile_passes_but_for_what_is_named_here() {
    insta::assert_snapshot!(full_profile::not_passed(subject()).await, @r"
    a way to configure connections behind the plugin's back (Outside::configures_connections)
    an editor schema
    every operation is supported
    hasActions
    hasEvents
    hasRelationships
    hasSchema
    it does not wait for a query
    it is watched
    its watch is not limited
    no field is required
    no hint of scale
    not filterable
    not hasHealth
    not namespaceScoped
    not watchable
    searchable
    two types that are watched
    ");
}

/// The connections, each to a library of its own.
const LIBRARIES: [&str; 2] = ["north", "south"];

const AUTHORS: [&str; 3] = ["Woolf", "Herbert", "Le Guin"];
const STATUSES: [&str; 3] = ["available", "lent", "lost"];

fn subject() -> Subject {
    Subject::try_provider("http", mount)
        .connection("north")
        .connection("south")
        .resource(books())
}

/// What the suite cannot know about books.
fn books() -> ResourceFixture {
    ResourceFixture::new("library::v1::Book")
        .namespaces(http::SHELVES)
        .sample(|number, shelf| {
            let id = format!("sample-{number}");
            let third = number as usize % 3;
            let book = json!({
                "id": id,
                "shelf": shelf,
                "title": format!("Sample {number}"),
                "author": AUTHORS[third],
                "year": 1900 + number,
                "price": f64::from(number) + 0.5,
                "reference": number % 2 == 0,
                "status": STATUSES[third],
                "due": format!("2026-01-{:02}T00:00:00Z", number % 28 + 1),
                "tags": {"number": number.to_string()},
            });
            Sample::new(id, book)
        })
        .change(|mut book| {
            book["title"] = json!("Another title");
            book
        })
}

/// Opens the libraries and mounts a plugin over them; they close with the mount.
async fn mount() -> Result<Mounted, BoxError> {
    let mut town = Town(Vec::new());
    let mut libraries = Libraries::new();
    for id in LIBRARIES {
        let server = LibraryServer::start().await;
        libraries = libraries.renewable(id, &server.url(), TOKEN, http::RENEWAL);
        town.0.push((id.into(), server));
    }
    let config = http::plugin(libraries, Books::polling(Duration::from_millis(5)));
    let provider = build_resource_controller(&CallContext::new(), config)?;
    Ok(Mounted::new(provider).outside(Arc::new(town)))
}

/// The libraries behind the plugin's back.
struct Town(Vec<(ConnectionId, LibraryServer)>);

impl Town {
    fn library(&self, connection: &ConnectionId) -> Result<&LibraryServer, BoxError> {
        let found = self.0.iter().find(|(id, _)| id == connection);
        let (_, server) = found.ok_or_else(|| format!("there is no library {connection:?}"))?;
        Ok(server)
    }

    fn put(&self, connection: &ConnectionId, book: &Sample) -> Result<(), BoxError> {
        let data: Value = book.data.to_value()?;
        self.library(connection)?
            .put(&book.namespace, &book.id, data);
        Ok(())
    }
}

#[async_trait]
impl Outside for Town {
    async fn insert(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        sample: &Sample,
    ) -> Result<(), BoxError> {
        self.put(connection, sample)
    }

    async fn update(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        object: &Sample,
    ) -> Result<(), BoxError> {
        self.put(connection, object)
    }

    async fn remove(
        &self,
        connection: &ConnectionId,
        _: &ResourceKey,
        id: &str,
        namespace: &str,
    ) -> Result<(), BoxError> {
        self.library(connection)?.remove(namespace, id);
        Ok(())
    }

    fn faults(&self) -> &[FaultKind] {
        &[
            FaultKind::Unauthorized,
            FaultKind::Forbidden,
            FaultKind::Fail,
            FaultKind::Hang,
        ]
    }

    async fn inject(&self, fault: &Fault) -> Result<(), BoxError> {
        let kind = match fault.kind {
            FaultKind::Unauthorized => http::Fault::Status(401),
            FaultKind::Forbidden => http::Fault::Status(403),
            FaultKind::Fail => http::Fault::Status(500),
            FaultKind::Hang => http::Fault::Hang,
            kind => return Err(format!("a library cannot {kind}").into()),
        };
        // Books are all that there is: a fault of their type leaves only the health of the library as it is.
        let paths: &[&str] = match fault.key {
            Some(_) => &["/books", "/shelves/"],
            None => &["/"],
        };
        for path in paths {
            self.library(&fault.connection)?.fault(path, kind);
        }
        Ok(())
    }

    async fn recover(&self, connection: &ConnectionId) -> Result<(), BoxError> {
        self.library(connection)?.recover();
        Ok(())
    }
}
