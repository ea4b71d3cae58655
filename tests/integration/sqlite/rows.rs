//! The six operations, relationships and health.

use omniview_plugintest::JsonResult;
use omniview_sdk::{EdgeDirection, ErrorCode, HealthStatus};
use rstest::rstest;
use serde_json::{Value, json};

use super::shop::{CUSTOMER, LINE, ORDER, Shop};

#[tokio::test]
async fn a_row_lives_from_create_to_delete() {
    let shop = Shop::open().await;
    let ada =
        json!({"id": "ada", "name": "Ada", "email": null, "credit": 0.1 + 0.2, "blocked": false});
    let created = shop.h.create(CUSTOMER, &ada).await.json();
    let mut expected = ada;
    expected["revision"] = json!(1);
    assert_eq!(created, expected, "a float comes back to its last bit");

    let read = |column: &str| -> Value {
        let sql = format!("SELECT json_quote({column}) FROM customers WHERE id = 'ada'");
        let text: String = shop.outside.query_one(&sql, [], |row| row.get(0)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!((read("name"), read("blocked")), (json!("Ada"), json!(0)));

    let mut changed = created.clone();
    changed["name"] = json!("Ada L.");
    let updated = shop.h.update(CUSTOMER, "ada", &changed).await.json();
    assert_eq!(
        (&updated["name"], &updated["revision"]),
        (&json!("Ada L."), &json!(2))
    );
    assert_eq!(read("name"), json!("Ada L."));

    let deleted = shop.h.delete(CUSTOMER, "ada").await.json();
    assert_eq!(deleted, Some(updated));
    let gone = shop
        .h
        .get(CUSTOMER, "ada")
        .expect_error(ErrorCode::NotFound)
        .await;
    assert_eq!(gone.message(), "customers has no row \"ada\"");
    shop.close().await;
}

#[tokio::test]
async fn a_writer_that_knows_no_revisions_makes_a_copy_stale_all_the_same() {
    let shop = Shop::open().await;
    shop.stock();
    let copy = shop.h.get(CUSTOMER, "ada").await.json();
    shop.write("UPDATE customers SET credit = 5", []);

    let stale = shop
        .h
        .update(CUSTOMER, "ada", &copy)
        .expect_error(ErrorCode::Conflict)
        .await;
    assert_eq!(
        stale.message(),
        "the row \"ada\" of customers has changed since then"
    );
    assert_eq!(shop.h.get(CUSTOMER, "ada").await.json()["credit"], 5.0);

    let mut unconditional = copy;
    unconditional.as_object_mut().unwrap().remove("revision");
    let updated = shop.h.update(CUSTOMER, "ada", unconditional).await.json();
    assert_eq!(updated["revision"], 3);
    shop.close().await;
}

#[tokio::test]
async fn a_call_without_a_namespace_means_the_only_row_of_that_id() {
    let shop = Shop::open().await;
    shop.stock();
    assert_eq!(shop.h.get(ORDER, "1").await.json()["branch"], "north");
    shop.order("south", "1", None);
    let ambiguous = shop
        .h
        .get(ORDER, "1")
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert_eq!(
        ambiguous.message(),
        "several rows of orders have the id \"1\""
    );
    shop.h.delete(ORDER, "1").in_namespace("south").await;
    assert_eq!(shop.h.get(ORDER, "1").await.json()["branch"], "north");
    shop.close().await;
}

#[rstest]
#[case::no_object(json!([1]), "this is no Customer")]
#[case::a_field_that_no_column_holds(json!({"id": "x", "name": "X", "age": 4}), "no field \"age\"")]
#[case::a_text_for_a_number(json!({"id": "x", "name": "X", "credit": "much"}), "credit of a Customer cannot be \"much\"")]
#[case::nothing_where_something_has_to_be(json!({"id": "x"}), "NOT NULL constraint failed: customers.name")]
#[case::a_number_beyond_its_bounds(json!({"id": "x", "name": "X", "credit": 1e10}), "CHECK constraint failed")]
#[case::an_empty_id(json!({"id": "", "name": "X"}), "CHECK constraint failed")]
#[tokio::test]
async fn what_the_table_cannot_hold_is_invalid_input(#[case] row: Value, #[case] said: &str) {
    let shop = Shop::open().await;
    let error = shop
        .h
        .create(CUSTOMER, row)
        .expect_error(ErrorCode::InvalidInput)
        .await;
    assert!(error.message().contains(said), "{error}");
    assert!(!error.suggestions().is_empty(), "{error}");
    shop.close().await;
}

#[tokio::test]
async fn constraints_are_told_apart() {
    let shop = Shop::open().await;
    shop.stock();
    shop.h
        .create(CUSTOMER, json!({"id": "ada", "name": "Another"}))
        .expect_error(ErrorCode::AlreadyExists)
        .await;
    let nobodys = json!({"id": "2", "customer": "nobody", "status": "open"});
    shop.h
        .create(ORDER, nobodys)
        .in_namespace("north")
        .expect_error(ErrorCode::Conflict)
        .await;
    let named = shop
        .h
        .delete(CUSTOMER, "ada")
        .expect_error(ErrorCode::Conflict)
        .await;
    assert_eq!(
        named.suggestions(),
        ["name rows that exist, and remove those that name this one first"]
    );
    shop.h.get(CUSTOMER, "ada").await;
    shop.close().await;
}

#[tokio::test]
async fn the_foreign_keys_are_relationships_both_ways() {
    let shop = Shop::open().await;
    shop.stock();
    shop.order("south", "1", None);
    for (id, branch) in [("1-1", "north"), ("1-2", "north"), ("1-1", "south")] {
        shop.write(
            "INSERT INTO order_lines (branch, id, order_id, product, quantity) VALUES (?, ?, '1', 'tea', 1)",
            (branch, id),
        );
    }

    let declared = shop.h.declared_relationships(ORDER).await;
    let described: Vec<_> = declared
        .iter()
        .map(|one| {
            (
                one.kind.as_str(),
                one.target_resource_key.as_str(),
                &*one.label,
                one.direction,
            )
        })
        .collect();
    assert_eq!(
        described,
        [
            ("uses", CUSTOMER, "customer", EdgeDirection::Outgoing),
            ("member_of", LINE, "order lines", EdgeDirection::Incoming),
        ]
    );

    let resolved = shop
        .h
        .resolve_relationships(ORDER, "1")
        .in_namespace("north")
        .await;
    let targets: Vec<Vec<_>> = resolved
        .iter()
        .map(|one| {
            one.targets
                .iter()
                .map(|to| (&*to.namespace, &*to.id))
                .collect()
        })
        .collect();
    assert_eq!(
        targets,
        [vec![("", "ada")], vec![("north", "1-1"), ("north", "1-2")]],
        "a key over two columns leads to the branch's own order"
    );
    shop.h
        .resolve_relationships(ORDER, "2")
        .in_namespace("north")
        .expect_error(ErrorCode::NotFound)
        .await;
    shop.close().await;
}

#[rstest]
#[case::well(CUSTOMER, json!({"blocked": false, "credit": 1}), HealthStatus::Healthy, "")]
#[case::in_debt(CUSTOMER, json!({"blocked": false, "credit": -1}), HealthStatus::Degraded, "InDebt")]
#[case::blocked(CUSTOMER, json!({"blocked": true, "credit": 1}), HealthStatus::Unhealthy, "Blocked")]
#[case::unsaid(CUSTOMER, json!({}), HealthStatus::Unknown, "")]
#[case::open(ORDER, json!({"status": "open"}), HealthStatus::Pending, "Unpaid")]
#[case::shipped(ORDER, json!({"status": "shipped"}), HealthStatus::Healthy, "")]
#[case::cancelled(ORDER, json!({"status": "cancelled"}), HealthStatus::Unhealthy, "Cancelled")]
#[tokio::test]
async fn a_row_is_as_well_as_it_says(
    #[case] key: &str,
    #[case] row: Value,
    #[case] status: HealthStatus,
    #[case] reason: &str,
) {
    let shop = Shop::open().await;
    let health = shop
        .h
        .assess_health(key, &row)
        .await
        .expect("it has health");
    assert_eq!((health.status, &*health.reason), (status, reason));
    assert_eq!(shop.h.assess_health(LINE, &row).await, None);
    shop.close().await;
}
