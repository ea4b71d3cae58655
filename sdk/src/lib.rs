//! The resource-plugin contract as Rust types and traits, and the controller that keeps it.
//!
//! A plugin teaches an IDE about resources: Kubernetes objects, cloud instances, rows, files. Its author writes a
//! few traits against a client of the author's own choice; [`build_resource_controller`] turns them into one
//! [`Provider`], which is all that the IDE's engine ever sees. Everything in between is the same for every plugin,
//! and is here: the life of connections, sessions, deadlines and cancellation, watches with retry and ordered
//! delivery, validation of filters, discovery, structured errors, and panics that stay inside.
//!
//! # Quick start
//!
//! A complete plugin: books on shelves. The client is a collection in memory here, and an HTTP client or a pool elsewhere.
//!
//! ```
//! use omniview_sdk::query::{Collection, Identity};
//! use omniview_sdk::*;
//! use serde_json::json;
//!
//! type Shelf = Collection; // The client: books in memory. Yours speaks HTTP, or SQL, or whatever.
//!
//! struct Books;
//!
//! #[async_trait]
//! impl Resourcer<Shelf> for Books {
//!     async fn get(&self, cx: &Context<Shelf>, input: GetInput) -> PluginResult<GetResult> {
//!         Ok(cx.client().get(&input)?)
//!     }
//!     async fn list(&self, cx: &Context<Shelf>, input: ListInput) -> PluginResult<ListResult> {
//!         Ok(cx.client().list(&input)?)
//!     }
//!     async fn find(&self, cx: &Context<Shelf>, input: FindInput) -> PluginResult<FindResult> {
//!         Ok(cx.client().find(&input, &[])?) // No fields to filter by: that is `.filterable()`.
//!     }
//!     async fn create(&self, cx: &Context<Shelf>, input: CreateInput) -> PluginResult<CreateResult> {
//!         Ok(cx.client().create(input)?)
//!     }
//!     async fn update(&self, cx: &Context<Shelf>, input: UpdateInput) -> PluginResult<UpdateResult> {
//!         Ok(cx.client().update(input)?)
//!     }
//!     async fn delete(&self, cx: &Context<Shelf>, input: DeleteInput) -> PluginResult<DeleteResult> {
//!         Ok(cx.client().delete(&input)?)
//!     }
//! }
//!
//! #[async_trait]
//! impl Watcher<Shelf> for Books {
//!     async fn watch(&self, cx: &Context<Shelf>, sink: WatchSink) -> PluginResult<()> {
//!         cx.client().follow(cx, sink).await
//!     }
//! }
//!
//! pub fn library() -> ResourcePluginConfig<Shelf> {
//!     let shelf = || Collection::new(Identity::new("isbn", ""));
//!     let shelves = StaticConnections::new()
//!         .client("home", shelf())
//!         .client("office", shelf());
//!     let book = ResourceMeta::new("library", "v1", "Book");
//!     ResourcePluginConfig::new("library")
//!         .connections(shelves.registration())
//!         .resource(ResourceRegistration::builder(book, Books).watch().build())
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<()> {
//!     let plugin = build_resource_controller(&CallContext::new(), library())?;
//!
//!     // From here on this is the engine's side.
//!     let ctx = CallContext::new().with_session(Session::for_connection("home"));
//!     let (home, key) = ("home".into(), "library::v1::Book".into());
//!     plugin.start_connection(&ctx, &home).await?;
//!     let dune = json!({"isbn": "0441013597", "title": "Dune"});
//!     plugin.create(&ctx, &key, CreateInput::new(dune)).await?;
//!
//!     // The client ends with the connection; what it talks to does not.
//!     plugin.stop_connection(&ctx, &home).await?;
//!     plugin.start_connection(&ctx, &home).await?;
//!     let found = plugin.get(&ctx, &key, GetInput::new("0441013597")).await?;
//!     assert_eq!(found.result.as_str(), r#"{"isbn":"0441013597","title":"Dune"}"#);
//!
//!     let refused = plugin.get(&ctx, &key, GetInput::new("42")).await.unwrap_err();
//!     assert_eq!(*refused.code(), ErrorCode::NotFound);
//!
//!     plugin.close().await
//! }
//! ```
//!
//! # Concepts
//!
//! - A **connection** is one backend that a user has configured: a cluster, an account, a database. The
//!   [`ConnectionProvider`] knows them; the engine starts and stops them by id.
//! - A **client** is the author's own type, the `C` of every author trait. A running connection has one. It is made
//!   when the connection starts, shared as `Arc<C>`, and destroyed exactly once.
//! - A **type** of resource is a [`ResourceMeta`]; its **key** is `group::version::kind`. A key is served by the
//!   [`ResourceRegistration`] for that type, or by one for a [pattern](KeyPattern) that fits.
//!   [Discovery](DiscoveryProvider) brings types that only the backend knows.
//! - A **capability** is an optional trait of a resourcer or of a connection provider. The builder's `.watch()`,
//!   `.actions()`, `.filterable()` need the trait, and [`ResourceCapabilities`] is computed from what was
//!   registered, so that it cannot claim what is not there. [`register_resource!`] finds the traits of a concrete
//!   type by itself.
//! - A **session** says who asks, on which connection and with which settings. The engine puts it into the
//!   [`CallContext`], beside deadline and cancellation; plugin code finds it in its [`Context`], with the full
//!   connection filled in. Nothing that means something is in a task-local.
//! - A **watch** follows one type on one connection: the objects that exist, `Synced`, then every change. The SDK
//!   starts it as the [`SyncPolicy`] says, retries it, and knows when to give up. [`WatchState`] says how far it
//!   has come.
//! - An **error** of plugin code may be any error; one of the boundary is a [`ResourceOperationError`] with a code
//!   for programs and text for people. An [`ErrorClassifier`] makes one of the other.
//! - An object passes as [`Json`]: written once, by the plugin, and neither parsed nor copied on the way. For
//!   backends that can only fetch everything, [`query`] answers lists and finds in memory, and a [`Relist`] turns their
//!   listings into the events of a watch.
//!
//! The names are those of the contract; `docs/symbols.md` of the repository says where each of them is.
//!
//! # What is guaranteed
//!
//! - Each client that was created is destroyed exactly once, after the last watch on it has ended: also when a
//!   start is aborted, a connection vanishes, the plugin closes, or the root context ends. Starts, stops and
//!   updates of one connection take effect one after the other.
//! - Refusals come before the resource's own code runs: closed, cancelled, expired, unknown key, no connection,
//!   invalid filter or page. Such a call has had no effect.
//! - Events of one type on one connection arrive in the order of emission, data and state events as one sequence.
//!   None is lost: they are buffered while nobody listens, and whoever emits waits while a buffer is full. Between
//!   types there is no order.
//! - When a watch has been stopped no event of it follows, not even from a [`WatchSink`] that outlived it. Two
//!   attempts of one watch never overlap.
//! - [`Provider::close`] is idempotent and bounded in time, and after it every method fails with `CLOSED`.
//!
//! # Isolation
//!
//! - **A panic** of plugin code becomes an `INTERNAL` error with its text; in a watch, an error like any other,
//!   which is retried. A listener that panics is detached. The process, other calls and other connections go on.
//!   The SDK holds no lock while plugin code runs, so none can be poisoned. With `panic = "abort"` all of this is
//!   off.
//! - **A deadline** or a cancellation ends the call even when the plugin ignores it: the plugin's future is dropped
//!   at its next `.await`, and the caller gets `TIMEOUT` or `CANCELLED`. Whether a write took place is then not
//!   known.
//! - **Dropping** the future of an operation drops the plugin's. A call on a connection is taken back while it
//!   waits for its turn or for the client to be made; anything later, and what was begun on a watch, is completed
//!   in the background, so that nothing is left half started.
//! - **Slow code** slows itself: a listener that is behind makes its emitters wait, and delays no cancellation.
//! - **Secrets** are in [`Connection::sensitive`], and in no log, error, event or `Debug` text.
//!
//! # Limits
//!
//! - It needs a tokio runtime with time enabled. Code that blocks its thread cannot be interrupted: put such a client into
//!   [`Blocking`].
//! - All times are tokio's, so that tests with a paused clock are exact; only [`Timestamp::now`] is the wall clock.
//! - Nothing is persisted. An updated connection lasts until the plugin's next load says otherwise.
//! - Objects are not cached: every query reaches the plugin, and what a watch emits is passed on, not kept.
//! - [`ControllerOptions`] has the bounds: 5 retries of a watch, 5 s of grace for what is being stopped, 8,192
//!   events without a listener, 1,024 behind each one.
//! - Logging is [`tracing`](https://docs.rs/tracing): silent until the program installs a subscriber.

mod blocking;
mod call;
mod config;
pub mod connection;
pub mod context;
mod controller;
mod discovery;
mod error;
mod error_code;
pub mod filter;
mod ids;
mod json;
mod options;
mod panic;
pub mod provider;
pub mod query;
mod registry;
pub mod resource;
mod settings;
mod timestamp;
pub mod types;
pub mod watch;
mod wire;

/// The version of this SDK, for reports and logs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub use async_trait::async_trait;
pub use blocking::Blocking;
pub use config::ResourcePluginConfig;
pub use connection::{
    ClientRefresher, ConnectionProvider, ConnectionRegistration, ConnectionRegistrationBuilder,
    ConnectionScope, ConnectionWatcher, SchemaProvider, ScopeProvider, StaticConnections,
};
pub use context::{
    CallContext, Context, GlobalConfig, Session, connection_from_context, session_from_context,
    watch_scope_from_context, with_session, with_watch_scope,
};
pub use controller::build_resource_controller;
pub use discovery::{DiscoveredTypes, DiscoveryCoverage, DiscoveryProvider};
pub use error::{BoxError, Fault, PluginResult, ResourceOperationError, Result};
pub use error_code::ErrorCode;
pub use ids::{ConnectionId, Namespace, PluginId, RequestId, RequesterId, ResourceId, ResourceKey};
pub use json::{Json, JsonMap};
pub use options::ControllerOptions;
pub use provider::{
    ActionProvider, ConnectionLifecycleProvider, EditorSchemaProvider, HealthProvider,
    OperationProvider, Provider, RelationshipProvider, TypeProvider, WatchProvider,
};
pub use resource::{
    ActionResourcer, ActionSink, DefinitionProvider, ErrorClassifier, EventRetriever, FilterFields,
    FilterableProvider, HealthAssessor, InvalidPattern, KeyPattern, RelationshipDeclarer,
    RelationshipResolver, ResourceHandles, ResourceRegistration, ResourceRegistrationBuilder,
    ResourceSchemaProvider, ResourceTarget, Resourcer, ScaleHintProvider, SyncPolicyDeclarer,
    TextSearchProvider, Watcher,
};
pub use settings::{Setting, SettingChange, SettingKind, SettingValue, Settings, SettingsError};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use types::*;
pub use watch::{
    Delivery, Jitter, Listing, Relist, RetryPolicy, SinkClosed, WatchEventSink, WatchSink,
};
