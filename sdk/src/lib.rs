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
//! A complete plugin: books on shelves. The client is a map here, and an HTTP client or a pool elsewhere.
//!
//! ```
//! use std::{collections::BTreeMap, sync::Arc};
//!
//! use omniview_sdk::{query::{self, Identity, Item, QueryItem}, *};
//! use serde_json::json;
//! use tokio::sync::Mutex;
//!
//! type Shelf = Mutex<BTreeMap<String, Item>>;
//!
//! struct Shelves;
//!
//! #[async_trait]
//! impl ConnectionProvider<Shelf> for Shelves {
//!     async fn load_connections(&self, _: &CallContext) -> PluginResult<Vec<Connection>> {
//!         Ok(vec![Connection::builder("home").build()?])
//!     }
//!     async fn create_client(&self, _: &CallContext) -> PluginResult<Shelf> {
//!         Ok(Shelf::default())
//!     }
//!     async fn destroy_client(&self, _: &CallContext, _: Arc<Shelf>) -> PluginResult<()> {
//!         Ok(())
//!     }
//!     async fn check_connection(&self, _: &CallContext, _: &Arc<Shelf>) -> PluginResult<ConnectionStatus> {
//!         Ok(ConnectionStatus::connected())
//!     }
//!     async fn get_namespaces(&self, _: &CallContext, _: &Arc<Shelf>) -> PluginResult<Option<Vec<String>>> {
//!         Ok(None)
//!     }
//! }
//!
//! struct Books;
//!
//! fn no_book(isbn: &str) -> BoxError {
//!     ResourceOperationError::not_found(format!("there is no book {isbn:?}")).into()
//! }
//!
//! #[async_trait]
//! impl Resourcer<Shelf> for Books {
//!     async fn get(&self, ctx: &Context<Shelf>, input: GetInput) -> PluginResult<GetResult> {
//!         let shelf = ctx.client().lock().await;
//!         let book = shelf.get(&input.id).ok_or_else(|| no_book(&input.id))?;
//!         Ok(GetResult::new(book.json()))
//!     }
//!     async fn list(&self, ctx: &Context<Shelf>, input: ListInput) -> PluginResult<ListResult> {
//!         Ok(query::list(ctx.client().lock().await.values(), &input)?)
//!     }
//!     async fn find(&self, ctx: &Context<Shelf>, input: FindInput) -> PluginResult<FindResult> {
//!         let fields = self.filter_fields(ctx).await?;
//!         Ok(query::find(ctx.client().lock().await.values(), &input, &fields)?)
//!     }
//!     async fn create(&self, ctx: &Context<Shelf>, input: CreateInput) -> PluginResult<CreateResult> {
//!         let book = Item::parse(input.input, &Identity::new("isbn", ""))?;
//!         let result = CreateResult::new(book.json());
//!         ctx.client().lock().await.insert(book.id().to_owned(), book);
//!         Ok(result)
//!     }
//!     async fn update(&self, ctx: &Context<Shelf>, input: UpdateInput) -> PluginResult<UpdateResult> {
//!         self.get(ctx, GetInput::new(&input.id)).await?;
//!         let created = self.create(ctx, CreateInput::new(input.input)).await?;
//!         Ok(UpdateResult::new(created.result))
//!     }
//!     async fn delete(&self, ctx: &Context<Shelf>, input: DeleteInput) -> PluginResult<DeleteResult> {
//!         let book = ctx.client().lock().await.remove(&input.id);
//!         Ok(DeleteResult::new(book.ok_or_else(|| no_book(&input.id))?.json()))
//!     }
//! }
//!
//! #[async_trait]
//! impl FilterableProvider<Shelf> for Books {
//!     async fn filter_fields(&self, _: &Context<Shelf>) -> PluginResult<FilterFields> {
//!         Ok(vec![FilterField::new("title", FilterFieldType::String)].into())
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<()> {
//!     let book = ResourceMeta::new("library", "v1", "Book");
//!     let key = book.key();
//!     let config = ResourcePluginConfig::new("library")
//!         .connections(ConnectionRegistration::builder(Shelves).build())
//!         .resource(ResourceRegistration::builder(book, Books).filterable().build());
//!     let plugin = build_resource_controller(&CallContext::new(), config)?;
//!
//!     // From here on this is the engine's side.
//!     let ctx = CallContext::new().with_session(Session::for_connection("home"));
//!     plugin.start_connection(&ctx, &"home".into()).await?;
//!     let dune = json!({"isbn": "0441013597", "title": "Dune"});
//!     plugin.create(&ctx, &key, CreateInput::new(dune)).await?;
//!
//!     let found = plugin.get(&ctx, &key, GetInput::new("0441013597")).await?;
//!     assert_eq!(found.result.as_str(), r#"{"isbn":"0441013597","title":"Dune"}"#);
//!
//!     let typo = FindInput::all().filter(FilterPredicate::eq("titel", "Dune"));
//!     let refused = plugin.find(&ctx, &key, typo).await.unwrap_err();
//!     assert_eq!(*refused.code(), ErrorCode::FilterUnknownField);
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
//!   backends that can only fetch everything, [`query`] answers lists and finds in memory.
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
//! - It needs a tokio runtime with time enabled. Code that blocks its thread cannot be interrupted: use
//!   `spawn_blocking`.
//! - All times are tokio's, so that tests with a paused clock are exact; only [`Timestamp::now`] is the wall clock.
//! - Nothing is persisted. An updated connection lasts until the plugin's next load says otherwise.
//! - Objects are not cached: every query reaches the plugin, and what a watch emits is passed on, not kept.
//! - [`ControllerOptions`] has the bounds: 5 retries of a watch, 5 s of grace for what is being stopped, 8,192
//!   events without a listener, 1,024 behind each one.
//! - Logging is [`tracing`](https://docs.rs/tracing): silent until the program installs a subscriber.

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
pub use config::ResourcePluginConfig;
pub use connection::{
    ClientRefresher, ConnectionProvider, ConnectionRegistration, ConnectionRegistrationBuilder,
    ConnectionScope, ConnectionWatcher, SchemaProvider, ScopeProvider,
};
pub use context::{
    CallContext, Context, GlobalConfig, Session, connection_from_context, session_from_context,
    watch_scope_from_context, with_session, with_watch_scope,
};
pub use controller::build_resource_controller;
pub use discovery::{DiscoveredTypes, DiscoveryCoverage, DiscoveryProvider};
pub use error::{BoxError, Fault, PluginResult, ResourceOperationError, Result};
pub use error_code::ErrorCode;
pub use ids::{ConnectionId, PluginId, RequestId, RequesterId, ResourceKey};
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
pub use watch::{Delivery, Jitter, RetryPolicy, SinkClosed, WatchEventSink, WatchSink};
