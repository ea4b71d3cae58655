//! Catching the text of a failure.

use std::{
    any::Any,
    future::IntoFuture,
    panic::{AssertUnwindSafe, catch_unwind},
};

use futures_util::FutureExt;
use omniview_plugintest::{
    Harness,
    stub::{StubControl, stub_plugin},
};

pub(crate) const POD: &str = "core::v1::Pod";

/// A mounted plugin of stubs with `dev` connected, and the hand on its pods.
pub(crate) async fn connected() -> (Harness, StubControl) {
    let plugin = stub_plugin();
    let h = Harness::mount(plugin.config);
    h.connect("dev").await;
    (h, plugin.pods)
}

/// The text with which `failing` panics; where in the test it says it was called is cut out.
pub(crate) async fn failure<F: IntoFuture>(failing: F) -> String {
    without_location(&raw_failure(failing).await)
}

/// The text with which `failing` panics.
pub(crate) async fn raw_failure<F: IntoFuture>(failing: F) -> String {
    let caught = AssertUnwindSafe(failing.into_future()).catch_unwind().await;
    match caught {
        Ok(_) => panic!("it did not fail"),
        Err(payload) => text_of(payload.as_ref()),
    }
}

/// The text with which `failing` panics.
pub(crate) fn sync_failure<T>(failing: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(failing)) {
        Ok(_) => panic!("it did not fail"),
        Err(payload) => text_of(payload.as_ref()),
    }
}

/// Cuts the line numbers out of the lines that say where.
pub(crate) fn without_location(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("  at ") {
        Some(place) => {
            let file = place.split(':').next().unwrap_or_default();
            format!("  at {}", file.replace('\\', "/"))
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
        .expect("a panic has a text")
}
