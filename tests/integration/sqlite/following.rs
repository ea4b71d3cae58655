//! Following tables that the plugin and others write to.

use omniview_plugintest::{added, deleted, state, updated};
use omniview_sdk::WatchState;
use serde_json::json;

use super::shop::{CONNECTION, CUSTOMER, LINE, ORDER, Shop};

#[tokio::test]
async fn what_is_there_comes_first_and_what_others_write_after_it() {
    let shop = Shop::closed();
    shop.stock();
    shop.h.connect(CONNECTION).await;
    let synced = shop.h.wait_for(state(ORDER, WatchState::Synced)).await;
    assert_eq!(synced.to_string(), "shop shop::v1::Order SYNCED (1)");

    shop.order("south", "1", None);
    let add = shop
        .h
        .wait_for(added("1").of(ORDER).in_namespace("south"))
        .await;
    assert_eq!(add.json()["customer"], "ada");

    shop.write(
        "UPDATE orders SET status = 'paid' WHERE branch = 'south'",
        [],
    );
    let update = shop
        .h
        .wait_for(updated("1").of(ORDER).in_namespace("south"))
        .await;
    assert_eq!(update.json()["status"], "paid");
    assert_eq!(update.json()["revision"], 2, "the trigger counts");

    shop.write("DELETE FROM orders WHERE branch = 'south'", []);
    let delete = shop
        .h
        .wait_for(deleted("1").of(ORDER).in_namespace("south"))
        .await;
    assert_eq!(
        delete.json(),
        update.json(),
        "the last known state goes along"
    );

    shop.h.stop_connection_watch(CONNECTION).await;
    shop.h
        .recording()
        .of(ORDER)
        .assert_adds(2)
        .assert_updates(1)
        .assert_deletes(1)
        .assert_states(&[WatchState::Syncing, WatchState::Synced, WatchState::Stopped]);
    shop.close().await;
}

#[tokio::test]
async fn what_goes_along_with_a_row_is_told_too() {
    let shop = Shop::open().await;
    shop.stock();
    let line = json!({"id": "1-1", "order_id": "1", "product": "tea", "quantity": 2});
    shop.h.create(LINE, line).in_namespace("north").await;
    shop.h.wait_for(added("1-1").of(LINE)).await;
    // The foreign key takes the line along.
    shop.h.delete(ORDER, "1").in_namespace("north").await;
    shop.h.wait_for(deleted("1-1").of(LINE)).await;
    shop.close().await;
}

#[tokio::test]
async fn the_plugins_own_writes_ring_without_a_look_at_the_clock() {
    use omniview_tests::sqlite::{self, Shops, schema};

    let directory = crate::scratch::directory();
    let file = directory.path().join("shop.db");
    schema::create(&rusqlite::Connection::open(&file).unwrap(), &["north"]).unwrap();
    let shops = Shops::new().shop(CONNECTION, file.to_str().unwrap());
    // It would look for the writes of others in an hour.
    let hour = std::time::Duration::from_secs(3600);
    let h = omniview_plugintest::Harness::mount(sqlite::config(shops, hour).unwrap());
    h.connect(CONNECTION).await;
    h.wait_for(state(CUSTOMER, WatchState::Synced)).await;
    h.create(CUSTOMER, json!({"id": "ada", "name": "Ada"}))
        .await;
    h.wait_for(added("ada")).await;
    h.update(
        CUSTOMER,
        "ada",
        json!({"name": "Ada L.", "credit": 0, "blocked": false}),
    )
    .await;
    h.wait_for(updated("ada")).await;
    h.delete(CUSTOMER, "ada").await;
    h.wait_for(deleted("ada")).await;
    h.shutdown().await;
}

#[tokio::test]
async fn a_write_that_was_refused_is_not_told() {
    let shop = Shop::open().await;
    shop.stock();
    shop.h.wait_for(added("ada").of(CUSTOMER)).await;
    // The hook rings for the row, the constraint takes it back.
    shop.h
        .delete(CUSTOMER, "ada")
        .expect_error(omniview_sdk::ErrorCode::Conflict)
        .await;
    shop.h
        .create(CUSTOMER, json!({"id": "bob", "name": "Bob"}))
        .await;
    shop.h.wait_for(added("bob").of(CUSTOMER)).await;
    shop.h
        .recording()
        .of(CUSTOMER)
        .assert_deletes(0)
        .assert_adds(2);
    shop.close().await;
}

#[tokio::test]
async fn a_table_that_is_gone_for_a_while_is_an_error_and_then_synced_again() {
    let shop = Shop::open().await;
    shop.stock();
    shop.h.wait_for(added("ada").of(CUSTOMER)).await;
    let mark = shop.h.mark();
    shop.outside
        .execute_batch("PRAGMA legacy_alter_table = ON; ALTER TABLE customers RENAME TO elsewhere")
        .unwrap();
    let error = shop
        .h
        .wait_for(state(CUSTOMER, WatchState::Error))
        .since(mark)
        .await;
    assert!(
        error
            .to_string()
            .contains("UNAVAILABLE: no such table: customers"),
        "{error}"
    );
    shop.h.get(ORDER, "1").in_namespace("north").await;

    shop.outside
        .execute_batch("ALTER TABLE elsewhere RENAME TO customers")
        .unwrap();
    shop.h
        .wait_for(state(CUSTOMER, WatchState::Synced))
        .since(mark)
        .await;
    shop.close().await;
}
