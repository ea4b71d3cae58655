//! The six operations, queries, and what the type says about itself.

use omniview_plugintest::JsonResult;
use omniview_sdk::{
    ErrorCode, FilterExpression, FilterOperator, FilterPredicate, FindInput, HealthStatus, Json,
    ListInput,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::library::{BOOK, book, open};

fn ids<'a>(books: impl IntoIterator<Item = &'a Json>) -> Vec<String> {
    let id = |book: &Json| book.to_value().unwrap()["id"].as_str().unwrap().to_owned();
    books.into_iter().map(id).collect()
}

#[tokio::test]
async fn a_book_lives_from_create_to_delete() {
    let (server, h) = open().await;

    let dune = json!({"id": "dune", "title": "Dune", "year": 1965});
    let created = h.create(BOOK, &dune).in_namespace("fiction").await.json();
    assert_eq!(created["title"], "Dune");
    assert_eq!(server.book("fiction", "dune"), Some(created.clone()));

    let read = h.get(BOOK, "dune").in_namespace("fiction").await.json();
    assert_eq!(read, created);

    let mut changed = read;
    changed["year"] = json!(1966);
    let updated = h
        .update(BOOK, "dune", &changed)
        .in_namespace("fiction")
        .await
        .json();
    assert_eq!(updated["year"], 1966);
    assert_ne!(updated["revision"], created["revision"]);
    assert_eq!(server.book("fiction", "dune"), Some(updated.clone()));

    let deleted = h.delete(BOOK, "dune").in_namespace("fiction").await.json();
    assert_eq!(deleted, Some(updated));
    let gone = h
        .get(BOOK, "dune")
        .in_namespace("fiction")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(gone.id(), Some("dune"));
    h.shutdown().await;
}

#[tokio::test]
async fn a_call_without_a_namespace_finds_the_only_book_of_that_id() {
    let (server, h) = open().await;
    h.create(BOOK, json!({"id": "dune", "shelf": "fiction"}))
        .await;
    assert_eq!(h.get(BOOK, "dune").await.json()["shelf"], "fiction");

    server.put("science", "dune", book("dune"));
    let ambiguous = h
        .delete(BOOK, "dune")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(
        ambiguous.message(),
        "book \"dune\" is on several shelves: fiction, science"
    );
    h.delete(BOOK, "dune").in_namespace("science").await;
    h.delete(BOOK, "dune").await;
    h.get(BOOK, "dune").expect_error(ErrorCode::NotFound).await;
    let homeless = h
        .create(BOOK, book("dune"))
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(homeless.suggestions(), ["name a shelf as the namespace"]);
    h.shutdown().await;
}

#[tokio::test]
async fn a_list_is_ordered_and_cut_into_pages_over_the_pages_of_the_server() {
    let (server, h) = open().await;
    for number in 0..45 {
        let shelf = ["fiction", "poetry", "science"][number % 3];
        server.put(
            shelf,
            &format!("b{number:02}"),
            json!({"year": 2000 - number}),
        );
    }

    let input = ListInput::all().order_by("year").page_size(20);
    let mut seen = Vec::new();
    let mut page = h.list(BOOK, input.clone()).await;
    loop {
        assert_eq!(page.total_count, 45);
        assert!(page.result.len() <= 20);
        seen.extend(ids(&page.result));
        let Some(cursor) = page.next_cursor else {
            break;
        };
        page = h.list(BOOK, input.clone().cursor(cursor)).await;
    }
    let by_year: Vec<String> = (0..45)
        .rev()
        .map(|number| format!("b{number:02}"))
        .collect();
    assert_eq!(seen, by_year);

    let second = h
        .list(BOOK, ListInput::all().order_by("year").page(2, 20))
        .await;
    assert_eq!(ids(&second.result), by_year[20..40]);

    let shelves = ListInput::all()
        .namespace("poetry")
        .namespace("science")
        .namespace("poetry");
    let two = h.list(BOOK, shelves).await;
    assert_eq!(two.total_count, 30);
    let nowhere = h.list(BOOK, ListInput::all().namespace("cellar")).await;
    assert_eq!((nowhere.total_count, nowhere.result.len()), (0, 0));
    h.shutdown().await;
}

