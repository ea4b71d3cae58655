//! The library behind the server: an API over remembered books, which misbehaves on demand.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use wiremock::{Request, ResponseTemplate};

use super::server::Fault;

/// The token that a fresh library accepts.
pub const TOKEN: &str = "reader-7";

/// The secret that every library gives a new token for.
pub const RENEWAL: &str = "card-7";

/// The shelves of every library.
pub const SHELVES: [&str; 3] = ["fiction", "poetry", "science"];

/// How long a [`Fault::Hang`] takes: longer than any test.
const HANG: Duration = Duration::from_secs(600);

/// How many books a page holds where the request does not say.
const PAGE: usize = 10;

/// What the server's threads and the test share.
#[derive(Debug, Clone, Default)]
pub(super) struct Library(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    pub(super) token: String,
    /// By shelf and id.
    pub(super) books: BTreeMap<(String, String), Value>,
    /// By the start of the paths that they concern, with how often they still happen.
    pub(super) faults: BTreeMap<String, (Fault, usize)>,
    /// How many requests have met a fault.
    pub(super) faults_met: usize,
    /// Grows with every change, so that no two states of any book share a revision.
    revision: u64,
}

impl Library {
    pub(super) fn answer(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.lock();
        let path = request.url.path();
        let fault = state
            .faults
            .iter_mut()
            .find_map(|(prefix, (fault, times))| {
                let concerns = path.starts_with(prefix.as_str()) && *times > 0;
                concerns.then(|| {
                    *times -= 1;
                    *fault
                })
            });
        if let Some(fault) = fault {
            state.faults_met += 1;
            return match fault {
                Fault::Busy { retry_after } => problem(429, "busy", "one reader after the other")
                    .insert_header("retry-after", retry_after.to_string()),
                Fault::Hang => ResponseTemplate::new(200).set_delay(HANG),
                Fault::Status(status) => {
                    problem(status, "fault", "the library was told to misbehave")
                }
            };
        }
        if path == "/token" {
            return state.renew(request);
        }
        if !state.admits(request) {
            return problem(401, "token", "the token is not known here");
        }
        let segments: Vec<String> = path.split('/').skip(1).map(unescape).collect();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), &segments[..]) {
            ("GET", ["health"]) => ResponseTemplate::new(204),
            ("GET", ["shelves"]) => ResponseTemplate::new(200).set_body_json(SHELVES),
            ("GET", ["books"]) => state.page(request),
            ("POST", ["shelves", shelf, "books"]) => state.create(shelf, request),
            ("GET", ["shelves", shelf, "books", id]) => state.read(shelf, id),
            ("PUT", ["shelves", shelf, "books", id]) => state.replace(shelf, id, request),
            ("DELETE", ["shelves", shelf, "books", id]) => state.delete(shelf, id),
            _ => problem(404, "path", "there is nothing at this path"),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn admits(&self, request: &Request) -> bool {
        let expected = format!("Bearer {}", self.token);
        let given = request.headers.get("authorization");
        given.is_some_and(|given| given.as_bytes() == expected.as_bytes())
    }

    /// The token that is accepted, for the secret.
    fn renew(&self, request: &Request) -> ResponseTemplate {
        let secret = request.body_json::<Value>().unwrap_or_default();
        if secret["secret"] != RENEWAL {
            return problem(401, "secret", "the secret is not known here");
        }
        ResponseTemplate::new(200).set_body_json(json!({"token": self.token}))
    }

    /// A page by the place of the book before it, so that changes in between neither repeat nor lose a book.
    fn page(&self, request: &Request) -> ResponseTemplate {
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        let limit = query.get("limit").and_then(|limit| limit.parse().ok());
        let after = query
            .get("cursor")
            .and_then(|cursor| cursor.split_once('/'));
        let mut books = self
            .books
            .iter()
            .filter(|((shelf, _), _)| query.get("shelf").is_none_or(|wanted| wanted == shelf))
            .filter(|((shelf, id), _)| after.is_none_or(|after| (&**shelf, &**id) > after))
            .peekable();
        let mut items = Vec::new();
        let mut next = None;
        while let Some(((shelf, id), book)) = books.next() {
            items.push(book);
            if items.len() == limit.unwrap_or(PAGE) {
                next = books.peek().is_some().then(|| format!("{shelf}/{id}"));
                break;
            }
        }
        ResponseTemplate::new(200).set_body_json(json!({"items": items, "next": next}))
    }

    fn create(&mut self, shelf: &str, request: &Request) -> ResponseTemplate {
        let Ok(book @ Value::Object(_)) = request.body_json::<Value>() else {
            return problem(400, "body", "a book is a JSON object");
        };
        let id = book["id"].as_str().unwrap_or_default().to_owned();
        if id.is_empty() {
            return problem(400, "id", "a book needs an id");
        }
        if !SHELVES.contains(&shelf) {
            return problem(404, "shelf", &format!("there is no shelf {shelf:?}"));
        }
        if self.books.contains_key(&place(shelf, &id)) {
            return problem(409, "exists", &format!("shelf {shelf:?} has a book {id:?}"));
        }
        ResponseTemplate::new(201).set_body_json(self.put(shelf, &id, book))
    }

    fn read(&self, shelf: &str, id: &str) -> ResponseTemplate {
        match self.books.get(&place(shelf, id)) {
            Some(book) => ResponseTemplate::new(200).set_body_json(book),
            None => no_book(shelf, id),
        }
    }

    /// A body that names a revision replaces that revision only.
    fn replace(&mut self, shelf: &str, id: &str, request: &Request) -> ResponseTemplate {
        let Some(present) = self.books.get(&place(shelf, id)) else {
            return no_book(shelf, id);
        };
        let Ok(book @ Value::Object(_)) = request.body_json::<Value>() else {
            return problem(400, "body", "a book is a JSON object");
        };
        let stale = book
            .get("revision")
            .is_some_and(|named| *named != present["revision"]);
        if stale {
            return problem(
                409,
                "revision",
                &format!("book {id:?} has changed since then"),
            );
        }
        ResponseTemplate::new(200).set_body_json(self.put(shelf, id, book))
    }

    fn delete(&mut self, shelf: &str, id: &str) -> ResponseTemplate {
        match self.books.remove(&place(shelf, id)) {
            Some(book) => ResponseTemplate::new(200).set_body_json(book),
            None => no_book(shelf, id),
        }
    }

    pub(super) fn put(&mut self, shelf: &str, id: &str, mut book: Value) -> Value {
        self.revision += 1;
        book["id"] = json!(id);
        book["shelf"] = json!(shelf);
        book["revision"] = json!(self.revision);
        self.books.insert(place(shelf, id), book.clone());
        book
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            token: TOKEN.to_owned(),
            revision: 0,
            books: BTreeMap::new(),
            faults: BTreeMap::new(),
            faults_met: 0,
        }
    }
}

pub(super) fn place(shelf: &str, id: &str) -> (String, String) {
    (shelf.to_owned(), id.to_owned())
}

fn no_book(shelf: &str, id: &str) -> ResponseTemplate {
    problem(404, "book", &format!("shelf {shelf:?} has no book {id:?}"))
}

fn problem(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"code": code, "message": message}))
}

/// Undoes the percent signs of a path segment.
fn unescape(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = segment_byte(rest);
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &rest[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn segment_byte(rest: &[u8]) -> Option<u8> {
    let digits = rest.strip_prefix(b"%")?.get(..2)?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
