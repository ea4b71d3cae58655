//! The six operations on a resource.

use std::sync::Arc;

use omniview_plugintest::{
    Harness, JsonResult,
    stub::{Fault, Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use serde_json::{Value, json};

use crate::boundary::{DEV, POD};

fn plugin(stub: Stub) -> (Harness, StubControl) {
    let (pods, control) = stub.build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    (Harness::mount(config), control)
}

async fn mounted() -> (Harness, StubControl) {
    let (h, control) = plugin(Stub::resource(POD).objects([
        json!({"id": "web", "namespace": "a", "phase": "Running"}),
        json!({"id": "web", "namespace": "b"}),
        json!({"id": "db", "namespace": "b"}),
        json!({"id": "node"}),
    ]));
    h.connect(DEV).await;
    (h, control)
}

fn ids(objects: &[Value]) -> Vec<String> {
    let ids = objects.iter().map(|object| {
        let namespace = object["namespace"].as_str().unwrap_or_default();
        format!("{namespace}/{}", object["id"].as_str().unwrap())
    });
    ids.collect()
}

/// Contract: OPS-01, OPS-03, OPS-04
#[tokio::test(start_paused = true)]
async fn a_get_fetches_one_object_by_its_id_with_or_without_a_namespace() {
    let (h, pods) = mounted().await;
    let got = h.get(POD, "web").in_namespace("a").await;
    assert!(got.success);
    assert_eq!(
        got.json(),
        json!({"id": "web", "namespace": "a", "phase": "Running"})
    );
    assert_eq!(
        h.get(POD, "web").in_namespace("b").await.json()["namespace"],
        "b"
    );
    assert_eq!(h.get(POD, "node").await.json(), json!({"id": "node"}));
    let inputs: Vec<Value> = pods
        .seen(StubOperation::Get)
        .into_iter()
        .map(|call| call.input)
        .collect();
    assert_eq!(inputs[0], json!({"id": "web", "namespace": "a"}));
    assert_eq!(inputs[2], json!({"id": "node", "namespace": ""}));
    let error = h.get(POD, "nobody").expect_error(ErrorCode::NotFound).await;
    assert_eq!(
        (error.operation(), error.id()),
        (Some("get"), Some("nobody"))
    );
    assert_eq!(
        (
            error.key().unwrap().as_str(),
            error.connection().unwrap().as_str()
        ),
        (POD, DEV)
    );
    h.shutdown().await;
}

/// Contract: OPS-05, OPS-06, OPS-07, OPS-08
#[tokio::test(start_paused = true)]
async fn an_object_is_created_updated_and_deleted_and_each_answers_with_it() {
    let (h, pods) = mounted().await;
    let made = h.create(POD, json!({"id": "new"})).in_namespace("a").await;
    assert!(made.success);
    assert_eq!(made.json(), json!({"id": "new", "namespace": "a"}));
    assert_eq!(pods.last(StubOperation::Create).input["namespace"], "a");
    h.create(POD, json!({"id": "bare"})).await;
    assert_eq!(pods.last(StubOperation::Create).input["namespace"], "");

    let changed = h
        .update(POD, "new", json!({"phase": "Failed"}))
        .in_namespace("a")
        .await;
    assert!(changed.success);
    assert_eq!(changed.json()["phase"], "Failed");
    assert_eq!(h.get(POD, "new").await.json()["phase"], "Failed");

    let gone = h.delete(POD, "new").in_namespace("a").await;
    assert!(gone.success);
    assert_eq!(gone.json().unwrap()["phase"], "Failed");
    h.get(POD, "new").expect_error(ErrorCode::NotFound).await;
    h.shutdown().await;
}

/// Deletes, and has nothing to tell of it.
struct Silent(Arc<dyn Resourcer<StubClient>>);

#[async_trait]
impl Resourcer<StubClient> for Silent {
    async fn get(&self, ctx: &Context<StubClient>, input: GetInput) -> PluginResult<GetResult> {
        self.0.get(ctx, input).await
    }
    async fn list(&self, ctx: &Context<StubClient>, input: ListInput) -> PluginResult<ListResult> {
        self.0.list(ctx, input).await
    }
    async fn find(&self, ctx: &Context<StubClient>, input: FindInput) -> PluginResult<FindResult> {
        self.0.find(ctx, input).await
    }
    async fn create(
        &self,
        ctx: &Context<StubClient>,
        input: CreateInput,
    ) -> PluginResult<CreateResult> {
        self.0.create(ctx, input).await
    }
    async fn update(
        &self,
        ctx: &Context<StubClient>,
        input: UpdateInput,
    ) -> PluginResult<UpdateResult> {
        self.0.update(ctx, input).await
    }
    async fn delete(&self, _: &Context<StubClient>, _: DeleteInput) -> PluginResult<DeleteResult> {
        Ok(DeleteResult::done())
    }
}

/// Contract: OPS-09
#[tokio::test(start_paused = true)]
async fn a_deletion_may_have_nothing_to_tell() {
    let (pods, _) = Stub::resource(POD).build();
    let silent = pods.map_handles(|handles| ResourceHandles {
        resourcer: Arc::new(Silent(handles.resourcer)),
        ..handles
    });
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(silent);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    assert_eq!(
        h.delete(POD, "web").await,
        DeleteResult {
            result: None,
            success: true
        }
    );
    h.shutdown().await;
}

/// Contract: OPS-10
#[tokio::test(start_paused = true)]
async fn no_grace_period_and_one_of_zero_reach_the_plugin_as_different_things() {
    let (h, pods) = mounted().await;
    h.delete(POD, "web").await;
    assert_eq!(
        pods.last(StubOperation::Delete)
            .input
            .get("gracePeriodSeconds"),
        None
    );
    h.delete(POD, "node").grace_period_seconds(0).await;
    assert_eq!(
        pods.last(StubOperation::Delete).input["gracePeriodSeconds"],
        0
    );
    h.delete(POD, "db").grace_period_seconds(30).await;
    assert_eq!(
        pods.last(StubOperation::Delete).input["gracePeriodSeconds"],
        30
    );
    h.shutdown().await;
}

/// Contract: OPS-11, OPS-12
#[tokio::test(start_paused = true)]
async fn namespaces_restrict_a_list_and_a_find_and_none_of_them_is_all() {
    let (h, _) = mounted().await;
    let all = ["/node", "a/web", "b/db", "b/web"];
    for (namespaces, expected) in [
        (&[][..], &all[..]),
        (&["a"], &["a/web"]),
        (&["b", "a"], &all[1..]),
        (&["nowhere"], &[]),
    ] {
        let mut list = ListInput::all();
        let mut find = FindInput::all();
        for namespace in namespaces {
            list = list.namespace(*namespace);
            find = find.namespace(*namespace);
        }
        let listed = h.list(POD, list).await;
        assert!(listed.success);
        assert_eq!(ids(&listed.json()), expected, "{namespaces:?}");
        assert_eq!(
            ids(&h.find(POD, find).await.json()),
            expected,
            "{namespaces:?}"
        );
    }
    h.shutdown().await;
}

/// Contract: OPS-04, PAG-09
#[tokio::test(start_paused = true)]
async fn what_a_plugin_answers_is_passed_on_to_the_letter() {
    /// Answers with text that no serialiser would write.
    struct Odd(Arc<dyn Resourcer<StubClient>>);
    const TEXT: &str = "{ \"b\" : 1.50,\n\"a\":[ ] , \"n\": 123456789012345678901234567890 }";

    #[async_trait]
    impl Resourcer<StubClient> for Odd {
        async fn get(&self, _: &Context<StubClient>, _: GetInput) -> PluginResult<GetResult> {
            Ok(GetResult::new(Json::parse(TEXT)?))
        }
        async fn list(&self, _: &Context<StubClient>, _: ListInput) -> PluginResult<ListResult> {
            let unsure = ListResult::new([Json::parse(TEXT)?]);
            Ok(unsure
                .with_total(ListResult::UNKNOWN_TOTAL)
                .with_next_cursor("more"))
        }
        async fn find(&self, _: &Context<StubClient>, _: FindInput) -> PluginResult<FindResult> {
            Ok(FindResult {
                success: false,
                ..FindResult::new([Json::parse(TEXT)?])
            })
        }
        async fn create(
            &self,
            c: &Context<StubClient>,
            i: CreateInput,
        ) -> PluginResult<CreateResult> {
            self.0.create(c, i).await
        }
        async fn update(
            &self,
            c: &Context<StubClient>,
            i: UpdateInput,
        ) -> PluginResult<UpdateResult> {
            self.0.update(c, i).await
        }
        async fn delete(
            &self,
            c: &Context<StubClient>,
            i: DeleteInput,
        ) -> PluginResult<DeleteResult> {
            self.0.delete(c, i).await
        }
    }

    let (pods, _) = Stub::resource(POD).build();
    let odd = pods.map_handles(|handles| ResourceHandles {
        resourcer: Arc::new(Odd(handles.resourcer)),
        ..handles
    });
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(odd);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    assert_eq!(h.get(POD, "x").await.result.as_str(), TEXT);
    let listed = h.list(POD, ListInput::all()).await;
    assert_eq!(listed.result[0].as_str(), TEXT);
    assert_eq!(
        (listed.total_count, listed.next_cursor.as_deref()),
        (-1, Some("more"))
    );
    assert!(!h.find(POD, FindInput::all()).await.success);
    h.shutdown().await;
}

/// Contract: OPS-13
#[tokio::test(start_paused = true)]
async fn operations_need_a_started_connection_and_end_with_it() {
    let (h, pods) = plugin(Stub::resource(POD).objects([json!({"id": "web"})]));
    h.get(POD, "web")
        .expect_error(ErrorCode::NotConnected)
        .await;
    h.connect(DEV).await;
    h.get(POD, "web").await;
    h.disconnect(DEV).await;
    h.get(POD, "web")
        .expect_error(ErrorCode::NotConnected)
        .await;
    let error = h
        .get(POD, "web")
        .on(DEV)
        .expect_error(ErrorCode::NotConnected)
        .await;
    assert_eq!(error.message(), "connection \"dev\" is not started");
    assert_eq!(pods.calls(StubOperation::Get), 1);
    h.shutdown().await;
}

/// Contract: OPS-15
#[tokio::test(start_paused = true)]
async fn a_panic_in_one_call_leaves_those_beside_it_alone() {
    let (h, pods) = mounted().await;
    pods.next(StubOperation::Get, Fault::Panic("planted".into()));
    let panicking = h.get(POD, "web").expect_error(ErrorCode::Internal);
    let beside = h.list(POD, ListInput::all());
    let (error, listed) = tokio::join!(panicking, beside.into_future());
    assert_eq!(
        error.message(),
        "the plugin panicked in `get` of core::v1::Pod on connection \"dev\": planted"
    );
    assert_eq!(listed.result.len(), 4);
    assert_eq!(h.get(POD, "node").await.json()["id"], "node");
    h.shutdown().await;
}
