//! The handle on the backend's side.

use futures_util::StreamExt;
use omniview_reference_backend::{
    Deviation, Kind, ReferenceBackend, Site, TypeFixture, plugin::ReferenceConnections,
    world::World,
};
use omniview_sdk::{CallContext, Connection, ConnectionProvider, ConnectionStatusCode, ErrorCode};
use std::sync::Arc;

use crate::support::{call, pod};

#[test]
fn every_site_furnishes_its_connections() {
    let backend = ReferenceBackend::builder()
        .connection("a", Site::dev())
        .connection("b", Site::prod())
        .connection("c", Site::empty())
        .connection("a", Site::empty())
        .build();
    let ids: Vec<_> = backend
        .connections()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    let count = |id: &str, kind| backend.objects(id, kind).unwrap().len();
    assert_eq!(count("a", Kind::Pod), 23);
    assert_eq!(count("b", Kind::Pod), 41);
    assert_eq!(count("c", Kind::Pod), 0);
    assert_eq!(count("a", Kind::Node), 3);
}

#[test]
fn a_subset_of_types_is_a_valid_plugin_with_the_groups_that_it_needs() {
    let backend = ReferenceBackend::builder()
        .kinds([Kind::Job, Kind::Job])
        .build();
    let config = backend.config();
    config.validate().unwrap();
    assert_eq!(config.resources.len(), 2);
    assert_eq!(config.groups.len(), 2);
    let error = backend.objects("dev", Kind::Pod).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::NotFound);
}

#[test]
fn changes_from_outside_are_refused_like_those_of_the_plugin() {
    let backend = ReferenceBackend::new();
    let object = pod("mine", "shop", 1);
    backend.insert("dev", Kind::Pod, &object).unwrap();
    let error = backend.insert("dev", Kind::Pod, &object).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::AlreadyExists);
    backend
        .update("dev", Kind::Pod, &pod("mine", "shop", 2))
        .unwrap();
    backend.remove("dev", Kind::Pod, "shop", "mine").unwrap();
    let error = backend
        .remove("dev", Kind::Pod, "shop", "mine")
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::NotFound);
    let error = backend.insert("nowhere", Kind::Pod, &object).unwrap_err();
    assert_eq!(*error.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn connections_that_come_and_go_are_told_of() {
    let backend = ReferenceBackend::new();
    let config = backend.config();
    let watcher = config.connections.unwrap().watcher.unwrap();
    let mut stream = watcher.watch_connections(&CallContext::new());
    let staging = Connection::builder("staging").uid("s").build().unwrap();
    backend.add_connection(staging, &Site::empty()).unwrap();
    let seen = stream.next().await.unwrap().unwrap();
    assert_eq!(seen.len(), 3);
    backend.remove_connection("dev").unwrap();
    let seen = stream.next().await.unwrap().unwrap();
    let ids: Vec<_> = seen.into_iter().map(|one| one.id).collect();
    assert_eq!(ids, ["prod", "staging"]);
}

#[tokio::test]
async fn a_check_says_what_is_wrong() {
    let world = Arc::new(World::new(vec![Kind::Pod], 10));
    world
        .add_connection(Site::dev().connection(), &Site::dev())
        .unwrap();
    let connections = ReferenceConnections::new(Arc::clone(&world));
    let client = Arc::new(connections.create_client(&call("dev")).await.unwrap());
    let fleet = world.fleet(&"dev".into()).unwrap();
    assert_eq!(fleet.open_clients(), 1);
    fleet.faults().refuse(ErrorCode::Unauthorized);
    let status = connections
        .check_connection(&call("dev"), &client)
        .await
        .unwrap();
    assert_eq!(status.status, ConnectionStatusCode::Unauthorized);
    assert!(connections.create_client(&call("dev")).await.is_err());
    connections
        .destroy_client(&call("dev"), client)
        .await
        .unwrap();
    assert_eq!(fleet.open_clients(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_fork_is_as_its_template_was_and_changes_apart_from_it() {
    let template = ReferenceBackend::deviating(Deviation::StaleGet);
    let pods = TypeFixture::new(Kind::Pod, vec!["default".to_owned()]);
    template.insert("dev", Kind::Pod, &pods.sample(1)).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    let fork = template.fork();
    assert_eq!(fork.deviation(), Some(Deviation::StaleGet));
    assert_eq!(fork.connections(), template.connections());
    let (was, is) = (
        template.table("dev", Kind::Pod).unwrap(),
        fork.table("dev", Kind::Pod).unwrap(),
    );
    let texts = |backend: &ReferenceBackend| backend.objects("dev", Kind::Pod).unwrap();
    assert_eq!(texts(&fork), texts(&template));
    assert_eq!(
        is.events("sample-1", "default", 9),
        was.events("sample-1", "default", 9)
    );

    let mut follower = was.follow();
    let before = texts(&template);
    let changed = is.create(&pods.sample(2), "default").unwrap();
    fork.remove("dev", Kind::Pod, "default", "sample-1")
        .unwrap();
    fork.discovery("dev").unwrap().complete();
    fork.remove_connection("prod").unwrap();
    assert_eq!(texts(&template), before);
    assert_eq!(follower.pending().unwrap().len(), 0);
    assert_eq!(was.events("sample-1", "default", 9).len(), 1);
    assert_eq!(
        template.discovery("dev").unwrap().answer(),
        ReferenceBackend::new().discovery("dev").unwrap().answer()
    );
    assert_eq!(template.connections().len(), 2);
    // Versions go on where the template was, and time starts again.
    assert!(changed.version() > was.snapshot().version());
    assert_eq!(changed.created_at().to_string(), "2026-01-01T00:00:00Z");
}
