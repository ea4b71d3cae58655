//! Pages and filters: what is refused before the backend is asked, and what is passed on.

use std::sync::Arc;

use omniview_plugintest::{
    Harness, JsonResult,
    stub::{Stub, StubClient, StubConnections, StubControl, StubOperation},
};
use omniview_sdk::*;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    boundary::{DEV, POD},
    equipped::PROD,
};

async fn mounted(stub: Stub) -> (Harness, StubControl) {
    let (pods, control) = stub
        .objects([
            json!({"id": "a", "phase": "Running"}),
            json!({"id": "b", "phase": "Failed"}),
        ])
        .build();
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    (h, control)
}

/// One field of each type, each with every operator.
fn fields() -> Vec<FilterField> {
    let field = |kind: &FilterFieldType| {
        FilterField::new(kind.as_str(), kind.clone()).operators(FilterOperator::ALL.iter().cloned())
    };
    let mut fields: Vec<FilterField> = FilterFieldType::ALL.iter().map(field).collect();
    let phase = FilterField::new("phase", FilterFieldType::Enum);
    fields.push(phase.allowed_values(["Running", "Failed"]));
    fields
}

fn filtered(filter: impl Into<FilterExpression>) -> FindInput {
    FindInput::all().filter(filter)
}

/// Contract: PAG-04, PAG-06, PAG-08
#[rstest]
#[case(-1, 10, None, "page -1 is negative")]
#[case(1, -5, None, "page size -5 is negative")]
#[case(
    2,
    0,
    None,
    "page 2 is asked for with page size 0, which puts everything on page 1"
)]
#[case(
    1,
    10,
    Some("c"),
    "page 1 and a cursor are given, and they exclude each other"
)]
#[case(
    2,
    0,
    Some("c"),
    "page 2 and a cursor are given, and they exclude each other"
)]
#[tokio::test(start_paused = true)]
async fn a_page_that_cannot_be_is_refused_before_the_plugin_is_asked(
    #[case] page: i64,
    #[case] size: i64,
    #[case] cursor: Option<&str>,
    #[case] message: &str,
) {
    let (h, pods) = mounted(Stub::resource(POD).searchable().filterable(fields())).await;
    let pagination = PaginationParams {
        page,
        page_size: size,
        cursor: cursor.map(str::to_owned),
    };
    let list = ListInput {
        pagination: pagination.clone(),
        ..ListInput::all()
    };
    let find = FindInput {
        pagination,
        ..FindInput::all()
    };
    for error in [
        h.list(POD, list)
            .expect_error(ErrorCode::InvalidInput)
            .await,
        h.find(POD, find.clone())
            .expect_error(ErrorCode::InvalidInput)
            .await,
        h.find(POD, find.text("web"))
            .expect_error(ErrorCode::InvalidInput)
            .await,
    ] {
        assert_eq!(error.message(), message);
        assert_eq!(error.key().unwrap(), POD);
    }
    for operation in [
        StubOperation::List,
        StubOperation::Find,
        StubOperation::Search,
        StubOperation::FilterFields,
    ] {
        assert_eq!(pods.calls(operation), 0, "{operation:?}");
    }
    h.shutdown().await;
}

/// Contract: PAG-04, PAG-06, PAG-07
#[rstest]
#[case(0, 0, None)]
#[case(0, 10, None)]
#[case(1, 0, None)]
#[case(3, 10, None)]
#[case(i64::MAX, i64::MAX, None)]
#[case(0, 10, Some("stub-offset-1"))]
#[case(2, 10, Some(""))]
#[tokio::test(start_paused = true)]
async fn a_page_that_can_be_is_passed_on_as_it_came(
    #[case] page: i64,
    #[case] size: i64,
    #[case] cursor: Option<&str>,
) {
    let (h, pods) = mounted(Stub::resource(POD)).await;
    let pagination = PaginationParams {
        page,
        page_size: size,
        cursor: cursor.map(str::to_owned),
    };
    let input = ListInput {
        pagination: pagination.clone(),
        ..ListInput::all()
    };
    // What a stub makes of it is the stub's.
    let _ = h.list(POD, input).attempt().await;
    let seen = pods.last(StubOperation::List).input;
    assert_eq!(
        seen["pagination"],
        serde_json::to_value(pagination).unwrap()
    );
    h.shutdown().await;
}

