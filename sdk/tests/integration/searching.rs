//! Text search, and the query that the SDK runs over what it has found.

use omniview_plugintest::{
    Harness, JsonResult,
    stub::{Fault, Stub, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};

use crate::boundary::{DEV, POD};

fn pod(namespace: &str, id: &str, cpu: &Value) -> Value {
    json!({"id": id, "namespace": namespace, "cpu": cpu, "tier": "web"})
}

fn objects() -> Vec<Value> {
    vec![
        pod("b", "two", &json!(2)),
        pod("a", "two", &json!(2)),
        pod("a", "one", &json!(1)),
        pod("a", "text", &json!("1")),
        pod("a", "none", &json!(null)),
        pod("b", "flag", &json!(true)),
        json!({"id": "other", "namespace": "a", "cpu": 3, "tier": "db"}),
    ]
}

fn fields() -> Vec<FilterField> {
    let all = FilterOperator::ALL.iter().cloned();
    vec![FilterField::new("cpu", FilterFieldType::Integer).operators(all)]
}

async fn mounted(equip: impl FnOnce(Stub) -> Stub) -> (Harness, StubControl) {
    let stub = equip(Stub::resource(POD)).objects(objects());
    let (pods, control) = stub.build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    (h, control)
}

async fn searchable() -> (Harness, StubControl) {
    mounted(|stub| stub.searchable().filterable(fields())).await
}

fn web() -> FindInput {
    FindInput::all().text("web")
}

/// Namespace and id of each object, in order.
fn ids(found: &FindResult) -> Vec<String> {
    let objects = found.json().into_iter();
    objects
        .map(|object| {
            format!(
                "{}/{}",
                object["namespace"].as_str().unwrap(),
                object["id"].as_str().unwrap()
            )
        })
        .collect()
}

/// Contract: TXT-01
#[tokio::test(start_paused = true)]
async fn a_text_is_searched_for_without_a_limit_and_find_is_not_called() {
    let (h, pods) = searchable().await;
    let found = h.find(POD, web().page_size(2)).await;
    assert_eq!(found.total_count, 6);
    assert_eq!(found.result.len(), 2);
    let seen = pods.last(StubOperation::Search).input;
    assert_eq!(seen, json!({"query": "web", "limit": 0}));
    assert_eq!(pods.calls(StubOperation::Find), 0);
    h.find(POD, FindInput::all()).await;
    assert_eq!(
        (
            pods.calls(StubOperation::Find),
            pods.calls(StubOperation::Search)
        ),
        (1, 1)
    );
    h.shutdown().await;
}

/// Contract: TXT-02, OPS-12
#[tokio::test(start_paused = true)]
async fn text_filters_and_namespaces_must_all_hold() {
    let (h, _) = searchable().await;
    let two_or_more = || web().filter(FilterPredicate::gte("cpu", 2));
    assert_eq!(ids(&h.find(POD, two_or_more()).await), ["a/two", "b/two"]);
    assert_eq!(
        ids(&h.find(POD, two_or_more().namespace("b")).await),
        ["b/two"]
    );
    assert_eq!(
        ids(&h.find(POD, web().namespace("b")).await),
        ["b/flag", "b/two"]
    );
    let nothing = h.find(POD, FindInput::all().text("nowhere")).await;
    assert!(nothing.success);
    assert_eq!((nothing.total_count, nothing.result.len()), (0, 0));
    h.shutdown().await;
}

/// Contract: TXT-02, FLT-15
#[tokio::test(start_paused = true)]
async fn a_bad_filter_beside_a_text_is_refused_before_the_search() {
    let (h, pods) = searchable().await;
    let bad = web().filter(FilterPredicate::eq("nothing", 1));
    h.find(POD, bad)
        .expect_error(ErrorCode::FilterUnknownField)
        .await;
    assert_eq!(pods.calls(StubOperation::Search), 0);
    h.shutdown().await;
}

/// Contract: TXT-03
#[tokio::test(start_paused = true)]
async fn without_a_searcher_the_text_is_passed_to_find() {
    let (h, pods) = mounted(|stub| stub).await;
    let input = web().namespace("a").order_by("id");
    h.find(POD, input.clone()).await;
    let seen = pods.last(StubOperation::Find).input;
    assert_eq!(seen, serde_json::to_value(input).unwrap());
    assert_eq!(seen["textQuery"], "web");
    h.shutdown().await;
}

/// Contract: TXT-02
#[tokio::test(start_paused = true)]
async fn found_objects_that_cannot_be_told_apart_are_the_fault_of_the_plugin() {
    let (h, _) = mounted(|stub| stub.without_definition().searchable()).await;
    let error = h
        .find(POD, web())
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(error.fault(), omniview_sdk::Fault::Plugin);
    assert_eq!(error.operation(), Some("find"));
    h.shutdown().await;
}

/// Contract: TXT-01
#[tokio::test(start_paused = true)]
async fn a_search_that_fails_is_a_find_that_fails() {
    let (h, pods) = searchable().await;
    pods.next(StubOperation::Search, Fault::Raw("index is rebuilt".into()));
    let error = h.find(POD, web()).expect_error(ErrorCode::Internal).await;
    assert_eq!(error.message(), "index is rebuilt");
    assert_eq!(error.operation(), Some("find"));
    h.shutdown().await;
}

/// Contract: PAG-01, PAG-02, PAG-03, TXT-02
#[rstest]
#[case(web(), &["a/none", "a/one", "a/text", "a/two", "b/flag", "b/two"])]
#[case(web().order_by("cpu"), &["b/flag", "a/one", "a/two", "b/two", "a/text", "a/none"])]
#[case(web().order_by_descending("cpu"), &["a/none", "a/text", "a/two", "b/two", "a/one", "b/flag"])]
#[case(web().order_by("namespace").order_by_descending("id"), &["a/two", "a/text", "a/one", "a/none", "b/two", "b/flag"])]
#[case(web().order_by("name"), &["a/none", "a/one", "a/text", "a/two", "b/flag", "b/two"])]
#[tokio::test(start_paused = true)]
async fn what_is_found_comes_in_the_order_that_is_asked_for_and_ties_by_namespace_and_id(
    #[case] input: FindInput,
    #[case] expected: &[&str],
) {
    let (h, _) = searchable().await;
    assert_eq!(ids(&h.find(POD, input).await), expected);
    h.shutdown().await;
}

/// Contract: PAG-04, PAG-05, PAG-06, PAG-09, PAG-10
#[tokio::test(start_paused = true)]
async fn what_is_found_comes_by_the_page_with_the_true_total() {
    let (h, _) = searchable().await;
    for (input, expected, follows) in [
        (
            web().page(1, 4),
            &["a/none", "a/one", "a/text", "a/two"][..],
            true,
        ),
        (
            web().page(0, 4),
            &["a/none", "a/one", "a/text", "a/two"],
            true,
        ),
        (web().page(2, 4), &["b/flag", "b/two"], false),
        (web().page(3, 4), &[], false),
        (
            web().page(1, 6),
            &["a/none", "a/one", "a/text", "a/two", "b/flag", "b/two"],
            false,
        ),
        (
            web().page_size(0),
            &["a/none", "a/one", "a/text", "a/two", "b/flag", "b/two"],
            false,
        ),
    ] {
        let found = h.find(POD, input.clone()).await;
        assert_eq!(ids(&found), expected, "{:?}", input.pagination);
        assert_eq!(found.total_count, 6);
        assert_eq!(
            found.next_cursor.is_some(),
            follows,
            "{:?}",
            input.pagination
        );
    }
    h.shutdown().await;
}

/// Contract: PAG-07, PAG-10
#[tokio::test(start_paused = true)]
async fn a_walk_by_cursor_sees_each_object_that_stays_exactly_once() {
    let (h, pods) = searchable().await;
    let mut seen = Vec::new();
    let mut input = web().page_size(2);
    for step in 0.. {
        let found = h.find(POD, input.clone()).await;
        seen.extend(ids(&found));
        let Some(cursor) = found.next_cursor else {
            break;
        };
        input = input.cursor(cursor);
        // Before, at and behind the place where the walk is.
        match step {
            0 => drop(pods.insert(pod("a", "aaa", &json!(9)))),
            1 => drop(pods.remove_in("a", "one").remove_in("a", "two")),
            _ => {}
        }
    }
    let mut stayed = seen.clone();
    stayed.sort();
    stayed.dedup();
    assert_eq!(stayed.len(), seen.len(), "nothing twice: {seen:?}");
    for id in ["a/none", "a/text", "b/flag", "b/two"] {
        assert!(seen.contains(&id.to_owned()), "{id} is lost: {seen:?}");
    }
    h.shutdown().await;
}

/// Contract: PAG-07
#[tokio::test(start_paused = true)]
async fn a_cursor_that_is_malformed_or_belongs_to_another_query_is_refused() {
    let (h, _) = searchable().await;
    let cursor = h.find(POD, web().page_size(2)).await.next_cursor.unwrap();
    h.find(POD, web().page_size(3).cursor(cursor.clone())).await;
    let others = [
        FindInput::all().text("other"),
        web().order_by("cpu"),
        web().namespace("a"),
        web().filter(FilterPredicate::eq("cpu", 1)),
    ];
    for other in others {
        let other = other.page_size(2).cursor(cursor.clone());
        h.find(POD, other)
            .expect_error(ErrorCode::InvalidInput)
            .await;
    }
    for malformed in ["x", "%%%", "e30="] {
        let input = web().page_size(2).cursor(malformed);
        h.find(POD, input)
            .expect_error(ErrorCode::InvalidInput)
            .await;
    }
    h.shutdown().await;
}

/// Contract: FLT-12
#[rstest]
#[case(FilterPredicate::eq("cpu", 2), &["a/two", "b/two"])]
#[case(FilterPredicate::neq("cpu", 2), &["a/none", "a/one", "a/text", "b/flag"])]
#[case(FilterPredicate::gt("cpu", 1), &["a/two", "b/two"])]
#[case(FilterPredicate::gte("cpu", 1), &["a/one", "a/two", "b/two"])]
#[case(FilterPredicate::lt("cpu", 2), &["a/one"])]
#[case(FilterPredicate::lte("cpu", 1), &["a/one"])]
#[case(FilterPredicate::any_of("cpu", ["1", "7"]), &["a/one"])]
#[case(FilterPredicate::none_of("cpu", ["1", "2"]), &["a/none", "a/text", "b/flag"])]
#[case(FilterPredicate::exists("cpu"), &["a/one", "a/text", "a/two", "b/flag", "b/two"])]
#[case(FilterPredicate::not_exists("cpu"), &["a/none"])]
#[tokio::test(start_paused = true)]
async fn the_sdk_evaluates_filters_over_what_is_found(
    #[case] filter: FilterPredicate,
    #[case] expected: &[&str],
) {
    let (h, _) = searchable().await;
    let found = h.find(POD, web().filter(filter)).await;
    assert_eq!(ids(&found), expected);
    h.shutdown().await;
}

/// Contract: FLT-12
#[rstest]
#[case(FilterPredicate::contains("name", "eb"), true)]
#[case(FilterPredicate::contains("name", "EB"), false)]
#[case(FilterPredicate::prefix("name", "we"), true)]
#[case(FilterPredicate::suffix("name", "we"), false)]
#[case(FilterPredicate::suffix("name", "-1"), true)]
#[case(FilterPredicate::regex("name", "b-[0-9]"), true)]
#[case(FilterPredicate::regex("name", "^b"), false)]
#[case(FilterPredicate::has_key("labels", "app"), true)]
#[case(FilterPredicate::has_key("labels", "tier"), false)]
#[case(FilterPredicate::eq("labels", "app=shop"), true)]
#[case(FilterPredicate::eq("ports.name", "http"), true)]
#[case(FilterPredicate::neq("ports.name", "http"), false)]
#[case(FilterPredicate::eq("missing", "x"), false)]
#[case(FilterPredicate::neq("missing", "x"), true)]
#[tokio::test(start_paused = true)]
async fn texts_maps_and_arrays_are_filtered_by_their_own_operators(
    #[case] filter: FilterPredicate,
    #[case] holds: bool,
) {
    let all = || FilterOperator::ALL.iter().cloned();
    let text = |path: &str| FilterField::new(path, FilterFieldType::String).operators(all());
    let fields = vec![
        text("name"),
        text("ports.name"),
        text("missing"),
        FilterField::new("labels", FilterFieldType::Map).operators(all()),
    ];
    let (h, pods) = mounted(|stub| stub.searchable().filterable(fields)).await;
    pods.insert(json!({
        "id": "probe", "namespace": "c", "name": "web-1",
        "labels": {"app": "shop"}, "ports": [{"name": "ssh"}, {"name": "http"}],
    }));
    let input = FindInput::all().text("probe").filter(filter);
    assert_eq!(h.find(POD, input).await.total_count, i64::from(holds));
    h.shutdown().await;
}
