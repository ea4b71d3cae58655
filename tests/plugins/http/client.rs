//! The typed client: one HTTP API at one base URL, with one token.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use omniview_sdk::{Json, PluginResult, ResourceOperationError};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

use super::error::{ApiError, Problem};

/// How many books one request asks for.
const PAGE: usize = 20;

/// How long the network may take to say that it cannot reach a server.
///
/// A server that is reached and does not answer has no limit here: how long an answer is worth waiting for is the
/// caller's to say, and the SDK drops the request when the caller's deadline has passed.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a request is sent again because the library was busy, and the longest that it waits before it.
///
/// Longer than that, the caller knows better what to do with the time; the error says how long the library asks for.
const BUSY: (u32, Duration) = (3, Duration::from_secs(30));

/// A client of one library.
///
/// - A token that has expired is renewed, where the connection has what it takes, and the request sent once more. Requests that
///   find out at the same time wait for one renewal.
/// - A library that is busy (429) is asked again when it says so.
/// - Nothing else is sent twice: only of these two answers is it certain that nothing has happened.
///
/// Books pass through as the text that the server sent ([`Json`]); only who needs a field reads it.
///
/// # Cancel safety
///
/// Dropping the future of any method gives up the request; a change may have reached the server by then.
pub struct HttpClient {
    http: reqwest::Client,
    base: Url,
    token: Mutex<String>,
    /// Held by who renews the token.
    renewing: tokio::sync::Mutex<()>,
    /// What a new token is given for.
    renewal: Option<String>,
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
            token: Mutex::new(token.to_owned()),
            renewing: tokio::sync::Mutex::default(),
            renewal: None,
        })
    }

    /// The same, with a secret that the library gives new tokens for.
    #[must_use]
    pub fn with_renewal(mut self, secret: &str) -> Self {
        self.renewal = Some(secret.to_owned());
        self
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
        self.send(self.request(Method::GET, &["health"])).await?;
        Ok(())
    }

    /// Gets a new token for the renewal secret; requests that are on their way keep the old one.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED` for a client without such a secret, and as [`health`](Self::health).
    ///
    /// # Cancel safety
    ///
    /// When dropped, whoever else waits for a new token gets one.
    pub async fn renew(&self) -> PluginResult<()> {
        let used = self.token().clone();
        self.renew_from(&used).await
    }

    /// Gets a new token, unless there is another one than `used` by the time that nobody else renews it.
    async fn renew_from(&self, used: &str) -> PluginResult<()> {
        let secret = self.renewal.as_deref().ok_or_else(|| {
            ResourceOperationError::unsupported(
                "the connection has no secret to renew its token with",
            )
            .with_suggestion(
                "set `renewal` among the connection's sensitive data, or a new `token`",
            )
        })?;
        // To wait is the point: a hundred requests that find the token expired ask for one.
        let _renewing = self.renewing.lock().await;
        if *self.token() != used {
            return Ok(());
        }
        let request = self.http.post(self.url(&["token"]));
        let answer = execute(request.json(&json!({"secret": secret}))).await?;
        let Renewed { token } = answer.json().await?;
        *self.token() = token;
        Ok(())
    }

    /// The names of the shelves.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn shelves(&self) -> PluginResult<Vec<String>> {
        self.fetch(self.request(Method::GET, &["shelves"])).await
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
            let page: Page = self.fetch(self.http.get(url)).await?;
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
        self.fetch(self.request(Method::GET, &["shelves", shelf, "books", id]))
            .await
    }

    /// Puts a new book on a shelf and returns it as the library keeps it.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn add_book(&self, shelf: &str, book: &Json) -> PluginResult<Json> {
        let request = self.request(Method::POST, &["shelves", shelf, "books"]);
        self.fetch(request.json(book)).await
    }

    /// Replaces a book and returns it as the library keeps it.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn replace_book(&self, shelf: &str, id: &str, book: &Json) -> PluginResult<Json> {
        let request = self.request(Method::PUT, &["shelves", shelf, "books", id]);
        self.fetch(request.json(book)).await
    }

    /// Takes a book off its shelf and returns it as it was.
    ///
    /// # Errors
    ///
    /// As [`health`](Self::health).
    pub async fn remove_book(&self, shelf: &str, id: &str) -> PluginResult<Json> {
        self.fetch(self.request(Method::DELETE, &["shelves", shelf, "books", id]))
            .await
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    async fn fetch<T: DeserializeOwned>(&self, request: RequestBuilder) -> PluginResult<T> {
        Ok(self.send(request).await?.json().await?)
    }

    /// Sends a request with the token, and again where that is certain to do no harm and likely to help.
    async fn send(&self, request: RequestBuilder) -> PluginResult<Response> {
        let (mut waits, mut renewed) = (0, false);
        loop {
            let used = self.token().clone();
            let again = request.try_clone().ok_or_else(|| {
                ResourceOperationError::internal(
                    "a request whose body is a stream cannot be repeated",
                )
            })?;
            let error = match execute(again.bearer_auth(&used)).await {
                Err(error) => error,
                answer => return answer,
            };
            match error.downcast_ref::<ApiError>() {
                Some(refused) if refused.status() == StatusCode::UNAUTHORIZED => {
                    if renewed || self.renewal.is_none() {
                        return Err(error);
                    }
                    self.renew_from(&used).await?;
                    renewed = true;
                }
                Some(refused) => match pause(refused, waits) {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => return Err(error),
                },
                None => return Err(error),
            }
            waits += 1;
        }
    }

    fn token(&self) -> MutexGuard<'_, String> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
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

// Token and secret stay out of it.
impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// The answer to a renewal.
#[derive(Deserialize)]
struct Renewed {
    token: String,
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

/// How long to wait before a refused request is sent again, having waited so often; none where it is not worth it.
fn pause(refused: &ApiError, waits: u32) -> Option<Duration> {
    let (most, longest) = BUSY;
    let asked = refused
        .retry_after()
        .filter(|_| refused.status() == StatusCode::TOO_MANY_REQUESTS);
    asked.filter(|asked| waits < most && *asked <= longest)
}

/// Sends a request once; an answer that is not a success is an [`ApiError`] with what its body says.
async fn execute(request: RequestBuilder) -> PluginResult<Response> {
    let (http, request) = request.build_split();
    let request = request?;
    let asked = format!("{} {}", request.method(), request.url());
    let answer = http.execute(request).await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let retry_after = answer.headers().get(reqwest::header::RETRY_AFTER);
    // A date says the same in a way that takes a clock; the libraries that we know count seconds.
    let seconds = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    // A body that explains nothing is no reason to hide the status.
    let problem = answer.json::<Problem>().await.unwrap_or_default();
    Err(ApiError::refused(asked, status, problem)
        .retry_in(seconds.map(Duration::from_secs))
        .into())
}