/// Contract: FLT-01, FLT-13, FLT-15
#[tokio::test(start_paused = true)]
async fn a_predicate_on_an_undeclared_field_is_refused_and_the_error_survives_as_text() {
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields())).await;
    for filter in [
        FilterExpression::from(FilterPredicate::eq("color", "red")),
        FilterExpression::default().group(FilterPredicate::eq("color", "red").into()),
    ] {
        let error = h
            .find(POD, filtered(filter))
            .expect_error(ErrorCode::FilterUnknownField)
            .await;
        assert_eq!(error.message(), "field color is not a valid filter field");
        let text: Value = serde_json::from_str(&error.to_string()).unwrap();
        assert_eq!(text["code"], "FILTER_UNKNOWN_FIELD");
        assert_eq!(text["title"], "Unknown filter field");
        assert_eq!(text["message"], error.message());
        assert_eq!(
            text["suggestions"][0],
            "Check FilterFields() for the list of supported filter paths"
        );
        let read: ResourceOperationError = serde_json::from_str(&error.to_string()).unwrap();
        assert_eq!(read, error);
    }
    assert_eq!(pods.calls(StubOperation::Find), 0);
    h.shutdown().await;
}

/// Contract: FLT-02, FLT-03, FLT-15
#[tokio::test(start_paused = true)]
async fn an_operator_that_a_field_does_not_allow_is_refused_and_none_listed_is_eq_and_neq() {
    let fields = vec![
        FilterField::new("open", FilterFieldType::Integer),
        FilterField::new("listed", FilterFieldType::Integer).operators([FilterOperator::Gt]),
    ];
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields)).await;
    for (filter, allowed) in [
        (FilterPredicate::gt("open", 1), "Allowed operators: eq, neq"),
        (
            FilterPredicate::exists("open"),
            "Allowed operators: eq, neq",
        ),
        (FilterPredicate::eq("listed", 1), "Allowed operators: gt"),
    ] {
        let error = h
            .find(POD, filtered(filter))
            .expect_error(ErrorCode::FilterInvalidOperator)
            .await;
        assert_eq!(error.suggestions(), [allowed]);
    }
    assert_eq!(pods.calls(StubOperation::Find), 0);
    h.find(POD, filtered(FilterPredicate::eq("open", 1))).await;
    h.find(POD, filtered(FilterPredicate::neq("open", 1))).await;
    h.shutdown().await;
}

/// Contract: FLT-04, FLT-05
#[tokio::test(start_paused = true)]
async fn a_type_that_is_not_filterable_finds_unvalidated_and_tells_no_fields() {
    let (h, pods) = mounted(Stub::resource(POD)).await;
    assert_eq!(h.filter_fields(POD).await, None);
    let filter = FilterExpression::and([FilterPredicate::eq("phase", "Failed")])
        .group(FilterExpression::default().group(FilterExpression::default()));
    let found = h.find(POD, filtered(filter.clone())).await;
    assert_eq!(found.json()[0]["id"], "b");
    assert_eq!(found.result.len(), 1);
    let seen = pods.last(StubOperation::Find).input;
    assert_eq!(seen["filters"], serde_json::to_value(filter).unwrap());
    h.shutdown().await;
}

/// Declares a field that is called after the connection.
struct PerConnection;

#[async_trait]
impl FilterableProvider<StubClient> for PerConnection {
    async fn filter_fields(&self, ctx: &Context<StubClient>) -> PluginResult<FilterFields> {
        let id = ctx.connection_id();
        Ok([FilterField::new(id.as_str(), FilterFieldType::String)]
            .into_iter()
            .collect())
    }
}

