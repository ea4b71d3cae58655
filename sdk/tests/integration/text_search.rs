//! Queries with a text, and fields that differ from one connection to the next.

use std::sync::{Arc, Mutex};

use omniview_plugintest::{
    Harness, JsonResult,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use serde_json::{Value, json};

const POD: &str = "core::v1::Pod";

fn config() -> ResourcePluginConfig<StubClient> {
    ResourcePluginConfig::new("stub")
        .connections(StubConnections::new(["dev", "prod"]).registration())
}

/// Finds every object whose name has the text, in no order at all.
#[derive(Clone)]
struct Names {
    objects: Vec<Value>,
    asked: Arc<Mutex<Vec<(String, usize)>>>,
}

#[async_trait]
impl TextSearchProvider<StubClient> for Names {
    async fn search(
        &self,
        _: &Context<StubClient>,
        query: &str,
        limit: usize,
    ) -> PluginResult<Vec<Json>> {
        self.asked.lock().unwrap().push((query.to_owned(), limit));
        let named = |pod: &&Value| pod["name"].as_str().unwrap().contains(query);
        Ok(self
            .objects
            .iter()
            .filter(named)
            .cloned()
            .map(Json::from)
            .collect())
    }
}

/// Thirty pods, of which those with an even number are named `web`, in three namespaces and two phases.
async fn searchable() -> (Harness, Names, StubControl) {
    let objects = (0..30_usize).map(|n| n * 7 % 30).map(|n| {
        json!({
            "id": format!("{n:02}"),
            "name": if n % 2 == 0 { "a web" } else { "a db" },
            "namespace": (["a", "b", "c"][n % 3]),
            "phase": if n < 20 { "Running" } else { "Pending" },
        })
    });
    let names = Names {
        objects: objects.collect(),
        asked: Arc::default(),
    };
    let (pods, control) = Stub::resource(POD)
        .filterable(vec![FilterField::new("phase", FilterFieldType::String)])
        .build();
    let search: Arc<dyn TextSearchProvider<StubClient>> = Arc::new(names.clone());
    let h = Harness::mount(
        config().resource(pods.map_handles(|handles| ResourceHandles {
            text_search: Some(search),
            ..handles
        })),
    );
    h.connect("dev").await;
    (h, names, control)
}

fn ids(found: &FindResult) -> Vec<String> {
    let objects: Vec<Value> = found.json();
    let ids = objects
        .iter()
        .map(|pod| pod["id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// Contract: TXT-01
#[tokio::test(start_paused = true)]
async fn a_query_with_a_text_goes_to_the_search_without_a_limit() {
    let (h, names, control) = searchable().await;
    let found = h.find(POD, FindInput::all().text("web").page_size(2)).await;
    assert_eq!((found.result.len(), found.total_count), (2, 15));
    assert_eq!(*names.asked.lock().unwrap(), [("web".to_owned(), 0)]);
    assert_eq!(control.calls(StubOperation::Find), 0);

    h.find(POD, FindInput::all()).await;
    assert_eq!(
        names.asked.lock().unwrap().len(),
        1,
        "there is no text in it"
    );
    assert_eq!(control.calls(StubOperation::Find), 1);
    h.shutdown().await;
}

/// Contract: TXT-02
#[tokio::test(start_paused = true)]
async fn what_a_search_finds_is_filtered_ordered_and_cut_into_pages() {
    let (h, names, _) = searchable().await;
    let input = FindInput::all()
        .text("web")
        .filter(FilterPredicate::eq("phase", "Running"))
        .namespace("a")
        .namespace("b")
        .order_by_descending("id")
        .page_size(3);
    // The even ones below 20 whose rest by 3 is not 2.
    let expected = ["18", "16", "12", "10", "06", "04", "00"];
    let first = h.find(POD, input.clone()).await;
    assert_eq!(ids(&first), expected[..3]);
    assert_eq!(first.total_count, 7);
    let cursor = first.next_cursor.unwrap();
    let rest = h.find(POD, input.page_size(0).cursor(cursor)).await;
    assert_eq!(ids(&rest), expected[3..]);
    assert_eq!(rest.next_cursor, None);

    let bad = FindInput::all()
        .text("web")
        .filter(FilterPredicate::eq("size", 1));
    let refused = h.find(POD, bad);
    refused.expect_error(ErrorCode::FilterUnknownField).await;
    assert_eq!(
        names.asked.lock().unwrap().len(),
        2,
        "an invalid filter comes first"
    );
    h.shutdown().await;
}

/// Contract: TXT-03, FLT-04, FLT-05
#[tokio::test(start_paused = true)]
async fn a_type_that_can_neither_be_searched_nor_filtered_gets_text_and_filter_as_they_are() {
    let (pods, control) = Stub::resource(POD).objects([json!({"id": "web"})]).build();
    let h = Harness::mount(config().resource(pods));
    h.connect("dev").await;
    assert_eq!(h.filter_fields(POD).await, None);
    let input = FindInput::all()
        .text("web")
        .filter(FilterPredicate::exists("whatever.it.is"));
    h.find(POD, input.clone()).await;
    let got = control.last(StubOperation::Find).input;
    assert_eq!(got, serde_json::to_value(input).unwrap());
    h.shutdown().await;
}

/// Declares one field, named after the connection.
struct PerConnection;

#[async_trait]
impl FilterableProvider<StubClient> for PerConnection {
    async fn filter_fields(&self, ctx: &Context<StubClient>) -> PluginResult<FilterFields> {
        let path = ctx.connection_id().to_string();
        Ok(vec![FilterField::new(path, FilterFieldType::String)].into())
    }
}

/// Contract: FLT-06
#[tokio::test(start_paused = true)]
async fn the_fields_of_a_filter_are_those_of_the_connection() {
    let (pods, _) = Stub::resource(POD).build();
    let h = Harness::mount(
        config().resource(pods.map_handles(|handles| ResourceHandles {
            filterable: Some(Arc::new(PerConnection)),
            ..handles
        })),
    );
    for connection in ["dev", "prod"] {
        h.connect(connection).await;
    }
    for (connection, other) in [("dev", "prod"), ("prod", "dev")] {
        let fields = h.filter_fields(POD).on(connection).await.unwrap();
        assert_eq!(fields.len(), 1);
        assert!(fields.field(connection).is_some());
        let by = |path: &str| FindInput::all().filter(FilterPredicate::eq(path, "x"));
        h.find(POD, by(connection)).on(connection).await;
        let refused = h.find(POD, by(other)).on(connection);
        refused.expect_error(ErrorCode::FilterUnknownField).await;
    }
    h.shutdown().await;
}
