//! The six operations that every resource type has.

use async_trait::async_trait;

use crate::{
    Context, CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, ListInput, ListResult, PluginResult, UpdateInput, UpdateResult,
};

/// The six operations on a resource type, against the client of one connection.
///
/// # What the SDK promises
///
/// - Every call has a session with the full connection, and the concrete type in [`Context::meta`].
/// - A call whose deadline has passed or that was taken back does not arrive here. When that happens while it runs,
///   its future is dropped at the next `.await`.
/// - Pages are sane: no negative number, no page together with a cursor. Filters of a
///   [`FilterableProvider`](crate::FilterableProvider) are valid.
/// - A panic is turned into an `INTERNAL` error; the plugin goes on.
///
/// # What the author promises
///
/// - An empty list of namespaces means every namespace; other lists restrict.
/// - A list is ordered as asked, ties broken by (namespace, id), so that pages are deterministic
///   ([`query`](crate::query) does it for you).
/// - An object that does not exist is [`ErrorCode::NotFound`](crate::ErrorCode::NotFound).
/// - An operation that a type cannot do is [`ErrorCode::Unsupported`](crate::ErrorCode::Unsupported), said
///   explicitly: there are no default bodies.
///
/// # Cancel safety
///
/// A future is dropped at its next `.await` when the call's deadline passes, its caller goes away, or the plugin closes. What must
/// not stay half done belongs into one request to the backend, or into a task that the plugin joins.
///
/// # Examples
///
/// A backend that can only fetch everything answers through [`query`](crate::query). This one is read-only:
///
/// ```
/// use omniview_sdk::query::{self, Identity, Item};
/// use omniview_sdk::*;
///
/// struct Files(Vec<Json>);
///
/// impl Files {
///     fn items(&self) -> Result<Vec<Item>> {
///         self.0.iter().map(|file| Item::parse(file.clone(), &Identity::new("name", ""))).collect()
///     }
/// }
///
/// fn read_only<T>() -> PluginResult<T> {
///     Err(ResourceOperationError::unsupported("files are read-only").into())
/// }
///
/// #[async_trait]
/// impl Resourcer<()> for Files {
///     async fn get(&self, _: &Context<()>, input: GetInput) -> PluginResult<GetResult> {
///         use query::QueryItem;
///         match self.items()?.iter().find(|file| *file.id() == *input.id) {
///             Some(file) => Ok(GetResult::new(file.json())),
///             None => Err(ResourceOperationError::not_found(format!("there is no file {:?}", input.id)).into()),
///         }
///     }
///     async fn list(&self, _: &Context<()>, input: ListInput) -> PluginResult<ListResult> {
///         Ok(query::list(self.items()?, &input)?)
///     }
///     async fn find(&self, _: &Context<()>, input: FindInput) -> PluginResult<FindResult> {
///         Ok(query::find(self.items()?, &input, &[])?)
///     }
///     async fn create(&self, _: &Context<()>, _: CreateInput) -> PluginResult<CreateResult> { read_only() }
///     async fn update(&self, _: &Context<()>, _: UpdateInput) -> PluginResult<UpdateResult> { read_only() }
///     async fn delete(&self, _: &Context<()>, _: DeleteInput) -> PluginResult<DeleteResult> { read_only() }
/// }
///
/// # use omniview_plugintest::Harness;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let files = ResourceMeta::new("disk", "v1", "File");
/// # let json = |text| Json::parse(text).unwrap();
/// # let files = ResourceRegistration::builder(files, Files(vec![json(r#"{"name":"b"}"#), json(r#"{"name":"a"}"#)])).build();
/// # let connections = StaticConnections::new().client("home", ()).registration();
/// # let h = Harness::mount(ResourcePluginConfig::new("disk").connections(connections).resource(files));
/// # h.connect("home").await;
/// # let list = h.list("disk::v1::File", ListInput::all().order_by("name")).await;
/// # assert_eq!(list.result[0].as_str(), r#"{"name":"a"}"#);
/// # assert_eq!(h.get("disk::v1::File", "b").await.result.as_str(), r#"{"name":"b"}"#);
/// # h.get("disk::v1::File", "c").expect_error(ErrorCode::NotFound).await;
/// # h.delete("disk::v1::File", "b").expect_error(ErrorCode::Unsupported).await;
/// # h.shutdown().await;
/// # }
/// ```
///
/// Contract: OPS-03 to OPS-12, PAG-01 to PAG-10
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `Resourcer<{C}>`",
    label = "a registration needs the six operations of `Resourcer<{C}>`",
    note = "implement `Resourcer<{C}>` for `{Self}`; the type in `<…>` is the plugin's client"
)]
pub trait Resourcer<C>: Send + Sync + 'static {
    /// Fetches one object by id, with or without a namespace.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` when there is none.
    async fn get(&self, ctx: &Context<C>, input: GetInput) -> PluginResult<GetResult>;

    /// Lists objects: namespaces, order and page as the input says.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn list(&self, ctx: &Context<C>, input: ListInput) -> PluginResult<ListResult>;

    /// Lists the objects that satisfy the filters.
    ///
    /// # Errors
    ///
    /// Whatever the backend says.
    async fn find(&self, ctx: &Context<C>, input: FindInput) -> PluginResult<FindResult>;

    /// Creates an object and returns it as the backend keeps it.
    ///
    /// # Errors
    ///
    /// `ALREADY_EXISTS` when its id is taken, `INVALID_INPUT` when it is not an object of this type.
    async fn create(&self, ctx: &Context<C>, input: CreateInput) -> PluginResult<CreateResult>;

    /// Replaces an object and returns it as the backend keeps it.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` when there is none, `CONFLICT` when it changed in between.
    async fn update(&self, ctx: &Context<C>, input: UpdateInput) -> PluginResult<UpdateResult>;

    /// Removes an object; the result may carry its last state.
    ///
    /// An absent grace period is not a grace period of zero.
    ///
    /// # Errors
    ///
    /// `NOT_FOUND` when there is none.
    async fn delete(&self, ctx: &Context<C>, input: DeleteInput) -> PluginResult<DeleteResult>;
}