/// Contract: FLT-06
#[tokio::test(start_paused = true)]
async fn the_fields_of_a_type_may_differ_from_one_connection_to_the_other() {
    let (pods, _) = Stub::resource(POD).build();
    let pods = pods.map_handles(|handles| ResourceHandles {
        filterable: Some(Arc::new(PerConnection)),
        ..handles
    });
    let config = ResourcePluginConfig::new("stub")
        .connections(StubConnections::new([DEV, PROD]).registration())
        .resource(pods);
    let h = Harness::mount(config);
    h.connect(DEV).await;
    h.connect(PROD).await;
    for (here, there) in [(DEV, PROD), (PROD, DEV)] {
        let fields = h.filter_fields(POD).on(here).await.unwrap();
        assert!(fields.field(here).is_some() && fields.field(there).is_none());
        h.find(POD, filtered(FilterPredicate::eq(here, "x")))
            .on(here)
            .await;
        h.find(POD, filtered(FilterPredicate::eq(there, "x")))
            .on(here)
            .expect_error(ErrorCode::FilterUnknownField)
            .await;
    }
    h.shutdown().await;
}

/// Contract: FLT-07, FLT-15
#[rstest]
#[case(FilterPredicate::eq("phase", "Gone"))]
#[case(FilterPredicate::neq("phase", "running"))]
#[tokio::test(start_paused = true)]
async fn a_value_that_an_enum_does_not_have_is_refused_and_those_that_it_has_are_listed(
    #[case] filter: FilterPredicate,
) {
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields())).await;
    let error = h
        .find(POD, filtered(filter))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(error.suggestions(), ["Allowed values: Running, Failed"]);
    assert_eq!(pods.calls(StubOperation::Find), 0);
    h.find(POD, filtered(FilterPredicate::eq("phase", "Failed")))
        .await;
    h.shutdown().await;
}

/// Contract: FLT-08, FLT-14, FLT-15
#[tokio::test(start_paused = true)]
async fn a_required_field_has_to_be_named_also_when_there_is_no_filter() {
    let required = vec![
        FilterField::new("tenant", FilterFieldType::String).required(),
        FilterField::new("phase", FilterFieldType::String),
    ];
    let (h, pods) = mounted(Stub::resource(POD).searchable().filterable(required)).await;
    for input in [
        FindInput::all(),
        filtered(FilterExpression::default()),
        filtered(FilterPredicate::eq("phase", "x")),
        FindInput::all().text("a"),
    ] {
        let error = h
            .find(POD, input)
            .expect_error(ErrorCode::InvalidInput)
            .await;
        assert!(
            error.message().contains("field tenant is required"),
            "{error}"
        );
    }
    assert_eq!(
        (
            pods.calls(StubOperation::Find),
            pods.calls(StubOperation::Search)
        ),
        (0, 0)
    );
    h.find(POD, filtered(FilterPredicate::eq("tenant", "t")))
        .await;
    h.list(POD, ListInput::all()).await;
    h.shutdown().await;
}

/// Contract: FLT-14
#[tokio::test(start_paused = true)]
async fn no_filter_and_an_empty_one_are_legal() {
    let (h, _) = mounted(Stub::resource(POD).filterable(fields())).await;
    for input in [
        FindInput::all(),
        filtered(FilterExpression::default()),
        filtered(FilterExpression::or([])),
        filtered(FilterExpression::and([]).group(FilterExpression::default())),
    ] {
        assert_eq!(h.find(POD, input).await.total_count, 2);
    }
    h.shutdown().await;
}

