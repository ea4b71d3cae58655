use library::library;
use omniview_plugintest::{Harness, JsonResult, added, assert_json_eq, deleted};
use omniview_sdk::{ErrorCode, ListInput};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_book_that_is_lent_is_gone_for_whoever_watches() {
    let h = Harness::mount(library());
    h.connect("home").await;
    let dune = json!({"isbn": "0441013597", "title": "Dune"});
    h.create("library::v1::Book", dune.clone()).await; // or the test fails here, and says why
    h.wait_for(added("0441013597").on("home")).await;
    assert_json_eq!(h.list("library::v1::Book", ListInput::all()).await.json(), [dune]);

    h.delete("library::v1::Book", "0441013597").await;
    h.wait_for(deleted("0441013597")).await;
    h.get("library::v1::Book", "0441013597").expect_error(ErrorCode::NotFound).await;

    h.shutdown().await; // fails the test if the plugin leaks a client or a task
}
