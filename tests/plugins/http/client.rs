//! The typed client: one HTTP API at one base URL, with one token.

use std::{fmt, time::Duration};

use omniview_sdk::{Json, PluginResult, ResourceOperationError};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::{Deserialize, de::DeserializeOwned};

use super::error::{ApiError, Problem};

/// How many books one request asks for.
const PAGE: usize = 20;

/// How long the network may take to say that it cannot reach a server.
///
/// A server that is reached and does not answer has no limit here: how long an answer is worth waiting for is the
/// caller's to say, and the SDK drops the request when the caller's deadline has passed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of one library.
///
/// Books pass through as the text that the server sent ([`Json`]); only who needs a field reads it.
///
/// # Cancel safety
///
/// Dropping the future of any method gives up the request; a change may have reached the server by then.
pub struct HttpClient {
    http: reqwest::Client,
    base: Url,
    token: String,
}

impl HttpClient {
    /// A client for the API at `base`, which nothing is asked yet.
    ///
    /// # Errors
    ///
    /// `INVALID_INPUT` where `base` is not an `http` URL.
    pub fn new(base: &str, token: &str) -> PluginResult<Self> {
        let url = Url::parse(base).map_err(|error| bad_url(base, &error.to_string()))?;
        if url.scheme() != "http" {
            return Err(bad_url(base, "its scheme is not http").into());
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // The URL is meant as it is configured, whatever the environment says about proxies.
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            base: url,
            token: token.to_owned(),
        })
    }

    /// The URL of the API.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Asks whether the library is open to this token.
    ///
    /// # Errors
    ///
    /// As every method: [`ApiError`] for an answer that refuses, [`reqwest::Error`] for none at all.
    pub async fn health(&self) -> PluginResult<()> {
        send(self.request(Method::GET, &["health"])).await?;
        Ok(())
    }

    /// The names of the shelves.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn shelves(&self) -> PluginResult<Vec<String>> {
        fetch(self.request(Method::GET, &["shelves"])).await
    }

    /// The books of one shelf, or of all; walks the server's pages.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn books(&self, shelf: Option<&str>) -> PluginResult<Vec<Json>> {
        let mut books = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut url = self.url(&["books"]);
            url.query_pairs_mut()
                .extend_pairs(shelf.map(|shelf| ("shelf", shelf)))
                .extend_pairs(cursor.as_deref().map(|cursor| ("cursor", cursor)))
                .append_pair("limit", &PAGE.to_string());
            let page: Page = fetch(self.authorised(Method::GET, url)).await?;
            books.extend(page.items);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(books),
            }
        }
    }

    /// One book.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn book(&self, shelf: &str, id: &str) -> PluginResult<Json> {
        fetch(self.request(Method::GET, &["shelves", shelf, "books", id])).await
    }

    /// Puts a new book on a shelf and returns it as the library keeps it.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn add_book(&self, shelf: &str, book: &Json) -> PluginResult<Json> {
        let request = self.request(Method::POST, &["shelves", shelf, "books"]);
        fetch(request.json(book)).await
    }

    /// Replaces a book and returns it as the library keeps it.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn replace_book(&self, shelf: &str, id: &str, book: &Json) -> PluginResult<Json> {
        let request = self.request(Method::PUT, &["shelves", shelf, "books", id]);
        fetch(request.json(book)).await
    }

    /// Takes a book off its shelf and returns it as it was.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn remove_book(&self, shelf: &str, id: &str) -> PluginResult<Json> {
        fetch(self.request(Method::DELETE, &["shelves", shelf, "books", id])).await
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.authorised(method, self.url(path))
    }

    fn authorised(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url).bearer_auth(&self.token)
    }

    /// The base URL with `path` behind it, each segment escaped: an id may hold anything.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

// The token stays out of it.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// One page of the server's listing.
#[derive(Deserialize)]
struct Page {
    items: Vec<Json>,
    next: Option<String>,
}

fn bad_url(url: &str, why: &str) -> ResourceOperationError {
    ResourceOperationError::invalid_input(format!("{url:?} is not the URL of a library: {why}"))
        .with_suggestion("give a URL such as http://library.example:8080/api")
}

async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> PluginResult<T> {
    Ok(send(request).await?.json().await?)
}

/// Sends a request; an answer that is not a success is an [`ApiError`] with what its body says.
async fn send(request: RequestBuilder) -> PluginResult<Response> {
    let (http, request) = request.build_split();
    let request = request?;
    let asked = format!("{} {}", request.method(), request.url());
    let answer = http.execute(request).await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    // A body that explains nothing is no reason to hide the status.
    let problem = answer.json::<Problem>().await.unwrap_or_default();
    Err(ApiError::refused(asked, status, problem).into())
}
