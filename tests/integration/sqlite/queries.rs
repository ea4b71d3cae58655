//! Filters, order, pages and cursors: what SQL selects is what the SDK would have.

use omniview_sdk::{
    ErrorCode, FilterExpression, FilterOperator, FilterPredicate, FindInput, Json, ListInput,
    query::{self, Identity, Item},
};
use rstest::rstest;
use serde_json::{Value, json};

use super::shop::{CUSTOMER, ORDER, Shop, ids};

/// Customers on whom the meaning of every operator shows.
fn customers() -> Vec<Value> {
    [
        ("ada", "Ada", json!("ada@x.org"), 0.5, false),
        ("bob", "bob", json!(null), -2.0, true),
        ("cyd", "Cyd_100%", json!(""), 1e9, false),
        ("dée", "Dée", json!("ADA@x.org"), 0.0, true),
        ("eve", "it's \\ (x)", json!("a\nb"), 0.30000000000000004, false),
        ("nul", "a\0bc", json!("\0"), 3.0, false),
    ]
    .into_iter()
    .map(|(id, name, email, credit, blocked)| {
        json!({"id": id, "name": name, "email": email, "credit": credit, "blocked": blocked})
    })
    .collect()
}

/// Every operator with values that are near to something.
fn predicates() -> Vec<FilterPredicate> {
    use FilterOperator::{Contains, Eq, Gt, Gte, Lt, Lte, Neq, Prefix, Regex, Suffix};
    let mut all = Vec::new();
    for operator in [Eq, Neq, Contains, Prefix, Suffix] {
        for text in [
            "",
            "a",
            "A",
            "ada",
            "Ada",
            "a\0",
            "\0",
            "c",
            "bc",
            "é",
            "%",
            "_1",
            "'",
            "\\ (",
            "ada@x.org",
        ] {
            for field in ["id", "name", "email"] {
                all.push(FilterPredicate::new(field, operator.clone(), text));
            }
        }
    }
    for pattern in ["^a", "(?i)^a", "x\\.org$", "\\d", "^$", "é"] {
        all.push(FilterPredicate::new("email", Regex, pattern));
        all.push(FilterPredicate::new("name", Regex, pattern));
    }
    for operator in [Eq, Neq, Gt, Gte, Lt, Lte] {
        for number in [
            json!(0),
            json!(0.5),
            json!(-2),
            json!(0.3),
            json!(1_000_000_000),
            json!(u64::MAX),
        ] {
            all.push(FilterPredicate::new("credit", operator.clone(), number));
        }
        for number in [
            json!(1),
            json!(1.0),
            json!(0),
            json!(u64::MAX),
            json!(i64::MIN),
        ] {
            all.push(FilterPredicate::new("revision", operator.clone(), number));
        }
    }
    for texts in [&["ada", "bob"][..], &[""], &["ADA@x.org", "nobody"], &[]] {
        for field in ["id", "email"] {
            all.push(FilterPredicate::any_of(field, texts.iter().copied()));
            all.push(FilterPredicate::none_of(field, texts.iter().copied()));
        }
    }
    for flag in [true, false] {
        all.push(FilterPredicate::eq("blocked", flag));
        all.push(FilterPredicate::neq("blocked", flag));
    }
    all.push(FilterPredicate::exists("email"));
    all.push(FilterPredicate::not_exists("email"));
    all
}

/// A shop with these customers, and the same as items of the SDK's own queries.
async fn stocked() -> (Shop, Vec<Item>) {
    let shop = Shop::open().await;
    let mut items = Vec::new();
    for customer in customers() {
        let created = shop.h.create(CUSTOMER, customer).await.result;
        items.push(Item::parse(created, &Identity::new("id", "")).unwrap());
    }
    (shop, items)
}

fn texts(objects: &[Json]) -> Vec<&str> {
    objects.iter().map(Json::as_str).collect()
}

#[tokio::test]
async fn sql_finds_what_the_sdk_would_for_every_operator() {
    let (shop, items) = stocked().await;
    let fields = shop.h.filter_fields(CUSTOMER).await.unwrap();
    for predicate in predicates() {
        let input = FindInput::all().filter(predicate.clone());
        let expected = query::find(&items, &input, &fields).unwrap();
        let found = shop.h.find(CUSTOMER, input).await;
        assert_eq!(ids(&found.result), ids(&expected.result), "{predicate:?}");
        assert_eq!(found.total_count, expected.total_count);
    }
    shop.close().await;
}

#[tokio::test]
async fn sql_joins_predicates_and_groups_as_the_sdk_does() {
    let (shop, items) = stocked().await;
    let fields = shop.h.filter_fields(CUSTOMER).await.unwrap();
    let [a, b, c] = [
        FilterPredicate::contains("name", "a"),
        FilterPredicate::neq("email", "ada@x.org"),
        FilterPredicate::gt("credit", 0),
    ];
    let two = |join: fn([FilterPredicate; 2]) -> FilterExpression| join([b.clone(), c.clone()]);
    for filter in [
        FilterExpression::and([a.clone(), b.clone()]),
        FilterExpression::or([a.clone(), c.clone()]),
        FilterExpression::or([a.clone()]).group(two(FilterExpression::and)),
        FilterExpression::and([a.clone()]).group(two(FilterExpression::or)),
        FilterExpression::or([a.clone()]).group(FilterExpression::and([])),
        FilterExpression::or([]),
    ] {
        let input = FindInput::all().filter(filter.clone());
        let expected = query::find(&items, &input, &fields).unwrap();
        let found = shop.h.find(CUSTOMER, input).await;
        assert_eq!(ids(&found.result), ids(&expected.result), "{filter:?}");
    }
    shop.close().await;
}