#[rstest]
#[case::text(FilterPredicate::contains("title", "Moon").into(), &["moon"])]
#[case::the_case_counts(FilterPredicate::contains("title", "moon").into(), &[])]
#[case::a_number(FilterPredicate::lt("price", 10).into(), &["moon", "waves"])]
#[case::an_integer(FilterPredicate::gte("year", 1966).into(), &["moon"])]
#[case::a_flag(FilterPredicate::eq("reference", true).into(), &["waves"])]
#[case::one_of_a_list(FilterPredicate::any_of("status", ["lent", "lost"]).into(), &["dune", "moon"])]
#[case::an_instant(FilterPredicate::lt("due", "2026-02-01T01:00:00+02:00").into(), &["dune"])]
#[case::absence(FilterPredicate::not_exists("due").into(), &["moon", "waves"])]
#[case::a_tag(FilterPredicate::has_key("tags", "signed").into(), &["dune", "waves"])]
#[case::a_tag_with_its_value(FilterPredicate::eq("tags", "signed=yes").into(), &["dune"])]
#[case::either(
    FilterExpression::or([
        FilterPredicate::eq("author", "Virginia Woolf"),
        FilterPredicate::new("title", FilterOperator::Regex, "^D.n.$"),
    ]),
    &["dune", "waves"]
)]
#[tokio::test]
async fn a_filter_keeps(#[case] filter: FilterExpression, #[case] expected: &[&str]) {
    let (server, h) = open().await;
    for (shelf, book) in [
        (
            "fiction",
            json!({
                "id": "dune", "title": "Dune", "author": "Frank Herbert", "year": 1965, "price": 12.5,
                "status": "lent", "due": "2026-01-31T22:59:59Z", "tags": {"signed": "yes"},
            }),
        ),
        (
            "science",
            json!({
                "id": "moon", "title": "Moon Dust", "author": "Andrew Smith", "year": 2005, "price": 9,
                "status": "lost",
            }),
        ),
        (
            "poetry",
            json!({
                "id": "waves", "title": "The Waves", "author": "Virginia Woolf", "year": 1931, "price": 9.99,
                "status": "available", "reference": true, "due": null, "tags": {"signed": "no"},
            }),
        ),
    ] {
        server.put(shelf, book["id"].as_str().unwrap(), book.clone());
    }
    let found = h
        .find(BOOK, FindInput::all().filter(filter).order_by("title"))
        .await;
    assert_eq!(ids(&found.result), expected);
    assert_eq!(found.total_count, i64::try_from(expected.len()).unwrap());
    h.shutdown().await;
}

#[rstest]
#[case::in_time(json!({"status": "lent", "due": "9999-01-01T00:00:00Z"}), HealthStatus::Healthy, "Lent")]
#[case::overdue(json!({"status": "lent", "due": "2001-01-01T00:00:00Z"}), HealthStatus::Degraded, "Overdue")]
#[case::lost(json!({"status": "lost"}), HealthStatus::Unhealthy, "Lost")]
#[case::unsaid(json!({}), HealthStatus::Unknown, "")]
#[tokio::test]
async fn the_health_of_a_book_is_that_of_its_loan(
    #[case] book: Value,
    #[case] status: HealthStatus,
    #[case] reason: &str,
) {
    let (_server, h) = open().await;
    let health = h
        .assess_health(BOOK, &book)
        .await
        .expect("books have health");
    assert_eq!((health.status, &*health.reason), (status, reason));
    h.shutdown().await;
}

#[tokio::test]
async fn health_of_what_is_no_book_is_invalid_input() {
    let (_server, h) = open().await;
    for text in ["[]", "7", "{\"due\": \"tomorrow\"}", "{", ""] {
        h.assess_health(BOOK, text)
            .expect_error(ErrorCode::InvalidInput)
            .await;
    }
    h.shutdown().await;
}

#[tokio::test]
async fn the_type_says_what_it_can_do() {
    let (_server, h) = open().await;
    let capabilities = h.resource_capabilities(BOOK).await;
    let declared = serde_json::to_value(&capabilities).unwrap();
    let names: Vec<&str> = declared
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, can)| **can == json!(true))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "canCreate",
            "canDelete",
            "canFind",
            "canGet",
            "canList",
            "canUpdate",
            "filterable",
            "hasHealth",
            "namespaceScoped",
            "watchable",
        ]
    );
    let shelves = h.get_connection_namespaces("library").await;
    assert_eq!(
        shelves,
        Some(["fiction", "poetry", "science"].map(String::from).into())
    );
    let definition = h.resource_definition(BOOK).await;
    assert_eq!(
        (&*definition.id_accessor, &*definition.namespace_accessor),
        ("id", "shelf")
    );
    h.shutdown().await;
}
