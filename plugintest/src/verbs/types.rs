//! Resource types, their groups and what they can do.

use std::collections::BTreeMap;

use omniview_sdk::{
    ConnectionId, FilterFields, Json, ResourceCapabilities, ResourceDefinition, ResourceGroup,
    ResourceKey, ResourceMeta,
};

use crate::{
    Harness,
    call::{At, Call},
};

impl Harness {
    /// Returns the groups of a connection by id.
    #[track_caller]
    pub fn resource_groups(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), BTreeMap<String, ResourceGroup>> {
        self.call(
            "resource_groups",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.resource_groups(ctx, at.connection()),
        )
    }

    /// Returns one group.
    #[track_caller]
    pub fn resource_group(&self, id: impl Into<String>) -> Call<String, ResourceGroup> {
        let id = id.into();
        let at = At::nothing().named(&id);
        self.call("resource_group", at, id, |p, ctx, _, id| {
            Box::pin(async move { p.resource_group(ctx, &id).await })
        })
    }

    /// Returns the types of a connection by key.
    #[track_caller]
    pub fn resource_types(
        &self,
        connection: impl Into<ConnectionId>,
    ) -> Call<(), BTreeMap<ResourceKey, ResourceMeta>> {
        self.call(
            "resource_types",
            At::on(connection),
            (),
            |p, ctx, at, ()| p.resource_types(ctx, at.connection()),
        )
    }

    /// Returns one type.
    #[track_caller]
    pub fn resource_type(&self, key: impl Into<ResourceKey>) -> Call<(), ResourceMeta> {
        self.call("resource_type", At::of(key), (), |p, ctx, at, ()| {
            p.resource_type(ctx, at.key())
        })
    }

    /// Asks whether a type is known.
    #[track_caller]
    pub fn has_resource_type(&self, key: impl Into<ResourceKey>) -> Call<(), bool> {
        self.call("has_resource_type", At::of(key), (), |p, ctx, at, ()| {
            p.has_resource_type(ctx, at.key())
        })
    }

    /// Returns how objects of a type are shown and identified.
    #[track_caller]
    pub fn resource_definition(&self, key: impl Into<ResourceKey>) -> Call<(), ResourceDefinition> {
        self.call("resource_definition", At::of(key), (), |p, ctx, at, ()| {
            p.resource_definition(ctx, at.key())
        })
    }

    /// Returns what a type can do.
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
    /// let can = h.resource_capabilities("core::v1::Pod").await;
    /// assert!(can.watchable && can.has_health && !can.has_events);
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn resource_capabilities(
        &self,
        key: impl Into<ResourceKey>,
    ) -> Call<(), ResourceCapabilities> {
        self.call(
            "resource_capabilities",
            At::of(key),
            (),
            |p, ctx, at, ()| p.resource_capabilities(ctx, at.key()),
        )
    }

    /// Returns the JSON Schema of a type's objects; `None` where there is none.
    #[track_caller]
    pub fn resource_schema(&self, key: impl Into<ResourceKey>) -> Call<(), Option<Json>> {
        self.call("resource_schema", At::of(key), (), |p, ctx, at, ()| {
            p.resource_schema(ctx, at.key())
        })
    }

    /// Returns the fields that a type can be filtered by; `None` where it is not filterable.
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
    /// let fields = h.filter_fields("core::v1::Pod").await;
    /// assert!(fields.is_some_and(|fields| fields.field("phase").is_some()));
    /// # h.shutdown().await;
    /// # }
    /// ```
    #[track_caller]
    pub fn filter_fields(&self, key: impl Into<ResourceKey>) -> Call<(), Option<FilterFields>> {
        self.call("filter_fields", At::of(key), (), |p, ctx, at, ()| {
            p.filter_fields(ctx, at.key())
        })
    }
}