#[tokio::test]
async fn sql_orders_and_pages_as_the_sdk_does() {
    let (shop, items) = stocked().await;
    let orders: [&[(&str, bool)]; 7] = [
        &[],
        &[("name", false)],
        &[("email", false)],
        &[("email", true), ("credit", false)],
        &[("blocked", true), ("name", true)],
        &[("credit", false), ("id", true)],
        &[("nothing.has.this", false), ("blocked", false)],
    ];
    for order in orders {
        let mut input = ListInput::all();
        for (field, descending) in order {
            input = match descending {
                false => input.order_by(*field),
                true => input.order_by_descending(*field),
            };
        }
        let expected = query::list(&items, &input).unwrap();
        let listed = shop.h.list(CUSTOMER, input.clone()).await;
        assert_eq!(texts(&listed.result), texts(&expected.result), "{order:?}");

        // Page by page, and cursor by cursor, both with the cursors of the SDK.
        for size in 1..=3 {
            let (mut paged, mut next) = (Vec::new(), Some(input.clone().page_size(size)));
            while let Some(input) = next {
                let expected = query::list(&items, &input).unwrap();
                let page = shop.h.list(CUSTOMER, input.clone()).await;
                assert_eq!(
                    page.next_cursor, expected.next_cursor,
                    "{order:?} by {size}"
                );
                assert_eq!(page.total_count, 6);
                paged.extend(page.result);
                next = page.next_cursor.map(|cursor| input.cursor(cursor));
            }
            assert_eq!(texts(&paged), texts(&listed.result), "{order:?} by {size}");
            let second = shop.h.list(CUSTOMER, input.clone().page(2, size)).await;
            let from = usize::try_from(size).unwrap();
            assert_eq!(texts(&second.result), texts(&paged[from..2 * from]));
        }
    }
    shop.close().await;
}

#[tokio::test]
async fn a_cursor_neither_repeats_nor_loses_what_stays() {
    let shop = Shop::open().await;
    shop.stock();
    for number in 2..=9 {
        shop.order("north", &number.to_string(), None);
    }
    let input = ListInput::all().order_by("status").page_size(3);
    let first = shop.h.list(ORDER, input.clone()).await;
    assert_eq!(ids(&first.result), ["1", "2", "3"]);

    // The place of the cursor goes, and another row turns up before it.
    shop.write("DELETE FROM orders WHERE id = '3'", []);
    shop.order("north", "0", None);
    let rest = input
        .clone()
        .page_size(0)
        .cursor(first.next_cursor.clone().unwrap());
    let rest = shop.h.list(ORDER, rest).await;
    assert_eq!(ids(&rest.result), ["4", "5", "6", "7", "8", "9"]);
    assert_eq!((rest.total_count, rest.next_cursor), (9, None));

    let other = ListInput::all().cursor(first.next_cursor.unwrap());
    shop.h
        .list(ORDER, other)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    let broken = ListInput::all().cursor("'; DROP TABLE orders; --");
    shop.h
        .list(ORDER, broken)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    shop.close().await;
}

#[rstest]
#[case(FilterPredicate::gt("placed", "2026-01-01T00:00:00Z"), &["late"])]
#[case(FilterPredicate::lte("placed", "2026-01-01T01:00:00+01:00"), &["early", "same"])]
#[case(FilterPredicate::eq("placed", "2025-12-31T23:00:00-01:00"), &["same"])]
#[case(FilterPredicate::neq("placed", "2026-01-01T00:00:00Z"), &["1", "early", "late", "odd"])]
#[case(FilterPredicate::exists("placed"), &["early", "late", "odd", "same"])]
#[tokio::test]
async fn times_are_compared_as_instants(
    #[case] filter: FilterPredicate,
    #[case] expected: &[&str],
) {
    let shop = Shop::open().await;
    shop.stock();
    for (id, placed) in [
        ("late", "2026-01-01T00:00:00.000000001Z"),
        ("same", "2026-01-01T02:00:00+02:00"),
        ("early", "2026-01-01T01:00:00+02:00"),
        // Another program may have written anything.
        ("odd", "last week"),
    ] {
        shop.order("north", id, Some(placed));
    }
    let found = shop.h.find(ORDER, FindInput::all().filter(filter)).await;
    assert_eq!(ids(&found.result), expected);
    shop.close().await;
}

#[tokio::test]
async fn namespaces_restrict() {
    let shop = Shop::open().await;
    shop.stock();
    shop.order("south", "2", None);
    let list = |branches: &[&str]| {
        let input = branches
            .iter()
            .fold(ListInput::all(), |input, one| input.namespace(*one));
        shop.h.list(ORDER, input)
    };
    assert_eq!(ids(&list(&["south"]).await.result), ["2"]);
    assert_eq!(list(&["south", "north", "south"]).await.total_count, 2);
    assert_eq!(list(&["west"]).await.total_count, 0);
    let nowhere = ListInput::all().namespace("north");
    assert_eq!(shop.h.list(CUSTOMER, nowhere).await.total_count, 0);
    shop.close().await;
}