/// Contract: FLT-09, FLT-15
#[rstest]
#[case("string", FilterOperator::Eq, json!(1))]
#[case("string", FilterOperator::Regex, json!("("))]
#[case("string", FilterOperator::In, json!("a"))]
#[case("string", FilterOperator::In, json!(["a", 1]))]
#[case("string", FilterOperator::Gt, json!("a"))]
#[case("integer", FilterOperator::Eq, json!(1.5))]
#[case("integer", FilterOperator::Eq, json!("1"))]
#[case("integer", FilterOperator::Contains, json!("1"))]
#[case("number", FilterOperator::Lt, json!("1"))]
#[case("boolean", FilterOperator::Eq, json!("true"))]
#[case("datetime", FilterOperator::Gt, json!("2026-01-02"))]
#[case("datetime", FilterOperator::Gt, json!("2026-01-02T03:04:05"))]
#[case("datetime", FilterOperator::Eq, json!(12))]
#[case("map", FilterOperator::Eq, json!("key"))]
#[case("map", FilterOperator::HasKey, json!("key=value"))]
#[case("map", FilterOperator::Gt, json!("key=1"))]
#[case("integer", FilterOperator::Eq, json!(null))]
#[tokio::test(start_paused = true)]
async fn a_value_that_does_not_fit_is_refused_and_named(
    #[case] field: &str,
    #[case] operator: FilterOperator,
    #[case] value: Value,
) {
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields())).await;
    let filter = FilterPredicate::new(field, operator.clone(), value);
    let error = h
        .find(POD, filtered(filter))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert!(
        error.message().contains(&format!("operator {operator}")),
        "{error}"
    );
    assert!(error.message().contains(field), "{error}");
    assert_eq!(pods.calls(StubOperation::Find), 0);
    h.shutdown().await;
}

/// Contract: FLT-09
#[rstest]
#[case("integer", FilterOperator::Eq, json!(3.0))]
#[case("number", FilterOperator::Eq, json!(3))]
#[case("number", FilterOperator::Gt, json!(3.5))]
#[case("datetime", FilterOperator::Eq, json!("2026-01-02T03:04:05+01:00"))]
#[case("map", FilterOperator::Eq, json!("key=value"))]
#[case("map", FilterOperator::In, json!(["key=value", "key="]))]
#[case("map", FilterOperator::HasKey, json!("key"))]
#[case("integer", FilterOperator::In, json!(["1", "2"]))]
#[case("integer", FilterOperator::Exists, json!("ignored"))]
#[case("boolean", FilterOperator::NotExists, json!(null))]
#[case("string", FilterOperator::Regex, json!("^we.$"))]
#[tokio::test(start_paused = true)]
async fn a_value_that_fits_reaches_the_plugin_as_it_came(
    #[case] field: &str,
    #[case] operator: FilterOperator,
    #[case] value: Value,
) {
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields())).await;
    let filter = FilterPredicate::new(field, operator, value);
    // A stub evaluates four operators; that the filter arrived is what counts.
    let _ = h.find(POD, filtered(filter.clone())).attempt().await;
    let seen = pods.last(StubOperation::Find).input;
    assert_eq!(
        seen["filters"]["predicates"][0],
        serde_json::to_value(filter).unwrap()
    );
    h.shutdown().await;
}

/// Contract: FLT-10, FLT-11, FLT-15
#[tokio::test(start_paused = true)]
async fn groups_nest_once_and_are_joined_by_and_or_or() {
    let (h, pods) = mounted(Stub::resource(POD).filterable(fields())).await;
    let leaf = || FilterExpression::from(FilterPredicate::eq("phase", "Failed"));
    let deep = FilterExpression::default().group(leaf().group(leaf()));
    h.find(POD, filtered(deep))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    let mut odd = leaf();
    odd.logic = Some(FilterLogic::from("xor"));
    let error = h
        .find(POD, filtered(odd))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert!(error.message().contains("\"xor\""), "{error}");
    assert_eq!(pods.calls(StubOperation::Find), 0);

    let running = || FilterPredicate::eq("phase", "Running");
    let failed = || FilterPredicate::eq("phase", "Failed");
    let mut unsaid = FilterExpression::from(running());
    unsaid.predicates.push(failed());
    for (filter, total) in [
        (FilterExpression::and([running(), failed()]), 0),
        (unsaid, 0),
        (FilterExpression::or([running(), failed()]), 2),
        (
            FilterExpression::and([running()]).group(FilterExpression::or([running(), failed()])),
            1,
        ),
    ] {
        assert_eq!(h.find(POD, filtered(filter)).await.total_count, total);
    }
    h.shutdown().await;
}
