//! The plugin through the boundary.

use omniview_reference_backend::{Fault, FaultScope, Kind, ReferenceBackend, Site};
use omniview_sdk::{
    CallContext, CreateInput, DeleteInput, ErrorCode, GetInput, ListInput, UpdateInput, WatchEvent,
    WatchState,
};

use crate::support::{Mounted, call, names, pod};

#[tokio::test(start_paused = true)]
async fn a_connection_is_started_listed_changed_watched_and_closed() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    let (ctx, pods) = (call("dev"), Kind::Pod.key());

    let told = plugin.told(Kind::Pod).await;
    assert_eq!(told.first().unwrap(), "SYNCING");
    assert_eq!(told.last().unwrap(), "SYNCED 23");
    assert_eq!(told.len(), 25);
    let listed = plugin
        .provider
        .list(&ctx, &pods, ListInput::all())
        .await
        .unwrap();
    let events = plugin.events(Kind::Pod).await;
    let added: Vec<_> = events
        .iter()
        .filter_map(|event| event.data())
        .cloned()
        .collect();
    assert_eq!(names(&added), names(&listed.result));
    let WatchEvent::Add(first) = &*events[1] else {
        panic!("{:?}", events[1]);
    };
    assert_eq!(first.metadata.labels["app"], "echo");
    assert!(!first.metadata.uid.is_empty() && first.metadata.created_at.is_some());

    plugin.forget().await;
    let create = CreateInput::new(pod("mine", "shop", 1));
    plugin.provider.create(&ctx, &pods, create).await.unwrap();
    let update = UpdateInput::new("mine", pod("mine", "shop", 2)).in_namespace("shop");
    plugin.provider.update(&ctx, &pods, update).await.unwrap();
    let delete = DeleteInput::new("mine").in_namespace("shop");
    plugin.provider.delete(&ctx, &pods, delete).await.unwrap();
    backend
        .insert("dev", Kind::Pod, &pod("outside", "shop", 1))
        .unwrap();
    assert_eq!(
        plugin.told(Kind::Pod).await,
        [
            "add shop/mine",
            "update shop/mine",
            "delete shop/mine",
            "add shop/outside"
        ]
    );
    let get = GetInput::new("outside").in_namespace("shop");
    assert!(plugin.provider.get(&ctx, &pods, get).await.is_ok());

    let fleet = backend.fleet("dev").unwrap();
    assert_eq!(fleet.open_clients(), 1);
    plugin.close().await;
    assert_eq!(fleet.open_clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_type_of_each_policy_is_watched_as_it_says() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    assert!(plugin.told(Kind::Job).await.is_empty());
    let jobs = Kind::Job.key();
    plugin
        .provider
        .list(&call("dev"), &jobs, ListInput::all())
        .await
        .unwrap();
    let told = plugin.told(Kind::Job).await;
    assert_eq!(told.last().unwrap(), "SYNCED 3");
    let error = plugin
        .provider
        .ensure_resource_watch(&CallContext::new(), &"dev".into(), &Kind::ConfigMap.key())
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::Unsupported);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_fell_behind_a_short_log_ends_with_the_truth() {
    let backend = ReferenceBackend::builder()
        .connection("dev", Site::empty())
        .log_bound(2)
        .build();
    let plugin = Mounted::new(&backend, "dev").await;
    backend
        .insert("dev", Kind::Pod, &pod("first", "a", 0))
        .unwrap();
    plugin.forget().await;
    // Without a pause in between, the watcher does not run before the log has dropped changes.
    backend.remove("dev", Kind::Pod, "a", "first").unwrap();
    for n in 0..5 {
        backend
            .insert("dev", Kind::Pod, &pod(&format!("o{n}"), "a", n))
            .unwrap();
    }
    assert_eq!(
        plugin.told(Kind::Pod).await,
        [
            "delete a/first",
            "add a/o0",
            "add a/o1",
            "add a/o2",
            "add a/o3",
            "add a/o4"
        ]
    );
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_refused_is_forbidden_and_one_that_failed_comes_back() {
    let backend = ReferenceBackend::new();
    let faults = backend.faults("dev").unwrap();
    faults.inject(FaultScope::Watches, Fault::Refuse(ErrorCode::Forbidden));
    let plugin = Mounted::new(&backend, "dev").await;
    assert_eq!(plugin.told(Kind::Node).await, ["SYNCING", "FORBIDDEN"]);

    faults.clear();
    faults.inject(FaultScope::Watches, Fault::FailNext(1));
    plugin.forget().await;
    let (dev, nodes) = ("dev".into(), Kind::Node.key());
    let ctx = CallContext::new();
    plugin
        .provider
        .ensure_resource_watch(&ctx, &dev, &nodes)
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let told = plugin.told(Kind::Node).await;
    assert_eq!(told[..3], ["SYNCING", "ERROR", "SYNCING"]);
    assert_eq!(told.last().unwrap(), "SYNCED 3");
    let state = plugin.provider.get_watch_state(&ctx, &dev).await.unwrap();
    assert_eq!(state.resources[&nodes], WatchState::Synced);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_removed_outside_is_gone() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::new(&backend, "dev").await;
    let fleet = backend.fleet("dev").unwrap();
    backend.remove_connection("dev").unwrap();
    plugin.forget().await;
    let connections = plugin
        .provider
        .list_connections(&CallContext::new())
        .await
        .unwrap();
    assert_eq!(connections.len(), 1);
    assert_eq!(fleet.open_clients(), 0);
    plugin.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_scope_limits_watches_to_its_namespaces() {
    let backend = ReferenceBackend::new();
    let plugin = Mounted::scoped(&backend, "dev", &["monitoring"]).await;
    let told = plugin.told(Kind::Pod).await;
    assert_eq!(
        told,
        [
            "SYNCING",
            "add monitoring/grafana-0",
            "add monitoring/prometheus-0",
            "add monitoring/prometheus-1",
            "SYNCED 3"
        ]
    );
    assert_eq!(plugin.told(Kind::Node).await.last().unwrap(), "SYNCED 3");
    plugin.forget().await;
    for namespace in ["shop", "monitoring"] {
        backend
            .insert("dev", Kind::Pod, &pod("mine", namespace, 1))
            .unwrap();
    }
    assert_eq!(plugin.told(Kind::Pod).await, ["add monitoring/mine"]);
    plugin.close().await;
}
