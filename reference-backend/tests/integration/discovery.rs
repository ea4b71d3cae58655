//! Discovered types and scopes, through the boundary.

use std::{collections::BTreeMap, time::Duration};

use omniview_reference_backend::{Kind, ReferenceBackend};
use omniview_sdk::{
    CallContext, ConnectionScope, CreateInput, Json, ListInput, ResourceKey, ResourceMeta,
    WatchState,
};
use serde_json::json;

use crate::support::{Mounted, call, names};

fn rollout() -> ResourceKey {
    "fleet.example.io::v1::Rollout".into()
}

async fn state(plugin: &Mounted, key: &ResourceKey) -> Option<WatchState> {
    let summary = plugin
        .provider
        .get_watch_state(&CallContext::new(), &"dev".into())
        .await
        .unwrap();
    summary.resources.get(key).copied()
}

async fn types(plugin: &Mounted) -> BTreeMap<ResourceKey, ResourceMeta> {
    let (ctx, dev) = (CallContext::new(), "dev".into());
    let types = plugin.provider.resource_types(&ctx, &dev);
    types.await.unwrap()
}

/// Until discovery was asked again.
async fn later() {
    tokio::time::sleep(Duration::from_secs(6 * 60)).await;
}

#[tokio::test(start_paused = true)]
async fn a_discovered_type_is_listed_watched_and_written_like_a_static_one() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    let found = types(&plugin).await;
    assert_eq!(found[&rollout()].category, "Workloads");
    let listed = plugin
        .provider
        .list(&call("dev"), &rollout(), ListInput::all())
        .await
        .unwrap();
    assert_eq!(names(&listed.result), ["prometheus", "checkout", "web"]);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(state(&plugin, &rollout()).await, Some(WatchState::Synced));
    let mine = json!({"metadata": {"name": "mine", "namespace": "shop"}});
    plugin
        .provider
        .create(&call("dev"), &rollout(), CreateInput::new(Json::from(mine)))
        .await
        .unwrap();
    let table = backend.table_of("dev", &rollout()).unwrap();
    assert_eq!(table.snapshot().len(), 4);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn types_that_come_and_go_are_seen_when_discovery_is_asked_again() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    let discovery = backend.discovery("dev").unwrap();
    let canary = ResourceMeta::new("fleet.example.io", "v2", "Canary");
    discovery.add(canary.clone());
    discovery.remove(&rollout());
    later().await;
    assert_eq!(
        state(&plugin, &canary.key()).await,
        Some(WatchState::Synced)
    );
    let found = types(&plugin).await;
    assert!(found.contains_key(&canary.key()) && !found.contains_key(&rollout()));
    assert!(found.contains_key(&Kind::Job.key()));

    discovery.complete();
    discovery.exclude(Kind::Node.key());
    later().await;
    assert_eq!(
        state(&plugin, &Kind::Node.key()).await,
        Some(WatchState::Skipped)
    );
    assert_eq!(
        state(&plugin, &Kind::Pod.key()).await,
        Some(WatchState::Synced)
    );
    discovery.include(&Kind::Node.key());
    discovery.additional();
    later().await;
    assert!(types(&plugin).await.contains_key(&Kind::Node.key()));
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn discovery_is_told_once_that_a_connection_is_gone() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    let ctx = CallContext::new();
    plugin
        .provider
        .delete_connection(&ctx, &"dev".into())
        .await
        .unwrap();
    assert_eq!(backend.forgotten("dev"), 1);
    backend.remove_connection("prod").unwrap();
    plugin.forget().await;
    assert_eq!(backend.forgotten("prod"), 1);
    plugin.close().await;
    assert_eq!(
        (backend.forgotten("dev"), backend.forgotten("prod")),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn the_scope_of_the_builder_limits_watches() {
    let backend = ReferenceBackend::builder()
        .scope(ConnectionScope::explicit(["monitoring"]))
        .build();
    let plugin = Mounted::new(&backend, "dev").await;
    assert_eq!(plugin.told(Kind::Pod).await.last().unwrap(), "SYNCED 3");
    backend.set_scope(ConnectionScope::auto_discovered(["shop", "default"]));
    let provider = &plugin.provider;
    let ctx = CallContext::new();
    provider.stop_connection(&ctx, &"dev".into()).await.unwrap();
    provider
        .start_connection(&ctx, &"dev".into())
        .await
        .unwrap();
    assert_eq!(plugin.told(Kind::Pod).await.last().unwrap(), "SYNCED 17");
    plugin.close().await;
}
