//! What a later answer of discovery does to watches, and what it leaves alone.

use omniview_plugintest::{
    Harness, state,
    stub::{StubConnections, StubOperation},
};
use omniview_sdk::*;
use tokio::time::sleep;

use crate::{
    boundary::{DEV, POD},
    discovery::{A_MOMENT, GADGET, MINUTE, WIDGET, meta, plugin, plugin_on, watch_of},
};

/// Contract: TYP-12, WAT-16
#[tokio::test(start_paused = true)]
async fn a_changed_answer_leaves_alone_what_somebody_has_stopped() {
    let plugin = plugin(DiscoveredTypes::additional([meta(GADGET)]));
    let h = Harness::mount(plugin.config);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.wait_for(state(GADGET, WatchState::Synced)).await;
    h.stop_resource_watch(DEV, POD).await;
    h.stop_resource_watch(DEV, GADGET).await;
    plugin
        .surveyor
        .answer(DiscoveredTypes::additional([meta(GADGET), meta(WIDGET)]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert_eq!(watch_of(&h, WIDGET).await, Some(WatchState::Synced));
    assert_eq!(watch_of(&h, POD).await, Some(WatchState::Stopped));
    assert_eq!(watch_of(&h, GADGET).await, Some(WatchState::Stopped));
    h.shutdown().await;
}

/// Contract: TYP-12, WAT-06, WAT-32
#[tokio::test(start_paused = true)]
async fn a_changed_answer_says_nothing_of_watches_that_are_not_started() {
    let plugin = plugin(DiscoveredTypes::additional([]));
    let h = Harness::mount(plugin.config);
    h.connect(DEV).await;
    h.wait_for(state(POD, WatchState::Synced)).await;
    h.stop_connection_watch(DEV).await;
    let mark = h.mark();
    plugin
        .surveyor
        .answer(DiscoveredTypes::complete([meta(GADGET)]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert!(
        h.recording().since(mark).is_empty(),
        "{}",
        h.recording().since(mark)
    );
    h.start_connection_watch(DEV).await;
    h.wait_for(state(POD, WatchState::Skipped)).await;
    h.wait_for(state(GADGET, WatchState::Synced)).await;
    h.shutdown().await;
}

/// Contract: TYP-12, WAT-32, SCP-02
#[tokio::test(start_paused = true)]
async fn what_is_found_later_is_skipped_too_where_the_scope_has_no_partitions() {
    let nowhere = ConnectionScope::auto_discovered(Vec::<String>::new());
    let connections = StubConnections::new([DEV]).scope(nowhere);
    let plugin = plugin_on(connections, DiscoveredTypes::additional([]));
    let h = Harness::mount(plugin.config);
    h.connect(DEV).await;
    plugin
        .surveyor
        .answer(DiscoveredTypes::additional([meta(GADGET)]));
    sleep(5 * MINUTE + A_MOMENT).await;
    assert_eq!(watch_of(&h, GADGET).await, Some(WatchState::Skipped));
    // Only a pattern serves this one, and nobody has named it before.
    let refused = h
        .ensure_resource_watch(DEV, WIDGET)
        .expect_error(ErrorCode::Unsupported)
        .await;
    assert!(refused.message().contains("scope"), "{refused}");
    assert_eq!(plugin.others.calls(StubOperation::Watch), 0);
    h.shutdown().await;
}
