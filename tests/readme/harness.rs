use library::library;
use omniview_plugintest::{Harness, JsonResult, assert_json_eq};
use omniview_sdk::{ErrorCode, FilterPredicate, FindInput};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn a_book_is_found_by_its_title() {
    let h = Harness::mount(library());
    h.connect("home").await;
    let dune = json!({"isbn": "0441013597", "title": "Dune"});
    h.create("library::v1::Book", dune.clone()).await; // or the test fails here, and says why

    let query = FindInput::all().filter(FilterPredicate::eq("title", "Dune"));
    assert_json_eq!(h.find("library::v1::Book", query).await.json(), [dune]);
    h.get("library::v1::Book", "0140449132").expect_error(ErrorCode::NotFound).await;

    h.shutdown().await; // fails the test if the plugin leaks a client or a task
}
