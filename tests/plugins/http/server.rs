//! The server: the library on a free port of loopback, and what a test does to it behind the plugin's back.

use serde_json::Value;
use wiremock::{Mock, MockServer, Request, matchers::any};

use super::library::{Library, TOKEN, place};

/// A library on loopback; it closes when it is dropped.
///
/// Its methods are changes behind the plugin's back. They take effect at once, for requests that come after them.
#[derive(Debug)]
pub struct LibraryServer {
    server: MockServer,
    library: Library,
}

/// How a path misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this status.
    Status(u16),
    /// Does not answer.
    Hang,
    /// Answers that it is busy, and for how many seconds it will be.
    Busy {
        /// The seconds.
        retry_after: u64,
    },
}

impl LibraryServer {
    /// Opens an empty library on a free port.
    pub async fn start() -> Self {
        let library = Library::default();
        let server = MockServer::start().await;
        let desk = library.clone();
        Mock::given(any())
            .respond_with(move |request: &Request| desk.answer(request))
            .mount(&server)
            .await;
        Self { server, library }
    }

    /// The base URL of the API.
    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// Puts a book there, whether or not its place is taken.
    ///
    /// # Panics
    ///
    /// The book is not a JSON object.
    pub fn put(&self, shelf: &str, id: &str, book: Value) {
        self.library.lock().put(shelf, id, book);
    }

    /// Takes a book away; one that is not there is fine.
    pub fn remove(&self, shelf: &str, id: &str) {
        self.library.lock().books.remove(&place(shelf, id));
    }

    /// The book at a place, as the library keeps it.
    pub fn book(&self, shelf: &str, id: &str) -> Option<Value> {
        self.library.lock().books.get(&place(shelf, id)).cloned()
    }

    /// Makes every path that starts with `prefix` misbehave.
    pub fn fault(&self, prefix: &str, fault: Fault) {
        self.fault_times(prefix, fault, usize::MAX);
    }

    /// Makes as many requests for paths that start with `prefix` misbehave.
    pub fn fault_times(&self, prefix: &str, fault: Fault, times: usize) {
        let faults = &mut self.library.lock().faults;
        faults.insert(prefix.to_owned(), (fault, times));
    }

    /// How many requests have met a fault.
    pub fn faults_met(&self) -> usize {
        self.library.lock().faults_met
    }

    /// Accepts this token from now on, and no other.
    pub fn accept(&self, token: &str) {
        self.library.lock().token = token.to_owned();
    }

    /// Ends every fault and accepts [`TOKEN`] again.
    pub fn recover(&self) {
        let mut state = self.library.lock();
        state.faults.clear();
        state.token = TOKEN.to_owned();
    }

    /// How many requests have come in for paths that start with `prefix`.
    pub async fn requests(&self, prefix: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap_or_default();
        requests
            .iter()
            .filter(|request| request.url.path().starts_with(prefix))
            .count()
    }
}
