//! CRUD and queries.

use omniview_sdk::{
    CreateInput, CreateResult, DeleteInput, DeleteResult, FindInput, FindResult, GetInput,
    GetResult, Json, ListInput, ListResult, Namespace, ResourceId, ResourceKey, UpdateInput,
    UpdateResult,
};
use serde::Serialize;

use crate::{
    Harness,
    call::{At, Call},
};

impl Harness {
    /// Fetches one object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let web = h.get("core::v1::Pod", "web").await;
    /// assert_json_eq!(web.json(), json!({"id": "web", "phase": "Running"}));
    /// h.get("core::v1::Pod", "api").expect_error(ErrorCode::NotFound).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn get(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<ResourceId>,
    ) -> Call<GetInput, GetResult> {
        let input = GetInput::new(id);
        let at = At::of(key).named(&input.id);
        self.call("get", at, input, |p, ctx, at, input| {
            p.get(ctx, at.key(), input)
        })
    }

    /// Lists objects.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let page = h.list("core::v1::Pod", ListInput::all().order_by("phase").page(1, 10)).await;
    /// assert_eq!(page.total_count, 1);
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn list(
        &self,
        key: impl Into<ResourceKey>,
        input: ListInput,
    ) -> Call<ListInput, ListResult> {
        self.call("list", At::of(key), input, |p, ctx, at, input| {
            p.list(ctx, at.key(), input)
        })
    }

    /// Lists the objects that satisfy filters and text.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// let running = FindInput::all().filter(FilterPredicate::eq("phase", "Running"));
    /// assert_json_eq!(h.find("core::v1::Pod", running).await.json(), [json!({"id": "web", "phase": "Running"})]);
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn find(
        &self,
        key: impl Into<ResourceKey>,
        input: FindInput,
    ) -> Call<FindInput, FindResult> {
        self.call("find", At::of(key), input, |p, ctx, at, input| {
            p.find(ctx, at.key(), input)
        })
    }

    /// Creates an object.
    ///
    /// # Panics
    ///
    /// `object` has no JSON form.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// h.create("core::v1::Pod", json!({"id": "api", "namespace": "shop"})).await;
    /// h.create("core::v1::Pod", json!({"id": "api"})).in_namespace("bank").await;
    /// h.wait_for(added("api").in_namespace("bank")).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn create(
        &self,
        key: impl Into<ResourceKey>,
        object: impl Serialize,
    ) -> Call<CreateInput, CreateResult> {
        let input = CreateInput::new(json_of(&object));
        self.call("create", At::of(key), input, |p, ctx, at, input| {
            p.create(ctx, at.key(), input)
        })
    }

    /// Replaces an object.
    ///
    /// # Panics
    ///
    /// `object` has no JSON form.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// h.update("core::v1::Pod", "web", json!({"id": "web", "phase": "Failed"})).await;
    /// h.wait_for(updated("web")).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn update(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<ResourceId>,
        object: impl Serialize,
    ) -> Call<UpdateInput, UpdateResult> {
        let input = UpdateInput::new(id, json_of(&object));
        let at = At::of(key).named(&input.id);
        self.call("update", at, input, |p, ctx, at, input| {
            p.update(ctx, at.key(), input)
        })
    }

    /// Removes an object.
    ///
    /// # Examples
    ///
    /// ```
    /// # use omniview_plugintest::{*, stub::*};
    /// # use omniview_sdk::*;
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let StubPlugin { config, pods, .. } = stub_plugin();
    /// # pods.insert(json!({"id": "web", "phase": "Running"}));
    /// # let h = Harness::mount(config);
    /// # h.connect("dev").await;
    /// h.delete("core::v1::Pod", "web").grace_period_seconds(0).await;
    /// h.wait_for(deleted("web")).await;
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn delete(
        &self,
        key: impl Into<ResourceKey>,
        id: impl Into<ResourceId>,
    ) -> Call<DeleteInput, DeleteResult> {
        let input = DeleteInput::new(id);
        let at = At::of(key).named(&input.id);
        self.call("delete", at, input, |p, ctx, at, input| {
            p.delete(ctx, at.key(), input)
        })
    }
}

impl<T> Call<DeleteInput, T> {
    /// Says how long the object may take to go; 0 is at once.
    pub fn grace_period_seconds(self, seconds: i64) -> Self {
        self.map_input(|input| input.grace_period_seconds(seconds))
    }
}

impl<I: InNamespace, T> Call<I, T> {
    /// Says which namespace the call is about; a query looks in one more.
    pub fn in_namespace(self, namespace: impl Into<Namespace>) -> Self {
        self.map_input(|input| input.in_namespace(namespace.into()))
    }
}

/// An input that says which namespace it is about.
///
/// # Examples
///
/// ```
/// # use omniview_plugintest::{*, stub::*};
/// # use omniview_sdk::*;
/// # use serde_json::json;
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let StubPlugin { config, pods, .. } = stub_plugin();
/// # pods.insert(json!({"id": "web", "phase": "Running"}));
/// # let h = Harness::mount(config);
/// # h.connect("dev").await;
/// fn in_shop<I: InNamespace>(input: I) -> I {
///     input.in_namespace("shop".into())
/// }
///
/// assert_eq!(in_shop(GetInput::new("web")).namespace, "shop");
/// let list = in_shop(ListInput::all().namespace("bank"));
/// assert_eq!(list.namespaces, ["bank", "shop"], "a query looks in one more");
/// # h.shutdown().await;
/// # }
/// ```
pub trait InNamespace {
    /// The same input, in this namespace.
    #[must_use]
    fn in_namespace(self, namespace: Namespace) -> Self;
}

macro_rules! in_namespace {
    ($($name:ident)+) => {$(
        impl InNamespace for $name {
            fn in_namespace(self, namespace: Namespace) -> Self {
                Self { namespace, ..self }
            }
        }
    )+};
}

in_namespace! { GetInput CreateInput UpdateInput DeleteInput }

impl InNamespace for ListInput {
    fn in_namespace(self, namespace: Namespace) -> Self {
        self.namespace(namespace)
    }
}

impl InNamespace for FindInput {
    fn in_namespace(self, namespace: Namespace) -> Self {
        self.namespace(namespace)
    }
}

#[track_caller]
fn json_of(object: &impl Serialize) -> Json {
    match Json::of(object) {
        Ok(json) => json,
        Err(error) => panic!("the input has no JSON form: {error}"),
    }
}
